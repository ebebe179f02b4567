"""What may a person decide about one document? That it is ignored, settled, posted again, and whose version counts."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from books.documents import REVERSAL, NewCustomer
from books.outcomes import Accepted
from books.posted_document import Holding
from books.problems import (
    ChangedInQuickBooks,
    ChangeInClosedPeriod,
    DeletedInQuickBooks,
    RefusedByQuickBooks,
    StoredDifferently,
)
from companies.models import take_turns
from sync.history import record
from sync.models import (
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    Operation,
    PendingChange,
    StagedOrder,
)
from sync.preparing.changes import GONE, TO_CORRECT
from sync.preparing.prepare import prepare_orders, source_hashes
from sync.pushing.destination import Destination, NotThere
from sync.pushing.outcomes import drop_change, free_number
from sync.reversed_documents import bring_back
from sync.signals import problems_changed

#: What asks whose version counts; also what QuickBooks rejected when ours was to be written over theirs.
_WHOSE_COUNTS = (ChangedInQuickBooks.code, RefusedByQuickBooks.code)
#: What QuickBooks has or may have cannot be ignored away.
IGNORABLE = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)


def ignore(document: Document, *, reason: str, by: User | None) -> bool:
    """Never post the document, nor what follows it; the reason stays in the order's history.

    What an entry was to reverse counts again.

    Returns:
        False when it is too late: QuickBooks has it, or may have it.
    """
    with transaction.atomic():
        take_turns(document.company)
        rows = Document.objects.filter(pk=document.pk, state__in=IGNORABLE)
        if not rows.update(state=DocumentState.IGNORED, withdrawn=document.kind == REVERSAL):
            return False
        bring_back(document)
        document.problems.all().delete()
        record(document.order, "ignored", by=by, document=str(document), reason=reason)
        free_number(document, document.number)
        for child in document.dependants.select_related("order"):
            ignore(child, reason=reason, by=by)
    _tell(document)
    return True


def restore(document: Document, *, by: User | None) -> None:
    """Take an ignoring back: the document is prepared again as if it were new."""
    with transaction.atomic():
        rows = Document.objects.filter(pk=document.pk, state=DocumentState.IGNORED, withdrawn=False)
        if rows.update(state=DocumentState.BLOCKED):
            # One that was left deleted in QuickBooks is posted anew, under a request id of its own
            left = Document.objects.filter(pk=document.pk).exclude(quickbooks_id="")
            if left.update(quickbooks_id="", posted_at=None, generation=F("generation") + 1):
                DocumentBody.objects.filter(document=document).update(theirs=None)
            record(document.order, "restored", by=by, document=str(document))
    prepare_orders(document.company, [document.order], by=by)


def settle(document: Document, *, reason: str, by: User | None) -> bool:
    """The change in the source was entered in QuickBooks by hand: from now on it counts as prepared from it.

    What is in a closed period stays as it is there; a person entered the difference on another day.

    Returns:
        False when it is too late: QuickBooks is being told of the change by us.
    """
    with transaction.atomic():
        take_turns(document.company)
        order = StagedOrder.objects.select_for_update().get(pk=document.order_id)
        row = Document.objects.select_for_update().get(pk=document.pk)
        if row.change_in_flight:
            return False
        change = DocumentChange.objects.filter(document=row).first()
        former_number = row.number
        entered_apart = row.problems.filter(code=ChangeInClosedPeriod.code).exists()
        if change and change.body and not entered_apart:
            _install(row, change)
        if row.number != former_number:
            free_number(row, former_number)
        row.source_hash = source_hashes(order).get(row.key, GONE)
        row.save()
        _drop(row)
        row.problems.filter(code__in=TO_CORRECT).delete()
        record(order, "settled", by=by, document=str(document), reason=reason)
    _tell(document)
    return True


def _install(row: Document, change: DocumentChange) -> None:
    """What it was to become counts as posted, by a person's word."""
    value = change.read()
    if value is None or isinstance(value, NewCustomer):
        return
    DocumentBody.objects.filter(document=row).update(body=change.body, theirs=None)
    row.body_hash, row.version = change.body_hash, row.version + 1
    row.number, row.dated, row.total = value.number, value.dated, value.total
    row.currency, row.customer_name = value.currency, value.customer.name


def _drop(row: Document) -> None:
    """Nothing waits to be done to it any more; what kept that from happening is no problem either."""
    if row.pending:
        row.problems.exclude(code=StoredDifferently.code).delete()
        drop_change(row)


def keep_theirs(document: Document, *, reason: str, by: User | None) -> bool:
    """What was made of the document in QuickBooks counts, as it was last seen; the order's change does not.

    Returns:
        False when nothing of the kind is to be decided any more.
    """
    with transaction.atomic():
        take_turns(document.company)
        row, change, seen = _waiting(document)
        if row is None or change is None or seen is None:
            return False
        former_number = row.number
        if change.body and not change.restores:  # theirs counts for what its order says now
            _install(row, change)
        DocumentBody.objects.filter(document=row).update(theirs=change.seen)
        row.source_hash, row.total = change.source_hash, seen.total
        row.save()
        if row.number != former_number:
            free_number(row, former_number)
        _record_theirs(row, "kept-theirs", reason=reason, by=by)
        _drop(row)
    # What settles it may come to something else
    _prepare(document, by=by)
    return True


def overwrite(document: Document, *, reason: str, by: User | None) -> bool:
    """The order counts: its change goes over exactly what was last seen of it in QuickBooks.

    Returns:
        False when nothing of the kind is to be decided any more, or the closed period keeps it as it is.
    """
    with transaction.atomic():
        take_turns(document.company)
        row, change, seen = _waiting(document)
        if row is None or change is None or seen is None or closed_through(row):
            return False
        DocumentChange.objects.filter(document=row).update(overwrites=True, asked_by=by)
        _record_theirs(row, "overwrites", reason=reason, by=by)
        row.problems.filter(code__in=_WHOSE_COUNTS).delete()
        row.pending = PendingChange(change.operation)
        row.save(update_fields=["pending", "changed_at"])
    _prepare(document, by=by)
    return True


def closed_through(document: Document) -> date | None:
    """Until when the books are closed, where that keeps the entry of an undo as it is in QuickBooks.

    No order prepares such an entry, which is what holds all others.
    """
    if document.kind != REVERSAL:
        return None
    closed, change = document.company.closed_periods, DocumentChange.objects.filter(document=document).first()
    held = (document.frozen.read_theirs(), change.read_seen() if change else None)
    days = [document.dated, *(date.fromisoformat(holding.dated) for holding in held if holding and holding.dated)]
    return closed.through if any(map(closed.has, days)) else None


def confirm_void(document: Document, *, reason: str, by: User | None) -> bool:
    """Void a document that its order asks for no longer, although money is tied to it.

    Returns:
        False when it is not to be voided any more, or QuickBooks is being told of it.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = Document.objects.select_for_update().select_related("order").get(pk=document.pk)
        changes = DocumentChange.objects.filter(document=row, operation=Operation.VOID)
        if row.pending != PendingChange.HELD or not changes.update(confirmed=True, asked_by=by):
            return False
        row.problems.filter(code__in=TO_CORRECT).delete()
        record(row.order, "void-confirmed", by=by, document=str(row), reason=reason)
    _prepare(document, by=by)
    return True


def leave_deleted(document: Document, *, reason: str, by: User | None) -> bool:
    """What was deleted in QuickBooks stays deleted, whatever becomes of its order.

    Returns:
        False when it was not found to be deleted.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = Document.objects.select_for_update().select_related("order").get(pk=document.pk)
        if row.pending != PendingChange.HELD or not row.problems.filter(code=DeletedInQuickBooks.code).exists():
            return False
        drop_change(row)
        row.problems.all().delete()
        row.state, row.withdrawn = DocumentState.IGNORED, row.kind == REVERSAL
        row.save(update_fields=["state", "withdrawn", "changed_at"])
        bring_back(row)
        record(row.order, "left-deleted", by=by, document=str(row), reason=reason)
        free_number(row, row.number)
    _prepare(document, by=by)
    return True


def _waiting(document: Document) -> tuple[Document | None, DocumentChange | None, Holding | None]:
    """A document whose change is held, what QuickBooks has of it, locked; nothing where that was decided meanwhile."""
    rows = Document.objects.select_for_update(of=("self",)).select_related("order", "change")
    row = rows.filter(pk=document.pk, pending=PendingChange.HELD, state=DocumentState.POSTED).first()
    if row is None or not asks_whose_counts(Document.objects.filter(pk=row.pk)).exists():
        return None, None, None
    return row, row.change, row.change.read_seen()


def asks_whose_counts(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Those of them that a person is asked about, because QuickBooks has another version than the one posted.

    What QuickBooks rejected when ours was to be written over theirs is asked about again.
    """
    rejected = Q(code=RefusedByQuickBooks.code, document__change__overwrites=True)
    asks = DocumentProblem.objects.filter(Q(code=ChangedInQuickBooks.code) | rejected, document=OuterRef("pk"))
    return documents.filter(Exists(asks), pending=PendingChange.HELD)


def _record_theirs(row: Document, step: str, *, reason: str, by: User | None) -> None:
    asked = row.problems.filter(code=ChangedInQuickBooks.code).first()
    if asked is None:  # it was decided, and QuickBooks rejected what was sent then
        decided = row.order.events.filter(step="overwrites", facts__document=str(row)).order_by("pk").last()
        facts = {name: decided.facts.get(name, "") if decided else "" for name in ("what", "theirs")}
    else:
        problem = asked.read()
        assert isinstance(problem, ChangedInQuickBooks)
        facts = {"what": ", ".join(problem.what), "theirs": ", ".join(problem.theirs)}
    record(row.order, step, by=by, document=str(row), reason=reason, **facts)


def _tell(document: Document) -> None:
    """Have the issues counted again that its state or its amount belongs to."""
    document.problems.touch()
    problems_changed.send(sender=Document, company=document.company)


def _prepare(document: Document, *, by: User | None) -> None:
    document.problems.touch()
    prepare_orders(document.company, [document.order], by=by)


class PostAgain(StrEnum):
    """What came of the wish to post a document again."""

    #: It is gone from QuickBooks, and ready under a new request id.
    READY = "ready"
    #: QuickBooks still has it, perhaps voided: posting it again would enter it twice.
    STILL_THERE = "still-there"
    #: QuickBooks did not say clearly, so nothing was changed.
    UNCLEAR = "unclear"
    #: It is not a posted invoice or payment.
    NOT_POSTED = "not-posted"


def post_again(document: Document, *, destination: Destination, by: User | None) -> PostAgain:
    """Make a document ready again that was deleted in QuickBooks, as a new generation.

    Looked up twice before: by its QuickBooks id, and by its number with our mark. An old request id would only hand
    back the deleted document.

    Args:
        document: Posted; a customer is never posted again.
        destination: Of its company.
        by: The person who asked.
    """
    if document.state != DocumentState.POSTED or document.kind == "customer":
        return PostAgain.NOT_POSTED
    held = destination.holds(document.form, document.quickbooks_id)
    if not isinstance(held, bool):
        return PostAgain.UNCLEAR
    value = document.value()
    needed = Document.objects.filter(company=document.company, key__in=value.needs)
    found = destination.find(value, ids={row.key: row.quickbooks_id for row in needed})
    if held or isinstance(found, Accepted):
        return PostAgain.STILL_THERE
    if not isinstance(found, NotThere):
        return PostAgain.UNCLEAR
    with transaction.atomic():
        rows = Document.objects.filter(pk=document.pk, state=DocumentState.POSTED)
        if rows.update(state=DocumentState.READY, generation=F("generation") + 1, quickbooks_id="", posted_at=None):
            record(document.order, "again", by=by, document=str(document))
            document.problems.all().delete()
            drop_change(document)
            # Whatever was accepted of another's hand went with it
            DocumentBody.objects.filter(document=document).update(theirs=None)
    _prepare(document, by=by)
    _tell(document)
    return PostAgain.READY
