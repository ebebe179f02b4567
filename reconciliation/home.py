"""What do the books look like this morning? Every figure of Home, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, F, Func, IntegerField, Min, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import TruncDate
from django.utils import timezone

from books.documents import NewCustomer
from books.money import ZERO
from books.problems import TrialBalanceDiffers
from companies.bulk_sql import KeptQuery
from companies.models import Company, CompanyKind
from mapping.models import QuickBooksItem
from reconciliation.chart import Chart, days_until, draw
from reconciliation.models import Issue, IssueState
from sync.held_batches import waiting_batch
from sync.models import (
    QUICKBOOKS_ONLINE,
    STUCK_STATES,
    Connection,
    ConnectionState,
    Document,
    DocumentProblem,
    DocumentState,
    ExportBatch,
    LiveSource,
    PendingChange,
    PlannedReading,
    Preview,
    Run,
    StagedOrder,
)

DAYS = 30
_LAST_RUNS = 5
_TOP_ISSUES = 5
#: Causes that say that QuickBooks has lost or renamed what a decision names.
LOST_NAMES = ("item-not-in-quickbooks", "account-not-in-quickbooks")
#: What has not reached its end; the rest (posted, ignored, voided) grows for ever and is counted by day only.
OPEN_STATES = (
    DocumentState.BLOCKED,
    DocumentState.REFUSED,
    DocumentState.DIFFERS,
    DocumentState.UNKNOWN,
    DocumentState.READY,
    DocumentState.SENDING,
    DocumentState.EXPORTED,
)
#: What should be in QuickBooks and is not.
NOT_THERE_YET = tuple(state for state in OPEN_STATES if state not in (DocumentState.DIFFERS, DocumentState.EXPORTED))
_PROBLEMS = DocumentProblem.objects.filter(document=OuterRef("pk"))
#: What was posted, whether or not QuickBooks has been changed since.
IN_QUICKBOOKS = (DocumentState.POSTED, DocumentState.DIFFERS)


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day in a company's time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


class Side(StrEnum):
    """What the money of a document is: an invoice and the payment on it are never added up."""

    SALES = "sales"
    RECEIVED = "received"
    GIVEN_BACK = "given-back"


#: By the kind of document; the use of a credit moves nothing.
SIDES: Mapping[str, tuple[Side, ...]] = {
    "invoice": (Side.SALES,),
    "sales-receipt": (Side.SALES, Side.RECEIVED),
    "payment": (Side.RECEIVED,),
    "credit": (Side.GIVEN_BACK,),
    "refund": (Side.GIVEN_BACK,),
    "return": (Side.GIVEN_BACK,),
}


@dataclass(kw_only=True)
class Tally:
    """How many documents, and what each side of them adds up to in each currency."""

    number: int = 0
    money: dict[tuple[Side, str], Decimal] = field(default_factory=dict)

    def add(self, number: int, amount: Decimal, currency: str, kind: str) -> None:
        """Count some documents of one kind and currency."""
        self.number += number
        for side in SIDES.get(kind, ()):
            self.money[side, currency] = self.money.get((side, currency), ZERO) + amount

    def include(self, other: Tally) -> None:
        """Count everything that another has counted."""
        self.number += other.number
        for place, amount in other.money.items():
            self.money[place] = self.money.get(place, ZERO) + amount

    @property
    def amounts(self) -> list[tuple[Decimal, str, Side]]:
        """Amounts with currency and side: sales first, in each the largest; nothing is added up that is not one."""
        order = list(Side)
        amounts = [(amount, currency, side) for (side, currency), amount in self.money.items()]
        return sorted(amounts, key=lambda entry: (order.index(entry[2]), -entry[0], entry[1]))


class Overview:
    """One company's figures at one moment; each is read when it is first asked for."""

    def __init__(self, company: Company, now: datetime) -> None:
        """Read nothing yet.

        Args:
            company: Whose books.
            now: The moment; the last thirty days end on its day in the company's time zone.
        """
        self.company = company
        self.now = now
        self.today: date = timezone.localtime(now, company.zone).date()

    @cached_property
    def held_batch(self) -> Preview | None:
        """What a second person has to approve before it is sent."""
        return waiting_batch(self.company)

    @property
    def documents(self) -> QuerySet[Document]:
        """Documents that move money: customers are left out."""
        return Document.objects.filter(company=self.company).exclude(kind="customer")

    @cached_property
    def connection(self) -> Connection | None:
        """The login to QuickBooks."""
        return next(iter(_CONNECTION.instances(self.company.pk)), None)

    @cached_property
    def states(self) -> Mapping[str, Tally]:
        """What is on its way or stuck, by state; a posted document that has to change, by its change."""
        tallies = {str(state): Tally() for state in (*OPEN_STATES, *PendingChange)}
        for row in self._of_documents:
            name = row["state"] if row["state"] in tallies else row["pending"]
            tallies[name].add(row["number"], row["amount"] or ZERO, row["currency"], row["kind"])
        return tallies

    @cached_property
    def _open_rows(self) -> Sequence[Mapping[str, Any]]:
        """What is on its way, stuck or to be changed, grouped by what tallies need; one query for all who ask."""
        rows = Document.objects.filter(company=self.company).filter(Q(state__in=OPEN_STATES) | ~Q(pending=""))
        by_state = rows.order_by().values("state", "pending", "kind", "currency")
        without = Count("id", filter=Q(~Exists(_PROBLEMS), state=DocumentState.BLOCKED))
        return list(by_state.annotate(number=Count("id"), amount=Sum("total"), oldest=Min("dated"), without=without))

    @property
    def _of_documents(self) -> Sequence[Mapping[str, Any]]:
        return [row for row in self._open_rows if row["kind"] != NewCustomer.kind]

    @property
    def waiting_for_another(self) -> int:
        """Blocked documents without an issue of their own, such as the payment on an invoice that is blocked."""
        return sum(row["without"] for row in self._of_documents)

    @property
    def customers_rejected(self) -> int:
        """New customers that QuickBooks rejected; what was sold to them is blocked."""
        return self._customers(DocumentState.REFUSED)

    @property
    def customers_unclear(self) -> int:
        """New customers that QuickBooks gave no clear answer to; what was sold to them waits."""
        return self._customers(DocumentState.UNKNOWN)

    def _customers(self, state: DocumentState) -> int:
        customers = [row for row in self._open_rows if row["kind"] == NewCustomer.kind]
        return sum(row["number"] for row in customers if row["state"] == state)

    @cached_property
    def not_due(self) -> Mapping[str, Tally]:
        """Orders that wait for the event that makes their documents, by that event, with what they sell."""
        tallies: dict[str, Tally] = {}
        for event, currency, number, amount in _NOT_DUE.rows(self.company.pk):
            tallies.setdefault(event, Tally()).add(number, amount, currency, "invoice")
        return tallies

    @cached_property
    def stuck(self) -> Tally:
        """What waits for a person: blocked, refused and different, and posted documents whose change is held."""
        whole = Tally()
        for state in (*STUCK_STATES, PendingChange.HELD):
            whole.include(self.states[state])
        return whole

    @cached_property
    def posted_by_day(self) -> Mapping[date, Tally]:
        """What was posted on each of the last days."""
        days: dict[date, Tally] = {}
        rows = self.documents.filter(state__in=IN_QUICKBOOKS)
        rows = rows.filter(posted_at__gte=self._first_moment).order_by()
        by_day = rows.annotate(day=self._day_of("posted_at")).values("day", "kind", "currency")
        # Only what the index has is asked for, so that the database reads it and not the documents
        for row in by_day.annotate(number=Count("*"), amount=Sum("total")):
            day = days.setdefault(self._on(row["day"]), Tally())
            day.add(row["number"], row["amount"] or ZERO, row["currency"], row["kind"])
        return days

    def _day_of(self, field: str) -> Func:
        """The day of a moment in the company's time zone: its place among the last days, where the database can say.

        To convert each moment takes PostgreSQL more than all the rest of the sum.
        """
        if connection.vendor != "postgresql":
            return TruncDate(field, tzinfo=self.company.zone)
        starts = [start_of(self.first_day + timedelta(days=place), self.company.zone) for place in range(DAYS)]
        return Func(F(field), Value(starts), function="width_bucket", output_field=IntegerField())

    def _on(self, day: date | int) -> date:
        return self.first_day + timedelta(days=day - 1) if isinstance(day, int) else day

    @cached_property
    def posted(self) -> Tally:
        """What was posted in the last days."""
        whole = Tally()
        for day in self.posted_by_day.values():
            whole.include(day)
        return whole

    @cached_property
    def chart(self) -> Chart:
        """Posted and still blocked, day by day."""
        rows = self.documents.filter(state__in=STUCK_STATES, created_at__gte=self._first_moment).order_by()
        by_day = rows.annotate(day=TruncDate("created_at", tzinfo=self.company.zone)).values("day")
        blocked = {row["day"]: row["number"] for row in by_day.annotate(number=Count("id"))}
        posted = {day: tally.number for day, tally in self.posted_by_day.items()}
        return draw(days_until(self.today, posted=posted, blocked=blocked, days=DAYS))

    @cached_property
    def oldest_unsent(self) -> Document | None:
        """The document that should be in QuickBooks for the longest."""
        days = [row["oldest"] for row in self._of_documents if row["state"] in NOT_THERE_YET]
        if not days:
            return None
        # Of that day alone: the oldest of all days would be looked for among everything that was ever posted
        return self.documents.filter(state__in=NOT_THERE_YET, dated=min(days)).order_by("pk").first()

    @cached_property
    def runs(self) -> Sequence[Run]:
        """The last runs, newest first."""
        return _RUNS.instances(self.company.pk)

    @cached_property
    def issues(self) -> Sequence[Issue]:
        """The open causes that hold up the most money."""
        return _ISSUES.instances(self.company.pk)

    @cached_property
    def lost_names(self) -> Sequence[Issue]:
        """The names that decisions give and QuickBooks does not have any more, those that block the most first."""
        return _LOST_NAMES.instances(self.company.pk)

    @cached_property
    def quiet_sources(self) -> Sequence[LiveSource]:
        """Sources that are silent for longer than usual, or whose first reading waits to be started."""
        return _QUIET_SOURCES.instances(self.company.pk)

    @cached_property
    def has_orders(self) -> bool:
        """Whether anything was ever imported."""
        return bool(_ANY_ORDER.rows(self.company.pk))

    @cached_property
    def has_lists(self) -> bool:
        """Whether QuickBooks' lists were ever read."""
        return bool(_ANY_ITEM.rows(self.company.pk))

    @cached_property
    def last_batch(self) -> ExportBatch | None:
        """The newest file for QuickBooks Desktop."""
        return ExportBatch.objects.filter(company=self.company).order_by("-pk").first()

    @property
    def is_connected(self) -> bool:
        """Whether the login to QuickBooks works; QuickBooks Desktop needs none."""
        if self.company.kind == CompanyKind.DESKTOP:
            return True
        return self.connection is not None and self.connection.state == "connected"

    @property
    def first_day(self) -> date:
        """The first of the last days."""
        return self.today - timedelta(days=DAYS - 1)

    @property
    def _first_moment(self) -> datetime:
        return start_of(self.first_day, self.company.zone)


# Home is opened all day, and to put these together takes Django longer than the database takes to answer them
_CONNECTION = KeptQuery(
    lambda company: Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).order_by("pk")[:1]
)
_NOT_DUE = KeptQuery(
    lambda company: (
        StagedOrder.objects.filter(company=company)
        .exclude(waits_for="")
        .order_by()
        .values("waits_for", "currency")
        .annotate(number=Count("id"), amount=Sum("total"))
        .values_list("waits_for", "currency", "number", "amount")
    )
)
_RUNS = KeptQuery(
    lambda company: Run.objects.filter(company=company).select_related("asked_by").order_by("-pk")[:_LAST_RUNS]
)
_ISSUES = KeptQuery(
    lambda company: (
        Issue.objects.filter(company=company, state=IssueState.OPEN)
        .filter(Q(records__gt=0) | Q(code=TrialBalanceDiffers.code))
        .order_by("-money", "-records", "pk")[:_TOP_ISSUES]
    )
)
_LOST_NAMES = KeptQuery(
    lambda company: Issue.objects.filter(company=company, state=IssueState.OPEN, code__in=LOST_NAMES).order_by(
        "-records", "pk"
    )[:_TOP_ISSUES]
)
_ANY_ORDER = KeptQuery(lambda company: StagedOrder.objects.filter(company=company).order_by().values_list("pk")[:1])
_ANY_ITEM = KeptQuery(lambda company: QuickBooksItem.objects.filter(company=company).order_by().values_list("pk")[:1])


def _quiet_sources(company: Any) -> QuerySet[LiveSource]:
    asked = LiveSource.objects.filter(connection__company=company, paused=False)
    asked = asked.exclude(connection__state=ConnectionState.DISCONNECTED).select_related("connection")
    unstarted = PlannedReading.objects.filter(started_at=None, finished_at=None, again=False)
    told = Q(silent_since__isnull=False) | Q(pk__in=unstarted.values("connection"))
    return asked.filter(told).order_by("pk")


_QUIET_SOURCES = KeptQuery(_quiet_sources)
