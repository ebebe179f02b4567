"""Is an IIF file as QuickBooks Desktop needs it, and what does it hold?

Strict on purpose: QuickBooks imports a shifted row without a word, so a file is checked here before anybody gets it.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Literal

from sync.quickbooks_desktop.reading.blocks import BlockRead, BlockReader
from sync.quickbooks_desktop.reading.findings import (
    FewOfEach,
    Finding,
    Severity,
    errors_among,
    found,
    in_order,
    more_than_kept,
)
from sync.quickbooks_desktop.reading.references import KnownNames, NamesInReach
from sync.quickbooks_desktop.reading.rows import Entry, ErrorNote, Header, Record, RowReader
from sync.quickbooks_desktop.reading.text import Text, read_iif_text, stream_text
from sync.quickbooks_desktop.reading.transactions import BetweenBlocks, block_faults
from sync.quickbooks_desktop.reading.values import value_faults

DateOrder = Literal["mdy", "dmy"]
#: Debits and credits by account, both positive, in the order of the accounts' names.
Totals = Mapping[str, tuple[Decimal, Decimal]]
_ZERO = Decimal(0)
_NOBODY = KnownNames()
#: So many findings of a long file are kept; the others are counted.
_KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class IifReport:
    """What a file holds, and everything that is wrong with it."""

    #: `ascii`, `cp1252` or `utf-8`; empty where the bytes are no text.
    codec: str
    headers: tuple[Header, ...]
    #: The rows of lists, in the order of the file.
    lists: tuple[Record, ...]
    blocks: tuple[BlockRead, ...]
    account_totals: Totals
    #: In the order of the lines; what concerns the whole file first.
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings for which the file may not be imported."""
        return errors_among(self.findings)

    @property
    def ok(self) -> bool:
        """Whether the file may be imported."""
        return not self.errors

    @property
    def sections(self) -> Mapping[str, int]:
        """How many rows each list has, by keyword, in the order of the file."""
        counts: dict[str, int] = {}
        for row in self.lists:
            counts[row.keyword] = counts.get(row.keyword, 0) + 1
        return counts


@dataclass(frozen=True, kw_only=True)
class IifCheck:
    """What is wrong with a file of any length, and what it moves."""

    blocks: int
    account_totals: Totals
    #: The first thousand, in the order of the lines.
    findings: tuple[Finding, ...]
    #: How many errors there are altogether.
    error_count: int

    @property
    def ok(self) -> bool:
        """Whether the file may be imported."""
        return not self.error_count


def read_iif(data: bytes, *, date_order: DateOrder = "mdy", known: KnownNames = _NOBODY) -> IifReport:
    """Read a file and find everything that is wrong with it. Never raises for a bad file.

    Args:
        data: The file as it is stored.
        date_order: How the company's Windows writes dates.
        known: The company's own lists; without them, only the file's own rows can tell whether a name exists.
    """
    text = read_iif_text(data)
    reading = _Reading(text, day_first=date_order == "dmy", known=known)
    blocks = tuple(reading.blocks())
    return IifReport(
        codec=text.codec,
        headers=tuple(reading.headers),
        lists=tuple(reading.reader.lists),
        blocks=blocks,
        account_totals=reading.totals(),
        findings=in_order([*text.findings, *reading.findings, *reading.more()]),
    )


def check_iif(file: IO[bytes], *, date_order: DateOrder = "mdy", known: KnownNames = _NOBODY) -> IifCheck:
    """The same judgement of a file that may be longer than memory; its rows end in LF or CR LF.

    Args:
        file: Open at its beginning.
        date_order: How the company's Windows writes dates.
        known: The company's own lists.
    """
    text = stream_text(file)
    reading = _Reading(text, day_first=date_order == "dmy", known=known, keep_lists=False)
    count, errors, kept = 0, 0, list[Finding]()
    for _ in reading.blocks():
        count += 1
        if reading.findings:
            errors += len(errors_among(reading.findings))
            kept += reading.findings[: _KEPT - len(kept)]
            reading.findings.clear()
    late = [*text.findings, *reading.findings]
    return IifCheck(
        blocks=count,
        account_totals=reading.totals(),
        findings=in_order((*kept, *late))[:_KEPT],
        error_count=errors + sum(finding.severity is Severity.ERROR for finding in late) + reading.errors_left_out(),
    )


class _Reading:
    """One file while it is being read."""

    def __init__(self, text: Text, *, day_first: bool, known: KnownNames, keep_lists: bool = True) -> None:
        self.headers: list[Header] = []
        self.findings = FewOfEach()
        self.reader = BlockReader(keep_lists=keep_lists)
        self._rows, self._text, self._day_first = RowReader(text), text, day_first
        self._names, self._between = NamesInReach(known), BetweenBlocks()
        self._sums: dict[str, tuple[Decimal, Decimal]] = {}

    def blocks(self) -> Iterator[BlockRead]:
        """Each transaction, after everything that is wrong with it was noted."""
        for block in self.reader.read(self._entries()):
            self.findings += block_faults(block, self._names.account_types)
            self.findings += self._between.faults(block)
            self.findings += self._names.faults(block)
            self._add_up(block)
            self._gather()
            yield block
        self._gather()
        self.findings += self._between.faults_at_the_end()

    def totals(self) -> Totals:
        """What was moved so far."""
        return {account: self._sums[account] for account in sorted(self._sums)}

    def more(self) -> list[Finding]:
        """That there are more findings than are kept."""
        return more_than_kept(self.findings, self._rows.findings, self.reader.findings)

    def errors_left_out(self) -> int:
        """How many errors are counted and not kept."""
        return sum(few.errors_left_out for few in (self.findings, self._rows.findings, self.reader.findings))

    def _entries(self) -> Iterator[Entry]:
        nothing = True
        for entry in self._rows.entries():
            nothing = nothing and isinstance(entry, ErrorNote)
            if isinstance(entry, Header):
                self.headers.append(entry)
            elif isinstance(entry, Record):
                self._look_at(entry)
            yield entry
        if nothing and not self._rows.findings and not self._text.findings:
            self.findings.append(found("no-records"))

    def _look_at(self, record: Record) -> None:
        self.findings += value_faults(record, day_first=self._day_first)
        if record["NAME"] and "AMOUNT" not in record.values:
            self._names.learn(record)

    def _gather(self) -> None:
        for source in (self._rows.findings, self.reader.findings):
            self.findings += source
            source.clear()

    def _add_up(self, block: BlockRead) -> None:
        for account, amount in block.moved:
            debit, credit = self._sums.get(account, (_ZERO, _ZERO))
            self._sums[account] = (debit + max(amount, _ZERO), credit + max(-amount, _ZERO))
