"""What became of review requests, as a command says it."""

from __future__ import annotations

from collections.abc import Callable

from sync.crm.round import CrmReport
from sync.management.words import counted
from sync.models import ReviewState

_SAID: dict[ReviewState, Callable[[int], str]] = {
    ReviewState.SENT: lambda n: counted("%(n)s review request sent", "%(n)s review requests sent", n),
    ReviewState.NOT_SENT: lambda n: counted(
        "%(n)s review request not sent, each with its cause on the page",
        "%(n)s review requests not sent, each with its cause on the page",
        n,
    ),
    ReviewState.FAILED: lambda n: counted("%(n)s review request failed", "%(n)s review requests failed", n),
    ReviewState.UNCLEAR: lambda n: counted(
        "%(n)s review request unclear: a person has to decide",
        "%(n)s review requests unclear: a person has to decide",
        n,
    ),
}


def tell_reviews(told: CrmReport, write: Callable[[str], object]) -> None:
    """Say how many requests were sent through a source, and how many were not."""
    for state, words in _SAID.items():
        if number := told.reviews.counts[state]:
            write(f"  {told.updates.connection.name}: {words(number)}")
