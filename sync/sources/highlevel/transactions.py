"""What did HighLevel take money for without an invoice? One transaction, read into an `Order` that is a receipt.

Order forms, subscriptions and each of their renewals, memberships, calendars, stores and the like: each transaction is
a sale of its own, paid when it was made. What was sold is what its order says, where that comes to what was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.orders import Line, LineType, Order, OrderStatus, Payment, SaleForm
from books.statuses import LONGEST_STATUS
from books.translation import gettext_noop
from sync.sources.ages import latest, stated_moment
from sync.sources.amounts import read_currency
from sync.sources.base import OrderRead, Place, ReadOptions, RowError
from sync.sources.evidence import check_characters, plain_json, without_secrets
from sync.sources.fields import Fields
from sync.sources.highlevel import words
from sync.sources.highlevel.contacts import customer_of_transaction
from sync.sources.highlevel.order_lines import lines_of_order
from sync.sources.highlevel.payments import invoice_of, is_test, read_payment, read_refunds, source_of
from sync.sources.identifiers import about_long_identifiers
from sync.sources.values import Faults

_TEST_PAYMENT = gettext_noop("Payment %(number)s was made in test mode: no money came in, and it is left out.")
_POSTED = gettext_noop(
    "HighLevel's own QuickBooks integration has posted payment %(number)s, so it is left out here. Two bridges are "
    "running: switch the one in HighLevel off, or each sale can be in the books twice."
)
_UNKNOWN_SOURCE = gettext_noop(
    "HighLevel says that payment %(number)s came from “%(word)s”, which is not known; it is read as any other."
)
_PART = gettext_noop(
    "Payment %(number)s of %(amount)s is not what the things of its order come to, so it is one line: a part of the "
    "order, or a renewal at another price."
)
#: HighLevel's ids have 24 characters, three more than QuickBooks keeps of a number: when it was made, and its turn.
_BEGINNING, _END = 8, 6


def transaction_id(identifier: str) -> str:
    """What a transaction is known by here."""
    return f"transaction-{identifier}"


def number_of(identifier: str) -> str:
    """What people call a transaction, short enough for QuickBooks: the beginning and the end of its id."""
    if len(identifier) <= _BEGINNING + _END + 1:
        return identifier
    return f"{identifier[:_BEGINNING]}-{identifier[-_END:]}"


def read_transaction(
    data: Mapping[str, Any],
    *,
    order: Json | None,
    contact: Json | None,
    options: ReadOptions,
    place: Place,
    skus: Mapping[str, str] | None = None,
) -> OrderRead | tuple[RowError, ...]:
    """Read one transaction that is not of an invoice, as HighLevel returned it.

    Args:
        data: The JSON object, its fractions as `Decimal`; the one that is asked for alone says more than a list does.
        order: The order of payments that it is of, with its items; None where there is none.
        contact: The contact in full; None where it is not known.
        options: The company's currency and time zone.
        place: Where it is, for a person.
        skus: By the id of a price, or of a product.

    Returns:
        The order with its evidence, or everything that is wrong with it; never both.

    Raises:
        ValueError: It pays an invoice, which is a defect of the caller: it would be posted twice.
    """
    if invoice := invoice_of(data):
        raise ValueError(f"transaction {data.get('_id')} pays invoice {invoice} and is no sale of its own")
    evidence = without_secrets({"transaction": dict(data), "order": order or {}, "contact": contact or {}})
    faults = Faults(place, order=str(data.get("_id") or ""))
    check_characters(evidence, complain=lambda fault, path: faults.add(fault, column=path))
    if faults:
        return faults.errors()
    paths = {"transaction": "", "order": "order", "contact": "contact"}
    transaction, sold, buyer = (Fields(evidence[name], faults=faults, path=path) for name, path in paths.items())
    reader = _Reader(transaction, sold, buyer, skus=skus or {}, options=options)
    read = reader.order()
    if faults or read is None:
        return faults.errors()
    return OrderRead(
        order=read,
        payload=plain_json(evidence),
        place=place,
        notices=(*reader.notices, *about_long_identifiers(read)),
        modified_at=latest(stated_moment(data.get("updatedAt"), zone=options.zone)),
        status_word=reader.status_word,
    )


class _Reader:
    """Reads one transaction, keeping what it noticed."""

    def __init__(
        self, transaction: Fields, order: Fields, contact: Fields, *, skus: Mapping[str, str], options: ReadOptions
    ) -> None:
        self.transaction = transaction
        self.order_of_payments = order
        self.contact = contact
        self.skus = skus
        self.options = options
        self.currency = transaction.read(
            lambda value: read_currency(str(value)), "currency", otherwise=options.currency
        )
        self.number = number_of(transaction.identifier("_id", longest=90))
        self.notices: list[Message] = []
        self.status_word, self.status = self._status()

    def order(self) -> Order | None:
        """The order; None when something is wrong that nothing can replace."""
        kind, sub_type, _id, _name = source_of(self.transaction.data)
        origin = words.origin(kind, sub_type, is_subscription=self._is_subscription)
        if origin is None:
            self.notices.append(Message.of(_UNKNOWN_SOURCE, number=self.number, word=kind))
        payment = self._payment()
        if payment is None:
            return None
        zone, currency = self.options.zone, self.currency
        refunds = read_refunds(self.transaction, payment, currency=currency, zone=zone)
        return Order(
            source_id=transaction_id(payment.source_id),
            number=self.number,
            placed_on=payment.paid_on,
            currency=currency,
            customer=customer_of_transaction(self.transaction, self._known_contact()),
            lines=self._lines(payment.amount) if payment.amount else (),
            status=self.status,
            stated_total=payment.amount,
            payments=(payment,) if payment.amount else (),
            refunds=refunds,
            origin=origin or "",
            form=SaleForm.RECEIPT,
        )

    def _status(self) -> tuple[str, OrderStatus]:
        data = self.transaction.data
        if is_test(data):
            self.notices.append(Message.of(_TEST_PAYMENT, number=self.number))
            return words.TEST_MODE, OrderStatus.LEFT_OUT
        if data.get("qboSynced") is True:
            self.notices.append(Message.of(_POSTED, number=self.number))
            return words.POSTED_BY_HIGHLEVEL, OrderStatus.LEFT_OUT
        word = self.transaction.line("status", longest=LONGEST_STATUS - len("transaction "))
        return words.transaction_word(word or "without a status"), words.transaction_status(word)

    @property
    def _is_subscription(self) -> bool:
        return self.transaction.has("subscriptionId")

    def _payment(self) -> Payment | None:
        """The payment; under a status that nobody knows it is kept as received, and the order waits for the answer."""
        if self.status is not OrderStatus.UNKNOWN:
            return read_payment(self.transaction, currency=self.currency, zone=self.options.zone)
        known = Fields({**self.transaction.data, "status": "succeeded"}, faults=self.transaction.faults)
        return read_payment(known, currency=self.currency, zone=self.options.zone)

    def _known_contact(self) -> Fields:
        """The contact in full, completed by what the order and the transaction remember of it."""
        snapshots = (self.transaction.data.get("contactSnapshot"), self.order_of_payments.data.get("contactSnapshot"))
        known: dict[str, Any] = {}
        for part in (*(snapshot for snapshot in snapshots if isinstance(snapshot, dict)), self.contact.data):
            known |= {name: value for name, value in part.items() if value not in (None, "")}
        return Fields(known, faults=self.transaction.faults, path="contact")

    def _lines(self, paid: Decimal) -> tuple[Line, ...]:
        order = self.order_of_payments
        lines = lines_of_order(order, paid, currency=self.currency, skus=self.skus)
        if lines:
            return lines
        if list(order.each("items")):
            self.notices.append(Message.of(_PART, number=self.number, amount=paid))
        return (self._one_line(paid),)

    def _one_line(self, paid: Decimal) -> Line:
        """What was sold, by the name of where it was sold."""
        kind, _sub_type, source, name = source_of(self.transaction.data)
        named = Fields({"name": name, "kind": kind}, faults=self.transaction.faults)
        label = named.identifier("name", longest=300) or words.method(kind) or "Payment"
        return Line(
            key="1",
            line_type=LineType.SUBSCRIPTION if self._is_subscription else LineType.PRODUCT,
            quantity=Decimal(1),
            unit_price=paid,
            amount=paid,
            name=label,
            product_id=f"source-{source}" if source else "",
            product_name=label,
        )
