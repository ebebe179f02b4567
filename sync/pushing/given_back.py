"""What becomes of documents that were taken up, and of which QuickBooks has certainly nothing?

A worker died, the login ended, or QuickBooks asked to wait. What was taken up a moment ago goes as it is. Later it is
prepared again: an accountant may have mapped a product to another account meanwhile, or closed the period, and what is
committed knows nothing of it.

Source:
    docs/decisions/0010-once-and-only-once.md
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from books.documents import REVERSAL
from companies.bulk_sql import chunks
from companies.models import Company, take_turns
from sync.database_clock import shared_now
from sync.models import Document, DocumentState, Push, PushState, StagedOrder
from sync.preparing.prepare import prepare_orders

#: What was taken up longer ago is prepared again.
_FRESH = timedelta(minutes=1)
_AT_ONCE = 500


def is_stale(push: Push) -> bool:
    """Whether the document of a push that was never sent may be another by now; the entry of an undo never is."""
    document = push.document
    old = shared_now() - push.created_at > _FRESH
    return old and document.state == DocumentState.SENDING and document.kind != REVERSAL


def give_back(company: Company, pushes: Sequence[Push], *, by: User | None) -> list[int]:
    """Have documents be ready again, as they are prepared now; the numbers of their orders.

    Args:
        company: Theirs; the caller holds its lease.
        pushes: That create documents and were never sent.
        by: Who asked for the round.
    """
    orders: set[int] = set()
    for some in chunks(pushes, _AT_ONCE):
        orders |= _given_back(company, some)
    for numbers in chunks(sorted(orders), _AT_ONCE):
        prepare_orders(company, StagedOrder.objects.filter(pk__in=numbers).order_by("pk"), by=by)
    return sorted(orders)


def _given_back(company: Company, pushes: Sequence[Push]) -> set[int]:
    now = shared_now()
    with transaction.atomic():
        take_turns(company)
        unsent = Push.objects.filter(
            pk__in=[push.pk for push in pushes], state=PushState.OPEN, first_sent_at=None, looks_first=False
        )
        numbers = list(unsent.values_list("document_id", flat=True))
        unsent.update(state=PushState.ABANDONED, settled_at=now)
        rows = Document.objects.filter(pk__in=numbers, state=DocumentState.SENDING)
        orders = set(rows.values_list("order_id", flat=True))
        rows.update(state=DocumentState.READY, generation=F("generation") + 1, changed_at=now)
        # Until they are prepared again, nothing takes them up
        StagedOrder.objects.filter(pk__in=orders).update(prepared_version=0)
    return orders
