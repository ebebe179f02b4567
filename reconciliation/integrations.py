"""How is each connection of a company doing? QuickBooks and every source, in a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from books.documents import NewCustomer
from companies.models import Company, CompanyKind
from companies.source_names import SourceNames, kind_name
from mapping.left_to_map import Left, left_to_map
from mapping.models import (
    Product,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    SourceCustomer,
    SourceSettings,
    settings_of,
)
from mapping.product_states import not_in_quickbooks, two_fit, without_mapping
from mapping.undecided import undecided
from reconciliation.filters import STUCK
from reconciliation.models import Issue, IssueState
from reconciliation.paging import Count as Bounded
from reconciliation.paging import bounded_count
from reconciliation.states import TONES
from sync.fetching.kinds import LIVE_KINDS, is_live
from sync.models import (
    QUICKBOOKS_ONLINE,
    Connection,
    ConnectionState,
    CrmContact,
    CrmContactState,
    Document,
    DocumentState,
    PlannedReading,
    Run,
    RunKind,
    RunState,
    StagedOrder,
    UnreadOrder,
    sources_of,
)

#: So many are counted at a tab; more are “1,000+”.
_COUNTED = 1000
#: Causes whose facts say which customer of the source they are about.
CUSTOMER_CODES = (
    "customer-without-email",
    "customers-share-email",
    "several-customers-fit",
    "customer-not-found",
    "customer-name-taken",
    "name-of-another-list",
    "new-customers-share-name",
    "customer-inactive",
    "linked-customer-gone",
    "customer-field-too-long",
)


@dataclass(frozen=True, kw_only=True)
class SourceCard:
    """One source, as its card shows it."""

    source: Connection
    name: str
    kind: str
    settings: SourceSettings
    orders: int
    #: Documents that a person has to do something about, and those that are ready.
    stuck: int
    ready: int
    #: Orders that could not be read as they are there.
    unread: int
    #: Customers of QuickBooks that could not be added as contacts, see `sync.crm`.
    contacts: int
    #: Nothing is read before a person starts its first reading.
    waits_for_start: bool

    @property
    def state(self) -> ConnectionState:
        """Of the connection."""
        return ConnectionState(self.source.state)

    @property
    def tone(self) -> str:
        """Of its badge."""
        return TONES[self.state]

    @property
    def is_live(self) -> bool:
        """Whether it is asked over the internet."""
        return is_live(self.source)

    @property
    def silent_since(self) -> date | None:
        """The day of its last order, where it has brought none for longer than usual."""
        asked = self.is_live and self.state != ConnectionState.DISCONNECTED and not self.source.live.paused
        return self.source.live.silent_since if asked else None

    @property
    def holds(self) -> bool:
        """Whether nothing of it is sent."""
        return self.state == ConnectionState.DISCONNECTED or not self.settings.invoice_creation


def kind_of_source(source: Connection) -> str:
    """What a source reads, in words."""
    if is_live(source):
        return _("%(name)s, over the internet") % {"name": LIVE_KINDS[source.kind].name}
    return kind_name(source.kind)


def source_cards(company: Company) -> list[SourceCard]:
    """Every source of a company; eight queries for any number of them."""
    sources = list(sources_of(company).select_related("connected_by", "live"))
    kept = {row.system: row for row in SourceSettings.objects.filter(company=company)}
    orders = dict(
        StagedOrder.objects.filter(company=company).order_by().values_list("connection").annotate(number=Count("pk"))
    )
    unread = dict(
        UnreadOrder.objects.filter(connection__in=sources)
        .order_by()
        .values_list("connection")
        .annotate(number=Count("pk"))
    )
    contacts = dict(
        CrmContact.objects.filter(connection__in=sources, state=CrmContactState.ATTENTION)
        .order_by()
        .values_list("connection")
        .annotate(number=Count("pk"))
    )
    unstarted = PlannedReading.objects.filter(connection__in=sources, started_at=None, finished_at=None, again=False)
    to_start = set(unstarted.values_list("connection", flat=True))
    waiting = _waiting(company)
    names = SourceNames(company)
    return [
        SourceCard(
            source=source,
            name=names.called(source.system),
            kind=kind_of_source(source),
            settings=kept.get(source.system) or settings_of(company, source.system),
            orders=orders.get(source.pk, 0),
            stuck=waiting[source.pk, False],
            ready=waiting[source.pk, True],
            unread=unread.get(source.pk, 0),
            contacts=contacts.get(source.pk, 0),
            waits_for_start=source.pk in to_start,
        )
        for source in sources
    ]


def _waiting(company: Company) -> Counter[tuple[int, bool]]:
    """By source, and whether they are ready, the documents that are not in QuickBooks yet."""
    rows = Document.objects.filter(STUCK | Q(state=DocumentState.READY), company=company).exclude(kind=NewCustomer.kind)
    counted = rows.order_by().values_list("order__connection", "state").annotate(number=Count("pk"))
    found: Counter[tuple[int, bool]] = Counter()
    for source, state, number in counted:
        found[source, state == DocumentState.READY] += number
    return found


@dataclass(frozen=True, kw_only=True)
class QuickBooksCard:
    """QuickBooks Online or Desktop, as its card shows it."""

    title: str
    state: str
    label: str
    tone: str
    name: str = ""
    #: What went wrong last, as a sentence.
    error: str = ""
    #: When its lists were read last.
    last: datetime | None = None
    #: How many names of each list are here, by the list.
    lists: tuple[tuple[str, int], ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether its lists are here, so that settings which choose from them can be made."""
        return self.last is not None


def _lists_imported_at(company: Company) -> datetime | None:
    """When a file of QuickBooks Desktop's lists was last taken over; None while none was."""
    newest = QuickBooksAccount.objects.filter(company=company).order_by("-changed_at").first()
    if newest is None:
        return None
    runs = Run.objects.filter(company=company, kind=RunKind.REFRESH, state=RunState.FINISHED)
    last = runs.order_by("-finished_at").first()
    return max(newest.changed_at, last.finished_at) if last and last.finished_at else newest.changed_at


def quickbooks_card(company: Company, *, counts: bool = True) -> QuickBooksCard:
    """Where the company's books are, and whether they can be reached; the names of the lists are counted on request."""
    counted = (
        (_("Accounts"), QuickBooksAccount),
        (_("Items"), QuickBooksItem),
        (_("Customers"), QuickBooksCustomer),
    )
    lists = tuple(
        (label, model.objects.filter(company=company, active=True).count()) for label, model in counted if counts
    )
    if company.kind == CompanyKind.DESKTOP:
        last = _lists_imported_at(company)
        state = ConnectionState.CONNECTED if last else ConnectionState.DISCONNECTED
        return QuickBooksCard(
            title=_("QuickBooks Desktop"),
            state=state,
            label=_("Lists imported") if last else _("Lists not imported yet"),
            tone=TONES[state],
            last=last,
            lists=lists,
        )
    row = Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
    online = ConnectionState(row.state) if row else ConnectionState.DISCONNECTED
    return QuickBooksCard(
        title=_("QuickBooks Online"),
        state=online,
        label=str(online.label),
        tone=TONES[online],
        name=row.name if row and row.external_id else "",
        error=_(row.last_error) if row and row.last_error else "",
        last=row.lists_refreshed_at if row else None,
        lists=lists,
    )


def unread_lists(company: Company) -> str:
    """Why settings that choose from QuickBooks' lists cannot be made yet; empty once the lists are here."""
    card = quickbooks_card(company, counts=False)
    if card.is_read:
        return ""
    if company.kind == CompanyKind.DESKTOP:
        return _("The lists of QuickBooks Desktop are not imported yet. The switches can be changed once they are.")
    if card.state == ConnectionState.CONNECTING:
        return _("The lists of QuickBooks are being read. The switches can be changed once they are here.")
    return _("QuickBooks is not connected yet. The switches can be changed once it is.")


def waiting_products(company: Company, system: str) -> QuerySet[Product]:
    """Products without an item in QuickBooks, that two items fit, or with a name that QuickBooks does not have."""
    of_source = Product.objects.filter(company=company, system=system)
    left = left_to_map(company, *Left)
    if left is not None:
        return of_source.filter(pk__in=sorted({row.key for row in left if row.system == system}))
    some = undecided(of_source, company)
    waiting = without_mapping(some, company), not_in_quickbooks(some, company), two_fit(some, company)
    return some.filter(reduce(or_, (Q(pk__in=products.values("pk")) for products in waiting)))


def customer_issues(company: Company, system: str) -> Mapping[str, Issue]:
    """The open issues about customers of a source, by the customer's key in it; the newest thousand."""
    begins = Q()
    for code in CUSTOMER_CODES:
        begins |= Q(cause__startswith=f"{code}|{system}:")
    issues = Issue.objects.filter(begins, company=company, state=IssueState.OPEN, code__in=CUSTOMER_CODES)
    found: dict[str, Issue] = {}
    for issue in issues.order_by("-pk")[:_COUNTED]:
        key = str(issue.facts.get("customer_key", "")).partition(":")[2]
        found.setdefault(key, issue)
    return found


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What waits for a person at each tab of a source."""

    items: Bounded
    customers: Bounded
    invoices: Bounded
    contacts: Bounded


def waits_of(company: Company, source: Connection) -> Waits:
    """Counted up to a thousand each."""
    products = waiting_products(company, source.system)
    keys = customer_issues(company, source.system)
    customers = SourceCustomer.objects.filter(company=company, system=source.system, source_key__in=list(keys))
    documents = Document.objects.filter(STUCK, company=company, order__connection=source)
    contacts = CrmContact.objects.filter(connection=source, state=CrmContactState.ATTENTION).order_by()
    return Waits(
        items=bounded_count(products.order_by(), limit=_COUNTED),
        customers=bounded_count(customers.order_by(), limit=_COUNTED),
        invoices=bounded_count(documents.exclude(kind=NewCustomer.kind).order_by(), limit=_COUNTED),
        contacts=bounded_count(contacts, limit=_COUNTED),
    )
