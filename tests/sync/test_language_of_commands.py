"""Do commands speak the language of the installation, and keep, send and tell programs the same in any?"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.test import override_settings
from django.utils import translation

from companies.models import Company
from tests.factories import prepared
from tests.quickbooks_desktop.factories import a_desktop_company, with_orders
from tests.screens.pseudo import OPENED, names_in_the_database, unmarked_text, write_bracketed
from tests.sync.commands import BAD, GOOD, HEADER

#: What no one translates: what a person types, the names of files, sources and formats, and what the business calls it.
DATA = re.compile(
    r"[\w./-]+\.(csv|iif|zip)|SHA-256( [0-9a-f]{64})?|UTC|[A-Z]{3}|Keap|export_iif --company desktop --output FILE"
)


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bracketed(tmp_path_factory.mktemp("locale"))


@pytest.fixture(autouse=True)
def bracketed(brackets: Path) -> Iterator[None]:
    """Every text of ours is in brackets where commands speak Romanian; all else is English, as it is in a process."""
    languages = [("en", "English"), ("ro", "Romanian")]
    with (
        override_settings(LOCALE_PATHS=[brackets], LANGUAGES=languages, TIEOUT_LANGUAGE="ro"),
        translation.override("en"),
    ):
        yield


def said_by(*arguments: str | Path) -> str:
    """Everything that a command said, its error too."""
    said = io.StringIO()
    try:
        call_command(*map(str, arguments), stdout=said, stderr=said)
    except SystemExit:
        pass
    except CommandError as why:
        said.write(str(why))
    return said.getvalue()


def kept() -> str:
    """All that is in the tables."""
    rows = [row for model in apps.get_models() for row in model._default_manager.values_list()]
    return json.dumps(rows, default=str, ensure_ascii=False)


def left_in(said: str) -> list[str]:
    """The words of ours that went through no translation, and those of a business that the tables do not hold."""
    names = {*names_in_the_database(), *HEADER.split(",")}
    parts = (
        part
        for line in said.splitlines()
        for piece in unmarked_text(line)
        for part in re.split(r"\s-?[\d.,]+(?!\S)|[;:()]|\d\d\.\d\d\.\d{4}", piece)
    )
    words = (part.strip(" :,.–-") for part in parts)
    return [text for text in words if any(map(str.isalpha, text)) and text not in names and not DATA.fullmatch(text)]


@pytest.mark.django_db
@pytest.mark.criterion("C56")
@pytest.mark.same_on_either
def test_no_command_of_a_desktop_company_prints_an_english_text_in_romanian(tmp_path: Path) -> None:
    with_orders(a_desktop_company())
    file, items, iif = tmp_path / "orders.csv", tmp_path / "items.csv", tmp_path / "out.iif"
    file.write_text(f"{HEADER}\n{GOOD}\n{BAD}\n")
    items.write_text("Id,SKU,Name,Description,Kind,Price,Active\n1,MUG-1,Mug,,,,\n3,MUG-1,Bowl,,,,\n")
    lists = Path("demo/samples/desktop-lists.iif")
    here = ("--company", "desktop")
    told = {
        command: said_by(*command)
        for command in (
            ("import_orders", file, *here, "--layout", "orders-csv"),
            ("import_orders", tmp_path / "none.csv", *here, "--layout", "orders-csv"),
            ("import_items", items, *here),
            ("import_lists", lists, *here),
            ("import_lists", file, *here),
            ("sync", "--dry-run", *here),
            ("sync", *here),
            ("export_iif", *here, "--output", iif),
            ("export_iif", *here, "--output", iif, "--rehearsal"),
            ("export_iif", *here, "--output", iif),
            ("check_iif", iif),
            ("check_iif", file),
            ("status",),
            ("refresh_lists", *here),
            ("reconcile", *here),
            ("fetch", "--connection", "keap", *here),
            ("export_contacts", "--connection", "keap", "--output", file, *here),
            ("evidence", *here, "--from", "2026-08-01", "--to", "2026-08-31", "--output", tmp_path / "pack.zip"),
            ("evidence", *here, "--from", "2026-08-01", "--to", "2026-08-31", "--output", tmp_path / "pack.zip"),
            ("verify_evidence", tmp_path / "pack.zip"),
            ("verify_evidence", tmp_path / "pack.zip", "--hash", "0" * 64),
            ("verify_evidence", file),
            ("after_restore",),
            ("rotate_keys",),
            ("sync", "--company", "other"),
        )
    }

    assert all(OPENED in said for said in told.values()), [command for command in told if OPENED not in told[command]]
    left = [f"{command[0]}: {text}" for command, said in told.items() for text in left_in(said)]
    assert not left, "\n".join(left)
    assert OPENED not in kept()


@pytest.mark.criterion("C56")
def test_what_a_sync_posts_and_keeps_is_english_and_what_it_says_is_not(studio: Company) -> None:
    prepared(studio, "2026-08-14  order 3001\nWT-101  199.00")
    here = ("--company", studio.slug)
    said = (
        said_by("sync", *here) + said_by("refresh_lists", *here) + said_by("reconcile", *here, "--from", "2026-08-01")
    )

    assert left_in(said) == []
    assert OPENED in said
    assert OPENED not in kept()


@pytest.mark.django_db
@pytest.mark.same_on_either
def test_json_is_the_same_in_both_languages(tmp_path: Path) -> None:
    with_orders(a_desktop_company())
    file = tmp_path / "orders.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n{BAD}\n")
    here = ("--company", "desktop", "--json")
    commands = (
        ("import_orders", file, *here, "--layout", "orders-csv", "--dry-run"),
        ("sync", *here, "--dry-run"),
        ("check_iif", file, "--json"),
        ("after_restore", "--show", "--json"),
    )
    romanian = [said_by(*command) for command in commands]
    with override_settings(TIEOUT_LANGUAGE="en"):
        assert romanian == [said_by(*command) for command in commands]


def test_help_is_told_in_the_language_of_the_installation() -> None:
    ours = [name for name, app in get_commands().items() if app in ("sync", "reconciliation", "demo")]
    assert len(ours) == 19

    for name in ours:
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        assert OPENED in parser.format_help()
        assert str(parser.description).startswith(OPENED)
