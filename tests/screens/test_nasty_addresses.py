"""Does any page break on what an address or a form can carry?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from companies.models import Company
from reconciliation.urls import of_company as of_reconciliation
from setup.urls import of_company as of_setup
from tests.factories import prepared, the_studio
from tests.mapping.people import signed_in
from tests.outside.bad_texts import NASTY, PLACES
from tests.reconciliation.factories import an_unmapped_product, as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00")
    an_unmapped_product(company, "2001")
    return company


@pytest.fixture
def ops(studio: Company) -> Client:
    return as_role(studio)


@pytest.fixture
def accountant(studio: Company) -> Client:
    return signed_in(studio, login="anna")


#: What the pages read from their addresses as something else than text, and a few that they read as text.
NAMES = ("place", "sort", "customer", "state", "kind", "code", "since", "until", "q", "tab", "days", "before", "id")
#: Of those, where a very long text goes when all of them are tried at once; thirteen of them are two megabytes.
OF_LONG_ONES = ("place", "q")
#: Pages that an address alone opens.
ADDRESSES = [str(address.pattern) for address in (*of_reconciliation, *of_setup)]
PAGES = [address for address in ADDRESSES if "<" not in address]
#: So many tests share the pages: to begin each anew would take longer than to open it.
SHARES = 4
#: Lists that go on from a place, each with the orders in which it is sorted.
LISTS = {
    "documents/": ("-date", "-total", ""),
    "orders/": ("-date", "-total", ""),
    "issues/": ("",),
    "sync-history/": ("",),
}
#: Pages of one row.
OF_ONE = [address for address in ADDRESSES if "<int:" in address]
#: Addresses in other rooms that name a row or a page.
ELSEWHERE = ("mapping_product_change", "mapping_product_history", "companies_company_change")
#: What may be answered: never 500.
FINE = {200, 302, 400, 403, 404, 405}


class ReadParameters(QueryDict):
    """The parameters of a page's address, which remember whether any of them was read."""

    read = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        before = ReadParameters.read
        super().__init__(*args, **kwargs)  # looks into itself
        ReadParameters.read = before

    def __getitem__(self, key: str) -> Any:
        ReadParameters.read |= key in NAMES
        return super().__getitem__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        ReadParameters.read |= key in NAMES
        return super().getlist(key, default)

    def __contains__(self, key: object) -> bool:
        ReadParameters.read |= key in NAMES
        return super().__contains__(key)

    def lists(self) -> Any:  # each of them, and so do copies and addresses that are made of them
        ReadParameters.read = True
        return super().lists()

    def __iter__(self) -> Iterator[str]:
        ReadParameters.read = True
        return super().__iter__()


@pytest.mark.parametrize("share", range(SHARES))
def test_no_parameter_breaks_a_page(share: int, ops: Client, studio: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", ReadParameters)
    for page in PAGES[share::SHARES]:
        monkeypatch.setattr(ReadParameters, "read", False)
        open_with_nasty_parameters(ops, studio, page)


def open_with_nasty_parameters(ops: Client, studio: Company, page: str) -> None:
    """Open a page with every text in every parameter, as long as it reads any."""
    for place, text in enumerate(NASTY):
        if place > 1 and not ReadParameters.read:
            break  # what the page never looks at cannot break it
        names = NAMES if len(text) < 10_000 else OF_LONG_ONES
        query = "&".join(f"{name}={quote(text)}" for name in names)
        answer = ops.get(f"/{studio.slug}/{page}?{query}")
        assert answer.status_code in FINE, (page, text[:40])
    assert ReadParameters.read or page not in ("documents/", "orders/", "issues/", "search/"), "it is not seen to read"


@pytest.mark.parametrize("name", ["customer", "number", "words", "state", "since"])
@pytest.mark.parametrize("page", ["documents/", "orders/"])
def test_no_single_parameter_breaks_a_list(page: str, name: str, ops: Client, studio: Company) -> None:
    for text in NASTY:
        assert ops.get(f"/{studio.slug}/{page}?{name}={quote(text)}").status_code in FINE, (name, text[:40])


@pytest.mark.parametrize("page", LISTS)
def test_no_place_breaks_a_list(page: str, ops: Client, studio: Company) -> None:
    for sort in LISTS[page]:
        for text in PLACES:
            answer = ops.get(f"/{studio.slug}/{page}?sort={sort}&place={quote(text)}")
            assert answer.status_code in FINE - {404}, (sort, text[:40])


def test_no_number_breaks_a_page_of_one_row(ops: Client, studio: Company) -> None:
    for page in OF_ONE:
        for number in ("9" * 5000, str(2**63), "0"):
            path = page.replace("<int:pk>", number).replace("<int:number>", number).replace("<slug:name>", "x")
            answer = ops.get(f"/{studio.slug}/{path.replace('<slug:page>', 'product')}")
            assert answer.status_code in FINE, (page, number[:20])


@pytest.mark.parametrize("scope", ["chosen", "order", "issue", "shown"])
def test_no_form_breaks_a_resync(scope: str, ops: Client, studio: Company) -> None:
    for text in NASTY:
        sent = {
            "scope": scope,
            "document": text,
            "order": text,
            "issue": text,
            "filter": f"place={text}&customer={text}",
        }
        assert ops.post(f"/{studio.slug}/resync/", sent).status_code in FINE, text[:40]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_number_breaks_a_page_of_the_mapping(address: str, accountant: Client, studio: Company) -> None:
    for text in NASTY:
        assert accountant.get(reverse(f"admin:{address}", args=[text])).status_code in FINE, text[:40]


@pytest.mark.parametrize("answer", ["[" * 50_000, "[1", "{}", "[1,2,3,4]", "1e999999", "[" * 900 + "]" * 900])
def test_no_answer_breaks_the_preview_of_a_sheet(answer: str, accountant: Client, studio: Company) -> None:
    got = accountant.post("/mapping/studio/products/import/", {"accept": answer, "seen": "x"})

    assert got.status_code in FINE


def test_no_words_break_a_search_of_the_mapping(accountant: Client, studio: Company) -> None:
    for name in ("mapping_product_changelist", "mapping_quickbooksaccount_changelist"):
        for text in NASTY:
            answer = accountant.get(f"{reverse(f'admin:{name}')}?q={quote(text)}")
            assert answer.status_code in FINE, text[:40]
