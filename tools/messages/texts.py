"""Which texts are marked for translation, and where? Read from the code itself, so that no other program is needed."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
#: Whose texts are translated. Simulators, tests, benchmarks and tools are for engineers, and speak English.
ROOMS = ("books", "companies", "mapping", "sync", "setup", "reconciliation", "demo", "config")
#: Installed packages whose texts are on our pages and that bring no Romanian themselves.
PACKAGES = ("unfold", "django_tables2", "simple_history", "django.contrib.auth", "django.contrib.admin", "django.forms")
_NOT_SHOWN = re.compile(
    r"/unfold/contrib/(?!filters|simple_history)|/unfold_crispy/|_reset_|/hashers.py|/app_list.html|/logged_out.html"
)
#: What the first words of a call are, by the name of the function.
ARGUMENTS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "counted"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ("context", "text", "plural")),
}
_CALL = re.compile(r"(?<![\w.])(?:" + "|".join(sorted(ARGUMENTS, key=len, reverse=True)) + r")\(")


class MarkedWronglyError(Exception):
    """A text is marked in a way that no translation can follow; the message says where and what to do."""


@dataclass
class SourceText:
    """A text with its plural, and every place that says it."""

    text: str
    context: str = ""
    plural: str = ""
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.context, self.text

    @property
    def id(self) -> str:
        """A short name for it, the same on every machine."""
        return hashlib.sha256("\x04".join(self.key).encode()).hexdigest()[:10]


Texts = Mapping[tuple[str, str], SourceText]


def all_texts() -> Texts:
    """Every text of the rooms and the templates, and those of packages that are not in Django's own Romanian."""
    texts: dict[tuple[str, str], SourceText] = {}
    for path in _own_files():
        _add(texts, texts_of(path), path.relative_to(ROOT).as_posix())
    told = _told_by_django()
    for package in PACKAGES:
        folder = _folder_of(package)
        for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.html"))):
            if _NOT_SHOWN.search(path.as_posix()):
                continue
            found = [(text, line) for text, line in texts_of(path) if text.text not in told]
            _add(texts, found, f"{package}/{path.relative_to(folder).as_posix()}")
    return dict(sorted(texts.items(), key=lambda item: (item[0][1], item[0][0])))


def texts_of(path: Path) -> list[tuple[SourceText, int]]:
    """The texts of a module or a template, with their lines."""
    source = path.read_text(encoding="utf-8")
    return list(_of_python(source, path) if path.suffix == ".py" else _of_template(source, path))


def _own_files() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)
    for kind in ("*.html", "*.txt"):
        yield from sorted((ROOT / "templates").rglob(kind))


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:  # it is in the lock, so it is there
        raise MarkedWronglyError(f"{package} is not installed: make .venv")
    return Path(found.origin).parent


def _told_by_django() -> set[str]:
    """What is in the Romanian that comes with Django."""
    from babel.messages.mofile import read_mo

    told: set[str] = set()
    for path in _folder_of("django").glob("**/locale/ro/LC_MESSAGES/django.mo"):
        with path.open("rb") as file:
            catalog = read_mo(file)
        told.update(message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id)
    return told


def _add(texts: dict[tuple[str, str], SourceText], found: Iterable[tuple[SourceText, int]], name: str) -> None:
    for text, line in found:
        known = texts.setdefault(text.key, text)
        if known.plural and text.plural and known.plural != text.plural:
            plurals = f"“{known.plural}” and “{text.plural}”"
            raise MarkedWronglyError(f"{name}:{line}: “{text.text}” has two plurals, {plurals}. Choose one of them.")
        known.plural = known.plural or text.plural
        known.places.append(f"{name}:{line}")


def _of_python(source: str, path: Path) -> Iterator[tuple[SourceText, int]]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in ARGUMENTS:
            yield from _of_call(name, node.args, node.lineno, path)


def _of_call(name: str, given: list[ast.expr], line: int, path: Path) -> Iterator[tuple[SourceText, int]]:
    words = [_constants(argument) for argument in given[: len(ARGUMENTS[name])]]
    if any(isinstance(part, ast.JoinedStr) for argument in given[: len(words)] for part in ast.walk(argument)):
        raise MarkedWronglyError(f"{path}:{line}: a text with f in front cannot be translated. Give it named gaps.")
    if len(words) < len(ARGUMENTS[name]) or not all(words):
        return  # a text that is marked elsewhere
    if len(words) == 1:
        yield from ((SourceText(text), line) for text in words[0] if text)
        return
    parts = dict(zip(ARGUMENTS[name], (part[0] for part in words), strict=True))
    yield SourceText(parts["text"], context=parts.get("context", ""), plural=parts.get("plural", "")), line


def _constants(argument: ast.expr) -> list[str]:
    """The text of an argument; both where one of two is chosen on the spot."""
    if isinstance(argument, ast.IfExp):
        return _constants(argument.body) + _constants(argument.orelse)
    return [argument.value] if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else []


def _of_template(source: str, path: Path) -> Iterator[tuple[SourceText, int]]:
    shown = templatize(source, origin=str(path))
    for call_start in _CALL.finditer(shown):
        line = shown.count("\n", 0, call_start.start()) + 1
        call = ast.parse(_whole_call(shown, call_start.start()), mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            yield from _of_call(call.func.id, call.args, line, path)


def _whole_call(shown: str, start: int) -> str:
    """From the name of the function to the bracket that ends it; brackets within quotes do not count."""
    quote, at = "", shown.index("(", start) + 1
    while True:
        mark = shown[at]
        if quote:
            if mark == "\\":
                at += 1
            elif mark == quote:
                quote = ""
        elif mark in "'\"":
            quote = mark
        elif mark == ")":
            return shown[start : at + 1]
        at += 1
