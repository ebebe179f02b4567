"""Which email addresses and which phone number does a field hold, and when are two of them the same?"""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.contact_details import billed_to, country_of, emails, first_email, is_email, phone_key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ann@example.com", ("ann@example.com",)),
        (" Ann@Example.COM ", ("ann@example.com",)),
        ("first.last@example.net, accounts@last.example.net", ("first.last@example.net", "accounts@last.example.net")),
        ("a@example.com;b@example.com ; A@example.com", ("a@example.com", "b@example.com")),
        ("Ann Lee <ann@example.com>, b@example.com", ("ann@example.com", "b@example.com")),
        ("ann@example.com, n/a", ("ann@example.com",)),
        ("n/a", ()),
        ("none", ()),
        ("ann@example", ()),
        ("ann@ example.com", ()),
        ("", ()),
        (" ; , ", ()),
    ],
)
def test_a_field_is_split_at_commas_and_semicolons_and_what_is_no_address_is_left_out(
    text: str, found: tuple[str, ...]
) -> None:
    assert emails(text) == found
    assert first_email(text) == (found[0] if found else "")
    assert all(is_email(address) for address in found)


def test_quickbooks_is_told_the_addresses_as_they_are_written_with_commas() -> None:
    assert billed_to("Ann@example.com; accounts@example.com;n/a") == "Ann@example.com, accounts@example.com"


# Phone numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["(303) 555-0142", "303.555.0142", "+1 303 555 0142", "1-303-555-0142", "3035550142", " 303-555-0142 ext. 7 "],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert phone_key(written, "US") == "+13035550142"


def test_a_number_without_a_country_code_is_of_the_companys_country() -> None:
    assert phone_key("0721 234 567", "RO") == phone_key("+40 721 234 567", "US") == "+40721234567"


@pytest.mark.parametrize("written", ["", "n/a", "call Ann", "x12", "12345"])
def test_what_is_no_number_equals_nothing(written: str) -> None:
    assert phone_key(written, "US") == ""


def test_where_nobody_can_tell_the_country_the_digits_are_compared() -> None:
    assert phone_key("030 901820", "") == phone_key("030/901820", "") == "030901820"


def test_a_number_of_no_country_is_compared_by_its_digits() -> None:
    assert phone_key("555-0142", "US") == "5550142"


@pytest.mark.parametrize(("currency", "country"), [("USD", "US"), ("RON", "RO"), ("EUR", ""), ("", "")])
def test_the_country_follows_from_the_home_currency(currency: str, country: str) -> None:
    assert country_of(currency) == country


@given(st.from_regex(r"(\+?1[ .-]?)?\(?[0-9]{3}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True))
def test_the_short_way_for_numbers_of_ten_digits_says_what_the_library_says(written: str) -> None:
    number = phonenumbers.parse(written, "US")
    possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    spoken = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    assert phone_key(written, "US") == (spoken if possible else "".join(filter(str.isdigit, written)))
