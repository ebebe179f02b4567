"""What do customers owe? By customer, and by how long it has been due, on any day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.exchange import at_home
from ..entities.payment import open_at_home, owed_on, payments_of
from ..fields import Record
from ..ledger import NOTHING
from .frame import Asked, account_columns, data, exact, money, summary

if TYPE_CHECKING:
    from ..books import Books

BUCKETS = 5


def open_on(books: Books, day: str) -> Iterator[tuple[str, str, Decimal]]:
    """Everything open at the end of a day: (customer, due on, amount); credits are below zero."""
    for kind in ("Invoice", "CreditMemo", "JournalEntry"):
        for record in books.all(kind):
            owed = owed_on(books, kind, record["Id"])
            if owed is None or record["TxnDate"] > day:
                continue
            paid = [each for each in payments_of(books, kind, record["Id"]) if each["TxnDate"] <= day]
            left = open_at_home(paid, owed, kind, record["Id"])
            if left:
                yield owed.customer, str(record.get("DueDate", record["TxnDate"])), owed.sign * left
    for payment in books.all("Payment"):
        if payment["TxnDate"] <= day:
            left = at_home(payment, payment["UnappliedAmt"]) + _applied_later(books, payment, day)
            if left:
                yield payment["CustomerRef"], payment["TxnDate"], -left


def _applied_later(books: Books, payment: Record, day: str) -> Decimal:
    """What a payment is applied to that did not exist yet."""
    later = NOTHING
    for line in payment["Line"]:
        link = line["LinkedTxn"][0]
        if books.named(link["TxnType"], link["TxnId"])["TxnDate"] > day:
            owed = owed_on(books, link["TxnType"], link["TxnId"])
            later += at_home(payment, line["Amount"]) * (owed.sign if owed else 1)
    return later


def _named(books: Books, customer: str) -> tuple[str, str]:
    return str(books.named("Customer", customer)["FullyQualifiedName"]), customer


def customer_balance(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """What each customer owes."""
    owed: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for customer, _, amount in open_on(books, what.last):
        if not what.customers or customer in what.customers:
            owed[customer] += amount
    found = sorted((_named(books, customer), amount) for customer, amount in owed.items() if amount)
    rows = [data(name, exact(amount)) for name, amount in found]
    if rows:
        rows.append(summary("GrandTotal", "TOTAL", exact(sum((amount for _, amount in found), NOTHING))))
    columns = account_columns("Total")
    columns["Column"][0]["ColType"] = "Customer"
    return columns, rows


def aged_receivables(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """What each customer owes, by how many days it is past due."""
    aged: dict[str, list[Decimal]] = defaultdict(lambda: [NOTHING] * BUCKETS)
    for customer, due, amount in open_on(books, what.last):
        if not what.customers or customer in what.customers:
            aged[customer][_bucket(due, what)] += amount
    rows, totals = [], [NOTHING] * BUCKETS
    for name, customer in sorted(_named(books, each) for each in aged):
        found = aged[customer]
        if any(found):
            totals = [total + each for total, each in zip(totals, found, strict=True)]
            rows.append(data((name, customer), *map(money, found), exact(sum(found, NOTHING))))
    if rows:
        rows.append(summary("GrandTotal", "TOTAL", *map(exact, totals), exact(sum(totals, NOTHING))))
    step = what.aging_days
    spans = [f"{n * step + 1} - {(n + 1) * step}" for n in range(BUCKETS - 2)]
    columns = account_columns("Current", *spans, f"{(BUCKETS - 2) * step + 1} and over", "Total")
    columns["Column"][0]["ColType"] = "Customer"
    return columns, rows


def _bucket(due: str, what: Asked) -> int:
    late = (date.fromisoformat(what.last) - date.fromisoformat(due)).days
    return 0 if late <= 0 else min((late - 1) // what.aging_days + 1, BUCKETS - 1)
