"""What of some orders does QuickBooks have already, or may have? Later payments must fit that and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from books.answers import CustomerRef
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
from books.orders import Order
from books.serialization import is_mark_of
from companies.models import Company, CompanyKind
from mapping.customer_lookup import MergedCustomers
from mapping.models import QuickBooksCustomer
from sync.models import SENT_STATES, Document, DocumentState, PendingChange
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
    rows = Document.objects.filter(order__in=list(orders), state__in=SENT_STATES).exclude(kind=NewCustomer.kind)
    sent: dict[int, _Sent] = defaultdict(_Sent)
    for row in rows.select_related("frozen").order_by("pk"):
        sent[row.order_id].add(row, voidable=voidable)
    sales = [sale for of_order in sent.values() if (sale := _sale_value(of_order.sale or of_order.former))]
    customers = _customers(company, sales)
    return {number: _in_books(of_order, orders[number], customers) for number, of_order in sent.items()}


def _in_books(sent: _Sent, order: Order, customers: Mapping[str, CustomerRef]) -> InBooks:
    sale, former = _sale_value(sent.sale), _sale_value(sent.former)
    known = sale or former
    applied = _applied(sent, sale) if sale else {}
    return InBooks(
        sale=sale,
        owed=_owed(sent.sale, sale, order, applied) if sent.sale and sale else ZERO,
        customer=customers.get(known.key) if known else None,
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
        rows = Document.objects.filter(company=company, key__in=asked, state=DocumentState.POSTED)
        ids = dict(rows.values_list("key", "quickbooks_id"))
        used = [asked[key] for key in set(ids) - _active(company, ids)]
        turns |= {customer: turns.get(customer, 1) + 1 for customer in used}
        asked = {customer_key(system, customer, turn=turns[customer]): customer for customer in used}
    return turns


def _active(company: Company, ids: Mapping[str, str]) -> set[str]:
    """The keys whose customer QuickBooks keeps."""
    known = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=set(ids.values()), active=True)
    active = set(known.values_list("quickbooks_id", flat=True))
    return {key for key, identifier in ids.items() if identifier in active}


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


def _customers(company: Company, sales: Sequence[SaleValue]) -> dict[str, CustomerRef]:
    """By the key of the sale, its customer, or the one that it was merged into; none that is inactive otherwise."""
    created = {sale.customer.created_by for sale in sales} - {""}
    rows = Document.objects.filter(company=company, key__in=created)
    ids = dict(rows.values_list("key", "quickbooks_id"))
    by_sale = {sale.key: sale.customer.quickbooks_id or ids.get(sale.customer.created_by, "") for sale in sales}
    active = _active(company, by_sale)
    found = {sale.key: sale.customer for sale in sales if sale.key in active}
    gone = {key: identifier for key, identifier in by_sale.items() if key not in active}
    return found | _merged(company, gone) if gone else found


def _merged(company: Company, gone: Mapping[str, str]) -> dict[str, CustomerRef]:
    merged = MergedCustomers(company)
    now = {key: merged.present(identifier) for key, identifier in gone.items()}
    return {key: CustomerRef(name=row.display_name, quickbooks_id=row.quickbooks_id) for key, row in now.items() if row}
