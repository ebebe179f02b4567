"""Who works for whom? Companies, their users with roles and rights, activation, and the lock that takes turns.

Others may call: `access`, `activation`, `database_faults`, `disclaimer`, `local`, `models`, `request_context`,
`screen`, `setup_steps`, `turns`, `views`.
"""
