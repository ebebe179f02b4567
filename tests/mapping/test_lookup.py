"""Does mapping answer what orders ask, in a fixed number of queries, and say which rule decided?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from books.answers import Answers, LineAnswer, Rule
from books.orders import Line, LineType, Order
from companies.models import Company
from mapping.lookup import answer_orders
from mapping.models import LineTypeDefault, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem
from tests.factories import a_book_customer, map_product, staged, the_studio
from tests.sample_orders import AN_ORDER, an_order

pytestmark = pytest.mark.django_db


def answers(company: Company, *orders: Order) -> list[Answers]:
    """Answer orders of the source `keap`."""
    return answer_orders(company, "keap", orders, customer_document=lambda key: f"keap:customer:{key}")


def answered(company: Company, text: str) -> LineAnswer:
    """The answer of the first line of an order that was staged."""
    order = an_order(text)
    staged(company, order)
    return answers(company, order)[0].lines[order.lines[0].key]


def codes(answer: LineAnswer) -> list[str]:
    """The codes of a line's problems."""
    return [problem.code for problem in answer.problems]


@pytest.mark.criterion("A03")
def test_a_thousand_orders_are_answered_with_as_many_queries_as_one() -> None:
    company = the_studio()
    orders = [an_order(AN_ORDER.replace("1042", str(number))) for number in range(1000)]
    staged(company, *orders)

    with CaptureQueriesContext(connection) as for_one:
        answers(company, orders[0])
    with CaptureQueriesContext(connection) as for_all:
        answers(company, *orders)

    assert len(for_all) == len(for_one) == 18


@pytest.mark.criterion("D26", "D28")
def test_a_product_without_a_name_is_found_by_its_sku_in_any_case_and_with_spaces() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, sku="WT-101").update(sku="  wt-101 ", sku_compared="wt-101")

    answer = answered(company, "2026-08-14  order 1\nWT-101  199.00")

    assert answer.item is not None
    assert (answer.item.name, answer.item_rule) == ("Wheel Throwing 101", Rule.SKU)


@pytest.mark.criterion("A09", "A11", "A24", "A74")
def test_the_quickbooks_product_name_wins_over_sku_and_name() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", item="Coaching Hour")

    answer = answered(company, "2026-08-14  order 1\nWT-101  199.00")

    assert answer.item is not None
    assert answer.account is not None
    assert (answer.item.name, answer.item_rule) == ("Coaching Hour", Rule.PRODUCT_NAME)
    assert (answer.account.path, answer.account_rule) == ("Services:Coaching", Rule.ITEM_ACCOUNT)


@pytest.mark.criterion("A10", "A74")
def test_the_quickbooks_product_name_may_be_an_item_number() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", item="CO-060")

    answer = answered(company, "2026-08-14  order 1\nWT-101  199.00")

    assert answer.item is not None
    assert (answer.item.name, answer.item_rule) == ("Coaching Hour", Rule.PRODUCT_NUMBER)


@pytest.mark.criterion("A22", "A23")
def test_a_name_that_differs_in_case_is_not_taken_for_the_item() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", item="coaching hour")

    assert codes(answered(company, "2026-08-14  order 1\nWT-101  199.00")) == ["item-not-in-quickbooks"]


def test_a_name_that_is_one_items_name_and_anothers_number_is_not_guessed() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    QuickBooksItem.objects.filter(company=company, name="Raku Weekend").update(sku_compared="coaching hour")
    map_product(company, "Wheel Throwing 101", item="Coaching Hour")

    assert codes(answered(company, "2026-08-14  order 1\nWT-101  199.00")) == ["item-is-ambiguous"]


@pytest.mark.criterion("A14", "A21")
def test_the_account_is_found_by_its_full_path() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", account="Services:Training:Classes")
    assert answered(company, "2026-08-14  order 1\nWT-101  199.00").account_rule is Rule.PRODUCT_ACCOUNT

    map_product(company, "Wheel Throwing 101", account="Classes")
    assert codes(answered(company, "2026-08-14  order 1\nWT-101  199.00")) == ["account-not-in-quickbooks"]


@pytest.mark.criterion("A15")
def test_an_account_off_the_profit_and_loss_report_is_refused_for_a_product() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", account="Checking")

    assert codes(answered(company, "2026-08-14  order 1\nWT-101  199.00")) == ["account-of-wrong-type"]


def test_a_mapped_account_that_is_not_the_items_own_is_an_issue() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nWT-101  199.00")
    map_product(company, "Wheel Throwing 101", account="Sales:Books")

    answer = answered(company, "2026-08-14  order 1\nWT-101  199.00")

    assert codes(answer) == ["item-account-differs"]
    assert "Services:Training:Classes" in answer.problems[0].explain()


@pytest.mark.criterion("A12")
def test_a_name_that_is_too_long_is_reported_by_the_rule_and_not_as_missing() -> None:
    company = the_studio()
    staged(company, "2026-08-14  order 1\nKC-050  50.00")
    map_product(company, "Kids' Clay Camp", item="Kids' Clay Camp, Ages 7 to 12, Summer")

    problem = answered(company, "2026-08-14  order 1\nKC-050  50.00").problems[0]

    assert problem.code == "name-breaks-rule"
    assert "the limit is 30" in problem.explain()


@pytest.mark.parametrize(
    ("line_type", "item"),
    [
        pytest.param("unknown", "Uncategorized Sale", marks=pytest.mark.criterion("A53")),
        pytest.param("program", "Program Fee", marks=pytest.mark.criterion("A54")),
        pytest.param("shipping", "Shipping", marks=pytest.mark.criterion("A55")),
        pytest.param("tax", "Sales Tax", marks=pytest.mark.criterion("A56")),
        pytest.param("service", "Studio Services", marks=pytest.mark.criterion("A57")),
        pytest.param("upsell", "Upsell", marks=pytest.mark.criterion("A58")),
        pytest.param("finance-charge", "Finance Charge", marks=pytest.mark.criterion("A59")),
        pytest.param("special", "Discount", marks=pytest.mark.criterion("A60")),
        pytest.param("order-discount", "Discount", marks=pytest.mark.criterion("A61")),
        pytest.param("tip", "Studio Services", marks=pytest.mark.criterion("A61")),
        pytest.param("other", "Uncategorized Sale", marks=pytest.mark.criterion("A61")),
    ],
)
@pytest.mark.criterion("A63")
def test_a_line_without_a_name_takes_the_default_of_its_type(line_type: str, item: str) -> None:
    answer = answered(the_studio(), f"2026-08-14  order 1\n{line_type}  9.00")

    assert answer.item is not None
    assert (answer.item.name, answer.item_rule) == (item, Rule.TYPE_DEFAULT)


def _named(name: str, description: str = "") -> Order:
    order = an_order("2026-08-14  order 1\nshipping  9.00")
    line: Line = replace(order.lines[0], name=name, description=description)
    return replace(order, lines=(line,))


@pytest.mark.criterion("A64", "A66")
def test_a_line_keeps_its_own_item_name() -> None:
    company = the_studio()

    answer = answers(company, _named("Kiln Shelf", "Two day service"))[0].lines["1"]

    assert answer.item is not None
    assert (answer.item.name, answer.item_rule) == ("Kiln Shelf", Rule.LINE_NAME)


@pytest.mark.criterion("A65")
def test_the_description_is_passed_as_the_name_when_the_type_says_so() -> None:
    company = the_studio()
    LineTypeDefault.objects.filter(company=company, section="shipping").update(pass_item_description_as_the_name=True)

    answer = answers(company, _named("Kiln Shelf", "Glaze Sampler"))[0].lines["1"]

    assert answer.item is not None
    assert (answer.item.name, answer.item_rule) == ("Glaze Sampler", Rule.DESCRIPTION)


@pytest.mark.criterion("A67")
def test_an_empty_description_falls_back_and_says_so() -> None:
    company = the_studio()
    LineTypeDefault.objects.filter(company=company, section="shipping").update(pass_item_description_as_the_name=True)

    by_name = answers(company, _named("Kiln Shelf"))[0].lines["1"]
    by_default = answers(company, _named(""))[0].lines["1"]

    assert (by_name.item_rule, by_default.item_rule) == (Rule.LINE_NAME, Rule.TYPE_DEFAULT)
    assert "description is empty" in by_name.notes[0]
    assert by_default.notes


@pytest.mark.criterion("A68")
def test_a_description_that_is_too_long_is_refused_with_the_limit() -> None:
    company = the_studio()
    LineTypeDefault.objects.filter(company=company, section="shipping").update(pass_item_description_as_the_name=True)

    answer = answers(company, _named("", "Overnight courier to the mountain studio"))[0].lines["1"]

    assert codes(answer) == ["name-breaks-rule"]
    assert "the limit is 30" in answer.problems[0].explain()


@pytest.mark.criterion("A69")
def test_the_account_of_a_line_type_is_used_and_checked() -> None:
    company = the_studio()
    shipping = LineTypeDefault.objects.filter(company=company, section="shipping")

    shipping.update(item_account_default="Shipping Income")
    assert answers(company, _named(""))[0].lines["1"].account_rule is Rule.TYPE_ACCOUNT
    shipping.update(item_account_default="Shiping Income")
    assert codes(answers(company, _named(""))[0].lines["1"]) == ["account-not-in-quickbooks"]


@pytest.mark.criterion("A70")
def test_a_change_in_one_line_type_leaves_the_others_alone() -> None:
    company = the_studio()
    order = an_order("2026-08-14  order 1\nshipping  9.00\ntax  1.00")
    before = answers(company, order)[0].lines["2"]

    LineTypeDefault.objects.filter(company=company, section="shipping").update(item_name_default="Upsell")

    assert answers(company, order)[0].lines["2"] == before


@pytest.mark.criterion("A52")
def test_a_subscription_posts_by_its_record_like_a_product() -> None:
    company = the_studio()
    order = an_order("2026-08-14  order 1\nsubscription  MB-MONTH  45.00")
    assert order.lines[0].line_type is LineType.SUBSCRIPTION
    staged(company, order)

    answer = answers(company, order)[0].lines["1"]

    assert answer.item is not None
    assert answer.item.name == "Studio Membership"


def test_what_is_inactive_in_quickbooks_is_not_found() -> None:
    company = the_studio()
    QuickBooksItem.objects.filter(company=company, name="Shipping").update(active=False)
    assert codes(answers(company, _named(""))[0].lines["1"]) == ["item-not-in-quickbooks"]

    QuickBooksItem.objects.filter(company=company, name="Shipping").update(active=True)
    QuickBooksAccount.objects.filter(company=company, full_name="Shipping Income").update(active=False)
    assert codes(answers(company, _named(""))[0].lines["1"]) == ["item-without-income-account"]


@pytest.mark.parametrize("renamed", ["Wheel Throwing 101", "Wheel Throwing 101 (deleted)"])
@pytest.mark.parametrize("mapped", ["Wheel Throwing 101", "wt-101", ""])
def test_an_inactive_item_is_called_inactive_with_its_name_and_the_way_back(renamed: str, mapped: str) -> None:
    company = the_studio()
    order = an_order("2026-08-14  order 1\nWT-101  199.00")
    staged(company, order)
    map_product(company, "Wheel Throwing 101", item=mapped)
    rows = QuickBooksItem.objects.filter(company=company, sku="WT-101")
    rows.update(active=False, name=renamed, full_name=renamed)

    problem = answers(company, order)[0].lines["1"].problems[0]

    assert problem.code == ("item-not-in-quickbooks" if mapped else "product-without-mapping")
    assert (mapped or renamed) in problem.explain()
    assert "inactive" in problem.explain()
    assert problem.advise().startswith("Make the item active in QuickBooks and press Re-sync")


def test_another_companys_lists_and_decisions_answer_nothing() -> None:
    the_studio()
    other = the_studio("Someone else", "other")
    QuickBooksItem.objects.filter(company=other).delete()
    QuickBooksCustomer.objects.filter(company=other).delete()
    order = an_order("2026-08-14  order 1\nWT-101  199.00")
    staged(other, order)

    answer = answers(other, order)[0]

    assert codes(answer.lines["1"]) == ["product-without-mapping"]
    assert answer.customer.rule is Rule.CREATED


@pytest.mark.criterion("C34", "D40")
def test_a_customer_is_matched_by_billing_email_in_any_case() -> None:
    company = the_studio()
    order = an_order("2026-08-14  order 1  #7 P. Natarajan < Priya.NATARAJAN@example.com >\nWT-101  1.00")
    staged(company, order)

    found = answers(company, order)[0].customer

    assert found.customer is not None
    assert (found.customer.name, found.rule) == ("Priya Natarajan", Rule.EMAIL)


@pytest.mark.criterion("D54")
def test_two_customers_with_the_email_are_an_issue_and_never_a_guess() -> None:
    company = the_studio()
    order = an_order("2026-08-14  order 1  #7 C. Okafor <family.okafor@example.com>\nWT-101  1.00")
    staged(company, order)

    problem = answers(company, order)[0].customer.problems[0]

    assert problem.code == "customers-share-email"
    assert "Chidi Okafor" in problem.explain()
    assert "Ngozi Okafor" in problem.explain()


@pytest.mark.criterion("D51")
def test_two_customers_of_the_source_with_one_email_are_an_issue_too() -> None:
    company = the_studio()
    one, two = (
        an_order(f"2026-08-14  order {n}  #{n} Sam {n} <priya.natarajan@example.com>\nWT-101  1.00") for n in (1, 2)
    )
    staged(company, one, two)

    assert [answer.customer.problems[0].code for answer in answers(company, one, two)] == ["customers-share-email"] * 2


def test_a_new_customer_whose_name_is_taken_is_an_issue() -> None:
    company = the_studio()
    a_book_customer(company, "Jo Vega", email="other@example.com", quickbooks_id="90")
    a_book_customer(company, "Al Gone", email="gone@example.com", quickbooks_id="91", active=False)
    taken, free = (
        an_order(f"2026-08-14  order {n}  #{n} {name} <{n}@example.org>\nWT-101  1.00")
        for n, name in ((1, "jo VEGA"), (2, "Al Gone"))
    )
    staged(company, taken, free)

    answered_both = answers(company, taken, free)

    assert [problem.code for problem in answered_both[0].customer.problems] == ["customer-name-taken"]
    assert answered_both[1].customer.rule is Rule.CREATED
