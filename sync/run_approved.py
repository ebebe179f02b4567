"""Send exactly what a person approved, or nothing: what a dry run or a page showed, by its fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction

from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company, take_turns
from sync.ending import close_dead_runs
from sync.held_batches import ask, asks_for, hold, unfinished
from sync.models import Preview, PreviewState, Run, RunKind, RunState
from sync.preparing.preview import notes_of, nothing_kept
from sync.previewing.keeping import keep_plan, new_preview
from sync.previewing.making import gather, plan_of
from sync.previewing.plan import SendingPlan
from sync.pushing.destination import Destination
from sync.pushing.gate import is_approved
from sync.pushing.lease import Lease, leased
from sync.pushing.sender import Observer
from sync.readiness import BUSY, DESKTOP, IN_SETUP
from sync.run import (
    PREPARING,
    PUSHING,
    TAKEN_OVER,
    Say,
    count_states,
    destination_for,
    end_run,
    finish_run,
    push_round,
)
from sync.sync_report import SyncReport
from sync.turn import ENDLESS, LeaseLost
from sync.verifying import begin, compared, left_of, not_as_approved, note_sent, prepare_for_plan, verified

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
        end_run(run, report, report.cannot_run.worded() if report.cannot_run else report.why_not_all)
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
    if preview is not None:
        if not verified(lease, preview):
            report.cannot_run = Message(sentence=preview.message)
            return None
        return _may_go(lease.company, report, preview)
    company = lease.company
    prepare_for_plan(company, since=since)
    lease.renew()
    plan = plan_of(gather(company))
    if plan.fingerprint != fingerprint:
        report.cannot_run = not_as_approved(company, fingerprint, plan, approved)
        return None
    shown = unfinished(company)
    if shown is None or shown.fingerprint != fingerprint:
        if asks_for(company, plan.counts()):
            report.held = hold(company, by=by)
            return None
        shown = keep_plan(new_preview(company, by=by), plan, state=PreviewState.SENDING)
    begin(shown)
    return shown


def _may_go(company: Company, report: SyncReport, preview: Preview) -> Preview | None:
    """The preview, unless a second person has to approve it first: then it waits for that."""
    with transaction.atomic():
        take_turns(company)
        if company.approval_above is None or is_approved(preview.pk, company.approval_above):
            return preview
        report.held = ask(preview, by=preview.asked_by)
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
    note_sent(shown, report.stopped, may_go_on=not report.needs_approval)
