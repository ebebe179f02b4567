"""What would be sent to QuickBooks, said before anything is, so that what a person approved is what is sent.

Others may call: `keeping`, `making`, `plan`.
"""
