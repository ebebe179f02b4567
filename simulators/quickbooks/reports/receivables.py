"""What do customers owe? By customer, and by how long it has been due, on any day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ..entities.exchange import at_home
from ..entities.owed import owed_on
from ..entities.payment import open_at_home, payments_of
from ..fields import Record
from ..ledger import NOTHING
from .frame import Asked, account_columns, cells, data, exact, keyed_columns, money, section, summary

if TYPE_CHECKING:
    from ..books import Books

BUCKETS = 5
DETAIL_COLUMNS = {
    "tx_date": "Date",
    "txn_type": "Transaction Type",
    "doc_num": "Num",
    "due_date": "Due Date",
    "subt_amount": "Amount",
    "subt_open_bal": "Open Balance",
    "rbal_open_bal": "Balance",
}
AGED_COLUMNS = {
    "tx_date": "Date",
    "txn_type": "Transaction Type",
    "doc_num": "Num",
    "cust_name": "Customer",
    "due_date": "Due Date",
    "subt_amount": "Amount",
    "subt_open_bal": "Open Balance",
}


@dataclass(frozen=True, kw_only=True)
class Open:
    """A document with what is open on it; credits are below zero."""

    kind: str
    document: Record
    customer: str
    due: str
    total: Decimal
    left: Decimal


def open_on(books: Books, what: Asked) -> Iterator[Open]:
    """Everything open at the end of the last day, of the customers that are asked for."""
    for document in (*_owed(books, what.last), *_unapplied(books, what.last)):
        if document.left and (not what.customers or document.customer in what.customers):
            yield document


def _owed(books: Books, day: str) -> Iterator[Open]:
    for kind in ("Invoice", "CreditMemo", "JournalEntry"):
        for record in books.all(kind):
            owed = owed_on(books, kind, record["Id"])
            if owed is None or record["TxnDate"] > day:
                continue
            paid = [payment for payment in payments_of(books, kind, record["Id"]) if payment["TxnDate"] <= day]
            yield Open(
                kind=kind,
                document=record,
                customer=owed.customer,
                due=str(record.get("DueDate", record["TxnDate"])),
                total=owed.sign * at_home(record, owed.total),
                left=owed.sign * open_at_home(paid, owed, kind, record["Id"]),
            )


def _unapplied(books: Books, day: str) -> Iterator[Open]:
    for payment in books.all("Payment"):
        if payment["TxnDate"] <= day:
            yield Open(
                kind="Payment",
                document=payment,
                customer=payment["CustomerRef"],
                due=payment["TxnDate"],
                total=-at_home(payment, payment["TotalAmt"]),
                left=-at_home(payment, payment["UnappliedAmt"]) - _applied_later(books, payment, day),
            )


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
    for document in open_on(books, what):
        owed[document.customer] += document.left
    found = sorted((_named(books, customer), amount) for customer, amount in owed.items() if amount)
    rows = [data(name, exact(amount)) for name, amount in found]
    if rows:
        rows.append(summary("GrandTotal", "TOTAL", exact(sum((amount for _, amount in found), NOTHING))))
    columns = account_columns("Total")
    columns["Column"][0]["ColType"] = "Customer"
    return columns, rows


def customer_balance_detail(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Each customer's open documents, with what is owed after each of them."""
    by_customer: dict[str, list[Open]] = defaultdict(list)
    for document in open_on(books, what):
        by_customer[document.customer].append(document)
    rows, whole = [], NOTHING
    for (name, _), documents in sorted((_named(books, customer), owed) for customer, owed in by_customer.items()):
        balance, inside = NOTHING, []
        for document in sorted(documents, key=_oldest_first):
            balance += document.left
            inside.append(data(*_told(books, document), *map(exact, (document.total, document.left, balance))))
        whole += balance
        total = cells(f"Total for {name}", *[""] * 3, exact(_total(documents)), exact(balance), "")
        rows.append(section("", name, inside, total, width=len(DETAIL_COLUMNS) - 1))
    if rows:
        every = [document for documents in by_customer.values() for document in documents]
        rows.append(summary("GrandTotal", "TOTAL", *[""] * 3, exact(_total(every)), exact(whole), ""))
    return keyed_columns(DETAIL_COLUMNS), rows


def aged_receivable_detail(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """Each open document, by how many days it is past due; the longest first."""
    aged: dict[int, list[Open]] = defaultdict(list)
    for document in open_on(books, what):
        aged[_bucket(document.due, what)].append(document)
    rows = []
    for bucket, documents in sorted(aged.items(), reverse=True):
        title = _span_title(bucket, what.aging_days)
        inside = []
        for document in sorted(documents, key=_oldest_first):
            day, label, number, due = _told(books, document)
            who = _named(books, document.customer)
            inside.append(data(day, label, number, who, due, exact(document.total), exact(document.left)))
        rows.append(_aged_total(title, documents, inside))
    if rows:
        every = [document for documents in aged.values() for document in documents]
        left = sum((document.left for document in every), NOTHING)
        rows.append(summary("GrandTotal", "TOTAL", *[""] * 4, exact(_total(every)), exact(left)))
    return keyed_columns(AGED_COLUMNS), rows


def _aged_total(title: str, documents: list[Open], inside: list[Record]) -> Record:
    left = sum((document.left for document in documents), NOTHING)
    total = cells(f"Total for {title}", *[""] * 4, exact(_total(documents)), exact(left))
    return section("", title, inside, total, width=len(AGED_COLUMNS) - 1)


def _span_title(bucket: int, step: int) -> str:
    if bucket == 0:
        return "Current"
    if bucket == BUCKETS - 1:
        return f"{(bucket - 1) * step + 1} or more days past due"
    return f"{(bucket - 1) * step + 1} - {bucket * step} days past due"


def _oldest_first(document: Open) -> tuple[str, int]:
    return document.document["TxnDate"], int(document.document["Id"])


def _total(documents: list[Open]) -> Decimal:
    return sum((document.total for document in documents), NOTHING)


def _told(books: Books, open_document: Open) -> tuple[str, tuple[str, str], str, str]:
    """Day, type, number and due date of a document."""
    record = open_document.document
    number = record.get("DocNumber") or record.get("PaymentRefNum") or ""
    return record["TxnDate"], (books.entities[open_document.kind].label, record["Id"]), str(number), open_document.due


def aged_receivables(books: Books, what: Asked) -> tuple[Record, list[Record]]:
    """What each customer owes, by how many days it is past due."""
    aged: dict[str, list[Decimal]] = defaultdict(lambda: [NOTHING] * BUCKETS)
    for document in open_on(books, what):
        aged[document.customer][_bucket(document.due, what)] += document.left
    rows, totals = [], [NOTHING] * BUCKETS
    for name, customer in sorted(_named(books, identifier) for identifier in aged):
        found = aged[customer]
        if any(found):
            totals = [total + amount for total, amount in zip(totals, found, strict=True)]
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
