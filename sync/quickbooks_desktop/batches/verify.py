"""Does a file that we wrote say what its documents say? Read back by the strict reader, a slice at a time.

A slice is some hundred rows or transactions below their headers, so that a file of any length is checked in the same
memory. Nothing of the writer is used here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Literal

from books.translation import gettext_noop, worded
from sync.quickbooks_desktop.reading.read import IifReport, read_iif
from sync.quickbooks_desktop.reading.references import KnownNames

_BEGIN, _END = b"TRNS\t", b"ENDTRNS"
#: Transactions of one slice.
SLICE = 500
_SHOWN = 3

_LINE = gettext_noop("Line %(line)s: %(what)s")
_MOVES = gettext_noop("%(account)s moves %(found)s in the file, and %(wanted)s in the documents.")


def faults_of(
    file: IO[bytes], moves: Mapping[str, Decimal], *, date_order: Literal["mdy", "dmy"], known: KnownNames
) -> list[str]:
    """What is wrong with a file, as sentences, the first few; none for a good one.

    Args:
        file: Read from its beginning.
        moves: What the documents move, by account; debit positive.
        date_order: How the company's Windows writes dates.
        known: The company's own lists.
    """
    faults: list[str] = []
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for piece in slices(file):
        report = read_iif(piece.data, date_order=date_order, known=known)
        for account, (debit, credit) in report.account_totals.items():
            moved[account] += debit - credit
        faults += list(_sentences(report, piece))
        if len(faults) >= _SHOWN:
            return faults[:_SHOWN]
    return faults or list(_differences(moved, moves))[:_SHOWN]


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A piece of a file that is a file itself: the headers, and some of the rows below them."""

    data: bytes
    #: The line of the file of its first row, and how many header rows come before that here.
    first: int
    headers: int

    def line(self, here: int) -> int:
        """The line of the whole file that a line of the piece is."""
        return self.first - self.headers + here - 1


def slices(file: IO[bytes], *, size: int = SLICE) -> Iterator[Slice]:
    """The file in pieces of so many rows of a list, or transactions."""
    file.seek(0)
    headers: list[bytes] = []
    body: list[bytes] = []
    ended, first = 0, 1
    for number, line in enumerate(file, start=1):
        is_header = line.startswith(b"!")
        whole = not body or body[-1].startswith(_END) or not body[0].startswith(_BEGIN)
        if body and whole and (is_header or ended >= size):
            yield Slice(data=b"".join((*headers, *body)), first=first, headers=len(headers))
            headers, body, ended = ([] if is_header else headers), [], 0
        if is_header and not body:
            headers.append(line)
            continue
        first = first if body else number
        body.append(line)
        ended += line.startswith(_END) or not body[0].startswith(_BEGIN)
    yield Slice(data=b"".join((*headers, *body)), first=first, headers=len(headers))


def _sentences(report: IifReport, piece: Slice) -> Iterator[str]:
    for finding in report.errors:
        what = finding.message.worded()
        yield worded(_LINE, {"line": piece.line(finding.line), "what": what}) if finding.line else what


def _differences(moved: Mapping[str, Decimal], wanted: Mapping[str, Decimal]) -> Iterator[str]:
    for account in sorted({*moved, *wanted}):
        found, must = moved.get(account, Decimal(0)), wanted.get(account, Decimal(0))
        if found != must:
            yield worded(_MOVES, {"account": account, "found": f"{found:.2f}", "wanted": f"{must:.2f}"})
