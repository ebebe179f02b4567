"""What can be wrong with the rows of one order, in words?"""

from __future__ import annotations

from decimal import Decimal

from books.translation import gettext_noop
from sync.sources.files.tables import TableRow
from sync.sources.values import BadValue, shown


def empty() -> BadValue:
    """A needed cell is blank."""
    return BadValue(
        "empty",
        gettext_noop("%(column)s is empty."),
        gettext_noop("Fill it in; write 0 for nothing."),
    )


def no_number() -> BadValue:
    """A row belongs to no order."""
    return BadValue(
        "no-order-number",
        gettext_noop("The row has no order number, so it is not certain which order it belongs to."),
        gettext_noop("Fill in the number of its order, also when it is the order of the row above, or remove the row."),
    )


def nothing_sold() -> BadValue:
    """A row has a price and no name."""
    return BadValue(
        "nothing-sold",
        gettext_noop("The row has a price but does not say what was sold."),
        gettext_noop("Fill in a line item name, an SKU or a line type."),
    )


def no_lines() -> BadValue:
    """An order sells nothing."""
    return BadValue(
        "no-lines",
        gettext_noop("No row of the order says what was sold."),
        gettext_noop("Add a row with a line item name or SKU, a quantity and a price."),
    )


def day_swapped() -> BadValue:
    """A spreadsheet may have read a day in its own order of day and month."""
    return BadValue(
        "day-and-month-swapped",
        gettext_noop(
            "A spreadsheet made the date %(value)s, and may have swapped its day and month: other dates of this column "
            "are text, in an order that it could not read."
        ),
        gettext_noop(
            "Export the orders again and import that file as it is, or write every date of the column as "
            "year-month-day, such as 2026-08-31."
        ),
    )


def counted_from_1904() -> BadValue:
    """A workbook that counts its days from 1904 has a number where a date should be."""
    return BadValue(
        "day-counted-from-1904",
        gettext_noop(
            "%(value)s is a number without a date format, and this workbook counts its days from 1904: it is not "
            "certain which day is meant."
        ),
        gettext_noop(
            "Give the column a date format in the spreadsheet and check that the dates are right, or write every date "
            "as year-month-day, such as 2026-08-31."
        ),
    )


def cut_off(cells: int, columns: int) -> BadValue:
    """The file ends in the middle of a row."""
    return BadValue(
        "cut-off",
        gettext_noop(
            "The file ends in the middle of this row: it has %(cells)d cells of %(columns)d, and no line end as the "
            "rows above it have."
        ),
        gettext_noop("Export or download the file again: the end of it is missing."),
        cells=cells,
        columns=columns,
    )


def line_twice(key: str) -> BadValue:
    """Two lines have one id."""
    return BadValue(
        "line-id-twice",
        gettext_noop("Another line of the order has the id %(key)s."),
        gettext_noop("Give each line its own id, or leave the column out."),
        key=key,
    )


def too_many_cells(cells: int, columns: int) -> BadValue:
    """A row is longer than the header."""
    return BadValue(
        "too-many-cells",
        gettext_noop("The row has %(cells)d cells, but the file has %(columns)d columns, so its values are shifted."),
        gettext_noop("A text with the separator in it must be in quotation marks; save the file again."),
        cells=cells,
        columns=columns,
    )


def id_twice(number: str, other: str) -> BadValue:
    """Two orders have one id."""
    return BadValue(
        "order-id-twice",
        gettext_noop("Order %(number)s and order %(other)s of the file are both known by the id %(value)s."),
        gettext_noop("Give each order an Order Id of its own, or leave that column out of every file."),
        number=number,
        other=other,
    )


def too_many_rows(most: int) -> BadValue:
    """An order has more rows than any."""
    return BadValue(
        "too-many-rows",
        gettext_noop("More than %(most)s rows have this order number one after the other, as no order has."),
        gettext_noop("Check the column of order numbers: each order needs its own."),
        most=f"{most:,}",
    )


def rows_disagree(earlier: TableRow, value: object) -> BadValue:
    """Two rows of one order contradict each other."""
    return BadValue(
        "rows-disagree",
        gettext_noop("The column says “%(value)s” here and “%(earlier)s” in row %(earlier_row)d of the same order."),
        gettext_noop("Make all rows of the order say the same, or leave the cell empty after the first."),
        earlier=shown(value),
        earlier_row=earlier.number,
    )


def does_not_multiply(quantity: Decimal, price: Decimal, extended: Decimal) -> BadValue:
    """Quantity, price and amount do not fit."""
    return BadValue(
        "does-not-multiply",
        gettext_noop("%(quantity)s times %(price)s is %(extended)s, but the line says %(value)s."),
        gettext_noop("Correct the quantity, the price or the amount."),
        quantity=quantity,
        price=price,
        extended=extended,
    )


def reference_twice(earlier: int) -> BadValue:
    """Two payments have one reference."""
    return BadValue(
        "payment-reference-twice",
        gettext_noop("Row %(earlier_row)d of the order has another payment with the reference “%(value)s”."),
        gettext_noop("Give each payment its own reference, or repeat all of its cells exactly."),
        earlier_row=earlier,
    )


def payments_missing(word: str) -> BadValue:
    """An order says that money moved, and no row shows any."""
    return BadValue(
        "payments-missing",
        gettext_noop("The order's status is “%(word)s”, but none of its rows has a payment."),
        gettext_noop(
            "Was it paid? Fill in Payment Date and Payment Amount. Where it is to be posted as unpaid, its status is "
            "Unpaid."
        ),
        word=word,
    )
