"""What is shown of a file of items before it is taken, and how is it kept until its person looks?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mapping.models import Product
from sync.staging.catalogue import CataloguePlan, FieldChange, ItemPlan
from sync.staging.import_file import error_facts

#: So many rows of each kind are shown; the figures are those of all.
SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class NewItemRow:
    """A row whose item is new."""

    row: int
    name: str
    sku: str
    kind: str
    price: Decimal | None
    active: bool

    @property
    def kind_words(self) -> str:
        """What the kind is called."""
        return str(dict(Product._meta.get_field("kind").flatchoices).get(self.kind, self.kind))


@dataclass(frozen=True, kw_only=True)
class ChangedItemRow:
    """A row that changes an item which is known."""

    row: int
    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, kw_only=True)
class CataloguePreview:
    """What a file would do: figures of all of it, and the first rows of each kind."""

    #: As of the plan, see `CataloguePlan.seen`.
    seen: str
    new: int
    changed: int
    unchanged: int
    #: Rows that are left out, and what is wrong in them, which can be more.
    rejected: int
    errors: int
    notices: tuple[str, ...]
    new_rows: tuple[NewItemRow, ...]
    changed_rows: tuple[ChangedItemRow, ...]
    #: As `error_facts` has them.
    error_rows: tuple[dict[str, object], ...]

    @property
    def does_anything(self) -> bool:
        """Whether taking the file changes anything."""
        return bool(self.new or self.changed)

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return self.new + self.changed + self.unchanged + self.rejected

    @classmethod
    def of(cls, plan: CataloguePlan) -> CataloguePreview:
        """The preview of a plan."""
        return cls(
            seen=plan.seen,
            new=len(plan.new),
            changed=len(plan.changed),
            unchanged=plan.unchanged,
            rejected=plan.rejected,
            errors=len(plan.errors),
            notices=plan.notices,
            new_rows=tuple(_new(planned) for planned in plan.new[:SHOWN]),
            changed_rows=tuple(
                ChangedItemRow(row=planned.item.row, name=str(planned.product), changes=planned.changes)
                for planned in plan.changed[:SHOWN]
            ),
            error_rows=tuple(error_facts(error) for error in plan.errors[:SHOWN]),
        )

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            **vars(self),
            "new_rows": [{**vars(row), "price": _plain(row.price)} for row in self.new_rows],
            "changed_rows": [
                {
                    **vars(row),
                    "changes": [
                        {name: _plain(value) for name, value in vars(change).items()} for change in row.changes
                    ],
                }
                for row in self.changed_rows
            ],
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> CataloguePreview:
        """What `plain` said."""
        changed = kept["changed_rows"]
        return cls(
            **{
                **kept,
                "notices": tuple(kept["notices"]),
                "new_rows": tuple(NewItemRow(**{**row, "price": _price(row["price"])}) for row in kept["new_rows"]),
                "changed_rows": tuple(
                    ChangedItemRow(**{**row, "changes": tuple(map(_change, row["changes"]))}) for row in changed
                ),
                "error_rows": tuple(kept["error_rows"]),
            }
        )


def _new(planned: ItemPlan) -> NewItemRow:
    product = planned.product
    return NewItemRow(
        row=planned.item.row,
        name=str(product),
        sku=product.sku,
        kind=product.kind,
        price=planned.item.price,
        active=product.active,
    )


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def _price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _change(kept: dict[str, Any]) -> FieldChange:
    if kept["name"] != "price":
        return FieldChange(**kept)
    return FieldChange(name="price", was=_price(kept["was"]), becomes=_price(kept["becomes"]))
