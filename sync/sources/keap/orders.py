"""What did Keap sell? One order of its REST version 1 or 2, with its lines and payments, read into an `Order`.

Both versions are read by the same code, field by field, because exports mix them: a name that only one of them uses
is looked for in every order. What an order comes to is price times quantity of its lines, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from books.messages import Message
from books.money import ZERO, rounded, total
from books.orders import Line, LineType, Order, OrderStatus
from books.statuses import LONGEST_STATUS
from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.ages import latest, stated_moment
from sync.sources.amounts import in_bounds, multiplied_out
from sync.sources.base import OrderRead, Place, ReadOptions, RowError
from sync.sources.evidence import check_characters, plain_json, without_secrets
from sync.sources.fields import Fields, listed, missing
from sync.sources.identifiers import about_long_identifiers, known_by
from sync.sources.keap.contacts import read_customer
from sync.sources.keap.money import currency_of, read_money
from sync.sources.keap.payments import PAYMENT_LISTS, read_payments, read_plan
from sync.sources.money_rows import MoneyMoved
from sync.sources.values import LONGEST_TEXT, BadValue, Faults

#: What a stored order number has room for.
LONGEST_ID = 100

_DATES = ("order_date", "order_time", "creation_date", "creation_time", "date_created")
_CHANGED = ("modification_date", "modification_time", "last_updated", "last_updated_time", "update_time")
_UNKNOWN_LINE_TYPE = gettext_noop(
    "Line %(position)d states the type “%(word)s”, which is not known; it is read as Unknown Type."
)
_DISCOUNT_IN_PRICE = gettext_noop(
    "The lines state a discount of %(discount)s that the order's total already contains; it is not taken off again."
)


def read_order(data: Mapping[str, Any], *, options: ReadOptions, place: Place) -> OrderRead | tuple[RowError, ...]:
    """Read one order as Keap returned it.

    Args:
        data: The JSON object, its fractions as `Decimal`.
        options: The company's currency and time zone.
        place: Where it is, for a person.

    Returns:
        The order with its evidence, or everything that is wrong with it; never both.
    """
    clean = without_secrets(dict(data))
    faults = Faults(place, order=_id_of(clean))
    check_characters(clean, complain=lambda fault, path: faults.add(fault, column=path))
    if faults:
        return faults.errors()
    reader = _Reader(Fields(clean, faults=faults), options)
    order = reader.order()
    if faults or order is None:
        return faults.errors()
    return OrderRead(
        order=order,
        payload=plain_json(clean),
        place=place,
        notices=(*reader.notices, *about_long_identifiers(order)),
        modified_at=modified_at(clean, zone=options.zone),
        status_word=reader.status_word,
    )


def modified_at(data: Mapping[str, Any], *, zone: ZoneInfo) -> datetime | None:
    """When Keap changed the order or one of its payments last; None where it does not say.

    Nobody has documented whether a payment changes the order's own date, so the payments' dates count too.
    """
    rows = [row for name in PAYMENT_LISTS for row in listed(data, name)]
    return latest(*(stated_moment(row.get(name), zone=zone) for row in (data, *rows) for name in _CHANGED))


def _id_of(data: Mapping[str, object]) -> str:
    found = data.get("id")
    return known_by(str(found), longest=LONGEST_ID) if isinstance(found, (str, int)) else ""


class _Reader:
    """Reads one order, keeping its currency and what it noticed."""

    def __init__(self, fields: Fields, options: ReadOptions) -> None:
        self.fields = fields
        self.options = options
        self.faults = fields.faults
        self.currency = fields.read(currency_of, *_currency_fields(fields), otherwise="") or options.currency
        self.notices: list[Message] = []
        self.status_word = ""

    def order(self) -> Order | None:
        """The order; None when it has no date, which nothing can replace."""
        number = self.fields.required(
            lambda value: self.fields.identifier("id", longest=LONGEST_ID), "id", otherwise=""
        )
        placed_on = self._placed_on()
        status = self._status()
        stated = self._stated_total()
        lines = self._lines(stated)
        if status is OrderStatus.SALE and not lines and not self.faults:
            self.faults.add(_no_lines(), column="order_items")
        moved = self._moved(stated, lines)
        if placed_on is None:
            return None
        return Order(
            source_id=number,
            number=number,
            placed_on=placed_on,
            currency=self.currency,
            customer=read_customer(self.fields),
            lines=lines,
            status=status,
            stated_total=stated,
            payments=moved.payments,
            credits=moved.credits,
            refunds=moved.refunds,
            payment_plan=read_plan(self.fields, currency=self.currency, zone=self.options.zone),
            origin=kinds.origin(self.fields.line("source_type")),
            title=self.fields.line("title", longest=LONGEST_TEXT),
            note=self.fields.text("notes"),
        )

    def _money(self, fields: Fields, *names: str) -> Decimal | None:
        return fields.read(lambda value: read_money(value, currency=self.currency), *names, otherwise=None)

    def _stated_total(self) -> Decimal | None:
        """What the order says that it comes to; one with an empty total says nothing that could be compared."""
        if "total" in self.fields.data and not self.fields.has("total"):
            self.faults.add(missing(), column="total")
        return self._money(self.fields, "total")

    def _placed_on(self) -> date | None:
        if self.fields.first(*_DATES)[1] is None:
            self.faults.add(missing(), column=self.fields.path_of(_DATES[0]))
        return self.fields.day(*_DATES, zone=self.options.zone)

    def _status(self) -> OrderStatus:
        self.status_word = word = self.fields.line("status", longest=LONGEST_STATUS)
        return kinds.order_status(word) if word else OrderStatus.SALE

    def _moved(self, stated: Decimal | None, lines: Sequence[Line]) -> MoneyMoved:
        order_total = total(line.amount for line in lines) if stated is None else stated
        return read_payments(self.fields, currency=self.currency, order_total=order_total, zone=self.options.zone)

    def _lines(self, stated: Decimal | None) -> tuple[Line, ...]:
        items = tuple(self.fields.each("order_items", "items"))
        lines = tuple(self._line(item, position) for position, item in enumerate(items, start=1))
        self._refuse_repeated_keys(lines)
        gross = total(line.amount for line in lines)
        self.faults.attempt(lambda: in_bounds(gross), otherwise=ZERO, column="order_items", value=gross)
        discounts = {
            line.key: abs(discount)
            for line, item in zip(lines, items, strict=True)
            if (discount := self._money(item, "discount"))
        }
        return self._with_discounts(lines, discounts, stated) if discounts else lines

    def _line(self, item: Fields, position: int) -> Line:
        product, plan = item.inner("product"), item.inner("subscriptionPlan", "subscription_plan")
        product_id = _id(product) or (f"subscription-plan-{_id(plan)}" if _id(plan) else "")
        quantity = item.quantity("quantity")
        price = item.required(
            lambda value: read_money(value, currency=self.currency), "price", "price_per_unit", otherwise=ZERO
        )
        return Line(
            key=_id(item) or str(position),
            line_type=self._line_type(item, position, product_id=product_id),
            quantity=quantity,
            unit_price=price,
            amount=item.faults.attempt(
                lambda: multiplied_out(quantity, price, self.currency), otherwise=ZERO, column=item.path, value=price
            ),
            name=item.identifier("name", longest=300),
            description=item.text("description"),
            product_id=product_id,
            product_name=product.identifier("name", longest=300) or plan.identifier("name", longest=300),
            sku=product.identifier("sku", longest=120),
        )

    def _line_type(self, item: Fields, position: int, *, product_id: str) -> LineType:
        word = item.line("type", "item_type")
        if not word and product_id:
            return LineType.PRODUCT
        found = kinds.line_type(word)
        if found is None:
            self.notices.append(Message.of(_UNKNOWN_LINE_TYPE, position=position, word=word))
        return found or LineType.UNKNOWN

    def _refuse_repeated_keys(self, lines: Sequence[Line]) -> None:
        seen: set[str] = set()
        for line in lines:
            if line.key in seen:
                self.faults.add(_repeated_line(), column="order_items", value=line.key)
            seen.add(line.key)

    def _with_discounts(
        self, lines: tuple[Line, ...], discounts: Mapping[str, Decimal], stated: Decimal | None
    ) -> tuple[Line, ...]:
        """Give each line's discount a line of its own, where that is what the order's total says.

        Nobody has documented whether Keap's line discount is part of the price already, or counts once or for each
        piece. The total decides; where it fits none of them, or is not stated, the discount counts once and the
        order stays as it is, to be seen.
        """
        each = {line.key: discounts[line.key] * line.quantity for line in lines if line.key in discounts}
        gross = total(line.amount for line in lines)
        if stated == gross:
            self.notices.append(Message.of(_DISCOUNT_IN_PRICE, discount=total(discounts.values())))
            return lines
        counts_for_each = stated == gross - total(each.values())
        return tuple(_discounted(lines, each if counts_for_each else discounts, self.currency))


def _discounted(lines: Sequence[Line], discounts: Mapping[str, Decimal], currency: str) -> Iterator[Line]:
    for line in lines:
        yield line
        if line.key in discounts:
            amount = -rounded(discounts[line.key], currency)
            yield Line(
                key=f"{line.key}-discount",
                line_type=LineType.PRODUCT_DISCOUNT,
                quantity=Decimal(1),
                unit_price=amount,
                amount=amount,
                description=f"Discount: {line.label}",
            )


def _id(fields: Fields) -> str:
    """An id; empty for a missing one and for 0, which older exports write for none."""
    found = fields.identifier("id", longest=LONGEST_ID)
    return "" if found == "0" else found


def _currency_fields(fields: Fields) -> tuple[str, ...]:
    """Version 2 states the currency in the total; an order may also name it itself. Version 1 does neither."""
    return ("total", "currency_code") if isinstance(fields.data.get("total"), dict) else ("currency_code", "currency")


def _no_lines() -> BadValue:
    return BadValue(
        "no-lines",
        gettext_noop("The order has no lines."),
        gettext_noop("Export each order with its order_items; the list of orders alone leaves them out."),
    )


def _repeated_line() -> BadValue:
    return BadValue(
        "line-id-twice",
        gettext_noop("Two lines of the order have the id %(value)s."),
        gettext_noop("Export the order again; each line has its own id."),
    )
