"""Is an order of Keap read as Keap means it, in both versions of its API, and refused where that is not certain?"""

from __future__ import annotations

import json
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from books.orders import Address, LineType, OrderStatus, PaymentStatus
from books.serialization import fingerprint, order_body
from tests.sources.keap_orders import UNPAID, VERSION_1, VERSION_2, line, money, paid, version_1, version_2
from tests.sources.reading import keap, keap_faults, keap_order, ledger, read, written


@pytest.mark.criterion("A05", "A61")
@pytest.mark.parametrize("order", [VERSION_1, VERSION_2], ids=["version 1", "version 2"])
def test_both_versions_of_one_sale_read_as_the_same_ledger(order: dict[str, Any]):
    assert ledger(keap_order(order)) == written(
        """
        2026-08-31 2001 Maya Brook sale
        product         Wheel Throwing 101   1 x 240.00 = 240.00
        order-discount  Special              1 x -20.00 = -20.00
        shipping        Shipping             1 x 55.50 = 55.50
        2026-09-01 received Check 275.50
        """
    )


def test_both_versions_of_one_sale_are_the_same_order_to_the_letter():
    first, second = (order_body(keap_order(order)) for order in (VERSION_1, VERSION_2))

    assert first == second
    assert fingerprint(first) == fingerprint(second)


def test_what_the_order_says_of_itself_is_kept():
    order = keap_order(VERSION_1)

    assert (order.source_id, order.number, order.currency) == ("2001", "2001", "USD")
    assert order.stated_total == order.total == Decimal("275.50")
    assert (order.origin, order.title, order.note) == ("checkout form", "Autumn class", "Needs an apron")
    assert order.customer.key == "501"
    assert order.customer.shipping == Address(
        line1="12 Alder Lane", city="Boulder", region="CO", postal_code="80301", country="United States"
    )
    assert (order.lines[0].product_id, order.lines[0].sku, order.lines[0].description) == (
        "11",
        "WT-101",
        "Eight Tuesdays",
    )


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(
    ("status", "read"),
    [("DRAFT", OrderStatus.DRAFT), ("SENT", OrderStatus.SALE), ("viewed", OrderStatus.SALE), (None, OrderStatus.SALE)],
)
def test_a_draft_is_not_a_sale(status: str | None, read: OrderStatus):
    assert keap_order(version_1(status=status)).status is read


@pytest.mark.parametrize("source_type", ["QBO_SYNC", "QUICKBOOKS"])
def test_an_order_that_came_from_quickbooks_says_so(source_type: str):
    assert keap_order(version_1(source_type=source_type)).origin == "quickbooks"


def test_a_full_contact_gives_its_addresses_and_its_first_email():
    contact = {
        "id": "7",
        "given_name": "Zoë",
        "family_name": "O’Neil",
        "company": {"id": 3, "company_name": "Kiln & Co"},
        "email_addresses": [
            {"field": "EMAIL2", "email": "second@example.com"},
            {"field": "EMAIL1", "email": "first@example.com"},
        ],
        "phone_numbers": [{"field": "PHONE1", "number": "(303) 555-0101"}],
        "addresses": [
            {
                "field": "BILLING",
                "line1": "1 Elm",
                "locality": "Golden",
                "region": "CO",
                "zip_code": "80401",
                "zip_four": "2210",
            },
            {
                "field": "SHIPPING",
                "line1": "2 Oak",
                "locality": "Arvada",
                "region_code": "US-CO",
                "country_code": "USA",
            },
        ],
    }

    customer = keap_order(version_1(contact=contact, shipping_information=None)).customer

    assert (customer.name, customer.company_name, customer.email) == ("Zoë O’Neil", "Kiln & Co", "first@example.com")
    assert customer.phone == "(303) 555-0101"
    assert customer.billing == Address(line1="1 Elm", city="Golden", region="CO", postal_code="80401-2210")
    assert customer.shipping == Address(line1="2 Oak", city="Arvada", region="CO", country="USA")


def test_an_order_without_a_contact_is_read_with_nobody_as_its_customer():
    assert keap_order(version_1(contact=None, contact_id="88")).customer.key == "88"
    assert keap_order(version_1(contact=None)).customer.key == ""


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({"type": None, "item_type": "subscription plan"}, LineType.SUBSCRIPTION),
        ({"type": "9"}, LineType.SUBSCRIPTION),
        ({"type": 4}, LineType.PRODUCT),
        ({"type": None, "product": {"id": 5}}, LineType.PRODUCT),
        ({"type": "TIP"}, LineType.TIP),
    ],
)
def test_a_line_type_is_read_from_a_word_a_label_or_a_number(changes: dict[str, Any], read: LineType):
    assert keap_order(version_1(order_items=[line(275.5, **changes)])).lines[0].line_type is read


@pytest.mark.criterion("A53")
def test_a_line_type_that_nobody_knows_is_read_as_unknown_type_and_noticed():
    (order,), _ = keap(version_1(order_items=[line(275.5, type="GIFT")]))

    assert order.order.lines[0].line_type is LineType.UNKNOWN
    assert [notice.worded() for notice in order.notices] == [
        "Line 1 states the type “GIFT”, which is not known; it is read as Unknown Type."
    ]


def test_a_subscription_without_a_product_is_known_by_its_plan():
    item = line(275.5, type="SUBSCRIPTION", subscriptionPlan={"id": 4, "name": "Monthly"}, product={"id": 0})

    sold = keap_order(version_1(order_items=[item])).lines[0]

    assert (sold.product_id, sold.product_name) == ("subscription-plan-4", "Monthly")


def test_a_line_without_an_id_is_known_by_its_position():
    items = [line(200, id=None), line("75.50", id=None)]

    assert [line.key for line in keap_order(version_1(order_items=items)).lines] == ["1", "2"]


def test_what_an_order_comes_to_is_price_times_quantity_and_nothing_else():
    items = [line("33.3333", quantity=3, cost=9), line(0, id=2, quantity=4), line("75.5", id=3, quantity="2")]

    assert [str(line.amount) for line in keap_order(version_1(order_items=items)).lines] == ["100.00", "0.00", "151.00"]


# price 100 x 2, discount 10 | total | lines that come of it
DISCOUNTS = [
    (200, ["200.00"], "the total says that the price contains it already"),
    (190, ["200.00", "-10.00"], "the total says that it counts once"),
    (180, ["200.00", "-20.00"], "the total says that it counts for each"),
    (170, ["200.00", "-10.00"], "the total fits nothing, and the difference stays to be seen"),
    (None, ["200.00", "-10.00"], "there is no total"),
]


@pytest.mark.parametrize(("total", "amounts", "why"), DISCOUNTS, ids=[why for *_, why in DISCOUNTS])
def test_a_discount_stated_on_a_line_becomes_a_line_where_the_total_says_so(
    total: int | None, amounts: list[str], why: str
):
    order = keap_order(version_1(order_items=[line(100, quantity=2, discount=10)], total=total, **UNPAID))

    assert [str(line.amount) for line in order.lines] == amounts
    assert {line.line_type for line in order.lines[1:]} <= {LineType.PRODUCT_DISCOUNT}


def test_a_discount_that_was_not_taken_off_again_is_noticed():
    (order,), _ = keap(version_1(order_items=[line(100, discount="10.00")], total=100, **UNPAID))

    assert "10.00" in order.notices[0].worded()


# What the payments of a version 2 order say | total_paid | what they are read as
UNITS = [
    ([27550], money(27550), ["275.50"]),
    ([275.5], money(27550), ["275.50"]),
    ([100, 75], money(17500), ["100.00", "75.00"]),
    ([10000, 7500], money(17500), ["100.00", "75.00"]),
    ([27550], None, ["275.50"]),
    ([275.5], None, ["275.50"]),
    ([30000], money(30000), ["300.00"]),
    ([money(10000), money(7500)], money(17500), ["100.00", "75.00"]),
    ([], money(0), []),
]


@pytest.mark.parametrize(("amounts", "total_paid", "read"), UNITS)
def test_payments_of_version_2_are_read_in_the_unit_that_reconciles(
    amounts: list[Any], total_paid: Any, read: list[str]
):
    rows = [paid(amount, id=number) for number, amount in enumerate(amounts, start=1)]

    order = keap_order(version_2(payments=rows, total_paid=total_paid, status="PAID" if amounts else "SENT"))

    assert [str(payment.amount) for payment in order.payments] == read


@pytest.mark.parametrize(
    ("amounts", "total_paid"), [([100], None), ([5000], money(27550)), ([27550], money(0)), ([120.0], None)]
)
def test_payments_of_version_2_are_refused_where_no_unit_reconciles(amounts: list[Any], total_paid: Any):
    rows = [paid(amount, id=number) for number, amount in enumerate(amounts, start=1)]

    assert keap_faults(version_2(payments=rows, total_paid=total_paid)) == [("payment-unit-unknown", "payments")]


def test_refunds_and_credits_of_version_2_take_part_in_finding_the_unit():
    rows = [paid(27550), paid(-5000, id=2, type="Refund"), paid(1000, id=3, type="Credit")]

    order = keap_order(version_2(payments=rows, total_paid=money(22550)))

    assert ledger(order).splitlines()[-3:] == [
        "2026-09-01 received Cash 275.50",
        "2026-09-01 credit Credit 10.00",
        "2026-09-01 refund Refund 50.00 of -",
    ]


@pytest.mark.parametrize(
    ("credit", "due", "read"),
    [
        (5000, money(22550), "50.00"),
        (50, money(22550), "50.00"),
        (27550, money(0), "275.50"),
        (5000, None, "50.00"),
    ],
)
def test_a_credit_of_version_2_without_any_payment_is_read_by_what_is_still_due(credit: int, due: Any, read: str):
    rows = [paid(credit, type="Comp")]

    order = keap_order(version_2(payments=rows, total_paid=money(0), total_due=due))

    assert [str(credit.amount) for credit in order.credits] == [read]


def test_a_credit_of_version_2_whose_unit_nothing_decides_is_refused():
    rows = [paid(50, type="Comp")]

    found = keap_faults(version_2(payments=rows, total_paid=money(0), total_due=None))

    assert found == [("payment-unit-unknown", "payments")]


def test_money_that_never_arrived_decides_no_unit_and_is_shown_below_the_total():
    order = keap_order(version_2(payments=[paid(27550, pay_status="FAILED")], total_paid=money(0)))

    assert [(payment.status, str(payment.amount)) for payment in order.payments] == [(PaymentStatus.FAILED, "275.50")]


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2026-09-01T00:00:00.000Z", date(2026, 9, 1)),
        ("2026-09-01T03:00:00.000Z", date(2026, 8, 31)),
        ("2026-09-01", date(2026, 9, 1)),
    ],
)
def test_a_payment_stamped_at_midnight_was_entered_for_that_day(stamp: str, day: date):
    assert keap_order(version_1(payments=[paid(275.5, pay_date=stamp)])).payments[0].paid_on == day


@pytest.mark.criterion("B30", "B31", "B32")
def test_a_payment_plan_changes_neither_lines_nor_payments():
    plan = {
        "number_of_payments": 3,
        "initial_payment_amount": 91.84,
        "initial_payment_date": "2026-09-01",
        "days_between_payments": 30,
    }
    in_parts = [paid(91.84, id=1), paid(91.83, id=2, pay_date="2026-10-01")]

    order = keap_order(version_1(payment_plan=plan, payments=in_parts, total_paid=183.67))

    assert order.total == Decimal("275.50")
    assert order.received == Decimal("183.67")
    assert order.payment_plan is not None
    assert order.payment_plan.number_of_payments == 3
    assert [(instalment.due_on, str(instalment.amount)) for instalment in order.payment_plan.instalments] == [
        (date(2026, 9, 1), "91.84")
    ]


def test_the_instalments_of_version_2_are_kept():
    items = [
        {"due_date": "2026-09-01", "amount_due": money(10000)},
        {"due_date": "2026-10-01", "amount_due": money(17550)},
    ]

    plan = keap_order(version_2(payment_plan={"number_of_payments": 2, "payment_plan_items": items})).payment_plan

    assert plan is not None
    assert [str(instalment.amount) for instalment in plan.instalments] == ["100.00", "175.50"]


def test_another_currency_is_read_in_its_own_smallest_unit():
    yen = {"currency_code": "JPY"}
    order = {
        "id": "1",
        "order_time": "2026-09-01",
        "total": {"amount": 1200, **yen, "formatted_amount": "¥1,200"},
        "order_items": [{"name": "Mug", "quantity": 1, "price_per_unit": {"amount": 1200, **yen}}],
    }

    assert (keap_order(order).currency, str(keap_order(order).total)) == ("JPY", "1200")


def test_a_double_of_the_source_is_read_without_its_noise():
    items = [line(24.99, quantity=3)]

    order = keap_order(version_1(order_items=items, total=74.97000000000001, **UNPAID))

    assert order.stated_total == order.total == Decimal("74.97")


#: What an order of 40.00 says about money beside its list of payments, where it lists none.
SAYS_THAT_MONEY_MOVED: list[dict[str, Any]] = [
    {"status": "PAID", "total_paid": 0, "refund_total": 40},
    {"status": "PAID", "total_paid": 0, "total_due": 0},
    {"status": "PAID", "total_paid": None, "total_due": None},
    {"status": "SENT", "total_paid": 40},
    {"status": "SENT", "total_paid": 0, "refund_total": 40},
    {"status": "SENT", "total_paid": 0, "total_due": 15},
    {"status": "SENT", "total_paid": 0, "total_due": None, "credit_status": "PARTIAL"},
    {
        "status": "SENT",
        "total_paid": 0,
        "total_due": None,
        "payment_plan": {"payment_plan_items": [{"due_date": "2026-09-01", "amount_due": 40, "amount_paid": 40}]},
    },
]


@pytest.mark.parametrize("shown", [None, []])
@pytest.mark.parametrize("says", SAYS_THAT_MONEY_MOVED)
def test_an_order_that_says_money_moved_and_shows_no_payment_is_refused(says: dict[str, Any], shown: Any):
    found = keap_faults(version_1(total=40, order_items=[line(40)], payments=shown, **{"total_due": None} | says))

    assert found == [("payments-missing", "payments")]


@pytest.mark.parametrize("says", [{}, {"status": "SENT", "total_due": money(0)}])
def test_an_unpaid_order_of_version_2_is_no_question(says: dict[str, Any]):
    unpaid = {"status": "VIEWED", "total_paid": money(0), "payments": [], **says}

    assert keap_order(version_2(**unpaid)).received == 0, "what is due in version 2 is not the balance"


def test_an_order_whose_status_is_paid_is_refused_in_version_2_too():
    found = keap_faults(version_2(status="PAID", total_paid=money(0), payments=None))

    assert found == [("payments-missing", "payments")]


def test_an_order_that_is_free_may_be_paid_without_a_payment():
    free = version_1(total=0, order_items=[line(0)], payments=[], total_paid=0, total_due=0)

    assert keap_order(free).total == 0


@pytest.mark.parametrize(
    ("says", "payments"),
    [
        ({"total_paid": 40}, [paid(20)]),
        ({"total_paid": 40}, [paid(39.99)]),
        ({"total_paid": 40, "refund_total": 40}, [paid(40)]),
    ],
)
def test_an_order_that_says_more_money_than_its_payments_show_is_refused(says: dict[str, Any], payments: list[Any]):
    found = keap_faults(version_1(total=40, order_items=[line(40)], payments=payments, **says))

    assert found == [("payments-incomplete", "payments")]


def test_a_payment_that_was_refunded_is_all_that_the_order_says():
    rows = [paid(40), paid(-40, id=2, type="Refund")]

    order = keap_order(version_1(total=40, order_items=[line(40)], payments=rows, total_paid=40, refund_total=40))

    assert (str(order.payments[0].amount), str(order.refunds[0].amount)) == ("40.00", "40.00")


def test_names_with_every_kind_of_letter_stay_as_they_are():
    contact = {"id": 1, "email": " A@Example.COM ", "first_name": "Оксана 🏺", "last_name": "O'Neil & d’Été\n"}

    customer = keap_order(version_1(contact=contact)).customer

    assert (customer.name, customer.email) == ("Оксана 🏺 O'Neil & d’Été", "A@Example.COM")


def test_the_evidence_is_what_the_file_said_without_card_data():
    order = version_1(notes="card 4111 1111 1111 1111", credit_card={"card_number": "4111111111111111", "cvv": 123})

    (read,), _ = keap(order)

    assert read.payload["order_items"] == order["order_items"]
    assert read.payload["credit_card"] == {"card_number": "[removed]", "cvv": "[removed]"}
    assert "4111 1111" not in read.order.note
    assert read.where == "order 1 of the file"


FAULTS: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"id": None}, [("missing", "id")]),
    ({"id": {"a": 1}}, [("not-text", "id")]),
    ({"order_date": None, "creation_date": None}, [("missing", "order_date")]),
    ({"order_date": "soon"}, [("not-a-day", "order_date")]),
    ({"order_date": "2026-09-01T03:00:00"}, [("moment-without-zone", "order_date")]),
    ({"order_date": True}, [("not-text", "order_date")]),
    ({"status": "P" * 121}, [("too-long", "status")]),
    ({"order_items": None}, [("no-lines", "order_items")]),
    ({"order_items": []}, [("no-lines", "order_items")]),
    ({"order_items": "none"}, [("not-a-list", "order_items")]),
    ({"order_items": ["mug"]}, [("not-an-object", "order_items[0]")]),
    ({"order_items": [line(1), line(2)]}, [("line-id-twice", "order_items")]),
    ({"order_items": [line("x")]}, [("not-an-amount", "order_items[0].price")]),
    ({"order_items": [line(True)]}, [("not-an-amount", "order_items[0].price")]),
    ({"order_items": [line(None)]}, [("missing", "order_items[0].price")]),
    ({"order_items": [line(1e12)]}, [("too-large", "order_items[0].price")]),
    ({"order_items": [line(9e10, quantity=90000)]}, [("too-large", "order_items[0]")]),
    ({"order_items": [line(1, quantity=None)]}, [("missing", "order_items[0].quantity")]),
    ({"order_items": [line(1, quantity="many")]}, [("not-a-quantity", "order_items[0].quantity")]),
    ({"order_items": [line(1, name=["a"])]}, [("not-text", "order_items[0].name")]),
    ({"order_items": [line(1, product="WT-101")]}, [("not-an-object", "order_items[0].product")]),
    ({"order_items": [line(money(150, "$15.00"))]}, [("formatted-amount-differs", "order_items[0].price")]),
    ({"order_items": [line({"amount": 1.5, "currency_code": "USD"})]}, [("not-an-amount", "order_items[0].price")]),
    ({"order_items": [line({"amount": 1, "currency_code": "EUR"})]}, [("mixed-currencies", "order_items[0].price")]),
    ({"order_items": [line({"amount": 1, "currency_code": "Euro"})]}, [("not-a-currency", "order_items[0].price")]),
    ({"total": [275.5]}, [("not-an-amount", "total")]),
    ({"contact": ["Maya"]}, [("not-an-object", "contact")]),
    ({"notes": "half \ud800"}, [("unstorable-text", "notes")]),
    ({"notes": "nul \0"}, [("unstorable-text", "notes")]),
    ({"payments": None}, [("payments-missing", "payments")]),
    ({"payments": [paid("x")]}, [("not-an-amount", "payments[0].amount")]),
    ({"payments": [paid(1, pay_date=None)]}, [("missing", "payments[0].pay_date")]),
    ({"payments": [paid(1, pay_date="03/04/2026")]}, [("date-does-not-fit", "payments[0].pay_date")]),
    ({"payments": [paid(1, id=None)]}, [("missing", "payments[0].id")]),
    ({"payments": [paid(1), paid(2)]}, [("payment-id-twice", "payments[1]")]),
    ({"payments": [paid(1, order_ids=[1, 2])]}, [("payment-of-several-orders", "payments[0].order_ids")]),
    ({"payments": [paid(1, pay_status="WHAT")]}, [("unknown-payment-status", "payments[0]")]),
    ({"payments": [paid(0.125)]}, [("fraction-of-a-cent", "payments")]),
    ({"payments": [paid(1, pay_status="REFUNDED")]}, [("refund-without-payment", "payments[0]")]),
    ({"payment_plan": {"number_of_payments": 1.5}}, [("not-a-count", "payment_plan.number_of_payments")]),
]


@pytest.mark.parametrize(("changes", "faults"), FAULTS, ids=[f"{fault[0][0]} {fault[0][1]}" for _, fault in FAULTS])
def test_what_is_wrong_with_an_order_is_told_with_its_path(changes: dict[str, Any], faults: list[tuple[str, str]]):
    assert keap_faults(version_1(**changes)) == faults


def test_everything_that_is_wrong_is_told_at_once_and_the_next_order_goes_on():
    bad = version_1(order_date="soon", status="P" * 121, order_items=[line("x"), line("y", id=2)])

    good, errors = keap(bad, version_1(id=2002))

    assert [read.order.number for read in good] == ["2002"]
    assert [(error.column, error.order, error.where) for error in errors] == [
        ("order_date", "2001", "order 1 of the file"),
        ("status", "2001", "order 1 of the file"),
        ("order_items[0].price", "2001", "order 1 of the file"),
        ("order_items[1].price", "2001", "order 1 of the file"),
    ]


def test_every_fault_says_what_is_wrong_and_what_to_do():
    _, errors = keap(*(version_1(**changes) for changes, _ in FAULTS))

    for error in errors:
        assert "%(" not in error.message.worded(), "every gap of the sentence must have its fact"
        assert error.message.explain()[-1] == error.message.advise()[-1] == "."


ABSURD = ["1e999999", "-1e999999", "1e-999999", "1e99999999999999999999", "9" * 5000]


@pytest.mark.parametrize("number", ABSURD)
@pytest.mark.parametrize("field", ["total", "total_paid", "price", "quantity", "amount", "units", "formatted"])
def test_a_number_that_nobody_can_work_with_is_a_fault_and_costs_nothing(field: str, number: str):
    mark = "@@"
    item = line(mark if field == "price" else 40) | ({field: mark} if field in ("quantity", "discount") else {})
    total: Any = {"amount": mark, "currency_code": "USD"} if field == "units" else 40
    total = money(4000, mark) if field == "formatted" else mark if field == "total" else total
    order = version_1(
        total=total,
        order_items=[item],
        payments=[paid(mark if field == "amount" else 40)],
        total_paid=mark if field == "total_paid" else 40,
    )
    text = json.dumps([order, version_1(id=2002)]).replace('"@@"', number if field != "formatted" else f'"{number}"')
    begun = time.process_time()

    good, _, _ = read("keap-orders-json", text)

    assert time.process_time() - begun < 2
    assert "2002" in [read.order.number for read in good], "the next order goes on"


@pytest.mark.parametrize("levels", [100, 900, 5000, 100_000])
def test_an_order_that_is_nested_too_deeply_is_a_fault(levels: int):
    nested = json.dumps(version_1(id=1))[:-1] + ', "custom_fields": ' + "[" * levels + "]" * levels + "}"

    _, errors, _ = read("keap-orders-json", f"[{json.dumps(version_1(id=2002))}, {nested}]")

    assert [error.code for error in errors] in (["nested-too-deeply"], ["not-json"])


def test_orders_of_a_payment_that_are_no_list_are_no_defect():
    assert keap_order(version_1(payments=[{**version_1()["payments"][0], "order_ids": 5}])).received


def test_a_long_address_and_description_of_keap_are_kept_whole():
    order = keap_order(
        version_1(
            order_items=[line(275.5, description="d" * 9000)],
            shipping_information={"street1": "a" * 900, "city": "c" * 400},
        )
    )

    assert len(order.lines[0].description) == 9000
    assert (len(order.customer.shipping.line1), len(order.customer.shipping.city)) == (900, 400)
