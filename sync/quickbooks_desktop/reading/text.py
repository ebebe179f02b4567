"""Which lines of text do the bytes of a file hold, and in which way are they stored?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import IO

from books.translation import gettext_noop
from sync.quickbooks_desktop.reading.findings import Finding, found

_BOM_8 = b"\xef\xbb\xbf"
_BOMS_16 = (b"\xff\xfe", b"\xfe\xff")
#: How files of other kinds begin.
_OTHER_KINDS = (
    (b"PK\x03\x04", gettext_noop("a zip file or an Excel workbook")),
    (b"\xd0\xcf\x11\xe0", gettext_noop("an old Excel or QuickBooks file")),
    (b"%PDF", gettext_noop("a PDF")),
    (b"{\\rtf", gettext_noop("a Word document")),
)
_OTHER_TEXTS = (
    (b"{", gettext_noop("JSON")),
    (b"[", gettext_noop("JSON")),
    (b"<", gettext_noop("a web page or XML")),
)
#: What a row of an IIF file begins with, also where a spreadsheet has put commas in place of its tabs.
_KEYWORD = re.compile(rb"\"?[A-Z]{2,12}\"?(,|$)")
#: A list of 100,000 names and their headings has fewer, and so have 60,000 transactions.
MOST_LINES = 300_000
#: The memo of a row has at most 4,095 characters, and most other fields 41.
LONGEST_LINE = 100_000
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_END_NAMES = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class TextLine:
    """One line, as an editor counts them."""

    number: int
    text: str


@dataclass(kw_only=True)
class Text:
    """The text of a file. What a stream holds is known when its lines have been taken."""

    lines: Iterable[TextLine]
    #: `ascii`, `cp1252` or `utf-8`; empty where nothing could be read.
    codec: str = ""
    findings: list[Finding] = field(default_factory=list)
    #: The number of the last line, where that has no line end.
    unended: int | None = None


def read_text(data: bytes) -> Text:
    """The lines of a file, and what is wrong with the way they are stored; no lines where it is no text at all."""
    if fault := _not_text(data):
        return Text(lines=(), findings=[fault])
    if fault := _too_long(data):
        return Text(lines=(), findings=[fault])
    text, codec, fault = _decoded(data)
    if not codec:
        return Text(lines=(), findings=[fault] if fault else [])
    lines = tuple(_lines(text))
    unended = None if text.endswith(("\r", "\n")) else len(lines)
    ends = {line[2] for line in _LINE.finditer(text)} - {""}
    findings = [finding for finding in (fault, _about_ends(ends), _not_ended(unended)) if finding]
    return Text(lines=lines, codec=codec, findings=findings, unended=unended)


def read_iif_text(data: bytes) -> Text:
    """As `read_text`, of a file that should be IIF; one of another kind is one sentence and has no lines."""
    fault = _not_text(data.removeprefix(_BOM_8)) or _another_kind(data)
    return Text(lines=(), findings=[fault]) if fault else read_text(data)


def stream_text(file: IO[bytes]) -> Text:
    """The lines of a file that may be longer than memory; they must end in LF or CR LF.

    Other encodings than Windows-1252 end the reading with their finding.
    """
    text = Text(lines=(), codec="cp1252")
    text.lines = _streamed(file, text)
    return text


def shown(text: str, length: int = 40) -> str:
    """A piece of text short enough for a sentence."""
    return text if len(text) <= length else f"{text[:length]}…"


def _lines(text: str) -> Iterator[TextLine]:
    number = 0
    for line in _LINE.finditer(text):
        if line[1] or line[2]:
            number += 1
            yield TextLine(number, line[1])


def _streamed(file: IO[bytes], text: Text) -> Iterator[TextLine]:
    ends, number, told = set[str](), 0, False
    for number, raw in enumerate(file, start=1):
        if number == 1 and (fault := _not_text(raw) or (found("utf-8-bom", 1) if raw.startswith(_BOM_8) else None)):
            text.findings.append(fault)
            return
        line, codec, fault = _decoded(raw)
        if fault and not (told and codec == "cp1252"):
            told = True
            text.findings.append(replace(fault, line=number))
        if not codec:
            return
        body = line.rstrip("\r\n")
        ends.add(line[len(body) :])
        text.unended = None if line != body else number
        yield TextLine(number, body)
    text.findings += [finding for finding in (_about_ends(ends - {""}), _not_ended(text.unended)) if finding]
    if not number:
        text.findings.append(found("empty"))


def _not_text(data: bytes) -> Finding | None:
    if not data.strip():
        return found("empty")
    if data.startswith(_BOMS_16):
        return found("utf-16")
    for begins, kind in _OTHER_KINDS:
        if data.startswith(begins):
            return found("not-text", kind=kind)
    if b"\0" in data:
        # Text of two bytes a letter has a zero in every other place
        every_other = max(data[:400][0::2].count(0), data[:400][1::2].count(0))
        return (
            found("utf-16")
            if every_other > len(data[:400]) // 4
            else found("not-text", kind=gettext_noop("a binary file"))
        )
    return None


def _another_kind(data: bytes) -> Finding | None:
    """A text whose first line has no tab and begins as no line of an IIF file does."""
    first = data.removeprefix(_BOM_8).lstrip()[:LONGEST_LINE].splitlines()[0]
    if b"\t" in first or first[:1] in (b"!", b";") or _KEYWORD.match(first):
        return None
    for begins, kind in _OTHER_TEXTS:
        if first.startswith(begins):
            return found("another-kind", kind=kind)
    return found("another-kind", kind=gettext_noop("a table (CSV)")) if b"," in first or b";" in first else None


def _too_long(data: bytes) -> Finding | None:
    """More lines, or a longer one, than are read at once; found out before any of it is taken apart."""
    lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    if lines > MOST_LINES:
        return found("too-many-lines", lines=lines, most=MOST_LINES)
    begin = 0
    while begin + LONGEST_LINE < len(data):
        piece = data[begin : begin + LONGEST_LINE]
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        if end < 0:
            return found("long-line", most=LONGEST_LINE)
        begin += end + 1
    return None


def _decoded(data: bytes) -> tuple[str, str, Finding | None]:
    if data.startswith(_BOM_8):
        return data[len(_BOM_8) :].decode("utf-8", "replace"), "utf-8", found("utf-8-bom", 1)
    if data.isascii():
        return data.decode("ascii"), "ascii", None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _western(data)
    return text, "utf-8", found("utf-8", _line_of_first(text), text=_first_word(text))


def _western(data: bytes) -> tuple[str, str, Finding | None]:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as fault:
        line = 1 + len(re.findall(rb"\r\n|\r|\n", data[: fault.start]))
        return "", "", found("other-code-page", line, byte=f"0x{data[fault.start]:02X}")
    return text, "cp1252", found("windows-1252", _line_of_first(text), text=_first_word(text))


def _line_of_first(text: str) -> int:
    first = _NOT_ASCII.search(text)
    return 1 + len(re.findall(r"\r\n|\r|\n", text[: first.start()])) if first else 1


def _first_word(text: str) -> str:
    first = re.search(r"[^\s\x00-\x20]*[^\x00-\x7f][^\s]*", text)
    return shown(first[0]) if first else ""


def _about_ends(ends: set[str]) -> Finding | None:
    names = sorted(_END_NAMES.get(end, "CR") for end in ends)
    if len(names) > 1:
        return found("mixed-line-ends", kinds=", ".join(names))
    return found("line-ends", kind=names[0]) if names and names != ["CR LF"] else None


def _not_ended(line: int | None) -> Finding | None:
    return found("no-last-line-end", line) if line else None
