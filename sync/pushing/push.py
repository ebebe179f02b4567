"""How does a document get into QuickBooks once and only once?

1. A push row with its request id and the exact bytes is committed before anything is sent, and nothing is ever sent
   inside a transaction.
2. The request id belongs to the document's generation: after any crash the same bytes go under the same id.
3. Accepted and refused are final. Anything else leaves the push open, and the next pusher takes it up first.
4. When an open push is too old for its request id to be trusted, the document is looked up before anything is sent.

Source: docs/decisions/0010-once-and-only-once.md
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
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
from sync.history import record_once
from sync.models import (
    Document,
    DocumentChange,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    PushState,
    StagedOrder,
)
from sync.preparing.builders.refund import REFUND
from sync.preparing.prepare import prepare_orders
from sync.pushing.back_off import RESTING, rest, rests
from sync.pushing.destination import Destination, NotThere, Reading
from sync.pushing.lease import Lease, LeaseLost
from sync.pushing.outcomes import record_outcome
from sync.pushing.updates import (
    Sides,
    Verdict,
    abandon,
    adopt,
    claim_change,
    found,
    gone,
    hold_changed,
    hold_deleted,
    record_change,
    sides_of,
    waiting_changes,
)
from sync.signals import problems_changed

logger = logging.getLogger(__name__)

#: How long QuickBooks can be trusted to remember a request id; nothing is documented, so well within a day.
TRUSTED_FOR = timedelta(hours=12)
#: Open pushes that stay unclear one after the other before a run gives up on the company.
PATIENCE = 3
#: How often one document is read again in one round, when others change it at the same time.
_TRIES = 3
_CLAIM = 30
_BROKEN = gettext_noop("Several documents could not be sent because of a defect in Tieout. Its log tells more.")
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
    counts: PushCounts = field(default_factory=PushCounts)
    _unclear: int = 0
    _tries: Counter[int] = field(default_factory=Counter)

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
            # Ends: each pass settles what is open, or is unclear about it, and patience with that runs out
            while not self.stops():
                self._each(self._unanswered(wanted), self._resume)
                if not only_open:
                    self._each(self._changes(wanted), self._change)
                    self._each(self._ready(wanted), self._begin)
                if not self._open_pushes(wanted).exists() and (only_open or not self.can_change(wanted)):
                    break
        finally:
            problems_changed.send(sender=Document, company=self.company)
        return self.counts

    def _each(self, rows: Iterable[Row], act: Callable[[Row], None]) -> None:
        for row in rows:
            if self.stops():
                return
            try:
                act(row)
            except LeaseLost:
                raise
            except Exception as fault:
                self._broke(_document_of(row), fault)
                self._unclear += 1
                if self._unclear >= PATIENCE:
                    self.counts.stopped = _BROKEN

    def _broke(self, document: Document, fault: Exception) -> None:
        """One document that breaks Tieout itself keeps back no other; the log and its history say so."""
        logger.error("sending document %s of company %s broke", document.pk, self.company.pk, exc_info=fault)
        record_once(document.order, "broken", reason=type(fault).__name__)
        self.counts.outcomes["failed"] += 1

    # Which ------------------------------------------------------------------------------------------------------------

    def _open_pushes(self, orders: list[int] | None) -> QuerySet[Push]:
        rows = Push.objects.filter(company=self.company, state=PushState.OPEN).select_related("document__order")
        if orders is not None:
            rows = rows.filter(document__order__in=orders)
        return rows.order_by(F("last_sent_at").asc(nulls_first=True), "pk")

    def _unanswered(self, orders: list[int] | None) -> Iterator[Push]:
        """Open pushes, the longest untouched first.

        The last bit of patience is left to something new while there is any: a few documents over which QuickBooks
        breaks down each time must not keep back all the others.
        """
        for push in self._open_pushes(orders):
            if self._unclear == PATIENCE - 1 and ready_documents(self.company, orders).exists():
                return
            yield push

    def _ready(self, orders: list[int] | None) -> Iterator[Document]:
        """Ready documents, predecessors first; asks again until nothing is left that can go."""
        left: set[int] = set()
        while rows := list(ready_documents(self.company, orders).exclude(pk__in=left)[:_CLAIM]):
            for row in rows:
                yield row
                if row.state == DocumentState.READY:  # it was not claimed: changed meanwhile, or it cannot go
                    left.add(row.pk)

    def _changes(self, orders: list[int] | None) -> Iterator[Document]:
        """Posted documents that shall become others; asks again until nothing is left that can go."""
        while row := self._changeable(orders).first():
            self._tries[row.pk] += 1
            yield row

    def _changeable(self, orders: list[int] | None) -> QuerySet[Document]:
        tried_out = [number for number, tries in self._tries.items() if tries >= _TRIES]
        return waiting_changes(self.company, orders).exclude(pk__in=tried_out)

    def can_change(self, orders: list[int] | None = None) -> bool:
        """Whether a posted document waits to be changed that was not tried often enough yet."""
        return self._changeable(orders).exists()

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
        try:
            push = self._claim(document)
        except Exception as fault:  # nothing was sent, so it says nothing about QuickBooks
            return self._broke(document, fault)
        if push:
            self.observe("claimed", document)
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
        """Take up a push that has no answer yet: the same bytes again, or a look-up when the id is too old."""
        old = push.first_sent_at is not None and timezone.now() - push.first_sent_at > TRUSTED_FOR
        if not old:
            self._send(push)
            return
        if push.operation != Operation.CREATE:
            self._change(push.document, earlier=push)
            return
        found = self.destination.find(push.document.value(), ids=self._ids(push.document))
        if isinstance(found, NotThere):
            self._start_again(push)
        else:
            self._settle(push, found)

    def _start_again(self, push: Push) -> None:
        """A look-up showed that nothing arrived: a new generation with a request id that QuickBooks has never seen."""
        with transaction.atomic():
            document = Document.objects.select_for_update(of=("self",)).select_related("order").get(pk=push.document_id)
            rows = Push.objects.filter(pk=push.pk, state=PushState.OPEN)
            if rows.update(state=PushState.ABANDONED, settled_at=timezone.now()) != 1:
                return  # another pusher has settled it
            document.generation += 1
            document.state = DocumentState.READY
            document.save(update_fields=["generation", "state", "changed_at"])
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
            rest(self.company, reading.wait)
        if isinstance(reading, TryLater) or self._unclear >= PATIENCE:
            self.counts.stopped = reading.reason

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
        self._settle(push, outcome)

    def _settle(self, push: Push, outcome: Outcome) -> None:
        is_new = push.operation == Operation.CREATE
        name = record_outcome(push, outcome) if is_new else record_change(push, outcome)
        self.observe("recorded", push.document)
        follows = isinstance(outcome, Accepted | Refused) if not is_new else _is_tied_later(push.document, outcome)
        if follows:
            self._changed(push.document, name)
        else:
            self.counts.outcomes[name] += 1
        self._unclear = self._unclear + 1 if isinstance(outcome, Unknown) else 0
        if isinstance(outcome, TryLater) and outcome.stale:
            return
        if isinstance(outcome, TryLater):
            rest(self.company, outcome.wait)
        if isinstance(outcome, TryLater) or (isinstance(outcome, Unknown) and self._unclear >= PATIENCE):
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


def _document_of(row: Push | Document) -> Document:
    return row.document if isinstance(row, Push) else row


def ready_documents(company: Company, orders: list[int] | None = None) -> QuerySet[Document]:
    """Documents that can be sent now, oldest first: ready, what they need is posted, and the order is as prepared.

    A new customer goes only ahead of a document that can follow, never by itself.
    """
    # What its predecessor shall become comes first, unless a person has to decide about that
    there = Q(depends_on__state__in=(DocumentState.POSTED, DocumentState.VOIDED))
    first = Q(depends_on=None) | there & Q(depends_on__pending__in=("", PendingChange.HELD))
    prepared = Q(order__prepared_version=F("order__version"))
    waits = Q(state=DocumentState.READY) | Q(pending=PendingChange.UPDATE)
    follows = Document.objects.filter(prepared & waits, depends_on=OuterRef("pk"))
    rows = Document.objects.filter(first, company=company, state=DocumentState.READY)
    rows = rows.filter((~Q(kind=NewCustomer.kind) & prepared) | (Q(kind=NewCustomer.kind) & Exists(follows)))
    if orders is not None:
        # A new customer may be the document of an earlier order that nobody asked for
        parents = StagedOrder.objects.filter(documents__dependants__order__in=orders)
        rows = rows.filter(Q(order__in=orders) | Q(kind="customer", order__in=parents))
    return rows.select_related("order").order_by("pk")


def request_id(document: Document) -> str:
    """The request id of a document's generation: the same after any crash, 36 characters."""
    name = f"tieout:{document.company_id}:{document.key}:{document.generation}:{document.created_at.timestamp()}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
