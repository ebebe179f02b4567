"""Which was the first invoice of a customer, by which payments was it paid, and to whom would a request go?

Asked of QuickBooks once for each customer, when an invoice of theirs was paid: three reads at most, as a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from books.contact_details import written_emails
from books.outcomes import Refused, TryLater, Unknown
from sync.crm.review_rules import (
    CustomerInvoice,
    ReceivedPayment,
    ReviewDecision,
    decide,
    first_invoice,
    is_surely_first,
)
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.list_parsers import read_customer
from sync.quickbooks_online.wire import Unreadable, amount_of, literal

#: Invoices of a customer that are read at once, the earliest first.
_PAGE = 100
_WAIT = 60


@dataclass(frozen=True, kw_only=True)
class PayingCustomer:
    """A customer with the invoice that counts, and what follows from it."""

    id: str
    name: str
    #: As QuickBooks has them: those of the customer, else those that the invoice was sent to.
    emails: tuple[str, ...]
    invoice: CustomerInvoice
    decision: ReviewDecision


def read_paying_customer(
    destination: QuickBooksOnline, customer_id: str, *, since: datetime
) -> PayingCustomer | TryLater | None:
    """What follows for a customer of whom an invoice was paid; None where nothing does yet.

    Args:
        destination: The company's QuickBooks.
        customer_id: QuickBooks' own.
        since: When the switch was turned on.

    Raises:
        Unreadable: QuickBooks answered with something that cannot be read.
    """
    rows = _first_rows(destination, customer_id)
    if isinstance(rows, TryLater):
        return rows
    invoice = first_invoice(_invoice(row) for row in rows)
    if invoice is None or invoice.balance > 0:
        return None
    payments = _payments(destination, invoice)
    if isinstance(payments, TryLater):
        return payments
    decision = decide(invoice, payments, since=since)
    customers = _asked(destination, "Customer", f"WHERE Id = {literal(customer_id)} AND Active IN (true, false)")
    if isinstance(customers, TryLater):
        return customers
    if not customers:  # deleted or merged since
        return None
    customer = read_customer(dict(customers[0]))
    billed = next((row for row in rows if str(row.get("Id")) == invoice.id), {}).get("BillEmail")
    sent_to = str(billed.get("Address") or "") if isinstance(billed, Mapping) else ""
    return PayingCustomer(
        id=customer_id,
        name=customer.display_name,
        emails=written_emails(customer.email) or written_emails(sent_to),
        invoice=invoice,
        decision=decision,
    )


def _asked(destination: QuickBooksOnline, entity: str, where: str) -> Sequence[Mapping[str, Any]] | TryLater:
    """The rows of a query; whatever keeps them from being read is waited out."""
    answer = destination.ask(entity, f"SELECT * FROM {entity} {where}")
    match answer:
        case TryLater():
            return answer
        case Unknown():
            return TryLater(reason=answer.reason, wait=_WAIT)
        case Refused():
            return TryLater(reason=" ".join(problem.explain() for problem in answer.problems), wait=_WAIT)
    return answer[0]


def _first_rows(destination: QuickBooksOnline, customer_id: str) -> Sequence[Mapping[str, Any]] | TryLater:
    """A customer's earliest invoices: as many as it takes for the first that counts to be among them."""
    found: list[Mapping[str, Any]] = []
    while True:
        where = (
            f"WHERE CustomerRef = {literal(customer_id)} ORDERBY TxnDate STARTPOSITION {len(found) + 1} "
            f"MAXRESULTS {_PAGE}"
        )
        rows = _asked(destination, "Invoice", where)
        if isinstance(rows, TryLater):
            return rows
        found += rows
        first = first_invoice(_invoice(row) for row in found)
        if len(rows) < _PAGE or (first and is_surely_first(first, last_read=_invoice(rows[-1]))):
            return found


def _payments(destination: QuickBooksOnline, invoice: CustomerInvoice) -> Sequence[ReceivedPayment] | TryLater:
    found: list[ReceivedPayment] = []
    for begin in range(0, len(invoice.payment_ids), _PAGE):
        ids = ", ".join(map(literal, invoice.payment_ids[begin : begin + _PAGE]))
        rows = _asked(destination, "Payment", f"WHERE Id IN ({ids}) MAXRESULTS {_PAGE}")
        if isinstance(rows, TryLater):
            return rows
        found += map(_payment, rows)
    return found


def _invoice(row: Mapping[str, Any]) -> CustomerInvoice:
    links = row.get("LinkedTxn") or []
    return CustomerInvoice(
        id=str(row.get("Id") or ""),
        number=str(row.get("DocNumber") or ""),
        dated=_day(row),
        created_at=_moment(row, "CreateTime"),
        total=amount_of(row, "TotalAmt"),
        balance=amount_of(row, "Balance"),
        payment_ids=tuple(str(link.get("TxnId")) for link in links if link.get("TxnType") == "Payment"),
    )


def _payment(row: Mapping[str, Any]) -> ReceivedPayment:
    return ReceivedPayment(
        id=str(row.get("Id") or ""),
        amount=amount_of(row, "TotalAmt"),
        dated=_day(row),
        recorded_at=_moment(row, "CreateTime"),
    )


def _day(row: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(row.get("TxnDate")))
    except ValueError:
        raise Unreadable from None


def _moment(row: Mapping[str, Any], name: str) -> datetime:
    told = row.get("MetaData")
    try:
        moment = datetime.fromisoformat(str(told.get(name) if isinstance(told, Mapping) else None))
    except ValueError:
        raise Unreadable from None
    if moment.tzinfo is None:
        raise Unreadable
    return moment
