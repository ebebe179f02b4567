"""What would be done, without doing it; and what a person should know of what is ready."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from books.notes import note_text
from companies.models import Company
from sync.models import DocumentState, StagedOrder


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Let work be done as it would be, and take all of it back at the end. Nothing may be sent inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def notes_of(company: Company) -> list[tuple[str, str]]:
    """By number, what a person should know of the orders whose documents are ready: what is shortened, and the like."""
    orders = StagedOrder.objects.filter(company=company, documents__state=DocumentState.READY).exclude(not_posted=[])
    return [(order.number, note_text(note)) for order in orders.distinct().order_by("pk") for note in order.not_posted]
