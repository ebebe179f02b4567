"""Proves a run with the trial balance: each account moved by what was posted, to the cent.

Others may call: `run_proof`, `words`.
"""
