"""When does a record become a journal entry, and which lines has it?"""

from __future__ import annotations

from decimal import Decimal

from books.answers import AccountRef, Answers, CustomerRef, ListRef, PostingRole
from books.documents import (
    CreditMemo,
    DiscountLine,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    RefundReceipt,
    SalesReceipt,
)
from books.documents.journal import NAMED_TYPES
from books.money import ZERO
from books.problems import MovesTwoReceivables, Problem
from books.translation import gettext_noop
from sync.preparing.builders.plan import Planned

#: Why a record is not the form that QuickBooks has for it, by the kind of record.
WHY = {
    "invoice": gettext_noop(
        "QuickBooks' own invoices move its own receivable account, and the Invoice Debit Account is another."
    ),
    "return": gettext_noop(
        "QuickBooks' own credit memos move its own receivable account, and the Invoice Debit Account is another."
    ),
    "payment": gettext_noop(
        "QuickBooks' own payment credits the receivable account of its invoice, and the Payment Credit Account is "
        "another."
    ),
    "tender": gettext_noop(
        "QuickBooks' own payment is deposited to a bank or another current asset account, and the account of this "
        "payment method is of another type."
    ),
    "credit": gettext_noop(
        "QuickBooks' own credit memo debits the income account of an item and credits its own receivable account; no "
        "item is chosen for credits that debits the Credit Debit Account, or the Credit Credit Account is another one."
    ),
    "refund": gettext_noop(
        "QuickBooks' own refund receipt debits the income account of an item and credits a bank account; no item is "
        "chosen for refunds that debits the Refund Debit Account, or the Refund Credit Account is not a bank account."
    ),
    "refund-unused": gettext_noop(
        "The refund returns money that no invoice used, so it debits the receivable account, where that money is; "
        "QuickBooks' own refund receipt debits the income account of an item."
    ),
}


def is_named(account: AccountRef) -> bool:
    """Whether a journal entry names the customer on lines of this account, and moves one such account at most."""
    return account.account_type in NAMED_TYPES


def entry_for(
    record: Planned,
    lines: tuple[JournalLine, ...],
    why: str,
    *,
    customer: CustomerRef,
    location: ListRef | None,
    memo: str = "",
    follows: tuple[str, ...] = (),
) -> JournalEntry:
    """The journal entry that a record becomes.

    Args:
        record: As planned, for what it is and for its key, number, date and currency.
        lines: See `between` and `lines_of_form`.
        why: One of `WHY`: the reason why it is not the form that QuickBooks has for it.
        customer: Named on the receivable line.
        location: Of everything from the source.
        memo: What the source says of it.
        follows: Keys of the documents that must be in QuickBooks first.

    Source:
        docs/accounting/journal-entry.md
    """
    return JournalEntry(
        key=record.key,
        number=record.number,
        dated=record.dated,
        customer=customer,
        currency=record.currency,
        stands_for=record.kind,
        lines=lines,
        why=WHY[why],
        follows=follows,
        memo=memo,
        location=location,
    )


def between(
    debit: AccountRef, credit: AccountRef, amount: Decimal, memo: str, *, quickbooks_class: ListRef | None = None
) -> tuple[JournalLine, ...]:
    """An entry that moves one amount from one account to another.

    Args:
        debit: The account that is debited.
        credit: The account that is credited.
        amount: Positive.
        memo: On both lines.
        quickbooks_class: Of the debit, unless it is a receivable.
    """
    of_debit = None if is_named(debit) else quickbooks_class
    return (
        JournalLine(account=debit, amount=amount, memo=memo, quickbooks_class=of_debit),
        JournalLine(account=credit, amount=ZERO - amount, memo=memo),
    )


def lines_of_form(form: Invoice | SalesReceipt | CreditMemo | RefundReceipt) -> tuple[JournalLine, ...]:
    """The postings of a sales form as lines of an entry, with their classes; what moves nothing is left out."""
    # In the order of the postings, so that two lines with the same account and words keep a class each
    classes: dict[tuple[AccountRef, str], list[ListRef | None]] = {}
    discount, _tax = form.over_all
    lines: list[InvoiceLine | DiscountLine] = [*form.lines, *([discount] if discount else [])]
    for line in lines:
        classes.setdefault((line.account, line.description), []).append(line.quickbooks_class)
    entry = []
    for posting in form.postings:
        of_line = classes.get((posting.account, posting.memo))
        line_class = of_line.pop(0) if of_line else None
        entry.append(
            JournalLine(account=posting.account, amount=posting.amount, memo=posting.memo, quickbooks_class=line_class)
        )
    return tuple(line for line in entry if line.amount)


def two_receivables(answers: Answers, debit: PostingRole, credit: PostingRole) -> tuple[Problem, ...]:
    """That both accounts need the customer's name, which a journal entry can give once."""
    debited, credited = answers.posting.get(debit), answers.posting.get(credit)
    if not debited or not credited or {debited.account_type, credited.account_type} - set(NAMED_TYPES):
        return ()
    return (
        MovesTwoReceivables(
            debit_setting=debit.label, debited=debited.path, credit_setting=credit.label, credited=credited.path
        ),
    )
