"""Which customers' addresses follow an order that was just posted? Decided with the posting, by the rules of then.

What is decided here is written by `sync.pushing.address_sender`. It comes after the posting and never before it, so
that an address can neither lose an order, nor hold it up, nor post it twice.

Source:
    docs/decisions/0056-addresses-follow-orders.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from books.customer_addresses import AddressPart, is_complete
from books.customer_fields import name_key, tidied
from books.documents import Document as DocumentValue
from books.documents import Invoice, SalesReceipt
from books.orders import NO_ADDRESS, Address
from companies.bulk_sql import KeptQuery
from companies.models import Company
from mapping.models import SourceCustomerRules
from sync.history import event
from sync.models import (
    OPEN_ADDRESS_STATES,
    AddressState,
    AddressUpdate,
    Connection,
    Document,
    DocumentState,
    OrderEvent,
    StagedOrder,
    held_sources,
)
from sync.preparing.builders.plan import customer_key

#: What is counted where an address in QuickBooks was updated.
ADDRESSES = "addresses"
#: The documents of an order that say what was sold.
_SALES = (Invoice.kind, SalesReceipt.kind)
#: What is noted of an order that is under a customer who is not its own.
_UNDER_ANOTHER = ("under-another", "under-default")


@dataclass(frozen=True, kw_only=True)
class PostedSale:
    """A document that QuickBooks has just accepted."""

    document: Document
    value: DocumentValue
    by: User | None


def waiting_addresses(company: Company, orders: Collection[int] | None = None) -> QuerySet[AddressUpdate]:
    """What a pusher has to do about addresses, the oldest order first."""
    rows = AddressUpdate.objects.filter(company=company, state__in=OPEN_ADDRESS_STATES)
    rows = rows.exclude(order__connection__in=held_sources(company))
    if orders is not None:
        rows = rows.filter(order__in=orders)
    return rows.order_by("placed_on", "order_id", "pk")


def try_again(orders: Iterable[int]) -> None:
    """What QuickBooks rejected of these orders waits again."""
    AddressUpdate.objects.filter(order__in=list(orders), state=AddressState.REFUSED).update(
        state=AddressState.WAITING, settled_at=None
    )


def plan_addresses(company: Company, posted: Sequence[PostedSale]) -> None:
    """Write down which addresses follow some orders; the caller's transaction records that they were posted."""
    sales = [sale for sale in posted if sale.document.kind in _SALES]
    rules = _rules_of(company) if sales else _Rules()
    sales = [sale for sale in sales if rules.of(sale.document.order)]
    if not sales:
        return
    created = _created(company, {sale.value.customer.created_by for sale in sales} - {""})
    rows: list[AddressUpdate] = []
    events: list[OrderEvent] = []
    for sale in sales:
        order, customer = sale.document.order, sale.value.customer
        born_with, quickbooks_id = created.get(customer.created_by, (0, customer.quickbooks_id))
        if not quickbooks_id or born_with == order.pk:  # created with the very addresses of this order
            continue
        if rules.stands_in(sale):
            events.append(event(order, "address-not-theirs", customer=customer.name))
            continue
        wanted = rules.wanted(sale)
        events += [event(order, "address-missing", part=part.label) for part in rules.of(order) if part not in wanted]
        if wanted:
            rows.append(_update_of(sale, quickbooks_id, wanted))
    AddressUpdate.objects.bulk_create(rows, ignore_conflicts=True)
    OrderEvent.objects.bulk_create(events)


@dataclass(frozen=True, kw_only=True)
class AddressesToCome:
    """What is written to a customer once a sale is posted, by the rules of now."""

    customer: str
    wanted: Mapping[AddressPart, Address]


def addresses_to_come(company: Company, order: StagedOrder) -> list[AddressesToCome]:
    """Which addresses would follow an order, were its sales posted now; nothing is kept of it.

    Whether QuickBooks has them already is read before they are written. One query where no rule asks for addresses.
    """
    rules = _rules_of(company)
    if not rules.of(order):
        return []
    ready = Document.objects.filter(order=order, kind__in=_SALES, state=DocumentState.READY)
    rows = ready.select_related("order__connection", "frozen").order_by("pk")
    sales = [PostedSale(document=row, value=row.value(), by=None) for row in rows]
    created = _created(company, {sale.value.customer.created_by for sale in sales} - {""})
    coming = []
    for sale in sales:
        customer = sale.value.customer
        is_born = created.get(customer.created_by, (0, ""))[0] == order.pk
        if not is_born and not rules.stands_in(sale) and (wanted := rules.wanted(sale)):
            coming.append(AddressesToCome(customer=customer.name, wanted=wanted))
    return coming


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """What the sources' customer rules say of addresses."""

    #: By source, the addresses that follow the orders.
    parts: Mapping[str, tuple[AddressPart, ...]] = field(default_factory=dict)
    #: By number of a connection, its source.
    systems: Mapping[int, str] = field(default_factory=dict)
    #: Names, as they are compared, of the customers who are standard or default for any source.
    nobodies: Collection[str] = ()

    def of(self, order: StagedOrder) -> tuple[AddressPart, ...]:
        """The addresses that follow an order."""
        return self.parts.get(self.systems.get(order.connection_id, ""), ())

    def stands_in(self, sale: PostedSale) -> bool:
        """Whether the sale is under a customer who is not its own."""
        return name_key(sale.value.customer.name) in self.nobodies or _is_under_another(sale.document.order)

    def wanted(self, sale: PostedSale) -> dict[AddressPart, Address]:
        """The addresses of the sale that its customer is to have: those of which the order knows enough."""
        told = _addresses_of(sale)
        return {part: told[part] for part in self.of(sale.document.order) if is_complete(told[part])}


def _rules_of(company: Company) -> _Rules:
    if not _ANY.rows(company.pk):  # what nearly every company says
        return _Rules()
    rows = list(SourceCustomerRules.objects.filter(company=company))
    names = {name_key(name) for row in rows for name in (row.standard_customer, row.default_customer) if name}
    systems = dict(Connection.objects.filter(company=company).values_list("pk", "system"))
    return _Rules(parts={row.system: row.address_parts for row in rows}, systems=systems, nobodies=names)


_ANY = KeptQuery(
    lambda company: SourceCustomerRules.objects.filter(company=company, update_addresses=True).values_list("pk")[:1]
)


def _created(company: Company, keys: Collection[str]) -> dict[str, tuple[int, str]]:
    """By the key of a document that creates a customer: its order's number, and the customer's QuickBooks id."""
    rows = Document.objects.filter(company=company, key__in=keys) if keys else Document.objects.none()
    return {key: (order, identifier) for key, order, identifier in rows.values_list("key", "order_id", "quickbooks_id")}


def _is_under_another(order: StagedOrder) -> bool:
    return any(note.get("code") in _UNDER_ANOTHER for note in order.not_posted)


def _addresses_of(sale: PostedSale) -> dict[AddressPart, Address]:
    """The order's addresses as they were posted; a journal entry bears none, so that the order itself is read."""
    told: object = sale.value
    if not isinstance(told, (Invoice, SalesReceipt)):
        order = sale.document.order
        told, _done = tidied(order.versions.only("body").get(version=order.version).read().customer, is_new=False)
    return {part: getattr(told, part.value, NO_ADDRESS) for part in AddressPart}


def _update_of(sale: PostedSale, quickbooks_id: str, wanted: Mapping[AddressPart, Address]) -> AddressUpdate:
    order = sale.document.order
    return AddressUpdate(
        company_id=sale.document.company_id,
        order=order,
        document=sale.document,
        customer_id=quickbooks_id,
        customer_name=sale.value.customer.name,
        placed_on=order.placed_on,
        asked_by=sale.by,
        **{part.value: asdict(address) for part, address in wanted.items()},
    )


def newer_than(update: AddressUpdate, part: AddressPart) -> StagedOrder | None:
    """A newer order of the same customer that has an address of this kind too: it has the last word."""
    later = Q(placed_on__gt=update.placed_on) | Q(placed_on=update.placed_on, order_id__gt=update.order_id)
    rows = AddressUpdate.objects.filter(
        later, company=update.company_id, customer_id=update.customer_id, **{f"{part.value}__isnull": False}
    )
    newest = rows.select_related("order").order_by("-placed_on", "-order_id").first()
    return newest.order if newest else _created_by_newer(update, part)


def _created_by_newer(update: AddressUpdate, part: AddressPart) -> StagedOrder | None:
    """The newer order that created the same customer, with an address of this kind."""
    key = customer_key(update.order.connection.system, update.order.customer_key)
    rows = Document.objects.filter(company=update.company_id, key=key, quickbooks_id=update.customer_id)
    document = rows.select_related("order", "frozen").first()
    if document is None or not is_complete(getattr(document.value(), part.value)):
        return None
    order = document.order
    return order if (order.placed_on, order.pk) > (update.placed_on, update.order_id) else None
