"""Is an IIF file as QuickBooks Desktop needs it, and what does it hold?

Strict on purpose: QuickBooks imports a shifted row without a word, so a file is checked here before anybody gets it.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sync.iif_reading.blocks import BlockRead, BlockReader
from sync.iif_reading.findings import Finding, errors_among, found, in_order
from sync.iif_reading.references import KnownNames, account_types, reference_faults
from sync.iif_reading.rows import Header, Record, RowReader
from sync.iif_reading.text import read_text
from sync.iif_reading.transactions import block_faults, file_faults
from sync.iif_reading.values import value_faults

DateOrder = Literal["mdy", "dmy"]
_ZERO = Decimal(0)
_NOBODY = KnownNames()


@dataclass(frozen=True, kw_only=True)
class IifReport:
    """What a file holds, and everything that is wrong with it."""

    #: `ascii`, `cp1252` or `utf-8`; empty where the bytes are no text.
    codec: str
    headers: tuple[Header, ...]
    #: The rows of lists, in the order of the file.
    lists: tuple[Record, ...]
    blocks: tuple[BlockRead, ...]
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

    @property
    def account_totals(self) -> Mapping[str, tuple[Decimal, Decimal]]:
        """Debits and credits by account, both positive, in the order of the accounts' names."""
        sums: dict[str, tuple[Decimal, Decimal]] = {}
        for account, amount in (moved for block in self.blocks for moved in block.moved):
            debit, credit = sums.get(account, (_ZERO, _ZERO))
            sums[account] = (debit + max(amount, _ZERO), credit + max(-amount, _ZERO))
        return {account: sums[account] for account in sorted(sums)}


def read_iif(data: bytes, *, date_order: DateOrder = "mdy", known: KnownNames = _NOBODY) -> IifReport:
    """Read a file and find everything that is wrong with it. Never raises for a bad file.

    Args:
        data: The file as it is stored.
        date_order: How the company's Windows writes dates.
        known: The company's own lists; without them, only the file's own rows can tell whether a name exists.
    """
    text = read_text(data)
    rows, blocks = RowReader(text), BlockReader()
    entries = list(rows.entries())
    blocks.read(entries)
    records = [one for one in entries if isinstance(one, Record)]
    findings = [*text.findings, *rows.findings, *blocks.findings]
    if not entries and not findings:
        findings.append(found("no-records"))
    for record in records:
        findings += value_faults(record, day_first=date_order == "dmy")
    types = account_types(blocks.lists, known)
    for block in blocks.blocks:
        findings += block_faults(block, types)
    findings += file_faults(blocks.blocks)
    findings += reference_faults(blocks.blocks, blocks.lists, known)
    return IifReport(
        codec=text.codec,
        headers=tuple(one for one in entries if isinstance(one, Header)),
        lists=tuple(blocks.lists),
        blocks=tuple(blocks.blocks),
        findings=in_order(findings),
    )
