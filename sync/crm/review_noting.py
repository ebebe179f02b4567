"""Of which customers was the first invoice paid? Written down before anything is sent, once for each customer.

Source:
    docs/decisions/0064-review-requests.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone

from books.messages import Message
from books.outcomes import TryLater
from sync.crm.changes import PaidInvoice
from sync.crm.review_reading import PayingCustomer, read_paying_customer
from sync.crm.review_rules import ReviewVerdict
from sync.models import CrmUpdates, ReviewCause, ReviewRequest, ReviewState
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.faults import UNREADABLE
from sync.quickbooks_online.wire import Unreadable
from sync.readiness import quickbooks_connection

#: By verdict, the state and the cause that are written down.
_STATES = {
    ReviewVerdict.ASK: (ReviewState.WAITING, ReviewCause.NONE),
    ReviewVerdict.PAID_BEFORE: (ReviewState.NOT_SENT, ReviewCause.PAID_BEFORE),
    ReviewVerdict.NO_MONEY: (ReviewState.NOT_SENT, ReviewCause.NO_MONEY),
}


def note_paying_customers(
    updates: CrmUpdates, paid: Sequence[PaidInvoice], *, keep: Callable[[], None] = lambda: None
) -> str | None:
    """Write down whose first invoice was paid; why not all could be read, or None.

    Args:
        updates: The switches of the source.
        paid: Invoices of which nothing is left to pay; those that were told before may be among them.
        keep: Called before each customer, to keep the lease.
    """
    if not updates.asks_for_reviews or updates.reviews_from is None:
        return None
    connection = quickbooks_connection(updates.company)
    if isinstance(connection, Message):
        return connection.worded()
    books = connection.external_id
    customers = _undecided(updates, books, {invoice.customer_id for invoice in paid} - {""})
    if not customers:
        return None
    try:
        with open_destination(connection) as destination:
            for customer_id in customers:
                keep()
                customer = read_paying_customer(destination, customer_id, since=updates.reviews_from)
                if isinstance(customer, TryLater):
                    return customer.reason
                if customer is not None and customer.decision.verdict in _STATES:
                    _note(updates, books, customer)
    except AddressRefused as refused:
        return refused.message.worded()
    except Unreadable:
        return UNREADABLE
    return None


def _undecided(updates: CrmUpdates, books: str, customers: set[str]) -> list[str]:
    """Those of whom nothing is decided; a payment may have taken the place of a credit memo since."""
    decided = ReviewRequest.objects.filter(connection=updates.connection_id, books=books, customer_id__in=customers)
    decided = decided.exclude(state=ReviewState.NOT_SENT, cause=ReviewCause.NO_MONEY)
    return sorted(customers - set(decided.values_list("customer_id", flat=True)))


def _note(updates: CrmUpdates, books: str, customer: PayingCustomer) -> None:
    """Keep what follows for a customer, once."""
    state, cause = _STATES[customer.decision.verdict]
    paid_by, invoice = customer.decision.paid_by, customer.invoice
    fields = {
        "customer_name": customer.name,
        "email": ", ".join(customer.emails)[:500],
        "invoice_id": invoice.id,
        "invoice_number": invoice.number[:50],
        "paid_on": paid_by.dated if paid_by else None,
        "paid_at": paid_by.recorded_at if paid_by else None,
        "state": state,
        "cause": cause,
        "settled_at": None if state is ReviewState.WAITING else timezone.now(),
    }
    whose = {"connection_id": updates.connection_id, "books": books, "customer_id": customer.id}
    known = ReviewRequest.objects.filter(**whose)
    if known.exists():
        known.filter(state=ReviewState.NOT_SENT, cause=ReviewCause.NO_MONEY).update(**fields)
    else:
        ReviewRequest.objects.bulk_create([ReviewRequest(**whose, **fields)], ignore_conflicts=True)
