"""Speaks with the API of QuickBooks Online: login, requests, replies, faults, and Intuit's names for everything.

Others may call: `addresses`, `changed_objects`, `connecting`, `counting`, `destination`, `faults`, `items`,
`list_parsers`, `login`, `wire`.
"""
