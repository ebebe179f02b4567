"""Writes files that QuickBooks Desktop imports, reads what it exports, and keeps account of each file.

`writing` and `reading` share no code, so that the one can check the other.

Others may call: `batches.acknowledge`, `batches.create_batch`, `batches.export_request`, `batches.exportable`,
`batches.preview`, `batches.refusals`, `batches.reports`, `batches.reversal_plan`, `list_import`, `reading.read`,
`reading.references`.
"""
