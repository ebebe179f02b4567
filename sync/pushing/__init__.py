"""Brings ready documents and their changes into QuickBooks, once and only once, one pusher for each company.

Here, too: what a person decides about a document, the look-up after a restored backup, and Re-sync.

Others may call: `after_restore`, `arrival`, `decisions`, `destination`, `lease`, `outcomes`, `push`, `ready`,
`resync`, `sender`.
"""
