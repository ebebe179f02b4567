"""Is what would be sent now what was approved? Prepare, gather, compare with QuickBooks, and tell what differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.utils import timezone

from books.messages import Message, all_worded
from books.outcomes import Refused
from books.translation import gettext_noop
from companies.models import Company
from sync.models import Document, DocumentState, PendingChange, Preview, PreviewState, StagedOrder
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.previewing.keeping import approved_of
from sync.previewing.making import Waiting, gather, plan_of
from sync.previewing.plan import UNNAMED, SendingPlan, difference_between, difference_told
from sync.pushing.claims import as_shown, ready_documents
from sync.pushing.lease import Lease
from sync.pushing.updates import waiting_changes
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.transactions import NotReadError
from sync.readiness import quickbooks_connection

NOT_AS_APPROVED = gettext_noop("What would be sent now is not what was approved, so nothing was sent. %(what)s")
APPROVE_AGAIN = gettext_noop("Look at it again, and approve what it shows then.")
SWITCHED_ON = gettext_noop("The company asks a second person by now, so the rest was not sent. Make another preview.")
NOT_READ = gettext_noop("QuickBooks was not read, so changes are shown against what was posted: %(reason)s")


def prepare_for_plan(company: Company, *, since: date | None = None) -> None:
    """Prepare what is new, and what is blocked or rejected, as it would be now."""
    prepare_new(company, since=since)
    stuck = StagedOrder.objects.filter(company=company, documents__state__in=("blocked", "refused")).distinct()
    prepare_orders(company, stuck.order_by("pk"))


def compared(waiting: Waiting, *, by: User | None = None) -> SendingPlan:
    """The plan against what QuickBooks holds; where it cannot be read, against what was posted, and saying so."""
    if not waiting.asks_quickbooks:
        return plan_of(waiting)
    connection = quickbooks_connection(waiting.company)
    if isinstance(connection, Message):
        return plan_of(waiting, not_read=Message.of(NOT_READ, reason=connection.explain()).worded())
    try:
        with open_destination(connection, for_person=by is not None) as destination:
            return plan_of(waiting, destination)
    except AddressRefused as why:
        reason = why.message.explain()
    except NotReadError as problem:
        failure = problem.failure
        reason = all_worded(part.words for part in failure.problems) if isinstance(failure, Refused) else failure.reason
    return plan_of(waiting, not_read=Message.of(NOT_READ, reason=reason).worded())


def verified(lease: Lease, preview: Preview) -> bool:
    """Whether a preview still is what would be sent; where it is not, it is outdated, and its message says why.

    Once its sending has begun, the rest of it is sent without asking again.
    """
    if preview.begun_at:
        return True
    company = lease.company
    prepare_for_plan(company)
    lease.renew()
    plan = plan_of(gather(company))
    if plan.fingerprint == preview.fingerprint:
        begin(preview)
        return True
    preview.state = PreviewState.OUTDATED
    preview.message = not_as_approved(company, preview.fingerprint, plan, None).worded()
    preview.save(update_fields=["state", "message"])
    return False


def begin(preview: Preview) -> None:
    """Note that the sending of a preview begins."""
    preview.begun_at = timezone.now()
    preview.save(update_fields=["begun_at"])


def not_as_approved(
    company: Company, fingerprint: str, plan: SendingPlan, approved: Sequence[tuple[str, str, str]] | None
) -> Message:
    """Why nothing is sent: which documents came, went or changed, as far as what was approved is known."""
    before = approved if approved is not None else approved_of(company, fingerprint)
    told = difference_told(difference_between(before, plan)) if before is not None else ()
    if not told:
        number = len([row for row in plan.records if row.is_taken_up])
        told = (Message.of(UNNAMED, number=number, fingerprint=plan.fingerprint),)
    return Message.of(NOT_AS_APPROVED, APPROVE_AGAIN, what=all_worded(told))


def note_sent(preview: Preview, message: str, *, may_go_on: bool = True) -> None:
    """Note how far the sending of a preview has come: it goes on while something of it is as it was and can go.

    Args:
        preview: Whose sending ended, or stopped.
        message: Why it stopped; empty where it did not.
        may_go_on: Whether the rest may be sent as it was approved.
    """
    preview.message, preview.state = message, PreviewState.SENT
    if waits_still(preview):
        preview.state = PreviewState.SENDING if may_go_on else PreviewState.OUTDATED
        preview.message = message if may_go_on else SWITCHED_ON
    preview.save(update_fields=["state", "message"])


def waits_still(preview: Preview) -> bool:
    """Whether something of a preview is as it was shown, and can go."""
    create = ready_documents(preview.company, preview=preview.pk)
    change = waiting_changes(preview.company).filter(as_shown(preview.pk, body_hash="change__body_hash"))
    return create.exists() or change.exists()


def left_of(preview: Preview) -> int:
    """How many documents of a preview wait with other values than it showed."""
    number = 0
    rows = preview.documents.exclude(mark="").select_related("document__change")
    for shown in rows.iterator(chunk_size=500):
        row: Document = shown.document
        if row.state == DocumentState.READY:
            number += row.body_hash != shown.body_hash
        elif row.pending in (PendingChange.UPDATE, PendingChange.VOID):
            number += row.change.body_hash != shown.body_hash
    return number
