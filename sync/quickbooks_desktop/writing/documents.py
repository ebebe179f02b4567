"""Which transaction of QuickBooks Desktop is a document, and which account is on which of its rows?

A draft says everything but the spelling: accounts, amounts (debit positive), who is named where. Its first side is
the TRNS row, the others are SPL rows.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from books.answers import AccountRef, ItemRef, Terms
from books.documents import CreditMemo, Invoice, JournalEntry, Payment, Posting, RefundReceipt, SalesReceipt
from books.money import ZERO, total
from books.orders import NO_ADDRESS, Address
from sync.quickbooks_desktop.writing import leaving_out
from sync.quickbooks_desktop.writing.dialect import (
    CASH_SALE,
    CHECK,
    CREDIT_MEMO,
    GENERAL_JOURNAL,
    INVOICE,
    NAMED_TYPES,
    PAYMENT,
    TITLES,
    TOP_TYPES,
)
from sync.quickbooks_desktop.writing.sales_forms import PostingSide, sides_of_form, tax_agency
from sync.quickbooks_desktop.writing.settings import IifSettings, RefundsAs

#: Documents that move accounts.
Posted = Invoice | SalesReceipt | Payment | CreditMemo | RefundReceipt | JournalEntry


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One transaction before it is spelled: its first side is the TRNS row."""

    trnstype: str
    sides: tuple[PostingSide, ...]
    #: None where the kind does not ask whether the customer is taxable.
    taxable: bool | None = None
    due: date | None = None
    terms: Terms | None = None
    method: str = ""
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS

    @property
    def top(self) -> PostingSide:
        """The side of the TRNS row."""
        return self.sides[0]


def draft_of(document: Posted, *, settings: IifSettings) -> Draft:
    """The transaction that a document is.

    Raises:
        CannotBeWrittenError: It moves nothing, or QuickBooks Desktop keeps no such transaction.
    """
    if not any(posting.amount for posting in document.postings):
        raise leaving_out.moves_nothing()
    draft = _native(document, settings) if document.total else mirror_of(document, sign=1, settings=settings)
    return _accepted(draft)


def mirror_of(document: Posted, *, sign: int, settings: IifSettings) -> Draft:
    """A journal entry that moves the same accounts: by the same amounts with sign 1, and undoes them with sign -1.

    Raises:
        CannotBeWrittenError: Nothing moves, or two receivable accounts do.
    """
    sums = _by_account(document.postings)
    sides = [_journal_side(account, sign * amount, document, settings) for account, amount in sums if amount]
    if not sides:
        raise leaving_out.moves_nothing()
    # The row that names the customer comes first, so that QuickBooks shows the entry under the customer's name
    sides.sort(key=lambda side: not side.names_customer)
    return _accepted(Draft(trnstype=GENERAL_JOURNAL, sides=tuple(sides)))


def _native(document: Posted, settings: IifSettings) -> Draft:
    match document:
        case Invoice():
            return _form(INVOICE, document, document.receivable, settings)
        case SalesReceipt():
            return _form(CASH_SALE, document, document.deposit_to, settings)
        case CreditMemo():
            return _form(CREDIT_MEMO, document, document.receivable, settings)
        case Payment():
            return _payment(document)
        case RefundReceipt():
            return _refund(document, settings)
        case JournalEntry():
            refund = document.stands_for == "refund"
            return _refund(document, settings) if refund else mirror_of(document, sign=1, settings=settings)


def _form(trnstype: str, form: Invoice | SalesReceipt | CreditMemo, top: AccountRef, settings: IifSettings) -> Draft:
    sign = -1 if isinstance(form, CreditMemo) else 1
    splits = sides_of_form(form, sign=sign, settings=settings)
    # Minus the sum of what the rows carry, so that the block cannot miss zero by a cent
    first = PostingSide(account=top, amount=ZERO - total(side.amount for side in splits), names_customer=True)
    return Draft(
        trnstype=trnstype,
        sides=(first, *splits),
        taxable=any(side.taxable for side in splits),
        due=form.due if isinstance(form, Invoice) else None,
        terms=form.terms if isinstance(form, Invoice) else None,
        method=form.method if isinstance(form, SalesReceipt) else "",
        billing=form.billing,
        shipping=NO_ADDRESS if isinstance(form, CreditMemo) else form.shipping,
    )


def _payment(payment: Payment) -> Draft:
    arrived = PostingSide(account=payment.deposit_to, amount=payment.amount, names_customer=True)
    settled = PostingSide(account=payment.receivable, amount=-payment.amount, names_customer=True)
    return Draft(trnstype=PAYMENT, sides=(arrived, settled), method=payment.method)


def _refund(refund: RefundReceipt | JournalEntry, settings: IifSettings) -> Draft:
    entry = mirror_of(refund, sign=1, settings=settings)
    left = [side for side in entry.sides if side.amount < 0]
    a_bank = len(left) == 1 and left[0].account.account_type in TOP_TYPES[CHECK]
    if settings.refunds is RefundsAs.JOURNAL or (settings.refunds is RefundsAs.AUTO and not a_bank):
        return entry
    others = tuple(side for side in entry.sides if side is not left[0])
    return Draft(trnstype=CHECK, sides=(_naming(left[0]), *others))


def _naming(side: PostingSide) -> PostingSide:
    return PostingSide(account=side.account, amount=side.amount, memo=side.memo, names_customer=True)


def _by_account(postings: Iterable[Posting]) -> list[tuple[AccountRef, Decimal]]:
    sums: dict[str, tuple[AccountRef, Decimal]] = {}
    for posting in postings:
        account, so_far = sums.get(posting.account.path, (posting.account, ZERO))
        sums[posting.account.path] = (account, so_far + posting.amount)
    return list(sums.values())


def _journal_side(account: AccountRef, amount: Decimal, document: Posted, settings: IifSettings) -> PostingSide:
    receivable = getattr(document, "receivable", None)
    named = account.account_type in NAMED_TYPES or (receivable is not None and account.path == receivable.path)
    agency = "" if named else tax_agency(account, settings)
    return PostingSide(account=account, amount=amount, names_customer=named, vendor=agency)


def _accepted(draft: Draft) -> Draft:
    accepts, top = TOP_TYPES.get(draft.trnstype, ()), draft.top.account
    if accepts and top.account_type and top.account_type not in accepts:
        title = TITLES[draft.trnstype]
        raise leaving_out.wrong_top_account(title, top.path, top.account_type, ", ".join(accepts))
    named = [side.account.path for side in draft.sides if side.account.account_type in NAMED_TYPES]
    if len(named) > 1:
        raise leaving_out.several_receivables(", ".join(named))
    return draft


def items_of(draft: Draft) -> tuple[tuple[ItemRef, AccountRef], ...]:
    """The items on the rows, each with the account that its row moves."""
    return tuple((side.item, side.account) for side in draft.sides if side.item)
