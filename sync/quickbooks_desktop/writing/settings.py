"""What did a company choose about its IIF files?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from books.translation import gettext_noop

_GAP = re.compile(r"\{(\w*)\}")
#: What a memo pattern can name: the record, the memo that the source gave it, the batch.
GAPS = ("what", "memo", "batch")


class CodePage(StrEnum):
    """How letters become bytes."""

    ASCII = "ascii"
    WINDOWS_1252 = "windows-1252"

    @property
    def label(self) -> str:
        """The choice as a person reads it."""
        return {
            "ascii": gettext_noop("Plain letters only (é becomes e): safe everywhere"),
            "windows-1252": gettext_noop("Western European letters (Windows-1252)"),
        }[self.value]

    @property
    def codec(self) -> str:
        """The name of the encoding in Python."""
        return {"ascii": "ascii", "windows-1252": "cp1252"}[self.value]


class DateOrder(StrEnum):
    """In which order a date is written; QuickBooks reads it as the Windows that it runs on does."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"

    @property
    def label(self) -> str:
        """The choice as a person reads it."""
        return {
            "mdy": gettext_noop("MM/DD/YYYY (Windows in the United States)"),
            "dmy": gettext_noop("DD/MM/YYYY (other regional settings of Windows)"),
        }[self.value]


class RefundsAs(StrEnum):
    """What a refund is in QuickBooks Desktop."""

    AUTO = "auto"
    CHECK = "check"
    JOURNAL = "journal"

    @property
    def label(self) -> str:
        """The choice as a person reads it."""
        return {
            "auto": gettext_noop("A check where the money leaves a bank account, a journal entry otherwise"),
            "check": gettext_noop("Always a check"),
            "journal": gettext_noop("Always a journal entry"),
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class DesktopSalesTax:
    """The names that QuickBooks' own sales tax goes by; a company that has it switched on needs all three."""

    #: The sales tax item for forms with tax, and on forms without any.
    item: str
    #: The vendor that the tax is owed to.
    agency: str
    #: Full path of the account that the tax is kept on.
    payable: str


@dataclass(frozen=True, kw_only=True)
class IifSettings:
    """What a company chose about its files.

    Raises:
        ValueError: The memo pattern names something unknown, or leaves out the batch.

    Source:
        docs/reference/iif.md
    """

    #: The home currency. A file cannot say which currency it is in, so other documents are left out; "" checks nothing.
    currency: str = ""
    dates: DateOrder = DateOrder.MONTH_FIRST
    code_page: CodePage = CodePage.ASCII
    #: None while QuickBooks' sales tax preference is off.
    sales_tax: DesktopSalesTax | None = None
    refunds: RefundsAs = RefundsAs.AUTO
    #: Whether the file names the payment method of a payment or a sales receipt.
    payment_methods: bool = True
    #: Which lists the file repeats for names that QuickBooks has already. Names that the file itself brings in are
    #: always written.
    write_accounts: bool = False
    write_items: bool = False
    write_terms: bool = False
    write_customers: bool = True
    write_tax_agency: bool = False
    memo: str = "{what} {memo} [{batch}]"

    def __post_init__(self) -> None:
        """Refuse a memo that could not be filled, or by which a batch could not be found."""
        named = _GAP.findall(self.memo)
        if unknown := [gap for gap in named if gap not in GAPS]:
            raise ValueError(f"the memo pattern names {unknown[0]!r}; it can name {', '.join(GAPS)}")
        if "batch" not in named:
            raise ValueError("the memo pattern must name {batch}, or a doubled import could not be found")

    def memo_text(self, *, what: str, memo: str, batch: str, room: int) -> str:
        """The memo of one record; the part that the source wrote is cut first where it is too long.

        Args:
            what: The record, such as `Invoice 1042`.
            memo: What the source wrote.
            batch: The batch's id.
            room: The most characters there may be.
        """
        facts = {"what": what, "batch": batch}
        without = " ".join(self._filled({**facts, "memo": ""}).split())
        spare = max(room - len(without) - 1, 0)
        return " ".join(self._filled({**facts, "memo": memo[:spare]}).split())[:room]

    def _filled(self, facts: dict[str, str]) -> str:
        return _GAP.sub(lambda gap: facts[gap[1]], self.memo)
