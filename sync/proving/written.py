"""By how much did a run move each account in QuickBooks? Counted from what was sent and accepted, never from states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from books.documents import CreditMemo, Invoice, NewCustomer, RefundReceipt, SalesReceipt
from books.movement import AccountChart, Movement, moved_by, moved_by_document
from books.posted_document import Holding
from books.proof import NOTHING_MOVED, ReportDay
from companies.models import Company
from mapping.account_chart import chart_of
from mapping.models import QuickBooksItem
from sync.models import (
    Document,
    DocumentChange,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    PushState,
    Run,
    RunProof,
)

#: So many pushes are read at once.
_AT_ONCE = 500
_SETTLED = (PushState.ACCEPTED, PushState.ADOPTED)
_GONE = (Operation.VOID, Operation.DELETE)
#: Items that QuickBooks keeps in stock; one that is sold as a group may have such in it.
_STOCKED = ("Inventory", "Group")


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """A document that was settled in the run, and may have been written before it began."""

    document_id: int
    form: str
    quickbooks_id: str
    #: What it moved, if it was written in the run.
    movement: Movement
    #: Whether it is taken to have been, until QuickBooks is asked.
    counts: bool
    is_new: bool


@dataclass(kw_only=True)
class RunWrites:
    """What a run wrote."""

    movement: Movement = NOTHING_MOVED
    doubtful: list[Doubtful] = field(default_factory=list)
    #: Documents that are dated after the day of the trial balance.
    later: int = 0
    #: Documents that were changed, and of which was not kept what they were before.
    without_before: int = 0
    #: Documents that were sent, and of which QuickBooks has not said whether it has them.
    unclear: int = 0
    #: Whether inventory was sold, so that QuickBooks posted its cost too.
    sold_inventory: bool = False

    @property
    def total(self) -> Movement:
        """With what is taken to have been written in the run."""
        return self.movement + Movement.of(_pairs(part.movement for part in self.doubtful if part.counts))


@dataclass(frozen=True, kw_only=True)
class RunPushes:
    """Which pushes are a run's: those that came after it began, and those that it found open.

    Whatever Tieout sends for the company between the two readings is among them, also by another run: one that works
    in several parts leaves the company to others between them.
    """

    run: Run
    last_before: int
    open_before: frozenset[int]
    began: datetime

    @classmethod
    def begin(cls, run: Run) -> RunPushes:
        """Of a run that has sent nothing yet, and whose company nobody else pushes for."""
        left = Push.objects.filter(company=run.company_id, state=PushState.OPEN)
        return cls(
            run=run,
            last_before=Push.objects.aggregate(last=Max("pk"))["last"] or 0,
            open_before=frozenset(left.values_list("pk", flat=True)),
            began=timezone.now(),
        )

    @classmethod
    def of(cls, proof: RunProof) -> RunPushes:
        """Of a run whose proof was begun, by this process or by another one."""
        return cls(
            run=proof.run,
            last_before=proof.last_push,
            open_before=frozenset(proof.open_pushes),
            began=proof.begun_at or proof.run.started_at,
        )

    def keep(self, proof: RunProof) -> None:
        """Let `of` find them again; not stored yet."""
        proof.last_push, proof.open_pushes, proof.begun_at = self.last_before, sorted(self.open_before), self.began

    def settled(self) -> QuerySet[Push]:
        """Those that QuickBooks said yes to, a document's one after the other."""
        rows = self._all().filter(state__in=_SETTLED).exclude(document__kind=NewCustomer.kind)
        return rows.select_related("document__frozen").order_by("document_id", "pk")

    def unclear(self) -> int:
        """How many were sent, and have no clear answer."""
        sent = self._all().filter(state=PushState.OPEN, last_sent_at__gte=self.began)
        return sent.exclude(document__kind=NewCustomer.kind).count()

    def _all(self) -> QuerySet[Push]:
        mine = Q(pk__gt=self.last_before)
        if self.open_before:
            mine |= Q(pk__in=self.open_before)
        return Push.objects.filter(mine, company=self.run.company_id)

    def is_doubtful(self, push: Push) -> bool:
        """Whether QuickBooks may have had it before the run."""
        return push.pk in self.open_before or push.state == PushState.ADOPTED

    def counts(self, push: Push) -> bool:
        """Whether it is taken to have been written in the run, until QuickBooks is asked."""
        first, last, began = push.first_sent_at, push.last_sent_at, self.began
        if push.state == PushState.ADOPTED:
            return first is not None and first >= began
        return last is not None and last >= began


def written_by(pushes: RunPushes, day: ReportDay) -> RunWrites:
    """What a run wrote, as a trial balance of a day shows it; in flat memory."""
    return _Count(pushes=pushes, day=day).carry_out()


def keeps_stock(company: Company, items: Iterable[str]) -> bool:
    """Whether QuickBooks keeps any of these items in stock."""
    kept = QuickBooksItem.objects.filter(company=company, item_type__in=_STOCKED)
    return not {*items}.isdisjoint(kept.values_list("quickbooks_id", flat=True).iterator())


@dataclass(kw_only=True)
class _Count:
    """The count of one run's documents."""

    pushes: RunPushes
    day: ReportDay
    written: RunWrites = field(default_factory=RunWrites)
    #: Ids of the items that were sold or returned.
    items: set[str] = field(default_factory=set)

    def carry_out(self) -> RunWrites:
        """Go through all of them."""
        self.written.unclear = self.pushes.unclear()
        self.written.movement = Movement.of(_pairs(self._certain()))
        self.written.sold_inventory = keeps_stock(self.pushes.run.company, self.items)
        return self.written

    @cached_property
    def _chart(self) -> AccountChart:
        return chart_of(self.pushes.run.company)

    def _certain(self) -> Iterator[Movement]:
        """What was certainly written in the run, document by document; the rest is noted."""
        rows = self.pushes.settled().iterator(chunk_size=_AT_ONCE)
        for _number, of_document in groupby(rows, key=lambda push: push.document_id):
            group = list(of_document)
            first, document = group[0], group[-1].document
            movement = self._after(group[-1]) - self._before(first)
            if not any(map(self.pushes.is_doubtful, group)):
                yield movement
            elif movement:
                self.written.doubtful.append(
                    Doubtful(
                        document_id=document.pk,
                        form=document.form,
                        quickbooks_id=document.quickbooks_id,
                        movement=movement,
                        counts=self.pushes.counts(first),
                        is_new=first.operation == Operation.CREATE,
                    )
                )

    def _after(self, last: Push) -> Movement:
        """What a document moves as it is after its last push."""
        if last.operation in _GONE:
            return NOTHING_MOVED
        value = last.document.value()
        if isinstance(value, NewCustomer):
            return NOTHING_MOVED
        if isinstance(value, Invoice | SalesReceipt | CreditMemo | RefundReceipt):
            self.items |= {line.item.quickbooks_id for line in value.lines}
        self.written.later += value.dated > self.day.last
        return self.day.shows(moved_by_document(value), value.dated)

    def _before(self, first: Push) -> Movement:
        """What it moved before its first push."""
        if first.operation == Operation.CREATE:
            return NOTHING_MOVED
        held = first.read_before()
        if held is None or not held.dated:
            self.written.without_before += 1
            return NOTHING_MOVED
        self.items |= items_on(held)
        return self.day.shows(moved_by(first.document.form, held, self._chart), date.fromisoformat(held.dated))


def items_on(held: Holding) -> set[str]:
    """The ids of the items on a document that QuickBooks holds."""
    return {line.moves.removeprefix("item ") for line in held.lines if line.moves.startswith("item ")}


def _pairs(movements: Iterable[Movement]) -> Iterator[tuple[str, Decimal]]:
    for movement in movements:
        yield from movement.amounts.items()


# As of which day ------------------------------------------------------------------------------------------------------


def latest_day(company: Company) -> date | None:
    """The latest date of what is about to be sent, and of what it follows; None where nothing is."""
    goes = Q(state__in=(DocumentState.READY, DocumentState.SENDING, DocumentState.UNKNOWN))
    follows = Q(state=DocumentState.BLOCKED, depends_on__isnull=False)
    changes = (PendingChange.UPDATE, PendingChange.VOID, PendingChange.UNDO)
    waiting = Document.objects.filter(goes | follows | Q(pending__in=changes), company=company)
    days = [waiting.aggregate(latest=Max("dated"))["latest"]]
    updates = DocumentChange.objects.filter(document__company=company, document__pending=PendingChange.UPDATE)
    for said in updates.values_list("body__dated", flat=True).distinct().iterator():
        days.append(date.fromisoformat(said) if said else None)
    return max((day for day in days if day), default=None)
