"""Do the texts say what Tieout is and is not, when help is there, and describe without ever giving advice?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as installation
from django.utils.html import strip_tags
from pytest_django import Settings

from companies import disclaimer
from companies.database_faults import OLDER
from companies.models import Company, Role
from tests.factories import a_company, prepared, the_lists
from tests.mapping.people import text_of
from tests.setup.factories import a_new_company, browser

#: Words by which someone tells another person what to decide.
ADVICE = re.compile(
    r"\b(we (recommend|suggest|advise)|recommended|best practice|you should|you had better|ideally|"
    r"it is (best|better|advisable)|the right account is)\b",
    re.IGNORECASE,
)
TEMPLATES = Path(installation.BASE_DIR) / "templates"


@pytest.mark.criterion("B25")
def test_no_text_of_a_screen_advises_which_account_to_choose() -> None:
    texts = {str(path.relative_to(TEMPLATES)): strip_tags(path.read_text()) for path in TEMPLATES.rglob("*.html")}
    for app in ("companies", "mapping", "sync", "reconciliation"):
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.get_fields():
                texts[f"{model.__name__}.{field.name}"] = str(getattr(field, "help_text", ""))
    texts["disclaimer"] = " ".join(disclaimer.PARAGRAPHS)

    assert len(texts) > 100
    assert {place: found[0] for place, text in texts.items() if (found := ADVICE.search(text))} == {}


@pytest.mark.django_db
@pytest.mark.criterion("B25")
def test_the_introduction_says_that_nobody_gives_accounting_advice() -> None:
    text = text_of(browser(a_new_company()).get("/kiln/setup/introduction/"))

    assert "It gives no accounting advice. The texts say what a setting does" in text
    assert "At no hour can support see or change your QuickBooks company, or advise you about accounting" in text


@pytest.mark.django_db
@pytest.mark.criterion("B10")
def test_a_user_who_needs_more_is_told_that_this_is_a_limited_tool_and_where_to_look() -> None:
    page = browser(a_new_company()).get("/kiln/setup/introduction/")
    text = text_of(page)

    for sentence in ("What it does not do", "Data goes one way, from the CRM to QuickBooks.", "This is a limited tool"):
        assert sentence in text
    assert 'href="https://quickbooks.intuit.com/app/apps/home/"' in page.content.decode()


@pytest.mark.django_db
@pytest.mark.criterion("B41")
@pytest.mark.parametrize("path", ["help/", "setup/introduction/"])
def test_help_states_the_support_hours_and_what_support_cannot_do_outside_them(settings: Settings, path: str) -> None:
    client = browser(a_new_company(), Role.AUDITOR)
    usual = text_of(client.get(f"/kiln/{path}"))
    settings.TIEOUT_SUPPORT_HOURS, settings.TIEOUT_SUPPORT_CONTACT = "daily, 8 to 20", "Hilde (555-0100)"
    own = text_of(client.get(f"/kiln/{path}"))

    assert "Support is there Monday to Friday, 9:00 AM to 5:00 PM, from the people who run this installation." in usual
    assert "Support is there daily, 8 to 20, from Hilde (555-0100)." in own
    assert "It cannot approve an activation, hand out the disclaimer or change who may do what" in own


@pytest.mark.django_db
@pytest.mark.criterion("B06", "B41")
def test_help_names_who_of_the_company_can_do_what() -> None:
    company = a_new_company()
    auditor = browser(company, Role.AUDITOR)
    browser(company, Role.ADMINISTRATOR, "rosalind")
    browser(company, Role.ACCOUNTANT, "ada")

    text = text_of(auditor.get("/kiln/help/"))

    assert "Approve the activation, connect QuickBooks, go live rosalind" in text
    assert "Decide which account and item everything posts to ada, rosalind" in text


@pytest.mark.django_db
def test_a_setting_that_is_missing_says_what_cannot_be_posted_and_how_much_waits() -> None:
    company: Company = a_company()
    the_lists(company)
    prepared(
        company, "2026-08-14  order 1042\nWT-101  199.00", "2026-08-15  order 1043\nWT-101  199.00\nshipping  9.00"
    )
    accountant = browser(company, Role.ACCOUNTANT)

    accounts = text_of(accountant.get("/mapping/studio/posting-accounts/"))
    line_types = text_of(accountant.get("/mapping/studio/line-types/"))

    assert "Until this is set, no invoice is posted. 2 documents wait for it." in accounts
    assert "Until this is set, no refund is posted." in accounts
    assert "1 document cannot be posted until this type has an item." in line_types
    assert "Until this type has an item, an order with a line of it that names none is not posted." in line_types


def test_no_text_of_a_screen_names_a_setting_of_the_server_or_a_command_of_its_programmers() -> None:
    texts = {str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")}
    rooms = ("books", "companies", "mapping", "sync", "setup", "reconciliation")
    for file in (file for room in rooms for file in (Path(installation.BASE_DIR) / room).rglob("*.py")):
        if "commands" in file.parts:  # for the person who runs them on the server
            continue
        texts |= {f"{file}:{line}": sentence for line, sentence in sentences_in(file.read_text())}

    del texts["sync/status.html"]  # for the person who runs the server, and closed to everyone else
    # The page of an outage shows its cure after these words, and nobody else can run it
    assert "For the person who runs Tieout:" in texts["503.html"]
    texts = {place: text for place, text in texts.items() if text != OLDER.cure}
    assert len(texts) > 1500
    assert {place: text for place, text in texts.items() if re.search(r"TIEOUT_[A-Z]|manage\.py|python -m", text)} == {}


def sentences_in(source: str) -> Iterator[tuple[int, str]]:
    """Every text that is marked for translation, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
            "_",
            "gettext_lazy",
            "gettext_noop",
            "ngettext",
        ):
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.lineno, argument.value
