"""What does a source have for sale, by its own list? Each product as a row of a file of items would say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from books.translation import gettext_noop
from sync.sources.base import Place, RowError
from sync.sources.fields import Fields, missing
from sync.sources.files.catalogue import Catalogue, CatalogueItem
from sync.sources.values import BadValue, Faults

_LONGEST_ID, _LONGEST_NAME, _LONGEST_SKU = 100, 300, 120


@dataclass(frozen=True, kw_only=True)
class ListedProduct:
    """One product of the list, and since when it is there."""

    item: CatalogueItem
    created_at: datetime | None = None


def read_listed(
    row: Fields,
    *,
    number: int,
    source_id: str,
    price: Decimal | None = None,
    active: bool | None = None,
    by_subscription: bool = False,
) -> CatalogueItem | tuple[RowError, ...]:
    """A product as its object says it, with `name`, `sku` and `description`; or everything that is wrong with it.

    Args:
        row: The object.
        number: Which of the list it is.
        source_id: What the lines of orders know it by.
        price: Where it has one.
        active: Whether it is still sold; None where the list does not say.
        by_subscription: Whether it is sold by subscription alone.
    """
    called = row.identifier("name", longest=_LONGEST_NAME)
    sku = row.identifier("sku", longest=_LONGEST_SKU)
    description = row.text("description")
    if not called:
        row.faults.add(missing(), column="name")
    if not source_id or len(source_id) > _LONGEST_ID:
        row.faults.add(missing(), column="id")
    if row.faults:
        return row.faults.errors()
    return CatalogueItem(
        row=number,
        source_id=source_id,
        sku=sku,
        name=called,
        description=description or None,
        price=price,
        active=active,
        kind="subscription" if by_subscription else None,
        listed=True,
    )


def place_of(source_id: str, name: object) -> Place:
    """Where a product is, for a person."""
    return Place(product=str(name or source_id or "?")[:_LONGEST_NAME])


def catalogue_of(items: Iterable[CatalogueItem], errors: Iterable[RowError]) -> Catalogue:
    """The products whose SKU no other active one has, and what is wrong with the others."""
    items = list(items)
    by_sku: dict[str, list[CatalogueItem]] = defaultdict(list)
    for item in items:
        if item.sku and item.active is not False:
            by_sku[item.sku.strip().casefold()].append(item)
    twice = [error for group in by_sku.values() if len(group) > 1 for error in _shared(group)]
    taken = {item.row for group in by_sku.values() if len(group) > 1 for item in group}
    good = tuple(item for item in items if item.row not in taken)
    return Catalogue(items=good, errors=(*errors, *twice), notices=())


def _shared(group: list[CatalogueItem]) -> Iterable[RowError]:
    for item in group:
        others = ", ".join(f"“{other.name}” ({other.source_id})" for other in group[:4] if other is not item)
        faults = Faults(place_of(item.source_id, item.name))
        faults.add(
            BadValue(
                "sku-twice",
                gettext_noop("The SKU “%(value)s” is also that of %(others)s. Two active items cannot share one."),
                gettext_noop("Give one of them another SKU there, or end its sale; it is read again the next day."),
                others=others,
            ),
            column="sku",
            value=item.sku,
        )
        yield from faults.errors()
