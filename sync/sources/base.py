"""What does every source of orders promise?

A layout reads a file and yields, in the order of the file, either an order with its evidence or everything that is
wrong with one. Nothing is skipped in silence, nothing is held in memory longer than one order, and what is wrong is
a value: where, what, and how to cure it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from books.json_types import Json
from books.messages import Message
from books.orders import Order
from books.translation import gettext_noop
from sync.sources.saved_columns import SavedColumns

DateOrder = Literal["mdy", "dmy", "ymd"]
DecimalMark = Literal[".", ","]

DATE_ORDERS: tuple[DateOrder, ...] = ("mdy", "dmy", "ymd")
DECIMAL_MARKS: tuple[DecimalMark, ...] = (".", ",")


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What the file cannot say itself: the company's own facts, and answers to what is ambiguous in it."""

    #: The company's home currency, for orders that name none.
    currency: str = "USD"
    #: Decides the calendar day of a moment that the source states in UTC.
    time_zone: str = "America/Denver"
    #: Whether 03/04/2026 is 4 March (`mdy`) or 3 April (`dmy`); None refuses to guess.
    date_order: DateOrder | None = None
    #: Whether 1,234 is a thousand (`.`) or one and a bit (`,`); None refuses to guess.
    decimal_mark: DecimalMark | None = None
    #: None finds it out.
    encoding: str | None = None
    #: How many rows, or orders of a file without rows, are read; None reads any number.
    most: int | None = None
    #: What people said about files with the same headings.
    saved_columns: tuple[SavedColumns, ...] = ()

    def __post_init__(self) -> None:
        """Refuse options that no reader can follow.

        Raises:
            ValueError: The time zone, date order or decimal mark is not one that exists.
        """
        if self.date_order not in (None, *DATE_ORDERS):
            raise ValueError(f"The date order is one of {', '.join(DATE_ORDERS)}, not “{self.date_order}”.")
        if self.decimal_mark not in (None, *DECIMAL_MARKS):
            raise ValueError(f"The decimal mark is a point or a comma, not “{self.decimal_mark}”.")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
            raise ValueError(f"There is no time zone “{self.time_zone}”; a valid one is America/Denver.") from fault

    @classmethod
    def kept(cls, plain: dict[str, Any]) -> ReadOptions:
        """What `dataclasses.asdict` made of it, as it comes back from JSON."""
        saved = (
            SavedColumns(name=columns["name"], meanings=tuple((name, label) for name, label in columns["meanings"]))
            for columns in plain.get("saved_columns", ())
        )
        return cls(**{**plain, "saved_columns": tuple(saved)})

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the file, or in the source itself where that was asked."""

    #: As a spreadsheet numbers it: the header is row 1. None for a file without rows.
    row: int | None = None
    #: Counted from 1. None for a file with rows.
    order: int | None = None
    #: What the order is called, where it was read from the source itself, and its key there.
    number: str = ""
    source_id: str = ""
    #: What the product is called, in a source's list of them.
    product: str = ""

    @property
    def words(self) -> Message:
        """The place as a person finds it: `row 14`, `order 7 of the file`, `order 1042`."""
        if self.product:
            return Message.of(gettext_noop("product %(name)s"), name=self.product)
        if self.number:
            return Message.of(gettext_noop("order %(number)s"), number=self.number)
        if self.row is not None:
            return Message.of(gettext_noop("row %(row)d"), row=self.row)
        if self.order is not None:
            return Message.of(gettext_noop("order %(order)d of the file"), order=self.order)
        return Message.of(gettext_noop("the file"))

    def __str__(self) -> str:
        return self.words.worded()


@dataclass(frozen=True, kw_only=True)
class OrderRead:
    """One order, and the evidence that it was read from."""

    order: Order
    #: Plain JSON, as the source gave it, with card data removed. Evidence for people; no amount is ever read from it.
    payload: Json
    place: Place
    #: What was decided in reading this one order.
    notices: tuple[Message, ...] = ()
    #: When the source changed the order last, by its own clock; None where it does not say.
    modified_at: datetime | None = None
    #: The order's status as the source writes it; empty when it has none.
    status_word: str = ""

    @property
    def where(self) -> str:
        """The place in English, as it is kept beside the order."""
        return str(self.place)


@dataclass(frozen=True, kw_only=True)
class RowError:
    """One thing in the file that keeps its order from being read, as a value."""

    #: Stable name of the kind of fault, such as `ambiguous-date`.
    code: str
    place: Place
    #: The column as the file's own header or field path names it; empty when it is about the whole row.
    column: str = ""
    #: What is written there, shortened when it is very long.
    value: str = ""
    #: What is wrong, and what to do about it.
    message: Message
    #: The number or id of the order that is therefore not read; empty when it cannot be told.
    order: str = ""
    #: The field of `ReadOptions` that answers the question, such as `date_order`; empty when none does.
    option: str = ""

    @property
    def where(self) -> str:
        """The place in English."""
        return str(self.place)

    @property
    def row(self) -> int | None:
        """The row as a spreadsheet numbers it; None for a file without rows."""
        return self.place.row


class UnreadableFile(Exception):
    """The file cannot be read at all: empty, not text, or not of this layout. Nothing was read from it."""

    def __init__(self, sentence: str, cure: str, **facts: object) -> None:
        self.message = Message.of(sentence, cure, **facts)
        super().__init__(self.message.worded())


def too_many(most: int) -> UnreadableFile:
    """A file has more rows than are read at once."""
    return UnreadableFile(
        gettext_noop("The file has more than %(most)s rows or orders, the most that are imported at once here."),
        gettext_noop(
            "Divide it into several files, or have the administrator import it on the server, where a file may have "
            "any length."
        ),
        most=f"{most:,}",
    )


Record = OrderRead | RowError


@dataclass(kw_only=True)
class Reading(Iterator[Record]):
    """A file being read: iterate over it once."""

    records: Iterator[Record]
    #: What a person should know about the whole file; complete when the last record was read.
    notices: list[Message] = field(default_factory=list)

    def __next__(self) -> Record:
        return next(self.records)


class ColumnHelp(Protocol):
    """A column or field of a layout, as a person reads about it."""

    @property
    def label(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def required(self) -> bool: ...


class Layout(Protocol):
    """A kind of file that orders come in."""

    @property
    def name(self) -> str:
        """As a command takes it: `orders-csv`."""
        ...

    @property
    def label(self) -> str: ...
    @property
    def help(self) -> str: ...

    @property
    def system(self) -> str:
        """The source system that the orders belong to: `keap`, `files`."""
        ...

    @property
    def columns(self) -> tuple[ColumnHelp, ...]: ...

    def read(self, file: BinaryIO, *, options: ReadOptions) -> Reading:
        """Read orders one by one.

        Args:
            file: Opened for bytes, at its start, able to seek. It stays open.
            options: The company's facts and the person's answers.

        Raises:
            UnreadableFile: Nothing can be read, found out before the first order.
        """
        ...
