"""What does a page leave to a thread of its own process? Work that a person asked for, and need not wait for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

logger = logging.getLogger(__name__)


def in_a_thread(name: str, work: Callable[[], object]) -> threading.Thread:
    """Begin work in a thread that ends with the process; what breaks it is in the log, and its connections are closed.

    Args:
        name: Of the thread, such as `resync-7`; the log names it too.
        work: What to do. It asks the database for everything anew: it has a connection of its own.
    """

    def run() -> None:
        try:
            work()
        except Exception:
            logger.exception("%s broke off", name)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread
