"""Which account does a payment of some method debit, and which form of QuickBooks takes it there?

Source:
    docs/accounting/payment-methods.md
"""

from __future__ import annotations

from dataclasses import replace

from books import orders
from books.answers import AccountRef, Answers, PostingRole
from books.field_lengths import online
from books.orders import Order
from books.problems import Problem
from books.tenders import method_key
from sync.preparing.builders.plan import missing

#: Accounts that QuickBooks' own payments and sales receipts can be deposited to.
DEPOSITS = ("Bank", "Other Current Asset")
#: QuickBooks keeps so much of a payment's reference.
LONGEST_REFERENCE = online("PaymentRefNum")


def paid_into(method: str, answers: Answers) -> AccountRef | None:
    """The account that a payment of this method debits; None where problems keep it from being known."""
    return answers.tender(method).account or answers.posting.get(PostingRole.PAYMENT_DEBIT)


def paid_into_problems(method: str, answers: Answers) -> tuple[Problem, ...]:
    """Why that account cannot be used."""
    tender = answers.tender(method)
    own = tender.account is not None or not tender.is_money
    return (*tender.problems, *(() if own else missing(answers, PostingRole.PAYMENT_DEBIT)))


def is_deposited(method: str, answers: Answers) -> bool:
    """Whether QuickBooks' own forms can take a payment of this method to its account; true while that is not known."""
    account = answers.tender(method).account
    return account is None or account.account_type in DEPOSITS


def method_of(refund: orders.Refund, order: Order) -> str:
    """What a refund was given back on: what the source says, else what the payment that it returns was made with.

    Where the source does not say which payment that was, it is any of them: their method counts if all have the same.
    """
    returned = [payment.method for payment in order.payments if payment.source_id == refund.payment_id]
    paid = {method_key(method): method for method in returned or [payment.method for payment in order.payments]}
    return refund.method or (next(iter(paid.values())) if len(paid) == 1 else "")


def given_back_on(refund: orders.Refund, order: Order, answers: Answers) -> Answers:
    """The answers for one refund: given back on a gift card, it credits the card's account and no money leaves."""
    tender, role = answers.tender(method_of(refund, order)), PostingRole.REFUND_CREDIT
    posting, problems = dict(answers.posting), dict(answers.posting_problems)
    if tender.is_money:
        return answers
    posting.pop(role, None)
    problems.pop(role, None)
    if tender.account:
        posting[role] = tender.account
    if tender.problems:
        problems[role] = tender.problems[0]
    return replace(answers, posting=posting, posting_problems=problems)


def memo_of(payment: orders.Payment) -> str:
    """A payment's note, below its reference where that is longer than QuickBooks keeps."""
    return "\n".join(part for part in (whole_reference(payment), payment.note) if part)


def whole_reference(payment: orders.Payment) -> str:
    """The words with a payment's whole reference, for a memo; empty where QuickBooks keeps all of it in its field."""
    reference = payment.reference.strip()
    return f"Reference {reference}" if len(reference) > LONGEST_REFERENCE else ""
