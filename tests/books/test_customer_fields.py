"""Which fields of a customer are put right by themselves, and which wait for a person?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from books.customer_fields import CUSTOMER_FIELDS, FIELDS_BY_KEY, CustomerField, field_of, tidied, too_long, with_fields
from books.orders import Address, Customer

ANN = Customer(given_name="Ann", family_name="Lee", email="ann@example.com", phone="303-555-0142")
ASKED = [field for field in CUSTOMER_FIELDS if not field.cosmetic]
LOOKS = [field for field in CUSTOMER_FIELDS if field.cosmetic]


def keys(customer: Customer, **how: bool) -> list[str]:
    return [field.key for field in too_long(customer, **how)]


@pytest.mark.parametrize("field", ASKED, ids=lambda field: field.key)
def test_a_field_may_be_as_long_as_its_limit_and_no_longer(field: CustomerField) -> None:
    assert keys(with_fields(ANN, {field.key: "x" * field.longest}), is_new=True) == []
    assert keys(with_fields(ANN, {field.key: "x" * (field.longest + 1)}), is_new=True) == [field.key]


def test_what_only_a_new_customer_is_sent_with_is_not_asked_for_one_that_quickbooks_has() -> None:
    only_new = {field.key for field in CUSTOMER_FIELDS if field.only_new}
    assert only_new == {"given_name", "family_name", "company_name", "phone"}
    long = with_fields(ANN, {field.key: "x" * 4000 for field in ASKED})

    asked = keys(long, is_new=False)
    assert asked == [field.key for field in ASKED if field.key not in only_new]
    assert "billing.city" in asked
    assert keys(long, is_new=True) == [field.key for field in ASKED]


def test_what_is_there_for_looks_is_shortened_and_never_asked_about() -> None:
    assert [field.key for field in LOOKS] == ["billing.line2", "shipping.line2"]
    long = with_fields(ANN, {field.key: "x" * 4000 for field in LOOKS})

    assert keys(long, is_new=True) == []
    customer, changes = tidied(long, is_new=False)
    assert [change.field.key for change in changes] == ["billing.line2", "shipping.line2"]
    assert [len(field_of(customer, field.key)) for field in LOOKS] == [field.longest for field in LOOKS]


def test_in_files_only_the_phone_and_the_email_are_asked_about() -> None:
    long = with_fields(ANN, {field.key: "x" * 4000 for field in CUSTOMER_FIELDS})
    assert keys(long, is_new=True, in_files=True) == ["phone", "email"]


@pytest.mark.parametrize(("in_files", "most"), [(False, FIELDS_BY_KEY["phone"].longest), (True, 21)])
def test_a_phone_loses_its_signs_only_where_it_is_too_long(in_files: bool, most: int) -> None:
    fits = "(303) 555-" + "1" * (most - 10)
    customer, changes = tidied(replace(ANN, phone=fits), is_new=True, in_files=in_files)
    assert (customer.phone, changes) == (fits, ())

    customer, changes = tidied(replace(ANN, phone=fits + "1"), is_new=True, in_files=in_files)
    assert customer.phone == "303555" + "1" * (most - 9)
    assert [(change.field.key, change.before) for change in changes] == [("phone", fits + "1")]


def test_what_is_not_sent_is_put_right_without_a_word() -> None:
    colons = replace(ANN, given_name="Ann: Maria")

    customer, changes = tidied(colons, is_new=True)
    assert (customer.given_name, [change.field.key for change in changes]) == ("Ann - Maria", ["given_name"])
    assert tidied(colons, is_new=False) == (customer, ())


def test_in_files_names_and_addresses_stay_as_they_are() -> None:
    odd = replace(ANN, given_name="Ann: Maria", billing=Address(line1="1 Kiln Way", line2="x" * 4000))
    assert tidied(odd, is_new=True, in_files=True) == (odd, ())
