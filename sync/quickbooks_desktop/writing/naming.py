"""By which name is a customer in the file, and which number does a transaction carry?

A name that QuickBooks has is written exactly. One that the file brings in is cleaned, cut and kept apart from every
other, and stays the same from file to file, because QuickBooks finds customers by name alone.
A number is the document's own, within QuickBooks' eleven characters.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from books.answers import CustomerRef
from books.names import desktop_name
from sync.quickbooks_desktop.writing.cleaning import SHORTENED, clean, clean_level, marked, shortened
from sync.quickbooks_desktop.writing.dialect import CUSTOMER_LEVEL, CUSTOMER_PATH, DOCNUM, PAYMENT, PAYMENT_DOCNUM
from sync.quickbooks_desktop.writing.row_writer import Scribe
from sync.quickbooks_desktop.writing.settings import CodePage


class NameBook:
    """The names of one file."""

    def __init__(self, *, code_page: CodePage, given: Mapping[str, str], taken: Iterable[str]) -> None:
        self.code_page = code_page
        #: Names that this or an earlier file gave, by the key of the document that brings them in.
        self.given = dict(given)
        self._taken = {desktop_name(name) for name in (*taken, *given.values())}

    def learn(self, given: Mapping[str, str]) -> None:
        """Take over names that earlier files gave, by the key of the document that brought each in."""
        self.given.update(given)
        self._taken.update(map(desktop_name, given.values()))

    def give(self, key: str, name: str, *, limit: int = CUSTOMER_LEVEL) -> str:
        """The name of what a document brings in; the same as before if an earlier file gave it one."""
        if key not in self.given:
            plain = self._plain(name, limit)
            free = plain if desktop_name(plain) not in self._taken else marked(plain, limit, seed=key)
            self.given[key] = free
            self._taken.add(desktop_name(free))
        return self.given[key]

    def customer(self, customer: CustomerRef, scribe: Scribe) -> str:
        """The name of a document's customer.

        Raises:
            CannotBeWrittenError: QuickBooks has a customer whose name the file cannot hold.
        """
        if customer.quickbooks_id or not customer.created_by:
            return scribe.exact("NAME", customer.name, level=CUSTOMER_LEVEL, path=CUSTOMER_PATH)
        name = self.given.get(customer.created_by) or self._plain(customer.name, CUSTOMER_LEVEL)
        return scribe.noted("NAME", customer.name, name)

    def _plain(self, name: str, limit: int) -> str:
        level = clean_level(name, code_page=self.code_page)
        return shortened(level, limit, seed=name) if level else marked("Name", limit, seed=name)


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
