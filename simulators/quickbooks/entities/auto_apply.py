"""What does QuickBooks do by itself with a new invoice? With the preference for it, it applies the customer's credits.

Unapplied payments first, then credit memos, the oldest first; a credit memo needs a payment of 0.00 to be applied.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from ..fields import Record
from .other_sales import remaining_credit
from .payment import Payment

if TYPE_CHECKING:
    from ..books import Books


def apply_open_credits(books: Books, invoice: Record) -> None:
    """Apply what an invoice's customer has open to it, as far as it goes."""
    if not books.preferences["SalesFormsPrefs"].get("AutoApplyCredit"):
        return
    left = Decimal(invoice["TotalAmt"])
    for payment in _oldest_first(books, "Payment", invoice):
        amount = min(left, payment["UnappliedAmt"])
        if amount > 0:
            _apply_payment(books, payment, invoice, amount)
            left -= amount
    for memo in _oldest_first(books, "CreditMemo", invoice):
        amount = min(left, remaining_credit(books, memo))
        if amount > 0:
            _apply_memo(books, memo, invoice, amount)
            left -= amount


def _oldest_first(books: Books, kind: str, invoice: Record) -> list[Record]:
    found = books.under(kind, "CustomerRef", invoice["CustomerRef"])
    same = [document for document in found if document["_receivable"] == invoice["_receivable"]]
    return sorted(same, key=lambda each: (each["TxnDate"], int(each["Id"])))


def _apply_payment(books: Books, payment: Record, invoice: Record, amount: Decimal) -> None:
    entity = books.entities["Payment"]
    assert isinstance(entity, Payment)
    line = {"Amount": amount, "LinkedTxn": [_link("Invoice", invoice)]}
    lines, left = [*payment["Line"], line], payment["UnappliedAmt"] - amount
    changed = entity.touch(books, payment, Line=lines, UnappliedAmt=left)
    entity.post(books, changed)
    entity.relink(books, changed, payment)


def _apply_memo(books: Books, memo: Record, invoice: Record, amount: Decimal) -> None:
    lines = [
        {"Amount": amount, "LinkedTxn": [_link(*linked)]} for linked in (("Invoice", invoice), ("CreditMemo", memo))
    ]
    body = {
        "CustomerRef": {"value": invoice["CustomerRef"]},
        "CurrencyRef": {"value": invoice["CurrencyRef"]},
        "TxnDate": max(invoice["TxnDate"], memo["TxnDate"]),
        "TotalAmt": 0,
        "Line": lines,
        **({"ExchangeRate": invoice["ExchangeRate"]} if "ExchangeRate" in invoice else {}),
    }
    books.entities["Payment"].write(books, body)


def _link(kind: str, document: Record) -> Record:
    return {"TxnId": document["Id"], "TxnType": kind}
