"""What does a page say that went through no translation? Every text of ours is put into brackets; the rest is found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from django.apps import apps
from django.conf import settings

OPENED, CLOSED = "⟦", "⟧"
LANGUAGE = "ro"
_FORMS = 3
#: What is never a text of ours: what runs, what is typed or sent letter for letter, and the names of icons.
_NO_TEXT = {"script", "style", "code", "pre", "kbd", "samp", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SPOKEN = ("title", "alt", "aria-label", "placeholder", "aria-description", "aria-roledescription")
_BRACKETS = re.compile(f"([{OPENED}{CLOSED}])")
_WORD = re.compile(r"[^\W\d_]{2,}")


def write_bracketed(folder: Path) -> Path:
    """A language in which every text is its English in brackets, Django's own texts too; for `LOCALE_PATHS`.

    A text that has no translation yet is in no brackets: `make messages-check` names it.
    """
    catalog = Catalog(locale=LANGUAGE)
    ours = [path / LANGUAGE / "LC_MESSAGES" / "django.mo" for path in settings.LOCALE_PATHS]
    for path in (*Path(django.__file__).parent.glob("**/locale/ro/LC_MESSAGES/django.mo"), *ours):
        with path.open("rb") as file:
            for message in read_mo(file):
                if message.id:
                    forms = message.id if isinstance(message.id, list | tuple) else [message.id]
                    _add(catalog, forms[0], forms[1] if len(forms) > 1 else "", message.context or "")
    made = folder / LANGUAGE / "LC_MESSAGES" / "django.mo"
    made.parent.mkdir(parents=True)
    with made.open("wb") as file:
        write_mo(file, catalog)
    return folder


def _add(catalog: Catalog, text: str, plural: str, context: str) -> None:
    bracketed = _bracketed(plural or text)
    if plural:
        catalog.add((text, plural), (bracketed,) * _FORMS, context=context or None)
    else:
        catalog.add(text, bracketed, context=context or None)


def _bracketed(text: str) -> str:
    """In brackets, but what is around the words stays there: gettext wants the same line ends."""
    inner = text.strip()
    return text.replace(inner, f"{OPENED}{inner}{CLOSED}", 1) if inner else text


class _Page(HTMLParser):
    """Walks through a page and keeps what is said outside of brackets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.silent: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kind = given.get("type", "")
        spoken = [given[name] for name in _SPOKEN if name in given]
        if tag == "input" and kind in ("submit", "button", "reset"):
            spoken.append(given.get("value", ""))
        spoken += [
            value for name, value in given.items() if name.startswith("data-") and re.search(r"^[^\[{].* ", value)
        ]
        if not self.silent:
            self.found += [part for value in spoken for part in _outside(value)[0]]
        if tag in _VOID:
            return
        is_silent = tag in _NO_TEXT or "material-symbols" in given.get("class", "") or given.get("translate") == "no"
        if self.silent or is_silent:
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in _VOID:
            while self.silent and self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            parts, self.depth = _outside(data, self.depth)
            self.found += parts


def _outside(text: str, depth: int = 0) -> tuple[list[str], int]:
    """The parts of a text that are in no brackets and have words, and how deep in brackets it ends."""
    parts, part = [], ""
    for piece in _BRACKETS.split(text):
        if piece == OPENED:
            depth += 1
            parts.append(part)
            part = ""
        elif piece == CLOSED:
            depth -= 1
        elif depth == 0:
            part += piece
    return [" ".join(piece.split()) for piece in (*parts, part) if _WORD.search(piece)], depth


def unmarked(page: str) -> Iterator[str]:
    """Every piece of text of a page that is in no brackets, attributes that are read out included."""
    parser = _Page()
    parser.feed(page)
    parser.close()
    yield from parser.found


def unmarked_text(said: str) -> list[str]:
    """Every piece of plain text that is in no brackets and has words."""
    return _outside(said)[0]


#: The models whose texts are those of a business: what it sells, to whom, and what its QuickBooks calls it.
OF_THE_BUSINESS = (
    *("QuickBooks", "Source", "Product", "Company", "User", "Membership", "Connection", "Staged", "Posting", "Line"),
    "Payment",
)


def names_in_the_database() -> set[str]:
    """Every name, number and key that the tables of a business hold, and their single words."""
    found: set[str] = {"root", "Root"}
    for model in apps.get_models():
        if model.__name__.startswith(OF_THE_BUSINESS):
            for row in model._default_manager.values():
                row.pop("last_error", None)  # a sentence of ours
                for value in row.values():
                    found |= {str(value), *re.findall(r'"([^"]+)"', json.dumps(value, default=str, ensure_ascii=False))}
    return found
