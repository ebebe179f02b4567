"""What may a payment be applied to, and how much does the customer owe on it?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from ..fields import Record

if TYPE_CHECKING:
    from ..books import Books

APPLIES_TO = {"Invoice": 1, "CreditMemo": -1, "JournalEntry": 1}
"""What a payment can be applied to: an invoice uses the payment up, a credit memo adds to it.

A journal entry does the one or the other, as its line on the receivable account is a debit or a credit.
"""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a document adds to, or takes from, what a customer owes."""

    total: Decimal
    sign: int  # 1: the customer owes it; -1: the customer may use it
    customer: str
    receivable: str
    document: Record


def owed_on(books: Books, kind: str, identifier: str) -> Owed | None:
    """What a payment may be applied to on a document; None when there is no such document or no such line."""
    record = books.get(kind, identifier) if kind in APPLIES_TO else None
    if record is None:
        return None
    if kind != "JournalEntry":
        return Owed(
            total=record["TotalAmt"],
            sign=APPLIES_TO[kind],
            customer=record["CustomerRef"],
            receivable=record["_receivable"],
            document=record,
        )
    return owed_on_lines(books, record)


def owed_on_lines(books: Books, entry: Record) -> Owed | None:
    """The line of a journal entry that is on a receivable account, if there is one."""
    for line in entry["Line"]:
        detail = line.get("JournalEntryLineDetail", {})
        account = books.get("Account", detail.get("AccountRef"))
        if account is not None and account["AccountType"] == "Accounts Receivable":
            return Owed(
                total=line["Amount"],
                sign=1 if detail["PostingType"] == "Debit" else -1,
                customer=detail["Entity"]["EntityRef"],
                receivable=account["Id"],
                document=entry,
            )
    return None
