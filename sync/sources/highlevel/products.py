"""What does a HighLevel sub-account have for sale? Each price of each product: the price is what is sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from books.json_types import Json
from sync.sources.ages import stated_moment
from sync.sources.base import ReadOptions, RowError
from sync.sources.fields import Fields, plain_amount
from sync.sources.products import ListedProduct, place_of, read_listed
from sync.sources.values import Faults


def read_price(
    price: Mapping[str, Any],
    *,
    product: Mapping[str, Any],
    prices: Sequence[Json],
    skus: Mapping[str, str],
    options: ReadOptions,
    number: int,
) -> ListedProduct | tuple[RowError, ...]:
    """Read one price of a product.

    Args:
        price: As its list has it.
        product: Whose.
        prices: All of that product. Where there are several, each is called by its own name too.
        skus: By the id of the price, which does not say it itself.
        options: The company's currency and time zone.
        number: Which of all it is.
    """
    identifier = str(price.get("_id") or "")
    named = str(product.get("name") or "").strip()
    if len(prices) > 1 and (own := str(price.get("name") or "").strip()) and own != named:
        named = f"{named} - {own}"
    facts = {**price, "name": named, "sku": skus.get(identifier, ""), "description": product.get("description")}
    row = Fields(facts, faults=Faults(place_of(identifier, named)))
    # A price in another currency is sold all the same; its amount is none of ours
    ours = str(price.get("currency") or options.currency).upper() == options.currency
    amount = row.read(lambda value: plain_amount(value, currency=options.currency), "amount", otherwise=None)
    item = read_listed(
        row,
        number=number,
        source_id=identifier,
        price=amount if ours else None,
        by_subscription=price.get("type") == "recurring",
    )
    if isinstance(item, tuple):
        return item
    return ListedProduct(item=item, created_at=stated_moment(price.get("createdAt"), zone=options.zone))
