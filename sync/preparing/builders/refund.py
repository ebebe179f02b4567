"""How does money that was given back reach the books?"""

from __future__ import annotations

from books import orders
from books.answers import Answers, ItemRef, PostingRole
from books.documents import JournalEntry, Posting, RefundReceipt
from books.orders import Order
from books.serialization import plain
from sync.preparing.builders.credit import line_for, number_of
from sync.preparing.builders.journal import WHY, between, missing, two_receivables
from sync.preparing.builders.plan import Planned, Sale, distinct

REFUND = "refund"
#: Accounts that QuickBooks' own refund receipt can pay from.
PAYS_FROM = ("Bank", "Other Current Asset")


def plan_refunds(order: Order, answers: Answers, *, sale: Sale) -> list[Planned]:
    """One document for each time money was given back, whole or in part: the Refund Debit against the Refund Credit.

    Args:
        order: For its refunds.
        answers: Of that order.
        sale: What the order became, as planned or as QuickBooks has it.

    Source:
        docs/accounting/refund.md
    """
    given_back = sorted((one for one in order.refunds if one.amount), key=lambda one: one.refunded_on)
    return [_plan(one, order, answers, sale) for one in given_back]


def _plan(refund: orders.Refund, order: Order, answers: Answers, sale: Sale) -> Planned:
    item = _item(answers)
    problems = distinct(
        *answers.forms.problems,
        *missing(answers, PostingRole.REFUND_DEBIT, PostingRole.REFUND_CREDIT),
        *(two_receivables(answers, PostingRole.REFUND_DEBIT, PostingRole.REFUND_CREDIT) if item is None else ()),
        *sale.customer_problems(answers),
    )
    key = sale.key_of(REFUND, refund.source_id)
    ready = not problems and sale.is_ready
    return Planned(
        kind=REFUND,
        key=key,
        number=number_of("RF", refund.source_id),
        dated=refund.refunded_on,
        total=refund.amount,
        currency=order.currency,
        customer_name=sale.customer_name,
        document=_document(refund, order, answers, sale, key, item) if ready else None,
        problems=problems,
        depends_on=sale.key,
        source=plain(refund),
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
    refund: orders.Refund, order: Order, answers: Answers, sale: Sale, key: str, item: ItemRef | None
) -> RefundReceipt | JournalEntry:
    debit, paid_from = answers.posting[PostingRole.REFUND_DEBIT], answers.posting[PostingRole.REFUND_CREDIT]
    words = refund.label or REFUND
    if item is None:
        return JournalEntry(
            key=key,
            number=number_of("RF", refund.source_id),
            dated=refund.refunded_on,
            customer=sale.buyer(answers),
            currency=order.currency,
            stands_for=REFUND,
            lines=between(
                debit,
                paid_from,
                Posting(account=debit, amount=refund.amount, memo=words),
                quickbooks_class=answers.forms.quickbooks_class,
            ),
            why=WHY[REFUND],
            follows=(sale.key,),
            memo=refund.note,
            location=answers.forms.location,
        )
    return RefundReceipt(
        key=key,
        number=number_of("RF", refund.source_id),
        dated=refund.refunded_on,
        customer=sale.buyer(answers),
        currency=order.currency,
        paid_from=paid_from,
        lines=(line_for(item, Posting(account=debit, amount=refund.amount, memo=words), answers),),
        follows=(sale.key,),
        memo=refund.note,
        location=answers.forms.location,
    )
