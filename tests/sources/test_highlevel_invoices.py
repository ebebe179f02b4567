"""Is an invoice of HighLevel read as HighLevel means it, and refused where that is not certain?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from books.json_types import Json
from books.orders import Address, Instalment, LineType, OrderStatus, PaymentStatus, SaleForm
from books.serialization import fingerprint, order_body
from tests.sources.highlevel_payloads import (
    KITS,
    WHEEL,
    faults,
    good,
    invoice,
    item,
    of_invoice,
    reading,
    said,
    tax,
)
from tests.sources.reading import ledger, written


@pytest.mark.criterion("C40")
def test_an_invoice_is_read_with_all_that_a_replica_needs() -> None:
    order = good(reading(invoice())).order

    assert ledger(order) == written(
        """
        2026-09-01 INV-1019 Maya Brook sale
        product  Wheel Throwing 101  1 x 199.00 = 199.00
        product  Starter Clay Kit    2 x 24.50 = 49.00
        """
    )
    assert (order.source_id, order.form, order.due_on) == (
        "invoice-6578278e879ad2646715ba9c",
        SaleForm.INVOICE,
        date(2026, 9, 15),
    )
    assert (order.total, order.stated_total, order.currency) == (Decimal(248), Decimal(248), "USD")
    assert [(line.sku, line.product_id) for line in order.lines] == [
        ("WT-101", "price-wheel"),
        ("KIT-CLAY", "price-kit"),
    ]
    customer = order.customer
    assert (customer.key, customer.given_name, customer.family_name, customer.company_name) == (
        "c6tZZU0rJBf30ZXx9Gli",
        "Maya",
        "Brook",
        "Brook Ceramics",
    )
    assert (customer.email, customer.phone) == ("maya.brook@example.com", "+1 303 555 0101")
    assert customer.billing == Address(
        line1="12 Alder Lane", city="Boulder", region="CO", postal_code="80301", country="US"
    )


def test_an_invoice_reads_the_same_whether_its_ids_and_amounts_are_numbers_or_text() -> None:
    one = good(reading(invoice(_id=7, invoiceNumber=1019, total="248", amountPaid="0"))).order
    other = good(reading(invoice(_id="7", invoiceNumber="1019", total="248.00", amountPaid=0))).order

    assert fingerprint(order_body(one)) == fingerprint(order_body(other))


def test_a_prefix_that_is_in_the_number_already_is_not_put_before_it_twice() -> None:
    assert good(reading(invoice(invoiceNumber="INV-1019"))).order.number == "INV-1019"
    assert good(reading(invoice(invoiceNumberPrefix=None, invoiceNumber=19))).order.number == "19"


# Statuses -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C38", "C39", "C45", "C55")
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("draft", OrderStatus.DRAFT),
        ("sent", OrderStatus.SALE),
        ("payment_processing", OrderStatus.SALE),
        ("partially_paid", OrderStatus.SALE),
        ("paid", OrderStatus.SALE),
        ("void", OrderStatus.CANCELLED),
        ("delete", OrderStatus.CANCELLED),
        ("deleted", OrderStatus.CANCELLED),
        ("archived", OrderStatus.UNKNOWN),
    ],
)
def test_each_status_means_what_it_says_and_one_that_nobody_knows_is_asked_about(
    word: str, status: OrderStatus
) -> None:
    read = good(reading(invoice(status=word)))

    assert (read.order.status, read.status_word) == (status, word)


@pytest.mark.criterion("C55")
def test_an_invoice_that_is_gone_from_highlevel_is_cancelled_whatever_it_was() -> None:
    read = good(reading(invoice(status="paid", amountPaid=248, deleted=True)))

    assert (read.order.status, read.status_word) == (OrderStatus.CANCELLED, "deleted")


def test_an_invoice_in_test_mode_is_left_out_and_says_so() -> None:
    read = good(reading(invoice(liveMode=False, status="paid", amountPaid=248)))

    assert (read.order.status, read.status_word) == (OrderStatus.LEFT_OUT, "test mode")
    assert "INV-1019 was made in test mode" in said(read.notices)


# Discounts and taxes --------------------------------------------------------------------------------------------------


def lines_of(data: Json) -> list[tuple[LineType, str, str]]:
    """Type, label and amount of every line but what was sold."""
    order = good(reading(data)).order
    assert order.total == order.stated_total
    others = [line for line in order.lines if line.line_type not in (LineType.PRODUCT, LineType.SUBSCRIPTION)]
    return [(line.line_type, line.label, str(line.amount)) for line in others]


@pytest.mark.criterion("C42", "C46")
@pytest.mark.parametrize(
    ("discount", "total", "line"),
    [
        ({"type": "percentage", "value": 10}, "223.2", (LineType.ORDER_DISCOUNT, "Discount 10%", "-24.80")),
        ({"type": "fixed", "value": 48}, "200", (LineType.ORDER_DISCOUNT, "Discount", "-48.00")),
        ({"type": "fixed", "value": 900}, "0", (LineType.ORDER_DISCOUNT, "Discount", "-248.00")),
        (
            {"type": "percentage", "value": Decimal("12.5"), "validOnProductIds": ["product-wheel"]},
            "223.12",
            (LineType.PRODUCT_DISCOUNT, "Discount 12.5%", "-24.88"),
        ),
        (
            {"type": "fixed", "value": 100, "validOnProductIds": ["product-Starter Clay Kit", "product-kit"]},
            "199",
            (LineType.PRODUCT_DISCOUNT, "Discount", "-49.00"),
        ),
    ],
)
def test_a_discount_is_a_line_of_its_own(discount: Json, total: str, line: tuple[LineType, str, str]) -> None:
    assert lines_of(invoice(total=total, discount=discount, totalSummary={})) == [line]


@pytest.mark.criterion("C41")
def test_several_taxes_of_a_line_are_lines_of_their_own_after_the_discount() -> None:
    taxes = [tax("State 2.9%", "2.9"), tax("City 3.86%", "3.86")]
    data = invoice(
        {**WHEEL, "taxes": taxes},
        KITS,
        discount={"type": "percentage", "value": 10},
        total="235.31",
        totalSummary={"subTotal": 248, "discount": Decimal("24.8"), "tax": Decimal("12.11")},
    )

    order = good(reading(data)).order
    taxed = [line for line in order.lines if line.line_type is LineType.TAX]

    assert sum(line.amount for line in taxed) == Decimal("12.11")
    assert {line.label for line in taxed} == {"State 2.9%", "City 3.86%"}
    assert [line.taxable for line in order.lines if line.line_type is LineType.PRODUCT] == [True, False]
    assert order.total == Decimal("235.31")


@pytest.mark.criterion("C41")
def test_a_tax_that_is_in_the_price_is_taken_out_of_it() -> None:
    data = invoice({**WHEEL, "taxes": [tax("VAT", "20")], "taxInclusive": True}, total="199", totalSummary={})

    order = good(reading(data)).order

    assert [(line.line_type.value, str(line.amount)) for line in order.lines] == [
        ("product", "165.83"),
        ("tax", "33.17"),
    ]


def test_automatic_taxes_are_one_line_of_what_the_summary_says() -> None:
    data = invoice(
        automaticTaxesEnabled=True,
        automaticTaxesCalculated=True,
        total="264.12",
        totalSummary={"subTotal": 248, "discount": 0, "tax": Decimal("16.12")},
    )

    assert lines_of(data) == [(LineType.TAX, "Tax", "16.12")]
    assert {line.taxable for line in good(reading(data)).order.lines} == {None}


def test_what_is_only_configured_has_not_been_charged_and_what_was_has_its_line() -> None:
    rules = {
        "lateFeesConfiguration": {"enable": True, "type": "fixed", "value": 15},
        "tipsConfiguration": {"tipsEnabled": True, "tipsPercentage": [5, 10, 15]},
        "miscellaneousCharges": {
            "charges": [],
            "collectedMiscellaneousCharges": 7,
            "paidCharges": [{"_id": "f1", "name": "Card fee", "charge": 3, "amount": Decimal("7.00")}],
        },
    }

    assert lines_of(invoice(total="255", totalSummary={}, **rules)) == [(LineType.FEE, "Card fee", "7.00")]
    assert lines_of(invoice(total="285", totalSummary={}, **rules)) == [
        (LineType.FEE, "Card fee", "7.00"),
        (LineType.FINANCE_CHARGE, "Late fee", "30.00"),
    ]
    assert lines_of(invoice(total="295.5", totalSummary={}, **rules))[1:] == [
        (LineType.FINANCE_CHARGE, "Late fee", "15.00"),
        (LineType.TIP, "Tip", "25.50"),
    ]


def test_a_late_fee_that_only_its_rule_explains_is_said() -> None:
    rule = {"enable": True, "type": "percentage", "value": 5}
    read = good(reading(invoice(total="260.4", totalSummary={}, lateFeesConfiguration=rule)))

    assert read.order.lines[-1].amount == Decimal("12.40")
    assert "holds 12.40 that its own rules add (Late fee)" in said(read.notices)


@pytest.mark.parametrize("name", ["tipAmount", "tips"])
def test_fees_that_the_total_leaves_out_are_added_and_said(name: str) -> None:
    read = good(reading({**invoice(), name: 20}))

    assert (read.order.total, read.order.stated_total) == (Decimal(268), Decimal(268))
    assert "states a total of 248.00 without 20.00 of fees and tips" in said(read.notices)


TIPS_ON: dict[str, Any] = {"tipsConfiguration": {"tipsEnabled": True, "tipsPercentage": [5, 10, 15]}}
LATE_FEES: dict[str, Any] = {"lateFeesConfiguration": {"enable": True, "type": "fixed", "value": 15}}
AS_SOLD = {"subTotal": 248, "discount": 0, "tax": 0}


def with_a_tip(total: str = "255.35", **more: Any) -> Json:
    """Paid, with 7.35 more than its lines where nothing else is said."""
    paid = {"status": "paid", "amountPaid": Decimal(total), "totalSummary": AS_SOLD, **TIPS_ON}
    return invoice(total=total, **{**paid, **more})


def test_a_tip_of_any_amount_is_a_line_where_it_can_be_nothing_else() -> None:
    read = good(reading(with_a_tip(), of_invoice("255.35")))

    assert read.order.total == read.order.stated_total == Decimal("255.35")
    assert [(line.line_type, line.label, str(line.amount)) for line in read.order.lines[2:]] == [
        (LineType.TIP, "Tip", "7.35")
    ]
    assert "is 7.35 more than its lines, discount, taxes and fees" in said(read.notices)


def test_a_tip_is_told_from_discount_tax_and_fees_that_are_stated() -> None:
    summary = {"subTotal": 248, "discount": Decimal("24.8"), "tax": Decimal("12.11")}
    fees = {"miscellaneousCharges": {"charges": [], "collectedMiscellaneousCharges": 7}}
    discount = {"type": "percentage", "value": 10}

    order = good(
        reading(with_a_tip("250.41", totalSummary=summary, discount=discount, **fees), of_invoice("250.41"))
    ).order

    assert order.total == Decimal("250.41")
    assert [str(line.amount) for line in order.lines if line.line_type is LineType.TIP] == ["8.10"]


def test_where_late_fees_are_on_a_tip_is_certain_when_it_was_paid_in_time() -> None:
    in_time = good(reading(with_a_tip(**LATE_FEES), of_invoice("255.35"))).order
    late = good(reading(with_a_tip(dueDate="2026-09-02", **LATE_FEES), of_invoice("255.35"))).order

    assert [line.label for line in in_time.lines[2:]] == ["Tip"]
    assert (late.total, late.stated_total) == (Decimal(248), Decimal("255.35"))


@pytest.mark.parametrize(
    "more",
    [
        {"tipsConfiguration": {"tipsEnabled": False, "tipsPercentage": []}},
        {"status": "sent", "amountPaid": 0},
        {"totalSummary": {"subTotal": 248, "discount": 0}},
        {"totalSummary": {}},
        {"totalSummary": {**AS_SOLD, "subTotal": 250}},
        {"total": "500"},
        {"total": "240.65"},
    ],
)
def test_what_may_be_something_else_than_a_tip_blocks_the_order(more: dict[str, Any]) -> None:
    data = with_a_tip(**more)
    paid = [of_invoice(str(data["amountPaid"]))] if data["amountPaid"] else []

    order = good(reading(data, *paid)).order

    assert order.stated_total != order.total == Decimal(248)


def test_with_a_tax_in_its_prices_an_invoice_with_more_than_that_is_blocked() -> None:
    line = {**WHEEL, "taxes": [tax("VAT", "20")], "taxInclusive": True}
    paid = {"status": "paid", "amountPaid": Decimal("206.35"), **TIPS_ON}
    summary = {"subTotal": 199, "discount": 0, "tax": Decimal("33.17")}

    order = good(reading(invoice(line, total="206.35", totalSummary=summary, **paid), of_invoice("206.35"))).order

    assert order.total != order.stated_total


@pytest.mark.criterion("C41")
@pytest.mark.parametrize("tip", [{"tipAmount": Decimal("7.35")}, {"totalSummary": {"tips": Decimal("7.35")}}])
def test_with_a_tax_in_its_prices_a_tip_that_is_stated_is_a_line_without_tax(tip: dict[str, Any]) -> None:
    line = {**WHEEL, "taxes": [tax("VAT", "20")], "taxInclusive": True}
    summary = {"subTotal": Decimal("165.83"), "discount": 0, "tax": Decimal("33.17"), **tip.get("totalSummary", {})}
    paid = {"status": "paid", "amountPaid": Decimal("206.35"), **TIPS_ON}
    data = invoice(line, total="206.35", **{**paid, **tip, "totalSummary": summary})

    order = good(reading(data, of_invoice("206.35"))).order

    assert order.total == order.stated_total == Decimal("206.35")
    assert [(line.line_type, str(line.amount), line.taxable) for line in order.lines] == [
        (LineType.PRODUCT, "165.83", True),
        (LineType.TIP, "7.35", False),
        (LineType.TAX, "33.17", None),
    ]


def test_what_nothing_explains_stays_different_so_that_the_order_is_blocked() -> None:
    order = good(reading(invoice(total="251", totalSummary={}))).order

    assert (order.total, order.stated_total) == (Decimal(248), Decimal(251))


# Money ----------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C36", "C47")
def test_each_transaction_of_an_invoice_is_a_payment_of_it() -> None:
    order = good(
        reading(
            invoice(status="partially_paid", amountPaid=150),
            of_invoice("50", "b", createdAt="2026-09-09T03:00:00Z", fulfilledAt=None, paymentProviderType="manual",
                       paymentMethod={"type": "cheque"}, chargeId=None),
            of_invoice("100", "a"),
            of_invoice("98", "c", status="failed"),
            of_invoice("98", "d", status="pending"),
        )
    ).order  # fmt: skip

    assert [(p.source_id, str(p.paid_on), str(p.amount), p.method, p.status) for p in order.payments] == [
        ("a", "2026-09-03", "100.00", "Stripe", PaymentStatus.RECEIVED),
        ("c", "2026-09-03", "98.00", "Stripe", PaymentStatus.FAILED),
        ("d", "2026-09-03", "98.00", "Stripe", PaymentStatus.PENDING),
        ("b", "2026-09-08", "50.00", "Check", PaymentStatus.RECEIVED),
    ]
    assert order.received == Decimal(150)
    assert order.payments[0].note == "Visa ending 4242"


def test_a_payment_in_test_mode_is_no_money() -> None:
    read = good(reading(invoice(), of_invoice("248", liveMode=False)))

    assert read.order.payments == ()
    assert "248.00 was made in test mode" in said(read.notices)


def test_what_goes_back_later_is_a_part_of_its_own_and_the_first_keeps_its_day() -> None:
    paid = invoice(status="paid", amountPaid=248)
    first = good(reading(paid, of_invoice("248", amountRefunded=20, updatedAt="2026-09-10T12:00:00Z"))).order
    later = of_invoice("248", amountRefunded=Decimal("45.5"), updatedAt="2026-09-20T12:00:00Z")
    second = good(reading(paid, later, before=first)).order
    again = good(reading(paid, {**later, "updatedAt": "2026-10-01T12:00:00Z"}, before=second)).order
    taken_back = good(reading(paid, {**later, "amountRefunded": 15}, before=second)).order

    assert [(str(r.refunded_on), str(r.amount)) for r in second.refunds] == [
        ("2026-09-10", "20.00"),
        ("2026-09-20", "25.50"),
    ]
    assert len({refund.source_id for refund in second.refunds}) == 2
    assert again.refunds == second.refunds
    assert [str(refund.amount) for refund in taken_back.refunds] == ["15.00"]


def test_an_invoice_that_says_more_was_paid_than_is_shown_waits_instead_of_being_posted_as_unpaid() -> None:
    found = reading(invoice(status="partially_paid", amountPaid=100), of_invoice("40"))

    assert faults(found) == [("payments-incomplete", "amountPaid")]


def test_a_payment_schedule_is_the_plan() -> None:
    schedule = {
        "type": "percentage",
        "schedules": [{"value": 25, "dueDate": "2026-09-01"}, {"value": 75, "dueDate": "2026-10-01"}],
    }
    plan = good(reading(invoice(paymentSchedule=schedule))).order.payment_plan

    assert plan is not None
    assert plan.instalments == (
        Instalment(due_on=date(2026, 9, 1), amount=Decimal(62)),
        Instalment(due_on=date(2026, 10, 1), amount=Decimal(186)),
    )
    fixed = {"type": "fixed", "schedules": [{"value": 200}, {"value": 48}]}
    plan = good(reading(invoice(paymentSchedule=fixed))).order.payment_plan
    assert plan is not None
    assert [str(part.amount) for part in plan.instalments] == ["200.00", "48.00"]


# What is wrong --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"_id": None}, ("missing", "_id")),
        ({"invoiceNumber": None}, ("missing", "invoiceNumber")),
        ({"issueDate": None}, ("missing", "issueDate")),
        ({"issueDate": "soon"}, ("not-a-day", "issueDate")),
        ({"status": None}, ("missing", "status")),
        ({"total": None}, ("missing", "total")),
        ({"total": Decimal("248.005")}, ("fraction-of-a-cent", "total")),
        ({"currency": "dollars"}, ("not-a-currency", "currency")),
        ({"invoiceItems": []}, ("no-lines", "invoiceItems")),
        ({"invoiceItems": {"a": 1}}, ("not-a-list", "invoiceItems")),
        ({"invoiceItems": [{**WHEEL, "amount": None}]}, ("missing", "invoiceItems[0].amount")),
        ({"invoiceItems": [{**WHEEL, "qty": None}]}, ("missing", "invoiceItems[0].qty")),
        ({"invoiceItems": [{**WHEEL, "amount": "free"}]}, ("not-an-amount", "invoiceItems[0].amount")),
        ({"invoiceItems": [{**WHEEL, "currency": "EUR"}]}, ("mixed-currencies", "invoiceItems[0].currency")),
        ({"invoiceItems": [{**WHEEL, "taxes": ["t1"]}]}, ("not-an-object", "invoiceItems[0].taxes[0]")),
        (
            {"invoiceItems": [{**WHEEL, "taxes": [{"name": "VAT", "rate": None}]}]},
            ("missing", "invoiceItems[0].taxes[0].rate"),
        ),
        (
            {"invoiceItems": [{**WHEEL, "taxes": [{"name": "VAT", "rate": 700}]}]},
            ("not-a-tax-rate", "invoiceItems[0].taxes[0].rate"),
        ),
        (
            {"invoiceItems": [{**WHEEL, "taxes": [{"name": "VAT", "rate": 7, "calculation": "compound"}]}]},
            ("unknown-tax-calculation", "invoiceItems[0].taxes[0].calculation"),
        ),
        ({"discount": {"type": "coupon", "value": 5}}, ("unknown-discount", "discount.type")),
        ({"discount": {"type": "fixed", "value": -5}}, ("discount-below-zero", "discount.value")),
        ({"contactDetails": "Maya"}, ("not-an-object", "contactDetails")),
        ({"name": "half \ud800"}, ("unstorable-text", "invoice.name")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_thing_that_is_wrong_has_its_sentence(changes: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in faults(reading({**invoice(), **changes}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": None}, "missing"),
        ({"amount": -5}, "negative-payment"),
        ({"status": "laundered"}, "unknown-payment-status"),
        ({"status": None}, "unknown-payment-status"),
        ({"currency": "EUR"}, "mixed-currencies"),
        ({"createdAt": None, "fulfilledAt": None}, "missing"),
        ({"status": "refunded"}, "refund-untold"),
    ],
)
def test_a_payment_that_cannot_be_read_is_said_with_its_place(changes: dict[str, Any], code: str) -> None:
    found = faults(reading(invoice(), {**of_invoice("40"), **changes}))

    assert [fault for fault, _column in found] == [code]
    assert all(column.startswith("transactions[0].") for _code, column in found)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = reading({**invoice(), "issueDate": None, "total": None, "currency": "??"})

    assert {code for code, _column in faults(found)} == {"missing", "not-a-currency"}
    assert len(faults(found)) == 3


def test_lines_that_were_copied_with_their_id_stay_two_lines() -> None:
    twice = good(reading(invoice(item("Clay", "5"), item("Clay", "5")))).order

    assert [line.key for line in twice.lines] == ["line-clay", "line-clay-2"]


def test_evidence_is_kept_with_its_transactions_and_without_secrets() -> None:
    paid = of_invoice("248", chargeSnapshot={"client_secret": "pi_secret", "amount": 24800})
    read = good(reading(invoice(), paid))

    assert read.payload["invoice"]["invoiceNumber"] == "1019"
    assert read.payload["transactions"][0]["chargeSnapshot"] == {"client_secret": "[removed]", "amount": 24800}
    assert read.modified_at is not None
    assert f"{read.modified_at:%Y-%m-%d %H:%M}" == "2026-09-03 16:00"
