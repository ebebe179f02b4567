"""Has a screen one name: in its address, in code and as a file?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver

from companies.models import Company
from tests.reconciliation.factories import signed_in
from tests.screens.every_screen import a_full_company, a_full_desktop_company, address_of

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("mapping", "reconciliation", "setup", "sync")
#: Addresses that say less or more than the screen's name, and why.
OTHER_ADDRESS = {
    "reconciliation:home": "a company's own address",
    "reconciliation:start": "where a person is led from the bare address",
    **{
        f"reconciliation:source{part}": "a source is below the integrations, by its key"
        for part in (
            *("_review", "_reviews", "_reviews_switch"),
            *("", "_items", "_customers", "_invoices", "_columns", "_connect", "_disconnect"),
            *("_login", "_pause", "_read", "_crm", "_contacts", "_contacts_again", "_contacts_file"),
            *("_login", "_pause", "_read", "_start", "_again", "_leave", "_quiet"),
        )
    },
    "reconciliation:connect_live": "connecting is below the integrations, by the kind of source",
    "reconciliation:live_callback": "as it is registered at the source, by its kind",
    "reconciliation:live_place": "beside where people come back to from the source",
    "sync:highlevel_webhook": "as it is registered at HighLevel",
    "sync:quickbooks_webhook": "as it is registered at Intuit",
    "sync:keap_webhook": "what Keap tells of, each connection at an address that cannot be guessed",
    "reconciliation:sync_run": "one run of the sync history is below it",
    "reconciliation:sync_run_advance": "the same",
    "reconciliation:sync_run_again": "the same",
    "reconciliation:sync_run_stop": "the same",
    "setup:help_page": "what follows is the path of a page of the documentation",
}
#: Screens that are drawn from another file than the one of their name, and why.
OTHER_TEMPLATE = {
    "reconciliation:order": "one file for each of its tabs",
    "reconciliation:what_if_product": "the answer is that of every page of decisions",
}
#: The files of screens that bear the name of no address.
SHARED_FILES = {"reconciliation/no_company", "reconciliation/looks"}


def screens() -> Iterator[tuple[str, str, URLPattern]]:
    """The name of every address of our rooms, the address without what varies, and its pattern."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.namespace in ROOMS:
            for pattern in resolver.url_patterns:
                for screen in pattern.url_patterns if isinstance(pattern, URLResolver) else [pattern]:
                    assert isinstance(screen, URLPattern)
                    yield f"{resolver.namespace}:{screen.name}", str(screen.pattern), screen


def folded(words: str) -> list[str]:
    """The words of a name or an address, in the singular; what stands for a row or a company is left out."""
    return [word.removesuffix("s") for word in re.findall(r"[a-z]+", re.sub(r"<[^>]+>", "", words))]


def test_a_view_bears_the_name_of_its_address() -> None:
    views = {name: getattr(pattern.callback, "__name__", "") for name, _address, pattern in screens()}

    assert len(views) > 50
    assert {name: view for name, view in views.items() if name.partition(":")[2] != view} == {}


def test_an_address_reads_as_its_name() -> None:
    other = {
        name: address
        for name, address, _pattern in screens()
        if folded(name.partition(":")[2]) != folded(address) and folded(name) != folded(address)
    }

    assert other.keys() == OTHER_ADDRESS.keys(), other


@pytest.mark.django_db
def test_a_page_is_drawn_from_the_file_of_its_name(studio: Company) -> None:
    companies = (a_full_company(studio), a_full_desktop_company())
    client = signed_in(get_user_model().objects.create_superuser("root", password="a-long-password"))
    drawn: dict[str, str] = {}
    for rows in companies:
        for name, _address, pattern in screens():
            address = address_of(name, pattern, rows)
            answer = client.get(address) if address else None
            if answer is not None and answer.status_code == 200 and answer.templates:
                drawn[name] = str(answer.templates[0].name)

    assert len(drawn) > 25
    other = {name: file for name, file in drawn.items() if file != f"{name.replace(':', '/')}.html"}
    assert other.keys() == OTHER_TEMPLATE.keys(), other


def test_every_file_of_a_screen_begins_with_the_name_of_an_address() -> None:
    names = tuple(name.replace(":", "/") for name, _address, _pattern in screens())
    files = {f"{room}/{file.stem}" for room in ROOMS for file in (ROOT / "templates" / room).glob("*.html")}

    assert {file for file in files if not file.startswith(names)} == SHARED_FILES
