"""What is switched off for a source, so that its records wait?"""

from __future__ import annotations

from dataclasses import dataclass

from books.problems.base import Problem
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class ItemSyncOff(Problem):
    """A product has no QuickBooks name, and products of its source are not matched by themselves."""

    code = "item-sync-off"
    title = gettext_noop("Item sync is off")
    explanation = gettext_noop(
        "Products of the source “%(source)s” are not matched with QuickBooks items by themselves, and some that were "
        "sold have no QuickBooks name."
    )
    cure = gettext_noop(
        "Turn on the item sync of the source under Settings, Integrations, or give each product its QuickBooks name."
    )
    cause_fields = ("system",)

    #: The key of the source, and its name.
    system: str
    source: str


@dataclass(frozen=True, kw_only=True)
class CustomerSyncOff(Problem):
    """A customer is linked with no QuickBooks customer, and customers of the source are not matched by themselves."""

    code = "customer-sync-off"
    title = gettext_noop("Customer sync is off")
    explanation = gettext_noop(
        "Customers of the source “%(source)s” are neither matched with QuickBooks customers nor created by themselves, "
        "and some who bought are linked with none."
    )
    cure = gettext_noop(
        "Turn on the customer sync of the source under Settings, Integrations, or choose the QuickBooks customer of "
        "each."
    )
    cause_fields = ("system",)

    #: The key of the source, and its name.
    system: str
    source: str
