"""How is a file for QuickBooks Desktop kept? Its bytes in parts, what it holds, and which documents are in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import IO

from django.utils import timezone

from books.messages import Message
from companies.bulk_sql import chunks
from companies.models import Company
from sync.history import event
from sync.models import (
    BatchKind,
    Document,
    DocumentProblem,
    DocumentState,
    ExportBatch,
    ExportedDocument,
    ExportPart,
    OrderEvent,
)
from sync.models.documents import kinds
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.refusals import LEFT_CLOSED, LEFT_TOGETHER
from sync.quickbooks_desktop.batches.reversal_plan import ReversalPlan
from sync.quickbooks_desktop.batches.spool import Written

_AT_ONCE = 500
_PART = 1024 * 1024


def store(
    company: Company, wish: Wish, written: Written, *, number: int, size: int, digest: str, now: datetime
) -> ExportBatch:
    """Keep everything about a file but its bytes and its documents."""
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


def store_parts(batch: ExportBatch, file: IO[bytes]) -> None:
    """Keep the bytes of a file."""
    file.seek(0)
    position = 0
    while data := file.read(_PART):
        ExportPart(batch=batch, position=position, data=data).save()
        position += 1


def mark(batch: ExportBatch, marks: IO[str]) -> None:
    """Keep which documents are in the file; those of an export are Exported from now on."""
    marks.seek(0)
    name, titles = batch.file_name, {kind: str(title) for kind, title in kinds()}
    for marked in _marked(marks):
        ExportedDocument.objects.bulk_create(
            ExportedDocument(company_id=batch.company_id, batch=batch, document_id=pk, kind=batch.kind, written_as=put)
            for pk, put, why in marked
            if not why
        )
        rows = Document.objects.filter(pk__in=[pk for pk, _name, why in marked if not why])
        DocumentProblem.objects.filter(document__in=[pk for pk, _name, _why in marked]).touch()
        if batch.kind == BatchKind.LIVE:
            _set_aside(batch, {pk: why for pk, _name, why in marked if why})
            rows.update(state=DocumentState.EXPORTED, changed_at=timezone.now())
        OrderEvent.objects.bulk_create(
            event(row.order, "exported", by=batch.made_by, document=_named(row, titles), file=name)
            for row in rows.select_related("order")
        )


def note_left(batch: ExportBatch, plan: ReversalPlan) -> None:
    """The history of each order says what of it a reversal leaves, and why."""
    named: dict[int, str] = {}
    for numbers in chunks(sorted(set(plan.left.values())), _AT_ONCE):
        named |= {row.pk: str(row) for row in Document.objects.filter(pk__in=numbers).select_related("order")}
    for numbers in chunks(sorted(plan.left), _AT_ONCE):
        rows = Document.objects.filter(pk__in=numbers).select_related("order").order_by("pk")
        OrderEvent.objects.bulk_create(
            event(row.order, "undo-left", by=batch.made_by, document=str(row), reason=why_left(row.pk, plan, named))
            for row in rows
        )


def why_left(number: int, plan: ReversalPlan, named: Mapping[int, str]) -> str:
    """Why a document is left, in English, as it is kept.

    Args:
        number: Of the document.
        plan: That leaves it.
        named: By number, what the documents of the closed period are called.
    """
    because, day = plan.left[number], plan.through
    if because == number:
        return Message.of(LEFT_CLOSED, day=day).worded()
    return Message.of(LEFT_TOGETHER, document=named[because], day=day).worded()


def _named(row: Document, titles: Mapping[str, str]) -> str:
    """What `str` says of a document, without looking its kind up for each of a hundred thousand."""
    return f"{titles.get(row.kind, row.kind)} {row.number or row.customer_name}"


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
