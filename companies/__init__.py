"""Who works for whom? Companies, their users with roles and rights, activation, and the lock that takes turns.

Others may call: `access`, `activation`, `admin.base`, `database_faults`, `disclaimer`, `forms.base`, `history`,
`kept_query`, `models`, `screen`, `signals`, `source_names`, `views`.
"""
