"""By which rules is the QuickBooks item of a product found? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from books.answers import Rule
from books.names import DELETED
from books.translation import gettext_noop
from mapping.matching.names import normalized

#: As much of a name as is compared.
LONGEST_KEY = 600


class ItemStep(StrEnum):
    """One way to find an item. A link that a person made, the QuickBooks Product Name, comes before all of them."""

    SKU = "sku"
    NAME = "name"
    LIKE_NAME = "like-name"

    @property
    def label(self) -> str:
        """The step as it is chosen on screen."""
        return _STEP_LABELS[self]

    @property
    def rule(self) -> Rule:
        """What a line says of an item that was found by it."""
        return _STEP_RULES[self]


_STEP_LABELS = {
    ItemStep.SKU: gettext_noop("SKU"),
    ItemStep.NAME: gettext_noop("Name, letter for letter"),
    ItemStep.LIKE_NAME: gettext_noop("Name, whatever its capitals, accents and punctuation"),
}
_STEP_RULES = {
    ItemStep.SKU: Rule.SKU,
    ItemStep.NAME: Rule.SAME_NAME,
    ItemStep.LIKE_NAME: Rule.LIKE_NAME,
}


@dataclass(frozen=True, kw_only=True)
class ItemRules:
    """What the accountant decided about the products of one source. Undecided: by SKU, else by the same name."""

    steps: tuple[ItemStep, ...] = (ItemStep.SKU, ItemStep.NAME)


def sku_key(sku: str) -> str:
    """An SKU as it is compared, everywhere: trimmed, without regard to letter case. Leading zeros are part of it."""
    return sku.strip().casefold()[:LONGEST_KEY]


def folded_key(name: str) -> str:
    """A name as QuickBooks compares names: without regard to letter case, and an inactive one by its former name."""
    return name.removesuffix(DELETED).strip().casefold()[:LONGEST_KEY]


def like_key(name: str) -> str:
    """A name as it is compared without regard to letter case, accents and punctuation."""
    return normalized(name.removesuffix(DELETED))[:LONGEST_KEY]


def item_columns(*, name: str, full_name: str, sku: str) -> dict[str, str]:
    """What a QuickBooks item is found by, as our copy of the list keeps it beside what QuickBooks says."""
    return {
        "sku_compared": sku_key(sku),
        "name_folded": folded_key(name),
        "name_compared": like_key(name),
        "full_name_compared": like_key(full_name),
    }


def product_columns(*, name: str, sku: str) -> dict[str, str]:
    """What a product is compared by, by the columns that keep it."""
    return {"sku_compared": sku_key(sku), "name_folded": folded_key(name), "name_compared": like_key(name)}
