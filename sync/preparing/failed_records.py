"""What becomes of a record over which Tieout itself breaks? It is an issue, and waits until something has changed.

It keeps back no other record. It is tried again when a person presses Re-sync, and by itself once the program is
another one.

Source:
    docs/decisions/0033-a-record-that-breaks-tieout.md
"""

from __future__ import annotations

import logging
import traceback
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction

from books.documents import Invoice, NewCustomer
from books.problems import CouldNotProcess
from books.translation import gettext_noop
from companies.models import Company, take_turns
from sync.history import record_once
from sync.models import (
    DECIDED_AGAINST,
    Document,
    DocumentProblem,
    DocumentState,
    StagedOrder,
)
from sync.preparing.builders.plan import invoice_key
from sync.turn import LeaseLost

logger = logging.getLogger(__name__)

PREPARING = gettext_noop("preparing it")
WRITING = gettext_noop("writing it into a file")
SENDING = gettext_noop("sending it to QuickBooks")
ANSWERED = gettext_noop("finding out what QuickBooks made of it")
#: What is no record's fault: it ends the run.
NOT_A_RECORD = (LeaseLost, OperationalError)
#: What decides what becomes of a record; the screens do not.
_ROOMS = ("books", "companies", "mapping", "sync")


@cache
def release() -> str:
    """Which Tieout this is: a fingerprint of its rules, another one after every upgrade."""
    fingerprint = sha256()
    for room in _ROOMS:
        for path in sorted(Path(settings.BASE_DIR, room).rglob("*.py")):
            fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()[:12]


def error_of(fault: BaseException) -> str:
    """The kind of an error and where it happened, such as `KeyError in forms, customer_id`; no data of a record."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(settings.BASE_DIR)]
    ours = [frame for frame in ours if ".venv" not in frame.filename] or list(frames)
    place = f" in {Path(ours[-1].filename).stem}, {ours[-1].name}" if ours else ""
    return f"{type(fault).__name__}{place}"


def note_broken(row: Document, *, step: str, fault: Exception) -> None:
    """Keep as the problem of a document what broke over it, in place of what broke over it before."""
    problem = CouldNotProcess(step=step, error=error_of(fault), release=release())
    row.problems.filter(code=CouldNotProcess.code).exclude(cause=problem.cause).delete()
    DocumentProblem.objects.update_or_create(
        document=row,
        cause=problem.cause,
        defaults={"company_id": row.company_id, "code": problem.code, "facts": problem.facts()},
    )


# One order -----------------------------------------------------------------------------------------------------------


def order_broke(company: Company, number: int, fault: Exception) -> None:
    """Make an issue of an order that could not be prepared. It stays unprepared, so that each sync tries again."""
    logger.error("preparing order %s of company %s broke", number, company.pk, exc_info=fault)
    with transaction.atomic():
        take_turns(company)
        order = StagedOrder.objects.select_related("connection", "company").get(pk=number)
        StagedOrder.objects.filter(pk=number).update(not_posted=[{"code": "broken", "facts": {}}])
        row = _stand_in(order)
        note_broken(row, step=PREPARING, fault=fault)
        if row.state == DocumentState.READY:
            row.state = DocumentState.BLOCKED
            row.save(update_fields=["state", "changed_at"])
        row.problems.touch()
        record_once(order, "broken", reason=error_of(fault))


def _stand_in(order: StagedOrder) -> Document:
    """The document that shows the issue: one of the order that waits, else one that was sent, else one in its place.

    The next preparation that succeeds gives it what the order comes to, or takes it away.
    """
    rows = Document.objects.select_for_update().filter(order=order).exclude(kind=NewCustomer.kind).order_by("pk")
    waiting = rows.filter(state__in=(DocumentState.READY, DocumentState.BLOCKED)).first()
    sent = rows.exclude(state__in=(*DECIDED_AGAINST, DocumentState.REFUSED)).first()
    if row := waiting or sent:
        return row
    facts: dict[str, Any] = {
        "order": order,
        "kind": Invoice.kind,
        "state": DocumentState.BLOCKED,
        "version": 0,
        "number": order.number,
        "dated": order.placed_on,
        "customer_name": order.customer_name,
        "currency": order.currency,
        "total": order.total,
    }
    key = invoice_key(order.connection.system, order.source_id)
    row, _ = Document.objects.get_or_create(company=order.company, key=key, defaults=facts)
    return row


# Again ---------------------------------------------------------------------------------------------------------------


def forget_broken(orders: list[int]) -> None:
    """Orders that could be prepared after all: what they broke on is no issue any more."""
    broke = DocumentProblem.objects.filter(document__order__in=orders, code=CouldNotProcess.code)
    broke.filter(facts__step=PREPARING).delete()


def try_again_after_upgrade(company: Company) -> int:
    """Have what an earlier program broke on prepared again by the next preparation; how many documents that are."""
    broke = DocumentProblem.objects.filter(company=company, code=CouldNotProcess.code)
    broke = broke.exclude(facts__release=release())
    documents = list(broke.values_list("document_id", flat=True))
    if documents:
        StagedOrder.objects.filter(documents__in=documents).update(prepared_version=0)
        broke.delete()
    return len(documents)
