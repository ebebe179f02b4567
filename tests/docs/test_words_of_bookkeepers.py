"""Do screens, commands and pages speak as a bookkeeper does? Words that were replaced do not come back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.docs.pages import DOCS, ROOT

GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "noop"}
ROOMS = ("books", "companies", "mapping", "sync", "setup", "reconciliation", "config", "demo")
#: Each with what is said in its place.
REPLACED = {
    r"\bdocument forms\b": "transaction types",
    r"\bpushes\b": "sent to QuickBooks",
    r"\bneeds a fix\b": "needs attention",
    r"\brefus(?:e|es|ed|ing|als?)\b": "rejected, declined, did not",
    r"\bgiven back\b": "refunded",
    r"\bunsent\b": "not posted",
    r"\bitem number\b": "SKU",
    r"\brehears(?:e|es|ed|al|als|ing)\b": "test company, test file",
    r"\bpractice (?:company|QuickBooks)\b": "test company",
    r"\btwins?\b": "test company",
    r"\bmemberships\b(?!:)": "users",
    r"\bwho is meant\b": "which customer",
    r"\bsomebody|\bwhoever|\bnobody|\beverybody": "someone, the person who, no one, everyone",
    r"\bshall\b": "should, must",
    r"\bkept back\b": "held",
    r"\bholds? up\b": "blocks",
    r"\bstands\b(?! (?:for|in for|up|still|beside)\b)": "is",
}
#: An account of the sample books, a heading that files have, and a mark that is in files.
ALLOWED = ("Memberships", "Item Number", "REHEARSAL")


#: In docstrings and comments too: English that was translated, each with what an American engineer writes.
TRANSLATED = {
    r"\bsomebody": "someone",
    r"\bwhoever\b": "anyone who, the person who",
    r"\bshall\b": "is to, should, will",
    r"\bstands?\b(?!-| (?:for|in for|up|still|beside|alone)\b)|\bstood\b": "is",
}


def texts_of(source: Path) -> Iterator[str]:
    """Every text of a module that goes through gettext."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in GETTEXT:
                yield from (str(part.value) for part in node.args if isinstance(part, ast.Constant))


def texts_of_template(template: Path) -> Iterator[str]:
    """Every text of a template that is translated."""
    text = template.read_text(encoding="utf-8")
    yield from re.findall(r'\{% ?trans(?:late)? "([^"]*)"', text)
    for block in re.findall(r"\{% blocktrans(?:late)?[^%]*%\}(.*?)\{% endblocktrans", text, flags=re.DOTALL):
        yield re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", block)


def prose_of(page: Path) -> Iterator[str]:
    """A page without its examples, names in code, links and anchors."""
    text = re.sub(r"^```.*?^```$|^    .*$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|\b\w+(?:-\w+)+\b|\bTIEOUT_\w+", " ", text)
    yield " ".join(text.split())


def docstrings_and_comments(source: Path, replaced: Mapping[str, str]) -> Iterator[str]:
    """What a module says to those who read it, if such a word is anywhere in it: most need not be taken apart."""
    text = source.read_text(encoding="utf-8")
    if not any(re.search(old, text, flags=re.IGNORECASE) for old in replaced):
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def found_in(texts: Iterator[str], replaced: Mapping[str, str] = REPLACED) -> list[str]:
    """The old words in some texts, each with what surrounds it."""
    found = []
    for text in texts:
        said = re.sub(r"%\(\w+\)\w", " ", text)
        for name in ALLOWED:
            said = said.replace(name, "")
        for old, better in replaced.items():
            for match in re.finditer(old, said, flags=re.IGNORECASE):
                around = said[max(0, match.start() - 40) : match.end() + 40]
                found.append(f"…{around}… : {better}")
    return found


def test_no_text_of_the_screens_and_commands_has_a_word_that_was_replaced():
    sources = [source for room in ROOMS for source in (ROOT / room).rglob("*.py") if "migrations" not in source.parts]
    templates = sorted((ROOT / "templates").rglob("*.html"))

    found = {
        str(file.relative_to(ROOT)): old
        for file, texts in [
            *((source, texts_of(source)) for source in sources),
            *((template, texts_of_template(template)) for template in templates),
        ]
        if (old := found_in(texts))
    }

    assert found == {}


def test_no_page_of_the_documentation_has_a_word_that_was_replaced():
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]
    # Decisions say what was thought on their day; the list of criteria quotes the names of tests
    pages = [page for page in pages if page.parent.name != "decisions" and page.name != "criteria.md"]

    found = {str(page.relative_to(ROOT)): old for page in pages if (old := found_in(prose_of(page)))}

    assert found == {}


def test_no_docstring_or_comment_has_english_that_was_translated():
    rooms = (*ROOMS, "simulators", "tests", "bench", "tools")
    sources = [source for room in rooms for source in (ROOT / room).rglob("*.py") if "migrations" not in source.parts]
    assert len(sources) > 700

    found = {
        str(source.relative_to(ROOT)): old
        for source in sources
        if (old := found_in(docstrings_and_comments(source, TRANSLATED), TRANSLATED))
    }

    assert found == {}
