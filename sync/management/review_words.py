"""What became of review requests, as a command says it."""

from __future__ import annotations

from collections.abc import Callable

from sync.crm.round import CrmReport
from sync.management.counted import counted
from sync.models import ReviewState

_SAID = {
    ReviewState.SENT: "sent",
    ReviewState.NOT_SENT: "not sent, each with its cause on the page",
    ReviewState.FAILED: "failed",
    ReviewState.UNCLEAR: "unclear: a person has to decide",
}


def tell_reviews(told: CrmReport, write: Callable[[str], object]) -> None:
    """Say how many requests were sent through a source, and how many were not."""
    for state, what in _SAID.items():
        if number := told.reviews.counts[state]:
            write(f"  {told.updates.connection.name}: {counted(number, 'review request')} {what}")
