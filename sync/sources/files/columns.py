"""What is a column of a spreadsheet of orders?

An object that knows its names, what to say about itself, how to clean a cell, and where the clean value belongs. A
layout is a list of them; adding a column is adding an object.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from books.messages import Message
from books.orders import OrderStatus
from books.outside.cells import Faulty, Number
from books.outside.spoiled import Spoiled, spoiled
from books.statuses import LONGEST_STATUS, status_key
from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.amounts import (
    in_bounds,
    read_amount,
    read_quantity,
    read_whole_amount,
    refuse_other_sign,
    tidy,
    tidy_amount,
    undoubled,
    whole,
)
from sync.sources.base import ReadOptions
from sync.sources.days import read_day, read_instant
from sync.sources.files.tables import Cell, shown
from sync.sources.identifiers import known_by
from sync.sources.values import LONGEST_TEXT, BadValue, bounded, one_line


class Level(Enum):
    """What a cell says something about."""

    #: The same in every row of the order, or blank after its first.
    ORDER = auto()
    LINE = auto()
    PAYMENT = auto()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a cell cannot know itself."""

    options: ReadOptions
    #: The order's currency.
    currency: str


Clean = Callable[[Cell, Context], Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One column of the layout."""

    label: str
    help: str
    level: Level
    #: The attribute of the draft that the clean value belongs to.
    target: str
    clean: Clean
    #: Other headers that mean the same, such as those of other systems.
    aliases: tuple[str, ...] = ()
    required: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Every header that means this column, as headers are compared."""
        return frozenset(map(kinds.plain, (self.label, *self.aliases)))

    def assign(self, draft: object, value: object) -> None:
        """Put a clean value where it belongs."""
        setattr(draft, self.target, value)


def order_column(label: str, target: str, clean: Clean, help: str, *aliases: str, required: bool = False) -> Column:
    """A column that says something about the order."""
    return Column(
        label=label, target=target, clean=clean, help=help, aliases=aliases, required=required, level=Level.ORDER
    )


def line_column(label: str, target: str, clean: Clean, help: str, *aliases: str, required: bool = False) -> Column:
    """A column that says something about a line."""
    return Column(
        label=label, target=target, clean=clean, help=help, aliases=aliases, required=required, level=Level.LINE
    )


def payment_column(label: str, target: str, clean: Clean, help: str, *aliases: str) -> Column:
    """A column that says something about a payment."""
    return Column(label=label, target=target, clean=clean, help=help, aliases=aliases, level=Level.PAYMENT)


@dataclass(frozen=True, kw_only=True)
class MatchedColumns:
    """Which column of a layout is where in a file."""

    positions: dict[Column, int]
    notices: tuple[Message, ...]

    def of_level(self, level: Level) -> tuple[Column, ...]:
        """The columns of that level that the file has, in its own order."""
        return tuple(column for column in self.positions if column.level is level)

    def cell(self, column: Column, cells: Sequence[Cell]) -> Cell:
        """The cell of a column; blank where the row is shorter, or the file has no such column."""
        position = self.positions.get(column)
        return "" if position is None or position >= len(cells) else cells[position]


def as_text(cell: Cell) -> str:
    """A cell as the text that a person sees."""
    return cell.strip() if isinstance(cell, str) else shown(cell)


def refuse_no_value(cell: Cell) -> None:
    """Refuse what a spreadsheet shows in place of a value: an error, a yes or no, a formula without its result.

    Raises:
        BadValue: It is one of these.
    """
    match spoiled(cell):
        case Spoiled.FORMULA:
            raise BadValue(
                "formula-without-result",
                gettext_noop("The formula %(value)s has no result in the file."),
                gettext_noop("Open the file in a spreadsheet and save it again, or enter the value itself."),
            )
        case Spoiled.ERROR:
            raise BadValue(
                "spreadsheet-error",
                gettext_noop("A spreadsheet shows %(value)s here: its formula failed, or the column is too narrow."),
                gettext_noop("Correct the formula, or enter the value itself."),
            )
        case Spoiled.BOOLEAN:
            raise BadValue(
                "yes-or-no",
                gettext_noop("The spreadsheet has a yes or no here (%(value)s), where %(column)s should be."),
                gettext_noop("Enter the value itself; a text that reads so needs an apostrophe before it."),
            )


def clean_line(longest: int) -> Clean:
    """Clean a name, id or address part: on one line, with room for that many characters."""
    return lambda cell, context: one_line(_unwrapped(as_text(cell)), longest=longest)


def clean_identifier(longest: int) -> Clean:
    """Clean what something is found by again: a number, an SKU, a phone number, a postal code."""

    def clean(cell: Cell, context: Context) -> str:
        text = _unwrapped(as_text(cell))
        match spoiled(text if isinstance(cell, str) else cell, identifies=True):
            case Spoiled.DATE:
                raise BadValue(
                    "date-for-identifier",
                    gettext_noop(
                        "There is a date (%(value)s) where %(column)s should be; a spreadsheet turned it into one."
                    ),
                    gettext_noop("Enter it again in the file, with the cell formatted as text."),
                )
            case Spoiled.SHORTENED:
                raise BadValue(
                    "shortened-number",
                    gettext_noop("“%(value)s” was shortened by a spreadsheet; the whole number is lost."),
                    gettext_noop("Export again and keep the column as text when you open the file."),
                )
        return known_by(one_line(text, longest=LONGEST_TEXT), longest=longest)

    return clean


def clean_name(longest: int) -> Clean:
    """Clean a name by which a product is found again where it has no id."""
    return lambda cell, context: known_by(one_line(_unwrapped(as_text(cell)), longest=LONGEST_TEXT), longest=longest)


clean_id = clean_identifier(100)


def clean_text(cell: Cell, context: Context) -> str:
    """Clean text of any number of lines."""
    return bounded(as_text(cell), longest=LONGEST_TEXT)


def clean_day(cell: Cell, context: Context) -> date:
    """Clean a date."""
    return read_day(as_text(cell), date_order=context.options.date_order, zone=context.options.zone)


def clean_instant(cell: Cell, context: Context) -> datetime:
    """Clean the moment of a change."""
    return read_instant(as_text(cell), date_order=context.options.date_order, zone=context.options.zone)


def clean_price(cell: Cell, context: Context) -> Decimal:
    """Clean a price of one piece, which may have a fraction of a cent."""
    cell = _in_currency(cell, context)
    if isinstance(cell, Decimal):
        return tidy_amount(undoubled(in_bounds(cell)), context.currency)
    return read_amount(_not_a_date(cell), currency=context.currency, decimal_mark=context.options.decimal_mark)


def clean_amount(cell: Cell, context: Context) -> Decimal:
    """Clean an amount that was charged or paid."""
    cell = _in_currency(cell, context)
    if isinstance(cell, Decimal):
        return tidy_amount(whole(undoubled(in_bounds(cell)), context.currency), context.currency)
    return read_whole_amount(_not_a_date(cell), currency=context.currency, decimal_mark=context.options.decimal_mark)


def clean_quantity(cell: Cell, context: Context) -> Decimal:
    """Clean how many, or how much by weight."""
    cell = _plain(cell)
    if isinstance(cell, Decimal):
        return tidy(undoubled(in_bounds(cell)))
    return read_quantity(_not_a_date(cell), decimal_mark=context.options.decimal_mark)


def clean_currency(cell: Cell, context: Context) -> str:
    """Clean the code of a currency."""
    code = as_text(cell).upper()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    raise BadValue(
        "not-a-currency",
        gettext_noop("“%(value)s” is not the three-letter code of a currency."),
        gettext_noop("Use the ISO code, such as USD."),
    )


def clean_word(find: Callable[[str], object], words: str) -> Clean:
    """Clean a word from a closed list.

    Args:
        find: Gives the meaning of a word; None for one that nobody knows.
        words: Some of the list, for the person who has to choose another.
    """

    def clean(cell: Cell, context: Context) -> Any:
        meaning = find(as_text(cell))
        if meaning is None:
            raise BadValue(
                "unknown-word",
                gettext_noop("“%(value)s” is not a word that is known in the column %(column)s."),
                gettext_noop("Use one of these, or leave it empty: %(words)s."),
                words=words,
            )
        return meaning

    return clean


@dataclass(frozen=True, kw_only=True)
class StatusRead:
    """A status and the word for it. Two known words that mean the same agree with each other."""

    status: OrderStatus
    word: str = field(compare=False)
    #: Tells words apart that are not known.
    unknown: str = ""

    def __str__(self) -> str:
        return self.word


def clean_status(cell: Cell, context: Context) -> StatusRead:
    """Clean the status of an order; what an unknown word means is asked later."""
    word = one_line(as_text(cell), longest=LONGEST_STATUS)
    status = kinds.order_status(word)
    return StatusRead(status=status, word=word, unknown=status_key(word) if status is OrderStatus.UNKNOWN else "")


def _in_currency(cell: Cell, context: Context) -> str | Decimal | date:
    """The value of a cell that shows no other currency than the order's."""
    if isinstance(cell, Number) and cell.currency:
        refuse_other_sign(cell.currency, context.currency)
    return _plain(cell)


def _plain(cell: Cell) -> str | Decimal | date:
    """The value of a cell, however it is shown."""
    return cell.value if isinstance(cell, Number) else cell.shown if isinstance(cell, Faulty) else cell


def _not_a_date(cell: str | date) -> str:
    """Text of a number; a date in its place is a number that a spreadsheet took for a date, and has lost."""
    if isinstance(cell, str):
        return cell
    raise BadValue(
        "date-for-number",
        gettext_noop("There is a date where a number should be; a spreadsheet turned it into one."),
        gettext_noop("Enter the number again in the file, with the cell formatted as a number."),
    )


def _unwrapped(text: str) -> str:
    """Take off what spreadsheets put around text that looks like a number."""
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1]
    return text.removeprefix("'") if text[:1] == "'" and text[1:2].isdigit() else text
