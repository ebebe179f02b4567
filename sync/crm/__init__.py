"""What goes back to the CRM, only where a switch says so: contacts for new QuickBooks customers.

Others may call: `contacts`, `export`, `round`, `switches`, `writing`.
"""
