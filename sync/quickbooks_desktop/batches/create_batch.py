"""How does a file for QuickBooks Desktop come to be? Checked before, written, read back, and only then stored.

A live file takes what is ready and marks it as exported; a document is in one live file, once. A rehearsal takes the
same documents and leaves no mark. A repeat and a reversal need a person's reason.

Source:
    docs/decisions/0021-desktop-batches.md
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from books.documents import NewCustomer
from books.messages import Message
from companies.activation import is_activated, may_post
from companies.models import Company, take_turns
from sync.models import (
    BatchKind,
    BatchState,
    Document,
    DocumentState,
    ExportBatch,
)
from sync.models.batches import mark_of
from sync.preparing.failed_records import WRITING
from sync.preparing.prepare import prepare_new
from sync.pushing.broken_documents import document_broke
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.exportable import exportable
from sync.quickbooks_desktop.batches.refusals import (
    ALL_CLOSED,
    ALL_LEFT_OUT,
    NO_BACKUP,
    NO_REASON,
    NOT_ACTIVE,
    NOT_IMPORTED,
    NOT_LIVE,
    NOT_OURS,
    NOTHING,
    ONLY_REHEARSALS,
    OTHER_PLAN,
    REHEARSE_FIRST,
    REVERSED,
    TELL_US,
)
from sync.quickbooks_desktop.batches.reversal_plan import ReversalPlan, reversal_plan, to_reverse
from sync.quickbooks_desktop.batches.spool import FileWriter, Written
from sync.quickbooks_desktop.batches.store import mark, note_left, store, store_parts
from sync.quickbooks_desktop.batches.verify import faults_of
from sync.quickbooks_desktop.reading.references import KnownNames
from sync.readiness import SWITCHED_OFF, cannot_prepare_for_desktop
from sync.signals import problems_changed

logger = logging.getLogger(__name__)

_AT_ONCE = 500
_SPOOL = 4 * 1024 * 1024
_PART = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that was stored, and what of the wish is not in it."""

    batch: ExportBatch
    written: Written
    #: How many documents a reversal leaves, because their period is closed.
    left: int = 0


Progress = Callable[[int], None]


class _Stopped(Exception):
    def __init__(self, why: Message) -> None:
        super().__init__(why.worded())
        self.why = why


def make_batch(
    company: Company, wish: Wish, *, now: datetime | None = None, progress: Progress | None = None
) -> Made | Message:
    """Write a file, read it back, and store it with everything that it is about.

    Args:
        company: Of QuickBooks Desktop.
        wish: What is asked for.
        now: The moment the batch bears.
        progress: Called with the number of documents done, now and then.

    Returns:
        The stored file, or why there is none; then nothing has changed.
    """
    if cannot := cannot_make(company, wish):
        return cannot
    if wish.kind in (BatchKind.LIVE, BatchKind.REHEARSAL):
        prepare_new(company)  # a decision may have changed since, and no sync has to come before a file
    broke: list[tuple[Document, Exception]] = []
    try:
        with transaction.atomic():
            take_turns(company)
            return _make(company, wish, now or timezone.now(), progress or (lambda _: None), broke)
    except _Stopped as stopped:
        return stopped.why
    finally:  # also where there is no file: what a record broke on is kept
        _make_issues(company, broke)


def _make_issues(company: Company, broke: list[tuple[Document, Exception]]) -> None:
    for document, fault in broke:
        document_broke(document, fault, step=WRITING)
    if broke:
        problems_changed.send(sender=Document, company=company)  # reconciliation gathers the issues


def cannot_make(company: Company, wish: Wish) -> Message | None:
    """Why such a file cannot be made now; None when only its content could keep it from being made."""
    if cannot := _closed(company, wish):
        return cannot
    if wish.kind == BatchKind.REHEARSAL:
        return None
    if not rehearsed(company):
        return REHEARSE_FIRST
    if wish.kind != BatchKind.LIVE and not wish.reason.strip():
        return NO_REASON
    return None if wish.backup_confirmed else NO_BACKUP


def rehearsed(company: Company) -> bool:
    """Whether a rehearsal file of the company, or of its rehearsal company, was ever made."""
    whose = Q(company=company) | Q(company__rehearsal_of=company)
    return ExportBatch.objects.filter(whose, kind=BatchKind.REHEARSAL).exists()


def _closed(company: Company, wish: Wish) -> Message | None:
    cannot = cannot_prepare_for_desktop(company)
    if cannot is not None and not (cannot is SWITCHED_OFF and wish.kind == BatchKind.REHEARSAL):
        return cannot
    if not is_activated(company):
        return NOT_ACTIVE
    if wish.kind == BatchKind.REHEARSAL:
        return None
    if company.is_rehearsal:
        return ONLY_REHEARSALS
    return None if may_post(company) else NOT_LIVE


# Writing it -----------------------------------------------------------------------------------------------------------


def _make(
    company: Company, wish: Wish, now: datetime, progress: Progress, broke: list[tuple[Document, Exception]]
) -> Made:
    rows, number = _chosen(company, wish), _next_number(company)
    reversal = wish.kind == BatchKind.REVERSAL
    plan = _plan(wish)
    with (
        FileWriter(company, kind=wish.kind, batch=mark_of(number), sign=-1 if reversal else 1) as writer,
        SpooledTemporaryFile(_SPOOL) as file,
        TemporaryFile("w+", encoding="utf-8") as marks,
    ):
        _write(writer, rows, marks, plan, reverses=wish.reverses.mark if wish.reverses else "", progress=progress)
        broke += writer.broke
        size, digest = writer.finish(file)
        _check(writer, file)
        batch = store(company, wish, writer.written, number=number, size=size, digest=digest, now=now)
        store_parts(batch, file)
        if wish.kind != BatchKind.REHEARSAL:
            mark(batch, marks)
            note_left(batch, plan)
    return Made(batch=batch, written=writer.written, left=len(plan.left))


def _plan(wish: Wish) -> ReversalPlan:
    """The days of a reversal, and what it leaves; nothing for any other file.

    Raises:
        _Stopped: It leaves everything, or is not the plan that was shown.
    """
    if wish.reverses is None:
        return ReversalPlan()
    plan = reversal_plan(wish.reverses, move_all=wish.reverse_closed)
    through = plan.through.isoformat() if plan.through else ""
    if wish.closed_shown not in (None, through):
        raise _Stopped(OTHER_PLAN)
    if plan.leaves_all:
        raise _Stopped(Message.of(ALL_CLOSED, day=plan.through))
    return plan


def _chosen(company: Company, wish: Wish) -> QuerySet[Document]:
    """The documents of the file; customers first.

    Raises:
        _Stopped: There are none, or they cannot be asked for.
    """
    if wish.kind == BatchKind.REPEAT:
        states = (DocumentState.EXPORTED, DocumentState.POSTED, DocumentState.VOIDED)
        rows = Document.objects.filter(company=company, pk__in=list(wish.documents), state__in=states)
        rows = rows.filter(exports__isnull=False).distinct()
    elif wish.kind == BatchKind.REVERSAL:
        rows = _of_batch(company, wish)
    else:
        rows = exportable(company, since=wish.since, until=wish.until)
    if not rows.exists():
        raise _Stopped(NOTHING)
    return rows


def _of_batch(company: Company, wish: Wish) -> QuerySet[Document]:
    batch = wish.reverses
    undoable = (BatchKind.LIVE, BatchKind.REPEAT)
    if batch is None or batch.company_id != company.pk or batch.kind not in undoable:
        raise _Stopped(REVERSED)
    if batch.state != BatchState.ACKNOWLEDGED:
        raise _Stopped(NOT_IMPORTED)
    rows = to_reverse(batch)
    if not rows.exists():
        raise _Stopped(REVERSED)
    return rows


def _next_number(company: Company) -> int:
    last = ExportBatch.objects.filter(company=company).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _write(
    writer: FileWriter,
    rows: QuerySet[Document],
    marks: IO[str],
    plan: ReversalPlan,
    *,
    reverses: str,
    progress: Progress,
) -> None:
    """Write everything that the plan does not leave, and note the number of each in the file."""
    for documents in in_file_order(rows):
        going = [document for document in documents if document.pk not in plan.left]
        for placed in writer.write(going, reverses=reverses, entered=plan.entered):
            if isinstance(placed.put, str):
                marks.write(json.dumps([placed.row.pk, placed.put, ""]) + "\n")
            elif not placed.put.is_fault:
                marks.write(json.dumps([placed.row.pk, "", placed.put.message.worded()]) + "\n")
        progress(len(documents))


def _check(writer: FileWriter, file: IO[bytes]) -> None:
    """Read the file back by the strict reader, and compare what it moves with what its documents say.

    Raises:
        _Stopped: It holds nothing, breaks a rule, or moves other amounts.
    """
    written = writer.written
    if not written.documents:
        number, first = written.faults, written.left_out[0].message if written.left_out else ""
        raise _Stopped(Message.of(ALL_LEFT_OUT, number=number, reason=first))
    known = KnownNames(accounts=writer.lists.account_types)
    faults = faults_of(file, written.postings, date_order=writer.settings.dates.value, known=known)
    if faults:
        logger.error("a file for QuickBooks Desktop did not pass its check: %s", faults)
        raise _Stopped(Message.of(NOT_OURS, TELL_US, faults=" ".join(faults)))


def in_file_order(rows: QuerySet[Document]) -> Iterator[list[Document]]:
    """Customers, then what needs no more than them, then what follows those; each by date, some hundred at a time."""
    customers, others = rows.filter(kind=NewCustomer.kind), rows.exclude(kind=NewCustomer.kind)
    first = Q(depends_on=None) | Q(depends_on__kind=NewCustomer.kind)
    return chain(chunks(customers), chunks(others.filter(first)), chunks(others.exclude(first)))


def chunks(rows: QuerySet[Document]) -> Iterator[list[Document]]:
    """All rows in their order, some hundred at a time, with bodies and what they need."""
    numbers = rows.order_by("dated", "pk").values_list("pk", flat=True)
    some: list[int] = []
    for number in numbers.iterator(chunk_size=2000):
        some.append(number)
        if len(some) == _AT_ONCE:
            yield _loaded(some)
            some = []
    if some:
        yield _loaded(some)


def _loaded(numbers: list[int]) -> list[Document]:
    rows = Document.objects.filter(pk__in=numbers).select_related("frozen", "depends_on")
    return list(rows.order_by("dated", "pk"))
