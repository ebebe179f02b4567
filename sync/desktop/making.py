"""How does a file for QuickBooks Desktop come to be? Checked before, written, read back, and only then stored.

A live file takes what is ready and marks it as exported; a document is in one live file, once. A rehearsal takes the
same documents and leaves no mark. A repeat and a reversal need a person's reason.

Source:
    docs/decisions/0021-desktop-batches.md
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from books.documents import NewCustomer
from books.words import gettext_noop
from mapping.activation import is_activated, may_post
from mapping.models import Company
from sync.desktop.checking_back import faults_of
from sync.desktop.choosing import exportable
from sync.desktop.writing import FileWriter, Written, given_names, records_of
from sync.history import event
from sync.iif_reading.references import KnownNames
from sync.locking import take_turns
from sync.models import (
    BatchKind,
    BatchState,
    Document,
    DocumentState,
    ExportBatch,
    ExportedDocument,
    ExportedState,
    ExportPart,
    OrderEvent,
)
from sync.models.batches import mark_of
from sync.switching import SWITCHED_OFF, CannotRun, cannot_prepare_for_desktop

logger = logging.getLogger(__name__)

_AT_ONCE = 500
_SPOOL = 4 * 1024 * 1024
_PART = 1024 * 1024

NOT_ACTIVE = CannotRun(
    sentence=gettext_noop("The integration is not active for this company."),
    cure=gettext_noop("Ask for it under Setup; an administrator approves it."),
)
NOT_LIVE = CannotRun(
    sentence=gettext_noop("The company has not gone live."),
    cure=gettext_noop("Finish its Setup; until then it can make rehearsal files."),
)
NO_BACKUP = CannotRun(
    sentence=gettext_noop("Nobody has confirmed that the QuickBooks data is backed up. An import cannot be undone."),
    cure=gettext_noop("In QuickBooks choose File > Back Up Company, then confirm the backup here."),
)
REHEARSE_FIRST = CannotRun(
    sentence=gettext_noop("No rehearsal file was made for this company yet."),
    cure=gettext_noop("Make one, import it into a copy of the company file and look at it; then export."),
)
ONLY_REHEARSALS = CannotRun(
    sentence=gettext_noop("This is a rehearsal company, so it makes rehearsal files only."),
    cure=gettext_noop("Make a rehearsal, or go on in the company that it stands for."),
)
NO_REASON = CannotRun(
    sentence=gettext_noop("Exporting again or undoing needs a reason, for whoever reads the history later."),
    cure=gettext_noop("Write one sentence."),
)
NOTHING = CannotRun(
    sentence=gettext_noop("There is nothing to export: no document of this period is ready."),
    cure=gettext_noop("Home says what is blocked; documents that were exported are in the list of files."),
)
NOT_IMPORTED = CannotRun(
    sentence=gettext_noop("Only a file that was imported can be undone."),
    cure=gettext_noop("Acknowledge it first; a file that was never imported is withdrawn instead."),
)
REVERSED = CannotRun(
    sentence=gettext_noop("This file is undone already, or cannot be."),
    cure=gettext_noop("Its page names the file that undoes it."),
)
_ALL_LEFT_OUT = gettext_noop("None of the %(number)d documents can be written into a file. The first: %(reason)s")
_NOT_OURS = gettext_noop("The file did not pass our own check and was thrown away; nothing was exported. %(faults)s")
_NO_TALLY = gettext_noop(
    "The file moves other amounts than its documents, so it was thrown away; nothing was exported."
)
_TELL_US = gettext_noop("This is a defect in Tieout. Its log tells more.")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for."""

    kind: BatchKind
    #: The period by the documents' dates, for a rehearsal and an export; None for no limit.
    since: date | None = None
    until: date | None = None
    #: Numbers of documents, for a repeat.
    documents: Sequence[int] = ()
    #: The file to undo, for a reversal.
    reverses: ExportBatch | None = None
    #: Who asked; None for a command.
    by: Any = None
    #: Whether the backup was confirmed, and by whom where nobody is signed in.
    backup_confirmed: bool = False
    confirmed_as: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that was stored, and what of the wish is not in it."""

    batch: ExportBatch
    written: Written


Progress = Callable[[int], None]


class _Stopped(Exception):
    def __init__(self, why: CannotRun) -> None:
        super().__init__(why.worded())
        self.why = why


def make_batch(
    company: Company, wish: Wish, *, now: datetime | None = None, progress: Progress | None = None
) -> Made | CannotRun:
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
    try:
        with transaction.atomic():
            take_turns(company)
            return _make(company, wish, now or timezone.now(), progress or (lambda _: None))
    except _Stopped as stopped:
        return stopped.why


def cannot_make(company: Company, wish: Wish) -> CannotRun | None:
    """Why such a file cannot be made now; None when nothing stands in its way but what it would hold."""
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
    """Whether a rehearsal file of the company, or of the rehearsal company that stands for it, was ever made."""
    whose = Q(company=company) | Q(company__rehearsal_of=company)
    return ExportBatch.objects.filter(whose, kind=BatchKind.REHEARSAL).exists()


def _closed(company: Company, wish: Wish) -> CannotRun | None:
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


def _make(company: Company, wish: Wish, now: datetime, progress: Progress) -> Made:
    rows, number = _chosen(company, wish), _next_number(company)
    reversal = wish.kind == BatchKind.REVERSAL
    with (
        FileWriter(company, kind=wish.kind, batch=mark_of(number), sign=-1 if reversal else 1) as writer,
        SpooledTemporaryFile(_SPOOL) as file,
        TemporaryFile("w+", encoding="utf-8") as marks,
    ):
        _write(writer, rows, marks, reverses=wish.reverses.mark if wish.reverses else "", progress=progress)
        size, digest = writer.finish(file)
        _check(writer, file)
        batch = _store(company, wish, writer.written, number=number, size=size, digest=digest, now=now)
        _store_parts(batch, file)
        if wish.kind != BatchKind.REHEARSAL:
            _mark(batch, marks)
    return Made(batch=batch, written=writer.written)


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
    if batch.reversals.exclude(state=BatchState.WITHDRAWN).exists():
        raise _Stopped(REVERSED)
    rows = Document.objects.filter(exports__batch=batch, exports__state=ExportedState.ARRIVED)
    return rows.exclude(kind=NewCustomer.kind)


def _next_number(company: Company) -> int:
    last = ExportBatch.objects.filter(company=company).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _write(writer: FileWriter, rows: QuerySet[Document], marks: IO[str], *, reverses: str, progress: Progress) -> None:
    """Write customers, then everything else, and note under which number each stands in the file."""
    customers, others = rows.filter(kind=NewCustomer.kind), rows.exclude(kind=NewCustomer.kind)
    for some in chain(chunks(customers), chunks(others)):
        writer.know(given_names(some))
        for row, record in records_of(some, reverses=reverses):
            put = writer.add(record, kind=row.kind)
            if isinstance(put, str):
                marks.write(json.dumps([row.pk, put, ""]) + "\n")
            elif not put.is_fault:
                marks.write(json.dumps([row.pk, "", put.worded()]) + "\n")
        progress(len(some))


def _check(writer: FileWriter, file: IO[bytes]) -> None:
    """Read the file back by the strict reader, and compare what it moves with what its documents say.

    Raises:
        _Stopped: It holds nothing, breaks a rule, or moves other amounts.
    """
    written = writer.written
    if not written.documents:
        number, first = written.faults, written.left_out[0].worded() if written.left_out else ""
        raise _Stopped(CannotRun(sentence=_ALL_LEFT_OUT, cure="", facts=(("number", number), ("reason", first))))
    known = KnownNames(accounts=writer.lists.account_types)
    faults = faults_of(file, written.postings, date_order=writer.settings.dates.value, known=known)
    if faults:
        logger.error("a file for QuickBooks Desktop did not pass its check: %s", faults)
        raise _Stopped(CannotRun(sentence=_NOT_OURS, cure=_TELL_US, facts=(("faults", " ".join(faults)),)))


# Storing it -----------------------------------------------------------------------------------------------------------


def _store(
    company: Company, wish: Wish, written: Written, *, number: int, size: int, digest: str, now: datetime
) -> ExportBatch:
    live = wish.kind != BatchKind.REHEARSAL
    return ExportBatch.objects.create(
        company=company,
        number=number,
        kind=wish.kind,
        since=wish.since,
        until=wish.until,
        sha256=digest,
        size=size,
        documents=written.documents,
        kinds={kind: {"count": count, "total": _text(sum_)} for kind, (count, sum_) in sorted(written.kinds.items())},
        accounts={
            path: [_text(written.debits[path]), _text(written.credits[path])]
            for path in sorted({*written.debits, *written.credits})
        },
        changes=written.changes,
        changed=written.changed,
        reason=wish.reason.strip(),
        reverses=wish.reverses,
        made_by=wish.by,
        made_at=now,
        backup_confirmed_by=wish.by if live else None,
        backup_confirmed_as=wish.confirmed_as if live else "",
        backup_confirmed_at=now if live else None,
    )


def _text(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _store_parts(batch: ExportBatch, file: IO[bytes]) -> None:
    file.seek(0)
    position = 0
    while data := file.read(_PART):
        ExportPart(batch=batch, position=position, data=data).save()
        position += 1


def _mark(batch: ExportBatch, marks: IO[str]) -> None:
    """Keep which documents are in the file; those of an export are Exported from now on."""
    marks.seek(0)
    for some in _marked(marks):
        ExportedDocument.objects.bulk_create(
            ExportedDocument(company_id=batch.company_id, batch=batch, document_id=pk, kind=batch.kind, written_as=name)
            for pk, name, why in some
            if not why
        )
        rows = Document.objects.filter(pk__in=[pk for pk, _name, why in some if not why])
        if batch.kind == BatchKind.LIVE:
            _set_aside(batch, {pk: why for pk, _name, why in some if why})
            rows.update(state=DocumentState.EXPORTED, changed_at=timezone.now())
        OrderEvent.objects.bulk_create(
            event(row.order, "exported", by=batch.made_by, document=str(row), file=batch.file_name)
            for row in rows.select_related("order")
        )


def _set_aside(batch: ExportBatch, idle: Mapping[int, str]) -> None:
    """What moves nothing has no place in any file; it is ignored, and its history says why."""
    rows = Document.objects.filter(pk__in=idle)
    OrderEvent.objects.bulk_create(
        event(row.order, "ignored", by=batch.made_by, document=str(row), reason=idle[row.pk])
        for row in rows.select_related("order")
    )
    rows.update(state=DocumentState.IGNORED, changed_at=timezone.now())


def _marked(marks: IO[str]) -> Iterator[list[tuple[int, str, str]]]:
    """Number, name in the file and the reason to be set aside of each document, some hundred at a time."""
    some: list[tuple[int, str, str]] = []
    for line in marks:
        pk, name, why = json.loads(line)
        some.append((pk, name, why))
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


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
