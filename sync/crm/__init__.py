"""What goes back to the CRM, only where a switch says so: contacts for new QuickBooks customers, review requests.

Others may call: `contacts`, `export`, `review_decisions`, `round`, `switches`, `writing`.
"""
