"""How do the rows of one order become an order?

Cells are cleaned column by column; what is said about the order must be the same in each of its rows. Everything that
is wrong is kept, each with its row and column, and one fault anywhere keeps the whole order back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from books.money import ZERO, rounded
from books.orders import Address, Customer, Line, LineType, Order, OrderStatus, Section, line_amount, made_id
from sync.sources.ages import latest
from sync.sources.amounts import in_bounds, tidy
from sync.sources.base import OrderRead, Place, ReadOptions, RowError
from sync.sources.days import is_day_number
from sync.sources.evidence import is_storable, unstorable, without_secrets
from sync.sources.files.columns import Column, Context, Level, MatchedColumns, as_text, clean_day, refuse_no_value
from sync.sources.files.order_columns import (
    CURRENCY,
    LINE_AMOUNT,
    LINE_NAME,
    MODIFIED,
    ORDER_DATE,
    ORDER_NUMBER,
    PAYMENT_AMOUNT,
    PAYMENT_DATE,
    PAYMENT_REFERENCE,
    PRICE,
    QUANTITY,
    STATUS,
    TAXABLE,
)
from sync.sources.files.order_drafts import LineDraft, OrderDraft, PaymentDraft
from sync.sources.files.row_faults import (
    counted_from_1904,
    cut_off,
    day_swapped,
    does_not_multiply,
    empty,
    line_twice,
    no_lines,
    no_number,
    nothing_sold,
    payments_missing,
    reference_twice,
    rows_disagree,
    too_many_cells,
)
from sync.sources.files.tables import Cell, TableRow, made_day
from sync.sources.identifiers import about_long_identifiers
from sync.sources.kinds import says_arrived, says_money_moved
from sync.sources.money_rows import MoneyRow, sort_out
from sync.sources.values import BadValue, Faults

#: Unit prices finer than this are not kept by QuickBooks. Source: reference of Item, UnitPrice.
_FINEST_PRICE = Decimal("0.0000001")
#: So many clean values are kept while a file is read.
_KEPT = 10_000


@dataclass(frozen=True, kw_only=True)
class OrderRows:
    """The rows of one order, as they are in the file."""

    number: str
    rows: tuple[TableRow, ...]


class RowOrderReader:
    """Reads orders of one file, whose columns are known."""

    def __init__(self, header: Sequence[str], matched: MatchedColumns, options: ReadOptions) -> None:
        self.header = header
        self.matched = matched
        self.options = options
        self.columns = {level: matched.of_level(level) for level in Level}
        #: Columns in which a spreadsheet may have swapped day and month of the days that it made.
        self.swapped_days: frozenset[Column] = frozenset()
        #: Whether a number without a date format may be a day that is counted from 1904.
        self.counts_from_1904 = False
        #: Dates, prices and SKUs come again and again in a file
        self.cleaned = lru_cache(maxsize=_KEPT)(_cleaned)
        self._names = tuple(name or f"column {position}" for position, name in enumerate(header, start=1))

    def read(self, found: OrderRows) -> OrderRead | tuple[RowError, ...]:
        """The order with its evidence, or everything that is wrong with it; never both."""
        place = Place(row=found.rows[0].number)
        faults = Faults(place, order=found.number)
        rows = tuple(self._checked(row, faults) for row in found.rows)
        reading = _OneOrder(self, rows, faults)
        order = None if faults else reading.read()
        if faults or order is None:
            return faults.errors()
        payload = {"rows": [self._evidence(row) for row in rows]}
        status = reading.draft.status
        return OrderRead(
            order=order,
            payload=payload,
            place=place,
            notices=about_long_identifiers(order),
            modified_at=reading.draft.modified_at,
            status_word=status.word if status else "",
        )

    def name_of(self, column: Column) -> str:
        """The column as the file's own header names it."""
        position = self.matched.positions.get(column)
        return column.label if position is None else self.header[position]

    def _checked(self, row: TableRow, faults: Faults) -> TableRow:
        """The row without card data, with the faults that concern all of it kept."""
        place = Place(row=row.number)
        if row.cut_off:
            faults.add(cut_off(len(row.cells), len(self.header)), place=place, value=as_text(row.cells[-1]))
        if any(as_text(cell) for cell in row.cells[len(self.header) :]):
            fault = too_many_cells(len(row.cells), len(self.header))
            faults.add(fault, place=place, value=as_text(row.cells[-1]))
        if not as_text(self.matched.cell(ORDER_NUMBER, row.cells)):
            faults.add(no_number(), column=self.name_of(ORDER_NUMBER), place=place)
        named = zip(self.header, row.cells, strict=False)
        clean = tuple(without_secrets(cell, name=name) for name, cell in named)
        for name, cell in zip(self.header, clean, strict=False):
            if not is_storable(as_text(cell)):
                faults.add(unstorable(), column=name, place=place)
        return TableRow(number=row.number, cells=clean)

    def _evidence(self, row: TableRow) -> dict[str, str]:
        """The row by the file's own header."""
        return dict(zip(self._names, map(as_text, row.cells), strict=False))


class _OneOrder:
    """One order while it is read."""

    def __init__(self, reader: RowOrderReader, rows: Sequence[TableRow], faults: Faults) -> None:
        self.reader = reader
        self.rows = rows
        self.faults = faults
        self.context = Context(options=reader.options, currency=reader.options.currency)
        self.draft = OrderDraft()

    def read(self) -> Order | None:
        """The order; None when its day is missing."""
        self._read_order_columns()
        draft = self.draft
        status = draft.status.status if draft.status else OrderStatus.SALE
        lines = self._lines()
        rows = self._payments()
        moved = sort_out(rows, faults=self.faults)
        if not rows and not self.faults and any(line.amount for line in lines):
            self._refuse_untold_payments()
        if not lines and not self.faults and status is OrderStatus.SALE:
            self._add(no_lines(), LINE_NAME, self.rows[0])
        if draft.placed_on is None:
            if not self.faults:
                self._add(empty(), ORDER_DATE, self.rows[0])
            return None
        return Order(
            source_id=draft.source_id or draft.number,
            number=draft.number,
            placed_on=draft.placed_on,
            currency=self.context.currency,
            customer=_customer(draft),
            lines=lines,
            status=status,
            stated_total=draft.stated_total,
            payments=moved.payments,
            credits=moved.credits,
            refunds=moved.refunds,
            note=draft.note,
        )

    def _refuse_untold_payments(self) -> None:
        """An order that says it was paid, or refunded, and shows no payment would be posted as unpaid."""
        for row in self.rows:
            word = as_text(self.reader.matched.cell(STATUS, row.cells))
            if says_money_moved(word):
                self._add(payments_missing(word), STATUS, row)
                return

    def _add(self, fault: BadValue, column: Column, row: TableRow) -> None:
        """Keep a fault of one cell."""
        value = as_text(self.reader.matched.cell(column, row.cells))
        self.faults.add(fault, column=self.reader.name_of(column), value=value, place=Place(row=row.number))

    def _clean(self, column: Column, row: TableRow) -> object:
        """The clean value of a cell; None when it is blank or wrong."""
        cell = self.reader.matched.cell(column, row.cells)
        if not as_text(cell):
            return None
        if column in self.reader.swapped_days and (day := made_day(cell)) and day.month != day.day:
            self._add(day_swapped(), column, row)
            return None
        if self.reader.counts_from_1904 and column.clean is clean_day and is_day_number(as_text(cell)):
            self._add(counted_from_1904(), column, row)
            return None
        try:
            # What a workbook has can equal a value that it shows in another way, such as 17 and 17.0
            clean = self.reader.cleaned if isinstance(cell, str) else _cleaned
            return clean(column, cell, self.context)
        except BadValue as fault:
            self._add(fault, column, row)
            return None

    def _read_order_columns(self) -> None:
        """What the rows say about the whole order; the currency first, because amounts are read in it."""
        self._read_order_column(CURRENCY)
        if self.draft.currency:
            self.context = Context(options=self.context.options, currency=self.draft.currency)
        for column in self.reader.columns[Level.ORDER]:
            if column is not CURRENCY:
                self._read_order_column(column)

    def _read_order_column(self, column: Column) -> None:
        """One value for the whole order: blank cells agree with everything, different ones are a fault."""
        seen: dict[str, tuple[TableRow, Any]] = {}
        for row in self.rows:
            text = as_text(self.reader.matched.cell(column, row.cells)).casefold()
            if text and text not in seen:
                seen[text] = (row, self._clean(column, row))
        values = [(row, value) for row, value in seen.values() if value is not None]
        if column is MODIFIED:  # a source may date each line by itself
            self.draft.modified_at = latest(*(value for _, value in values))
            return
        if values:
            column.assign(self.draft, values[0][1])
        for row, value in values[1:]:
            if value != values[0][1]:
                self._add(rows_disagree(*values[0]), column, row)

    def _fill(self, draft: object, level: Level, row: TableRow) -> bool:
        """Clean every cell of a level into its draft; whether there is any and all of them are good."""
        before, filled = len(self.faults), False
        for column in self.reader.columns[level]:
            if (value := self._clean(column, row)) is not None:
                column.assign(draft, value)
                filled = True
        return filled and len(self.faults) == before

    def _lines(self) -> tuple[Line, ...]:
        lines: dict[str, Line] = {}
        for row in self.rows:
            draft = LineDraft()
            if self._fill(draft, Level.LINE, row):
                line = self._line(draft, row, position=len(lines) + 1)
                if line.key in lines:
                    self._add(line_twice(line.key), QUANTITY, row)
                lines[line.key] = line
        return tuple(lines.values())

    def _line(self, draft: LineDraft, row: TableRow, *, position: int) -> Line:
        is_named = draft.name or draft.sku or draft.product_id or draft.product_name
        if draft.line_type is None and not is_named:
            self._add(nothing_sold(), LINE_NAME, row)
        line_type = draft.line_type or LineType.PRODUCT
        is_product = line_type.section is Section.PRODUCT
        quantity, price, amount = self._sums(draft, row)
        return Line(
            key=draft.source_id or str(position),
            line_type=line_type,
            quantity=quantity,
            unit_price=price,
            amount=amount,
            name=draft.name or (draft.product_name if is_product else ""),
            description=draft.description,
            product_id=draft.product_id,
            product_name=draft.product_name or (draft.name if is_product else ""),
            sku=draft.sku,
            taxable=draft.taxable,
        )

    def _sums(self, draft: LineDraft, row: TableRow) -> tuple[Decimal, Decimal, Decimal]:
        """Quantity, price and amount of a line; what is not given follows from the other two."""
        quantity, price, amount = draft.quantity, draft.price, draft.amount
        if quantity is None:
            self._add(empty(), QUANTITY, row)
        if price is None and amount is None:
            self._add(empty(), PRICE if PRICE in self.reader.matched.positions else LINE_AMOUNT, row)
        if quantity is None or (price is None and amount is None):
            return ZERO, ZERO, ZERO
        if price is None:
            price = _price(amount or ZERO, quantity, self.context.currency)
        extended = line_amount(quantity, price, self.context.currency)
        if amount is not None and extended != amount:
            self._add(does_not_multiply(quantity, price, extended), LINE_AMOUNT, row)
        within = partial(in_bounds, extended)
        self.faults.attempt(within, otherwise=ZERO, column=self.reader.name_of(PRICE), place=Place(row=row.number))
        return quantity, price, extended

    def _payments(self) -> list[MoneyRow]:
        """Every payment once: sources repeat the order's only payment in each of its rows."""
        found: dict[str, tuple[TableRow, PaymentDraft]] = {}
        for row in self.rows:
            draft = PaymentDraft()
            if not self._fill(draft, Level.PAYMENT, row) or not self._is_payment(draft, row):
                continue
            source_id = draft.reference or _derived_id(self.draft.number, draft, self.context.currency)
            earlier = found.setdefault(source_id, (row, draft))
            if earlier[1] != draft:
                self._add(reference_twice(earlier[0].number), PAYMENT_REFERENCE, row)
        return [self._money_row(source_id, *row_and_draft) for source_id, row_and_draft in found.items()]

    def _is_payment(self, draft: PaymentDraft, row: TableRow) -> bool:
        """Whether the row carries a payment. A method alone is how the customer means to pay."""
        if draft.amount is None:
            if draft.paid_on or draft.reference or says_arrived(draft.status):
                self._add(empty(), PAYMENT_AMOUNT, row)
            return False
        if draft.paid_on is None and draft.amount:
            self._add(empty(), PAYMENT_DATE, row)
        return draft.paid_on is not None

    def _money_row(self, source_id: str, row: TableRow, draft: PaymentDraft) -> MoneyRow:
        return MoneyRow(
            place=Place(row=row.number),
            column=self.reader.name_of(PAYMENT_AMOUNT),
            source_id=source_id,
            day=draft.paid_on or date.min,
            amount=draft.amount or ZERO,
            label=draft.method,
            status=draft.status,
            reference=draft.reference,
        )


def _cleaned(column: Column, cell: Cell, context: Context) -> object:
    """The clean value of a cell.

    Raises:
        BadValue: It is none that the column takes.
    """
    if not (column is TAXABLE and as_text(cell) in ("TRUE", "FALSE")):  # there a yes or no is the value
        refuse_no_value(cell)
    return column.clean(cell, context)


def _customer(draft: OrderDraft) -> Customer:
    return Customer(
        source_id=draft.customer_id,
        given_name=draft.given_name,
        family_name=draft.family_name,
        company_name=draft.company_name,
        email=draft.email,
        phone=draft.phone,
        billing=Address(
            line1=draft.billing_line1,
            line2=draft.billing_line2,
            city=draft.billing_city,
            region=draft.billing_region,
            postal_code=draft.billing_postal_code,
            country=draft.billing_country,
        ),
        shipping=Address(
            line1=draft.shipping_line1,
            line2=draft.shipping_line2,
            city=draft.shipping_city,
            region=draft.shipping_region,
            postal_code=draft.shipping_postal_code,
            country=draft.shipping_country,
        ),
    )


def _price(amount: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """The price of one, in whole cents where that multiplies out, else as fine as QuickBooks keeps prices."""
    if not quantity:
        return ZERO
    coarse = rounded(amount / quantity, currency)
    if line_amount(quantity, coarse, currency) == amount:
        return coarse
    return tidy((amount / quantity).quantize(_FINEST_PRICE))


def _derived_id(order: str, draft: PaymentDraft, currency: str) -> str:
    """An id for a payment that has no reference: the same for the same day, amount and method."""
    amount = rounded(draft.amount or ZERO, currency)
    facts = "|".join((order, str(draft.paid_on), str(amount), draft.method.casefold(), draft.status.casefold()))
    return made_id(facts)
