"""Orders that are pushed to a QuickBooks company, and what it then holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F

from books.messages import Message
from companies.models import Company
from sync.models import Connection, Push
from sync.pushing.lease import leased
from sync.pushing.push import Pusher
from sync.pushing.sender import PushCounts
from sync.readiness import destination_of
from tests.simulators.driver import Books

NEW = "2026-08-14  order 3001  #7 Zoë O'Brien & Søn <zoe@example.com>\nWT-101  199.00\npaid 2026-08-15  Cash  50.00"


def push(company: Company, **how: Any) -> PushCounts:
    """Push whatever is ready, as a sync does."""
    destination = destination_of(company)
    assert not isinstance(destination, Message), destination
    with leased(company) as lease:
        assert lease is not None
        return Pusher(company=company, destination=destination, lease=lease, **how).push()


def in_quickbooks(books: Books, number: str = "3001") -> tuple[int, int, int]:
    """How many customers, invoices and payments QuickBooks holds of the new order."""
    books.sign_in(books.running.ready()["access_token"])
    customers = books.query("select * from Customer where DisplayName like 'Zo%'").get("Customer", [])
    invoices = books.query(f"select * from Invoice where DocNumber = '{number}'").get("Invoice", [])
    payments = [
        payment
        for customer in customers
        for payment in books.query(f"select * from Payment where CustomerRef = '{customer['Id']}'").get("Payment", [])
    ]
    return len(customers), len(invoices), len(payments)


def minutes_later(company: Company) -> None:
    """QuickBooks asked for a minute's rest, which is over, and has given up on whatever it did not answer."""
    Connection.objects.filter(company=company).update(resting_until=None)
    sent = Push.objects.filter(company=company)
    earlier = {name: F(name) - timedelta(minutes=3) for name in ("first_sent_at", "last_sent_at")}
    sent.filter(first_sent_at__isnull=False).update(**earlier)
