"""What does an answer from QuickBooks change? One recorder for every operation: create, update, void."""

from __future__ import annotations

from typing import assert_never

from django.db import transaction

from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from companies.turns import take_turns
from sync.history import record
from sync.models import DocumentState, Operation, Push, PushState
from sync.pushing.outcomes import accept_new, close, keep_exchange, move, refuse_new
from sync.pushing.updates import accept_change, locked, refuse_change, reopen


def record_outcome(push: Push, outcome: Outcome) -> str:
    """Write an outcome: the exchange as evidence, the push, the document, its problems, and the order's history.

    Everything about one outcome is written in one transaction.

    Args:
        push: Its operation says what was asked for.
        outcome: What the answer comes to.

    Returns:
        What it came to: `posted`, `updated`, `voided`, `adopted`, `differs`, `refused`, `stale`, `later` or `unknown`;
        `late` when another pusher has settled the same push meanwhile, so that the answer is kept as evidence and
        changes nothing.
    """
    is_new = push.operation == Operation.CREATE
    with transaction.atomic():
        take_turns(push.company)
        document = locked(push.document_id)
        keep_exchange(push, outcome)
        if not Push.objects.filter(pk=push.pk, state=PushState.OPEN).exists():
            return "late"
        match outcome:
            case Accepted():
                close(push, PushState.ADOPTED if outcome.adopted else PushState.ACCEPTED)
                return (accept_new if is_new else accept_change)(document, outcome, by=push.asked_by)
            case Refused():
                close(push, PushState.REFUSED)
                return (refuse_new if is_new else refuse_change)(document, outcome, by=push.asked_by)
            case TryLater() if outcome.stale and not is_new:
                reopen(push, document)
                record(document.order, "stale", document=str(document))
                return "stale"
            case TryLater():
                record(document.order, "later", document=str(document), reason=outcome.reason)
                return "later"
            case Unknown():
                move(document, DocumentState.UNKNOWN)
                record(document.order, "unknown", document=str(document), reason=outcome.reason)
                return "unknown"
            case _:
                assert_never(outcome)
