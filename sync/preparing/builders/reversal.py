"""Which journal entry, on an open day, moves the opposite of a document that was posted in a closed period?

Source:
    docs/decisions/0089-reversed-by-entry.md
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from books.answers import CustomerRef, ListRef
from books.documents import (
    KINDS,
    REVERSAL,
    CreditApplication,
    CreditMemo,
    Document,
    Invoice,
    JournalEntry,
    JournalLine,
    NewCustomer,
    RefundReceipt,
    SalesReceipt,
)
from books.field_lengths import online
from books.money import ZERO
from books.movement import AccountChart, moved_by, moved_by_document
from books.posted_document import Holding
from books.translation import gettext_noop
from sync.preparing.builders.journal import lines_of_form

WHY = gettext_noop("It reverses a document of a closed period, which stays in QuickBooks as it is.")
#: For the books, so it is the same in every language of the screens.
_TOLD = "Reverses {name} dated {dated}, entered {entered}: period closed."
_SUFFIX = ":reversal"


class CannotReverse(StrEnum):
    """Why an entry cannot undo what a document did."""

    #: It moves no account: it ties a credit to an invoice.
    CREDIT_USED = "credit-used"
    #: QuickBooks keeps its own sales tax apart from the accounts, and an entry does not reach it.
    TAX = "tax"
    #: The rate of exchange of the later day is another one.
    CURRENCY = "currency"
    #: What an inventory item cost is in QuickBooks alone.
    INVENTORY = "inventory"
    #: The accounts that it moved are not known for certain.
    ACCOUNTS = "accounts"


def reversal_key(key: str) -> str:
    """The key of the entry that reverses a document."""
    return f"{key}{_SUFFIX}"


def reversed_key(key: str) -> str:
    """The key of the document that an entry reverses."""
    return key.removesuffix(_SUFFIX)


def reversal_of(
    document: Document,
    there: Holding,
    *,
    entered: date,
    chart: AccountChart,
    home_currency: str,
    stocked: Collection[str],
) -> JournalEntry | CannotReverse:
    """The entry that moves, account by account, exactly the negative of what a document moved.

    Args:
        document: As it was posted.
        there: What QuickBooks holds of it.
        entered: The open day.
        chart: Of the company.
        home_currency: The currency of the books.
        stocked: The QuickBooks ids of the items that have a cost there.
    """
    if isinstance(document, NewCustomer | CreditApplication):
        return CannotReverse.CREDIT_USED
    if there.tax or getattr(document, "tax", None):
        return CannotReverse.TAX
    if document.currency != home_currency:
        return CannotReverse.CURRENCY
    if any(line.moves.partition(" ")[2] in stocked for line in there.lines if line.moves.startswith("item ")):
        return CannotReverse.INVENTORY
    if moved_by(document.kind, there, chart) != moved_by_document(document) or not document.total:
        return CannotReverse.ACCOUNTS
    stands_for = document.stands_for if isinstance(document, JournalEntry) else ""
    name = f"{KINDS.get(stands_for, document.title)} {document.number}".rstrip()
    told = _TOLD.format(name=name, dated=document.dated.isoformat(), entered=entered.isoformat())
    customer = there.customer
    return JournalEntry(
        key=reversal_key(document.key),
        number=f"{document.number[: online('DocNumber') - 1]}R" if document.number else "",
        dated=entered,
        customer=CustomerRef(name=document.customer.name, quickbooks_id=customer.identifier)
        if customer.identifier
        else document.customer,
        currency=document.currency,
        stands_for=REVERSAL,
        lines=tuple(
            JournalLine(
                account=line.account,
                amount=ZERO - line.amount,
                memo=line.memo,
                quickbooks_class=line.quickbooks_class,
            )
            for line in _lines(document)
        ),
        why=WHY,
        follows=(document.key,),
        memo=f"{told} {document.memo}".rstrip(),
        location=_location(document),
    )


def _lines(document: Document) -> tuple[JournalLine, ...]:
    """What a document moves, as lines of an entry."""
    if isinstance(document, JournalEntry):
        return tuple(line for line in document.lines if line.amount)
    if isinstance(document, Invoice | SalesReceipt | CreditMemo | RefundReceipt):
        return lines_of_form(document)
    return tuple(
        JournalLine(account=posting.account, amount=posting.amount, memo=posting.memo)
        for posting in document.postings
        if posting.amount
    )


def _location(document: Document) -> ListRef | None:
    location: ListRef | None = getattr(document, "location", None)
    return location
