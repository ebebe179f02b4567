"""Asks the sources that can be asked over the internet what was sold: connecting, reading on, and how far it has come.

Others may call: `background`, `connecting`, `fetch`, `highlevel.events`, `kinds`,
`unread`.
"""
