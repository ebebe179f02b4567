"""Where are the payments of an order that does not carry them itself?

Keap's interface returns orders without their payments: those of one order, or of all, are asked for by themselves. A
file may hold them beside its orders, as a list of payments that each name their order, or keyed by the order's id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.translation import gettext_noop
from sync.sources.base import Place, RowError, UnreadableFile
from sync.sources.keap.payments import ORDER_IDS, PAYMENT_LISTS, ids_of
from sync.sources.values import shown

#: What holds payments beside the orders of a file.
BESIDE = (*PAYMENT_LISTS, "sales_payments")
#: Attempts of a payment gateway, also those that failed: no payments.
_TRANSACTIONS = ("transactions", "order_transactions", "sales_transactions")
_DATES = ("pay_date", "pay_time", "payment_time")
_INVOICE_IDS = ("invoice_id", "invoiceId")

Row = Json


@dataclass(kw_only=True)
class PaymentsBeside:
    """The payments of a file that are beside its orders."""

    by_order: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    by_invoice: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    #: The ids of the orders and invoices that have been read.
    _claimed: set[tuple[str, str]] = field(default_factory=set)
    _has_transactions: bool = False

    def __bool__(self) -> bool:
        return bool(self.by_order or self.by_invoice)

    def add_page(self, facts: Mapping[str, object]) -> None:
        """Keep what a page has beside its orders.

        Raises:
            UnreadableFile: A payment does not say which order it is of.
        """
        self._has_transactions |= any(facts.get(name) for name in _TRANSACTIONS)
        for name in BESIDE:
            found = facts.get(name)
            if isinstance(found, dict) and (inner := _listed(found)) is not None:
                found = inner
            if isinstance(found, dict):
                for order, rows in found.items():
                    self.by_order[str(order)] += _rows(name, rows)
            elif found:
                for row in _rows(name, found):
                    self._add(name, row)

    def refuse_transactions(self) -> None:
        """Refuse a file whose orders come without payments, and with attempts of a gateway in their place.

        Raises:
            UnreadableFile: It is one.
        """
        if self._has_transactions and not self:
            raise UnreadableFile(
                gettext_noop(
                    "The file has gateway transactions beside its orders, and no payments. A transaction may have "
                    "failed, and a check or cash has none, so that the orders would be posted as unpaid or twice."
                ),
                gettext_noop("Export the payments of the orders instead, in a list named payments."),
            )

    def joined(self, order: Mapping[str, Any]) -> Row:
        """The order with the payments that are beside it; an order that carries the same ones is left as it is."""
        data = dict(order)
        for name in PAYMENT_LISTS:
            value = data.get(name)
            if isinstance(value, dict) and (inner := _listed(value)) is not None:
                data[name] = inner
        rows = self._of("order", data.get("id"), self.by_order)
        rows += [row for row in self._of("invoice", data.get("invoice_id"), self.by_invoice) if row not in rows]
        if not rows:
            return data
        own: list[Any] = next(
            (data[name] for name in PAYMENT_LISTS if isinstance(data.get(name), list) and data[name]), []
        )
        data["payments"] = [*own, *(row for row in rows if row not in own)]
        data.pop("order_payments", None)
        return data

    def left_over(self) -> Iterator[RowError]:
        """The payments of orders that are not in the file; complete when the last order was read."""
        for kind, rows_by_key in (("order", self.by_order), ("invoice", self.by_invoice)):
            for key, rows in rows_by_key.items():
                if (kind, key) not in self._claimed and rows:
                    yield _without_order(kind, key, rows)

    def _add(self, name: str, row: Row) -> None:
        orders, invoices = ids_of(row, ORDER_IDS), ids_of(row, _INVOICE_IDS)
        for order in orders:
            self.by_order[order].append(row)
        if not orders:
            for invoice in invoices:
                self.by_invoice[invoice].append(row)
        if not orders and not invoices:
            raise UnreadableFile(
                gettext_noop(
                    "The file has payments beside its orders (%(name)s), and payment %(payment)s does not say which "
                    "order it is of."
                ),
                gettext_noop(
                    "Export each order with its payments in a list named payments, or give each payment its order_id."
                ),
                name=name,
                payment=shown(row.get("id", "-")),
            )

    def _of(self, kind: str, key: object, found: Mapping[str, list[Row]]) -> list[Row]:
        if isinstance(key, bool) or not isinstance(key, (str, int)) or not str(key):
            return []
        self._claimed.add((kind, str(key)))
        return list(found.get(str(key), ()))


def is_page_of_payments(value: object) -> bool:
    """Whether an object of the file is no order but a page of payments: what the interface returns for all of them."""
    if not isinstance(value, dict) or "id" in value or "order_items" in value:
        return False
    return any(isinstance(value.get(name), (list, dict)) for name in (*BESIDE, *_TRANSACTIONS))


def is_payment(value: Mapping[str, object]) -> bool:
    """Whether an object in the place of an order is a payment."""
    return "order_items" not in value and "amount" in value and any(name in value for name in _DATES)


def _listed(value: Mapping[str, Any]) -> list[Any] | None:
    """The list inside a page of payments; None for an object that is keyed by order."""
    return next((value[name] for name in BESIDE if isinstance(value.get(name), list)), None)


def _rows(name: str, value: object) -> list[Row]:
    if isinstance(value, dict) and (inner := _listed(value)) is not None:
        value = inner
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return value
    raise UnreadableFile(
        gettext_noop("The payments beside the orders (%(name)s) are neither a list nor keyed by the order's id."),
        gettext_noop("Export each order with its payments in a list named payments."),
        name=name,
    )


def _without_order(kind: str, key: str, rows: list[Row]) -> RowError:
    amounts = ", ".join(str(row.get("amount", "-")) for row in rows[:10])
    sentence = gettext_noop(
        "Payments of %(value)s are of invoice %(key)s, and no order of the file has it. They were not read."
    )
    if kind == "order":
        sentence = gettext_noop(
            "Payments of %(value)s are of order %(key)s, which is not in the file. They were not read."
        )
    cure, value = gettext_noop("Import the order again together with its payments."), shown(amounts)
    return RowError(
        code="payment-without-order",
        place=Place(),
        column="payments",
        value=value,
        message=Message.of(sentence, cure, value=value, key=key),
        order=key if kind == "order" else "",
    )
