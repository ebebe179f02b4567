"""Does an order's page tell the whole way from the source to QuickBooks, and why?"""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from companies.models import Company, Role
from mapping.models import LineTypeDefault
from sync.models import Document, Push, PushExchange
from tests.factories import document_of, order_of, prepared, staged, the_studio
from tests.reconciliation.factories import a_person, an_unmapped_product, as_role, posted, signed_in
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

ORDER = """
    2026-08-14  order 1042
    WT-101                        199.00
    KIT-CLAY                      2 x 24.50
    order-discount  Welcome back  -20.00
    paid 2026-08-20  Credit Card  100.00
"""


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(company, ORDER)
    return company


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


def page(client: Client, company: Company, number: str = "1042", tab: str = "") -> str:
    """The words of a page, one space between them."""
    response = client.get(f"/{company.slug}/orders/{order_of(company, number).pk}/?tab={tab}")
    assert response.status_code == 200
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", text)


@pytest.mark.criterion("A74")
def test_each_line_shows_its_item_and_account_and_the_rule_that_chose_each(company: Company, ops: Client) -> None:
    text = page(ops, company)

    assert (
        "Wheel Throwing 101 the product's SKU is the item's SKU in QuickBooks "
        "Services:Training:Classes the item's own income account 1 199.00 USD"
    ) in text
    assert "Discount Item Name Default of the line type Discounts Given" in text


@pytest.mark.criterion("A74")
def test_what_a_rule_applied_that_nobody_chose_is_noted_beside_the_line(ops: Client, company: Company) -> None:
    LineTypeDefault.objects.filter(section="shipping").update(pass_item_description_as_the_name=True)
    prepared(company, "2026-08-14  order 1043\nWT-101  199.00\nshipping  8.00")

    assert "The description is empty, so the item name is used in its place." in page(ops, company, "1043")


def test_postings_are_shown_as_debits_and_credits_that_balance(company: Company, ops: Client) -> None:
    text = page(ops, company)

    assert "Accounts Receivable Priya Natarajan 228.00 USD" in text
    assert "Undeposited Funds Credit Card 100.00 USD" in text
    assert "Total 248.00 USD 248.00 USD" in text
    assert "Total 100.00 USD 100.00 USD" in text


def test_the_source_is_always_in_sight_whichever_part_is_open(company: Company, ops: Client) -> None:
    for tab in ("", "pushes", "source", "history", "rubbish"):
        text = page(ops, company, tab=tab)
        assert "Order 1042 Date 08/14/2026 Customer Priya Natarajan Total 228.00 USD Source Keap export" in text


def test_a_blocked_order_shows_what_mapping_answers_now_line_by_line(company: Company, ops: Client) -> None:
    an_unmapped_product(company, "2001")

    text = page(ops, company, "2001")

    assert "As the source has them, with what the mapping answers now" in text
    assert "“Creme Brulee Mugs” (SKU MUGS-22) has no QuickBooks Product Name" in text
    assert "Product not mapped" in text


def test_a_draft_says_why_nothing_is_posted(company: Company, ops: Client) -> None:
    prepared(company, "2026-08-14  order 1044\nWT-101  199.00\nstatus  draft")

    text = page(ops, company, "1044")

    assert "the order is not a sale yet: a draft, a quote, on hold, or waiting for its payment." in text
    assert "This order has no documents." in text


def test_an_order_that_was_never_prepared_says_so(company: Company, ops: Client) -> None:
    staged(company, "2026-08-14  order 1045\nWT-101  199.00")

    assert "It has not been prepared yet." in page(ops, company, "1045")


def test_every_push_is_kept_with_its_request_id_and_each_exchange_word_for_word(company: Company, ops: Client) -> None:
    push = posted(document_of(company, "1042"))
    PushExchange.objects.create(push=push, sent_at=push.created_at, outcome="unknown", reason="The line went dead.")
    PushExchange.objects.create(push=push, sent_at=push.created_at, outcome="try-later", reason="It is busy.")
    PushExchange.objects.create(push=push, sent_at=push.created_at, outcome="looked-up", reason="It is not there.")

    text = page(ops, company, tab="pushes")

    assert f"Request id {push.request_id}" in text
    assert '"TotalAmt": 256.50' in text
    assert "Accepted 200 41 1-abc" in text
    assert "No clear answer The line went dead." in text
    assert "Try again later It is busy." in text
    assert "Looked up It is not there." in text


def test_an_order_of_which_nothing_was_sent_says_so(company: Company, ops: Client) -> None:
    assert "Nothing from this order has been sent to QuickBooks." in page(ops, company, tab="pushes")


def test_a_reply_that_is_html_is_shown_and_not_run(company: Company, ops: Client) -> None:
    posted(document_of(company, "1042"), reply="<script>alert(1)</script>")

    raw = ops.get(f"/studio/orders/{order_of(company, '1042').pk}/?tab=pushes").content.decode()

    assert "&lt;script&gt;alert(1)" in raw
    assert "<script>alert" not in raw


def test_every_version_of_the_source_is_kept_with_what_changed(company: Company, ops: Client) -> None:
    prepared(company, ORDER.replace("199.00", "189.00"))

    text = page(ops, company, tab="source")

    assert "Version 2" in text
    assert "Version 1" in text
    assert "lines[1].amount 199.00 189.00" in text
    assert '"number": "1042"' in text
    assert "Email priya.natarajan@example.com" in text


@pytest.mark.criterion("E25")
def test_the_history_tells_time_step_result_message_and_person(company: Company, ops: Client) -> None:
    user = a_person(company, Role.ACCOUNTANT, name="maria")
    issue = an_unmapped_product(company, "2001")
    signed_in(user).post(f"/studio/issues/{issue.pk}/fix/choose-item/", {"item": "KIT-MUG"})

    text = page(ops, company, "2001", tab="history")

    assert "Time Step Result Message Who" in text
    assert re.search(
        r"\d\d/\d\d/\d{4} \d+:\d\d:\d\d [AP]M Fix Done Fix: Creme Brulee Mugs, QuickBooks Product Name", text
    )
    assert re.search(r"Blocked Needs attention Blocked: Invoice 2001\.", text)
    assert re.search(r"Received Noted Received from the source \(order 1 of the file\)\. Tieout", text)
    assert "maria" in text


@pytest.mark.criterion("E25")
def test_every_order_has_a_history_tab(company: Company, ops: Client) -> None:
    raw = ops.get(f"/studio/orders/{order_of(company, '1042').pk}/").content.decode()

    address = f"/studio/orders/{order_of(company, '1042').pk}/?tab=history"
    assert f'<a href="{address}">History</a>' in " ".join(raw.split())


def test_an_ignored_document_can_be_taken_back_from_its_place(company: Company, ops: Client) -> None:
    Document.objects.filter(pk=document_of(company, "1042").pk).update(state="ignored")

    assert "Stop ignoring" in page(ops, company)


def test_the_list_shows_how_far_each_order_has_come(company: Company, ops: Client) -> None:
    posted(document_of(company, "1042"))
    prepared(company, "2026-08-15  order 1044\nWT-101  199.00\nstatus  draft")

    text = html.unescape(re.sub(r"<[^>]+>", " ", ops.get("/studio/orders/").content.decode()))
    text = re.sub(r"\s+", " ", text)

    assert "1042 08/14/2026 Priya Natarajan Keap export 228.00 USD Invoice Posted Payment Ready" in text
    assert "the order is not a sale yet" in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ["1043", "1042"]),
        ("?sort=date", ["1042", "1043"]),
        ("?sort=-date", ["1043", "1042"]),
        ("?number=1043", ["1043"]),
        ("?customer=priya", ["1042"]),
        ("?status=draft", ["1043"]),
        ("?since=2026-08-15", ["1043"]),
        ("?status=rubbish", []),
        ("?until=rubbish", []),
    ],
)
def test_orders_are_filtered_and_sorted(company: Company, ops: Client, query: str, numbers: list[str]) -> None:
    prepared(company, "2026-08-15  order 1043  #8 Ana Lund <ana@example.com>\nWT-101  9.00\nstatus  draft")

    raw = ops.get(f"/studio/orders/{query}").content.decode()

    assert re.findall(r'href="/studio/orders/\d+/">([^<]+)<', raw) == numbers


def test_without_orders_the_list_says_what_comes_first() -> None:
    company = the_studio("Empty", "empty")

    assert "There are no orders yet." in as_role(company).get("/empty/orders/").content.decode()


def test_a_line_that_a_posted_invoice_has_stays_when_the_source_takes_it_back(company: Company, ops: Client) -> None:
    posted(document_of(company, "1042"))
    changed = an_order(ORDER.replace("    KIT-CLAY                      2 x 24.50\n", ""))
    prepared(company, changed)

    text = page(ops, company)

    assert "As they were prepared, with the rule" in text
    assert "Starter Clay Kit" in text
    assert "Update waiting" in text
    assert Push.objects.count() == 1
