"""What kind of file is this, where it is not the kind that was expected? Told from its beginning, not from its name."""

from __future__ import annotations

import codecs
import re

from books.translation import gettext_noop

_BEGINNINGS = (
    (b"PK\x03\x04", gettext_noop("an Excel workbook or another zip archive")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("an old Excel workbook (.xls)")),
    (b"%PDF", gettext_noop("a PDF")),
    (b"\x1f\x8b", gettext_noop("a compressed file (.gz)")),
    (b"\x89PNG", gettext_noop("a picture")),
    (b"\xff\xd8\xff", gettext_noop("a picture")),
    (b"{\\rtf", gettext_noop("a Word document")),
)
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body|table|meta)\b", re.IGNORECASE)
_WEB = gettext_noop("a web page, whatever its name says")
_XML = gettext_noop("XML")


def other_kind(start: bytes) -> str:
    """What a file that begins so is, in words that are marked for translation; empty for text."""
    for beginning, name in _BEGINNINGS:
        if start.startswith(beginning):
            return name
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if _WEB_PAGE.match(text):
        return _WEB
    return _XML if text.startswith(b"<?xml") else ""


def looks_like_json(start: str) -> bool:
    """Whether a text begins like JSON with named fields, or as lists in lists, and like no table."""
    return bool(re.match(r'\s*((\[\s*)*\{\s*("|\})|(\[\s*){2})', start.removeprefix("\ufeff")))


def looks_like_a_table(start: str) -> bool:
    """Whether the first line of a text has names with separators between them, and does not begin like JSON."""
    line = next((line for line in start.removeprefix("\ufeff").splitlines() if line.strip()), "")
    return line.lstrip()[:1] not in ("{", "[") and any(line.count(mark) >= 2 for mark in ",;\t|")
