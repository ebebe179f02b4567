"""How does a file that holds books stay with the user that runs Tieout?"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: Read and written by their owner alone.
OWNER_ONLY = 0o600


def keep_private(path: Path) -> None:
    """Make the file, empty, where it is missing, and take everybody else's rights to it away.

    SQLite gives its companions, `-wal` and `-shm`, the rights of the database itself. A file of another user, or in a
    folder that is missing, stays as it is: opening it then says what is wrong.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
        if path.stat().st_mode & 0o077:
            path.chmod(OWNER_ONLY)
