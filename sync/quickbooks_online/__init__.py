"""Speaks with the API of QuickBooks Online: login, requests, replies, faults, and Intuit's names for everything.

Others may call: `account_ledger`, `addresses`, `bank_transactions`, `changed_objects`, `changes`, `connecting`,
`destination`, `faults`, `inactive_customers`, `inactive_items`, `items`, `limits`, `list_parsers`, `login`,
`stored_bodies`, `transactions`, `trial_balance`, `webhooks`, `wire`.
"""
