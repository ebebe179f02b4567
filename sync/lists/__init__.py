"""Keeps our copy of QuickBooks' lists, and creates the items that a person asked for.

Others may call: `changed_documents`, `doubted`, `due`, `items.change`, `items.create`, `items.many`, `items.write`,
`list_sync`, `refresh`, `refresh_in_background`, `told`.
"""
