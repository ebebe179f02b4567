"""A person pressed Re-sync: prepare these orders again and push them at once, a little at a time.

The work is a list in the database. A worker carries on with it where one is alive (`sync.jobs`); else three do: a
thread of the web server that begins when the button is pressed, the open page of the run, and the next `sync`. So
closing the page stops nothing, pressing twice joins what is already under way, and nobody waits.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from books.messages import Message
from books.outcomes import Accepted
from books.translation import gettext_noop
from companies.background import in_a_thread
from companies.bulk_sql import chunks, insert_alike
from companies.models import Company, CompanyKind, take_turns
from sync.ending import end_as
from sync.held_batches import APPROVED_FIRST, hold, told
from sync.history import record, record_for_all
from sync.lists.refresh import refresh_lists
from sync.models import (
    OF_ORDERS,
    Document,
    DocumentState,
    ProofState,
    ResyncItem,
    Run,
    RunKind,
    RunProof,
    RunState,
    StagedOrder,
)
from sync.preparing.failed_records import NOT_A_RECORD
from sync.preparing.prepare import prepare_orders, prepare_unsent, prepare_with_next_sync
from sync.proving.run_proof import close_dead_proofs, proven_in_parts
from sync.pushing.address_updates import try_again
from sync.pushing.broken_documents import document_broke
from sync.pushing.claims import RESTING, rests
from sync.pushing.destination import Destination
from sync.pushing.lease import Lease, leased
from sync.pushing.outcomes import move, of_a_change, replace_problems, stored_differences
from sync.pushing.push import Pusher
from sync.readiness import BUSY, NO_LISTS, cannot_prepare_for_desktop, destination_of, quickbooks_connection
from sync.resync_counts import count, done_since
from sync.turn import ENDLESS, LeaseLost, Turn, never

_ENDED = gettext_noop("%(name)s stopped it. The orders that were left are as they were before.")
#: As many as a request of documents holds: so few are finished when a person stops it, or the worker is to end.
_AT_ONCE = 30
_MARKED = 1_000
# One transaction each: on SQLite another write meanwhile waits for its end
_PREPARED_AT_ONCE = 40
_STEP_SECONDS = 3.0
# Another process is at work for the company: it is asked again so often, then left to the next sync
_PAUSE_SECONDS = 2.0
_MOST_PAUSES = 150

#: Numbers of the runs that threads of this process work at.
_at_work: set[int] = set()
_lock = threading.Lock()


def start(company: Company, order_ids: Iterable[int], *, by: User | None, kind: str = RunKind.RESYNC) -> Run:
    """Begin to re-sync orders, or only to prepare them again; or join the run of that kind that is already under way.

    Args:
        company: Orders of other companies are left out.
        order_ids: Numbers of staged orders.
        by: The person who pressed the button, or who decided.
        kind: One of `OF_ORDERS`. To prepare posts nothing; should it be left behind, the next sync prepares the orders.

    Returns:
        The run to follow; one of each kind per company at a time.
    """
    with transaction.atomic():
        take_turns(company)
        running = Run.objects.filter(company=company, kind=kind, state=RunState.RUNNING)
        run = running.first() or Run.objects.create(company=company, kind=kind, asked_by=by)
        waiting = set(run.items.filter(done=False).values_list("order_id", flat=True))
        for some in chunks(sorted(set(order_ids) - waiting), _MARKED):
            new = list(
                StagedOrder.objects.filter(company=company, pk__in=some).order_by("pk").values_list("pk", flat=True)
            )
            run.items.filter(order__in=new).delete()
            insert_alike(ResyncItem(run=run), "order_id", new)
            if kind == RunKind.RESYNC:
                record_for_all(new, "resync", by=by)
            else:
                prepare_with_next_sync(company, new)
        count(run)
    return run


def advance(run: Run, *, seconds: float = 2.0, asked_to_stop: Callable[[], bool] = never) -> Run:
    """Do some seconds of a re-sync's work. Safe to call from anywhere, any number of times.

    Args:
        run: Of kind re-sync. Of one that has ended nothing more is sent; what is left of its proof is done.
        seconds: When to stop, between two documents.
        asked_to_stop: Whether the process is to end; asked between some orders and the next.
    """
    run.refresh_from_db()
    if run.state != RunState.RUNNING:
        return _prove_ended(run)
    if run.kind == RunKind.PREPARE or run.company.kind == CompanyKind.DESKTOP:
        return _prepare_only(run, until=timezone.now() + timedelta(seconds=seconds), asked_to_stop=asked_to_stop)
    if rests(run.company):
        return _follow(run, RESTING)
    destination = _destination(run)
    if isinstance(destination, Message):
        return _fail(run, destination)
    with leased(run.company) as lease:
        if lease is None:
            run.message = BUSY.worded()
            run.save(update_fields=["message"])
            return run
        until = timezone.now() + timedelta(seconds=seconds)
        try:
            stopped = _part(run, destination, lease, until=until, asked_to_stop=asked_to_stop)
        except LeaseLost:
            return run  # the one that took over leaves the rest to the next call
    return _follow(run, stopped)


def _part(
    run: Run, destination: Destination, lease: Lease, *, until: datetime, asked_to_stop: Callable[[], bool]
) -> str:
    """Work through orders until it is time, and prove what all parts have posted with the last; why it stopped."""
    stopped = ""

    def watch(step: str, _document: Document) -> None:
        if step == "sending":
            proving.before_posting()

    def is_last() -> bool:
        return bool(stopped) or _is_ended(run) or not run.items.filter(done=False).exists()

    pusher = Pusher(
        company=run.company, destination=destination, lease=lease, by=run.asked_by, until=until, observe=watch
    )
    with proven_in_parts(run, destination, lease, latest=partial(_latest_order, run), is_last=is_last) as proving:
        while not (pusher.stops() or asked_to_stop() or _is_ended(run)):
            items = list(run.items.filter(done=False).order_by("pk")[:_AT_ONCE])
            if not items:
                break
            _work(run, items, pusher)
        stopped = pusher.counts.stopped or (_held(run) if pusher.waits_for_approval else "")
    return stopped


def _latest_order(run: Run) -> date | None:
    """The day of the latest of its orders: those that are not prepared yet wait for nothing."""
    latest: date | None = run.items.aggregate(latest=Max("order__placed_on"))["latest"]
    return latest


def _held(run: Run) -> str:
    """Have a second person asked for what waits; in words."""
    held = hold(run.company, by=run.asked_by)
    return told(run.company, held).worded() if held else APPROVED_FIRST


def _prove_ended(run: Run) -> Run:
    """Read the trial balance once more for a run that a person stopped between two of its parts."""
    if not is_being_proven(run) or rests(run.company):
        return run
    destination = destination_of(run.company, by=run.asked_by)
    if isinstance(destination, Message):  # nor will it be read later
        close_dead_proofs([run])
        return run
    with leased(run.company) as lease:
        if lease is None:  # perhaps by its last part, which reads once more itself
            return run
        with proven_in_parts(run, destination, lease, latest=partial(_latest_order, run), is_last=lambda: True):
            pass
    return _follow(run, "")


def _prepare_only(run: Run, *, until: datetime, asked_to_stop: Callable[[], bool]) -> Run:
    """Prepare the orders again. For QuickBooks Desktop, what is ready then waits to be exported by a person."""
    cannot = cannot_prepare_for_desktop(run.company) if run.company.kind == CompanyKind.DESKTOP else None
    if cannot is not None:
        return _fail(run, cannot)
    again = run.kind == RunKind.RESYNC
    while True:
        items = run.items.filter(done=False).order_by("pk")[: _AT_ONCE if again else _PREPARED_AT_ONCE]
        orders = list(items.values_list("order_id", flat=True))
        prepare_orders(run.company, StagedOrder.objects.filter(pk__in=orders), by=run.asked_by, again=again)
        run.items.filter(order__in=orders).update(prepared=True, done=True)
        if not orders or again or timezone.now() >= until or asked_to_stop():
            return _follow(run, "")


def _is_ended(run: Run) -> bool:
    return not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists()


def end(run: Run, *, by: User) -> bool:
    """End a re-sync or an import at a person's word: what is in hand is finished, and what is left is not begun.

    Returns:
        Whether it was still running.
    """
    with transaction.atomic():
        take_turns(run.company)
        run.refresh_from_db()
        if run.state != RunState.RUNNING:
            return False
        if run.kind == RunKind.RESYNC:
            count(run)
        run.message = Message.of(_ENDED, name=by.get_username()).worded()
        run.state, run.finished_at = RunState.FINISHED, timezone.now()
        run.save()
    return True


def is_being_proven(run: Run) -> bool:
    """Whether the trial balance is still to be read for the last time; by its last part, or by the next `advance`."""
    return RunProof.objects.filter(run=run, state=ProofState.BEGUN).exists()


def finish_resyncs(company: Company, *, turn: Turn = ENDLESS) -> dict[str, int]:
    """Carry on with what was left behind; stops where another process is at work, and when the turn is over.

    Returns:
        What was done to QuickBooks, by outcome.
    """
    came: Counter[str] = Counter()
    for run in Run.objects.filter(company=company, kind__in=OF_ORDERS, state=RunState.RUNNING).order_by("pk"):
        done, before = -1, Counter(done_since(run))
        while run.state == RunState.RUNNING and not turn.is_over() and run.items.filter(done=True).count() > done:
            done = run.items.filter(done=True).count()
            run = advance(run, seconds=turn.ends_within(60), asked_to_stop=turn.asked_to_stop)
        came.update(Counter(done_since(run)) - before)
    for proof in RunProof.objects.filter(company=company, state=ProofState.BEGUN, run__kind=RunKind.RESYNC):
        if proof.run.state != RunState.RUNNING:
            advance(proof.run)
    return dict(came)


def _destination(run: Run) -> Destination | Message:
    """Where to push, after the lists were read again once for this run: a fix may have been made in QuickBooks."""
    destination = destination_of(run.company, by=run.asked_by)
    connection = quickbooks_connection(run.company)
    if isinstance(connection, Message) or (isinstance(destination, Message) and destination is not NO_LISTS):
        return destination
    if connection.lists_refreshed_at is None or connection.lists_refreshed_at < run.started_at:
        refreshed = refresh_lists(run.company, by=run.asked_by, whole=False)
        if refreshed.failed:
            return Message(sentence=refreshed.failed)
        if refreshed.closing_moved:
            prepare_unsent(run.company, by=run.asked_by)
    return destination_of(run.company, by=run.asked_by)


def _work(run: Run, items: list[ResyncItem], pusher: Pusher) -> None:
    """Prepare some orders that have not been, push what is ready of them, and tick off what can go no further."""
    fresh = [item.order_id for item in items if not item.prepared]
    if fresh:
        # First what may have been corrected there, since what follows it waits for that
        recheck_differences(pusher.destination, run.company, fresh)
        orders = StagedOrder.objects.filter(pk__in=fresh)
        prepare_orders(run.company, orders, by=run.asked_by, again=True)
        try_again(fresh)
        run.items.filter(order__in=fresh).update(prepared=True)
    numbers = [item.order_id for item in items]
    pusher.push(numbers)
    if pusher.counts.stopped or pusher.waits_for_approval or not pusher.can_go_on(numbers):
        run.items.filter(order__in=numbers).update(done=True)


def recheck_differences(destination: Destination, company: Company, orders: list[int]) -> None:
    """Read documents back that QuickBooks stored differently: a person may have corrected them there."""
    rows = Document.objects.filter(company=company, order__in=orders, state=DocumentState.DIFFERS)
    for document in rows.select_related("order", "company"):
        try:
            _recheck(destination, document)
        except NOT_A_RECORD:
            raise
        except Exception as fault:
            document_broke(document, fault)


def _recheck(destination: Destination, document: Document) -> None:
    value = document.value()
    stored = destination.stored(document.form, document.quickbooks_id)
    if not isinstance(stored, Accepted):
        return
    with transaction.atomic():
        take_turns(document.company)
        problems = stored_differences(document, value, stored)
        move(document, DocumentState.DIFFERS if problems else DocumentState.POSTED)
        replace_problems(document, [*of_a_change(document), *problems])
        if not problems:
            record(document.order, "posted", document=str(document), quickbooks_id=stored.quickbooks_id)


@transaction.atomic
def _follow(run: Run, stopped: str) -> Run:
    # Nobody may join a run that is about to end, and a person may have ended it meanwhile
    take_turns(run.company)
    if _is_ended(run):
        run.refresh_from_db()
        count(run)
        if run.state == RunState.FINISHED:  # by a person, while what is in hand was sent and proven
            _end(run, run.message)
        return run
    count(run)
    run.message = stopped
    if stopped or not run.items.filter(done=False).exists():
        run.items.update(done=True)
        close_dead_proofs([run])
        _end(run, stopped)
    run.save()
    return run


def _end(run: Run, message: str) -> None:
    proof = RunProof.objects.filter(run=run).select_related("company").first() if run.kind == RunKind.RESYNC else None
    end_as(run, message, proof=proof)
    run.save()


def _fail(run: Run, why: Message) -> Run:
    count(run)
    close_dead_proofs([run])
    run.state, run.message, run.finished_at = RunState.FAILED, why.worded(), timezone.now()
    run.save()
    return run


# In a thread ----------------------------------------------------------------------------------------------------------


def carry_on(run: Run) -> None:
    """Work at a Re-sync once the present transaction is committed, without keeping anybody waiting."""
    transaction.on_commit(lambda: _begin_thread(run.pk))


def is_at_work(run: Run) -> bool:
    """Whether a thread of this process works at the run now."""
    return run.pk in _at_work


def _begin_thread(pk: int) -> None:
    with _lock:
        if pk in _at_work:
            return
        _at_work.add(pk)
    in_a_thread(f"resync-{pk}", lambda: _run_thread(pk))


def _run_thread(pk: int) -> None:
    try:
        _until_done(Run.objects.select_related("company", "asked_by").get(pk=pk))
    finally:
        with _lock:
            _at_work.discard(pk)


def _until_done(run: Run) -> None:
    if run.state != RunState.RUNNING:
        advance(run)
    pauses = 0
    while run.state == RunState.RUNNING and pauses < _MOST_PAUSES:
        done = run.items.filter(done=True).count()
        run = advance(run, seconds=_STEP_SECONDS)
        if run.state == RunState.RUNNING and run.items.filter(done=True).count() == done:
            pauses += 1
            time.sleep(_PAUSE_SECONDS)
        else:
            pauses = 0
