"""Does every link in the Markdown files lead to something, is every page on the map, and is every name real?"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings

from tests.docs.pages import DOCS, ROOT

INDEX = DOCS / "index.md"
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "demo" / "samples").glob("*.md")})
#: `[text](target)` and `![text](target)`; the text may be broken over two lines.
LINK = re.compile(r"\]\(([^)\s]+)\)")
#: `[name]: target` on a line of its own.
DEFINITION = re.compile(r"^\[[^\]]+\]: (\S+)$", flags=re.MULTILINE)
ELSEWHERE = ("http://", "https://", "mailto:")


def prose(page: Path) -> str:
    """A page without its examples, in which brackets are no links."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def links(page: Path) -> list[tuple[Path, str]]:
    """Every link of a page into this repository: the file, and the heading in it."""
    text = prose(page)
    targets = [unquote(target) for target in (*LINK.findall(text), *DEFINITION.findall(text))]
    parted = [target.partition("#") for target in targets if not target.startswith(ELSEWHERE)]
    return [((page.parent / path).resolve() if path else page, heading) for path, _, heading in parted]


def anchors(page: Path) -> set[str]:
    """The headings of a page as a link names them."""
    titles = re.findall(r"^#+ +(.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page: Path):
    dead = [file.name for file, _ in links(page) if not file.exists()]
    lost = [
        f"{file.name}#{heading}"
        for file, heading in links(page)
        if heading and file.exists() and heading not in anchors(file)
    ]

    assert (dead, lost) == ([], [])


def test_links_into_the_repository_stay_inside_it():
    outside = [(page.name, str(file)) for page in PAGES for file, _ in links(page) if not file.is_relative_to(ROOT)]

    assert outside == []


def test_the_map_leads_to_every_page():
    on_the_map = {file for file, _ in links(INDEX)}

    assert sorted(page.name for page in DOCS.rglob("*.md") if page not in on_the_map and page != INDEX) == []
    assert INDEX in {file for file, _ in links(ROOT / "README.md")}


def test_every_picture_that_is_there_is_shown():
    shown = {file for page in PAGES for file, _ in links(page)}

    assert sorted(picture.name for picture in (DOCS / "images").iterdir() if picture not in shown) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_setting_that_a_page_names_exists(page: Path):
    known = {*settings.TIEOUT_VARIABLES, "TIEOUT_ENV_FILE", "TIEOUT_TEST_DATABASE", "TIEOUT_CHROMIUM"}

    assert sorted(set(re.findall(r"\bTIEOUT_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))) - known) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_of_the_repository_that_a_page_names_exists(page: Path):
    folders = "books|mapping|sync|reconciliation|simulators|config|tests|docs|tools|samples|bench"
    named = re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text(encoding="utf-8"))

    assert sorted(name for name in named if not (ROOT / name).exists()) == []
