"""Are the sample orders what their tool makes, do they read without a fault, and do they show what they promise?"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from books.names import NameRule, judge_item_name
from books.orders import DEFAULT_SECTIONS, LineType, Order, OrderStatus, PaymentStatus, Section, normal_email
from demo.make_samples import ROOT, samples
from demo.sample_orders.catalogue import products, stall_goods
from demo.sample_orders.people import HARBOR, KNOWN, NEW, NGOZI, STALL_KNOWN, STALL_NEW
from simulators.quickbooks.seeds.sample import CUSTOMERS, ITEMS
from sync.sources.base import OrderRead, ReadOptions
from sync.sources.files import LAYOUTS

SAMPLES = ROOT / "demo" / "samples"
FILES = {"keap-orders.json": "keap-orders-json", "keap-orders-v2.json": "keap-orders-json", "orders.csv": "orders-csv"}


def read(name: str) -> list[Order]:
    with (SAMPLES / name).open("rb") as file:
        records = list(LAYOUTS[FILES[name]].read(file, options=ReadOptions()))
    bad = [(record.where, record.message.worded()) for record in records if not isinstance(record, OrderRead)]
    assert bad == []
    assert [record.notices for record in records if isinstance(record, OrderRead) and record.notices] == []
    return [record.order for record in records if isinstance(record, OrderRead)]


def table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in text.strip().splitlines()]


def held(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def orders() -> dict[str, Order]:
    return {order.number: order for name in FILES for order in read(name)}


def test_the_samples_in_the_repository_are_what_the_tool_makes():
    stale = [name for name, content in samples().items() if (SAMPLES / name).read_bytes() != content]

    assert stale == [], "run: python demo/make_samples.py"
    # The lists are QuickBooks Desktop's own file, made by nobody here
    assert {path.name for path in SAMPLES.iterdir()} == {*samples(), "desktop-lists.iif"}


def test_there_are_as_many_orders_as_promised_with_no_number_twice(orders: dict[str, Order]):
    counts = {name: len(read(name)) for name in FILES}

    assert {**counts, "total": len(orders)} == held("expected.json")["orders"]
    assert len(orders) >= 250
    assert counts["keap-orders.json"] >= 200


def posting(orders: dict[str, Order]) -> list[Order]:
    """The orders that the expectations do not name as blocked or left out."""
    figures = held("expected.json")
    named = {number for figure in figures["blocked"] for number in figure["orders"]}
    named |= {figure["order"] for figure in figures["posts_nothing"]}
    return [order for number, order in orders.items() if number not in named]


def counted(*amounts: Decimal) -> dict[str, Any]:
    return {"count": len(amounts), "total": str(sum(amounts))}


def test_what_was_read_adds_up_to_the_expected_figures(orders: dict[str, Order]):
    posts, expected = posting(orders), held("expected.json")["posted"]

    payments = [
        payment.amount for order in posts for payment in order.payments if payment.status is PaymentStatus.RECEIVED
    ]
    assert expected["invoices"] == counted(*(order.total for order in posts if order.total >= 0))
    assert expected["returns"] == counted(*(-order.total for order in posts if order.total < 0))
    assert expected["payments"] == counted(*payments)
    assert expected["credits"] == counted(*(credit.amount for order in posts for credit in order.credits))
    assert expected["refunds"] == counted(*(refund.amount for order in posts for refund in order.refunds))


def test_the_expected_movements_are_what_the_orders_and_the_posting_accounts_come_to(orders: dict[str, Order]):
    figures = held("expected.json")
    posted, moved = figures["posted"], {path: Decimal(amount) for path, amount in figures["moved"].items()}
    given_back = Decimal(posted["credits"]["total"]) + Decimal(posted["refunds"]["total"])

    assert sum(moved.values()) == 0
    on_cards = sum(
        payment.amount for order in posting(orders) for payment in order.payments if payment.method == "Gift Card"
    )
    assert moved.pop("Gift Certificates Outstanding") == on_cards == Decimal(posted["gift_cards"]["total"]) > 0
    assert moved.pop("Undeposited Funds") == Decimal(posted["payments"]["total"]) - on_cards
    assert moved.pop("Checking") == -Decimal(posted["refunds"]["total"])
    assert moved.pop("Refunds & Allowances") == given_back
    assert moved.pop("Accounts Receivable") == Decimal(figures["receivable"])
    assert {path: str(-amount) for path, amount in moved.items()} == figures["credits_by_account"]


def test_what_was_read_adds_up_by_account_as_expected(orders: dict[str, Order]):
    by_sku = {sku.casefold(): account for _, sku, _, account in table(ITEMS)}
    by_id = {str(product.id): product.account for product in products()}
    by_section = {default["section"]: default["account"] for default in held("line-types.json")}
    credits: defaultdict[str, Decimal] = defaultdict(Decimal)

    for line in (line for order in posting(orders) for line in order.lines):
        if line.line_type.section is not Section.PRODUCT:
            credits[by_section[line.line_type.section.value]] += line.amount
        else:
            credits[by_id.get(line.product_id) or by_sku[line.sku.casefold()]] += line.amount

    assert {account: str(amount) for account, amount in credits.items()} == held("expected.json")["credits_by_account"]


def test_the_samples_fit_the_sample_books():
    accounts = {name: account for name, _, _, account in table(ITEMS)}
    emails = {normal_email(email) for _, email, _ in table(CUSTOMERS)}
    taken = {name.casefold() for name, _, _ in table(CUSTOMERS)}
    entered = [(default.item, default.account) for default in (*products(), *stall_goods()) if default.item != "-"]
    defaults = [(default["item"], default["account"]) for default in held("line-types.json")]

    assert {item: account for item, account in (*entered, *defaults) if accounts[item] != account} == {}
    assert {normal_email(person.email) for person in (*KNOWN, *STALL_KNOWN)} <= emails
    assert not {normal_email(person.email) for person in (*NEW, *STALL_NEW, HARBOR)} & emails
    assert not {person.name.casefold() for person in (*NEW, *STALL_NEW, HARBOR)} & taken
    assert emails >= {NGOZI.email}


def test_what_is_blocked_adds_up_to_the_expected_figures(orders: dict[str, Order]):
    figures = held("expected.json")

    for figure in figures["blocked"]:
        blocked = [orders[number] for number in figure["orders"]]
        assert figure["invoices"] == {"count": len(blocked), "total": str(sum(order.total for order in blocked))}
        assert figure["payments"]["total"] == str(sum((order.received for order in blocked), start=Decimal("0.00")))
    assert Counter(len(figure["orders"]) for figure in figures["blocked"]) == {3: 2, 6: 1, 4: 1, 2: 2}


def test_every_order_adds_up_to_the_total_it_states(orders: dict[str, Order]):
    assert [order.number for order in orders.values() if order.stated_total != order.total] == []
    assert [order.number for order in orders.values() if order.total < 0] == ["2261", "2262", "M-3041"]


def test_every_kind_of_line_is_sold(orders: dict[str, Order]):
    assert {line.line_type for order in orders.values() for line in order.lines} == set(LineType)


def test_every_kind_of_payment_behaviour_occurs(orders: dict[str, Order]):
    posts = posting(orders)
    balances = {order.number: order.total - order.received for order in posts if order.total >= 0}

    assert sum(1 for order in posts if order.payment_plan) >= 5
    assert (
        sum(
            1
            for order in posts
            if len([payment for payment in order.payments if payment.status is PaymentStatus.RECEIVED]) > 1
        )
        >= 5
    )
    assert sum(1 for order in posts if order.total and not order.received) >= 5
    assert sum(1 for order in posts if 0 < order.received < order.total) >= 5
    assert [balance for balance in balances.values() if balance < 0] == [Decimal("-34.00")]
    assert sum(1 for order in posts if not order.total) >= 1
    assert sum(1 for order in posts for line in order.lines if not line.unit_price) >= 5
    assert sum(1 for order in posts for payment in order.payments if payment.status is PaymentStatus.FAILED) == 2
    credits = {(credit.label, credit.amount == order.total) for order in posts for credit in order.credits}
    assert credits >= {("Comp", True), ("Comp", False), ("Write-off", True), ("Adjustment", False), ("Credit", False)}
    whole = [refund.amount == order.received for order in posts for refund in order.refunds]
    assert whole.count(True) >= 3
    assert whole.count(False) >= 3
    assert any(refund.payment_id for order in posts for refund in order.refunds)


def test_what_posts_nothing_is_what_is_expected(orders: dict[str, Order]):
    why = {
        **{number: "draft" for number, order in orders.items() if order.status is OrderStatus.DRAFT},
        **{number: "cancelled" for number, order in orders.items() if order.status is OrderStatus.CANCELLED},
        **{number: "from-quickbooks" for number, order in orders.items() if order.origin == "quickbooks"},
    }

    assert {entry["order"]: entry["why"] for entry in held("expected.json")["posts_nothing"]} == why
    assert Counter(why.values()) == {"draft": 3, "cancelled": 1, "from-quickbooks": 1}


def test_every_order_stands_in_its_three_months(orders: dict[str, Order]):
    assert {order.placed_on.month for order in orders.values()} == {8, 9, 10}
    assert all(date(2026, 8, 1) <= order.placed_on <= date(2026, 10, 31) for order in orders.values())
    late = [order for order in orders.values() if order.placed_on == date(2026, 8, 31)]
    assert late, "an order of the last evening of August must not slip into September"


def test_names_have_every_kind_of_letter(orders: dict[str, Order]):
    names = "".join(sorted({order.customer.name for order in orders.values()}))

    assert [mark for mark in "'&éøśОй🌿" if mark.casefold() not in names.casefold()] == []


def test_emails_differ_from_quickbooks_in_case_and_stand_at_example_domains(orders: dict[str, Order]):
    emails = {order.customer.email for order in orders.values() if order.customer.email}
    domains = {".".join(normal_email(email).rpartition("@")[2].split(".")[-2:]) for email in emails}

    assert any(email != normal_email(email) for email in emails)
    assert domains == {"example.com", "example.org", "example.net"}


def test_a_line_of_a_type_without_product_has_no_name_or_exactly_its_items(orders: dict[str, Order]):
    items = {default["section"]: default["item"] for default in held("line-types.json")}

    assert set(items) == {section.value for section in DEFAULT_SECTIONS}
    for line in (line for order in orders.values() for line in order.lines):
        if line.line_type.section is not Section.PRODUCT:
            assert line.name in ("", items[line.line_type.section.value])


def test_what_the_accountant_entered_breaks_the_name_rule_in_one_place_only():
    entered = [
        product["quickbooks_product_name"] for product in held("products.json") if product["quickbooks_product_name"]
    ]
    broken = [name for name in entered if not judge_item_name(name, rule=NameRule.FEWER_THAN_31).ok]

    assert broken == ["Kids' Clay Camp, Ages 7 to 12, Summer"]


def test_every_product_that_is_sold_is_in_the_list_under_its_name_and_number(orders: dict[str, Order]):
    listed = {product["id"]: product for product in held("products.json")}
    sold = [line for order in orders.values() for line in order.lines if line.product_id]

    assert {line.product_id for line in sold} == set(listed)
    assert {(line.product_name, line.sku) for line in sold} == {
        (product["name"], product["sku"]) for product in listed.values()
    }


def test_the_page_beside_the_samples_names_every_blocked_order():
    page = Path(SAMPLES / "README.md").read_text(encoding="utf-8")

    assert [
        number for issue in held("expected.json")["blocked"] for number in issue["orders"] if number not in page
    ] == []
