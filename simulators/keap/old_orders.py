"""What does generation 1 tell of orders? A list by places in short, with a count and the addresses of its neighbors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .account import KeapAccount
from .answers import stamp
from .filters import moment_told
from .money import double
from .records import KeapOrder
from .refusals import bad_argument

_MOST = 1000
_PATH = "/rest/v1/orders"
_SOURCES = {"QUICKBOOKS": "QBO_SYNC"}


def old_orders(account: KeapAccount, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of the list.

    Raises:
        KeapRefusal: A number or a moment is none.
    """
    limit, offset = _number(query, "limit", _MOST), _number(query, "offset", 0)
    since, until = (moment_told(name, query[name]) if query.get(name) else None for name in ("since", "until"))
    found = [
        order
        for order in account.store.orders.values()
        if (since is None or order.ordered >= since) and (until is None or order.ordered <= until)
    ]
    found.sort(key=lambda order: (order.ordered, int(order.id)), reverse=True)
    shown = found[offset : offset + limit]
    count = len(found) if account.options.old_order_count == "all" else len(shown)
    told: dict[str, Any] = {"orders": [_shown(account, order) for order in shown], "count": count}
    if offset + limit < len(found):
        told["next"] = _address(query, limit, offset + limit)
    if offset:
        told["previous"] = _address(query, limit, max(offset - limit, 0))
    return told


def _shown(account: KeapAccount, order: KeapOrder) -> dict[str, Any]:
    paid = account.paid(order)
    told = {
        "id": int(order.id),
        "title": order.title,
        "status": "PAID" if order.status != "DRAFT" and order.lines and paid >= order.total else order.status,
        "total": double(order.total, order.currency),
        "total_paid": double(paid, order.currency),
        "total_due": double(order.total, order.currency),
        "refund_total": double(account.refunded(order), order.currency),
        "creation_date": stamp(order.created),
        "modification_date": stamp(order.modified),
        "order_date": stamp(order.ordered),
        "contact_id": order.contact_id,
        "order_type": order.order_type.capitalize(),
        "invoice_number": int(order.invoice_id),
    }
    source = _SOURCES.get(order.source, order.source)
    return {**told, "source_type": source}


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    told = query.get(name, "").strip()
    if not told:
        return otherwise
    if not (told.isascii() and told.isdecimal()) or int(told) > 2**31:
        raise bad_argument(f"The {name} is a whole number, not {told}", resource=name)
    return min(int(told), _MOST) if name == "limit" else int(told)


def _address(query: Mapping[str, str], limit: int, offset: int) -> str:
    return f"{_PATH}?{urlencode({**query, 'limit': str(limit), 'offset': str(offset)})}"
