"""Does each person read the language they chose, wherever they sign in; and is no text left out of the translation?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import translation

from companies.models import Company, PersonLanguage, Role
from sync.models import Connection, LiveSource, UnreadOrder
from sync.readiness import BUSY
from tests.factories import the_studio
from tests.mapping.people import a_person, client_of, joined
from tests.screens.every_screen import NOT_OURS, a_full_company, a_full_desktop_company, address_of, every_address
from tests.screens.pseudo import names_in_the_database, unmarked, write_bracketed

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_either]


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bracketed(tmp_path_factory.mktemp("locale"))


@pytest.fixture(autouse=True)
def bracketed(brackets: Path) -> Iterator[None]:
    """Every text of ours is in brackets for a reader of Romanian."""
    languages = [("en", "English"), ("ro", "Romanian")]
    with (
        override_settings(LOCALE_PATHS=[brackets], LANGUAGES=languages),
        translation.override("en"),
    ):
        yield


def reads_romanian(client: Client, address: str) -> bool:
    answer = client.get(address)
    assert answer.status_code == 200
    return "⟦" in answer.content.decode()


# Chosen per person ---------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C56")
def test_a_person_chooses_a_language_and_has_it_again_wherever_they_sign_in() -> None:
    company = the_studio()
    mihai, ana = (joined(a_person(name), company, Role.ACCOUNTANT) for name in ("mihai", "ana"))
    here, home = client_of(mihai), f"/{company.slug}/"
    assert not reads_romanian(here, home)

    answer = here.post("/language/", {"language": "ro", "next": home}, follow=True)

    assert answer.redirect_chain == [(home, 302)]
    assert reads_romanian(here, home)
    elsewhere = client_of(mihai)
    assert reads_romanian(elsewhere, home)
    assert not reads_romanian(client_of(ana), home)

    elsewhere.post("/language/", {"language": "en"})
    assert not reads_romanian(elsewhere, home)
    assert list(PersonLanguage.objects.values_list("person__username", "language")) == [("mihai", "en")]


@pytest.mark.criterion("C56")
def test_before_the_login_the_browser_says_the_language_and_a_choice_on_the_login_page_counts_more() -> None:
    assert not reads_romanian(Client(), "/login/")
    assert reads_romanian(Client(headers={"Accept-Language": "ro-RO,ro;q=0.9"}), "/login/")

    visitor = Client(headers={"Accept-Language": "ro"})
    page = visitor.get("/login/").content.decode()
    assert re.findall(r'name="language" value="(\w+)"', page) == ["en", "ro"]
    visitor.post("/language/", {"language": "en"})

    assert not reads_romanian(visitor, "/login/")
    assert not PersonLanguage.objects.exists()


@pytest.mark.criterion("C56")
@override_settings(TIEOUT_LANGUAGE="ro")
def test_where_no_one_asks_for_a_language_a_page_speaks_that_of_the_installation() -> None:
    assert reads_romanian(Client(), "/login/")
    assert reads_romanian(Client(headers={"Accept-Language": "de-DE,de;q=0.9,*;q=0.5"}), "/login/")
    assert not reads_romanian(Client(headers={"Accept-Language": "en-GB"}), "/login/")


def test_what_a_person_chose_counts_more_than_what_their_browser_asks_for() -> None:
    company = the_studio()
    mihai = joined(a_person("mihai"), company, Role.ACCOUNTANT)
    PersonLanguage.objects.create(person=mihai, language="en")
    client = Client(headers={"Accept-Language": "ro"})
    client.force_login(mihai)

    assert not reads_romanian(client, f"/{company.slug}/")


@pytest.mark.parametrize("language", ["", "xx", "de", "ro'; --"])
def test_a_language_that_there_is_not_cannot_be_chosen(language: str) -> None:
    mihai = a_person("mihai")
    client = client_of(mihai)

    assert client.post("/language/", {"language": language}).status_code == 302
    assert not PersonLanguage.objects.exists()


# Nothing is left out -------------------------------------------------------------------------------------------------

#: Words on pages that are no text of ours: moments with their zone, names of zones, of files, of us and of others.
DATA = re.compile(
    r"(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}) \d\d:\d\d:\d\d [A-Z]+|[A-Z]+[\w/+-]*|"
    r"[A-Z]\w+(/[\w+-]+)+|[\w.-]+\.(iif|csv|xlsx)|https?:\S+"
    r"|[\w.]+\.com\S*|\{\w+\}.*|[0-9a-f]{64}|QuickBooks( Desktop| Online)?|Tieout( \d+)?|\d+|en|ro|localtime"
)


def is_data(text: str, names: set[str]) -> bool:
    """Whether each part of a piece of text is a name of the business, or nothing that anyone would translate."""
    parts = [part.strip(" :,()") for part in re.split(r" · |·|, | – ", text)]
    return all(not part or part in names or DATA.fullmatch(part) for part in parts)


def an_online_company() -> Mapping[str, Any]:
    """With a reason, kept in English, wherever one is kept."""
    rows = a_full_company(the_studio())
    company, why = Company.objects.get(slug=rows["company"]), BUSY.worded()
    for source in Connection.objects.filter(company=company):
        Connection.objects.filter(pk=source.pk).update(last_error=why)
        LiveSource.objects.get_or_create(connection=source, defaults={"starts_on": date(2026, 8, 1)})
        UnreadOrder.objects.create(connection=source, source_id="9", number="9009", what=why, cure=f"{why}\n{why}")
    return rows


@pytest.mark.criterion("C56")
@pytest.mark.parametrize("company", [an_online_company, a_full_desktop_company], ids=["online", "desktop"])
def test_every_text_of_every_page_can_be_translated(company: Callable[[], Mapping[str, Any]]) -> None:
    rows = company()
    client = Client(headers={"Accept-Language": "ro"})
    client.force_login(User.objects.create_superuser("root"))
    names = names_in_the_database()
    seen, found = 0, defaultdict(set)

    for name, pattern in every_address():
        address = None if name in NOT_OURS else address_of(name, pattern, rows)
        if address is None or name == "setup:help_page":  # the documentation is English
            continue
        answer = client.get(address)
        if answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]:
            seen += 1
            for text in unmarked(answer.content.decode()):
                if not is_data(text, names):
                    found[text].add(address)

    left = [f"{text!r} on {min(pages)}" for text, pages in sorted(found.items())]
    assert not left, "not translated, or data that the test does not know:\n" + "\n".join(left)
    assert seen > 60
