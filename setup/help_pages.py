"""How do the pages of `docs/` become pages in the browser? Only files that are there, looked up by their whole name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: Where the pages begin.
START = "index.md"
#: The page with a paragraph for every reason why a record is blocked.
PROBLEMS = "reference/problems.md"
_ELSEWHERE = ("http://", "https://", "mailto:")


@dataclass(frozen=True, kw_only=True)
class HelpPage:
    """A page as it is shown: its title, and its body as HTML."""

    title: str
    html: str


@cache
def files_of(folder: Path) -> Mapping[str, Path]:
    """The pages and pictures below a folder, by their path in it; nothing else can be asked for."""
    found = (file for file in folder.rglob("*") if file.suffix in (".md", ".png"))
    return {
        file.relative_to(folder).as_posix(): file for file in found if file.resolve().is_relative_to(folder.resolve())
    }


@cache
def title_of(folder: Path, name: str) -> str:
    """The title of a page; its path where the folder has none of this name any more."""
    file = files_of(folder).get(name)
    return _title(MarkdownIt("commonmark").parse(file.read_text(encoding="utf-8"))) if file else name


def page_of(folder: Path, name: str, *, address: Callable[[str], str]) -> HelpPage | None:
    """One page; None where the folder has none of this name.

    Args:
        folder: That holds the documentation.
        name: The path of the page in the folder, `howto/go-live.md`.
        address: Says at which address a page or picture of the folder is shown.
    """
    file = files_of(folder).get(name)
    if file is None or file.suffix != ".md":
        return None
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(file.read_text(encoding="utf-8"))
    title = _title(tokens)
    _prepare(tokens, name=name, known=files_of(folder), address=address)
    rendered = parser.renderer.render(tokens, parser.options, {})
    return HelpPage(title=title, html=_scrolling(rendered))


def anchor(heading: str) -> str:
    """The name of a heading in links: lower case, hyphens for spaces, no other signs."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _title(tokens: list[Token]) -> str:
    """The first heading, which the page's own header shows; taken out of the body."""
    if len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = _plain(tokens[1])
        del tokens[:3]
        return title
    return ""


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def _prepare(tokens: Sequence[Token], *, name: str, known: Mapping[str, Path], address: Callable[[str], str]) -> None:
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", anchor(_plain(tokens[place + 1])))
        for child in token.children or ():
            if child.type == "image":
                child.attrSet("src", _inside(str(child.attrGet("src")), name=name, known=known, address=address) or "")
            elif child.type == "link_open":
                _lead(child, name=name, known=known, address=address)


def _lead(link: Token, *, name: str, known: Mapping[str, Path], address: Callable[[str], str]) -> None:
    target = str(link.attrGet("href") or "")
    if target.startswith(_ELSEWHERE):
        link.attrSet("rel", "noopener noreferrer")
        return
    inside = _inside(target, name=name, known=known, address=address)
    if inside is None:  # a file of the source code, which no page shows
        del link.attrs["href"]
    else:
        link.attrSet("href", inside)


def _inside(target: str, *, name: str, known: Mapping[str, Path], address: Callable[[str], str]) -> str | None:
    """The address of what a link of a page leads to; None where the folder has no such file."""
    path, sign, heading = unquote(target).partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    return f"{address(file)}{sign}{heading}" if file in known else None


def _scrolling(html: str) -> str:
    """Tables and examples wider than the window scroll by themselves, with the keyboard too."""
    html = html.replace("<table>", '<div class="tie-scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    return html.replace("<pre>", '<pre tabindex="0">')
