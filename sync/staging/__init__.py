"""Keeps what a source said: one row for each order with every version, and the payload as it came.

Others may call: `catalogue`, `catalogue_file`, `catalogue_preview`, `columns`, `import_file`, `intake`, `sources`,
`waiting_file`.
"""
