"""A document was changed or deleted in QuickBooks after it was posted: it becomes an issue, and nothing is overwritten.

Such a document waits to become again what was posted, and is held until a person says which of the two counts. What
the person then chooses goes the way of every change: read before it is written, and never over what was not seen.

Source:
    docs/decisions/0068-drift.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction

from books.documents import CreditApplication
from books.money import money_text
from books.posted_document import Holding, Named, Unlike
from books.problems import Problem
from books.serialization import holding_body
from companies.models import Company, take_turns
from sync.history import record
from sync.models import Document, DocumentChange, DocumentState, Operation, PendingChange
from sync.preparing.changes import GONE
from sync.pushing.outcomes import drop_change, hold_change, locked
from sync.pushing.updates import NOTHING, changed_there, deleted_there
from sync.signals import problems_changed


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """A posted document that QuickBooks no longer holds as it was posted."""

    document_id: int
    #: What it holds; None where it was deleted.
    theirs: Holding | None
    #: In what the two differ; empty where it was deleted.
    differences: tuple[Unlike, ...] = ()
    #: Under which id, and in which version, QuickBooks told it; empty where it was deleted.
    quickbooks_id: str
    sync_token: str = ""


def note_drift(company: Company, drifted: Iterable[Drifted]) -> int:
    """Make an issue of each, where it is not one already.

    A document whose order has changed too is left to its update, which finds the same before it is written.

    Returns:
        How many are new, or are another difference than before.
    """
    return _told(company, sum(_noted(company, document) for document in drifted))


def _noted(company: Company, drifted: Drifted) -> bool:
    with transaction.atomic():
        take_turns(company)
        row = locked(drifted.document_id)
        before = DocumentChange.objects.filter(document=row).first()
        if row.state != DocumentState.POSTED or (row.pending and not (before and before.restores)):
            return False
        if row.quickbooks_id != drifted.quickbooks_id or is_older(drifted.sync_token, row.sync_token):
            return False  # it was told before we wrote it last
        seen = holding_body(_in_the_words_of(row.form, drifted.theirs)) if drifted.theirs else None
        if before and before.seen == seen and (before.overwrites or _waits_for_a_person(row)):
            return False  # it is asked about, or was decided, and is as it was then
        goes = row.source_hash == GONE  # its order asks for nothing, and a person had kept what was there
        DocumentChange.objects.update_or_create(
            document=row,
            defaults={
                "operation": Operation.VOID if goes else Operation.UPDATE,
                "body": None if goes else row.frozen.body,
                "body_hash": "" if goes else row.body_hash,
                "source_hash": row.source_hash,
                "seen": seen,
                "restores": True,
                "overwrites": False,
                "confirmed": False,
                "asked_by": None,
            },
        )
        hold_change(row, (_problem(row, drifted),), step="drifted", by=None)
    return True


def _waits_for_a_person(row: Document) -> bool:
    return row.pending == PendingChange.HELD and row.problems.exists()


def _in_the_words_of(form: str, theirs: Holding) -> Holding:
    """As it is read again before it is written: an applied credit is a payment there, of which no account is read."""
    return replace(theirs, account=Named(identifier="")) if form == CreditApplication.kind else theirs


def is_older(told: str, ours: str) -> bool:
    """Whether a version that QuickBooks told is before the one that we wrote; not where either is unknown."""
    return told.isdecimal() and ours.isdecimal() and int(told) < int(ours)


def _told(company: Company, number: int) -> int:
    """Have the issues counted again where any came or went."""
    if number:
        problems_changed.send(sender=Document, company=company)
    return number


def _problem(row: Document, drifted: Drifted) -> Problem:
    if drifted.theirs is None:
        return deleted_there(row)
    now = NOTHING if row.source_hash == GONE else money_text(row.frozen.read().total, row.currency)
    return changed_there(row, drifted.differences, now=now)


def note_as_posted(company: Company, documents: Iterable[int]) -> int:
    """End the issue of each that QuickBooks holds as it was posted again, because it was put right there.

    Returns:
        How many issues that ended.
    """
    waiting = DocumentChange.objects.filter(document__company=company, document__in=[*documents], restores=True)
    return _told(company, sum(_ended(company, number) for number in waiting.values_list("document", flat=True)))


def _ended(company: Company, number: int) -> bool:
    with transaction.atomic():
        take_turns(company)
        row = locked(number)
        if row.state != DocumentState.POSTED or not DocumentChange.objects.filter(document=row, restores=True).exists():
            return False
        row.problems.all().delete()
        drop_change(row)
        record(row.order, "drift-over", document=str(row))
    return True
