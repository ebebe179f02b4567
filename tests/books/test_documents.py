"""Can a document exist that an accountant could not post?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.answers import AccountRef, CustomerRef, Forms, TaxCode
from books.documents import (
    FORMS,
    KINDS,
    CreditApplication,
    CreditMemo,
    DiscountLine,
    Document,
    DoesNotBalance,
    Invoice,
    InvoiceLine,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    Posting,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
    balanced,
)
from books.money import ZERO, total
from books.orders import PaymentPlan
from books.outcomes import TryLater, Unknown
from tests.books.values import cents, full
from tests.sample_orders import ACCOUNTS, an_invoice, ledger, payments_of

RECEIVABLE, KITS = ACCOUNTS["Accounts Receivable"], ACCOUNTS["Sales:Kits"]


def postings(*amounts: str) -> tuple[Posting, ...]:
    return tuple(
        Posting(account=account, amount=Decimal(amount))
        for account, amount in zip((RECEIVABLE, KITS, KITS), amounts, strict=False)
    )


def with_amounts(*amounts: Decimal, currency: str = "USD") -> Invoice:
    """An invoice whose lines have these amounts."""
    invoice = an_invoice()
    lines = tuple(replace(invoice.lines[0], key=str(key), amount=amount) for key, amount in enumerate(amounts))
    return replace(invoice, lines=lines, currency=currency)


def a_payment(amount: str, *, applied: str) -> Payment:
    (payment,) = payments_of("""
        2026-08-14       order 1042
        WT-101           100.00
        paid 2026-08-20  Credit Card  100.00
    """)
    return replace(payment, amount=Decimal(amount), applied=Decimal(applied))


# Balance -------------------------------------------------------------------------------------------------------------


def test_postings_that_balance_come_back_unchanged():
    good = postings("10.00", "-7.50", "-2.50")

    assert balanced(good, currency="USD", what="entry 1") is good


def test_postings_that_differ_are_refused_with_both_sums():
    with pytest.raises(DoesNotBalance, match=r"^entry 1: debits are 10\.00 USD and credits 9\.99 USD$"):
        balanced(postings("10.00", "-7.50", "-2.49"), currency="USD", what="entry 1")


def test_a_fraction_of_a_cent_is_refused_even_when_it_balances():
    with pytest.raises(DoesNotBalance, match=r"^entry 1: 10\.005 USD on Accounts Receivable is not a whole amount$"):
        balanced(postings("10.005", "-10.005"), currency="USD", what="entry 1")


@given(amounts=st.tuples(cents, cents), off=st.just(ZERO) | cents)
def test_only_sums_of_zero_are_accepted(amounts: tuple[Decimal, Decimal], off: Decimal):
    entry = postings(*map(str, (*amounts, off - sum(amounts))))

    if off:
        with pytest.raises(DoesNotBalance):
            balanced(entry, currency="USD", what="entry")
    else:
        assert balanced(entry, currency="USD", what="entry") == entry


@given(cents)
def test_a_posting_is_a_debit_or_a_credit_and_neither_is_negative(amount: Decimal):
    posting = Posting(account=KITS, amount=amount)

    assert posting.debit >= 0
    assert posting.credit >= 0
    assert posting.debit - posting.credit == amount
    assert ZERO in {posting.debit, posting.credit}


# Invoice -------------------------------------------------------------------------------------------------------------


def test_an_invoice_debits_receivables_and_credits_each_line():
    assert ledger(an_invoice()) == ledger("""
        Accounts Receivable          260.17
        Services:Training:Classes   -199.00
        Sales:Kits                   -49.00
        Shipping Income               -8.00
        Sales Tax Payable             -4.17
    """)


@pytest.mark.criterion("A71")
def test_discounts_and_zero_priced_lines_post_and_keep_the_total():
    invoice = an_invoice("""
        2026-08-14        order 1042
        KIT-CLAY          2 x 24.50
        KIT-GLAZE         0.00
        product-discount  Second kit at half price  -12.25
        special           Neighbour of the studio   -5.00
    """)

    assert invoice.total == Decimal("31.75")
    assert ledger(invoice) == ledger("""
        Accounts Receivable   31.75
        Sales:Kits           -49.00
        Sales:Kits             0.00
        Discounts Given       12.25
        Discounts Given        5.00
    """)


def test_a_free_order_is_an_invoice_of_nothing():
    invoice = an_invoice("""
        2026-08-14      order 1042
        KIT-CLAY        24.50
        order-discount  Voucher  -24.50
    """)

    assert invoice.total == 0


@given(amounts=st.lists(cents, min_size=1, max_size=8))
def test_any_invoice_of_whole_cents_balances_at_the_sum_of_its_lines(amounts: list[Decimal]):
    invoice = with_amounts(*amounts)

    assert total(posting.amount for posting in invoice.postings) == 0
    assert invoice.postings[0].amount == invoice.total == sum(amounts)
    assert [-posting.amount for posting in invoice.postings[1:]] == amounts


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [(("10.005",), "USD"), (("10.005", "-0.005"), "USD"), (("0.005", "0.005"), "USD"), (("10.50",), "JPY")],
)
def test_an_invoice_with_a_fraction_of_the_smallest_unit_cannot_exist(amounts: tuple[str, ...], currency: str):
    with pytest.raises(DoesNotBalance, match=r"invoice 1042: .* is not a whole amount"):
        with_amounts(*map(Decimal, amounts), currency=currency)


def test_an_invoice_without_a_line_cannot_exist():
    with pytest.raises(DoesNotBalance, match="invoice 1042 has no line"):
        with_amounts()


def test_an_invoice_waits_for_the_document_that_creates_its_customer():
    known = an_invoice()
    new = replace(known, customer=CustomerRef(name="Ann Lee", created_by="customer:12"))

    assert known.needs == ()
    assert new.needs == ("customer:12",)


# Payment -------------------------------------------------------------------------------------------------------------


def test_a_payment_debits_where_the_money_arrived_and_credits_receivables():
    payment = a_payment("100.00", applied="100.00")

    assert payment.total == 100
    assert payment.needs == ("invoice:source-1042",)
    assert ledger(payment) == ledger("""
        Undeposited Funds     100.00
        Accounts Receivable  -100.00
    """)


@pytest.mark.parametrize("applied", ["0.00", "99.99", "100.00"])
def test_a_payment_may_settle_all_or_part_or_nothing_and_posts_what_was_received(applied: str):
    assert [posting.amount for posting in a_payment("100.00", applied=applied).postings] == [100, -100]


@pytest.mark.parametrize(
    ("amount", "applied"),
    [
        ("100.00", "100.01"),
        ("100.00", "-0.01"),
        ("0.00", "0.00"),
        ("-5.00", "-5.00"),
        ("100.00", "50.005"),
        ("1.005", "1"),
    ],
)
def test_a_payment_that_settles_more_than_it_is_or_half_a_cent_cannot_exist(amount: str, applied: str):
    with pytest.raises(DoesNotBalance, match="payment 1042-1"):
        a_payment(amount, applied=applied)


def test_a_single_cent_can_be_paid():
    assert a_payment("0.01", applied="0.01").total == Decimal("0.01")


def test_a_second_payment_settles_only_what_is_still_owed():
    first, second = payments_of("""
        2026-08-14          order 1042
        WT-101              199.00
        paid 2026-08-20     Check        150.00
        failed 2026-09-01   Credit Card  49.00
        paid 2026-09-02     Credit Card  60.00
    """)

    assert [first.applied, second.applied] == [Decimal(150), Decimal(49)]
    assert second.amount == 60


# Sold and paid at once, given back, given away -----------------------------------------------------------------------

UNDEPOSITED, RETURNS = ACCOUNTS["Undeposited Funds"], ACCOUNTS["Refunds & Allowances"]


def a_receipt() -> SalesReceipt:
    """The ordinary order, paid at once, with its tax as QuickBooks' own and two dollars off."""
    invoice = an_invoice()
    return SalesReceipt(
        key="receipt:1042",
        number=invoice.number,
        dated=invoice.dated,
        customer=invoice.customer,
        currency=invoice.currency,
        deposit_to=UNDEPOSITED,
        lines=invoice.lines[:-1],
        discount=DiscountLine(amount=Decimal("2.00"), account=ACCOUNTS["Discounts Given"]),
        tax=SalesTax(
            code=TaxCode(quickbooks_id="3", name="Denver"),
            amount=Decimal("4.17"),
            account=ACCOUNTS["Sales Tax Payable"],
        ),
    )


def test_a_sales_receipt_debits_where_the_money_arrived_and_nobody_owes_anything():
    assert a_receipt().total == Decimal("258.17")
    assert ledger(a_receipt()) == ledger("""
        Undeposited Funds            258.17
        Services:Training:Classes   -199.00
        Sales:Kits                   -49.00
        Shipping Income               -8.00
        Discounts Given                2.00
        Sales Tax Payable             -4.17
    """)


def test_a_credit_memo_of_the_same_form_is_the_same_turned_round():
    sold = a_receipt()
    memo = CreditMemo(
        key="credit:9",
        number="CR-9",
        dated=sold.dated,
        customer=sold.customer,
        currency="USD",
        receivable=RECEIVABLE,
        lines=sold.lines,
        discount=sold.discount,
        tax=sold.tax,
        follows=("invoice:source-1042",),
    )

    assert (memo.total, memo.needs) == (sold.total, ("invoice:source-1042",))
    assert [-posting.amount for posting in memo.postings] == [
        *(posting.amount for posting in sold.postings[1:]),
        sold.total,
    ]


def test_a_refund_receipt_credits_the_account_that_the_money_leaves():
    sold = a_receipt()
    refund = RefundReceipt(
        key="refund:9",
        number="RF-9",
        dated=sold.dated,
        customer=sold.customer,
        currency="USD",
        paid_from=ACCOUNTS["Checking"],
        lines=(replace(sold.lines[0], account=RETURNS, amount=Decimal("25.00")),),
    )

    assert refund.total == 25
    assert ledger(refund) == ledger("""
        Refunds & Allowances    25.00
        Checking               -25.00
    """)


def an_entry(*lines: tuple[AccountRef, str]) -> JournalEntry:
    return JournalEntry(
        key="credit:9",
        number="CR-9",
        dated=an_invoice().dated,
        customer=an_invoice().customer,
        currency="USD",
        stands_for="credit",
        lines=tuple(JournalLine(account=account, amount=Decimal(amount)) for account, amount in lines),
        why="Because.",
    )


def test_a_journal_entry_names_the_customer_on_its_receivable_line_and_nowhere_else():
    entry = an_entry((RETURNS, "25.00"), (RECEIVABLE, "-25.00"))

    assert entry.total == 25
    assert entry.receivable == RECEIVABLE
    assert [line.names_customer for line in entry.lines] == [False, True]
    assert ledger(entry) == ledger("""
        Refunds & Allowances    25.00
        Accounts Receivable    -25.00
    """)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([(RETURNS, "25.00"), (RECEIVABLE, "-24.99")], "debits are 25.00 USD and credits 24.99 USD"),
        ([(RETURNS, "25.005"), (RECEIVABLE, "-25.005")], "is not a whole amount"),
        ([(ACCOUNTS["Wholesale Receivables"], "25"), (RECEIVABLE, "-25")], "moves two receivable accounts"),
        ([(ACCOUNTS["Accounts Payable"], "25"), (RECEIVABLE, "-25")], "moves two receivable accounts"),
        ([(RETURNS, "0"), (RECEIVABLE, "0")], "has no debit"),
        ([], "has no debit"),
    ],
)
def test_an_entry_that_quickbooks_would_not_take_cannot_exist(lines: list[tuple[AccountRef, str]], said: str):
    with pytest.raises(DoesNotBalance, match=f"journal entry CR-9.*{said}"):
        an_entry(*lines)


def an_application(amount: str) -> CreditApplication:
    return CreditApplication(
        key="applied:9",
        number="CR-9",
        dated=an_invoice().dated,
        customer=an_invoice().customer,
        currency="USD",
        amount=Decimal(amount),
        receivable=RECEIVABLE,
        invoice="invoice:source-1042",
        credit="credit:9",
        credit_form="credit-memo",
    )


def test_an_applied_credit_moves_no_account_and_waits_for_both_that_it_ties():
    applied = an_application("25.00")

    assert (applied.total, applied.postings) == (ZERO, ())
    assert applied.needs == ("credit:9", "invoice:source-1042")


@pytest.mark.parametrize("amount", ["0", "-1", "0.005"])
def test_a_credit_of_nothing_or_half_a_cent_cannot_be_applied(amount: str):
    with pytest.raises(DoesNotBalance, match="credit CR-9"):
        an_application(amount)


@pytest.mark.parametrize("form", [Invoice, SalesReceipt, CreditMemo, RefundReceipt])
def test_a_sales_form_without_a_line_cannot_exist(form: type[Document]):
    facts = {"lines": (), "currency": "USD"} | ({"discount": None, "tax": None} if form is not RefundReceipt else {})

    with pytest.raises(DoesNotBalance, match="has no line"):
        full(form, **facts)


# Kinds ---------------------------------------------------------------------------------------------------------------


def test_a_new_customer_moves_no_money_and_waits_for_nobody():
    customer = NewCustomer(key="customer:12", display_name="Ann Lee", currency="USD")

    assert (customer.postings, customer.total, customer.needs, customer.number) == ((), ZERO, (), "")
    assert customer.customer == CustomerRef(name="Ann Lee", created_by="customer:12")


def test_every_form_is_registered_under_its_own_name():
    assert set(FORMS.values()) == set(Document.__args__)
    assert all(FORMS[form].kind == form for form in FORMS)
    assert len({form.title for form in FORMS.values()}) == len(FORMS)


def test_every_kind_of_record_has_a_title_of_its_own():
    assert len(set(KINDS.values())) == len(KINDS)
    assert {*KINDS} - {*FORMS} == {"credit", "refund", "return", "reversal"}


def test_what_nobody_chose_is_off() -> None:
    line = an_invoice().lines[0]
    said = InvoiceLine(
        key=line.key,
        description="",
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        item=line.item,
        account=line.account,
        item_rule=line.item_rule,
        account_rule=line.account_rule,
    )

    assert (said.taxable, said.untaxed) == (False, False)
    later = TryLater(reason="", wait=0)
    assert (later.needs_login, later.stale, later.alone) == (False, False, False)
    assert not Unknown(reason="").repeated
    assert PaymentPlan().number_of_payments == 0
    forms = Forms()
    assert not any(
        (forms.sales_receipts, forms.discount_lines, forms.quickbooks_tax, forms.has_untaxed_code, forms.names_accounts)
    )


def test_a_line_of_nothing_moves_nothing() -> None:
    lines = tuple(
        JournalLine(account=account, amount=Decimal(amount))
        for account, amount in ((RECEIVABLE, "10.00"), (KITS, "-10.00"), (KITS, "0.00"))
    )
    entry = JournalEntry(
        key="k",
        number="1",
        dated=an_invoice().dated,
        customer=CustomerRef(name="Zoe"),
        currency="USD",
        stands_for="invoice",
        lines=lines,
        why="",
    )

    assert [posting.amount for posting in entry.postings] == [Decimal("10.00"), Decimal("-10.00")]
