"""Show a person what would be sent, and send exactly that; without keeping them waiting."""

from __future__ import annotations

import logging
import threading
import time

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from companies.background import in_a_thread
from companies.models import Company, CompanyKind, take_turns
from sync.held_batches import ask, asks_for
from sync.models import BatchDecision, Preview, PreviewState
from sync.previewing.keeping import keep_plan, new_preview
from sync.previewing.making import gather
from sync.readiness import BUSY, DESKTOP, quickbooks_connection, reading_stops
from sync.run_approved import send_approved
from sync.verifying import compared, prepare_for_plan

logger = logging.getLogger(__name__)

BROKEN = gettext_noop("It broke off because of a defect in Tieout; see its log for details. Nothing is lost.")
NOT_SHOWN = gettext_noop("This preview was sent already, or is not made yet.")
ANOTHER = gettext_noop("This is not the preview that was shown. Look at it again, then send it.")
#: So often, and after so many seconds, it asks whether a sync that is at work has ended.
_MOST_TURNS, _PAUSE = 120, 5.0
#: Seconds that it waits altogether when QuickBooks asks for a moment's rest.
_MAY_WAIT = 180.0
_lock = threading.Lock()
_at_work: set[int] = set()


class NotPreviewed(Exception):
    """A preview cannot be made or sent; the message says why."""


def begin_preview(company: Company, *, by: User | None) -> Preview:
    """A preview that is still to be made.

    Raises:
        NotPreviewed: Nothing can be sent for the company.
    """
    stops = DESKTOP if company.kind == CompanyKind.DESKTOP else reading_stops(company)
    if stops is None and isinstance(connection := quickbooks_connection(company), Message):
        stops = connection
    if stops is not None:
        raise NotPreviewed(stops.worded())
    return new_preview(company, by=by)


def make_preview(preview: Preview) -> Preview:
    """Prepare what is new, read QuickBooks for what is changed, and keep the plan; a failure is kept as that."""
    try:
        prepare_for_plan(preview.company)
        plan = compared(gather(preview.company), by=preview.made_by)
        return keep_plan(preview, plan, state=PreviewState.SHOWN)
    except Exception:
        logger.exception("preview %s of company %s failed", preview.pk, preview.company_id)
        preview.state, preview.message = PreviewState.FAILED, BROKEN
        preview.save(update_fields=["state", "message"])
        return preview


def start_sending(preview: Preview, *, fingerprint: str, by: User | None) -> Preview:
    """Say that a preview is sent, by the fingerprint of what was shown; a second person is asked above an amount.

    Raises:
        NotPreviewed: It is another one, or was sent before.
    """
    with transaction.atomic():
        take_turns(preview.company)
        row = Preview.objects.select_for_update(of=("self",)).get(pk=preview.pk)
        if row.state != PreviewState.SHOWN:
            raise NotPreviewed(NOT_SHOWN)
        if row.fingerprint != fingerprint:
            raise NotPreviewed(ANOTHER)
        if asks_for(preview.company, row.amount):
            ask(row, by=by)
        else:
            row.state, row.asked_by, row.asked_at = PreviewState.SENDING, by, timezone.now()
            row.save(update_fields=["state", "asked_by", "asked_at"])
    preview.refresh_from_db()
    return preview


def send_preview(preview: Preview) -> Preview:
    """Send what is left of a preview that a person said yes to.

    Returns:
        Sent; outdated, with what came, went or changed; still being sent, with why nothing can be done now; or waiting
        for a second person, whom the company asks by now.
    """
    preview.refresh_from_db()
    if preview.state != PreviewState.SENDING:
        return preview
    decision = BatchDecision.objects.filter(preview=preview).select_related("decided_by").first()
    by = decision.decided_by if decision else preview.asked_by
    report = send_approved(preview.company, preview.fingerprint, preview=preview, by=by, may_wait=_MAY_WAIT)
    preview.refresh_from_db()
    if preview.state == PreviewState.SENDING and (report.cannot_run or report.stopped):
        preview.message = report.cannot_run.worded() if report.cannot_run else report.stopped
        preview.save(update_fields=["message"])
    return preview


def is_at_work(preview: Preview) -> bool:
    """Whether this process works at it now."""
    return preview.pk in _at_work


def in_the_background(preview: Preview) -> None:
    """Make or send it once the present transaction is committed."""
    transaction.on_commit(lambda: _begin_thread(preview.pk))


def _begin_thread(pk: int) -> None:
    with _lock:
        if pk in _at_work:
            return
        _at_work.add(pk)

    def work() -> None:
        try:
            _make_or_send(Preview.objects.select_related("company", "made_by", "asked_by").get(pk=pk))
        except Exception:
            Preview.objects.filter(pk=pk).update(message=BROKEN)
            raise
        finally:
            with _lock:
                _at_work.discard(pk)

    in_a_thread(f"preview-{pk}", work)


def _make_or_send(preview: Preview) -> None:
    """Do what it waits for; while another sync is at work, ask again for some minutes."""
    if preview.state == PreviewState.MAKING:
        make_preview(preview)
    for _turn in range(_MOST_TURNS):
        if send_preview(preview).state != PreviewState.SENDING or preview.message != BUSY.worded():
            break
        time.sleep(_PAUSE)
