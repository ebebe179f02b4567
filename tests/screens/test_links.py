"""Can a person follow every link that a page shows them? Tried for each role, on every page that links lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from companies.models import Company, Role
from tests.factories import prepared, the_studio
from tests.reconciliation.factories import ROLES, as_role
from tests.screens.every_screen import NOT_OURS, a_full_company, a_full_desktop_company, address_of, every_address

pytestmark = pytest.mark.django_db

_LINK = re.compile(r"<a\s[^>]*?href=\"([^\"#]+)", re.DOTALL)
#: What the lists of the admin hand on from page to page; the page is the same without.
_KEPT = {"_changelist_filters", "o", "p"}
_ELSEWHERE = ("http://", "https://", "mailto:")


def a_live_company() -> Mapping[str, Any]:
    return a_full_company(the_studio())


def a_company_not_live() -> Mapping[str, Any]:
    company = the_studio()
    prepared(company, "2026-08-14  order 1042\nWT-101  199.00")
    Company.objects.filter(pk=company.pk).update(live_since=None)
    return {"company": company.slug}


def a_company_without_orders() -> Mapping[str, Any]:
    return {"company": the_studio().slug}


COMPANIES = {"live": a_live_company, "desktop": a_full_desktop_company}
NOT_AT_WORK = {"in setup": a_company_not_live, "no orders": a_company_without_orders}


def links_of(page: str, address: str) -> Iterator[str]:
    """Where the links of a page lead, as far as they stay here."""
    for target in _LINK.findall(page):
        if not target.startswith(_ELSEWHERE):
            yield urljoin(address, unescape(target))


@cache
def kinds_of(address: str) -> frozenset[str]:
    """What pages of one kind have in common: the name of the address, with each of what is asked of it."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return frozenset({address})
    asked = {part.partition("=")[0] for part in parts.query.split("&")} - _KEPT
    return frozenset(f"{name} {question}" for question in asked | {""})


def dead_links(client: Client, begin: Iterable[str], *, onwards: bool = True) -> dict[str, tuple[int, str]]:
    """Every link that leads to no page, with what it answers and the page that it is on.

    Args:
        client: Whose links.
        begin: Pages to begin with; one that this person may not open is left out.
        onwards: Whether the pages that links lead to are looked at too.
    """
    waiting = [(address, "") for address in begin]
    seen: set[str] = set()
    dead: dict[str, tuple[int, str]] = {}
    while waiting:
        address, page = waiting.pop()
        kinds = kinds_of(address)
        if kinds <= seen or "logout" in address:
            continue
        answer = client.get(address)
        if not page and answer.status_code != 200:
            continue  # not for this role, or not for this company: nothing led here
        seen |= kinds
        if answer.status_code not in (200, 301, 302):
            dead[address] = (answer.status_code, page)
        elif answer.status_code == 200 and "text/html" in answer.headers["Content-Type"] and (onwards or not page):
            waiting += [(link, address) for link in links_of(answer.content.decode(), address)]
    return dead


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("role", ROLES)
def test_every_link_that_a_role_sees_leads_to_a_page(role: str, company: str) -> None:
    rows = COMPANIES[company]()
    client = as_role(Company.objects.get(slug=rows["company"]), role)
    pages = (address_of(name, pattern, rows) for name, pattern in every_address() if name not in NOT_OURS)

    assert dead_links(client, filter(None, pages)) == {}


@pytest.mark.parametrize("company", NOT_AT_WORK)
@pytest.mark.parametrize("role", ROLES)
def test_every_link_to_what_comes_next_leads_to_a_page(role: str, company: str) -> None:
    slug = NOT_AT_WORK[company]()["company"]
    client = as_role(Company.objects.get(slug=slug), role)

    assert dead_links(client, [f"/{slug}/", f"/{slug}/setup/"], onwards=False) == {}


def test_what_a_role_may_not_open_is_words_with_the_roles_that_may() -> None:
    company = Company.objects.get(slug=a_company_without_orders()["company"])
    shown = {role: as_role(company, role).get("/studio/setup/").content.decode() for role in ROLES}

    linked = {role for role, page in shown.items() if '/import-orders/">Import orders</a>' in page}
    words = '<span class="tie-quiet">Import orders (Accountant, Ops, Administrator)</span>'
    assert linked == {*ROLES} - {Role.AUDITOR}
    assert {role for role, page in shown.items() if words in page} == {Role.AUDITOR}
    assert not any('/go-live/">' in page for page in shown.values())
