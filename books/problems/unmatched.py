"""Why is a product matched with no QuickBooks item? One list of reasons, for its orders and for the items to match."""

from __future__ import annotations

from enum import StrEnum

from books.translation import gettext_noop


class Unmatched(StrEnum):
    """Why a product is not matched, in the order in which it is asked."""

    TWO_FIT = "two-fit"
    NOT_SOLD = "not-sold"
    INACTIVE = "inactive"
    NO_SKU = "no-sku"
    NAME_TAKEN = "name-taken"
    NOT_FOUND = "not-found"

    @property
    def label(self) -> str:
        """The kind of issue, as it is listed."""
        return _LABELS[self]

    @property
    def cure(self) -> str:
        """What a person can do about it."""
        return _CURES[self]


_LABELS = {
    Unmatched.TWO_FIT: gettext_noop("Two items fit"),
    Unmatched.NOT_SOLD: gettext_noop("Item cannot be sold"),
    Unmatched.INACTIVE: gettext_noop("Item inactive in QuickBooks"),
    Unmatched.NO_SKU: gettext_noop("Item is missing a SKU"),
    Unmatched.NAME_TAKEN: gettext_noop("Duplicate item name in QuickBooks"),
    Unmatched.NOT_FOUND: gettext_noop("Item not found in QuickBooks"),
}
_CURES = {
    Unmatched.TWO_FIT: gettext_noop("Choose which of them it is."),
    Unmatched.NOT_SOLD: gettext_noop(
        "QuickBooks has it as a category, bundle or tax, which cannot be on a line. Choose another item."
    ),
    Unmatched.INACTIVE: gettext_noop(
        "Make the item active in QuickBooks and press Re-sync, which reads the lists again; or choose another item."
    ),
    Unmatched.NO_SKU: gettext_noop("Enter the SKU: it is looked for at once. Or choose the item, or create it."),
    Unmatched.NAME_TAKEN: gettext_noop(
        "QuickBooks takes no second item of one name. If it is that item, choose it. If not, give this one another "
        "name here; or rename the other in QuickBooks and press Re-sync."
    ),
    Unmatched.NOT_FOUND: gettext_noop(
        "Choose the item; or enter the SKU on the item in QuickBooks and press Re-sync; or create it."
    ),
}
