"""Does the search box lead to what is meant?"""

from __future__ import annotations

import html

import pytest
from django.test import Client

from companies.models import Company
from tests.factories import document_of, order_of, prepared, the_studio
from tests.reconciliation.factories import as_role, posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = the_studio()
    prepared(
        company,
        "2026-08-14  order 1042\nWT-101  199.00",
        "2026-08-15  order 1043  #7 Zoë O'Brien <zoe@example.com>\nWT-101  99.00",
    )
    return company


@pytest.fixture
def ops(company: Company) -> Client:
    return as_role(company)


@pytest.mark.parametrize("words", ["1042", " 1042 ", "Priya", "priya.natarajan@"])
def test_one_hit_is_opened_at_once(company: Company, ops: Client, words: str) -> None:
    response = ops.get("/studio/search/", {"q": words})

    assert response.headers["Location"] == f"/studio/orders/{order_of(company, '1042').pk}/"


def test_a_document_is_found_by_its_id_in_quickbooks(company: Company, ops: Client) -> None:
    posted(document_of(company, "1043"), quickbooks_id="8812")

    response = ops.get("/studio/search/", {"q": "8812"})

    assert response.headers["Location"] == f"/studio/orders/{order_of(company, '1043').pk}/"


def test_several_hits_are_listed(ops: Client) -> None:
    text = ops.get("/studio/search/", {"q": "104"}).content.decode()

    assert ">1042<" in text
    assert ">1043<" in text
    assert 'value="104"' in text


@pytest.mark.parametrize("words", ["nobody", "<script>", "%", "\x00", "x" * 5000, "🏺", "'; --", "1042' OR '1'='1"])
def test_what_matches_nothing_says_so(ops: Client, words: str) -> None:
    response = ops.get("/studio/search/", {"q": words})

    assert response.status_code == 200
    text = response.content.decode()
    assert "Nothing in" in text or "What are you looking for?" in text
    assert "<script>" not in text.partition('id="content"')[2].partition('id="modal')[0]
    assert html.escape(words.replace("\x00", "")[:200]) in text


def test_an_empty_search_explains_what_can_be_typed(ops: Client) -> None:
    assert "What are you looking for?" in ops.get("/studio/search/").content.decode()


def test_every_page_has_the_search_of_the_open_company(ops: Client) -> None:
    assert 'action="/studio/search/"' in ops.get("/studio/issues/").content.decode()
