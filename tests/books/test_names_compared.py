"""Are names and addresses that look the same to a reader the same name and address?"""

from __future__ import annotations

import pytest

from books.contact_details import billed_to, emails
from books.customer_fields import company_zip_key, name_key
from books.names import desktop_name, desktop_spellings
from books.orders import Customer
from books.outside.texts import compared

JO_ANN = ("Jo Ann", "JO  ANN", " Jo Ann ", "Jo\u00a0Ann", "Jo Ann\u200b", "\ufeffJo\u200b Ann", "Jo\u202f\u200eAnn")
JOSE = ("José", "Jose\u0301", "JOSÉ", "JOSE\u0301", "Jo\u00adsé")


@pytest.mark.parametrize("spellings", [JO_ANN, JOSE])
def test_names_that_look_the_same_are_one_name(spellings: tuple[str, ...]) -> None:
    assert len({compared(spelling) for spelling in spellings}) == 1
    assert len({name_key(spelling) for spelling in spellings}) == 1
    assert len({Customer(company_name=spelling).key for spelling in spellings}) == 1
    assert len({desktop_name(spelling) for spelling in spellings}) == 1
    assert len({company_zip_key(spelling, "80202") for spelling in spellings}) == 1
    assert all(compared(spelling) in desktop_spellings(spellings[0]) for spelling in spellings)


def test_names_that_a_reader_tells_apart_stay_different() -> None:
    names = ("Jo Ann", "JoAnn", "Jo-Ann", "Jose", "José", "Zoë", "Zoe", "Ørsted", "Orsted", "Straße 1", "Straße 2")

    assert len({compared(name) for name in names}) == len(names)


@pytest.mark.parametrize("text", ["straße", "Ǆ", "ΐ", "İ", "\u0345\u0301", "ﬁ", "क़"])
def test_what_is_compared_already_stays_as_it_is(text: str) -> None:
    assert compared(compared(text)) == compared(text)


def test_an_address_with_a_mark_that_nobody_sees_is_that_address() -> None:
    written = "Ann@Example.com\u200b, \ufeffbills@example.com"

    assert emails(written) == ("ann@example.com", "bills@example.com")
    assert billed_to(written) == "Ann@Example.com, bills@example.com"
    assert Customer(email="ann@example.com\u2060").key == Customer(email=" ANN@example.com").key
