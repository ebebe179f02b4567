"""Does an error page say what is wrong and lead back, for everybody?"""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from tests.factories import a_company
from tests.reconciliation.factories import a_person, as_role, signed_in


@pytest.mark.django_db
def test_what_is_not_there_is_said_with_a_way_home() -> None:
    response = as_role(a_company()).get("/studio/no/such/page/")

    assert response.status_code == 404
    text = response.content.decode()
    assert "There is nothing at this address, or it belongs to a company that you are not a member of." in text
    assert 'href="/"' in text
    assert "Documents" in text


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/studio/no/such/page/", "/nowhere/", "/admin/no/such/", "/studio/orders/77/"])
def test_a_development_machine_shows_the_same_page_as_production(settings: Settings, address: str) -> None:
    settings.DEBUG = True

    response = as_role(a_company()).get(address)

    assert response.status_code == 404
    text = response.content.decode()
    assert "There is nothing at this address" in text
    assert "urlconf" not in text.lower()


@pytest.mark.django_db
def test_a_company_that_is_not_ones_own_looks_like_one_that_does_not_exist() -> None:
    a_company("Lindqvist Pottery", "lindqvist")
    client = signed_in(a_person(None))

    pages = (client.get(address).content.decode() for address in ("/lindqvist/", "/nowhere/"))
    theirs, nowhere = (re.sub(r'value="\w{64}"', "", page) for page in pages)

    assert theirs.replace("lindqvist", "nowhere") == nowhere
    assert "Lindqvist" not in theirs


@pytest.mark.django_db
def test_a_refusal_names_the_roles_that_can() -> None:
    company = a_company()

    response = as_role(company, "auditor").post("/studio/resync/", {"scope": "shown"})

    assert response.status_code == 403
    text = response.content.decode()
    assert "Your role in Bramble &amp; Birch Studio cannot do this. These can: Accountant, Ops, Administrator." in text


@pytest.mark.django_db
def test_a_stranger_without_a_login_gets_an_error_page_too() -> None:
    response = Client().get("/no/such/page/at/all")

    assert response.status_code == 404
    assert b"Not found" in response.content


def test_the_page_for_our_own_faults_needs_neither_database_nor_request() -> None:
    text = render_to_string("500.html")

    assert "Something went wrong here" in text
    assert "script" not in text
