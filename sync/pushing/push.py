"""How does a document get into QuickBooks once and only once?

1. A push row with its request id and the exact bytes is committed before anything is sent, and nothing is ever sent
   inside a transaction.
2. The request id belongs to the document's generation: after any crash the same bytes go under the same id.
3. Accepted and refused are final. Anything else leaves the push open, and the next pusher takes it up first.
4. Nothing is sent a second time before QuickBooks was asked whether it has it (`sync.pushing.arrival`).
5. What could not be settled rests for the round, so that each round ends.

A round is here: what is taken up, in which order, and when it stops. One document is `sync.pushing.sender`.

Source:
    docs/decisions/0010-once-and-only-once.md
    docs/decisions/0032-looked-up-before-a-resend.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.utils import timezone

from books.translation import gettext_noop
from companies.bulk_sql import KeptQuery, chunks
from companies.collecting import seldom_collected
from companies.models import Company
from sync.models import Document, DocumentProblem, Operation, PendingChange, Push, PushState
from sync.preparing.failed_records import NOT_A_RECORD
from sync.pushing.address_sender import AddressSender
from sync.pushing.batch_sender import BatchSender
from sync.pushing.broken_documents import document_broke
from sync.pushing.claims import RESTING, as_shown, ready_documents, rests, take_ready
from sync.pushing.destination import Destination
from sync.pushing.gate import ApprovalGate
from sync.pushing.given_back import give_back, is_stale
from sync.pushing.lease import Lease
from sync.pushing.sender import PATIENCE, Observer, PushCounts, Sender
from sync.pushing.updates import next_change, waiting_changes
from sync.pushing.without_answer import go_last
from sync.signals import problems_changed

#: How often one document is read again in one round, when others change it at the same time.
_TRIES = 3
_AT_ONCE = 500
#: So many lost documents are looked up together.
_LOST_AT_ONCE = 300
_BROKEN = gettext_noop("Several answers in a row could not be recorded: Tieout itself failed. Each is an issue.")

Row = TypeVar("Row", Push, Document)


def _nobody(step: str, document: Document) -> None:
    """Watch nothing."""


@dataclass(kw_only=True)
class Pusher:
    """One round of pushing for one company, by the holder of its lease."""

    company: Company
    destination: Destination
    lease: Lease
    by: User | None = None
    observe: Observer = _nobody
    #: Stop before this moment, between two documents; None goes on until all is sent.
    until: datetime | None = None
    #: Seconds that the round may wait altogether when QuickBooks asks for a moment's rest.
    may_wait: float = 0
    #: The number of the preview that nothing new may go beyond; None sends whatever is ready.
    preview: int | None = None
    counts: PushCounts = field(default_factory=PushCounts)
    _tries: Counter[int] = field(default_factory=Counter)
    #: Pushes that are taken up after everything else of a pass.
    _for_later: list[Push] = field(default_factory=list)
    #: Documents whose state may have changed.
    _touched: set[int] = field(default_factory=set)
    _sender: Sender = field(init=False)
    _batches: BatchSender = field(init=False)
    _addresses: AddressSender = field(init=False)

    def __post_init__(self) -> None:
        """Give one sender the whole round, since it keeps what rests and how much patience is left."""
        self._sender = Sender(
            company=self.company,
            destination=self.destination,
            lease=self.lease,
            by=self.by,
            observe=self.observe,
            may_wait=self.may_wait,
            counts=self.counts,
            gate=ApprovalGate(preview=self.preview),
        )
        self._batches = BatchSender(sender=self._sender, stops=self.stops, broke=self._broke, touch=self._touch)
        self._addresses = AddressSender(sender=self._sender, stops=self.stops)

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
            with seldom_collected():
                # Ends: what a pass does not settle rests for the round
                while not self.stops() and self._pass(wanted, only_open=only_open):
                    pass
        finally:
            for numbers in chunks(sorted(self._touched), _AT_ONCE):
                DocumentProblem.objects.filter(document__in=numbers).touch()
            problems_changed.send(sender=Document, company=self.company)  # reconciliation gathers the issues
        return self.counts

    def _pass(self, wanted: list[int] | None, *, only_open: bool) -> bool:
        """Take up everything once; whether another pass can do more. One that found nothing to do is the last."""
        never_sent = list(self._never_sent(wanted))
        taken_up = self._prepared_again([push for push in never_sent if is_stale(push)], sends=only_open)
        taken_up += self._batches.send_committed([push for push in never_sent if not is_stale(push)])
        taken_up += self._batches.send_lost(self._lost_batches(wanted))
        taken_up += self._each(self._unanswered(wanted), self._sender.resume)
        if not only_open and self._sender.gate.looks_open(self.company):
            taken_up += self._each(self._changes(wanted), self._sender.change)
            taken_up += self._batches.send(partial(self._take, wanted))
        taken_up += self._each(self._never_answered(), self._patiently)
        if self.preview is None:
            taken_up += self._addresses.send(wanted)  # last: no address keeps back a document
        if not taken_up:
            return False
        begins = not only_open and not self.waits_for_approval
        return self._open_pushes(wanted).exists() or (begins and self.can_change(wanted))

    def _prepared_again(self, stale: Sequence[Push], *, sends: bool) -> int:
        """Give back what was taken up a while ago, for the rest of the pass or to be sent now; how many there were."""
        if not stale:
            return 0
        for push in stale:
            self._touch(push.document)
        orders = give_back(self.company, stale, by=self.by)
        if sends:  # a person asked for these, and nothing else is begun
            self._batches.send(partial(self._take, orders))
        return len(stale)

    @property
    def waits_for_approval(self) -> bool:
        """Whether something was not begun because a second person has to approve it first."""
        return self._sender.gate.closed

    def can_go_on(self, orders: list[int] | None = None) -> bool:
        """Whether something of these orders can still be settled or sent in this round."""
        documents = self._begins(orders).exists() or self._open_pushes(orders).exists() or self.can_change(orders)
        return documents or self._addresses.has_work(orders)

    def _each(self, rows: Iterable[Row], act: Callable[[Row], None]) -> int:
        """Do something for each row; for how many it was done."""
        taken_up = 0
        for row in rows:
            if self.stops():
                break
            taken_up += 1
            self._touch(_document_of(row))
            try:
                act(row)
            except NOT_A_RECORD:
                raise
            except Exception as fault:
                self._broke(_document_of(row), fault)
        return taken_up

    def _touch(self, document: Document) -> None:
        self._touched.add(document.pk)

    def _broke(self, document: Document, fault: Exception) -> None:
        """One document that breaks Tieout itself keeps back no other; it is an issue."""
        self._sender.resting.add(document.pk)
        self.counts.outcomes["failed"] += 1
        if document_broke(document, fault):
            self._sender.lose_patience(_BROKEN)

    # Which ------------------------------------------------------------------------------------------------------------

    def _open_pushes(self, orders: list[int] | None) -> QuerySet[Push]:
        rows = Push.objects.filter(company=self.company, state=PushState.OPEN).exclude(
            document__in=self._sender.resting
        )
        rows = rows.select_related("document__order", "company")
        if orders is not None:
            rows = rows.filter(document__order__in=orders)
        return rows.order_by(F("last_sent_at").asc(nulls_first=True), "pk")

    def _never_sent(self, orders: list[int] | None) -> QuerySet[Push]:
        """New documents that were committed, and of which QuickBooks has certainly nothing."""
        return self._open_pushes(orders).filter(operation=Operation.CREATE, first_sent_at=None, looks_first=False)

    def _lost_batches(self, orders: list[int] | None) -> list[Push]:
        """New documents that went in a batch without an answer, and of which no person has said anything."""
        lost = self._open_pushes(orders).filter(operation=Operation.CREATE, first_sent_at__isnull=False)
        lost = lost.exclude(batch_id="").filter(told_id="", told_others=[])
        lost = lost.select_related("document__order", "document__frozen", "company")
        found = list(lost[:_LOST_AT_ONCE])
        if found and self._last:
            found = list(lost.exclude(document__in=self._last)[:_LOST_AT_ONCE])
        return found

    @cached_property
    def _last(self) -> set[int]:
        """Documents that were never answered clearly before this round; asked for where a push is open at all."""
        return go_last(self.company.pk)

    def _unanswered(self, orders: list[int] | None) -> Iterator[Push]:
        """Open pushes, the longest untouched first.

        The last bit of patience is left to something new while there is any: a few documents over which QuickBooks
        breaks down each time must not keep back all the others.
        """
        self._for_later = []
        for push in self._open_pushes(orders):
            if push.document_id in self._last:
                self._for_later.append(push)
                continue
            if self._sender.unclear == PATIENCE - 1 and self._begins(orders).exists():
                return
            yield push

    def _never_answered(self) -> Iterator[Push]:
        """What was left for last, until a few in a row stay without an answer; the others rest for the round."""
        patience = PATIENCE
        for push in self._for_later:
            if not patience:
                self._sender.resting.add(push.document_id)
                continue
            yield push
            patience = patience - 1 if push.document_id in self._sender.resting else PATIENCE

    def _patiently(self, push: Push) -> None:
        """Take up a push that was never answered clearly: once more says nothing of QuickBooks, and ends no round."""
        unclear, self._sender.unclear = self._sender.unclear, 0
        try:
            self._sender.resume(push)
        finally:
            self._sender.unclear = unclear

    def _begins(self, orders: list[int] | None) -> QuerySet[Document]:
        """Ready documents that were not given up for this round."""
        rows = ready_documents(self.company, orders, preview=self.preview)
        return rows.exclude(pk__in=self._sender.resting)

    def _take(self, orders: list[int] | None, most: int, *, new_customers: bool) -> list[Document]:
        """Lock at most so many of them."""
        return take_ready(
            most,
            company=self.company,
            orders=orders,
            resting=self._sender.resting,
            new_customers=new_customers,
            preview=self.preview,
        )

    def _changes(self, orders: list[int] | None) -> Iterator[Document]:
        """Posted documents that are to be changed; asks again until nothing is left that can go."""
        while not self.waits_for_approval and (row := self._next_change(orders)):
            self._tries[row.pk] += 1
            yield row

    def _changeable(self, orders: list[int] | None) -> QuerySet[Document]:
        tried_out = {number for number, tries in self._tries.items() if tries >= _TRIES} | self._sender.resting
        rows = waiting_changes(self.company, orders).exclude(pk__in=tried_out)
        return rows if self.preview is None else rows.filter(as_shown(self.preview, body_hash="change__body_hash"))

    def can_change(self, orders: list[int] | None = None) -> bool:
        """Whether a posted document waits to be changed that was not tried often enough yet."""
        return self._next_change(orders) is not None

    def _next_change(self, orders: list[int] | None) -> Document | None:
        return next_change(self._changeable(orders)) if _ANY_CHANGE.rows(self.company.pk) else None

    def stops(self) -> bool:
        """Whether the time is up, or QuickBooks wants to be left alone."""
        if self.until and timezone.now() >= self.until:
            return True
        return bool(self.counts.stopped)


#: A change that waits, be it able to go or not: cheaper to ask than which can.
_ANY_CHANGE = KeptQuery(
    lambda company: (
        Document.objects.filter(company=company, pending__in=(PendingChange.UPDATE, PendingChange.VOID))
        .exclude(pending="")  # the condition of its index
        .values_list("pk")[:1]
    )
)


def _document_of(row: Push | Document) -> Document:
    return row.document if isinstance(row, Push) else row
