"""What would a file of items change about what is known of a source's products, and how is it taken?

A file adds and updates the items that it names and no other. An empty cell and a missing column change nothing, and
neither do they touch what people decided.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from books.orders import BY_NAME, BY_SKU
from books.translation import gettext_noop
from companies.models import Company, take_turns
from companies.signals import announce
from companies.stored_texts import LONGEST_REASON
from mapping.matching.item_rules import sku_key
from mapping.models import COMPARED_COLUMNS, Product
from sync.models import Run, RunKind, RunState
from sync.sources.base import RowError
from sync.sources.files.catalogue import Catalogue, CatalogueItem, item_twice, sku_known
from sync.staging.import_file import KEPT, error_facts

_AT_ONCE = 500
_TOLD = ("name", "sku", "description", "kind", "price", "active")
_REASON = gettext_noop("Import of items: %(file)s")


class ChangedMeanwhile(Exception):
    """What the file would change is not what was shown."""


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One field that would change; it is put into words for its reader, wherever it was found."""

    name: str
    was: object
    becomes: object

    @property
    def label(self) -> str:
        """What the field is called."""
        return capfirst(str(Product._meta.get_field(self.name).verbose_name))  # type: ignore[union-attr]

    @property
    def before(self) -> str:
        """What is there now; empty for nothing."""
        return _words(self.name, self.was)

    @property
    def after(self) -> str:
        """What would be there."""
        return _words(self.name, self.becomes)


@dataclass(frozen=True, kw_only=True)
class ItemPlan:
    """What one row would do: a new product, or changes of one that is known."""

    item: CatalogueItem
    product: Product
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CataloguePlan:
    """What a file would do."""

    system: str
    new: tuple[ItemPlan, ...]
    changed: tuple[ItemPlan, ...]
    unchanged: int
    errors: tuple[RowError, ...]
    notices: tuple[str, ...] = field(default=())

    @property
    def rejected(self) -> int:
        """How many rows are left out."""
        return len({error.place for error in self.errors})

    @property
    def does_anything(self) -> bool:
        """Whether taking it changes anything."""
        return bool(self.new or self.changed)

    @property
    def seen(self) -> str:
        """The same for two looks that show the same."""
        shown = (
            [plan.item for plan in self.new],
            [(plan.product.pk, plan.changes) for plan in self.changed],
            [(error.row, error.code) for error in self.errors],
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    @property
    def exit_code(self) -> int:
        """0 when every row was read, else 1."""
        return 1 if self.errors else 0

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "errors": [error_facts(error) for error in self.errors],
            "notices": list(self.notices),
            "exit_code": self.exit_code,
        }


def plan_catalogue(
    company: Company, system: str, catalogue: Catalogue, *, adds: Callable[[CatalogueItem], bool] = lambda _: True
) -> CataloguePlan:
    """Hold a file against what is known of the source's products; one query, and nothing is written.

    Args:
        company: Whose products.
        system: The source that sells them.
        catalogue: As read.
        adds: Whether one that is not known is added; each one of a file is.
    """
    known = _KnownProducts(company, system)
    placed = [(item, known.place_of(item)) for item in catalogue.items]
    errors = _contradictions(placed, known)
    new, changed, unchanged = list[ItemPlan](), list[ItemPlan](), 0
    for item, product in placed:
        if item.row in errors or (product is None and not adds(item)):
            continue
        row = product or Product(company=company, system=system, source_key=item.key)
        changes = _apply(item, row)
        if product is None:
            new.append(ItemPlan(item=item, product=row))
        elif changes:
            changed.append(ItemPlan(item=item, product=row, changes=changes))
        else:
            unchanged += 1
    found = sorted((*catalogue.errors, *errors.values()), key=lambda error: error.row or 0)
    return CataloguePlan(
        system=system,
        new=tuple(new),
        changed=tuple(changed),
        unchanged=unchanged,
        errors=tuple(found),
        notices=tuple(notice.worded() for notice in catalogue.notices),
    )


def take_catalogue(
    company: Company,
    system: str,
    catalogue: Catalogue,
    *,
    name: str,
    by: User | None,
    seen: str = "",
    adds: Callable[[CatalogueItem], bool] = lambda _: True,
    begun: Run | None = None,
) -> tuple[CataloguePlan, Run]:
    """Take a file of items: all that is good in it, or, where it is not what was seen, nothing.

    Args:
        company: Whose products.
        system: The source that sells them.
        catalogue: As read.
        name: Of the file, for the run and the history.
        by: Who takes it.
        seen: Of the plan that a person saw; empty where nobody looked.
        adds: See `plan_catalogue`.
        begun: A run that has begun and ends with it; a new one when left out.

    Raises:
        ChangedMeanwhile: What it would do is not what was seen any more. Nothing was changed.
    """
    with transaction.atomic():
        take_turns(company)
        plan = plan_catalogue(company, system, catalogue, adds=adds)
        if seen and seen != plan.seen:
            raise ChangedMeanwhile
        reason = (_REASON % {"file": name})[:LONGEST_REASON]
        kept = {"batch_size": _AT_ONCE, "default_user": by, "default_change_reason": reason}
        for planned in (*plan.new, *plan.changed):
            planned.product.keep_compared()
        if plan.new:
            bulk_create_with_history([planned.product for planned in plan.new], Product, **kept)
        if plan.changed:
            changed = [planned.product for planned in plan.changed]
            bulk_update_with_history(changed, Product, [*_TOLD, *COMPARED_COLUMNS], **kept)
        run = begun or Run(company=company, kind=RunKind.CATALOGUE, message=name, asked_by=by)
        _end(run, plan)
        if plan.does_anything:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(company, by=by)
    return plan, run


def _end(run: Run, plan: CataloguePlan) -> None:
    run.state, run.finished_at = RunState.FINISHED, timezone.now()
    run.counts = {
        "new": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged, "errors": plan.rejected
    }  # fmt: skip
    run.errors = [error_facts(error) for error in plan.errors[:KEPT]]
    run.notices = [{"what": notice, "times": 1} for notice in plan.notices]
    run.save()


class _KnownProducts:
    """The products of one source, by what a row may know them by."""

    def __init__(self, company: Company, system: str) -> None:
        self.by_key: dict[str, Product] = {}
        self.by_sku: dict[str, list[Product]] = defaultdict(list)
        self._by_name: dict[str, list[Product]] = defaultdict(list)
        for product in Product.objects.filter(company=company, system=system).order_by("pk"):
            self.by_key[product.source_key] = product
            if product.sku_compared:
                self.by_sku[product.sku_compared].append(product)
            elif _has_no_id(product):
                self._by_name[product.name].append(product)

    def place_of(self, item: CatalogueItem) -> Product | None:
        """The product that a row is about: by its id, else by its SKU, else by its name."""
        if item.key in self.by_key:
            return self.by_key[item.key]
        if item.sku:
            same = self.by_sku.get(sku_key(item.sku), [])
            # Another id is another item, whatever SKU it has
            found = [product for product in same if _has_no_id(product)] if item.source_id else same
            if len(found) == 1:
                return found[0]
        named = self._by_name.get(item.name, [])
        return named[0] if len(named) == 1 else None


def _has_no_id(product: Product) -> bool:
    """Whether the source gave it none, so that it is known by its SKU or its name."""
    return product.source_key.startswith((BY_SKU, BY_NAME))


def _contradictions(
    placed: Iterable[tuple[CatalogueItem, Product | None]], known: _KnownProducts
) -> dict[int, RowError]:
    """The rows that claim what another product has, by their numbers."""
    placed = list(placed)
    taken_by: dict[int, CatalogueItem] = {}
    named = {product.pk for _item, product in placed if product}
    errors: dict[int, RowError] = {}
    for item, product in placed:
        if product and product.pk in taken_by:
            errors[item.row] = item_twice(item, taken_by[product.pk], key=product.source_key)
            continue
        if product:
            taken_by[product.pk] = item
        if not item.sku or item.active is False:
            continue
        others = [
            other
            for other in known.by_sku.get(sku_key(item.sku), [])
            if other.active and other.pk not in named and (product is None or other.pk != product.pk)
        ]
        if others:
            errors[item.row] = sku_known(item, other=others[0].name, key=others[0].source_key)
    return errors


def _apply(item: CatalogueItem, row: Product) -> tuple[FieldChange, ...]:
    """Write into the product what its row says; what changed."""
    changes = []
    for name in _TOLD:
        told, before = getattr(item, name), getattr(row, name)
        if told in (None, "") or told == before:
            continue
        setattr(row, name, told)
        changes.append(FieldChange(name=name, was=before, becomes=told))
    return tuple(changes)


def _words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "kind":
        return str(dict(Product._meta.get_field("kind").flatchoices).get(value, value))
    if name == "price" and value is not None:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value if value is not None else "")
