"""What do people do with orders? They place, change and delete them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .contacts import Contacts, changed_fields
from .money import in_smallest_units
from .records import LINE_TYPES, SOURCES, STATUSES, Instalment, KeapContact, KeapOrder, KeapProduct, OrderLine, Postal

#: The names of lines that are of no product.
_NAMES = {"SHIPPING": "Shipping", "TAX": "Sales tax", "FINANCE_CHARGE": "Finance charge", "TIP": "Tip", "FEE": "Fee"}
_ORDER_FIELDS = ("title", "terms", "notes", "promo_code", "status", "order_type", "contact_id", "ordered", "shipping")


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line that is to be on an order; without a price a product's own is taken."""

    item_type: str = "PRODUCT"
    product: KeapProduct | str | None = None
    name: str = ""
    quantity: int = 1
    price: Decimal | str | int | None = None
    description: str = ""
    notes: str = ""
    subscription_id: str = ""


#: What a line may be given as: what is sold (a product, its id or SKU, or the type of the line), quantity and price.
LineLike = NewLine | tuple[Any, ...]


class Orders(Contacts):
    """Orders and what is done with them, but for payments."""

    def place_order(
        self,
        customer: str | KeapContact,
        lines: Sequence[LineLike],
        *,
        title: str = "",
        on: date | datetime | None = None,
        status: str = "SENT",
        source: str = "UNKNOWN",
        order_type: str = "OFFLINE",
        terms: str = "",
        notes: str = "",
        promo_code: str = "",
        shipping: Postal | None = None,
        plan: Sequence[tuple[date, Decimal | str | int]] = (),
        currency: str = "",
    ) -> str:
        """Place an order for a contact (its id or email); the answer is the order's id.

        Raises:
            ValueError: There is no such contact, product or type of line, or the plan is not of the order's total.
        """
        if status not in STATUSES or source not in SOURCES or order_type not in ("ONLINE", "OFFLINE"):
            raise ValueError(f"{status}, {source} and {order_type} are not all words of Keap's")
        with self.writing():
            contact, made = self.contact(customer), [self._line(line) for line in lines]
            now = self.now()
            order = KeapOrder(
                id=self.store.next_id("order"),
                invoice_id=self.store.next_id("invoice"),
                contact_id=contact.id,
                title=title or (made[0].name if made else "Order"),
                ordered=self.moment_of(on),
                created=now,
                modified=now,
                lines=made,
                plan=[Instalment(due=due, amount=Decimal(amount)) for due, amount in plan],
                status=status,
                source=source,
                order_type=order_type,
                terms=terms,
                notes=notes,
                promo_code=promo_code,
                shipping=shipping,
                currency=currency or self.currency,
            )
            self._check(order)
            self.store.put("orders", order)
            self.store.tell_event("order.add", order.id)
            self.store.tell_event("invoice.add", order.invoice_id)
        return order.id

    def _check(self, order: KeapOrder) -> None:
        for line in order.lines:
            in_smallest_units(line.price, order.currency)
        if order.plan and sum(part.amount for part in order.plan) != order.total:
            raise ValueError("the parts of a payment plan sum up to the order's total")

    def order(self, which: str | KeapOrder) -> KeapOrder:
        """An order by its id.

        Raises:
            ValueError: There is none.
        """
        found = which if isinstance(which, KeapOrder) else self.store.orders.get(which)
        if found is None:
            raise ValueError(f"there is no order {which}")
        return found

    def _line(self, told: LineLike) -> OrderLine:
        line = told if isinstance(told, NewLine) else self._from_tuple(told)
        if line.item_type not in LINE_TYPES:
            raise ValueError(f"there is no type of line {line.item_type}; there are {', '.join(LINE_TYPES)}")
        if isinstance(line.quantity, bool) or not isinstance(line.quantity, int):
            raise ValueError(f"a quantity is a whole number, not {line.quantity}")
        product = self.product(line.product) if line.product is not None else None
        if line.price is None and product is None:
            raise ValueError("a line of no product needs a price")
        price = Decimal(line.price) if line.price is not None else product.price if product else Decimal(0)
        return OrderLine(
            id=self.store.next_id("line"),
            item_type=line.item_type,
            name=line.name or (product.name if product else _NAMES.get(line.item_type, line.item_type.title())),
            quantity=line.quantity,
            price=price,
            description=line.description or (product.description if product else ""),
            notes=line.notes,
            product_id=product.id if product else "",
            subscription_id=line.subscription_id,
        )

    def _from_tuple(self, told: tuple[Any, ...]) -> NewLine:
        what, quantity, price = (*told, None, None)[:3] if len(told) < 3 else told[:3]
        quantity = 1 if quantity is None else quantity
        name = str(told[3]) if len(told) > 3 else ""
        if isinstance(what, str) and what in LINE_TYPES:
            return NewLine(item_type=what, quantity=quantity, price=price, name=name)
        return NewLine(product=what, quantity=quantity, price=price, name=name)

    def edit_order(self, which: str, *, lines: Sequence[LineLike] | None = None, **changes: Any) -> None:
        """Change an order's title, terms, notes, status, contact, date and the like; `lines` replaces all its lines.

        Raises:
            ValueError: There is no such order or field, or a line is none.
        """
        with self.writing():
            order = deepcopy(self.order(which))  # what is refused leaves the order as it was
            for name, value in changed_fields(changes, _ORDER_FIELDS).items():
                setattr(order, name, self.moment_of(value) if name == "ordered" else value)
            if lines is not None:
                order.lines = [self._line(line) for line in lines]
                order.plan = []
            self._check(order)
            self._touch(order)

    def edit_line(self, which: str, line_id: str, *, quantity: int | None = None, price: Any = None) -> None:
        """Change the quantity or the price of one line.

        Raises:
            ValueError: There is no such order or line.
        """
        with self.writing():
            order = deepcopy(self.order(which))  # what is refused leaves the order as it was
            line = next((line for line in order.lines if line.id == line_id), None)
            if line is None:
                raise ValueError(f"order {order.id} has no line {line_id}")
            if quantity is not None:
                line.quantity = quantity
            if price is not None:
                line.price = Decimal(price)
            order.plan = []
            self._check(order)
            self._touch(order)

    def add_line(self, which: str, line: LineLike) -> None:
        """Put one more line on an order.

        Raises:
            ValueError: There is no such order, or the line is none.
        """
        with self.writing():
            order = deepcopy(self.order(which))  # what is refused leaves the order as it was
            order.lines.append(self._line(line))
            order.plan = []
            self._check(order)
            self._touch(order)

    def remove_line(self, which: str, line_id: str) -> None:
        """Take a line off an order.

        Raises:
            ValueError: There is no such order or line.
        """
        with self.writing():
            order = self.order(which)
            if not any(line.id == line_id for line in order.lines):
                raise ValueError(f"order {order.id} has no line {line_id}")
            order.lines = [line for line in order.lines if line.id != line_id]
            order.plan = []
            self._touch(order)

    def delete_order(self, which: str) -> None:
        """Delete an order with its payments; from then on orders and invoices have numbers apart.

        Raises:
            ValueError: There is no such order.
        """
        with self.writing():
            order = self.order(which)
            for payment_id in order.payment_ids:
                payment = self.store.payments[payment_id]
                payment.parts = [part for part in payment.parts if part.order_id != order.id]
                if not payment.parts:
                    self.store.drop("payments", payment_id)
                    self.store.tell_event("invoice.payment.delete", payment_id)
            self.store.next_id("invoice")
            self.store.drop("orders", order.id)
            self.store.tell_event("order.delete", order.id)
            self.store.tell_event("invoice.delete", order.invoice_id)

    def _touch(self, order: KeapOrder) -> None:
        order.modified = self.now()
        self.store.put("orders", order)
        self.store.tell_event("order.edit", order.id)
        self.store.tell_event("invoice.edit", order.invoice_id)
