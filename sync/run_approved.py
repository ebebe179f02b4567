"""Send exactly what a person approved, or nothing: what a dry run or a page showed, by its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.utils import timezone

from books.messages import Message, all_worded
from books.outcomes import Refused
from books.translation import gettext_noop
from companies.models import Company
from sync.models import (
    Document,
    DocumentState,
    PendingChange,
    Preview,
    PreviewState,
    Run,
    RunKind,
    RunState,
    StagedOrder,
)
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.preparing.preview import notes_of, nothing_kept
from sync.previewing.keeping import approved_of, keep_plan, new_preview
from sync.previewing.making import Waiting, gather, plan_of
from sync.previewing.plan import UNNAMED, SendingPlan, difference_between, difference_told
from sync.pushing.claims import as_shown, ready_documents
from sync.pushing.destination import Destination
from sync.pushing.lease import Lease, leased
from sync.pushing.sender import Observer
from sync.pushing.updates import waiting_changes
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.transactions import NotReadError
from sync.readiness import BUSY, DESKTOP, IN_SETUP, quickbooks_connection
from sync.run import (
    PREPARING,
    PUSHING,
    TAKEN_OVER,
    Say,
    SyncReport,
    close_dead_runs,
    count_states,
    destination_for,
    end_run,
    finish_run,
    push_round,
)
from sync.turn import ENDLESS, LeaseLost

NOT_AS_APPROVED = gettext_noop("What would be sent now is not what was approved, so nothing was sent. %(what)s")
APPROVE_AGAIN = gettext_noop("Look at it again, and approve what it shows then.")
NOT_READ = gettext_noop("QuickBooks was not read, so changes are shown against what was posted: %(reason)s")
CHANGED_MEANWHILE = gettext_noop(
    "Documents that became others while the approved ones were sent: %(number)s. They were not sent."
)


def send_approved(
    company: Company,
    fingerprint: str,
    *,
    approved: Sequence[tuple[str, str, str]] | None = None,
    preview: Preview | None = None,
    since: date | None = None,
    by: User | None = None,
    say: Say = lambda _: None,
    observe: Observer = lambda *_: None,
    may_wait: float = 0,
) -> SyncReport:
    """Send what was approved, if that is still what would be sent; what an earlier sync began is finished first.

    No source is read, no item created, and no address updated: what was approved is all that is done.

    Args:
        company: That is live.
        fingerprint: Of the plan that was approved.
        approved: Key, mark and name of each document in it, to say what differs; None where they are not known.
        preview: The page that showed it; once its sending has begun, the rest of it is sent without asking again.
        since: Prepare only orders of that day or later, as the dry run did.
        by: The person who sends it.
        say: Told what is being done, in words.
        observe: Told each step of each push.
        may_wait: Seconds that it may wait altogether when QuickBooks asks for a moment's rest.
    """
    report = SyncReport(company=company)
    destination = destination_for(company, say, may_wait, report)
    if destination is None and not report.cannot_run and not report.stopped:
        report.cannot_run = IN_SETUP if report.in_setup else DESKTOP
    if destination is None or report.cannot_run or report.stopped:
        count_states(company, report)
        return report
    with leased(company) as lease:
        if lease is None:
            report.cannot_run, report.overlaps = BUSY, False
            return report
        close_dead_runs(company)
        run = Run.objects.create(company=company, kind=RunKind.SYNC, asked_by=by)
        try:
            shown = preview if preview and preview.begun_at else None
            if shown is None:
                say(PREPARING)
                shown = _verified(lease, report, fingerprint, approved, preview=preview, since=since, by=by)
            if shown is not None:
                say(PUSHING)
                _send(lease, destination, report, shown, run=run, observe=observe, may_wait=may_wait)
        except LeaseLost:
            report.stopped = TAKEN_OVER
        except BaseException as fault:
            finish_run(run, report, RunState.FAILED, f"{type(fault).__name__}: {fault}")
            raise
        count_states(company, report)
        end_run(run, report, report.cannot_run.worded() if report.cannot_run else report.stopped)
    return report


def would_be_sent(
    company: Company, since: date | None = None
) -> tuple[SendingPlan, list[tuple[str, str]], SyncReport] | None:
    """The plan, the notes on its orders and how all is; nothing is kept. None while another sync is at work.

    That one would have to wait, and its documents under way would be told of.
    """
    with leased(company) as lease:
        if lease is None:
            return None
        with nothing_kept():
            prepare_for_plan(company, since=since)
            report = SyncReport(company=company)
            count_states(company, report)
            waiting, notes = gather(company), notes_of(company)
    return compared(waiting), notes, report


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


def prepare_for_plan(company: Company, *, since: date | None = None) -> None:
    """Prepare what is new, and what is blocked or rejected, as it would be now."""
    prepare_new(company, since=since)
    stuck = StagedOrder.objects.filter(company=company, documents__state__in=("blocked", "refused")).distinct()
    prepare_orders(company, stuck.order_by("pk"))


def _verified(
    lease: Lease,
    report: SyncReport,
    fingerprint: str,
    approved: Sequence[tuple[str, str, str]] | None,
    *,
    preview: Preview | None,
    since: date | None,
    by: User | None,
) -> Preview | None:
    """What is sent, kept document by document; None, and the report says why, where it is not what was approved."""
    company = lease.company
    prepare_for_plan(company, since=since)
    lease.renew()
    plan = plan_of(gather(company))
    if plan.fingerprint == fingerprint:
        shown = preview or keep_plan(new_preview(company, by=by), plan, state=PreviewState.SENDING)
        shown.begun_at = timezone.now()
        shown.save(update_fields=["begun_at"])
        return shown
    report.cannot_run = not_as_approved(company, fingerprint, plan, approved)
    if preview is not None:
        preview.state, preview.message = PreviewState.OUTDATED, report.cannot_run.worded()
        preview.save(update_fields=["state", "message"])
    return None


def _send(
    lease: Lease,
    destination: Destination,
    report: SyncReport,
    shown: Preview,
    *,
    run: Run,
    observe: Observer,
    may_wait: float,
) -> None:
    push_round(lease, destination, report, ENDLESS, run=run, observe=observe, may_wait=may_wait, preview=shown.pk)
    if (left := left_of(shown)) and not report.stopped:
        report.stopped = Message.of(CHANGED_MEANWHILE, number=left).worded()


def waits_still(preview: Preview) -> bool:
    """Whether something of a preview is as it was shown, and can go."""
    create = ready_documents(preview.company, preview=preview.pk)
    change = waiting_changes(preview.company).filter(as_shown(preview.pk, body_hash="change__body_hash"))
    return create.exists() or change.exists()


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
