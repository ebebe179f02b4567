"""Reads a file or a payload and gives `books.orders.Order`: one folder for each system and each kind of file.

Pure: no database, no network, no clock, and nothing else of the application.

Others may call: `ages`, `base`, `evidence`, `files`, `files.catalogue`, `files.catalogue_columns`,
`files.file_columns`, `files.headers`, `highlevel.invoices`, `highlevel.payments`, `highlevel.products`,
`highlevel.transactions`, `keap.joined`, `keap.orders`, `keap.products`, `products`, `saved_columns`.
"""
