"""Which transactions does a file hold? TRNS begins one, SPL rows follow, ENDTRNS ends it; nothing else in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.findings import FewOfEach, found
from sync.quickbooks_desktop.reading.rows import Entry, ErrorNote, Header, Record
from sync.quickbooks_desktop.reading.values import amount_of

_ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class BlockRead:
    """One transaction as a file has it."""

    top: Record
    splits: tuple[Record, ...]
    #: What QuickBooks said about it, where it did not take it.
    messages: tuple[str, ...] = ()

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.top.line

    @property
    def rows(self) -> tuple[Record, ...]:
        """The TRNS row and the SPL rows."""
        return (self.top, *self.splits)

    @property
    def trnstype(self) -> str:
        """The kind of transaction."""
        return self.top["TRNSTYPE"]

    @property
    def number(self) -> str:
        """The document's number."""
        return self.top["DOCNUM"]

    @property
    def name(self) -> str:
        """The customer: of the first row, else of the first that names one."""
        return next((row["NAME"] for row in self.rows if row["NAME"]), "")

    @property
    def amount(self) -> Decimal:
        """The amount of the TRNS row; debit positive."""
        return amount_of(self.top["AMOUNT"]) or _ZERO

    @property
    def moved(self) -> tuple[tuple[str, Decimal], ...]:
        """Account and amount of each row, debit positive; rows without an amount count as nothing."""
        return tuple((row["ACCNT"], amount_of(row["AMOUNT"]) or _ZERO) for row in self.rows)


class BlockReader:
    """Puts rows together to transactions."""

    def __init__(self, *, keep_lists: bool = True) -> None:
        self._keep_lists = keep_lists
        self.findings = FewOfEach()
        #: Records of lists, in the order of the file.
        self.lists: list[Record] = []
        self._open: list[Record] = []
        self._notes: list[ErrorNote] = []
        self._triple: list[str] = []

    def read(self, entries: Iterable[Entry]) -> Iterator[BlockRead]:
        """Take all rows of a file; each transaction comes back when its ENDTRNS was read."""
        for entry in entries:
            match entry:
                case Header():
                    self._header(entry)
                case ErrorNote():
                    self._note(entry)
                case Record(keyword="ENDTRNS") if self._open:
                    yield self._ended(entry)
                case Record():
                    self._record(entry)
        self._end_of_file()

    def _header(self, header: Header) -> None:
        if header.keyword not in grammar.TRANSACTION_ROWS:
            return
        self._triple.append(header.keyword)
        expected = list(grammar.TRANSACTION_ROWS[: len(self._triple)])
        if self._triple != expected:
            self.findings.append(found("header-order", header.line))
        if header.keyword == "ENDTRNS" or self._triple != expected:
            self._triple = []

    def _note(self, note: ErrorNote) -> None:
        code = "quickbooks-says" if note.is_error else "note"
        if note.message:
            self.findings.append(found(code, note.line, message=note.message))
        if note.is_error:
            self._notes.append(note)

    def _record(self, record: Record) -> None:
        match record.keyword:
            case "TRNS":
                self._close_unended()
                self._open = [record]
            case "SPL" if self._open:
                self._open.append(record)
            case "SPL" | "ENDTRNS":
                self.findings.append(found("outside-a-block", record.line, keyword=record.keyword))
            case keyword:
                if self._open:
                    self.findings.append(found("inside-a-block", record.line, keyword=keyword))
                if self._keep_lists:
                    self.lists.append(record)

    def _ended(self, end: Record) -> BlockRead:
        top, *splits = self._open
        if not splits:
            self.findings.append(found("no-splits", end.line))
        messages = tuple(note.message for note in self._notes)
        self._open, self._notes = [], []
        return BlockRead(top=top, splits=tuple(splits), messages=messages)

    def _close_unended(self) -> None:
        if self._open:
            last = self._open[-1].line
            self.findings.append(found("block-not-ended", last, first=self._open[0].line))
            self._open, self._notes = [], []

    def _end_of_file(self) -> None:
        if self._open:
            self.findings.append(found("cut-off", self._open[-1].line))
