"""Who works for whom? Companies, their users with roles and rights, activation, and the lock that takes turns.

Others may call: `access`, `activation`, `admin.base`, `admin.paging`, `database_faults`, `disclaimer`, `forms.base`,
`forms.opened`, `history`, `interrupted_forms`, `local`, `models`, `request_context`, `screen`, `setup_steps`,
`signals`, `source_names`, `turns`, `views`.
"""
