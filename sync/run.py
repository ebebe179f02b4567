"""One company from one end to the other: refresh the lists, prepare, push, and say what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone

from books.documents import NewCustomer
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.activation import is_activated
from companies.models import Company, CompanyKind
from sync.before_sending import customers_may_be_there, has_work, is_proven, lists_are_due, note_answer
from sync.causes import open_causes
from sync.crm.round import note_in_run, update_under_lease
from sync.ending import close_dead_runs, end_as
from sync.fetching.fetch import close_dead_fetches, fetch_source, live_sources
from sync.held_batches import hold, nothing_waits, unfinished
from sync.lists.items.many import create_new
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import (
    Document,
    DocumentState,
    PendingChange,
    Run,
    RunKind,
    RunState,
    StagedOrder,
)
from sync.preparing.failed_records import try_again_after_upgrade
from sync.preparing.prepare import PrepareCounts, prepare_new
from sync.proving.run_proof import proven
from sync.pushing.after_restore import looking
from sync.pushing.claims import ready_documents, rest, rests
from sync.pushing.destination import Destination
from sync.pushing.lease import Lease, leased
from sync.pushing.push import Pusher
from sync.pushing.sender import Observer
from sync.quickbooks_desktop.batches.exportable import exportable
from sync.quickbooks_online.limits import counter_of
from sync.readiness import BUSY, IN_SETUP, NO_LISTS, cannot_prepare_for_desktop, destination_of, quickbooks_connection
from sync.resync import finish_resyncs
from sync.signals import turn_left
from sync.staging.catalogue_file import finish_catalogues
from sync.sync_report import SyncReport
from sync.turn import ENDLESS, LeaseLost, Turn, TurnOver
from sync.verifying import note_sent, verified

logger = logging.getLogger(__name__)

_ENDS = (DocumentState.POSTED, DocumentState.VOIDED, DocumentState.IGNORED, DocumentState.UNDONE)
_WAITING = [state for state in DocumentState if state not in _ENDS]
#: Outcomes that only a QuickBooks gives that is well.
_GOOD = frozenset({"posted", "updated", "voided"})
TAKEN_OVER = gettext_noop("Another sync took over, because this one was silent for too long. Nothing is lost.")
#: What is said while it works; in English, and told in the language of who watches.
PREPARING, PUSHING = gettext_noop("Preparing"), gettext_noop("Pushing")
_READING = gettext_noop("Reading %(source)s")
_READING_LISTS = gettext_noop("Reading the lists of QuickBooks")

Say = Callable[[str], None]


def sync_company(
    company: Company,
    *,
    since: date | None = None,
    by: User | None = None,
    say: Say = lambda _: None,
    observe: Observer = lambda *_: None,
    may_wait: float = 0,
    turn: Turn = ENDLESS,
) -> SyncReport:
    """Sync one company, as the scheduler does.

    Args:
        company: A company that is switched on.
        since: Prepare only orders of that day or later; what is ready already is pushed all the same.
        by: The person who asked; None for the scheduler.
        say: Told what is being done, in words.
        observe: Told each step of each push.
        may_wait: Seconds that it may wait altogether when QuickBooks asks for a moment's rest.
        turn: How long it may take; what is left then waits for the next turn.
    """
    report = SyncReport(company=company)
    _fetch(company, report, turn, say=say, by=by)
    destination = destination_for(company, say, may_wait, report)
    restored = looking(company)
    report.restored = restored if restored and restored.since else None
    if report.cannot_run:
        count_states(company, report)
        return report
    if not report.stopped:
        _carry_on(company, report, turn, writes=destination is not None)
    with leased(company) as lease:
        if lease is None:
            report.cannot_run, report.overlaps = BUSY, True
            return report
        close_dead_runs(company)
        run = Run.objects.create(company=company, kind=RunKind.SYNC, asked_by=by)
        try:
            say(PREPARING)
            try_again_after_upgrade(company)
            # Preparing many orders takes longer than the lease does
            _count_prepared(report, prepare_new(company, since=since, progress=lambda _: _go_on(lease, turn)))
            if destination is not None:
                if customers_may_be_there(company):
                    report.stopped = _read_lists(company, say)
                say(PUSHING)
                if not report.stopped:
                    _push(lease, destination, report, turn, run=run, observe=observe, may_wait=may_wait)
        except TurnOver:
            report.more = True
        except LeaseLost:
            report.stopped = TAKEN_OVER
        except BaseException as fault:
            finish_run(run, report, RunState.FAILED, f"{type(fault).__name__}: {fault}")
            raise
        counter_of(company.pk).write_down()
        count_states(company, report)
        end_run(run, report, report.why_not_all)
    _afterwards(company, report, turn, run=run, say=say)
    return report


def _push(
    lease: Lease,
    destination: Destination,
    report: SyncReport,
    turn: Turn,
    *,
    observe: Observer,
    may_wait: float,
    run: Run,
) -> None:
    """Send what can go: first the rest of what a second person approved. What takes one waits for them."""
    company, batch = lease.company, unfinished(lease.company)
    if batch is not None and not verified(lease, batch):
        batch = None
    preview = batch.pk if batch else None
    push_round(lease, destination, report, turn, run=run, observe=observe, may_wait=may_wait, preview=preview)
    if batch is not None:
        note_sent(batch, report.stopped, may_go_on=not report.needs_approval)
    elif report.needs_approval:
        lease.renew()
        report.held = hold(company, by=run.asked_by)
    elif company.posts_automatically:
        nothing_waits(company)


def _fetch(company: Company, report: SyncReport, turn: Turn, *, say: Say, by: User | None) -> None:
    """Read the sources on that are asked over the internet. One that does not answer holds nothing else up."""
    sources = live_sources(company) if is_activated(company) else []
    if not sources:
        return
    with leased(company) as lease:
        if lease is None:
            return
        close_dead_fetches(company)
        for source in sources:
            say(_READING % {"source": source.name})
            fetched = fetch_source(source, by=by, turn=turn, say=say, keep=lease.keep)
            report.fetched.append(fetched)
            report.counts["orders_new"] += fetched.counts.new
            report.counts["orders_changed"] += fetched.counts.changed
            report.more |= fetched.goes_on


def _afterwards(company: Company, report: SyncReport, turn: Turn, *, run: Run, say: Say) -> None:
    if not rests(company):
        report.crms = update_under_lease(company, turn=turn, say=say)
        note_in_run(run, report.crms)
    _work_ahead(company, turn)


def _work_ahead(company: Company, turn: Turn) -> None:
    """Have done what no one waits for yet, where the turn leaves time for it."""
    if turn.is_over():
        return
    for _receiver, came in turn_left.send_robust(sender=Run, company=company, turn=turn):
        if isinstance(came, Exception):
            logger.error("what could be done ahead for %s broke", company.slug, exc_info=came)


def _carry_on(company: Company, report: SyncReport, turn: Turn, *, writes: bool) -> None:
    """Finish what people began, and create the new items that a source's rules ask for, before orders need them."""
    report.counts.update(finish_resyncs(company, turn=turn))
    finish_catalogues(company)
    if writes:
        report.counts.update(create_new(company))


def _go_on(lease: Lease, turn: Turn) -> None:
    lease.renew()
    turn.check()


def push_round(
    lease: Lease,
    destination: Destination,
    report: SyncReport,
    turn: Turn,
    *,
    observe: Observer,
    may_wait: float,
    run: Run,
    preview: int | None = None,
) -> None:
    """Send what can go until the turn is over, of a preview only what it showed.

    When the process is to stop, the document in hand is the last one.
    """

    def watch(step: str, document: Document) -> None:
        if step == "sending":
            proving.before_posting()
        observe(step, document)
        if turn.asked_to_stop():
            pusher.until = timezone.now()

    company = lease.company
    pusher = Pusher(
        company=company, destination=destination, lease=lease, by=run.asked_by, observe=watch, until=turn.until,
        may_wait=may_wait, preview=preview,
    )  # fmt: skip
    with proven(run, destination, lease) as proving:
        pushed = pusher.push(only_open=preview is None and not company.posts_automatically)
    report.proof = proving.proof
    report.stopped = pushed.stopped
    report.needs_approval = pusher.waits_for_approval
    if pushed.stopped or pushed.outcomes.keys() & _GOOD:
        note_answer(company, good=not pushed.stopped)
    for name, number in pushed.outcomes.items():
        report.counts[name] += number
    # What was prepared up to the end of the turn goes with the next one, and does not wait until it is due
    done = bool(pushed.outcomes) or report.counts.get("prepared_orders", 0) > 0
    report.more = turn.is_over() and not pushed.stopped and done


def destination_for(company: Company, say: Say, may_wait: float, report: SyncReport) -> Destination | None:
    """Where documents go; None when nothing is to be sent now, and the report says why."""
    if company.kind == CompanyKind.DESKTOP:  # files are made and carried by a person
        report.cannot_run = cannot_prepare_for_desktop(company)
        return None
    destination = _ready_destination(company, say)
    if destination is IN_SETUP:
        report.in_setup = True
        return None
    if isinstance(destination, Message):
        report.cannot_run = destination
        return None
    if rests(company) or is_proven(company) or not has_work(company):
        return destination
    return _reached(company, destination, may_wait, report)


def _reached(company: Company, destination: Destination, may_wait: float, report: SyncReport) -> Destination | None:
    """The destination, once a read has proven login and company: before that nothing is claimed."""
    answer = destination.reach()
    if isinstance(answer, TryLater) and 0 < answer.wait <= may_wait:
        time.sleep(answer.wait)
        answer = destination.reach()
    note_answer(company, good=answer is None)
    if answer is None:
        return destination
    if isinstance(answer, TryLater):
        rest(company, answer.wait)
    login = quickbooks_connection(company)
    report.cannot_run = login if isinstance(login, Message) else None
    report.stopped = answer.reason
    return None


def _ready_destination(company: Company, say: Say) -> Destination | Message:
    """The destination, after its lists were read again if they are old."""
    destination = destination_of(company)
    stuck = isinstance(destination, Message) and destination not in (NO_LISTS, IN_SETUP)
    if rests(company) or stuck or (destination is not NO_LISTS and not lists_are_due(company)):
        return destination
    failed = _read_lists(company, say)
    return Message(sentence=failed) if failed else destination_of(company)


def _read_lists(company: Company, say: Say) -> str:
    """Read what changed in the lists, or all of them; the sentence why that failed."""
    say(_READING_LISTS)
    refreshed = refresh_and_prepare(company, whole=False)
    note_answer(company, good=not refreshed.failed)
    return refreshed.failed


def _count_prepared(report: SyncReport, counts: PrepareCounts) -> None:
    report.counts["prepared_orders"] = counts.orders
    report.counts["nothing_to_post"] = counts.nothing_to_post
    report.counts["failed"] += counts.failed


def count_states(company: Company, report: SyncReport) -> None:
    """How many documents are in which state now, and which causes are open."""
    # As on Home and in the list: a customer is not counted, it waits for its document
    documents = Document.objects.filter(company=company).exclude(kind=NewCustomer.kind)
    rows = documents.filter(state__in=_WAITING).values_list("state").annotate(number=Count("pk"))
    numbers = dict(rows)
    for state in _WAITING:  # also those that are none: an answer that was unclear at first may be clear by now
        report.counts[state.value] = numbers.get(state.value, 0)
    # Its documents are ready, and nothing else would say why they do not go
    customers = Document.objects.filter(company=company, kind=NewCustomer.kind, state=DocumentState.UNKNOWN).count()
    if customers or "customers_unclear" in report.counts:
        report.counts["customers_unclear"] = customers
    held = Document.objects.filter(company=company, pending=PendingChange.HELD).count()
    if held or "held" in report.counts:
        report.counts["held"] = held
    if company.kind == CompanyKind.DESKTOP:
        report.counts["to_export"] = exportable(company).count()
    else:
        report.counts["ready_now"] = ready_documents(company).count()
    if waits := StagedOrder.objects.filter(company=company).exclude(waits_for="").count():
        report.counts["not_due"] = waits
    report.causes = open_causes(company)


def end_run(run: Run, report: SyncReport, message: str) -> None:
    """Keep what a run came to; it has failed where the trial balance moved otherwise than was posted."""
    end_as(run, message, proof=report.proof)
    run.counts = dict(report.counts)
    run.save()


def finish_run(run: Run, report: SyncReport, state: RunState, message: str) -> None:
    """Keep what a run came to."""
    run.state, run.message, run.counts, run.finished_at = state, message, dict(report.counts), timezone.now()
    run.save()
