"""How is a file of Keap orders read: what its REST versions 1 and 2 return, with items and payments?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import BinaryIO, TextIO
from zoneinfo import ZoneInfo

from books.json_types import Json
from books.messages import Message
from books.outside.file_kinds import looks_like_a_table
from books.outside.nesting import DEEPEST, is_too_deep
from books.translation import gettext_noop
from sync.sources.ages import newest_is_certain
from sync.sources.base import OrderRead, Place, Reading, ReadOptions, Record, RowError, UnreadableFile, too_many
from sync.sources.files.encodings import find_encoding, text_of
from sync.sources.files.json_stream import BrokenJson, JsonEntry, PageFacts, values
from sync.sources.keap.orders import modified_at, read_order
from sync.sources.keap.payments import PAYMENT_LISTS
from sync.sources.keap.payments_beside import PaymentsBeside, is_page_of_payments, is_payment


@dataclass(frozen=True, kw_only=True)
class JsonField:
    """A field of the file, as a person reads about it."""

    label: str
    help: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class KeapOrdersJson:
    """Orders as Keap's REST versions 1 and 2 return them."""

    name: str = "keap-orders-json"
    label: str = gettext_noop("Keap orders (JSON)")
    help: str = gettext_noop(
        "What Keap's REST API returns for orders, version 1 or 2, each order with its order_items and its payments. "
        "A list, a page with a list named orders, or one order per line."
    )
    system: str = "keap"
    columns: tuple[JsonField, ...] = (
        JsonField(label="id", help=gettext_noop("The order's id; becomes the invoice number."), required=True),
        JsonField(
            label="order_date, order_time",
            help=gettext_noop("When the order was placed; a moment in UTC, or a day."),
            required=True,
        ),
        JsonField(
            label="order_items",
            help=gettext_noop("The lines: type, quantity, price, name, description, product with id, name and sku."),
            required=True,
        ),
        JsonField(
            label="contact",
            help=gettext_noop("Who bought: id, names, company, email, phone numbers, addresses."),
        ),
        JsonField(label="total", help=gettext_noop("What the lines must add up to.")),
        JsonField(label="status", help=gettext_noop("DRAFT is not posted; SENT, VIEWED and PAID are sales.")),
        JsonField(
            label="payments",
            help=gettext_noop(
                "What was paid, credited and refunded: id, amount, pay_date, pay_status, type. Needed for an order "
                "whose total_paid is not zero. In each order, or beside the orders with an order_id or keyed by it."
            ),
        ),
        JsonField(
            label="modification_date, modification_time",
            help=gettext_noop("When the order changed last: an older version never replaces a newer one."),
        ),
        JsonField(label="payment_plan", help=gettext_noop("Kept with the order; it changes no document.")),
        JsonField(label="shipping_information", help=gettext_noop("Where the order was sent.")),
        JsonField(
            label="source_type",
            help=gettext_noop("Orders that came from QuickBooks (QBO_SYNC, QUICKBOOKS) are never sent back."),
        ),
    )

    def read(self, file: BinaryIO, *, options: ReadOptions) -> Reading:
        """See `Layout.read`."""
        encoding, found_out = find_encoding(file, given=options.encoding)
        _refuse_a_table(file, encoding)
        notices = list(found_out)
        records = _Records(options=options, notices=notices).read(file, encoding)
        first = next(records, None)
        return Reading(records=records if first is None else chain((first,), records), notices=notices)


@dataclass(kw_only=True)
class _Records:
    """The orders of one file, and what it said so far."""

    options: ReadOptions
    notices: list[Message]
    count: int = 0
    #: What the last page said about itself.
    page: Json = field(default_factory=dict)
    #: The ids of which nothing says which of their different contents is the newest, each with its place.
    undecided: dict[str, list[int]] = field(default_factory=dict)
    beside: PaymentsBeside = field(default_factory=PaymentsBeside)
    has_more_payments: bool = False

    def read(self, file: BinaryIO, encoding: str) -> Iterator[Record]:
        self.beside = _beside(file, encoding, most=self.options.most)
        self.undecided = _undecided(file, encoding, zone=self.options.zone)
        with text_of(file, encoding) as text:
            for value in _values(text):
                match value:
                    case JsonEntry():
                        self.count += 1
                        yield from self._order(value)
                    case PageOfPayments():
                        self.has_more_payments |= bool(value.facts.get("next_page_token"))
                    case PageFacts():
                        self.page = value.facts
                    case BrokenJson():
                        self.count += 1
                        yield self._broken(value)
        yield from self.beside.left_over()
        self.notices.extend(self._missing())

    def _order(self, found: JsonEntry) -> Iterator[Record]:
        place = Place(order=self.count)
        if not isinstance(found.value, dict):
            yield _not_an_order(place, found.value)
            return
        joined = self.beside.joined(found.value)
        if is_too_deep(found.value):
            yield _too_deep(place)
            return
        if self.count == 1:
            _refuse_other_content(found.value)
        places = self.undecided.get(str(found.value.get("id")))
        if places:
            other = next(number for number in places if number != self.count)
            yield _repeated(place, found.value["id"], other)
            return
        read = read_order(joined, options=self.options, place=place)
        if isinstance(read, OrderRead):
            yield read
        else:
            yield from read

    def _missing(self) -> Iterator[Message]:
        """What the file says is not in it."""
        if self.has_more_payments:
            yield Message(sentence=_MORE_PAYMENTS)
        count = self.page.get("count")
        if isinstance(count, int) and count > self.count:
            yield Message.of(_MORE_ORDERS, count=count, held=self.count)
        elif self.page.get("next_page_token"):
            yield Message(sentence=_MORE_PAGES)
        elif not self.count:
            yield Message(sentence=_NO_ORDERS)

    def _broken(self, fault: BrokenJson) -> RowError:
        facts = {"what": fault.what.removesuffix(" at"), "line": fault.line, "text_column": fault.column}
        if self.count == 1 and not fault.goes_on:
            raise UnreadableFile(_NOT_JSON, _EXPORT_AGAIN, **facts)
        sentence, cure = (_NOT_JSON, _EXPORT_AGAIN) if fault.goes_on else (_BREAKS_OFF, _EXPORT_THE_REST)
        return RowError(code="not-json", place=Place(order=self.count), message=Message.of(sentence, cure, **facts))


class PageOfPayments(PageFacts):
    """A page of the list of all payments, which is a value of its own."""


def _values(text: TextIO) -> Iterator[JsonEntry | PageFacts | BrokenJson]:
    """As `values`, and a page of payments of its own is told from an order."""
    for value in values(text):
        if isinstance(value, JsonEntry) and is_page_of_payments(value.value):
            yield PageOfPayments(facts=value.value)
        else:
            yield value


def _beside(file: BinaryIO, encoding: str, *, most: int | None) -> PaymentsBeside:
    """The payments beside the orders, found before the first order is read: they may come after the orders.

    Raises:
        UnreadableFile: They cannot be joined to their orders, or there are more than `most` orders.
    """
    beside = PaymentsBeside()
    orders, without_own, has_object = 0, False, False
    with text_of(file, encoding) as text:
        for value in _values(text):
            if isinstance(value, PageFacts):
                beside.add_page(value.facts)
            elif isinstance(value, BrokenJson) or not isinstance(value.value, dict):
                orders += 1
                has_object |= isinstance(value, BrokenJson)
            else:
                has_object = True
                orders += 1
                without_own |= not any(value.value.get(name) for name in PAYMENT_LISTS)
            if most is not None and orders > most:
                raise too_many(most)
    if orders and not has_object:
        raise UnreadableFile(_NO_OBJECTS, _EXPORT_AGAIN)
    if beside and not orders:
        raise _only_payments()
    if without_own:
        beside.refuse_transactions()
    return beside


def _undecided(file: BinaryIO, encoding: str, *, zone: ZoneInfo) -> dict[str, list[int]]:
    """The ids that are in the file with different content, where no date says which is the newest.

    Found before the first order is read, so that the one that happens to come first is not believed.
    """
    digests: dict[str, int] = {}
    repeated: set[str] = set()
    with text_of(file, encoding) as text:
        for order in _orders(text):
            key = str(order.value.get("id") or "")
            if key and digests.setdefault(key, order.digest) != order.digest:
                repeated.add(key)
    if not repeated:
        return {}
    listings: dict[str, list[tuple[int, datetime | None]]] = defaultdict(list)
    places: dict[str, list[int]] = defaultdict(list)
    with text_of(file, encoding) as text:
        for number, order in enumerate(_orders(text, others=True), start=1):
            key = str(order.value.get("id") or "") if isinstance(order.value, dict) else ""
            if key in repeated:
                listings[key].append((order.digest, modified_at(order.value, zone=zone)))
                places[key].append(number)
    return {key: places[key] for key, seen in listings.items() if not newest_is_certain(seen)}


def _orders(text: TextIO, *, others: bool = False) -> Iterator[JsonEntry]:
    """The objects of the file; with `others`, whatever else is counted as an order too."""
    for value in _values(text):
        if isinstance(value, BrokenJson) and others:
            yield JsonEntry(value=None, digest=0)
        elif isinstance(value, JsonEntry) and (others or isinstance(value.value, dict)):
            yield value


#: How much of a file tells what it is.
_FIRST = 4000
_NO_OBJECTS = gettext_noop("The file is JSON, but nothing in it is an order: an object with named fields.")
_NO_ORDERS = gettext_noop("The file holds no orders.")
_MORE_ORDERS = gettext_noop("The file says that there are %(count)d orders; it holds %(held)d of them.")
_MORE_PAGES = gettext_noop("The file is one page of a longer list; the following pages are not in it.")
_MORE_PAYMENTS = gettext_noop(
    "The payments in the file are one page of a longer list; the following pages are not in it."
)
_NOT_JSON = gettext_noop("This is not JSON: %(what)s at line %(line)d, character %(text_column)d.")
_BREAKS_OFF = gettext_noop(
    "The file cannot be read from here on, it is not JSON: %(what)s at line %(line)d, character %(text_column)d."
)
_EXPORT_AGAIN = gettext_noop("Export the orders again, unchanged.")
_EXPORT_THE_REST = gettext_noop("Export the orders again; those before this place were read.")


def _refuse_a_table(file: BinaryIO, encoding: str) -> None:
    with text_of(file, encoding) as text:
        if looks_like_a_table(text.read(_FIRST)):
            raise UnreadableFile(
                gettext_noop("The file is a table (CSV), not Keap's JSON."),
                gettext_noop("Choose the layout Orders (CSV or Excel) and import it again."),
            )


def _refuse_other_content(value: Json) -> None:
    if is_payment(value):
        raise _only_payments()
    if "id" in value or "order_items" in value:
        return
    raise UnreadableFile(
        gettext_noop("The file is JSON, but no order of Keap: it has neither id nor order_items. It has: %(found)s."),
        gettext_noop("Export the orders from Keap's REST API, with their items and payments."),
        found=", ".join(list(value)[:20]) or "-",
    )


def _only_payments() -> UnreadableFile:
    return UnreadableFile(
        gettext_noop("The file is a list of payments, without the orders that they are of."),
        gettext_noop("Export the orders, each with its payments in a list named payments."),
    )


def _not_an_order(place: Place, value: object) -> RowError:
    return RowError(
        code="not-an-object",
        place=place,
        value=str(value)[:80],
        message=Message(
            sentence=gettext_noop("There should be an order here, an object with named fields."), cure=_EXPORT_AGAIN
        ),
    )


def _too_deep(place: Place) -> RowError:
    sentence = gettext_noop("The order is nested more than %(levels)d levels deep, as no order is.")
    message = Message.of(sentence, _EXPORT_AGAIN, levels=DEEPEST)
    return RowError(code="nested-too-deeply", place=place, message=message)


def _repeated(place: Place, number: object, other: int) -> RowError:
    shown = str(number)[:80]
    message = Message.of(
        gettext_noop(
            "Order %(value)s is here and is order %(other)d of the file too, with different content, and no "
            "modification date says which one is newer."
        ),
        gettext_noop("Keep the one that is right and import again; neither of them was read."),
        value=shown,
        other=other,
    )
    return RowError(code="order-twice", place=place, column="id", value=shown, message=message, order=shown)
