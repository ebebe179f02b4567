"""How does a credit, a comp or a freebie become a credit memo that is used up on its invoice?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256

from books import orders
from books.answers import AccountRef, Answers, ItemRef, PostingRole, Rule
from books.changed_values import changed
from books.documents import CreditApplication, CreditMemo, InvoiceLine, JournalEntry, Posting
from books.field_lengths import online
from books.money import ZERO
from books.orders import Order, is_made_id
from books.serialization import plain
from sync.preparing.builders.invoice import is_own
from sync.preparing.builders.journal import between, entry_for, two_receivables
from sync.preparing.builders.plan import Planned, Sale, distinct, missing
from sync.preparing.builders.settled import Division

CREDIT = "credit"
_LONGEST_NUMBER = online("DocNumber")
#: The item of a line where QuickBooks Desktop's file names an account and no item.
NO_ITEM = ItemRef(quickbooks_id="", name="")


def plan_credits(order: Order, answers: Answers, *, sale: Sale, division: Division) -> list[Planned]:
    """For each credit of an order: the credit, and the use of it on the order's invoice.

    No money account moves. A credit that the invoice no longer needs stays open on the customer's account.

    Args:
        order: For its credits.
        answers: Of that order.
        sale: The order's invoice, as planned or as QuickBooks has it.
        division: How much of the invoice each credit settles, and what of it went back.

    Source:
        docs/accounting/credit.md
    """
    planned: list[Planned] = []
    for credit in sorted((credit for credit in order.credits if credit.amount), key=lambda credit: credit.credited_on):
        of_credit = _plan(credit, order, answers, sale)
        planned.append(of_credit)
        planned += applications(credit, of_credit, sale, division, answers, role=PostingRole.CREDIT_CREDIT)
    return planned


def plan_return_uses(
    order: Order, planned: Planned, answers: Answers, *, sale: Sale, division: Division
) -> list[Planned]:
    """The uses of a return's credit on the refunds that paid it out."""
    if sale.receivable is None or planned.document is None:
        return []
    return [
        _use(
            planned,
            amount,
            key=sale.key_of("return", "refunded", refund),
            receivable=sale.receivable,
            invoice=refund,
            invoice_form=JournalEntry.kind,
            credit_form=planned.document.kind,
            source={"return": order.number, "refunded": refund},
        )
        for refund, amount in sale.tied(planned.key, division, answers).items()
    ]


def number_of(prefix: str, source_id: str, order: Order) -> str:
    """A document number that no invoice has: two letters and the source's id, of a long one start and fingerprint.

    A record that its source gives no id has the order's number: `RF-1042`, and `RF-1042-2` for the second.
    """
    name = _place_in(order, source_id) if is_made_id(source_id) else source_id.strip()
    number = f"{prefix}-{name}"
    if len(number) <= _LONGEST_NUMBER:
        return number
    return f"{number[:12].strip()}-{sha256(name.encode()).hexdigest()[:8]}"


def _place_in(order: Order, source_id: str) -> str:
    """The order's number, with the place among its records of the same kind that have no id, but for the first."""
    for records in (order.payments, order.credits, order.refunds):
        ids = [record.source_id for record in records if is_made_id(record.source_id)]
        if source_id in ids[1:]:
            return f"{order.number}-{ids.index(source_id) + 1}"
    return order.number


def _plan(credit: orders.Credit, order: Order, answers: Answers, sale: Sale) -> Planned:
    native = _item(answers, sale)
    problems = distinct(
        *answers.forms.problems,
        *missing(answers, PostingRole.CREDIT_DEBIT, PostingRole.CREDIT_CREDIT),
        *(two_receivables(answers, PostingRole.CREDIT_DEBIT, PostingRole.CREDIT_CREDIT) if native is None else ()),
        *sale.customer_problems(answers),
    )
    record = Planned(
        kind=CREDIT,
        key=sale.key_of(CREDIT, credit.source_id),
        number=number_of("CR", credit.source_id, order),
        dated=credit.credited_on,
        total=credit.amount,
        currency=order.currency,
        customer_name=sale.customer_name,
        problems=problems,
        depends_on=sale.key,
        source=plain(credit),
    )
    ready = not problems and sale.is_ready
    return changed(record, document=_document(record, credit, answers, sale, native)) if ready else record


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
    record: Planned, credit: orders.Credit, answers: Answers, sale: Sale, item: ItemRef | None
) -> CreditMemo | JournalEntry:
    debit = answers.posting[PostingRole.CREDIT_DEBIT]
    owed = sale.settled_on(PostingRole.CREDIT_CREDIT, answers) or answers.posting[PostingRole.CREDIT_CREDIT]
    words = credit.label or CREDIT
    if item is None:
        return entry_for(
            record,
            between(debit, owed, credit.amount, words, quickbooks_class=answers.forms.quickbooks_class),
            CREDIT,
            customer=sale.buyer(answers),
            location=answers.forms.location,
            memo=credit.note,
            follows=(sale.key,),
        )
    return CreditMemo(
        key=record.key,
        number=record.number,
        dated=record.dated,
        customer=sale.buyer(answers),
        currency=record.currency,
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


def applications(
    record: orders.Credit | orders.Payment,
    planned: Planned,
    sale: Sale,
    division: Division,
    answers: Answers,
    *,
    role: PostingRole,
) -> list[Planned]:
    """The uses of a credit on its invoice and on refunds; none where nothing is left, or the receivables are two.

    A payment that is a journal entry is used in the same way.

    Args:
        record: The credit or payment.
        planned: Its document.
        sale: The invoice.
        division: What it settles.
        answers: Of the order.
        role: The setting of the receivable account that it credits.
    """
    receivable = sale.settled_on(role, answers)
    if (receivable and not sale.moves(receivable)) or answers.forms.names_accounts:
        return []
    form = sale.in_books.form_of(planned)
    uses: list[tuple[str, str, Decimal, tuple[str, ...]]] = [
        (sale.key, sale.form, division.applied.get(planned.key, ZERO), ("applied",))
    ]
    uses += [
        (refund, JournalEntry.kind, amount, ("refunded", refund))
        for refund, amount in sale.tied(planned.key, division, answers).items()
    ]
    return [
        _use(
            planned,
            amount,
            key=sale.key_of(planned.kind, record.source_id, *name),
            receivable=receivable,
            invoice=settled,
            invoice_form=settled_form,
            credit_form=form,
            source={**plain(record), "applied": True}
            if settled == sale.key
            else {**plain(record), "refunded": settled},
        )
        for settled, settled_form, amount, name in uses
        if amount
    ]


def _use(
    planned: Planned,
    amount: Decimal,
    *,
    key: str,
    receivable: AccountRef | None,
    invoice: str,
    invoice_form: str,
    credit_form: str,
    source: Mapping[str, object],
) -> Planned:
    """A credit that is used up on what it settles."""
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
            invoice=invoice,
            invoice_form=invoice_form,
            credit=planned.key,
            credit_form=credit_form,
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
        source=dict(source),
    )
