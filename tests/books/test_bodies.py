"""Does a body read back as the same value, and does its fingerprint change with the content and only with it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from cattrs.errors import ClassValidationError
from hypothesis import given

from books.documents import (
    FORMS,
    CreditApplication,
    CreditMemo,
    Document,
    DoesNotBalance,
    Invoice,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    RefundedPart,
    RefundReceipt,
    SalesReceipt,
)
from books.orders import Order
from books.serialization import Body, document_body, fingerprint, order_body, read_document, read_order
from tests.books.any_document import documents
from tests.books.values import any_of, changes, full
from tests.sample_orders import an_invoice, an_order

#: One of every form in which every field holds something.
FULL: dict[str, Document] = {
    "customer": full(NewCustomer),
    "invoice": full(Invoice),
    "sales-receipt": full(SalesReceipt),
    "payment": full(
        Payment,
        amount=Decimal(100),
        applied=Decimal(60),
        refunded=(full(RefundedPart, amount=Decimal(30)), full(RefundedPart, amount=Decimal(10))),
    ),
    "credit-memo": full(CreditMemo),
    "refund-receipt": full(RefundReceipt),
    "journal-entry": full(
        JournalEntry, lines=(full(JournalLine, amount=Decimal(100)), full(JournalLine, amount=Decimal(-100)))
    ),
    "credit-application": full(CreditApplication),
}


def through_the_database(body: Body) -> Body:
    """What a JSON column gives back, with the keys in another order."""
    return dict(reversed(json.loads(json.dumps(body, allow_nan=False)).items()))


# There and back ------------------------------------------------------------------------------------------------------


@given(documents)
def test_a_document_reads_back_as_the_same_value(document: Document):
    body = document_body(document)

    assert read_document(through_the_database(body)) == document
    assert fingerprint(through_the_database(body)) == fingerprint(body)


@given(any_of(Order))
def test_an_order_reads_back_as_the_same_value(order: Order):
    body = order_body(order)

    assert read_order(through_the_database(body)) == order
    assert fingerprint(through_the_database(body)) == fingerprint(body)


@given(documents)
def test_reading_back_and_keeping_again_gives_the_same_body(document: Document):
    body = document_body(document)

    assert document_body(read_document(through_the_database(body))) == body == through_the_database(body)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_kept_under_its_name(form: str):
    body = document_body(FULL[form])

    assert body["kind"] == form
    assert type(read_document(body)) is FORMS[form]


def test_a_body_is_plain_json_with_amounts_as_text_and_days_as_iso():
    body = json.loads(json.dumps(document_body(an_invoice())))

    assert (body["dated"], body["currency"], body["terms"]) == ("2026-08-14", "USD", None)
    assert body["lines"][0] == {
        "key": "1",
        "item": {
            "quickbooks_id": "1",
            "name": "Wheel Throwing 101",
            "income_account": {"quickbooks_id": "15", "path": "Services:Training:Classes", "account_type": "Income"},
        },
        "account": {"quickbooks_id": "15", "path": "Services:Training:Classes", "account_type": "Income"},
        "description": "Wheel Throwing 101",
        "quantity": "1.00",
        "unit_price": "199.00",
        "amount": "199.00",
        "item_rule": "product-name",
        "account_rule": "product-account",
        "notes": [],
        "quickbooks_class": None,
        "taxable": False,
        "untaxed": False,
    }


def test_a_body_of_an_unknown_kind_is_refused():
    with pytest.raises(KeyError, match="estimate"):
        read_document({**document_body(an_invoice()), "kind": "estimate"})


@pytest.mark.parametrize("damage", [{"total": "1.00"}, {"lines": "none"}, {"amount": "1.00"}])
def test_a_body_with_a_field_that_nobody_knows_is_refused(damage: dict[str, str]):
    with pytest.raises(ClassValidationError):
        read_document({**document_body(an_invoice()), **damage})


def test_a_body_without_a_needed_field_is_refused():
    body = document_body(an_invoice())
    del body["number"]

    with pytest.raises(ClassValidationError):
        read_document(body)


# Fingerprint ---------------------------------------------------------------------------------------------------------


def possible_changes(document: Document) -> Iterator[tuple[str, Document]]:
    """The changes of one leaf, and of an entry those of two amounts, since one alone cannot exist."""
    yield from changes(document, impossible=(DoesNotBalance,))
    if isinstance(document, JournalEntry):
        lines = tuple(replace(line, amount=line.amount * 2) for line in document.lines)
        yield "amounts", replace(document, lines=lines)


@pytest.mark.parametrize("form", FORMS)
def test_any_change_of_a_document_changes_its_fingerprint(form: str):
    seen = {fingerprint(document_body(FULL[form])): "nothing"}
    for path, changed in possible_changes(FULL[form]):
        print_of_change = fingerprint(document_body(changed))
        assert print_of_change not in seen, f"{path} has the fingerprint of {seen[print_of_change]}"
        seen[print_of_change] = path

    assert len(seen) > 10


def test_any_change_of_an_order_changes_its_fingerprint():
    order = full(Order)
    prints = [fingerprint(order_body(version)) for version in (order, *(changed for _, changed in changes(order)))]

    assert len(prints) > 60
    assert len(set(prints)) == len(prints)


@given(documents, documents)
def test_two_documents_have_one_fingerprint_only_when_they_are_equal(one: Document, other: Document):
    same = fingerprint(document_body(one)) == fingerprint(document_body(other))

    assert same == (one == other)


@pytest.mark.parametrize("written", ["12.5", "12.50", "12.5000", "1.25E+1"])
def test_the_same_amount_written_otherwise_is_no_change(written: str):
    order = an_order()
    lines = tuple(replace(line, unit_price=Decimal("12.50")) for line in order.lines)
    again = tuple(replace(line, unit_price=Decimal(written)) for line in order.lines)

    assert order_body(replace(order, lines=lines)) == order_body(replace(order, lines=again))


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0.00"), ("-0.00", "0.00"), ("100", "100.00"), ("1E+2", "100.00"), ("0.0050", "0.005"), ("-3.1", "-3.10")],
)
def test_amounts_are_written_in_full_with_two_places_or_more(amount: str, text: str):
    assert order_body(replace(an_order(), stated_total=Decimal(amount)))["stated_total"] == text


def test_a_fingerprint_is_the_same_on_every_machine():
    assert fingerprint({"b": "é", "a": [1, None]}) == (
        "e03c3c1ebb5fccd76e3bd35b9a86169f35e6f1b069645d48ac278175f54c4208"
    )
