"""Does a record keep its key whatever else changes, so that it is never posted twice, and is the key safe in a note?"""

from __future__ import annotations

import pytest

from sync.preparing.builders.plan import Plan, creates, customer_key, invoice_key, record_key
from tests.builders.plans import ITEMS_FOR_BOTH, WHOLESALE, plan_of

EVERYTHING = """
    2026-08-14         order 1
    WT-101             199.00
    paid 2026-08-15    Card      100.00
    credit 2026-08-16  Comp      60.00
    refund 2026-08-17  Part      20.00
"""


def keys(plan: Plan) -> dict[str, str]:
    return {f"{planned.kind} {planned.number}": planned.key for planned in plan.planned}


def test_every_record_of_an_order_has_a_key_of_its_own() -> None:
    assert keys(plan_of(EVERYTHING)) == {
        "invoice 1": "keap:source-1:invoice",
        "payment 1-1": "keap:source-1:payment:1-1",
        "credit CR-1-2": "keap:source-1:credit:1-2",
        "credit-application CR-1-2": "keap:source-1:credit:1-2:applied",
        "refund RF-1-3": "keap:source-1:refund:1-3",
    }


@pytest.mark.parametrize(
    "settings",
    [
        ITEMS_FOR_BOTH,
        f"{WHOLESALE}; Credit Credit Account = Wholesale Receivables",
        "sales receipts",
        "discount lines",
        "sales tax Denver at 8.81 percent",
        "Refund Credit Account = Checking",
    ],
)
def test_the_form_that_a_record_takes_does_not_change_its_key(settings: str) -> None:
    assert keys(plan_of(EVERYTHING, settings)) == keys(plan_of(EVERYTHING))


@pytest.mark.parametrize(("row", "other"), [("199.00", "150.00"), ("100.00", "90.00"), ("Comp", "Goodwill")])
def test_what_changes_in_the_source_does_not_change_a_key(row: str, other: str) -> None:
    assert keys(plan_of(EVERYTHING.replace(row, other))) == keys(plan_of(EVERYTHING))


def test_what_follows_a_record_names_the_record_that_must_come_first() -> None:
    plan = plan_of(EVERYTHING)
    places = {planned.key: place for place, planned in enumerate(plan.planned)}

    for planned in plan.planned:
        assert planned.document
        assert all(places[need] < places[planned.key] for need in planned.document.needs), planned.key
        assert not planned.depends_on or planned.depends_on in planned.document.needs


# How a key is written -------------------------------------------------------------------------------------------------


def test_keys_say_what_they_are_of() -> None:
    assert invoice_key("keap", "2041") == "keap:2041:invoice"
    assert customer_key("keap", "7") == "keap:customer:7"
    assert customer_key("keap", "7", turn=2) == "keap:customer:7:2"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record_key("files", "A", "payment", "1:payment:2"), record_key("files", "A:payment:1", "payment", "2")),
        (customer_key("files", "7:2"), customer_key("files", "7", turn=2)),
        (customer_key("files", "a\nb"), customer_key("files", "a b")),
        (customer_key("files", "a%3Ab"), customer_key("files", "a:b")),
    ],
)
def test_different_records_have_different_keys(one: str, other: str) -> None:
    assert one != other


@pytest.mark.parametrize("name", ["two\nlines", "a\u2028b", "tab\t", "x" * 300])
def test_a_key_stays_on_one_line_of_a_note(name: str) -> None:
    assert len(customer_key("files", name).splitlines()) == 1
    assert len(customer_key("files", name)) <= 250


def test_a_key_tells_whose_customer_it_creates() -> None:
    assert creates("keap:customer:7", system="keap", customer="7")
    assert creates("keap:customer:7:2", system="keap", customer="7")
    assert not creates("keap:customer:7:2", system="keap", customer="8")
    assert not creates("keap:customer:7", system="files", customer="7")
