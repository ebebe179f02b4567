"""Which number does a transaction carry? The document's own, within QuickBooks' eleven characters.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from sync.quickbooks_desktop.writing.cleaning import SHORTENED, clean, marked
from sync.quickbooks_desktop.writing.dialect import DOCNUM, PAYMENT, PAYMENT_DOCNUM
from sync.quickbooks_desktop.writing.row_writer import Scribe

#: Put before every number of a rehearsal.
TRIAL = "T-"
#: Put before the number of an entry that undoes another.
UNDOES = "R-"


class Numbers:
    """The numbers of one file: too long ones are shortened, and stay apart from each other."""

    def __init__(self, *, rehearsal: bool) -> None:
        self._mark = TRIAL if rehearsal else ""
        self._used: dict[tuple[str, str], str] = {}

    def number(self, trnstype: str, number: str, scribe: Scribe, *, undoes: bool = False) -> str:
        """The number as the file has it; a shortened one keeps its end, by which people tell numbers apart."""
        mark = self._mark + (UNDOES if undoes else "")
        room = (PAYMENT_DOCNUM if trnstype == PAYMENT else DOCNUM) - len(mark)
        cleaned = clean(number, code_page=scribe.settings.code_page)
        fitting = cleaned if len(cleaned) <= room else self._shortened(trnstype, cleaned, room)
        if SHORTENED in fitting:  # a number that fits is its own, so that a long file need not remember them all
            self._used.setdefault((trnstype, fitting), cleaned)
        scribe.noted("DOCNUM", number, fitting)
        return f"{mark}{fitting}"

    def _shortened(self, trnstype: str, number: str, room: int) -> str:
        end = SHORTENED + number[len(number) - room + len(SHORTENED) :].lstrip()
        return end if self._used.get((trnstype, end), number) == number else marked(number, room, seed=number)
