"""What becomes of a document over which Tieout itself breaks, while it is sent or written into a file?

Source:
    docs/decisions/0033-a-record-that-breaks-tieout.md
"""

from __future__ import annotations

import logging

from django.db import transaction

from companies.models import take_turns
from sync.history import record_once
from sync.models import Document, DocumentState, PendingChange, Push, PushState
from sync.preparing.failed_records import ANSWERED, SENDING, error_of, note_broken
from sync.pushing.outcomes import hold_followers, move

logger = logging.getLogger(__name__)


def document_broke(document: Document, fault: Exception, *, step: str = SENDING) -> bool:
    """Make an issue of a document that broke what was being done: it leaves Ready, or its change is held.

    Args:
        document: One that is ready, or has a change that waits, or was sent.
        fault: What was raised.
        step: What was being done, a marked phrase.

    Returns:
        Whether it may have arrived. Then it stays open, and is looked up again in the next round.
    """
    logger.error("%s broke over document %s of company %s", step, document.pk, document.company_id, exc_info=fault)
    with transaction.atomic():
        take_turns(document.company)
        rows = Document.objects.select_for_update(of=("self",)).select_related("order", "company")
        row = rows.get(pk=document.pk)
        is_open = Push.objects.filter(document=row, state=PushState.OPEN).exists()
        note_broken(row, step=ANSWERED if is_open else step, fault=fault)
        if is_open:
            move(row, DocumentState.UNKNOWN)
        elif row.pending in (PendingChange.UPDATE, PendingChange.VOID):
            row.pending = PendingChange.HELD
            row.save(update_fields=["pending", "changed_at"])
        elif row.state == DocumentState.READY:
            move(row, DocumentState.BLOCKED)
            hold_followers(row, tuple(problem.read() for problem in row.problems.all()))
        row.problems.touch()
        record_once(row.order, "broken", reason=error_of(fault))
    return is_open
