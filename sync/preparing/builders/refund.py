"""How does money that was given back reach the books?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from books import orders
from books.answers import AccountRef, Answers, ItemRef, PostingRole
from books.changed_values import changed
from books.documents import JournalEntry, JournalLine, Posting, RefundReceipt
from books.money import ZERO, money_text
from books.notes import Note
from books.orders import Order, record_name
from books.problems import MovesTwoReceivables, Problem
from books.serialization import plain
from sync.preparing.builders.credit import line_for, number_of
from sync.preparing.builders.journal import entry_for, is_named
from sync.preparing.builders.plan import Planned, Sale, distinct, missing
from sync.preparing.builders.settled import Division
from sync.preparing.builders.tenders import given_back_on, method_of

REFUND = "refund"
#: Accounts that QuickBooks' own refund receipt can pay from.
PAYS_FROM = ("Bank", "Other Current Asset")


def plan_refunds(order: Order, answers: Answers, *, sale: Sale, division: Division) -> list[Planned]:
    """One document for each time money was given back, whole or in part.

    What no invoice ever used debits the receivable account, where it is; the rest the Refund Debit Account. Where that
    receivable account is the Refund Credit Account too, what was never used stays there and moves nothing.

    Args:
        order: For its refunds.
        answers: Of that order.
        sale: What the order became, as planned or as QuickBooks has it.
        division: What of each refund was never used.

    Source:
        docs/accounting/refund.md
    """
    planned = [
        _plan(refund, order, given_back_on(refund, order, answers), sale, division) for refund in refunds_of(order)
    ]
    return [record for record in planned if record.total]


def refunds_of(order: Order) -> list[orders.Refund]:
    """The refunds of more than nothing, oldest first."""
    return sorted((refund for refund in order.refunds if refund.amount), key=lambda refund: refund.refunded_on)


def idle_refunds(order: Order, planned: list[Planned], *, sale: Sale) -> frozenset[str]:
    """The keys of refunds that move nothing, by what is planned of them."""
    return frozenset(_key(refund, sale) for refund in refunds_of(order)) - {record.key for record in planned}


def refund_notes(order: Order, answers: Answers, *, sale: Sale, division: Division) -> list[Note]:
    """Which refunds move nothing, or less than was given back, because the Refund Credit Account is the receivable."""
    unused = [
        (record_name(refund, order), division.unused(_key(refund, sale)))
        for refund in refunds_of(order)
        if _stays(given_back_on(refund, order, answers), sale)
    ]
    return [
        Note(code="refund-on-account", facts=(("record", name), ("amount", money_text(amount, order.currency))))
        for name, amount in unused
        if amount
    ]


def _key(refund: orders.Refund, sale: Sale) -> str:
    return sale.key_of(REFUND, refund.source_id)


def _stays(answers: Answers, sale: Sale) -> bool:
    """Whether a refund of what was never used takes it from where it puts it."""
    paid_from = answers.posting.get(PostingRole.REFUND_CREDIT)
    own = sale.receivable
    return own is not None and paid_from is not None and paid_from.quickbooks_id == own.quickbooks_id


@dataclass(frozen=True, kw_only=True)
class _Split:
    """What a refund moves."""

    #: What no invoice used, on the receivable account.
    unused: Decimal
    #: What is an allowance.
    allowed: Decimal

    @property
    def moved(self) -> Decimal:
        """Both together."""
        return self.unused + self.allowed


def _split(refund: orders.Refund, answers: Answers, sale: Sale, division: Division) -> _Split:
    unused = division.unused(_key(refund, sale))
    return _Split(unused=ZERO if _stays(answers, sale) else unused, allowed=refund.amount - unused)


def _plan(refund: orders.Refund, order: Order, answers: Answers, sale: Sale, division: Division) -> Planned:
    key, split = _key(refund, sale), _split(refund, answers, sale, division)
    item = None if split.unused else _item(answers)
    problems = distinct(
        *answers.forms.problems,
        *missing(answers, *((PostingRole.REFUND_DEBIT,) if split.allowed else ()), PostingRole.REFUND_CREDIT),
        *(_two_receivables(answers, sale, split) if item is None else ()),
        *sale.customer_problems(answers),
    )
    record = Planned(
        kind=REFUND,
        key=key,
        number=number_of("RF", refund.source_id, order),
        dated=refund.refunded_on,
        total=split.moved,
        currency=order.currency,
        customer_name=sale.customer_name,
        problems=problems,
        depends_on=_frees_it_first(key, order, sale, division) or sale.key,
        source=_source(refund, division.unused(key)),
    )
    ready = not problems and sale.is_ready and split.moved
    return changed(record, document=_document(record, refund, order, answers, sale, split, item)) if ready else record


def _frees_it_first(key: str, order: Order, sale: Sale, division: Division) -> str:
    """The key of a payment that is tied to more of the refund in QuickBooks than it can be; empty for none.

    QuickBooks lets no entry shrink below what is tied to it, so the payment is changed first.
    """
    payments = [sale.key_of("payment", payment.source_id) for payment in order.payments]
    ties = sale.in_books.ties
    tied = [payment for payment in payments if ties.get((payment, key), ZERO) > division.ties.get((payment, key), ZERO)]
    return tied[0] if tied else ""


def _source(refund: orders.Refund, unused: Decimal) -> dict[str, object]:
    """The part of the order that a refund says: what was never used depends on what was sold and paid."""
    return {**plain(refund), **({"unused": plain(unused)} if unused else {})}


def _two_receivables(answers: Answers, sale: Sale, split: _Split) -> tuple[Problem, ...]:
    """That the entry would move two receivable accounts."""
    debited, credited = answers.posting.get(PostingRole.REFUND_DEBIT), answers.posting.get(PostingRole.REFUND_CREDIT)
    debits = {PostingRole.REFUND_DEBIT: debited if split.allowed else None}
    debits[PostingRole.PAYMENT_CREDIT] = sale.receivable if split.unused else None
    moved = {
        account.quickbooks_id: (role, account) for role, account in debits.items() if account and is_named(account)
    }
    if credited and is_named(credited):
        moved[credited.quickbooks_id + " credited"] = (PostingRole.REFUND_CREDIT, credited)
    if len(moved) < 2:
        return ()
    (first, debit), (second, credit) = list(moved.values())[:2]
    return (
        MovesTwoReceivables(
            debit_setting=first.label, debited=debit.path, credit_setting=second.label, credited=credit.path
        ),
    )


def _item(answers: Answers) -> ItemRef | None:
    """The item of QuickBooks' own refund receipt, where one fits the posting accounts; None for a journal entry."""
    debit, credit = answers.posting.get(PostingRole.REFUND_DEBIT), answers.posting.get(PostingRole.REFUND_CREDIT)
    item = answers.forms.refund_item
    if debit is None or credit is None or item is None or answers.forms.names_accounts:
        return None
    fits = item.income_account and item.income_account.quickbooks_id == debit.quickbooks_id
    return item if fits and credit.account_type in PAYS_FROM else None


def _document(
    record: Planned,
    refund: orders.Refund,
    order: Order,
    answers: Answers,
    sale: Sale,
    split: _Split,
    item: ItemRef | None,
) -> RefundReceipt | JournalEntry:
    paid_from, words = answers.posting[PostingRole.REFUND_CREDIT], refund.label or REFUND
    if item is None:
        paid = JournalLine(account=paid_from, amount=ZERO - split.moved, memo=words)
        return entry_for(
            record,
            (*_debits(answers, sale, split, words), paid),
            "refund-unused" if split.unused else REFUND,
            customer=sale.buyer(answers),
            location=answers.forms.location,
            memo=refund.note,
            follows=(sale.key,),
        )
    debit = answers.posting[PostingRole.REFUND_DEBIT]
    return RefundReceipt(
        key=record.key,
        number=record.number,
        dated=record.dated,
        customer=sale.buyer(answers),
        currency=record.currency,
        paid_from=paid_from,
        lines=(line_for(item, Posting(account=debit, amount=refund.amount, memo=words), answers),),
        follows=(sale.key,),
        method=method_of(refund, order),
        method_there=answers.tender(method_of(refund, order)).in_quickbooks,
        memo=refund.note,
        location=answers.forms.location,
    )


def _debits(answers: Answers, sale: Sale, split: _Split, words: str) -> list[JournalLine]:
    """What was never used on the receivable account, the rest on the Refund Debit Account; one line if they are one."""
    amounts: dict[str, tuple[AccountRef, Decimal]] = {}
    for account, amount in (
        (sale.receivable, split.unused),
        (answers.posting.get(PostingRole.REFUND_DEBIT), split.allowed),
    ):
        if account and amount:
            _, before = amounts.get(account.quickbooks_id, (account, ZERO))
            amounts[account.quickbooks_id] = (account, before + amount)
    return [
        JournalLine(
            account=account,
            amount=amount,
            memo=words,
            quickbooks_class=None if is_named(account) else answers.forms.quickbooks_class,
        )
        for account, amount in amounts.values()
    ]
