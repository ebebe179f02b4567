"""Do payments, credits and refunds move exactly the accounts of their settings, in the form that fits?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from books.answers import PostingRole
from books.documents import CreditApplication, CreditMemo, JournalEntry, Payment, RefundReceipt
from books.problems import DatedFarAhead
from mapping.answering import POSTING_TYPES
from sync.preparing.builders.credit import number_of
from sync.preparing.builders.journal import WHY
from tests.builders.plans import ITEMS_FOR_BOTH, WHOLESALE, document, forms, in_books_of, moved, plan_of, problems
from tests.docs.worked_examples import planned
from tests.sample_books import ACCOUNTS
from tests.sample_orders import an_order, ledger

SOLD = "2026-08-14  order 1042\nWT-101  199.00\n"
PAID = SOLD + "paid 2026-08-20  Card  199.00"
COMP = SOLD + "credit 2026-08-20  Comp  199.00"
BACK = PAID + "\nrefund 2026-09-01  Class moved  199.00"
#: Where money is: no credit ever moves one of them.
MONEY_TYPES = {"Bank", "Other Current Asset"}


# Payments ------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A41", "A48", "B37")
def test_a_payment_debits_and_credits_the_accounts_of_its_two_settings() -> None:
    payment = document(plan_of(PAID, "Payment Debit Account = Checking"), "payment")

    assert isinstance(payment, Payment)
    assert ledger(payment) == ledger("""
        Checking              199.00
        Accounts Receivable  -199.00
    """)


@pytest.mark.criterion("A41")
def test_a_payment_on_another_receivable_than_its_invoice_is_an_entry_that_settles_nothing() -> None:
    plan = plan_of(PAID, "Payment Credit Account = Wholesale Receivables")
    entry = document(plan, "payment")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.why, entry.number) == ("payment", WHY["payment"], "1042-1")
    assert entry.needs == (document(plan, "invoice").key,)
    assert ledger(entry) == ledger("""
        Undeposited Funds       199.00
        Wholesale Receivables  -199.00
    """)


def test_a_payment_on_an_invoice_that_is_an_entry_settles_the_entry() -> None:
    payment = document(plan_of(PAID, WHOLESALE), "payment")

    assert isinstance(payment, Payment)
    assert (payment.invoice_form, payment.applied, payment.receivable.path) == (
        "journal-entry", Decimal(199), "Wholesale Receivables"
    )  # fmt: skip


@pytest.mark.criterion("B35")
@pytest.mark.parametrize("path", ["Undeposited Funds", "Sales:Kits", "Accounts Payable", "Checking"])
def test_a_payment_credit_account_that_is_no_receivable_is_refused(path: str) -> None:
    plan = plan_of(PAID, f"Payment Credit Account = {path}")

    assert [problem.code for problem in problems(plan, "payment")] == ["account-of-wrong-type"]
    assert forms(plan) == [("invoice", "invoice"), ("payment", "")]


# Credits -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A42", "B38", "B39")
def test_a_credit_without_an_item_is_an_entry_between_its_two_settings() -> None:
    plan = plan_of(COMP)
    entry = document(plan, "credit")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.why, entry.number) == ("credit", WHY["credit"], "CR-1042-1")
    assert [line.names_customer for line in entry.lines] == [False, True]
    assert ledger(entry) == ledger("""
        Refunds & Allowances   199.00
        Accounts Receivable   -199.00
    """)


@pytest.mark.criterion("A42", "B38", "B39")
def test_a_credit_with_an_item_of_the_credit_debit_account_is_a_credit_memo() -> None:
    memo = document(plan_of(COMP, ITEMS_FOR_BOTH), "credit")

    assert isinstance(memo, CreditMemo)
    assert [line.item.name for line in memo.lines] == ["Goodwill Credit"]
    assert ledger(memo) == ledger(document(plan_of(COMP), "credit"))


@pytest.mark.criterion("A42")
@pytest.mark.parametrize(
    "other", ["Credit Debit Account = Discounts Given", f"{WHOLESALE}; Credit Credit Account = Wholesale Receivables"]
)
def test_an_item_that_does_not_fit_the_settings_is_not_used(other: str) -> None:
    plan = plan_of(COMP, f"{ITEMS_FOR_BOTH}; {other}")
    debit, credit = document(plan, "credit").postings

    assert forms(plan)[1] == ("credit", "journal-entry")
    assert (debit.account.path, credit.account.path) == (
        ("Discounts Given", "Accounts Receivable")
        if "Discounts" in other
        else ("Refunds & Allowances", "Wholesale Receivables")
    )


@pytest.mark.criterion("B37", "B39")
@pytest.mark.parametrize("settings", ["", ITEMS_FOR_BOTH, WHOLESALE, "sales receipts"])
def test_no_credit_moves_an_account_where_money_is(settings: str) -> None:
    text = SOLD + "paid 2026-08-14  Card  99.00\ncredit 2026-08-20  Comp  60.00\ncredit 2026-08-21  Freebie  40.00"
    plan = plan_of(text, settings)

    credits = [planned.document for planned in plan.planned if planned.kind.startswith("credit")]
    assert len([credit for credit in credits if credit]) >= 2
    assert [path for path in moved(credits) if ACCOUNTS[path].account_type in MONEY_TYPES] == []
    assert sum(planned.total for planned in plan.planned if planned.kind == "payment") == 99
    assert not MONEY_TYPES & {*POSTING_TYPES[PostingRole.CREDIT_DEBIT], *POSTING_TYPES[PostingRole.CREDIT_CREDIT]}


@pytest.mark.criterion("B36")
@pytest.mark.parametrize("path", ["Undeposited Funds", "Refunds & Allowances", "Checking"])
def test_a_credit_credit_account_that_is_no_receivable_is_refused(path: str) -> None:
    plan = plan_of(COMP, f"Credit Credit Account = {path}")

    assert [problem.code for problem in problems(plan, "credit")] == ["account-of-wrong-type"]
    assert forms(plan) == [("invoice", "invoice"), ("credit", "")]


@pytest.mark.parametrize(
    "settings", ["", ITEMS_FOR_BOTH, f"{WHOLESALE}; Credit Credit Account = Wholesale Receivables"]
)
def test_a_credit_is_used_on_its_invoice_in_the_forms_that_both_have(settings: str) -> None:
    plan = plan_of(COMP, settings)
    use, invoice, credit = (document(plan, kind) for kind in ("credit-application", "invoice", "credit"))

    assert isinstance(use, CreditApplication)
    assert (use.invoice, use.invoice_form, use.credit, use.credit_form) == (
        invoice.key, invoice.kind, credit.key, credit.kind
    )  # fmt: skip
    assert use.postings == ()
    assert use.amount == 199
    assert plan.planned[-1].depends_on == credit.key


def test_a_credit_that_is_in_quickbooks_is_used_in_the_form_that_it_has_there() -> None:
    posted = plan_of(COMP, ITEMS_FOR_BOTH)
    memo = document(posted, "credit")

    use = document(
        plan_of(COMP, in_books=in_books_of(posted, credit_forms={memo.key: memo.kind})), "credit-application"
    )

    assert isinstance(use, CreditApplication)
    assert (use.credit, use.credit_form) == (memo.key, "credit-memo")


def test_a_credit_on_another_receivable_than_its_invoice_is_not_used() -> None:
    plan = plan_of(COMP, "Credit Credit Account = Wholesale Receivables")

    assert forms(plan) == [("invoice", "invoice"), ("credit", "journal-entry")]


# Refunds -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A43", "A49", "A50")
def test_with_the_receivable_as_credit_account_a_refund_lowers_receivables() -> None:
    plan = plan_of(BACK)
    entry = document(plan, "refund")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.why) == ("refund", WHY["refund"])
    assert [line.account.path for line in entry.lines if line.names_customer] == ["Accounts Receivable"]
    assert ledger(entry) == ledger("""
        Refunds & Allowances   199.00
        Accounts Receivable   -199.00
    """)
    assert moved(planned.document for planned in plan.planned)["Accounts Receivable"] == -199


@pytest.mark.criterion("A43", "A49", "A51")
def test_with_a_separate_account_refunds_collect_there_with_a_credit_balance() -> None:
    text = PAID + "\nrefund 2026-09-01  Half  99.00\nrefund 2026-09-08  Rest  100.00"
    plan = plan_of(text, "Refund Credit Account = Refunds Outstanding")

    assert moved(planned.document for planned in plan.planned) == {
        "Accounts Receivable": 0,
        "Services:Training:Classes": -199,
        "Undeposited Funds": 199,
        "Refunds & Allowances": 199,
        "Refunds Outstanding": -199,
    }


@pytest.mark.criterion("A43")
@pytest.mark.parametrize("paid_from", ["Checking", "Refunds Outstanding"])
def test_with_an_item_of_the_refund_debit_account_a_refund_is_a_refund_receipt(paid_from: str) -> None:
    plan = plan_of(BACK, f"item for refunds Goodwill Credit; Refund Credit Account = {paid_from}")
    receipt = document(plan, "refund")

    assert isinstance(receipt, RefundReceipt)
    assert (receipt.paid_from.path, receipt.number) == (paid_from, "RF-1042-2")
    assert {path: int(amount) for path, amount in moved([receipt]).items()} == {
        "Refunds & Allowances": 199,
        paid_from: -199,
    }


@pytest.mark.parametrize(
    "settings",
    [
        "item for refunds Goodwill Credit",
        "item for refunds Goodwill Credit; Refund Debit Account = Sales:Kits; Refund Credit Account = Checking",
        "Refund Credit Account = Checking",
        "Refund Debit Account = Accounts Receivable; Refund Credit Account = Checking",
    ],
)
def test_a_refund_that_has_another_shape_than_a_refund_receipt_is_an_entry(settings: str) -> None:
    entry = document(plan_of(BACK, settings), "refund")

    assert isinstance(entry, JournalEntry)
    assert sum(line.names_customer for line in entry.lines) <= 1


def test_each_time_money_went_back_is_a_refund_of_its_own_day_and_amount() -> None:
    plan = plan_of(PAID + "\nrefund 2026-09-08  Rest  74.50\nrefund 2026-09-01  Part  24.50")

    refunds = [planned for planned in plan.planned if planned.kind == "refund"]
    assert [(str(refund.dated), str(refund.total)) for refund in refunds] == [
        ("2026-09-01", "24.50"),
        ("2026-09-08", "74.50"),
    ]
    assert len({refund.key for refund in refunds}) == len({refund.number for refund in refunds}) == 2


@pytest.mark.parametrize(
    ("text", "kind", "setting"),
    [
        (BACK, "refund", "Refund Debit Account = Wholesale Receivables"),
        (COMP, "credit", "Credit Debit Account = Wholesale Receivables"),
    ],
)
def test_two_receivables_in_one_entry_block_that_record_alone(text: str, kind: str, setting: str) -> None:
    plan = plan_of(text, setting)

    assert [problem.code for problem in problems(plan, kind)] == ["moves-two-receivables"]
    assert forms(plan)[0] == ("invoice", "invoice")


@pytest.mark.parametrize(("text", "kind"), [(BACK, "refund"), (COMP, "credit"), (PAID, "payment")])
@pytest.mark.parametrize("side", ["Debit", "Credit"])
def test_a_setting_that_is_empty_blocks_only_what_needs_it(text: str, kind: str, side: str) -> None:
    plan = plan_of(text, f"{kind.capitalize()} {side} Account = ")

    assert [problem.code for problem in problems(plan, kind)] == ["posting-account-not-set"]
    assert {name for name, form in forms(plan) if not form} == {kind} | (
        {"credit-application"} & dict(forms(plan)).keys()
    )
    assert dict(forms(plan))["invoice"] == "invoice"


@pytest.mark.parametrize("number", ["7", "1234567890123456789", "1234567890123456780", " a b ", "x" * 60])
def test_a_number_fits_quickbooks_and_tells_long_ids_apart(number: str) -> None:
    made = number_of("CR", number, an_order())

    assert len(made) <= 21
    assert made == made.strip()
    assert made.startswith("CR-")
    assert made != number_of("CR", f"{number}9", an_order())


@pytest.mark.parametrize("settings", ["", ITEMS_FOR_BOTH])
@pytest.mark.parametrize("kind", ["credit", "refund"])
def test_a_credit_or_a_refund_of_zero_posts_nothing_and_says_so(kind: str, settings: str) -> None:
    plan = plan_of(f"2026-08-14  order 7\nWT-101  10.00\n{kind} 2026-08-15  Comp  0.00", settings)

    assert forms(plan) == [("invoice", "invoice")]
    assert [note.code for note in plan.notes] == ["of-nothing"]


# Larger than what it is taken from -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        "KIT-CLAY  48.00\nspecial  Friends  -60.00",
        "KIT-CLAY  48.00\norder-discount  Friends  -60.00",
        "KIT-CLAY  48.00\nBK-POT  -20.00\nspecial  Friends  -40.00",
    ],
)
def test_discounts_larger_than_the_charges_block_the_order(rows: str) -> None:
    plan = plan_of(f"2026-08-14  order 7\n{rows}")

    assert forms(plan) == [("invoice", "")]
    assert [problem.code for problem in problems(plan, "invoice")] == ["negative-total"]


def test_a_return_with_a_discount_taken_back_is_a_return() -> None:
    plan = plan_of("2026-08-14  order 7\nKIT-CLAY  -48.00\nspecial  Friends  -5.00")

    assert forms(plan) == [("return", "credit-memo")]


def noticed(text: str, today: date | None = None) -> list[tuple[str, dict[str, str]]]:
    """What is noticed about an order that is posted as it is."""
    plan = planned(an_order(text), settings="Refund Credit Account = Checking", today=today)
    assert all(record.document for record in plan.planned)
    return [(note.code, dict(note.facts)) for note in plan.notes]


def test_refunds_of_more_than_was_received_are_noticed() -> None:
    sold = "2026-08-14  order 7\nKIT-CLAY  48.00\npaid 2026-08-20  Card  48.00\n"

    assert noticed(sold + "refund 2026-08-22  All  48.00") == []
    assert noticed(sold + "refund 2026-08-22  More  60.00") == [
        ("refunds-over-payments", {"amount": "60.00 USD", "received": "48.00 USD"})
    ]


def test_a_refund_of_what_was_never_received_is_noticed_and_one_of_a_return_is_not() -> None:
    unpaid = "2026-08-14  order 7\nKIT-CLAY  48.00\n"
    returned = "2026-08-14  order 7\nKIT-CLAY  -48.00\n"

    assert noticed(unpaid + "refund 2026-08-22  Back  30.00") == [
        ("refunds-over-payments", {"amount": "30.00 USD", "received": "0.00 USD"})
    ]
    assert noticed(returned + "refund 2026-08-22  Back  48.00") == []


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("2027-02-28  order 7\nKIT-CLAY  48.00", "2027-02-28"),
        ("2026-08-14  order 7\nKIT-CLAY  48.00\npaid 2027-08-10  Card  48.00", "2027-08-10"),
        ("2026-08-14  order 7\nKIT-CLAY  48.00\ncredit 2027-08-10  Comp  48.00", "2027-08-10"),
        (
            "2026-08-14  order 7\nKIT-CLAY  48.00\npaid 2026-08-14  Card  48.00\nrefund 2027-08-10  Back  9.00",
            "2027-08-10",
        ),
        ("2026-08-22  order 7\nKIT-CLAY  48.00", ""),  # a week ahead is no mistake
        ("2026-08-23  order 7\nKIT-CLAY  48.00", "2026-08-23"),
    ],
)
def test_a_date_of_more_than_a_week_ahead_is_noticed(text: str, latest: str) -> None:
    assert noticed(text, today=date(2026, 8, 15)) == ([("dated-ahead", {"date": latest})] if latest else [])


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("2098-01-05  order 7\nKIT-CLAY  48.00", {"invoice": "2098-01-05"}),
        ("2027-08-16  order 7\nKIT-CLAY  48.00", {}),  # a year ahead
        ("2027-08-17  order 7\nKIT-CLAY  48.00", {"invoice": "2027-08-17"}),
        ("2026-08-14  order 7\nKIT-CLAY  48.00\npaid 2062-08-14  Card  48.00", {"payment": "2062-08-14"}),
    ],
)
def test_what_is_dated_more_than_a_year_ahead_is_held(text: str, held: dict[str, str]) -> None:
    plan = planned(an_order(text), settings="Refund Credit Account = Checking", today=date(2026, 8, 15))

    found = {record.kind: record.problems for record in plan.planned if record.document is None}
    assert found == {kind: (DatedFarAhead(order="7", day=day),) for kind, day in held.items()}
    assert not [note for note in plan.notes if note.code == "dated-ahead"] or not held
