"""Does QuickBooks have what the transactions name? As far as the file's own lists, or the company's, can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sync.quickbooks_desktop.reading import grammar
from sync.quickbooks_desktop.reading.blocks import BlockRead
from sync.quickbooks_desktop.reading.findings import Finding, found
from sync.quickbooks_desktop.reading.rows import Record
from sync.quickbooks_desktop.reading.text import shown

#: The lists that a value of a column may come from.
_LISTS = {"ACCNT": ("ACCNT",), "INVITEM": ("INVITEM",), "NAME": ("CUST", "VEND", "EMP", "OTHERNAME")}
_TAX_ROW = "AUTOSTAX"


@dataclass(frozen=True, kw_only=True)
class KnownNames:
    """What the company's own lists hold."""

    #: QuickBooks' account type by full path. With any account here, one that is missing is an error.
    accounts: Mapping[str, str] = field(default_factory=dict)
    #: Customers, vendors, employees and other names together.
    names: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()


class NamesInReach:
    """The names that the file and the company have, and those that transactions used without either having them."""

    def __init__(self, known: KnownNames) -> None:
        #: QuickBooks' account types by full path: the company's, and those that the file brings in.
        self.account_types: dict[str, str] = dict(known.accounts)
        self._known = known
        self._by_list: dict[str, set[str]] = {}
        self._told: set[tuple[str, str]] = set()

    def learn(self, row: Record) -> None:
        """Take a row of a list."""
        self._by_list.setdefault(row.keyword, set()).add(row["NAME"])
        if row.keyword == "ACCNT":
            self.account_types.setdefault(row["NAME"], grammar.ACCOUNT_TYPES.get(row["ACCNTTYPE"], ""))

    def faults(self, block: BlockRead) -> Iterator[Finding]:
        """Names on a transaction that nobody has; each is told once."""
        for row in block.rows:
            for column in _LISTS:
                name = row[column]
                if name and (column, name) not in self._told and (fault := self._fault(row, column)):
                    self._told.add((column, name))
                    yield fault

    def _fault(self, row: Record, column: str) -> Finding | None:
        name, known = row[column], self._known
        ours: Mapping[str, Iterable[str]] = {"ACCNT": known.accounts, "NAME": known.names, "INVITEM": known.items}
        # A file seldom brings in the tax agency, which QuickBooks has since sales tax was switched on
        lists = ("VEND",) if column == "NAME" and row["EXTRA"] == _TAX_ROW else _LISTS[column]
        in_file = set[str]().union(*(self._by_list.get(keyword, set()) for keyword in lists))
        if name in in_file or name in ours[column]:
            return None
        if column == "ACCNT" and known.accounts:
            return found("unknown-account", row.line, name=shown(name))
        if in_file or ours[column]:
            return found("not-in-list", row.line, column=column, name=shown(name), list=lists[0])
        return None
