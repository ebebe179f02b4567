"""How does a document get into QuickBooks once and only once?

1. A push row with its request id and the exact bytes is committed before anything is sent, and nothing is ever sent
   inside a transaction.
2. The request id belongs to the document's generation: after any crash the same bytes go under the same id.
3. Accepted and refused are final. Anything else leaves the push open, and the next pusher takes it up first.
4. Nothing is sent a second time before QuickBooks was asked whether it has it (`sync.pushing.arrival`).
5. What could not be settled rests for the round, so that each round ends.

Source:
    docs/decisions/0010-once-and-only-once.md
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from books.documents import NewCustomer
from books.emails import emails
from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from books.serialization import fingerprint
from books.translation import gettext_noop
from companies.activation import may_post
from companies.models import Company
from mapping.addresses import has_any
from mapping.models import QuickBooksCustomer, QuickBooksCustomerEmail
from sync.failed_records import NOT_A_RECORD, document_broke
from sync.models import (
    Document,
    DocumentChange,
    DocumentState,
    Operation,
    Push,
    PushState,
    StagedOrder,
)
from sync.preparing.builders.refund import REFUND
from sync.preparing.prepare import prepare_orders
from sync.pushing.arrival import (
    ask,
    begin_anew,
    found_nothing,
    is_too_old,
    looks_first,
    may_have_arrived,
    may_still_work,
    unknown_to_us,
)
from sync.pushing.destination import Alike, Destination, Found, NotThere, Reading
from sync.pushing.lease import Lease
from sync.pushing.outcomes import keep_exchange
from sync.pushing.ready import RESTING, ready_documents, request_id, rest, rests
from sync.pushing.recorder import record_outcome
from sync.pushing.updates import (
    Sides,
    Verdict,
    abandon,
    adopt,
    claim_change,
    found,
    free_parent,
    gone,
    hold_changed,
    hold_deleted,
    next_change,
    sides_of,
    waiting_changes,
)
from sync.signals import problems_changed

#: Open pushes that stay unclear one after the other before a run gives up on the company.
PATIENCE = 3
#: How often one document is read again in one round, when others change it at the same time.
_TRIES = 3
_CLAIM = 30
#: Seconds between two looks at the lease while a round waits.
_GLANCE = 30.0
_BROKEN = gettext_noop("Several answers in a row could not be recorded: Tieout itself failed. Each is an issue.")
_SWITCHED_OFF = gettext_noop("The company was switched off meanwhile. What is ready goes when it is switched on again.")

Row = TypeVar("Row", Push, Document)

#: Told at each step with its name and the push's document: `claimed`, `sending`, `answered`, `recorded`.
Observer = Callable[[str, Document], None]


@dataclass(kw_only=True)
class PushCounts:
    """What a round of pushing came to."""

    outcomes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: Why pushing stopped before everything was sent; empty when it did not.
    stopped: str = ""

    @property
    def sent(self) -> int:
        """Documents that came to any outcome."""
        return sum(self.outcomes.values())


def _nobody(step: str, document: Document) -> None:
    """Watch nothing."""


@dataclass(kw_only=True)
class Pusher:
    """One round of pushing for one company, by whoever holds its lease."""

    company: Company
    destination: Destination
    lease: Lease
    by: Any = None
    observe: Observer = _nobody
    #: Stop before this moment, between two documents; None goes on until all is sent.
    until: datetime | None = None
    #: Seconds that the round may wait altogether when QuickBooks asks for a moment's rest.
    may_wait: float = 0
    counts: PushCounts = field(default_factory=PushCounts)
    _unclear: int = 0
    _tries: Counter[int] = field(default_factory=Counter)
    #: Documents that nothing more can be done for in this round.
    _resting: set[int] = field(default_factory=set)

    def push(self, orders: Iterable[int] | None = None, *, only_open: bool = False) -> PushCounts:
        """Finish what was left open, change what waits for it, then send every document that can go.

        Args:
            orders: Numbers of the orders to send; None for all of the company.
            only_open: Begin nothing new: a company that does not post by itself still learns what became of the rest.
        """
        wanted = list(orders) if orders is not None else None
        if rests(self.company):
            self.counts.stopped = RESTING
        try:
            # Ends: what a pass does not settle rests for the round
            while not self.stops() and self._pass(wanted, only_open=only_open):
                pass
        finally:
            problems_changed.send(sender=Document, company=self.company)  # reconciliation gathers the issues
        return self.counts

    def _pass(self, wanted: list[int] | None, *, only_open: bool) -> bool:
        """Take up everything once; whether another pass can do more. One that found nothing to do is the last."""
        taken_up = self._each(self._unanswered(wanted), self._resume)
        if not only_open:
            taken_up += self._each(self._changes(wanted), self._change)
            taken_up += self._each(self._ready(wanted), self._begin)
        if not taken_up:
            return False
        return self._open_pushes(wanted).exists() or (not only_open and self.can_change(wanted))

    def can_go_on(self, orders: list[int] | None = None) -> bool:
        """Whether something of these orders can still be settled or sent in this round."""
        return self._begins(orders).exists() or self._open_pushes(orders).exists() or self.can_change(orders)

    def _each(self, rows: Iterable[Row], act: Callable[[Row], None]) -> int:
        """Do something for each row; for how many it was done."""
        taken_up = 0
        for row in rows:
            if self.stops():
                break
            taken_up += 1
            try:
                act(row)
            except NOT_A_RECORD:
                raise
            except Exception as fault:
                self._broke(_document_of(row), fault)
        return taken_up

    def _broke(self, document: Document, fault: Exception) -> None:
        """One document that breaks Tieout itself keeps back no other; it is an issue."""
        self._resting.add(document.pk)
        self.counts.outcomes["failed"] += 1
        if document_broke(document, fault):
            self._unclear += 1
            if self._unclear >= PATIENCE:
                self.counts.stopped = _BROKEN

    # Which ------------------------------------------------------------------------------------------------------------

    def _open_pushes(self, orders: list[int] | None) -> QuerySet[Push]:
        rows = Push.objects.filter(company=self.company, state=PushState.OPEN).exclude(document__in=self._resting)
        rows = rows.select_related("document__order", "company")
        if orders is not None:
            rows = rows.filter(document__order__in=orders)
        return rows.order_by(F("last_sent_at").asc(nulls_first=True), "pk")

    def _unanswered(self, orders: list[int] | None) -> Iterator[Push]:
        """Open pushes, the longest untouched first.

        The last bit of patience is left to something new while there is any: a few documents over which QuickBooks
        breaks down each time must not keep back all the others.
        """
        for push in self._open_pushes(orders):
            if self._unclear == PATIENCE - 1 and self._begins(orders).exists():
                return
            yield push

    def _begins(self, orders: list[int] | None) -> QuerySet[Document]:
        """Ready documents that were not given up for this round."""
        return ready_documents(self.company, orders).exclude(pk__in=self._resting)

    def _ready(self, orders: list[int] | None) -> Iterator[Document]:
        """Ready documents, predecessors first; asks again until nothing is left that can go."""
        left: set[int] = set()
        while rows := list(self._begins(orders).exclude(pk__in=left)[:_CLAIM]):
            for row in rows:
                yield row
                if row.state == DocumentState.READY:  # it was not claimed: changed meanwhile, or it cannot go
                    left.add(row.pk)

    def _changes(self, orders: list[int] | None) -> Iterator[Document]:
        """Posted documents that shall become others; asks again until nothing is left that can go."""
        while row := next_change(self._changeable(orders)):
            self._tries[row.pk] += 1
            yield row

    def _changeable(self, orders: list[int] | None) -> QuerySet[Document]:
        tried_out = {number for number, tries in self._tries.items() if tries >= _TRIES} | self._resting
        return waiting_changes(self.company, orders).exclude(pk__in=tried_out)

    def can_change(self, orders: list[int] | None = None) -> bool:
        """Whether a posted document waits to be changed that was not tried often enough yet."""
        return next_change(self._changeable(orders)) is not None

    def stops(self) -> bool:
        """Whether the time is up, or QuickBooks wants to be left alone."""
        if self.until and timezone.now() >= self.until:
            return True
        return bool(self.counts.stopped)

    # One document -----------------------------------------------------------------------------------------------------

    def _begin(self, document: Document) -> None:
        """Claim a ready document, commit its push, and only then send."""
        if not may_post(self.company):
            self.counts.stopped = _SWITCHED_OFF
            return
        if document.kind == NewCustomer.kind:
            self._look_around(document)
        push = self._claim(document)
        if push:
            self.observe("claimed", document)
            if push.looks_first:
                self._resume(push)
            else:
                self._send(push)

    def _claim(self, document: Document) -> Push | None:
        """The push of a document that nobody else claimed or changed meanwhile; committed on return."""
        with transaction.atomic():
            # As it is now: it may have been prepared again since it was listed
            rows = ready_documents(self.company).filter(pk=document.pk).select_for_update(of=("self",))
            row = rows.first()
            if row is None:
                return None
            body = self.destination.render(row.value(), ids=self._ids(row))
            push = Push.objects.create(
                company=self.company,
                document=row,
                generation=row.generation,
                version=row.version,
                request_id=request_id(row),
                body=body,
                body_hash=fingerprint(body.hex()),
                created_at=timezone.now(),
                asked_by=self.by,
                looks_first=looks_first(self.company),
            )
            row.state = document.state = DocumentState.SENDING
            row.save(update_fields=["state", "changed_at"])
        return push

    def _look_around(self, document: Document) -> None:
        """Prepare again what waits for a new customer when QuickBooks has somebody of that name or email by now.

        The same person may have come by two sources in one run, and was created a moment ago.
        """
        value = document.value()
        assert isinstance(value, NewCustomer)
        same = Q(name_compared=value.display_name.strip().casefold())
        same |= has_any(QuickBooksCustomerEmail, self.company, emails(value.email))
        if QuickBooksCustomer.objects.filter(same, company=self.company, active=True).exists():
            waiting = StagedOrder.objects.filter(documents__depends_on=document, company=self.company).distinct()
            prepare_orders(self.company, waiting, by=self.by)

    def _ids(self, document: Document) -> dict[str, str]:
        needed = Document.objects.filter(company=self.company, key__in=document.value().needs)
        return {row.key: row.quickbooks_id for row in needed if row.quickbooks_id}

    def _resume(self, push: Push) -> None:
        """Take up a push that has no answer; what stays without one rests for the round."""
        if not may_have_arrived(push):
            self._send(push)
            return
        if push.operation == Operation.CREATE:
            self._look_up(push)
        elif is_too_old(push):
            self._change(push.document, earlier=push)
        else:  # a SyncToken is good for one change
            self._send(push)
        if Push.objects.filter(document=push.document_id, state=PushState.OPEN).exists():
            self._resting.add(push.document_id)

    def _look_up(self, push: Push) -> None:
        """Send the bytes again only where QuickBooks says that it does not have them."""
        found = self._found(push)
        if isinstance(found, Alike):
            self._ask(push, found)
        elif not isinstance(found, NotThere):
            self._settle(push, found)
        elif may_still_work(push):
            self._unclear = 0
            self.counts.outcomes["later"] += 1
        else:
            found_nothing(push, found.exchange)
            if is_too_old(push):
                self._start_again(push)
            else:
                self._send(push)

    def _ask(self, push: Push, found: Alike) -> None:
        ask(push, found)
        self._unclear = 0
        self.counts.outcomes["asked"] += 1

    def _found(self, push: Push) -> Found:
        """What QuickBooks has of a push; what a person said comes first."""
        document = push.document
        self.lease.renew()
        if push.told_id:
            told = self.destination.stored(document.form, push.told_id)
            if isinstance(told, Accepted):
                return replace(told, adopted=True)
            if not isinstance(told, NotThere):
                return told
        found = self.destination.find(document.value(), ids=self._ids(document))
        self.observe("looked-up", document)
        if not isinstance(found, Alike):
            return found
        unknown = unknown_to_us(document, found.documents)
        return replace(found, documents=unknown) if unknown else NotThere(exchange=found.exchange)

    def _start_again(self, push: Push, *, step: str = "") -> None:
        """A look-up showed that nothing is there: a new generation."""
        document = begin_anew(push, step=step)
        if document is None:
            return  # another pusher has settled it
        # It was frozen for as long as it might have been there: the order and the decisions may be others by now
        prepare_orders(self.company, [document.order], by=self.by)
        for again in ready_documents(self.company).filter(pk=document.pk):
            self._begin(again)

    def _change(self, document: Document, *, earlier: Push | None = None) -> None:
        """Read a posted document, and send its change if it still is what was posted.

        Args:
            document: With a change that waits.
            earlier: A push of that change of which nobody knows whether it arrived.
        """
        if not may_post(self.company):
            self.counts.stopped = _SWITCHED_OFF
            return
        self.lease.renew()
        reading = self.destination.read(document.form, document.quickbooks_id)
        self.observe("read", document)
        if isinstance(reading, TryLater | Unknown):
            self._wait_for(reading)
            return
        change = document.change
        sides = sides_of(document, change)
        reached = _reached(document, change, sides, reading, self.destination)
        if reached and earlier:
            self._settle(earlier, reached)
            return
        if earlier:
            abandon(earlier)
            document.refresh_from_db()
        if reached:
            self._changed(document, adopt(document, reached))
        elif isinstance(reading, NotThere):
            self._changed(document, hold_deleted(document))
        else:
            self._alter(document, change, sides, reading)

    def _alter(self, document: Document, change: DocumentChange, sides: Sides, reading: Reading) -> None:
        judged = sides.judged(change, reading, self.destination)
        if judged.verdict is Verdict.CHANGED:
            self._changed(document, hold_changed(document, reading.holding, judged.differences))
            return
        body = self.destination.render_change(sides.alteration(document, change, reading), ids=sides.ids)
        push = claim_change(document, change, body, request_id=request_id, by=self.by or change.asked_by)
        if push:
            self.observe("claimed", document)
            self._send(push)

    def _wait_for(self, reading: TryLater | Unknown) -> None:
        """What cannot even be read is left for later; nothing was sent."""
        self._unclear = self._unclear + 1 if isinstance(reading, Unknown) else 0
        self.counts.outcomes["unread"] += 1
        if isinstance(reading, TryLater):
            self._rest(reading)
        elif self._unclear >= PATIENCE:
            self.counts.stopped = reading.reason

    def _rest(self, later: TryLater) -> None:
        """Leave QuickBooks alone: for a moment and go on, or for this round."""
        rest(self.company, later.wait)
        if later.needs_login or not 0 < later.wait <= self.may_wait:
            self.counts.stopped = later.reason
            return
        self.may_wait -= later.wait
        until = time.monotonic() + later.wait
        while (left := until - time.monotonic()) > 0:
            self.lease.renew()
            time.sleep(min(left, _GLANCE))

    def _changed(self, document: Document, name: str) -> None:
        """What follows a document is another thing once the document is."""
        self.counts.outcomes[name] += 1
        prepare_orders(self.company, [document.order], by=self.by)

    def _send(self, push: Push) -> None:
        """Send the committed bytes, outside of any transaction, and record what came of it."""
        self.lease.renew()
        now = timezone.now()
        Push.objects.filter(pk=push.pk).update(first_sent_at=push.first_sent_at or now, last_sent_at=now)
        self.observe("sending", push.document)
        how = Operation(push.operation)
        outcome = self.destination.send(push.document.form, bytes(push.body), request_id=push.request_id, operation=how)
        self.observe("answered", push.document)
        if push.operation == Operation.CREATE and (push.first_sent_at or _is_repeated(outcome)):
            self._judge_resend(push, outcome)
        else:
            self._settle(push, outcome)

    def _judge_resend(self, push: Push, outcome: Outcome) -> None:
        """What an answer to the same bytes says that QuickBooks may have had before."""
        match outcome:
            case Accepted() if not outcome.adopted:
                self._settle_if_there(push, outcome)
            case Refused() | Unknown(repeated=True):
                self._settle_refused(push, outcome)
            case _:
                self._settle(push, outcome)

    def _settle_if_there(self, push: Push, outcome: Accepted) -> None:
        """An old request id can hand back a document that somebody has deleted meanwhile."""
        there = self.destination.holds(push.document.form, outcome.quickbooks_id)
        if there is False:
            keep_exchange(push, outcome)
            self._start_again(push, step="again")
        else:
            self._settle(push, outcome if there is True else there)

    def _settle_refused(self, push: Push, outcome: Refused | Unknown) -> None:
        """It may be refused because it is there already, or is being written."""
        found = self._found(push)
        used_up = isinstance(outcome, Unknown) and push.first_sent_at and not may_still_work(push)
        if isinstance(found, NotThere) and not used_up:
            self._settle(push, outcome)
            return
        keep_exchange(push, outcome)
        if isinstance(found, NotThere):  # the id was used for something that is not there
            self._start_again(push)
        elif isinstance(found, Alike):
            self._ask(push, found)
        else:
            self._settle(push, found)

    def _settle(self, push: Push, outcome: Outcome) -> None:
        is_new = push.operation == Operation.CREATE
        name = record_outcome(push, outcome)
        self.observe("recorded", push.document)
        follows = isinstance(outcome, Accepted | Refused) if not is_new else _is_tied_later(push.document, outcome)
        if follows:
            if isinstance(outcome, Accepted):
                free_parent(push.document)
            self._changed(push.document, name)
        else:
            self.counts.outcomes[name] += 1
        self._unclear = self._unclear + 1 if isinstance(outcome, Unknown) else 0
        if isinstance(outcome, TryLater) and outcome.stale:
            return
        if isinstance(outcome, TryLater):
            self._rest(outcome)
        elif isinstance(outcome, Unknown) and self._unclear >= PATIENCE:
            self.counts.stopped = outcome.reason


def _reached(
    document: Document,
    change: DocumentChange,
    sides: Sides,
    reading: Reading | NotThere,
    destination: Destination,
) -> Accepted | None:
    """The answer to a change that QuickBooks shows to have happened; None where it has not."""
    if isinstance(reading, NotThere):
        return gone(document, reading) if change.operation == Operation.VOID else None
    judged = sides.judged(change, reading, destination)
    return found(reading) if judged.verdict is Verdict.REACHED else None


def _is_tied_later(document: Document, outcome: Outcome) -> bool:
    """Whether what was posted is tied to payments and credits that are posted already: a refund, once it is there."""
    return document.kind == REFUND and isinstance(outcome, Accepted)


def _is_repeated(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.repeated


def _document_of(row: Push | Document) -> Document:
    return row.document if isinstance(row, Push) else row
