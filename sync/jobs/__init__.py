"""Work that is done by worker processes, on any number of machines, out of a queue in PostgreSQL.

A job is thin: it calls what the command or the screen calls. Without a worker everything happens as it did before.

Others may call: `begin`, `given_up`, `queue`, `schedule`, `status`, `wake`, `worker`.
"""
