"""What became of a file for QuickBooks Desktop? Imported, by a report or by a person's word; partly; or never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from books.documents import NewCustomer
from books.messages import Message
from books.problems import RefusedByQuickBooks
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import take_turns
from sync.history import event
from sync.models import (
    BatchKind,
    BatchState,
    Document,
    DocumentProblem,
    DocumentState,
    ExportBatch,
    ExportedDocument,
    ExportedState,
    OrderEvent,
    StagedOrder,
)
from sync.preparing.prepare import prepare_orders
from sync.pushing.new_customers import CreatedCustomer, learn_customers
from sync.signals import problems_changed

#: Rows of our lists that come from our own files; QuickBooks has not named them in a list of its own yet.
FROM_A_FILE = "exported"
#: Files that bring documents into QuickBooks.
_SENDS = (BatchKind.LIVE, BatchKind.REPEAT)
_AT_ONCE = 500
_CODE = "IIF"

USERS_WORD = gettext_noop("confirmed by a person")
CLOSED = Message(
    sentence=gettext_noop("This file is closed already."),
    cure=gettext_noop("Its page says what became of it."),
)
SOME_ARRIVED = Message(
    sentence=gettext_noop("A part of this file is in QuickBooks, so it was imported."),
    cure=gettext_noop("Export again what is missing, or make a file that undoes the whole."),
)


def note_download(batch: ExportBatch, *, by: User | None) -> None:
    """Keep that a person took the file. The bytes are the same each time."""
    rows = ExportBatch.objects.filter(pk=batch.pk)
    rows.filter(state=BatchState.MADE).update(state=BatchState.DOWNLOADED)
    rows.filter(downloaded_at=None).update(downloaded_by=by, downloaded_at=timezone.now())
    rows.update(downloads=F("downloads") + 1)
    batch.refresh_from_db()


def acknowledge(batch: ExportBatch, *, by: User | None, word: str = USERS_WORD) -> Message | None:
    """Take the user's word that all of a file was imported, without what is known to have failed.

    Returns:
        Why not, where the file is closed already.
    """
    with transaction.atomic():
        take_turns(batch.company)
        if cannot := _close(batch, BatchState.ACKNOWLEDGED, by=by, word=word):
            return cannot
        _arrive(batch, batch.exported.filter(state=ExportedState.SENT), by=by, word=word)
    _tell(batch)
    return None


def not_in_quickbooks(batch: ExportBatch) -> int:
    """How many records of a file are known not to be in QuickBooks: it did not import them, or a report lacks them."""
    return batch.exported.filter(state__in=(ExportedState.ERROR, ExportedState.MISSING)).count()


def arrived_without(batch: ExportBatch) -> list[tuple[Document, Document]]:
    """Records of a file that arrived although what they belong to did not: a payment without its invoice."""
    lost = batch.exported.filter(state__in=(ExportedState.ERROR, ExportedState.MISSING)).values("document_id")
    arrived = batch.exported.filter(state=ExportedState.ARRIVED, document__depends_on__in=lost)
    arrived = arrived.exclude(document__depends_on__kind=NewCustomer.kind)
    rows = arrived.select_related("document__depends_on").order_by("pk")
    return [(row.document, row.document.depends_on) for row in rows if row.document.depends_on]


def acknowledge_some(batch: ExportBatch, arrived: Collection[int], *, by: User | None, report: str) -> Message | None:
    """Close a file by what a report says: these of its rows arrived, the others did not.

    A customer arrived with the first of its documents; one whose documents are all missing did not.

    Args:
        batch: Open, or acknowledged with documents missing that another report may name.
        arrived: Numbers of `ExportedDocument` rows.
        by: The person who brought the report.
        report: Its name.
    """
    with transaction.atomic():
        take_turns(batch.company)
        again = batch.state == BatchState.ACKNOWLEDGED and batch.exported.filter(state=ExportedState.MISSING).exists()
        if not again and (cannot := _close(batch, BatchState.ACKNOWLEDGED, by=by, word=report)):
            return cannot
        sent = batch.exported.filter(state__in=(ExportedState.SENT, ExportedState.MISSING))
        for numbers in chunks(arrived, _AT_ONCE):
            _arrive(batch, sent.filter(pk__in=numbers), by=by, word=report)
        _arrive(batch, _customers_of_arrived(batch), by=by, word=report)
        _miss(batch, report=report, by=by)
    _tell(batch)
    return None


def refuse_some(batch: ExportBatch, messages: Sequence[tuple[int, str]], *, by: User | None) -> None:
    """Keep what QuickBooks said about documents that it did not import; each becomes Refused, with its message.

    Args:
        batch: In any state: the file of errors may come before or after the report.
        messages: Numbers of `ExportedDocument` rows, each with what QuickBooks said.
        by: The person who brought the file.
    """
    with transaction.atomic():
        take_turns(batch.company)
        said = dict(messages)
        rows = list(batch.exported.filter(pk__in=said).select_related("document__order"))
        for row in rows:
            row.state, row.message = ExportedState.ERROR, said[row.pk]
        ExportedDocument.objects.bulk_update(rows, ["state", "message"], batch_size=_AT_ONCE)
        if batch.kind in _SENDS:
            elsewhere = _in_other_files(batch, [row.document_id for row in rows])
            refused = [row.document for row in rows if row.document_id not in elsewhere]
            _refuse(refused, {row.document_id: row.message for row in rows})
        _record(rows, "not-imported", by=by, file=batch.file_name, reason=lambda row: row.message)
        orders = StagedOrder.objects.filter(documents__depends_on__in=[row.document_id for row in rows])
        orders.update(prepared_version=0)
    _tell(batch)


def withdraw(batch: ExportBatch, *, by: User | None, reason: str) -> Message | None:
    """A person says that the file was never imported: its documents are ready again, as if it had not been made.

    Returns:
        Why not: it is closed, or a part of it is known to be in QuickBooks.
    """
    with transaction.atomic():
        take_turns(batch.company)
        if batch.exported.filter(state=ExportedState.ARRIVED).exists():
            return SOME_ARRIVED
        if cannot := _close(batch, BatchState.WITHDRAWN, by=by, word=reason):
            return cannot
        rows = batch.exported.filter(state=ExportedState.SENT)
        orders = []
        if batch.kind in _SENDS:
            orders = list(rows.order_by().values_list("document__order_id", flat=True).distinct())
            _take_back(batch, rows, by=by)
        rows.update(state=ExportedState.WITHDRAWN)
    for numbers in chunks(orders, _AT_ONCE):  # the order and the decisions may be others by now
        prepare_orders(batch.company, StagedOrder.objects.filter(pk__in=numbers), by=by)
    _tell(batch)
    return None


# One file -------------------------------------------------------------------------------------------------------------


def _close(batch: ExportBatch, state: BatchState, *, by: User | None, word: str) -> Message | None:
    rows = ExportBatch.objects.filter(pk=batch.pk, state__in=(BatchState.MADE, BatchState.DOWNLOADED))
    if rows.update(state=state, closed_by=by, closed_at=timezone.now(), closed_with=word[:255]) != 1:
        return CLOSED
    batch.refresh_from_db()
    return None


def _arrive(batch: ExportBatch, rows: QuerySet[ExportedDocument], *, by: User | None, word: str) -> None:
    """These are in QuickBooks: documents become Posted, or Voided by a file that undid them."""
    undone = batch.kind == BatchKind.REVERSAL
    for chunk in _rows(rows):
        documents = [row.document for row in chunk]
        still_there = _still_there(chunk) if undone else set()
        for row in chunk:
            row.state = ExportedState.ARRIVED
            gone = undone and row.document_id not in still_there
            row.document.state = DocumentState.VOIDED if gone else DocumentState.POSTED
            row.document.quickbooks_id = row.document.quickbooks_id or row.written_as
            row.document.posted_at = row.document.posted_at or timezone.now()
            row.document.changed_at = timezone.now()
        ExportedDocument.objects.bulk_update(chunk, ["state"])
        Document.objects.bulk_update(documents, ["state", "quickbooks_id", "posted_at", "changed_at"])
        if undone:
            _record(chunk, "reversed", by=by, file=batch.file_name)
        else:
            _record(chunk, "arrived", by=by, word=word)
            _learn(chunk)


def _learn(rows: Sequence[ExportedDocument]) -> None:
    """New customers join our copy of the list under the name that the file gave them."""
    customers = [row for row in rows if row.document.kind == NewCustomer.kind]
    for row in customers:
        value = row.document.value()
        assert isinstance(value, NewCustomer)
        # By another name than the file's, the next file would bring in or charge another customer
        written = replace(value, display_name=row.written_as)
        learn_customers(
            [
                CreatedCustomer(
                    document=row.document, value=written, quickbooks_id=row.written_as, sync_token=FROM_A_FILE
                )
            ]
        )


def _customers_of_arrived(batch: ExportBatch) -> QuerySet[ExportedDocument]:
    arrived = batch.exported.filter(state=ExportedState.ARRIVED)
    follows = arrived.filter(
        Q(document__depends_on=OuterRef("document")) | Q(document__depends_on__depends_on=OuterRef("document"))
    )
    waiting = (ExportedState.SENT, ExportedState.MISSING)
    sent = batch.exported.filter(state__in=waiting, document__kind=NewCustomer.kind)
    return sent.filter(Exists(follows))


def _miss(batch: ExportBatch, *, report: str, by: User | None) -> None:
    for chunk in _rows(batch.exported.filter(state=ExportedState.SENT)):
        for row in chunk:
            row.state = ExportedState.MISSING
        ExportedDocument.objects.bulk_update(chunk, ["state"])
        _record(chunk, "not-in-report", by=by, file=batch.file_name, report=report)


def _refuse(documents: Sequence[Document], said: dict[int, str]) -> None:
    numbers = [document.pk for document in documents]
    Document.objects.filter(pk__in=numbers).update(
        state=DocumentState.REFUSED, quickbooks_id="", posted_at=None, changed_at=timezone.now()
    )
    DocumentProblem.objects.filter(document__in=numbers).delete()
    problems = [(document, _problem(said[document.pk])) for document in documents]
    DocumentProblem.objects.bulk_create(
        DocumentProblem(
            company_id=document.company_id,
            document=document,
            code=problem.code,
            cause=problem.cause,
            facts=problem.facts(),
        )
        for document, problem in problems
    )


def _problem(message: str) -> RefusedByQuickBooks:
    return RefusedByQuickBooks(
        fault=_CODE, message=gettext_noop("not imported"), detail=message, fault_cure=_CURE if message else ""
    )


_CURE = gettext_noop(
    "Correct what QuickBooks Desktop names, there or in the mapping, import the lists again if it was there, and press "
    "Re-sync; the next file has the document again. Never import the same file twice."
)


def _take_back(batch: ExportBatch, rows: QuerySet[ExportedDocument], *, by: User | None) -> None:
    for chunk in _rows(rows):
        numbers = {row.document_id for row in chunk}
        numbers -= _in_other_files(batch, numbers)
        _record([row for row in chunk if row.document_id in numbers], "taken-back", by=by, file=batch.file_name)
        documents = Document.objects.filter(pk__in=numbers, state=DocumentState.EXPORTED)
        documents.update(state=DocumentState.READY, generation=F("generation") + 1, changed_at=timezone.now())


def _in_other_files(batch: ExportBatch, documents: Collection[int]) -> set[int]:
    """Of some documents, those that QuickBooks has, or may have, from another file: they must not go out unasked."""
    others = ExportedDocument.objects.filter(document__in=documents, kind__in=_SENDS).exclude(batch=batch)
    others = others.exclude(state__in=(ExportedState.WITHDRAWN, ExportedState.ERROR))
    return set(others.values_list("document_id", flat=True))


def _still_there(rows: Sequence[ExportedDocument]) -> set[int]:
    """Of documents that a file undoes once, those that came by more files than were undone."""
    numbers = [row.document_id for row in rows]
    arrived = ExportedDocument.objects.filter(document__in=numbers, state=ExportedState.ARRIVED)
    came: Counter[int] = Counter(arrived.filter(kind__in=_SENDS).values_list("document_id", flat=True))
    came.subtract(arrived.filter(kind=BatchKind.REVERSAL).values_list("document_id", flat=True))
    return {number for number in numbers if came[number] > 1}


# Rows -----------------------------------------------------------------------------------------------------------------


def _rows(rows: QuerySet[ExportedDocument]) -> Iterator[list[ExportedDocument]]:
    """All of them, some hundred at a time, with their documents and orders."""
    numbers = list(rows.order_by("pk").values_list("pk", flat=True))
    for chunk in chunks(numbers, _AT_ONCE):
        yield list(
            ExportedDocument.objects.filter(pk__in=chunk)
            .select_related("document__frozen", "document__order__connection")
            .order_by("pk")
        )


def _record(
    rows: Sequence[ExportedDocument], step: str, *, by: User | None, **facts: str | Callable[[ExportedDocument], str]
) -> None:
    """One event for each document, in its order's history."""
    events = []
    for row in rows:
        told = {name: fact(row) if callable(fact) else fact for name, fact in facts.items()}
        events.append(event(row.document.order, step, by=by, document=str(row.document), **told))
    OrderEvent.objects.bulk_create(events)


def _tell(batch: ExportBatch) -> None:
    """Have the issues counted again that its documents belong to."""
    DocumentProblem.objects.filter(document__in=batch.exported.values("document_id")).touch()
    problems_changed.send(sender=Document, company=batch.company)
