"""Is a value what its column holds? An amount, a day, a yes or no, a text or a name within its length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.findings import Finding, found
from sync.quickbooks_desktop.reading.rows import Record
from sync.quickbooks_desktop.reading.text import shown

_AMOUNT = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?", re.ASCII)
#: More can be neither rounded nor posted.
_LONGEST_AMOUNT = 25
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_FORMULA = ("=", "+", "-", "@")
#: How QuickBooks for Mac writes a day that is not set; a transaction has one.
_NO_DAY = "0/0/0"
#: Two digits of a year up to here are of this century.
_PIVOT = 50


def amount_of(text: str) -> Decimal | None:
    """The amount that a text states; None where it states none. Thousands separators are understood."""
    if len(text) > _LONGEST_AMOUNT or not _AMOUNT.fullmatch(text) or not re.search(r"\d", text):
        return None
    return Decimal(text.replace(",", ""))


def day_of(text: str, *, day_first: bool) -> date | None:
    """The day that a text states; None where it states none."""
    if not (parts := _DAY.fullmatch(text)):
        return None
    first, second, year = (int(part) for part in parts.groups())
    month, day = (second, first) if day_first else (first, second)
    if len(parts[3]) == 2:
        year += 2000 if year <= _PIVOT else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def value_faults(record: Record, *, day_first: bool) -> Iterator[Finding]:
    """What is wrong with the values of a row, each looked at by itself."""
    for column in grammar.FILLED.get(record.keyword, ()):
        if column in record.header.columns and not record[column]:
            yield found("blank-value", record.line, column=column)
    for column, value in zip(record.header.columns, record.fields, strict=True):
        if value:
            yield from _characters(record, column, value)
            yield from _kind(record, column, value, day_first=day_first)
            yield from _length(record, column, value)


def _characters(record: Record, column: str, value: str) -> Iterator[Finding]:
    if ";" in value:
        yield found("semicolon", record.line, column=column)
    if value.startswith(_FORMULA) and column not in grammar.FIGURES:
        yield found("formula", record.line, column=column, mark=value[0])


def _kind(record: Record, column: str, value: str, *, day_first: bool) -> Iterator[Finding]:
    if column in grammar.AMOUNTS:
        yield from _amount(record, column, value)
    elif column in grammar.DATES:
        if (value != _NO_DAY or column == "DATE") and not day_of(value, day_first=day_first):
            pattern = "DD/MM/YYYY" if day_first else "MM/DD/YYYY"
            yield found("not-a-date", record.line, value=shown(value), column=column, pattern=pattern)
    elif column in grammar.YES_NO and value not in ("Y", "N"):
        yield found("not-yes-no", record.line, value=shown(value), column=column)


def _amount(record: Record, column: str, value: str) -> Iterator[Finding]:
    amount = amount_of(value)
    if amount is None:
        yield found("not-an-amount", record.line, value=shown(value), column=column)
        return
    if amount != round(amount, 2):
        yield found("part-of-a-cent", record.line, value=value, column=column)
    if "," in value:
        yield found("thousands", record.line, value=value, column=column)


def _length(record: Record, column: str, value: str) -> Iterator[Finding]:
    if column == "DOCNUM":
        limit = grammar.PAYMENT_NUMBER if record["TRNSTYPE"] == "PAYMENT" else grammar.NUMBER
        yield from _too_long(record, column, value, limit)
    elif column in grammar.LENGTHS:
        yield from _too_long(record, column, value, grammar.LENGTHS[column])
    elif limits := _path_limits(record.keyword, column):
        yield from _path(record, column, value, *limits)


def _path_limits(keyword: str, column: str) -> tuple[int, int] | None:
    if column == "NAME" and keyword not in grammar.TRANSACTION_ROWS:
        return grammar.LIST_PATHS.get(keyword)
    return grammar.PATHS.get(column)


def _path(record: Record, column: str, value: str, level_limit: int, path_limit: int) -> Iterator[Finding]:
    levels = value.split(":")
    if any(level != level.strip() or not level for level in levels):
        yield found("empty-level", record.line, value=shown(value), column=column)
    if len(levels) > grammar.DEEPEST:
        yield found("too-deep", record.line, value=shown(value), column=column, depth=len(levels))
    for level in levels:
        yield from _too_long(record, column, level, level_limit)
    yield from _too_long(record, column, value, path_limit)


def _too_long(record: Record, column: str, value: str, limit: int) -> Iterator[Finding]:
    if len(value) > limit:
        facts = {"column": column, "length": len(value), "limit": limit, "value": shown(value)}
        yield found("too-long", record.line, **facts)
