"""What does a Keap account have for sale? One object of its list of products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.sources.ages import stated_moment
from sync.sources.base import ReadOptions, RowError
from sync.sources.fields import Fields
from sync.sources.keap.money import read_money
from sync.sources.products import ListedProduct, place_of, read_listed
from sync.sources.values import Faults


def read_product(data: Mapping[str, Any], *, options: ReadOptions, number: int) -> ListedProduct | tuple[RowError, ...]:
    """Read one product; `number` says which of the list it is."""
    source_id = str(data.get("id") or "")
    row = Fields(data, faults=Faults(place_of(source_id, data.get("name"))))
    price = row.read(lambda value: read_money(value, currency=options.currency), "price", otherwise=None)
    active = data.get("active")
    item = read_listed(
        row,
        number=number,
        source_id=source_id,
        price=price,
        active=active if isinstance(active, bool) else None,
        by_subscription=data.get("subscription_only") is True,
    )
    if isinstance(item, tuple):
        return item
    return ListedProduct(item=item, created_at=stated_moment(data.get("create_time"), zone=options.zone))
