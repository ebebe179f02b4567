"""Is an order of a file really the one that is known by its id, or really one that is not known yet?

A file's orders are known by their Order Id, or by their number where it gives none. So the number of one order can be
the id of another, and a spreadsheet that takes `00123` for a number makes another order of the same sale. Either would
be posted wrongly, so it is said and left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from books.messages import Message
from books.orders import Order
from books.translation import gettext_noop
from sync.models import Connection, StagedOrder
from sync.sources.base import OrderRead, RowError
from sync.sources.files import LAYOUTS

_FILES = LAYOUTS["orders-csv"].system
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
#: A program that keeps numbers with decimals writes 1001 so.
_DECIMAL = re.compile(r"([0-9]+)\.0+", re.ASCII)
#: As many digits as the number of an order is filled up to with zeros.
_MOST_DIGITS = 12


def other_orders(
    connection: Connection, read: Sequence[OrderRead], known: dict[str, StagedOrder]
) -> dict[int, RowError]:
    """The orders of a file that must not be staged, by their place among those that were read.

    Args:
        connection: The source. Only files are in doubt: every other source gives each order an id of its own.
        read: Orders with different ids.
        known: The source's orders by their id.
    """
    if connection.kind != _FILES:
        return {}
    found = {
        place: _id_of_another(reading, row)
        for place, reading in enumerate(read)
        if (row := known.get(reading.order.source_id)) and _is_another(reading.order, row)
    }
    return found | dict(_written_otherwise(connection, read, known))


def _is_another(order: Order, row: StagedOrder) -> bool:
    """Whether an order that has the id of a known one is another sale."""
    if order.number == row.number:
        return False
    if order.source_id == order.number:  # it is known by its number, and the other one by its id
        return True
    customer, day = order.customer.key != row.customer_key, order.placed_on != row.placed_on
    return customer or day if row.source_id == row.number else customer and day


def _written_otherwise(
    connection: Connection, read: Sequence[OrderRead], known: dict[str, StagedOrder]
) -> Iterator[tuple[int, RowError]]:
    """New orders that are known already, under a number that a spreadsheet wrote in another way."""
    new = [place for place, reading in enumerate(read) if reading.order.source_id not in known]
    spellings = {spelling for place in new for spelling in _spellings(read[place].order.source_id)}
    rows = StagedOrder.objects.filter(connection=connection, source_id__in=sorted(spellings)) if spellings else ()
    alike = {(_number_key(row.source_id), row.customer_key, row.placed_on): row.source_id for row in rows}
    for place in new:
        order = read[place].order
        same = alike.setdefault((_number_key(order.source_id), order.customer.key, order.placed_on), order.source_id)
        if same != order.source_id:
            yield place, _known_as(read[place], same)


def _number_key(number: str) -> str:
    """A number without what programs add to it or take from it: zeros in front, `.0`, #, spaces, capital letters."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", number))
    plain = "".join(plain.split()).casefold().removeprefix("#")
    plain = found[1] if (found := _DECIMAL.fullmatch(plain)) else plain
    return plain.lstrip("0") or "0" if _DIGITS.fullmatch(plain) else plain


def _spellings(number: str) -> set[str]:
    """The ways to write a number by which it may be known already."""
    key = _number_key(number)
    ways = {key, key.upper(), number.casefold(), number.upper(), *_filled_up(key)}
    return {*ways, *(f"#{way}" for way in ways)} - {number}


def _filled_up(key: str) -> Iterable[str]:
    if not _DIGITS.fullmatch(key):
        return ()
    return (f"{key}.0", *(key.zfill(digits) for digits in range(len(key) + 1, _MOST_DIGITS + 1)))


def _id_of_another(reading: OrderRead, row: StagedOrder) -> RowError:
    order = reading.order
    return RowError(
        code="id-of-another-order",
        place=reading.place,
        column="Order Id",
        value=order.source_id,
        message=Message.of(
            gettext_noop("Order %(number)s has the id %(value)s, by which order %(known)s is known already."),
            gettext_noop("Give each order an Order Id of its own, or leave that column out of every file."),
            number=order.number,
            value=order.source_id,
            known=row.number,
        ),
        order=order.number,
    )


def _known_as(reading: OrderRead, known: str) -> RowError:
    order = reading.order
    return RowError(
        code="number-written-otherwise",
        place=reading.place,
        column="Order Number" if order.source_id == order.number else "Order Id",
        value=order.source_id,
        message=Message.of(
            gettext_noop(
                "Order %(value)s looks like order %(known)s, which is known already: the customer and the day are the "
                "same, and a spreadsheet may have written the number in another way."
            ),
            gettext_noop("Write the number as it was, %(known)s; if it is another sale, give it another number."),
            value=order.source_id,
            known=known,
        ),
        order=order.number,
    )
