"""Which mappings does an issue touch? Every product, line type and posting account that gives the name."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from companies.models import Company
from mapping.models import LineTypeDefault, Product
from reconciliation.models import Issue
from reconciliation.resolutions import Slot, account_slots, item_slots

#: A page that lists more is read by nobody; the number of the others is said.
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Touched:
    """One mapping, with the screen where it stands."""

    words: str
    link: str


@dataclass(frozen=True, kw_only=True)
class AllTouched:
    """The mappings of an issue."""

    shown: tuple[Touched, ...]
    more: int

    def __bool__(self) -> bool:
        return bool(self.shown)


def touched_by(company: Company, issue: Issue) -> AllTouched:
    """The mappings that give the name which the issue is about; none for an issue about something else."""
    slots: list[Slot] = []
    if issue.code == "item-not-in-quickbooks":
        slots = item_slots(company, str(issue.facts.get("item", "")))
    elif issue.code == "account-not-in-quickbooks":
        slots = account_slots(company, str(issue.facts.get("account", "")))
    shown = tuple(Touched(words=str(slot), link=_link(company, slot)) for slot in slots[:SHOWN])
    return AllTouched(shown=shown, more=len(slots) - len(shown))


def _link(company: Company, slot: Slot) -> str:
    if isinstance(slot.row, Product):
        return reverse("admin:mapping_product_change", args=[slot.row.pk])
    if isinstance(slot.row, LineTypeDefault):
        return reverse("mapping:line_types", args=[company.slug])
    return reverse("mapping:posting_accounts", args=[company.slug])
