"""How does a credit, a comp or a freebie become a credit memo that is used up on its invoice?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

from books import orders
from books.answers import Answers, ItemRef, PostingRole, Rule
from books.documents import CreditApplication, CreditMemo, InvoiceLine, JournalEntry, Posting
from books.money import ZERO
from books.orders import Order
from books.serialization import plain
from sync.preparing.builders.invoice import is_own
from sync.preparing.builders.journal import WHY, between, missing, two_receivables
from sync.preparing.builders.plan import Planned, Sale, distinct

CREDIT = "credit"
_LONGEST_NUMBER = 21
#: What stands where QuickBooks Desktop's file names an account and no item.
NO_ITEM = ItemRef(quickbooks_id="", name="")


def plan_credits(order: Order, answers: Answers, *, sale: Sale, applied: Mapping[str, Decimal]) -> list[Planned]:
    """For each credit of an order: the credit, and the use of it on the order's invoice.

    No money account moves. A credit that the invoice no longer needs stays open on the customer's account.

    Args:
        order: For its credits.
        answers: Of that order.
        sale: The order's invoice, as planned or as QuickBooks has it.
        applied: By the key of each credit, how much of the invoice it settles.

    Source:
        docs/accounting/credit.md
    """
    planned: list[Planned] = []
    for credit in sorted((one for one in order.credits if one.amount), key=lambda one: one.credited_on):
        of_credit = _plan(credit, order, answers, sale)
        planned.append(of_credit)
        used = _application(credit, of_credit, applied.get(of_credit.key, ZERO), sale, answers)
        planned += [used] if used else []
    return planned


def number_of(prefix: str, source_id: str) -> str:
    """A document number that no invoice has: two letters and the source's id, of a long one start and fingerprint."""
    number = f"{prefix}-{source_id.strip()}"
    if len(number) <= _LONGEST_NUMBER:
        return number
    return f"{number[:12].strip()}-{sha256(source_id.encode()).hexdigest()[:8]}"


def _plan(credit: orders.Credit, order: Order, answers: Answers, sale: Sale) -> Planned:
    native = _item(answers, sale)
    problems = distinct(
        *answers.forms.problems,
        *missing(answers, PostingRole.CREDIT_DEBIT, PostingRole.CREDIT_CREDIT),
        *(two_receivables(answers, PostingRole.CREDIT_DEBIT, PostingRole.CREDIT_CREDIT) if native is None else ()),
        *sale.customer_problems(answers),
    )
    key = sale.key_of(CREDIT, credit.source_id)
    ready = not problems and sale.is_ready
    return Planned(
        kind=CREDIT,
        key=key,
        number=number_of("CR", credit.source_id),
        dated=credit.credited_on,
        total=credit.amount,
        currency=order.currency,
        customer_name=sale.customer_name,
        document=_document(credit, order, answers, sale, key, native) if ready else None,
        problems=problems,
        depends_on=sale.key,
        source=plain(credit),
    )


def _item(answers: Answers, sale: Sale) -> ItemRef | None:
    """The item of QuickBooks' own credit memo, where one fits the posting accounts; None for a journal entry."""
    debit = answers.posting.get(PostingRole.CREDIT_DEBIT)
    credit = sale.settled_on(PostingRole.CREDIT_CREDIT, answers)
    if debit is None or credit is None or not is_own(credit, answers):
        return None
    if answers.forms.names_accounts:
        return answers.forms.credit_item or NO_ITEM
    item = answers.forms.credit_item
    fits = item and item.income_account and item.income_account.quickbooks_id == debit.quickbooks_id
    return item if fits else None


def _document(
    credit: orders.Credit, order: Order, answers: Answers, sale: Sale, key: str, item: ItemRef | None
) -> CreditMemo | JournalEntry:
    debit = answers.posting[PostingRole.CREDIT_DEBIT]
    owed = sale.settled_on(PostingRole.CREDIT_CREDIT, answers) or answers.posting[PostingRole.CREDIT_CREDIT]
    words = credit.label or CREDIT
    if item is None:
        return JournalEntry(
            key=key,
            number=number_of("CR", credit.source_id),
            dated=credit.credited_on,
            customer=sale.buyer(answers),
            currency=order.currency,
            stands_for=CREDIT,
            lines=between(
                debit,
                owed,
                Posting(account=debit, amount=credit.amount, memo=words),
                quickbooks_class=answers.forms.quickbooks_class,
            ),
            why=WHY[CREDIT],
            follows=(sale.key,),
            memo=credit.note,
            location=answers.forms.location,
        )
    return CreditMemo(
        key=key,
        number=number_of("CR", credit.source_id),
        dated=credit.credited_on,
        customer=sale.buyer(answers),
        currency=order.currency,
        receivable=owed,
        lines=(line_for(item, Posting(account=debit, amount=credit.amount, memo=words), answers),),
        follows=(sale.key,),
        memo=credit.note,
        location=answers.forms.location,
    )


def line_for(item: ItemRef, given: Posting, answers: Answers) -> InvoiceLine:
    """The one line of a form that gives an amount back; it has the class of everything from the source."""
    return InvoiceLine(
        key="1",
        item=item,
        account=given.account,
        description=given.memo,
        quantity=Decimal(1),
        unit_price=given.amount,
        amount=given.amount,
        quickbooks_class=answers.forms.quickbooks_class,
        item_rule=Rule.POSTING_ITEM,
        account_rule=Rule.POSTING_ACCOUNT,
        untaxed=answers.forms.has_untaxed_code,
    )


def _application(
    credit: orders.Credit, planned: Planned, amount: Decimal, sale: Sale, answers: Answers
) -> Planned | None:
    """The use of a credit on its invoice; None where nothing is left to settle, or the receivables are two."""
    receivable = sale.settled_on(PostingRole.CREDIT_CREDIT, answers)
    if not amount or (receivable and not sale.moves(receivable)) or answers.forms.names_accounts:
        return None
    key = sale.key_of(CREDIT, credit.source_id, "applied")
    document = None
    if planned.document is not None and receivable is not None:
        document = CreditApplication(
            key=key,
            number=planned.number,
            dated=planned.dated,
            customer=planned.document.customer,
            currency=planned.currency,
            amount=amount,
            receivable=receivable,
            invoice=sale.key,
            invoice_form=sale.form,
            credit=planned.key,
            credit_form=sale.in_books.credit_forms.get(planned.key, planned.document.kind),
        )
    return Planned(
        kind=CreditApplication.kind,
        key=key,
        number=planned.number,
        dated=planned.dated,
        total=ZERO,
        currency=planned.currency,
        customer_name=planned.customer_name,
        document=document,
        depends_on=planned.key,
        source={**plain(credit), "applied": True},
    )
