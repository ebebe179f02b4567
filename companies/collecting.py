"""How often does Python look for objects that hold one another in a circle? Seldom, while many are made that do not.

A page of a thousand transactions of QuickBooks is a hundred thousand objects and more, which all go with the page,
without a circle among them; so do the orders that are prepared, and the documents that are posted. To look for one
again and again costs a quarter of the time that is spent on them, most of it on what was there before and stays.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: It looks when so many more objects were made than went since it looked last; usually 700.
_SELDOM = 50_000
_lock = threading.Lock()
#: How many threads want it now, and how often it was looked before the first of them.
_wanted = 0
_usual = gc.get_threshold()
#: Whether what was there before is left out until then, and whether it is for good, as in a web server. Python would
#: count all that it leaves out to say so, which took longer than many a small sync.
_left_out = False
_for_good = False


def leave_out_for_good() -> None:
    """Look through what is there now for a last time: it stays as long as the process does."""
    global _for_good
    gc.collect()
    gc.freeze()
    _for_good = True


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the whole process look seldom while something inside is at work; as often as before once nothing is."""
    global _wanted
    with _lock:
        if not _wanted:
            _begin()
        _wanted += 1
    try:
        yield
    finally:
        with _lock:
            _wanted -= 1
            if not _wanted:
                _end()


def _begin() -> None:
    global _usual, _left_out
    _usual, _left_out = gc.get_threshold(), not _for_good
    gc.set_threshold(_SELDOM, *_usual[1:])
    if _left_out:
        gc.freeze()


def _end() -> None:
    gc.set_threshold(*_usual)
    if _left_out and not _for_good:
        gc.unfreeze()
