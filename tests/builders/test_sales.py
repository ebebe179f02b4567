"""Does what was sold become the right form, with the debits and credits that the settings say?"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.documents import CreditMemo, Invoice, JournalEntry, SalesReceipt
from books.orders import LineType, Section
from sync.preparing.builders.journal import WHY
from sync.preparing.builders.parts import is_discount
from tests.builders.plans import WHOLESALE, document, forms, in_books_of, plan_of, problems
from tests.docs.worked_examples import planned
from tests.sample_books import DEFAULTS, ITEM_ACCOUNTS
from tests.sample_orders import AN_ORDER, an_order, ledger

PAID = AN_ORDER + "paid 2026-08-14  Card  260.17"
KINDS_OF_DISCOUNT = [line_type for line_type in LineType if line_type.section is Section.SPECIAL]


# Invoice -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A40", "A45")
def test_an_invoice_debits_the_invoice_debit_account_and_credits_each_line() -> None:
    invoice = document(plan_of(AN_ORDER), "invoice")

    assert isinstance(invoice, Invoice)
    assert ledger(invoice) == ledger("""
        Accounts Receivable          260.17
        Services:Training:Classes   -199.00
        Sales:Kits                   -49.00
        Shipping Income               -8.00
        Sales Tax Payable             -4.17
    """)


@pytest.mark.criterion("A44")
def test_without_an_invoice_debit_account_no_invoice_is_built_and_the_reason_names_the_setting() -> None:
    plan = plan_of(AN_ORDER, "Invoice Debit Account = ")

    assert forms(plan) == [("invoice", "")]
    assert [problem.explain() for problem in problems(plan, "invoice")] == [
        "The posting account “Invoice Debit Account” is not set."
    ]


@pytest.mark.criterion("A45", "A47")
def test_on_another_receivable_the_invoice_is_an_entry_with_the_same_debits_and_credits() -> None:
    entry = document(plan_of(AN_ORDER, WHOLESALE), "invoice")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.number, entry.why) == ("invoice", "1042", WHY["invoice"])
    assert ledger(entry) == ledger(document(plan_of(AN_ORDER), "invoice")).replace(
        f"{'Accounts Receivable':<40}", f"{'Wholesale Receivables':<40}"
    )
    assert [line.account.path for line in entry.lines if line.names_customer] == ["Wholesale Receivables"]


@pytest.mark.parametrize("settings", ["", WHOLESALE], ids=["own receivable", "another"])
def test_an_order_of_nothing_is_an_invoice_whatever_its_receivable(settings: str) -> None:
    plan = plan_of("2026-08-14  order 1\nKIT-CLAY  24.50\norder-discount  Voucher  -24.50", settings)

    assert forms(plan) == [("invoice", "invoice")]
    assert document(plan, "invoice").total == 0


@pytest.mark.criterion("B30", "B31", "B32")
def test_a_payment_plan_changes_neither_the_invoice_nor_its_number() -> None:
    paid = "paid 2026-08-14  Card  80.00\npaid 2026-09-14  Card  80.00"
    text = f"2026-08-14  order 1\nRK-300  320.00\n{paid}"
    with_plan, without = plan_of(f"{text}\nplan  4"), plan_of(text)

    assert forms(with_plan) == [("invoice", "invoice"), ("payment", "payment"), ("payment", "payment")]
    assert document(with_plan, "invoice") == document(without, "invoice")
    assert document(with_plan, "invoice").total == 320


@pytest.mark.criterion("A61")
@pytest.mark.parametrize("kind", KINDS_OF_DISCOUNT)
def test_every_kind_of_discount_posts_by_the_special_section(kind: LineType) -> None:
    invoice = document(plan_of(f"2026-08-14  order 1\nWT-101  199.00\n{kind}  Off  -19.00"), "invoice")

    special = ITEM_ACCOUNTS[DEFAULTS[Section.SPECIAL]]
    assert isinstance(invoice, Invoice)
    assert (invoice.total, invoice.lines[1].account, invoice.lines[1].amount) == (Decimal(180), special, Decimal(-19))


@pytest.mark.criterion("A61")
@pytest.mark.parametrize(
    ("kind", "section"),
    [("tip", Section.SERVICE), ("fee", Section.SERVICE), ("other", Section.UNKNOWN)],
)
def test_types_that_are_newer_than_the_sections_have_one(kind: str, section: Section) -> None:
    invoice = document(plan_of(f"2026-08-14  order 1\nWT-101  199.00\n{kind}  20.00"), "invoice")

    assert isinstance(invoice, Invoice)
    assert invoice.lines[1].account == ITEM_ACCOUNTS[DEFAULTS[section]]


@pytest.mark.criterion("A71")
@pytest.mark.parametrize("settings", ["", WHOLESALE, "discount lines"])
def test_negative_and_free_lines_keep_the_total_in_every_form(settings: str) -> None:
    text = "2026-08-14  order 1\nWT-101  199.00\nBK-POT  0.00\nspecial  Friends  -19.90\nKIT-CLAY  -24.50"
    sale = document(plan_of(text, settings), "invoice")

    assert sale.postings[0].amount == an_order(text).total == Decimal("154.60")


@pytest.mark.criterion("A72")
@pytest.mark.parametrize("settings", ["", "sales receipts", WHOLESALE])
def test_a_line_without_mapping_stops_its_document_and_what_follows_it(settings: str) -> None:
    order = an_order(PAID)
    unmapped = replace(order.lines[1], product_id="new", product_name="New kit", name="New kit", sku="")
    plan = planned(replace(order, lines=(order.lines[0], unmapped, *order.lines[2:])), settings=settings)

    assert {form for _, form in forms(plan)} == {""}
    assert [problem.code for problem in problems(plan, plan.planned[0].kind)] == ["product-without-mapping"]


# Sales receipt -------------------------------------------------------------------------------------------------------


def test_an_order_paid_at_once_is_a_receipt_if_the_company_wants_it() -> None:
    plan = plan_of(PAID, "sales receipts")

    receipt = document(plan, "sales-receipt")
    assert forms(plan) == [("sales-receipt", "sales-receipt")]
    assert isinstance(receipt, SalesReceipt)
    assert (receipt.method, receipt.reference) == ("Card", "1042-1")
    assert ledger(receipt) == ledger("""
        Undeposited Funds            260.17
        Services:Training:Classes   -199.00
        Sales:Kits                   -49.00
        Shipping Income               -8.00
        Sales Tax Payable             -4.17
    """)


@pytest.mark.parametrize(
    "money",
    [
        "",
        "paid 2026-08-15  Card  260.17",
        "paid 2026-08-14  Card  260.16",
        "paid 2026-08-14  Card  300.00",
        "paid 2026-08-14  Card  200.00\n    paid 2026-08-14  Cash  60.17",
        "pending 2026-08-14  Card  260.17",
        "paid 2026-08-14  Card  260.17\n    plan  1",
        "paid 2026-08-14  Card  260.17\n    credit 2026-08-14  Comp  1.00",
    ],
)
def test_whatever_is_not_one_payment_of_all_of_it_on_the_day_is_an_invoice(money: str) -> None:
    assert forms(plan_of(AN_ORDER + money, "sales receipts"))[0] == ("invoice", "invoice")


def test_without_the_choice_an_order_paid_at_once_is_an_invoice_and_a_payment() -> None:
    assert forms(plan_of(PAID)) == [("invoice", "invoice"), ("payment", "payment")]


@pytest.mark.criterion("C26", "C36")
@pytest.mark.parametrize("choice", ["sales receipts", ""])
def test_a_source_that_tells_receipts_from_invoices_is_followed_whatever_the_company_chose(choice: str) -> None:
    receipt, invoice = plan_of(f"{PAID}\nform  receipt", choice), plan_of(f"{PAID}\nform  invoice", choice)

    assert forms(receipt) == [("sales-receipt", "sales-receipt")]
    assert forms(invoice) == [("invoice", "invoice"), ("payment", "payment")]


def test_an_invoice_is_due_when_its_source_says_so() -> None:
    told, by_terms = plan_of(f"{AN_ORDER}due  2026-10-01"), plan_of(AN_ORDER)

    invoice, usual = document(told, "invoice"), document(by_terms, "invoice")
    assert isinstance(invoice, Invoice)
    assert isinstance(usual, Invoice)
    assert invoice.due == date(2026, 10, 1)
    assert usual.due != date(2026, 10, 1)
    moved = plan_of(f"{AN_ORDER}due  2026-10-02")
    assert moved.planned[0].source != told.planned[0].source
    assert "due_on" not in (by_terms.planned[0].source or {})


def test_a_receipt_needs_no_receivable_account() -> None:
    assert forms(plan_of(PAID, "sales receipts; Invoice Debit Account = ")) == [("sales-receipt", "sales-receipt")]


def test_what_is_in_quickbooks_stays_what_it_is_when_the_choice_changes() -> None:
    invoice, receipt = plan_of(PAID), plan_of(PAID, "sales receipts")

    still_invoice = plan_of(PAID, "sales receipts", in_books=in_books_of(invoice))
    still_receipt = plan_of(PAID, in_books=in_books_of(receipt))

    assert still_invoice.planned[0].key == invoice.planned[0].key
    assert forms(still_invoice) == [("invoice", "invoice"), ("payment", "payment")]
    assert still_receipt.planned[0].key == receipt.planned[0].key
    assert forms(still_receipt) == [("sales-receipt", "sales-receipt")]


# Return --------------------------------------------------------------------------------------------------------------

BACK = "2026-09-03  order 1\nKIT-CLAY  -2 x 24.50\nBK-POT  18.00\nshipping  -8.00\ntax  -4.17"


def test_a_return_is_every_posting_of_an_invoice_with_its_sign_turned() -> None:
    memo = document(plan_of(BACK), "return")

    assert isinstance(memo, CreditMemo)
    assert (memo.total, memo.lines[0].quantity, memo.lines[0].unit_price) == (
        Decimal("43.17"),
        Decimal(2),
        Decimal("24.50"),
    )
    assert ledger(memo) == ledger("""
        Sales:Kits             49.00
        Sales:Books           -18.00
        Shipping Income         8.00
        Sales Tax Payable       4.17
        Accounts Receivable   -43.17
    """)


def test_a_return_on_another_receivable_is_an_entry() -> None:
    entry = document(plan_of(BACK, WHOLESALE), "return")

    assert isinstance(entry, JournalEntry)
    assert (entry.stands_for, entry.why) == ("return", WHY["return"])
    assert entry.postings[-1].amount == an_order(BACK).total


def test_an_invoice_that_came_to_less_than_nothing_after_it_was_posted_is_no_return() -> None:
    sold = plan_of("2026-09-03  order 1\nKIT-CLAY  24.50")
    now = plan_of("2026-09-03  order 1\nKIT-CLAY  -24.50", in_books=in_books_of(sold))

    assert now.planned[0].key == sold.planned[0].key
    assert [problem.code for problem in problems(now, "invoice")] == ["negative-total"]


# All of them ---------------------------------------------------------------------------------------------------------

LINES = ["WT-101", "KIT-CLAY", "BK-POT", "shipping", "tip", "finance-charge", "special", "order-discount", "other"]
CHOICES = ["", "sales receipts", "discount lines", WHOLESALE, f"{WHOLESALE}; discount lines; sales receipts"]


@given(
    lines=st.lists(st.tuples(st.sampled_from(LINES), st.integers(-5000, 20000)), min_size=1, max_size=6),
    settings=st.sampled_from(CHOICES),
)
def test_every_sale_balances_at_the_total_of_its_order(lines: list[tuple[str, int]], settings: str) -> None:
    text = "\n".join(["2026-08-14  order 1", *(f"{kind}  {units / 100:.2f}" for kind, units in lines)])
    (one,) = plan_of(text, settings).planned

    if [problem.code for problem in one.problems] == ["negative-total"]:
        order = an_order(text)
        assert order.total < 0 <= sum(line.amount for line in order.lines if not is_discount(line))
        return
    assert one.document
    assert one.document.total == abs(an_order(text).total) or isinstance(one.document, JournalEntry)
    assert sum(posting.amount for posting in one.document.postings) == 0
    assert max((posting.amount for posting in one.document.postings), default=0) >= 0
