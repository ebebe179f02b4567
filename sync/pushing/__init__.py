"""Brings ready documents and their changes into QuickBooks, once and only once, one pusher for each company.

Here, too: what a person decides about a document, and the look-up after a restored backup.

Others may call: `address_book`, `address_updates`, `after_restore`, `arrival`, `broken_documents`, `claims`,
`decisions`, `destination`, `drift`, `gate`, `holdings`, `lease`, `needs`, `new_customers`, `outcomes`, `push`,
`reversing`, `second_person`, `sender`, `undoing`, `updates`.
"""
