"""How does a person take a posted document out of QuickBooks again, once and only once?

It goes the way of every change (`sync.pushing.updates`): read first, its push committed before it is sent, never over
another's work. What waits to be undone follows its order no longer, and what was undone is not posted again by itself.

Source:
    docs/decisions/0070-undo-with-a-plan.md
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from books.posted_document import Unlike
from books.translation import gettext_noop
from companies.models import Company, take_turns
from sync.history import record
from sync.models import Document, DocumentChange, DocumentProblem, DocumentState, Operation, PendingChange
from sync.preparing.changes import GONE, TO_CORRECT
from sync.preparing.prepare import prepare_with_next_sync
from sync.pushing.outcomes import drop_change, let_be, locked
from sync.reversed_documents import reversals_of

CHANGED = gettext_noop("It was changed in QuickBooks: %(what)s.")


def to_undo(company: Company) -> QuerySet[Document]:
    """Posted documents that wait to be undone."""
    rows = Document.objects.filter(company=company, state=DocumentState.POSTED, pending=PendingChange.UNDO)
    return rows.select_related("order", "change")


def may_be_undone(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those for which nothing waits but, perhaps, that they follow their order; QuickBooks has what was posted."""
    others = DocumentProblem.objects.filter(document=OuterRef("pk")).exclude(code__in=TO_CORRECT)
    held = Q(~Exists(others), pending=PendingChange.HELD)
    # What was held may be free to go once what settles it is undone, in the middle of the same undo
    return documents.filter(Q(pending__in=("", PendingChange.UPDATE)) | held)


def ask_to_undo(document: Document, operation: Operation, *, reason: str, by: User | None) -> bool:
    """Mark a posted document, so that nothing but its undoing happens to it from now on.

    Args:
        document: As it was judged.
        operation: To delete it, or to void it.
        reason: For the history of its order.
        by: The person.

    Returns:
        False where it is not posted any more, or something else waits to be done to it.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.pending == PendingChange.UNDO:
            return True
        if row.state != DocumentState.POSTED or not may_be_undone(Document.objects.filter(pk=row.pk)).exists():
            return False
        DocumentChange.objects.filter(document=row).delete()
        DocumentChange.objects.create(document=row, operation=operation, source_hash=row.source_hash, asked_by=by)
        row.pending = PendingChange.UNDO
        row.save(update_fields=["pending", "changed_at"])
        record(row.order, "to-undo", by=by, document=str(row), reason=reason)
    return True


def take_back(document: Document) -> bool:
    """It is not to be undone after all; False where QuickBooks was asked already, or nothing waits."""
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.state != DocumentState.POSTED or row.pending != PendingChange.UNDO:
            return False
        drop_change(row)
        prepare_with_next_sync(row.company, [row.order_id])  # what its order asks for waits again
        return True


def leave_as_it_is(document: Document, differences: Iterable[Unlike]) -> str:
    """A user made something else of it in QuickBooks meanwhile: it stays as it is there."""
    what = ", ".join(f"{unlike.what}: {unlike.ours} → {unlike.theirs}" for unlike in differences)
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.state != DocumentState.POSTED or row.pending != PendingChange.UNDO:
            return "late"
        prepare_with_next_sync(row.company, [row.order_id])
        return let_be(row, CHANGED % {"what": what})


def post_undone_again(document: Document, *, by: User | None) -> bool:
    """Let what was undone be posted again, as its order says now; the caller prepares the order.

    What was deleted gets a request id of its own. What was voided keeps its number in QuickBooks, so that its order is
    sold anew under another one, as every order that comes back after a void.

    Returns:
        False where it is not undone, or QuickBooks still has it beside an entry that reverses it.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.state != DocumentState.UNDONE or reversals_of([row]):
            return False
        if row.sync_token:
            row.state, row.source_hash = DocumentState.VOIDED, GONE
        else:
            row.state, row.quickbooks_id, row.posted_at = DocumentState.BLOCKED, "", None
            row.generation += 1
            row.frozen.theirs = None
            row.frozen.save(update_fields=["theirs"])
        row.save()
        record(row.order, "again", by=by, document=str(row))
    return True
