"""Which rows does a person want to see? The filters above the lists; lists, exports and Re-sync read the same ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from books.orders import OrderStatus
from books.outside.texts import row_number
from companies.models import Company
from mapping.models import StatusWord
from reconciliation.home import IN_QUICKBOOKS, start_of
from reconciliation.models import Issue, IssueState
from reconciliation.search import begins
from reconciliation.wording import causes
from sync.models import (
    STUCK_STATES,
    Connection,
    Document,
    DocumentProblem,
    DocumentState,
    OrderVersion,
    PendingChange,
    Run,
    RunKind,
    RunState,
    StagedOrder,
    names_with,
    sources_of,
)
from sync.models import documents as kinds_and_forms
from sync.staging import intake

NEEDS_A_FIX = "stuck"
#: Every status by which nothing is posted: quotes, what is not paid yet, canceled and failed orders.
LEFT_OUT = "not-posted"
#: Of orders: the event that makes their documents has not happened yet.
WAITING = "waiting"
#: As much as a person types; SQLite refuses to look for much more.
_LONGEST = 300
#: So many names are handed over one by one.
_FEW_NAMES = 100
#: What waits for a person.
STUCK = Q(state__in=STUCK_STATES) | Q(pending=PendingChange.HELD)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ScreenFilter(filters.FilterSet):
    """A filter that shows nothing, and says why, when it cannot be read: nothing is left out of it in silence."""

    company: Company

    def __init__(self, data: Mapping[str, Any] | None, *, company: Company, source: str = "") -> None:
        """Filter the rows of one company.

        Args:
            data: The address's parameters.
            company: Whose rows; no filter can leave it.
            source: The key of the source that the page is about; nothing else can be chosen there.
        """
        self.company = company
        self._fixed = {"source"} if source else set[str]()
        given = {name: data[name] for name in data} if data else {}
        super().__init__(data=given | {"source": source} if source else given, queryset=self.rows_of(company))
        if "source" in self.filters:
            self._offer_sources()

    def _offer_sources(self) -> None:
        """The sources to choose from; a company with one of them is not asked."""
        offered = [(source.system, gettext(source.name)) for source in sources_of(self.company)]
        self.filters["source"].extra["choices"] = offered
        if len(offered) < 2 or self._fixed:
            self.filters["source"].extra["widget"] = forms.HiddenInput()

    @classmethod
    def rows_of(cls, company: Company) -> QuerySet[Any]:
        """Everything that there is to filter."""
        raise NotImplementedError

    @property
    def qs(self) -> QuerySet[Any]:
        """The rows that the filter lets through; none when it cannot be read."""
        rows: QuerySet[Any] = super().qs
        return rows if self.is_valid() else rows.none()

    def of_number(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows whose number begins so."""
        return rows.filter(begins("number", value))

    def of_customer(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Rows of customers whose name contains the text: looked for among the names, and then by whole names.

        Few names are looked for once, and not again for the count of the list.
        """
        names = names_with(self.company, value)
        few = list(names[: _FEW_NAMES + 1])
        return rows.filter(customer_name__in=names if len(few) > _FEW_NAMES else few)

    @property
    def is_open(self) -> bool:
        """Whether its fields are shown: when one is in use that no tab shows, or cannot be read."""
        return not self.is_valid() or any(
            str(self.data.get(name) or "").strip() for name in {*self.filters} - {"state"} - self._fixed
        )

    @property
    def in_use(self) -> bool:
        """Whether anything is filtered at all, or tried."""
        return any(str(self.data.get(name) or "").strip() for name in {*self.filters} - self._fixed)

    @property
    def is_a_tab(self) -> bool:
        """Whether nothing is chosen but one of the tabs above."""
        return self.is_valid() and self.in_use and not self.is_open


class DocumentFilter(ScreenFilter):
    """Documents. Customers are documents too, and shown when they are asked for."""

    state = filters.ChoiceFilter(
        label=_("State"),
        empty_label=_("Any"),
        choices=[(NEEDS_A_FIX, _("Needs attention")), *DocumentState.choices, *PendingChange.choices],
        method="of_state",
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"), empty_label=_("Any but customers"), choices=kinds_and_forms.kinds, method="of_kind"
    )
    form = filters.ChoiceFilter(label=_("Form in QuickBooks"), empty_label=_("Any"), choices=kinds_and_forms.forms)
    cause = filters.ChoiceFilter(label=_("Cause"), empty_label=_("Any"), choices=causes, method="of_cause")
    number = filters.CharFilter(label=_("Number begins with"), method="of_number", max_length=_LONGEST)
    customer = filters.CharFilter(label=_("Customer contains"), method="of_customer", max_length=_LONGEST)
    since = filters.DateFilter(label=_("From"), field_name="dated", lookup_expr="gte", widget=_day())
    until = filters.DateFilter(label=_("Until"), field_name="dated", lookup_expr="lte", widget=_day())
    posted_since = filters.DateFilter(label=_("Posted from"), method="of_posting", widget=_day())
    source = filters.ChoiceFilter(label=_("Source"), empty_label=_("Any"), method="of_source")

    class Meta:
        model = Document
        fields: list[str] = []

    @classmethod
    def rows_of(cls, company: Company) -> QuerySet[Document]:
        return Document.objects.filter(company=company)

    @property
    def qs(self) -> QuerySet[Document]:
        """The documents; customers among them only when their kind was chosen."""
        rows: QuerySet[Document] = super().qs
        return rows if str(self.data.get("kind") or "").strip() else rows.exclude(kind="customer")

    def of_source(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Documents of the orders of one source."""
        return rows.filter(order__connection__in=Connection.objects.filter(company=self.company, system=value))

    def of_state(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """One state, what waits to be done to a posted document, or everything that waits for a person."""
        if value in PendingChange.values:
            return rows.filter(pending=value)
        return rows.filter(STUCK) if value == NEEDS_A_FIX else rows.filter(state=value)

    def of_kind(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """One kind."""
        return rows.filter(kind=value)

    def of_posting(self, rows: QuerySet[Document], name: str, value: date) -> QuerySet[Document]:
        """What was posted on a day or later, days being those of the company."""
        return rows.filter(state__in=IN_QUICKBOOKS, posted_at__gte=start_of(value, self.company.zone))

    def of_cause(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Documents that this cause blocks."""
        return rows.filter(Exists(DocumentProblem.objects.filter(document=OuterRef("pk"), code=value)))


class OrderFilter(ScreenFilter):
    """Orders as the source has them."""

    status = filters.ChoiceFilter(
        label=_("Status in the source"),
        empty_label=_("Any"),
        choices=[
            (LEFT_OUT, _("Not posted because of its status")),
            (WAITING, _("Not paid, packed or shipped yet")),
            (OrderStatus.UNKNOWN.value, _("Not decided")),
            (OrderStatus.SALE.value, _("Sale")),
            (OrderStatus.REFUNDED.value, _("Refunded")),
            (OrderStatus.DRAFT.value, _("Not yet a sale")),
            (OrderStatus.CANCELLED.value, _("Canceled")),
            (OrderStatus.LEFT_OUT.value, _("Left out")),
        ],
        method="of_status",
    )
    #: From the table of statuses and from the page of an import; they have no field of their own.
    word = filters.NumberFilter(method="of_word", widget=forms.HiddenInput())
    run = filters.NumberFilter(method="of_run", widget=forms.HiddenInput())
    number = filters.CharFilter(label=_("Number begins with"), method="of_number", max_length=_LONGEST)
    customer = filters.CharFilter(label=_("Customer contains"), method="of_customer", max_length=_LONGEST)
    since = filters.DateFilter(label=_("From"), field_name="placed_on", lookup_expr="gte", widget=_day())
    until = filters.DateFilter(label=_("Until"), field_name="placed_on", lookup_expr="lte", widget=_day())
    source = filters.ChoiceFilter(label=_("Source"), empty_label=_("Any"), method="of_source")

    class Meta:
        model = StagedOrder
        fields: list[str] = []

    @classmethod
    def rows_of(cls, company: Company) -> QuerySet[StagedOrder]:
        return StagedOrder.objects.filter(company=company)

    def of_source(self, rows: QuerySet[StagedOrder], name: str, value: str) -> QuerySet[StagedOrder]:
        """Orders of one source."""
        return rows.filter(connection__in=Connection.objects.filter(company=self.company, system=value))

    def of_status(self, rows: QuerySet[StagedOrder], name: str, value: str) -> QuerySet[StagedOrder]:
        """One meaning of a status, every one by which nothing is posted, or what waits for a later event."""
        if value == WAITING:
            return rows.exclude(waits_for="")
        return rows.filter(status__in=intake.LEFT_OUT) if value == LEFT_OUT else rows.filter(status=value)

    def of_word(self, rows: QuerySet[StagedOrder], name: str, value: Decimal) -> QuerySet[StagedOrder]:
        """The orders that have a status, by its number in the table of statuses."""
        word = StatusWord.objects.filter(company=self.company, pk=_row(value)).first()
        found = rows.filter(connection__system=word.system, status_key=word.name_compared) if word else rows.none()
        return found

    def of_run(self, rows: QuerySet[StagedOrder], name: str, value: Decimal) -> QuerySet[StagedOrder]:
        """The orders that an import brought or changed."""
        versions = OrderVersion.objects.filter(order=OuterRef("pk"), run__company=self.company, run=_row(value))
        return rows.filter(Exists(versions))


def _row(value: Decimal) -> int:
    return row_number(str(value)) or 0


class IssueFilter(ScreenFilter):
    """Issues: the open ones unless others are asked for."""

    state = filters.ChoiceFilter(label=_("State"), empty_label=_("Open"), choices=IssueState.choices)
    cause = filters.ChoiceFilter(label=_("Cause"), empty_label=_("Any"), choices=causes, field_name="code")
    words = filters.CharFilter(label=_("Name, SKU, account or email"), method="of_words", max_length=_LONGEST)

    class Meta:
        model = Issue
        fields: list[str] = []

    @classmethod
    def rows_of(cls, company: Company) -> QuerySet[Issue]:
        return Issue.objects.filter(company=company)

    @property
    def qs(self) -> QuerySet[Issue]:
        """The issues; open ones when no state was chosen."""
        rows: QuerySet[Issue] = super().qs
        return rows if str(self.data.get("state") or "").strip() else rows.filter(state=IssueState.OPEN)

    def of_words(self, rows: QuerySet[Issue], name: str, value: str) -> QuerySet[Issue]:
        """Issues whose facts contain the words."""
        wanted = value.casefold()
        found = [pk for pk, facts in rows.values_list("pk", "facts") if wanted in _text(facts)]
        return rows.filter(pk__in=found)


class RunFilter(ScreenFilter):
    """Runs."""

    kind = filters.ChoiceFilter(label=_("Kind"), empty_label=_("Any"), choices=RunKind.choices)
    state = filters.ChoiceFilter(label=_("State"), empty_label=_("Any"), choices=RunState.choices)

    class Meta:
        model = Run
        fields: list[str] = []

    @classmethod
    def rows_of(cls, company: Company) -> QuerySet[Run]:
        return Run.objects.filter(company=company).select_related("asked_by")


def _text(facts: Any) -> str:
    """Every value of the facts as one text to search in."""
    if isinstance(facts, dict):
        return " ".join(_text(value) for value in facts.values())
    if isinstance(facts, list):
        return " ".join(map(_text, facts))
    return str(facts).casefold()
