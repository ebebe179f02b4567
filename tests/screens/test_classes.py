"""Do the stylesheets and the pages know the same classes? What one side has alone is dead, or was mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import unfold
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
ROOMS = ("companies", "config", "mapping", "reconciliation", "setup", "sync")
CLASS = re.compile(r"(?<![\w-])tie-[a-z]+(?:-[a-z]+)*-?(?![\w-])")
#: Words of ours that begin like a class; the last one is the name of a thread.
NO_CLASSES = {"tie-out", "tie-outs", "tie-out-"}
#: Classes of the theme and of Django's admin that our stylesheets lean on.
OF_THE_THEME = {"absolute", "dark", "fixed", "h-16", "help", "material-symbols-outlined", "nowrap", "readonly"}

#: Classes by which a script of the theme finds what it is about; without one it breaks in the browser.
OF_ITS_SCRIPTS = {"result-list"}


def test_every_class_of_the_stylesheets_is_used_by_a_page() -> None:
    used = set(_used())
    beginnings = tuple(name for name in used if name.endswith("-"))

    assert [name for name in _defined() if name not in used and not name.startswith(beginnings)] == []


def test_every_class_that_a_page_uses_is_in_a_stylesheet() -> None:
    defined = set(_defined())
    unknown = {
        name
        for name in _used()
        if not (any(other.startswith(name) for other in defined) if name.endswith("-") else name in defined)
    }

    assert unknown - NO_CLASSES == set()


def test_classes_of_ours_have_one_prefix() -> None:
    others = {name for name in _selected() if not name.startswith(("tie-", "field-"))}

    assert others <= OF_THE_THEME


def test_a_class_that_is_not_ours_is_in_the_stylesheet_of_the_theme() -> None:
    theme = (Path(unfold.__file__).parent / "static/unfold/css/styles.css").read_text()
    folders = [folder for folder in (ROOT / "templates").iterdir() if folder.name in ("parts", *ROOMS)]
    names = {name for folder in folders for text in _texts(folder, "html") for name in _in_attributes(text)}

    unknown = {name for name in names if not name.startswith("tie-") and not _in_theme(name, theme)}

    assert unknown - OF_THE_THEME - OF_ITS_SCRIPTS == set()


def _selected() -> Iterator[str]:
    """Every class that a stylesheet of ours speaks of."""
    for text in _texts(ROOT / "static", "css"):
        yield from re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))


def _defined() -> list[str]:
    return sorted({name for name in _selected() if name.startswith("tie-")})


def _used() -> Iterator[str]:
    """Every class that a template, a script or a module names; one that is completed on the way ends with a hyphen."""
    for folder, kind in (("templates", "html"), ("static", "js"), *((room, "py") for room in ROOMS)):
        for text in _texts(ROOT / folder, kind):
            yield from CLASS.findall(text)


def _in_attributes(text: str) -> Iterable[str]:
    """The classes in the attributes of a template, without what its tags decide."""
    plain = re.sub(r"{%.*?%}|{{.*?}}", "{}", text)
    attributes = re.findall(r'(?<![\w:-])class="([^"]*)"', plain)
    return {name for attribute in attributes for name in attribute.split() if "{" not in name}


def _in_theme(name: str, theme: str) -> bool:
    escaped = re.sub(r"([^\w-])", r"\\\1", name)
    return f".{escaped}" in theme


def _texts(folder: Path, kind: str) -> Iterator[str]:
    return (path.read_text() for path in sorted(folder.rglob(f"*.{kind}")))
