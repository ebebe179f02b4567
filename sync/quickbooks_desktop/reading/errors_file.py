"""What did QuickBooks not import, and why? Read from the file of errors that QuickBooks 2019 and later leaves behind.

That file holds only records that failed. Above each is a note that begins with a semicolon and says [ERROR].
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sync.quickbooks_desktop.reading.findings import Finding, found, in_order
from sync.quickbooks_desktop.reading.read import DateOrder
from sync.quickbooks_desktop.reading.rows import Entry, ErrorNote, Record, RowReader
from sync.quickbooks_desktop.reading.text import read_text
from sync.quickbooks_desktop.reading.values import amount_of, day_of

_TRANSACTION = "TRNS"


@dataclass(frozen=True, kw_only=True)
class FailedRecord:
    """One transaction, or one row of a list, that QuickBooks did not take."""

    #: Its line in the file of errors.
    line: int
    #: `TRNS` for a transaction, otherwise the list, such as `INVITEM`.
    keyword: str
    #: Such as `INVOICE`; empty for a row of a list.
    trnstype: str
    number: str
    dated: date | None
    #: The customer of a transaction, the name of a list's row.
    name: str
    #: Of the first row; debit positive. None for a row of a list.
    amount: Decimal | None
    memo: str
    #: What QuickBooks says, such as `[Workbook] The Item does not exist [11585]`; empty where it gives no reason.
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorsRead:
    """What a file of errors holds; with `failed` empty, the findings say why."""

    failed: tuple[FailedRecord, ...]
    findings: tuple[Finding, ...]


@dataclass(kw_only=True)
class _Open:
    """One record while its rows and notes are being read."""

    top: Record
    messages: list[str] = field(default_factory=list)


def read_errors(data: bytes, *, date_order: DateOrder = "mdy") -> ErrorsRead:
    """Read QuickBooks' file of errors. Never raises for a bad file.

    Args:
        data: The file as it is stored.
        date_order: How the company's Windows writes dates.
    """
    text = read_text(data)
    rows = RowReader(text, any_list=True)
    entries = list(rows.entries())
    findings = [finding for finding in (*text.findings, *rows.findings) if finding.code in _READ_WRONG]
    if text.codec and not any(isinstance(entry, ErrorNote) and entry.is_error for entry in entries):
        return ErrorsRead(failed=(), findings=in_order((*findings, found("not-an-errors-file"))))
    day_first = date_order == "dmy"
    failed = tuple(_failed(record, day_first=day_first) for record in _records(entries))
    return ErrorsRead(failed=failed, findings=in_order(findings))


#: Findings for which a record may be told wrongly; all others are QuickBooks' own matter.
_READ_WRONG = frozenset(
    {"empty", "not-text", "utf-16", "other-code-page", "comma-file", "no-header", "long-row", "cut-off", "quote"}
    | {"too-many-lines", "long-line", "too-many-columns"}
)


def _records(entries: Iterable[Entry]) -> Iterator[_Open]:
    waiting: list[str] = []
    block: _Open | None = None
    for entry in entries:
        match entry:
            case ErrorNote(is_error=True):
                (block.messages if block else waiting).append(entry.message)
            case Record(keyword="TRNS"):
                if block:
                    yield block
                block, waiting = _Open(top=entry, messages=waiting), []
            case Record(keyword="SPL"):
                pass
            case Record(keyword="ENDTRNS"):
                if block:
                    yield block
                block = None
            case Record() if waiting:
                yield _Open(top=entry, messages=waiting)
                waiting = []
    if block:
        yield block


def _failed(record: _Open, *, day_first: bool) -> FailedRecord:
    top = record.top
    return FailedRecord(
        line=top.line,
        keyword=top.keyword,
        trnstype=top["TRNSTYPE"] if top.keyword == _TRANSACTION else "",
        number=top["DOCNUM"],
        dated=day_of(top["DATE"], day_first=day_first),
        name=top["NAME"],
        amount=amount_of(top["AMOUNT"]) if top.keyword == _TRANSACTION else None,
        memo=top["MEMO"],
        messages=tuple(dict.fromkeys(record.messages)),
    )
