"""Is everything that the database keeps as codes said in words, also what another version wrote?"""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from books.notes import NOTES
from books.problems import PROBLEMS, ChangedAfterPosting, CustomerWithoutEmail, ProductWithoutMapping
from companies.models import Company
from reconciliation.states import TONES
from reconciliation.transaction_words import transaction_words
from reconciliation.wording import (
    causes,
    event_result,
    event_step,
    event_words,
    known_problem,
    note_words,
    tell,
    title_of,
)
from sync.history import STEPS, record
from sync.models import DocumentState, OrderEvent
from tests.factories import order_of, prepared, the_studio

UNMAPPED = ProductWithoutMapping(product_key="keap:9", product="Kiln Shelf", sku="KILN-SH")


def test_a_problem_is_told_in_three_sentences_with_its_facts() -> None:
    told = tell(UNMAPPED.code, UNMAPPED.facts())

    assert told.title == "Product not mapped"
    assert "Kiln Shelf" in told.explanation
    assert "KILN-SH" in told.explanation
    assert told.cure.startswith("Choose the QuickBooks item")


@pytest.mark.parametrize(
    ("code", "facts"),
    [("of-a-later-version", {"what": "new"}), ("product-without-mapping", {"product": "Kiln"}), ("no-customer", {})],
)
def test_a_problem_of_another_version_is_named_by_its_code_and_breaks_nothing(code: str, facts: dict[str, str]) -> None:
    told = tell(code, facts)

    assert known_problem(code, facts) is None
    assert code in (told.title, told.explanation) or code in told.explanation
    assert "Re-sync" in told.cure


def test_every_cause_has_a_heading_and_the_filter_lists_them_by_it() -> None:
    listed = causes()

    assert {code for code, _ in listed} == set(PROBLEMS)
    assert [title for _, title in listed] == sorted((title for _, title in listed), key=str.casefold)
    assert all(title_of(code) == title for code, title in listed)


def test_every_state_of_a_document_has_its_look() -> None:
    assert set(DocumentState.values) <= set(TONES)


@pytest.mark.criterion("E25")
def test_every_step_of_the_history_has_a_name_of_its_own() -> None:
    names = [event_step(OrderEvent(step=step)) for step in STEPS]

    assert len(set(names)) == len(STEPS)
    assert not set(names) & set(STEPS)


@pytest.mark.django_db
@pytest.mark.criterion("E25")
def test_a_step_is_told_with_its_facts_and_how_it_went() -> None:
    studio = the_studio()
    prepared(studio, "2026-08-14  order 1042\nWT-101  199.00")
    order = order_of(studio, "1042")
    record(order, "refused", document="Invoice 1042", reason="The number is taken.")
    row = order.events.latest("pk")

    assert event_words(row) == "Invoice 1042 rejected by QuickBooks. The number is taken."
    assert event_result(row) == {"result": "Needs attention", "tone": "bad"}


@pytest.mark.parametrize("row", [OrderEvent(step="of-later"), OrderEvent(step="refused", facts={})])
def test_a_step_of_another_version_is_shown_by_its_name(row: OrderEvent) -> None:
    assert event_words(row) == row.step
    assert event_result(OrderEvent(step="of-later")) == {"result": "Noted", "tone": ""}


def test_notes_are_told_and_an_unknown_one_is_named() -> None:
    for code in NOTES:
        facts = dict.fromkeys(re.findall(r"%\((\w+)\)s", NOTES[code]), "77")
        assert note_words({"code": code, "facts": facts}).endswith(".")
    assert note_words({"code": "of-later", "facts": {}}) == "of-later"


def test_no_sentence_needs_a_translation_to_work() -> None:
    email = CustomerWithoutEmail(customer_key="keap:1", customer="Ana")
    with override("ro"):
        assert "Ana" in tell(email.code, email.facts()).explanation
        assert Company(name="x").name == "x"


@pytest.mark.parametrize(
    ("now", "changes", "said"),
    [
        ("25.00 USD", ("2026-09-30 → 2026-09-29",), "QuickBooks has 30.00 USD; the order now comes to 25.00 USD."),
        ("30.00 USD", ("2026-09-30 → 2026-09-29", "Ann → Bo"), "what changed: 09/30/2026 → 09/29/2026, Ann → Bo."),
        ("30.00 USD", (), "The total is still 30.00 USD; its lines or how it was paid changed."),
        ("nothing", (), "Invoice 1042 was posted at 30.00 USD, and the order in the source no longer has it."),
    ],
)
def test_a_change_after_posting_says_what_changed(now: str, changes: tuple[str, ...], said: str) -> None:
    problem = ChangedAfterPosting(
        document="Invoice 1042", document_key="1", posted="30.00 USD", now=now, changes=changes
    )

    with override("en-us"):
        assert said in tell(problem.code, problem.facts()).explanation


@pytest.mark.django_db
@pytest.mark.parametrize(("style", "day"), [("mdy", "02/29/2028"), ("dmy", "29/02/2028"), ("ymd", "2028-02-29")])
def test_a_date_that_was_stored_is_told_as_the_company_writes_dates(style: str, day: str) -> None:
    company = the_studio()
    company.date_style = style
    row = OrderEvent(step="perhaps-there", facts={"document": "Invoice 2028-02-29", "found": "7 · 2028-02-29 · Ida"})

    with override(company.language):
        note = note_words({"code": "dated-ahead", "facts": {"date": "2028-02-29"}})
        event = event_words(row)

    assert f"a date in the future, {day}." in note
    assert event == f"Invoice 2028-02-29 may be in QuickBooks already: 7 · {day} · Ida."


@pytest.mark.parametrize(
    ("name", "words"),
    [("CreditMemo 449", "Credit memo 449"), ("PurchaseOrder 4", "Purchase order 4"), ("Wage 7", "Wage 7"), ("", "")],
)
def test_a_transaction_is_called_what_people_call_it(name: str, words: str) -> None:
    assert transaction_words(name) == words


def test_a_transaction_has_a_name_in_another_language() -> None:
    with override("ro"):
        assert transaction_words("VendorCredit 12") == "Credit de la furnizor 12"
