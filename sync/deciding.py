"""What may a person decide about one document? To ignore it or not, to call it settled, or to post it again."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F

from books.outcomes import Accepted
from books.problems import ChangedAfterPosting, NumberUsedTwice
from sync.changing import GONE
from sync.destinations.base import Destination, NotThere
from sync.history import record
from sync.locking import take_turns
from sync.models import Document, DocumentState, StagedOrder
from sync.preparing import orders_of_cause, prepare_orders, source_hashes
from sync.signals import problems_changed

#: What QuickBooks has or may have cannot be ignored away.
IGNORABLE = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)


def ignore(document: Document, *, reason: str, by: Any) -> bool:
    """Never post the document, nor what follows it; the reason stays in the order's history.

    Returns:
        False when it is too late: QuickBooks has it, or may have it.
    """
    with transaction.atomic():
        take_turns(document.company)
        rows = Document.objects.filter(pk=document.pk, state__in=IGNORABLE)
        if not rows.update(state=DocumentState.IGNORED, withdrawn=False):
            return False
        document.problems.all().delete()
        record(document.order, "ignored", by=by, document=str(document), reason=reason)
        # Another order may wait for the number; the next sync looks
        waiting = orders_of_cause(document.company, NumberUsedTwice(number=document.number).cause)
        StagedOrder.objects.filter(pk__in=waiting.order_by()).update(prepared_version=0)
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


def post_again(document: Document, *, destination: Destination, by: Any) -> PostAgain:
    """Make a document ready again that somebody deleted in QuickBooks, as a new generation.

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
    problems_changed.send(sender=Document, company=document.company)
    return PostAgain.READY
