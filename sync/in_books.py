"""What of some orders does QuickBooks have already, or may have? Later payments must fit that and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from books.answers import CustomerRef
from books.bodies import fingerprint
from books.documents import CreditApplication, Invoice, JournalEntry, Payment, SalesReceipt
from books.orders import Order
from mapping.models import Company, QuickBooksCustomer
from sync.builders.invoice import invoice_part
from sync.builders.plan import InBooks
from sync.keys import customer_key
from sync.models import SENT_STATES, Document, DocumentState

SaleValue = Invoice | SalesReceipt | JournalEntry
_SALES = (Invoice.kind, SalesReceipt.kind)
_KINDS = (*_SALES, Payment.kind, CreditApplication.kind)


def in_books(company: Company, orders: Mapping[int, Order]) -> dict[int, InBooks]:
    """What QuickBooks has of each order that it has anything of, in a fixed number of queries.

    Args:
        company: Whose orders.
        orders: By their numbers, as the source has them now.
    """
    rows = Document.objects.filter(order__in=list(orders), kind__in=_KINDS, state__in=SENT_STATES)
    sales: dict[int, tuple[Document, SaleValue]] = {}
    applied: dict[int, dict[str, Decimal]] = {}
    for row in rows.select_related("frozen"):
        value = row.value()
        if row.kind in _SALES and isinstance(value, Invoice | SalesReceipt | JournalEntry):
            sales[row.order_id] = row, value
        elif isinstance(value, Payment):
            applied.setdefault(row.order_id, {})[value.key] = value.applied
        elif isinstance(value, CreditApplication):
            applied.setdefault(row.order_id, {})[value.credit] = value.amount
    customers = _customers(company, [sale for _, sale in sales.values()])
    return {
        number: InBooks(
            sale=sale,
            owed=_owed(row, sale, orders[number]),
            customer=customers.get(sale.key),
            applied=applied.get(number, {}),
        )
        for number, (row, sale) in sales.items()
    }


def turns_of_customers(company: Company, system: str, customers: Collection[str]) -> dict[str, int]:
    """By key in the source, how many documents have been used up to create the customer, and one for the next.

    A document is used up when QuickBooks no longer keeps the customer that it created. Customers of whom none was are
    left out.
    """
    turns: dict[str, int] = {}
    asked = {customer_key(system, one): one for one in customers if one}
    while asked:
        rows = Document.objects.filter(company=company, key__in=asked, state=DocumentState.POSTED)
        ids = dict(rows.values_list("key", "quickbooks_id"))
        used = [asked[key] for key in set(ids) - _active(company, ids)]
        turns |= {one: turns.get(one, 1) + 1 for one in used}
        asked = {customer_key(system, one, turn=turns[one]): one for one in used}
    return turns


def _active(company: Company, ids: Mapping[str, str]) -> set[str]:
    """The keys whose customer QuickBooks keeps."""
    known = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=set(ids.values()), active=True)
    active = set(known.values_list("quickbooks_id", flat=True))
    return {key for key, identifier in ids.items() if identifier in active}


def _owed(row: Document, sale: SaleValue, order: Order) -> Decimal:
    """What the invoice in QuickBooks comes to: as posted, unless a person settled a later change there by hand."""
    return order.total if row.source_hash == fingerprint(invoice_part(order)) else sale.total


def _customers(company: Company, invoices: Sequence[SaleValue]) -> dict[str, CustomerRef]:
    """By invoice key, its customer; without those that QuickBooks has no longer, whose invoices it gave to another."""
    created = {one.customer.created_by for one in invoices} - {""}
    rows = Document.objects.filter(company=company, key__in=created)
    ids = dict(rows.values_list("key", "quickbooks_id"))
    by_invoice = {one.key: one.customer.quickbooks_id or ids.get(one.customer.created_by, "") for one in invoices}
    active = _active(company, by_invoice)
    return {one.key: one.customer for one in invoices if one.key in active}
