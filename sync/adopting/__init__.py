"""What is in QuickBooks already, entered by hand or by another program, becomes ours; nothing is written there.

Others may call: `adopt`, `matching`, `records`, `undoing`, `words`.
"""
