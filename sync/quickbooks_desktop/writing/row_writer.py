"""How does a value of a document get into a column? Cleaned, cut, and every change noted; or exactly, or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from books.money import ZERO
from sync.quickbooks_desktop.writing import leaving_out
from sync.quickbooks_desktop.writing.cleaning import ChangedText, clean, cut
from sync.quickbooks_desktop.writing.dialect import LEVEL, PATH, PRICE_DIGITS
from sync.quickbooks_desktop.writing.settings import DateOrder, IifSettings

_CENT = Decimal("0.01")


class Scribe:
    """Writes down one document, and remembers what it had to change."""

    def __init__(self, document_key: str, settings: IifSettings) -> None:
        self.document_key, self.settings = document_key, settings
        self.changed: list[ChangedText] = []

    def text(self, field: str, value: str, limit: int) -> str:
        """A text that a person reads: cleaned and cut."""
        return self.noted(field, value, cut(clean(value, code_page=self.settings.code_page), limit))

    def noted(self, field: str, before: str, after: str) -> str:
        """What a value became, remembered if it is another."""
        if before != after:
            self.changed.append(ChangedText(document_key=self.document_key, field=field, before=before, after=after))
        return after

    def exact(self, field: str, name: str, *, level: int = LEVEL, path: int = PATH) -> str:
        """A name that QuickBooks has already: as it is there, because by another it would make a second one.

        Raises:
            CannotBeWrittenError: The file cannot hold it as it is.
        """
        would_be = ":".join(clean(level_name, code_page=self.settings.code_page) for level_name in name.split(":"))
        if would_be != name or not name:
            raise leaving_out.unwritable_name(field, name, would_be)
        if len(name) > path or any(len(level_name) > level for level_name in name.split(":")):
            raise leaving_out.too_long_name(field, name, path if len(name) > path else level)
        return name


def date_text(day: date, order: DateOrder) -> str:
    """A day as the file writes it: `03/14/2025`."""
    parts = (day.month, day.day) if order is DateOrder.MONTH_FIRST else (day.day, day.month)
    return f"{parts[0]:02d}/{parts[1]:02d}/{day.year:04d}"


def amount_text(amount: Decimal, account: str) -> str:
    """An amount as the file writes it: two digits behind the point, no separators, never minus zero.

    Raises:
        CannotBeWrittenError: It is not a whole number of cents.
    """
    if amount % _CENT:
        raise leaving_out.fraction(amount, account)
    return f"{amount + ZERO:.2f}"


def number_text(number: Decimal, *, least: int = 0) -> str:
    """A quantity or a price without idle zeros, with at least so many digits behind the point."""
    whole, _, digits = f"{number + ZERO:f}".partition(".")
    kept = digits.rstrip("0").ljust(least, "0")
    return f"{whole}.{kept}" if kept else whole


def is_price(price: Decimal) -> bool:
    """Whether QuickBooks keeps all digits of a unit price."""
    return price >= 0 and price == round(price, PRICE_DIGITS)


def yes_no(value: bool) -> str:
    """The file's word for true and false."""
    return "Y" if value else "N"
