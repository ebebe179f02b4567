"""Who works for whom? Companies, their users with roles and rights, activation, and the lock that takes turns.

Others may call: `access`, `activation`, `admin.base`, `admin.searching`, `admin.source_rows`, `background`,
`bulk_rows`, `bulk_sql`, `collecting`, `database_faults`, `disclaimer`, `forms.base`, `history`, `languages`, `models`,
`screen`, `signals`, `source_names`, `stored_texts`, `views`.
"""
