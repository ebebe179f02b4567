"""Which records does a file hold? Each row of fields by the columns of the last header of its kind.

QuickBooks gives columns by their position and never notices a shifted row, so every count of fields is checked here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.findings import FewOfEach, Finding, found
from sync.quickbooks_desktop.reading.text import Text, TextLine, shown

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\Z)')
_PLAIN = re.compile(r"[^\t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]")
_NOTE = ";"
#: QuickBooks' own longest header has about fifty.
MOST_COLUMNS = 300
_ERROR_WORD = "[ERROR]"


@dataclass(frozen=True, kw_only=True)
class Header:
    """One row that begins with an exclamation mark."""

    line: int
    keyword: str
    #: By position. QuickBooks' own headers name some columns twice.
    columns: tuple[str, ...]
    #: As many as the row was written with, empty ones at the end too.
    width: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of data."""

    line: int
    keyword: str
    header: Header
    #: By position, as many as the header has columns.
    fields: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        """The value of the first column of that name; empty where the header has none."""
        return self.values.get(column, "")


@dataclass(frozen=True, kw_only=True)
class ErrorNote:
    """One line with which QuickBooks 2019 and later explains why it did not take what follows."""

    line: int
    text: str

    @property
    def is_error(self) -> bool:
        """Whether it is about the next record, and not about the file."""
        return _ERROR_WORD in self.text

    @property
    def message(self) -> str:
        """The note without its marks."""
        return self.text.lstrip("; \t").replace(_ERROR_WORD, "").strip()


_NO_HEADER = Header(line=0, keyword="", columns=(), width=0)
Entry = Header | Record | ErrorNote


class RowReader:
    """Reads the rows of one text, and gathers what is wrong with them."""

    def __init__(self, text: Text, *, any_list: bool = False) -> None:
        """Read nothing yet.

        Args:
            text: The lines.
            any_list: Pass over lists that are not known here, as QuickBooks' own exports may hold them; otherwise a
                keyword that is not known is an error.
        """
        self.findings = FewOfEach()
        self._text, self._any_list = text, any_list
        self._passed: set[str] = set()
        self._headers: dict[str, Header] = {}

    def entries(self) -> Iterator[Entry]:
        """Headers, records and notes, in the order of the file."""
        for line in self._text.lines:
            if line.text.lstrip('"').startswith(_NOTE):
                # A spreadsheet that saved the file has put the note into quotes
                yield ErrorNote(line=line.number, text=line.text.strip('"\t '))
            elif line.text.strip():
                yield from self._entry(line)

    def _entry(self, line: TextLine) -> Iterator[Entry]:
        fields, faults = split_fields(line)
        keyword = fields[0].strip()
        name = keyword.removeprefix("!").upper()
        if not self._is_known(name, line, is_header=keyword.startswith("!")):
            return
        # QuickBooks for Mac heads its exports with a value that has a tab in it
        self.findings += faults if name != "HDR" else []
        if keyword.startswith("!"):
            yield self._header(line, name, fields[1:])
        elif name in self._headers:
            yield self._record(line, self._headers[name], fields[1:])
        elif name != "ENDGRP":
            self.findings.append(found("no-header", line.number, keyword=name))
            if name == "ENDTRNS":
                # It has no columns, so it says all that it says without a header too
                yield Record(line=line.number, keyword=name, header=_NO_HEADER, fields=())

    def _is_known(self, keyword: str, line: TextLine, *, is_header: bool) -> bool:
        if keyword in grammar.KEYWORDS:
            return True
        if line.number == self._text.unended:
            self.findings.append(found("cut-off", line.number))
        elif keyword.split(",")[0] in grammar.KEYWORDS:
            self.findings.append(found("comma-file", line.number))
        elif self._any_list and is_header and keyword.isalnum():
            self._passed.add(keyword)
            self.findings.append(found("unknown-list", line.number, keyword=keyword))
        elif keyword not in self._passed:
            self.findings.append(found("unknown-keyword", line.number, keyword=shown(keyword)))
        return False

    def _header(self, line: TextLine, keyword: str, fields: list[str]) -> Header:
        columns = [cell.strip().upper() for cell in fields]
        while columns and not columns[-1]:
            columns.pop()
        if len(columns) > MOST_COLUMNS:
            self.findings.append(found("too-many-columns", line.number, keyword=keyword, columns=len(columns)))
            columns, fields = columns[:MOST_COLUMNS], fields[:MOST_COLUMNS]
        header = Header(line=line.number, keyword=keyword, columns=tuple(columns), width=len(fields))
        self._headers[keyword] = header
        self.findings += _header_faults(header)
        return header

    def _record(self, line: TextLine, header: Header, fields: list[str]) -> Record:
        self.findings += self._widths(line, header, fields)
        values = [cell.strip() for cell in fields[: len(header.columns)]]
        values += [""] * (len(header.columns) - len(values))
        by_column = dict(zip(reversed(header.columns), reversed(values), strict=True))
        self.findings += [
            found("spaces-around", line.number, column=column, value=shown(raw))
            for column, raw in zip(header.columns, fields, strict=False)
            if raw != raw.strip()
        ]
        return Record(line=line.number, keyword=header.keyword, header=header, fields=tuple(values), values=by_column)

    def _widths(self, line: TextLine, header: Header, fields: list[str]) -> Iterator[Finding]:
        beyond = [cell.strip() for cell in fields[len(header.columns) :]]
        if text := next(filter(None, beyond), ""):
            yield found("long-row", line.number, **_counts(header, fields), text=shown(text))
        elif len(fields) not in (header.width, len(header.columns)):
            yield self._other_width(line, header, fields)

    def _other_width(self, line: TextLine, header: Header, fields: list[str]) -> Finding:
        if len(fields) > len(header.columns):
            return found("padded-row", line.number, **_counts(header, fields))
        if line.number == self._text.unended:
            return found("cut-off", line.number)
        of_transaction = header.keyword in grammar.TRANSACTION_ROWS
        return found("short-row" if of_transaction else "unfilled-row", line.number, **_counts(header, fields))


def _counts(header: Header, fields: list[str]) -> dict[str, object]:
    return {"fields": len(fields), "columns": len(header.columns), "header": header.line}


def _header_faults(header: Header) -> Iterator[Finding]:
    if "" in header.columns:
        yield found("blank-column", header.line, position=header.columns.index("") + 1)
    for column in grammar.REQUIRED.get(header.keyword, ()):
        if column not in header.columns:
            yield found("missing-column", header.line, keyword=header.keyword, column=column)
    for column in grammar.ASKED_FOR.get(header.keyword, ()):
        if column not in header.columns:
            yield found("optional-column", header.line, keyword=header.keyword, column=column)
    if known := grammar.COLUMNS.get(header.keyword):
        yield from _column_faults(header, known)


def _column_faults(header: Header, known: frozenset[str]) -> Iterator[Finding]:
    for position, column in enumerate(header.columns):
        if column and column not in known:
            yield found("unknown-column", header.line, keyword=header.keyword, column=column)
        if column in header.columns[:position]:
            yield found("repeated-column", header.line, column=column)


def split_fields(line: TextLine) -> tuple[list[str], list[Finding]]:
    """The fields of a line without their quotes, and what is wrong with the line."""
    if '"' not in line.text:
        return line.text.split("\t"), _control(line)
    fields, findings, place = [], _control(line), 0
    while place <= len(line.text):
        value, place, fault = _field(line.text, place)
        fields.append(value)
        if fault:
            findings.append(found(fault, line.number))
        place += 1
    return fields, findings


def _field(text: str, place: int) -> tuple[str, int, str]:
    if quoted := _QUOTED.match(text, place):
        value = quoted[1].replace('""', '"')
        return value, quoted.end(), "tab-in-quotes" if "\t" in value else "quote" if '"' in value else ""
    plain = _PLAIN.match(text, place)
    value = plain[0] if plain else ""
    return value, place + len(value), "quote" if '"' in value else ""


def _control(line: TextLine) -> list[Finding]:
    mark = _CONTROL.search(line.text)
    return [found("control-character", line.number, mark=f"U+{ord(mark[0]):04X}")] if mark else []
