"""Do tax and discounts go where the company wants them, at the same total to the cent?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from books.answers import ListRef
from books.documents import CreditMemo, Invoice, JournalEntry, RefundReceipt
from sync.preparing.builders.choose import plan_order
from sync.preparing.builders.parts import AS_ITEM
from tests.builders.plans import ITEMS_FOR_BOTH, WHOLESALE, document, forms, plan_of, problems
from tests.docs.worked_examples import planned, studio
from tests.sample_orders import an_order, answers_for, ledger

DENVER = "sales tax Denver at 8.81 percent"


def invoice_of(text: str, settings: str) -> Invoice:
    found = document(plan_of(text, settings), "invoice")
    assert isinstance(found, Invoice)
    return found


# Tax -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "taxable"),
    [
        ("KIT-CLAY  49.00\nshipping  8.00\ntax  4.32", ["1"]),
        ("KIT-CLAY  49.00\nshipping  8.00\ntax  5.02", ["1", "2"]),
        ("KIT-CLAY  49.00\norder-discount  -9.00\ntax  3.52", ["1", "2"]),
        ("KIT-CLAY  49.00\nshipping  8.00\nshipping-discount  -8.00\ntax  4.32", ["1", "2", "3"]),
        ("KIT-CLAY  49.00\ntax  0.00", []),
        ("KIT-CLAY  49.00\ntax  State  1.42\ntax  City  2.90", ["1"]),
        ("KIT-CLAY  1.99\nBK-POT  1.99\nKIT-CLAY  1.99\ntax  0.54", ["1", "2", "3"]),  # rounded by line
        ("KIT-CLAY  1.99\nBK-POT  1.99\nKIT-CLAY  1.99\ntax  0.53", ["1", "2", "3"]),  # rounded once
        ("KIT-CLAY  48.00\nWT-101  240.00\ntax  4.23", ["1"]),  # some are taxed and others not
        ("WT-101  240.00\nKIT-CLAY  1.99\nKIT-CLAY  1.99\nKIT-CLAY  1.99\ntax  0.54", ["2", "3", "4"]),
        ("KIT-CLAY  1.99\nKIT-CLAY  1.99\nKIT-CLAY  1.99\nshipping  8.00\ntax  0.54", ["1", "2", "3"]),
    ],
)
def test_tax_is_quickbooks_own_on_the_lines_that_it_comes_out_of(rows: str, taxable: list[str]) -> None:
    text = f"2026-08-14  order 1\n{rows}"
    invoice = invoice_of(text, DENVER)

    assert invoice.tax
    assert (invoice.tax.code.name, invoice.tax.account.path) == ("Denver", "Sales Tax Payable")
    assert [line.key for line in invoice.lines if line.taxable] == taxable
    assert invoice.total == an_order(text).total
    assert not any(line.item.name == "Sales Tax" for line in invoice.lines)


@pytest.mark.parametrize(
    ("rows", "settings", "taxable"),
    [
        # By the amount alone either could be the one that is taxed
        ("KIT-CLAY  48.00\nWT-101  48.00\ntax  4.23", "untaxed KIT-CLAY", ["2"]),
        ("KIT-CLAY  48.00\nWT-101  48.00\ntax  4.23", "untaxed WT-101", ["1"]),
        ("KIT-CLAY  48.00\nWT-101  48.00\ntax  4.23", "taxed WT-101", ["2"]),
        ("KIT-CLAY  48.00\nWT-101  240.00\nshipping  8.00\ntax  4.93", "taxed KIT-CLAY; untaxed WT-101", ["1", "3"]),
        ("KIT-CLAY  48.00\nWT-101  240.00\nshipping  8.00\ntax  4.23", "taxed KIT-CLAY; untaxed WT-101", ["1"]),
        ("KIT-CLAY  48.00\nWT-101  48.00\norder-discount  -9.00\ntax  3.44", "untaxed KIT-CLAY", ["2", "3"]),
        ("KIT-CLAY  48.00\ntax  0.00", "taxed KIT-CLAY", []),  # an exempt customer
        ("KIT-CLAY  1.99\nBK-POT  1.99\nKIT-CLAY  1.99\nWT-101  9.00\ntax  0.54", "untaxed WT-101", ["1", "2", "3"]),
    ],
)
def test_which_products_are_taxed_is_a_decision_before_it_follows_from_the_amount(
    rows: str, settings: str, taxable: list[str]
) -> None:
    invoice = invoice_of(f"2026-08-14  order 1\n{rows}", f"{DENVER}; {settings}")

    assert [line.key for line in invoice.lines if line.taxable] == taxable


def test_what_an_order_says_of_a_line_comes_before_its_product() -> None:
    order = an_order("2026-08-14  order 1\nKIT-CLAY  48.00\nKIT-CLAY  48.00\ntax  4.23")
    said = replace(order, lines=(order.lines[0], replace(order.lines[1], taxable=True), order.lines[2]))

    invoice = document(planned(said, settings=f"{DENVER}; untaxed KIT-CLAY"), "invoice")

    assert isinstance(invoice, Invoice)
    assert [line.key for line in invoice.lines if line.taxable] == ["2"]


def test_a_return_is_taxed_on_the_lines_that_its_order_names() -> None:
    order = an_order("2026-08-14  order 1\nKIT-CLAY  -1 x 48.00\nWT-101  -1 x 48.00\ntax  -4.23")
    said = replace(order, lines=(replace(order.lines[0], taxable=False), *order.lines[1:]))

    credit = document(planned(said, settings=DENVER), "return")

    assert isinstance(credit, CreditMemo)
    assert [line.key for line in credit.lines if line.taxable] == ["2"]


@pytest.mark.parametrize("settings", ["untaxed KIT-CLAY", "taxed KIT-CLAY; taxed WT-101"])
def test_tax_that_what_was_decided_does_not_explain_blocks_the_order(settings: str) -> None:
    plan = plan_of("2026-08-14  order 1\nKIT-CLAY  48.00\nWT-101  240.00\ntax  4.23", f"{DENVER}; {settings}")

    assert [problem.code for problem in problems(plan, "invoice")] == ["tax-differs"]


@pytest.mark.parametrize("off", ["4.31", "4.33", "14.32", "0.01"])
@pytest.mark.parametrize("settings", [DENVER, f"{DENVER}; {WHOLESALE}", f"{DENVER}; sales receipts"])
def test_tax_that_is_off_by_a_cent_blocks_the_order_and_shows_the_line(off: str, settings: str) -> None:
    plan = plan_of(f"2026-08-14  order 1\nKIT-CLAY  49.00\ntax  City tax  {off}", settings)

    (problem,) = problems(plan, "invoice")
    assert forms(plan) == [("invoice", "")]
    assert f"charges {off} USD on “City tax”" in problem.explain()
    assert "would come to 4.32 USD" in problem.explain()


def test_the_lines_of_one_product_are_taxed_alike() -> None:
    plan = plan_of("2026-08-14  order 1\nKIT-CLAY  48.00\nKIT-CLAY  240.00\ntax  4.23", DENVER)

    assert [problem.code for problem in problems(plan, "invoice")] == ["tax-differs"]


def test_of_very_many_products_no_selection_is_guessed() -> None:
    rows = "\n".join(f"service  Part {number}  {number}.17" for number in range(1, 12))

    plan = plan_of(f"2026-08-14  order 1\n{rows}\ntax  0.10", DENVER)

    assert [problem.code for problem in problems(plan, "invoice")] == ["tax-differs"]


def test_the_words_of_the_tax_are_those_of_the_source() -> None:
    named = invoice_of("2026-08-14  order 1\nKIT-CLAY  49.00\ntax  Denver city  4.32", DENVER).tax
    plain = invoice_of("2026-08-14  order 1\nKIT-CLAY  49.00\ntax  4.32", DENVER).tax

    assert named
    assert plain
    assert (named.description, plain.description) == ("Denver city", "Tax")


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    assert invoice_of("2026-08-14  order 1\nKIT-CLAY  0.50\ntax  0.05", "sales tax Ten at 9 percent").tax


def test_without_a_code_only_orders_that_charge_tax_wait() -> None:
    settings = "sales tax without a code"

    taxed = plan_of("2026-08-14  order 1\nKIT-CLAY  49.00\ntax  4.32", settings)
    assert [problem.code for problem in problems(taxed, "invoice")] == ["tax-code-not-set"]
    assert forms(plan_of("2026-08-14  order 1\nKIT-CLAY  49.00", settings)) == [("invoice", "invoice")]


@pytest.mark.parametrize("percent", ["8.81 percent", "0 percent"])
def test_tax_alone_on_nothing_that_is_sold_stays_a_line(percent: str) -> None:
    invoice = invoice_of("2026-08-14  order 1\ntax  Forgotten in July  4.32", f"sales tax Denver at {percent}")

    assert invoice.tax is None
    assert ledger(invoice) == ledger("""
        Accounts Receivable    4.32
        Sales Tax Payable     -4.32
    """)


def test_the_tax_of_a_return_goes_back_with_it() -> None:
    memo = document(plan_of("2026-09-03  order 1\nKIT-CLAY  -49.00\ntax  -4.32", DENVER), "return")

    assert isinstance(memo, CreditMemo)
    assert memo.tax
    assert memo.tax.amount == Decimal("4.32")
    assert ledger(memo) == ledger("""
        Sales:Kits             49.00
        Sales Tax Payable       4.32
        Accounts Receivable   -53.32
    """)


def test_in_an_entry_the_tax_is_a_line_with_its_account() -> None:
    text = "2026-08-14  order 1\nKIT-CLAY  49.00\ntax  4.32"
    entry = document(plan_of(text, f"{DENVER}; {WHOLESALE}"), "invoice")

    assert isinstance(entry, JournalEntry)
    assert ledger(entry) == ledger(document(plan_of(text, WHOLESALE), "invoice"))


# Discounts -----------------------------------------------------------------------------------------------------------

OFF = "2026-08-14  order 1\nWT-101  199.00\nfree-trial-discount  Trial  -49.00\norder-discount  Friends  -9.00"


def test_the_discounts_of_an_order_are_one_discount_line_with_all_their_words() -> None:
    invoice = invoice_of(OFF, "discount lines")

    assert invoice.discount
    assert (invoice.discount.amount, invoice.discount.description) == (Decimal(58), "Trial, Friends")
    assert [line.key for line in invoice.lines] == ["1"]
    assert invoice.total == invoice_of(OFF, "").total == 141


@pytest.mark.parametrize(
    ("row", "kept"),
    [("KIT-CLAY  -24.50", True), ("special  Surcharge  5.00", True), ("shipping-discount  -8.00", False)],
)
def test_only_what_takes_something_off_by_its_type_is_a_discount(row: str, kept: bool) -> None:
    invoice = invoice_of(f"2026-08-14  order 1\nWT-101  199.00\n{row}", "discount lines")

    assert (invoice.discount is None) is kept
    assert (len(invoice.lines) == 2) is kept


def test_an_order_of_nothing_but_discounts_keeps_them_on_items() -> None:
    memo = document(plan_of("2026-08-14  order 1\nspecial  -5.00", "discount lines"), "return")

    assert isinstance(memo, CreditMemo)
    assert memo.discount is None
    assert memo.total == 5


def test_discounts_of_several_accounts_stand_on_their_items_with_a_note() -> None:
    order = an_order(OFF)
    other = replace(order.lines[1], name="Shipping")
    plan = planned(
        replace(order, lines=(order.lines[0], other, order.lines[2])),
        settings="discount lines; no Item Account Default for Special",
    )
    invoice = document(plan, "invoice")

    assert isinstance(invoice, Invoice)
    assert invoice.discount is None
    assert [line.notes for line in invoice.lines] == [(), (AS_ITEM,), (AS_ITEM,)]
    assert [line.account.path for line in invoice.lines[1:]] == ["Shipping Income", "Discounts Given"]


# Class and location --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", ["discount lines; class Online", f"discount lines; class Online; {WHOLESALE}"])
def test_every_line_and_the_discount_carry_their_class_and_the_receivable_none(settings: str) -> None:
    sale = document(plan_of(OFF, settings), "invoice")

    if isinstance(sale, JournalEntry):
        assert [line.quickbooks_class and line.quickbooks_class.name for line in sale.lines] == [
            None,
            "Online",
            "Online",
        ]
    else:
        assert isinstance(sale, Invoice)
        assert sale.discount
        carried = [*(line.quickbooks_class for line in sale.lines), sale.discount.quickbooks_class]
        assert {quickbooks_class.name for quickbooks_class in carried if quickbooks_class} == {"Online"}
        assert None not in carried


@pytest.mark.parametrize("settings", ["", ITEMS_FOR_BOTH])
def test_what_is_given_back_carries_the_class_of_the_source_and_its_receivable_none(settings: str) -> None:
    text = "2026-08-14  order 1\nWT-101  199.00\ncredit 2026-08-20  Comp  2.00\nrefund 2026-08-21  Part  3.00"
    plan = plan_of(text, f"class Online; {settings}" if settings else "class Online")

    for form in (document(plan, "credit"), document(plan, "refund")):
        assert isinstance(form, JournalEntry | CreditMemo | RefundReceipt)
        carried = [line.quickbooks_class.name for line in form.lines if line.quickbooks_class]
        assert carried == ["Online"]
        assert form.lines[0].quickbooks_class


def test_in_an_entry_two_lines_with_the_same_words_keep_a_class_each() -> None:
    order = an_order("2026-08-14  order 1\nWT-101  10.00\nWT-101  20.00")
    answers = answers_for(order)
    classes = {key: ListRef(quickbooks_id=key, name=f"Class {key}") for key in ("1", "2")}
    lines = {key: replace(line, quickbooks_class=classes[key]) for key, line in answers.lines.items()}
    known = studio(settings=WHOLESALE)
    wholesale = known.accounts_by_path["Wholesale Receivables"]
    posting = dict.fromkeys(answers.posting, wholesale)
    (one,) = plan_order(order, replace(answers, lines=lines, posting=posting, forms=known.forms), system="keap").planned

    assert isinstance(one.document, JournalEntry)
    assert [line.quickbooks_class and line.quickbooks_class.name for line in one.document.lines] == [
        None, "Class 1", "Class 2"
    ]  # fmt: skip


def test_the_location_stands_on_every_form_that_the_company_sends() -> None:
    text = "2026-08-14  order 1\nWT-101  10.00\ncredit 2026-08-20  Comp  2.00\nrefund 2026-08-21  Part  3.00"
    order, denver = an_order(text), ListRef(quickbooks_id="5", name="Denver")
    answers = answers_for(order)
    plan = plan_order(order, replace(answers, forms=replace(answers.forms, location=denver)), system="keap")

    found = {planned.kind: getattr(planned.document, "location", "none") for planned in plan.planned}
    assert found == {"invoice": denver, "credit": denver, "credit-application": "none", "refund": denver}
