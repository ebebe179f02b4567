"""Asks the sources that can be asked over the internet what was sold: connecting, reading on, and how far it has come.

Others may call: `agency`, `asking`, `background`, `connecting`, `fetch`, `highlevel.events`, `hooks`,
`kinds`, `login`, `planning`, `report`, `silence`, `unread`.
"""
