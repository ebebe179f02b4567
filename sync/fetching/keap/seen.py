"""Which payments were read together with their orders, and as what? A pending one is looked at until it is settled.

An order says nothing new when a payment of it arrives or fails, and neither does the payment: it keeps its id and its
day. So what was pending is remembered beside the cursor, for as many days as a bank takes.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from books.json_types import Json
from sync.sources.keap.joined import is_pending, paid_by

#: More pending payments than any account has at a time; the newest count.
_MOST = 1000


class SeenPayments:
    """The payments of one account, while it is read."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._seen: set[int] = set()
        self._pending: set[int] = set()

    @property
    def pending(self) -> tuple[int, ...]:
        """The ids of those that were pending when they were read with their order."""
        return tuple(sorted(self._pending)[-_MOST:])

    def begin(self, pending: Iterable[int]) -> None:
        """Begin to read, with what was pending so far."""
        self._seen.clear()
        self._pending = set(pending)

    def note(self, payments: Iterable[Json], *, orders: Container[str]) -> None:
        """These were read together with those of their orders that are among some."""
        for payment in payments:
            self._seen.update(_mark(payment, order) for order in paid_by([payment]) if order in orders)
            if number := _number(payment):
                (self._pending.add if is_pending(payment) else self._pending.discard)(number)

    def news(self, payments: Iterable[Json]) -> list[str]:
        """The ids of the orders that were not read with these payments as they are now, each once."""
        pairs = ((payment, order) for payment in payments for order in paid_by([payment]))
        return list(dict.fromkeys(order for payment, order in pairs if _mark(payment, order) not in self._seen))

    def forget_gone(self, asked: Sequence[str], found: Iterable[Json]) -> None:
        """Let go of pending ones that do not exist any more."""
        self._pending -= {int(number) for number in asked} - {_number(payment) for payment in found}


def _number(payment: Json) -> int:
    number = str(payment.get("id"))
    return int(number) if number.isascii() and number.isdigit() else 0


def _mark(payment: Json, order: str) -> int:
    """What differs once a payment has changed; a number, since there may be a hundred thousand of them."""
    return hash((order, *(str(payment.get(name)) for name in ("id", "status", "amount", "update_time"))))
