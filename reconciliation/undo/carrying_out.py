"""Carry out the plan of an undo, once and only once: step by step, so that it can be stopped, and go on after a crash.

Each step is a push of its own (`sync.pushing.undoing`, `sync.pushing.reversing`). What the holder of the lease does is
in `reconciliation.undo.work`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.messages import Message
from books.translation import gettext_noop
from companies.background import in_a_thread
from companies.bulk_sql import chunks
from reconciliation.undo.customers import make_active_again
from reconciliation.undo.items import make_items_active_again
from reconciliation.undo.list_lines import choose_lines
from reconciliation.undo.plan import words_of
from reconciliation.undo.planning import UndoAction
from reconciliation.undo.runs import latest_day_of, run_of_undo
from reconciliation.undo.work import UndoWork
from reconciliation.undo_models import CustomerStays, ItemStays, Undo, UndoState, UndoStepState
from sync.models import Document, DocumentState, Run
from sync.preparing.prepare import prepare_orders
from sync.proving.run_proof import proven
from sync.pushing.lease import Lease, leased
from sync.pushing.sender import Observer
from sync.pushing.undoing import post_undone_again
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import NotReadError
from sync.readiness import BUSY, destination_of
from sync.signals import problems_changed
from sync.turn import LeaseLost

logger = logging.getLogger(__name__)

#: Documents that are let be posted again together.
_AT_ONCE = 100
_TAKEN_OVER = gettext_noop("Another sync took over, because this one was silent for too long. Nothing is lost.")
_BROKEN = gettext_noop("The undo broke off because of a defect in Tieout; see its log for details.")
#: So often, and after so many seconds, it asks whether a sync that is at work has ended.
_MOST_TURNS, _PAUSE = 120, 5.0
_lock = threading.Lock()
_at_work: set[int] = set()


class NotStarted(Exception):
    """An undo cannot be started; the message says why."""


STALE_PLAN = gettext_noop("This is not the plan that was shown. Look at the plan again, then start it.")
NOT_PLANNED = gettext_noop("This undo has been started already, or has no plan.")
NO_REASON = gettext_noop("Say why it is undone. The reason stays in the history of each order.")


def start_undo(
    undo: Undo,
    *,
    fingerprint: str,
    reason: str,
    by: User | None,
    customers: Collection[int] | None = None,
    items: Collection[int] | None = None,
) -> Undo:
    """Say that a plan is to be carried out, by the fingerprint of what was shown.

    Args:
        undo: Whose plan was shown.
        fingerprint: Of it.
        reason: For the history of each order.
        by: The person.
        customers: Of its lines about customers, those that are carried out; None for all.
        items: The same of its lines about items.

    Raises:
        NotStarted: The plan is another one, was started before, or no reason is given.
    """
    if not reason.strip():
        raise NotStarted(NO_REASON)
    with transaction.atomic():
        row = Undo.objects.select_for_update().get(pk=undo.pk)
        if row.state != UndoState.PLANNED:
            raise NotStarted(NOT_PLANNED)
        if row.fingerprint != fingerprint:
            raise NotStarted(STALE_PLAN)
        row.state, row.reason, row.started_by, row.started_at = UndoState.RUNNING, reason.strip(), by, timezone.now()
        row.save(update_fields=["state", "reason", "started_by", "started_at"])
        row.steps.filter(action=UndoAction.LEAVE).update(state=UndoStepState.LEFT)
        choose_lines(row.customers.all(), customers, not_wanted=CustomerStays.NOT_WANTED)
        choose_lines(row.items.all(), items, not_wanted=ItemStays.NOT_WANTED)
    undo.refresh_from_db()
    return undo


def go_on(undo: Undo) -> bool:
    """Let an undo go on that was stopped, or that broke off; False where it has ended."""
    rows = Undo.objects.filter(pk=undo.pk, state__in=(UndoState.STOPPED, UndoState.RUNNING))
    return bool(rows.update(state=UndoState.RUNNING, message=""))


def stop(undo: Undo) -> bool:
    """Stop it: the document in hand is finished, and no other is begun. False where it does not run."""
    return bool(Undo.objects.filter(pk=undo.pk, state=UndoState.RUNNING).update(state=UndoState.STOPPED, message=""))


def post_again(undo: Undo, *, by: User | None) -> int:
    """Let everything that was undone be posted again, by what the orders say now; how many documents that concerns.

    Args:
        undo: That has ended, or was stopped.
        by: The person.

    Raises:
        NotStarted: A customer or item that it made inactive cannot be made active again; no document was touched.
    """
    if any(rows.filter(state=UndoStepState.DONE).exists() for rows in (undo.customers, undo.items)):
        _make_active(undo, by=by)
    steps = undo.steps.filter(state=UndoStepState.DONE, document__state=DocumentState.UNDONE)
    documents = Document.objects.select_related("order", "company", "frozen")
    number = 0
    for numbers in chunks(list(steps.order_by("-position").values_list("document", flat=True)), _AT_ONCE):
        rows = documents.in_bulk(numbers)
        number += sum(post_undone_again(rows[pk], by=by) for pk in numbers)
        prepare_orders(undo.company, list({row.order_id: row.order for row in rows.values()}.values()), by=by)
    return number


def _make_active(undo: Undo, *, by: User | None) -> None:
    destination = destination_of(undo.company, by=by)
    if not isinstance(destination, QuickBooksOnline):
        raise NotStarted(destination.worded() if isinstance(destination, Message) else _BROKEN)
    with destination, leased(undo.company) as lease:
        if lease is None:
            raise NotStarted(BUSY.worded())
        try:
            why = make_active_again(undo, destination) or make_items_active_again(undo, destination)
        except NotReadError as problem:
            raise NotStarted(words_of(problem)) from None
    if why:
        raise NotStarted(why)


def is_at_work(undo: Undo) -> bool:
    """Whether this process carries it out now."""
    return undo.pk in _at_work


def carry_out(undo: Undo, *, observe: Observer = lambda *_: None, stops: Callable[[], bool] = lambda: False) -> Undo:
    """Carry out what is left of a started undo.

    Args:
        undo: That runs.
        observe: Told each step of each push.
        stops: Whether the process is to end; asked before each document. What is left then is to be begun again.

    Returns:
        Finished; or stopped, with the reason why, where it can go on later; or running, where another works for the
        company or the process is to end.
    """
    undo.refresh_from_db()
    if undo.state != UndoState.RUNNING:
        return undo
    destination = destination_of(undo.company, by=undo.started_by)
    if not isinstance(destination, QuickBooksOnline):
        return _paused(undo, destination.worded() if isinstance(destination, Message) else _BROKEN)
    with destination, leased(undo.company) as lease:
        if lease is None:  # perhaps by another process that carries out this very undo
            Undo.objects.filter(pk=undo.pk).update(message=BUSY.worded())
            return undo
        Undo.objects.filter(pk=undo.pk).update(message="")
        with run_of_undo(undo) as run:
            try:
                stopped = _gone(undo, run, destination, lease, observe=observe, stops=stops)
            except LeaseLost:
                stopped = _TAKEN_OVER
            except Exception:
                logger.exception("undo %s of company %s failed", undo.pk, undo.company_id)
                stopped = _BROKEN
            run.message = stopped
    problems_changed.send(sender=Document, company=undo.company)
    return _paused(undo, stopped) if stopped else _ended(undo, begins_again=stops())


def _gone(
    undo: Undo,
    run: Run,
    destination: QuickBooksOnline,
    lease: Lease,
    *,
    observe: Observer,
    stops: Callable[[], bool],
) -> str:
    """Go on with it for as long as that can be done, and prove it; why it stopped early."""

    def watch(step: str, document: Document) -> None:
        if step == "sending":
            proving.before_posting()
        observe(step, document)

    with proven(run, destination, lease, latest=partial(latest_day_of, undo)) as proving:
        try:
            return UndoWork(undo, destination, lease, watch, stops).carry_out()
        except NotReadError as problem:
            return words_of(problem)


def carry_out_in_the_background(undo: Undo) -> None:
    """The same, once the present transaction is committed, without keeping the person waiting who asked for it."""
    transaction.on_commit(lambda: _begin_thread(undo.pk))


def _begin_thread(pk: int) -> None:
    with _lock:
        if pk in _at_work:
            return
        _at_work.add(pk)
    in_a_thread(f"undo-{pk}", lambda: _until_done(pk))


def _until_done(pk: int) -> None:
    try:
        undo = Undo.objects.select_related("company", "started_by").get(pk=pk)
        for _turn in range(_MOST_TURNS):
            if carry_out(undo).state != UndoState.RUNNING:
                break
            time.sleep(_PAUSE)
    finally:
        with _lock:
            _at_work.discard(pk)


def _paused(undo: Undo, why: str) -> Undo:
    Undo.objects.filter(pk=undo.pk).update(state=UndoState.STOPPED, message=why)
    undo.refresh_from_db()
    return undo


def _ended(undo: Undo, *, begins_again: bool) -> Undo:
    left = any(rows.filter(state=UndoStepState.PLANNED).exists() for rows in (undo.steps, undo.customers, undo.items))
    state, ended = (UndoState.STOPPED, None) if left else (UndoState.FINISHED, timezone.now())
    if left and begins_again:  # by a worker that is to end; a person's stop stays
        undo.refresh_from_db()
        return undo
    Undo.objects.filter(pk=undo.pk).update(state=state, finished_at=ended)
    undo.refresh_from_db()
    return undo
