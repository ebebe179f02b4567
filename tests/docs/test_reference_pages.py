"""Is everything that people look up on a reference page there, and does every link lead somewhere?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from books.problems import PROBLEMS
from tests.docs.pages import DOCS, ROOT, sections

PROBLEMS_PAGE = DOCS / "reference" / "problems.md"
PAGES = sorted(DOCS.rglob("*.md"))
#: Folders of the application's own Python.
CODE = ("bench", "books", "companies", "config", "demo", "mapping", "reconciliation", "setup", "simulators", "sync")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SOURCE = re.compile(r"docs/[\w./-]+\.md")


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_its_paragraph_under_its_code_and_title(code: str):
    text = sections(PROBLEMS_PAGE).get(code, "")

    assert text, f"add a section '## {code}' to docs/reference/problems.md"
    assert text.startswith(f"**{PROBLEMS[code].title}.**")
    assert len(text.split()) > 25, f"the section of {code} says too little to act on"


def test_the_page_of_problems_names_none_that_does_not_exist_and_keeps_their_order():
    assert list(sections(PROBLEMS_PAGE)) == list(PROBLEMS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_between_pages_leads_to_a_page(page: Path):
    missing = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]

    assert missing == []


def test_every_page_that_the_code_names_as_its_source_exists():
    modules = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    named = {(source, path) for path in modules for source in SOURCE.findall(path.read_text(encoding="utf-8"))}

    assert len(named) > 10
    assert sorted(f"{path.relative_to(ROOT)}: {source}" for source, path in named if not (ROOT / source).exists()) == []
