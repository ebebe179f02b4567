"""What does QuickBooks have already, or may have: documents of some orders, and the names that new customers would get?

Later payments must fit what it has and nothing else. QuickBooks Desktop knows customers by name alone, and
`Ortega, Marie` is `Marie Ortega` to it, so a person says whether a new customer is another one. QuickBooks Online asks
by itself, when the second one is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import QuerySet

from books.answers import Answers, CustomerRef
from books.documents import (
    CreditApplication,
    CreditMemo,
    Invoice,
    JournalEntry,
    NewCustomer,
    Payment,
    SalesReceipt,
)
from books.money import ZERO, total
from books.names import desktop_name, desktop_spellings
from books.orders import Order
from books.problems import CustomerNameTaken, NameOfAnotherList, NewCustomersShareName, Problem
from books.serialization import is_mark_of
from companies.bulk_sql import KeptQuery, some
from companies.models import Company, CompanyKind
from mapping.customer_lookup import MergedCustomers
from mapping.models import DesktopOtherName, QuickBooksCustomer
from sync.models import SENT_STATES, CustomerName, Document, DocumentState, PendingChange, StagedOrder
from sync.preparing.builders.credit import CREDIT
from sync.preparing.builders.invoice import invoice_part
from sync.preparing.builders.plan import InBooks, SaleValue, customer_key
from sync.preparing.builders.refund import REFUND
from sync.preparing.builders.sales_receipt import receipt_part

_SALES = (Invoice.kind, SalesReceipt.kind)
_RETURN = "return"
_SETTLING = (Payment.kind, CreditApplication.kind)


@dataclass(kw_only=True)
class _Sent:
    """What of one order was sent."""

    sale: Document | None = None
    former: Document | None = None
    settling: list[Document] = field(default_factory=list)
    credits: list[Document] = field(default_factory=list)
    refunds: list[Document] = field(default_factory=list)
    voided: set[str] = field(default_factory=set)

    def add(self, row: Document, *, voidable: bool) -> None:
        """Count one document, the oldest first."""
        is_void = voidable and row.state == DocumentState.VOIDED
        if is_void:
            self.voided.add(row.key)
        if row.kind in _SALES and not is_void:
            self.sale = row
        elif row.kind in (*_SALES, _RETURN):
            self.former = row
        elif row.kind in _SETTLING and not is_void:
            self.settling.append(row)
        elif row.kind == CREDIT and not is_void:
            self.credits.append(row)
        elif row.kind == REFUND and not is_void:
            self.refunds.append(row)


def in_books(company: Company, orders: Mapping[int, Order]) -> dict[int, InBooks]:
    """What QuickBooks has of each order that it has anything of, in a fixed number of queries.

    Args:
        company: Whose orders.
        orders: By their numbers, as the source has them now.
    """
    # A void in QuickBooks Online was ours; what a file undid in QuickBooks Desktop is not sold anew by itself
    voidable = company.kind != CompanyKind.DESKTOP
    sent: dict[int, _Sent] = defaultdict(_Sent)
    for row in _SENT.instances(list(orders)) if orders else ():
        sent[row.order_id].add(row, voidable=voidable)
    sales = [sale for of_order in sent.values() if (sale := _sale_value(of_order.sale or of_order.former))]
    customers = _customers(company, sales) if sales else {}
    return {number: _in_books(of_order, orders[number], customers) for number, of_order in sent.items()}


_SENT = KeptQuery(
    lambda orders: (
        Document.objects.filter(order__in=orders, state__in=SENT_STATES)
        .exclude(kind=NewCustomer.kind)
        .select_related("frozen")
        .order_by("pk")
    )
)


def _in_books(sent: _Sent, order: Order, customers: Mapping[str, _Customer]) -> InBooks:
    sale, former = _sale_value(sent.sale), _sale_value(sent.former)
    known = sale or former
    customer = customers.get(known.key) if known else None
    applied = _applied(sent, sale) if sale else {}
    return InBooks(
        sale=sale,
        owed=_owed(sent.sale, sale, order, applied) if sent.sale and sale else ZERO,
        customer=customer.ref if customer else None,
        customer_id=customer.quickbooks_id if customer else "",
        applied=applied,
        unused=_unused(sent),
        ties=_ties(sent),
        credit_forms={row.key: _form(row, sale) for row in (*sent.credits, *sent.settling)},
        former=None if sale else former,
        voided=frozenset(sent.voided),
    )


def _form(row: Document, sale: SaleValue | None) -> str:
    """The form of a payment or a credit; of an entry that pays on another receivable account than the sale's, none."""
    if row.kind != Payment.kind or row.form != JournalEntry.kind:
        return row.form
    paid, owed = getattr(row.value(), "receivable", None), getattr(sale, "receivable", None)
    return row.form if paid and owed and paid.quickbooks_id == owed.quickbooks_id else ""


def _sale_value(row: Document | None) -> SaleValue | None:
    value = row.value() if row else None
    return value if isinstance(value, Invoice | SalesReceipt | JournalEntry | CreditMemo) else None


def _applied(sent: _Sent, sale: SaleValue) -> dict[str, Decimal]:
    """By key, how much of this sale each record settles."""
    applied: dict[str, Decimal] = {}
    for row in sent.settling:
        value = row.value()
        if isinstance(value, Payment) and value.invoice == sale.key:
            applied[value.key] = value.applied
        elif isinstance(value, CreditApplication) and value.invoice == sale.key:
            applied[value.credit] = value.amount
    return applied


def _unused(sent: _Sent) -> dict[str, Decimal]:
    """By key of each refund, how much of it debits the receivable account."""
    entries = [value for row in sent.refunds if isinstance(value := row.value(), JournalEntry)]
    return {
        entry.key: total(line.amount for line in entry.lines if line.names_customer and line.amount > 0)
        for entry in entries
    }


def _ties(sent: _Sent) -> dict[tuple[str, str], Decimal]:
    """By key of a payment or credit and of a refund, how much of the one went back by the other."""
    refunds = {row.key for row in sent.refunds}
    ties: dict[tuple[str, str], Decimal] = {}
    for row in sent.settling:
        value = row.value()
        if isinstance(value, Payment):
            ties |= {(value.key, part.refund): part.amount for part in value.refunded if part.refund in refunds}
        elif isinstance(value, CreditApplication) and value.invoice in refunds:
            ties[value.credit, value.invoice] = value.amount
    return ties


def turns_of_customers(company: Company, system: str, customers: Collection[str]) -> dict[str, int]:
    """By key in the source, how many documents have been used up to create the customer, and one for the next.

    A document is used up when QuickBooks no longer keeps the customer that it created. Customers of whom none was are
    left out.
    """
    turns: dict[str, int] = {}
    asked = {customer_key(system, customer): customer for customer in customers if customer}
    while asked:
        ids = dict(_CREATED.rows(company.pk, some(asked)))
        used = [asked[key] for key in set(ids) - _active(company, ids)]
        turns |= {customer: turns.get(customer, 1) + 1 for customer in used}
        asked = {customer_key(system, customer, turn=turns[customer]): customer for customer in used}
    return turns


def _active(company: Company, ids: Mapping[str, str]) -> set[str]:
    """The keys whose customer QuickBooks keeps."""
    if not ids:
        return set()
    active = {identifier for (identifier,) in _KEPT.rows(company.pk, some(set(ids.values())))}
    return {key for key, identifier in ids.items() if identifier in active}


_CREATED = KeptQuery(
    lambda company, keys: Document.objects.filter(
        company=company, key__in=keys, state=DocumentState.POSTED
    ).values_list("key", "quickbooks_id")
)
_KEPT = KeptQuery(
    lambda company, ids: QuickBooksCustomer.objects.filter(
        company=company, quickbooks_id__in=ids, active=True
    ).values_list("quickbooks_id")
)


def _owed(row: Document, sale: SaleValue, order: Order, applied: Mapping[str, Decimal]) -> Decimal:
    """What the invoice in QuickBooks comes to: as posted, unless a person settled a later change there by hand.

    Of an invoice that is about to become smaller than what is applied of it, no more: the rest is let go first. A
    single payment QuickBooks itself frees from an invoice, though not from a journal entry.
    """
    if row.frozen.theirs:
        return row.total
    part = receipt_part(order) if row.kind == SalesReceipt.kind else invoice_part(order)
    if is_mark_of(row.source_hash, part):
        return order.total
    uses = [amount for amount in applied.values() if amount > 0]
    lets_go_first = row.form == JournalEntry.kind or len(uses) > 1
    if lets_go_first and row.pending != PendingChange.HELD and ZERO < order.total < total(uses):
        return order.total
    return _comes_to(sale)


def _comes_to(sale: SaleValue) -> Decimal:
    """What a customer owes by it; of an entry not all of its debits, since a discount is one of them."""
    if isinstance(sale, JournalEntry):
        return total(line.amount for line in sale.lines if line.names_customer)
    return sale.total


@dataclass(frozen=True, kw_only=True)
class _Customer:
    """The customer of a sale, as the sale names it and as QuickBooks knows it."""

    ref: CustomerRef
    quickbooks_id: str


def _customers(company: Company, sales: Sequence[SaleValue]) -> dict[str, _Customer]:
    """By the key of the sale, its customer, or the one that it was merged into; none that is inactive otherwise."""
    created = {sale.customer.created_by for sale in sales} - {""}
    rows = Document.objects.filter(company=company, key__in=created)
    ids = dict(rows.values_list("key", "quickbooks_id"))
    by_sale = {sale.key: sale.customer.quickbooks_id or ids.get(sale.customer.created_by, "") for sale in sales}
    active = _active(company, by_sale)
    found = {
        sale.key: _Customer(ref=sale.customer, quickbooks_id=by_sale[sale.key]) for sale in sales if sale.key in active
    }
    gone = {key: identifier for key, identifier in by_sale.items() if key not in active}
    return found | _merged(company, gone) if gone else found


def _merged(company: Company, gone: Mapping[str, str]) -> dict[str, _Customer]:
    merged = MergedCustomers(company)
    now = {key: row for key, identifier in gone.items() if (row := merged.present(identifier))}
    refs = {key: CustomerRef(name=row.display_name, quickbooks_id=row.quickbooks_id) for key, row in now.items()}
    return {key: _Customer(ref=ref, quickbooks_id=ref.quickbooks_id) for key, ref in refs.items()}


# Names that new customers would get -----------------------------------------------------------------------------------


#: On its way into QuickBooks, whose list does not have the name yet.
_NOT_WRITTEN = (DocumentState.BLOCKED, DocumentState.READY, DocumentState.REFUSED)
_WRITTEN = (DocumentState.SENDING, DocumentState.UNKNOWN, DocumentState.EXPORTED)


@dataclass(kw_only=True)
class _Names:
    """Who has some names, by the names as Desktop compares them."""

    customers: Mapping[str, str]
    others: Mapping[str, str]
    #: The customer that a document brings in, with its key and the number of its order.
    new: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Keys of customers who have their name already, in a file.
    written: set[str] = field(default_factory=set)

    def problem(self, reference: CustomerRef, key: str, order: Order) -> Problem | None:
        """Why a new customer cannot have the name; where nothing is in the way, the customer has it from now on."""
        name, customer = desktop_name(reference.name), order.customer.name
        if taken := self.customers.get(name):
            return CustomerNameTaken(customer_key=key, customer=customer, name=taken)
        if taken := self.others.get(name):
            return NameOfAnotherList(customer_key=key, customer=customer, name=taken)
        own = (reference.created_by, reference.name, order.number)
        holder, spelled, number = self.new.setdefault(name, own)
        if reference.created_by in (holder, *self.written):
            return None
        return NewCustomersShareName(customer_key=key, customer=customer, name=spelled, order=number)


def ask_about_equal_names(
    company: Company, system: str, orders: Sequence[Order], answers: Sequence[Answers], *, keys: Collection[str]
) -> list[Answers]:
    """The answers, with the question in place of a new customer whose name another one has.

    Args:
        company: Whose orders.
        system: Their source.
        orders: In the order in which names are given: the first one keeps it.
        answers: One for each order.
        keys: Of the documents that create the customers of these orders, should they be new.
    """
    references = [answer.customer.customer for answer in answers if answer.customer.is_new]
    new = {reference.created_by: reference.name for reference in references if reference}
    if company.kind != CompanyKind.DESKTOP or not new:
        return list(answers)
    names = _names_of(company, new, keys)
    said = []
    for order, answer in zip(orders, answers, strict=True):
        reference = answer.customer.customer
        if reference and reference.created_by:
            problem = names.problem(reference, f"{system}:{order.customer.key}", order)
            if problem:
                answer = replace(answer, customer=replace(answer.customer, customer=None, problems=(problem,)))
        said.append(answer)
    return said


def new_names_of(orders: Collection[StagedOrder]) -> set[str]:
    """The names, as Desktop compares them, of new customers that these orders bring in."""
    rows = Document.objects.filter(order__in=orders, kind=NewCustomer.kind, state__in=_NOT_WRITTEN)
    return {desktop_name(name) for name in rows.values_list("customer_name", flat=True)}


def orders_asking_for_names(company: Company) -> QuerySet[StagedOrder]:
    """Orders whose new customer waits because another new one has the name."""
    blocked = Document.objects.filter(company=company, problems__code=NewCustomersShareName.code)
    return StagedOrder.objects.filter(company=company, pk__in=blocked.values("order"))


def _names_of(company: Company, new: Mapping[str, str], keys: Collection[str]) -> _Names:
    """Who has the names of these new customers, by the key of the document that brings each in."""
    spellings = {spelling for name in new.values() for spelling in desktop_spellings(name)}
    customers = QuickBooksCustomer.objects.filter(company=company, active=True, name_compared__in=spellings)
    others = DesktopOtherName.objects.filter(company=company, name_compared__in=spellings)
    names = _Names(
        customers={desktop_name(name): name for name in customers.values_list("display_name", flat=True)},
        others={desktop_name(name): name for name in others.values_list("name", flat=True)},
    )
    spelled = CustomerName.objects.filter(company=company, compared__in=spellings).values("name")
    rows = Document.objects.filter(
        company=company, kind=NewCustomer.kind, customer_name__in=spelled, state__in=(*_NOT_WRITTEN, *_WRITTEN)
    )
    for key, name, state, number in rows.order_by("pk").values_list("key", "customer_name", "state", "order__number"):
        compared = desktop_name(name)
        # One of these orders whose customer has another name by now, or is not new any more, holds none
        if key not in keys or desktop_name(new.get(key, "")) == compared:
            names.new.setdefault(compared, (key, name, number))
        if state in _WRITTEN:
            names.written.add(key)
    return names
