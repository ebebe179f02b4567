"""Who reads the lists of a company that was just connected, when that can take an hour and nobody should wait?

A thread of the web server begins at once, so that the person sees it happen. What it was doing when the server stopped
is done by the next `sync` or `refresh_lists`: the connection says Connecting until the lists have been read.
"""

from __future__ import annotations

import threading

from django.contrib.auth.models import User

from companies.background import in_a_thread
from companies.models import Company
from sync.lists.refresh import RefreshCounts, refresh_lists
from sync.preparing.prepare import prepare_unsent


def refresh_and_prepare(company: Company, *, by: User | None = None, whole: bool = True) -> RefreshCounts:
    """Read the lists, then prepare again what was blocked: it may have waited for something that is there now.

    Args:
        company: Of QuickBooks Online.
        by: The person who asked; None for the scheduler.
        whole: Read all of every list; see `refresh_lists`.
    """
    counts = refresh_lists(company, by=by, whole=whole)
    if counts.anything:
        prepare_unsent(company, by=by)
    return counts


def load_in_the_background(company: Company, *, by: User | None = None) -> threading.Thread:
    """Read the lists of a company that was just connected, without keeping anybody waiting."""
    return in_a_thread(f"first-load-{company.pk}", lambda: refresh_and_prepare(company, by=by))
