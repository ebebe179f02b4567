"""What may a person decide about one document? To ignore it, to take that back, or to call a change settled."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from books.problems import ChangedAfterPosting
from sync.history import record
from sync.models import Document, DocumentState, StagedOrder
from sync.preparing import prepare_orders, source_hashes
from sync.recording import GONE
from sync.signals import problems_changed

#: What QuickBooks has or may have cannot be ignored away.
IGNORABLE = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)


def ignore(document: Document, *, reason: str, by: Any) -> bool:
    """Never post the document, nor what follows it; the reason stays in the order's history.

    Returns:
        False when it is too late: QuickBooks has it, or may have it.
    """
    with transaction.atomic():
        rows = Document.objects.filter(pk=document.pk, state__in=IGNORABLE)
        if not rows.update(state=DocumentState.IGNORED, withdrawn=False):
            return False
        document.problems.all().delete()
        record(document.order, "ignored", by=by, document=str(document), reason=reason)
        for child in document.dependants.select_related("order"):
            ignore(child, reason=reason, by=by)
    problems_changed.send(sender=Document, company=document.company)
    return True


def restore(document: Document, *, by: Any) -> None:
    """Take an ignoring back: the document is prepared again as if it were new."""
    with transaction.atomic():
        rows = Document.objects.filter(pk=document.pk, state=DocumentState.IGNORED)
        if rows.update(state=DocumentState.BLOCKED):
            record(document.order, "restored", by=by, document=str(document))
    prepare_orders(document.company, [document.order], by=by)


def settle(document: Document, *, reason: str, by: Any) -> None:
    """The change in the source was entered in QuickBooks by hand: from now on it counts as prepared from it."""
    with transaction.atomic():
        order = StagedOrder.objects.select_for_update().get(pk=document.order_id)
        mark = source_hashes(order).get(document.key, GONE)
        Document.objects.filter(pk=document.pk).update(source_hash=mark)
        document.problems.filter(code=ChangedAfterPosting.code).delete()
        record(order, "settled", by=by, document=str(document), reason=reason)
    problems_changed.send(sender=Document, company=document.company)
