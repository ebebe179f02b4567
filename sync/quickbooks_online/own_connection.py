"""May a thread of a pool ask the database? It does, and leaves no connection open that it did not find open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def own_connection() -> Iterator[None]:
    """Close this thread's connection to the database afterward, unless it was open before."""
    was_open = connection.connection is not None
    try:
        yield
    finally:
        if not was_open:
            connection.close()
