"""What does a person decide about review requests: the switch, the workflow, another attempt, or that it arrived?

Source:
    docs/decisions/0064-review-requests.md
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from companies.models import take_turns
from sync.crm.highlevel_workflows import Workflow
from sync.crm.switches import begins_at, updates_of
from sync.models import (
    Connection,
    CrmUpdates,
    ReviewCause,
    ReviewRequest,
    ReviewState,
)

_OFF = gettext_noop("Review requests are off, so nothing is sent. Turn the checkbox on first.")
_SETTLED = gettext_noop("The request to %(customer)s has changed in the meantime. Nothing was done.")
_NOT_UNCLEAR = gettext_noop("The request to %(customer)s is not unclear any more. Nothing was done.")


def turn_reviews_on(source: Connection, workflow: Workflow, *, by: User | None) -> CrmUpdates:
    """Send review requests for what is paid from now on, through a workflow; or through another one than before.

    Where they are on already the moment stays from which payments count.
    """
    with transaction.atomic():
        take_turns(source.company)
        updates = updates_of(source)
        if not updates.asks_for_reviews:
            if begins_at(updates) is None:  # what changed meanwhile is of no interest
                updates.read_to = None
            updates.asks_for_reviews, updates.reviews_from, updates.reviews_by = True, _whole_second(), by
        updates.workflow_id, updates.workflow_name = workflow.id, workflow.name[:200]
        updates._history_user = by  # type: ignore[attr-defined]
        updates.save()
    return updates


def _whole_second() -> datetime:
    """Now, as QuickBooks says when something was entered."""
    return timezone.now().replace(microsecond=0)


def turn_reviews_off(source: Connection, *, by: User | None) -> None:
    """Send no review request any more, from this moment on."""
    with transaction.atomic():
        take_turns(source.company)
        updates = updates_of(source)
        if updates.asks_for_reviews:
            updates.asks_for_reviews, updates.reviews_from, updates.reviews_by = False, None, None
            updates._history_user = by  # type: ignore[attr-defined]
            updates.save()
            # Turned on again, it counts from then on for these too
            waiting = ReviewRequest.objects.filter(connection=source, state=ReviewState.WAITING)
            waiting.update(by_hand=False)


def send_again(request: ReviewRequest, *, by: User | None) -> Message | None:
    """Let a request be tried once more with the next sync; why that cannot be, or None.

    One that is unclear may have arrived: the person has been warned.
    """
    with transaction.atomic():
        updates = CrmUpdates.objects.select_for_update().filter(connection=request.connection_id).first()
        if updates is None or not updates.asks_for_reviews:
            return Message.of(_OFF)
        row = ReviewRequest.objects.select_for_update().get(pk=request.pk)
        if not row.may_be_sent_again:
            return Message.of(_SETTLED, customer=row.customer_name)
        row.state, row.cause, row.told = ReviewState.WAITING, ReviewCause.NONE, ""
        row.by_hand, row.decided_by, row.settled_at = True, by, None
        row.save()
    return None


def mark_as_sent(request: ReviewRequest, *, by: User | None) -> Message | None:
    """Keep that an unclear request has arrived, as a person saw; why that cannot be, or None."""
    with transaction.atomic():
        row = ReviewRequest.objects.select_for_update().get(pk=request.pk)
        if row.state != ReviewState.UNCLEAR:
            return Message.of(_NOT_UNCLEAR, customer=row.customer_name)
        row.state, row.cause, row.decided_by, row.settled_at = ReviewState.SENT, ReviewCause.MARKED, by, timezone.now()
        row.save()
    return None
