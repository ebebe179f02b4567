"""What does Keap's interface keep apart that belongs to one order? Its payments and the contact in full.

A list of orders names the contact in short and has no payments: both are asked for beside it, for many orders at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from books.json_types import Json
from books.orders import PaymentStatus
from sync.sources.keap.money import Unit
from sync.sources.keap.payments import ORDER_IDS, ids_of
from sync.sources.kinds import payment_status


def joined(orders: Iterable[Json], payments: Iterable[Json], contacts: Iterable[Json]) -> Iterator[Json]:
    """Each order with its payments, and with what is known of its contact.

    Args:
        orders: As the list of orders has them.
        payments: Of these orders, as the list of payments has them; those of other orders are left aside.
        contacts: In full; an order whose contact is not among them keeps what it says of it itself.
    """
    by_order: dict[str, list[Json]] = defaultdict(list)
    for payment in payments:
        for order in ids_of(payment, ORDER_IDS):
            by_order[order].append(payment)
    by_id = {str(contact.get("id")): contact for contact in contacts}
    for data in orders:
        contact = _contact(data)
        known = by_id.get(str(contact.get("id")), {})
        whole = {**{name: value for name, value in known.items() if value is not None}, **_said(contact)}
        yield {
            **data,
            # What is no contact stays, so that it is told as a fault
            "contact": whole if contact or not data.get("contact") else data["contact"],
            "payments": by_order.get(str(data.get("id")), []),
        }


def paid_by(payments: Iterable[Json]) -> list[str]:
    """The ids of the orders that payments are of, each once."""
    return list(dict.fromkeys(order for payment in payments for order in ids_of(payment, ORDER_IDS)))


def is_pending(payment: Mapping[str, object]) -> bool:
    """Whether it is not known yet if the money of a payment arrives."""
    return payment_status(str(payment.get("status") or "")) is PaymentStatus.PENDING


def shared_by(payments: Iterable[Json]) -> list[str]:
    """The ids of the orders that share a payment with another one."""
    shared = (ids for ids in (ids_of(payment, ORDER_IDS) for payment in payments) if len(ids) > 1)
    return list(dict.fromkeys(order for ids in shared for order in ids))


def divided(payments: Iterable[Json], parts: Mapping[str, Iterable[Json]], *, currency: str) -> Iterator[Json]:
    """The same payments, where one that several orders share is one for each of them, of its part.

    Nobody has documented in which unit Keap states a part. One that is more than its payment is in the smallest unit.

    Args:
        payments: As the list of payments has them.
        parts: By the id of an order, what its own list of payments has.
        currency: Of the account.
    """
    for payment in payments:
        orders = ids_of(payment, ORDER_IDS)
        if len(orders) < 2:
            yield payment
            continue
        for number in orders:
            for part in parts.get(number, ()):
                if str(part.get("payment_id")) == str(payment.get("id")):
                    amount = _part_in_major_units(part.get("amount"), payment.get("amount"), currency)
                    yield {**payment, "order_ids": [number], "amount": amount}


def _part_in_major_units(part: object, whole: object, currency: str) -> object:
    known = isinstance(part, (int, Decimal)) and isinstance(whole, (int, Decimal))
    if known and abs(Decimal(str(part))) > abs(Decimal(str(whole))):
        return Unit.SMALLEST.amount(Decimal(str(part)), currency)
    return part


def contact_ids(orders: Iterable[Json]) -> list[str]:
    """The ids of the contacts that orders name, each once."""
    ids = (str(_contact(order).get("id") or "") for order in orders)
    return list(dict.fromkeys(contact for contact in ids if contact not in ("", "0")))


def _contact(order: Mapping[str, Any]) -> Json:
    contact = order.get("contact")
    return contact if isinstance(contact, dict) else {}


def _said(contact: Mapping[str, Any]) -> Json:
    return {name: value for name, value in contact.items() if value not in (None, "")}
