"""How does a company get from nothing to its first posted invoice? Its steps, the rehearsal, and going live.

Others may call: `going_live`, `steps`.
"""
