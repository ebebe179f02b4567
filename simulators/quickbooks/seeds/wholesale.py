"""What is in the books of a company whose names are in doubt? The sample books, and what makes matching hard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import sample

if TYPE_CHECKING:
    from ..company import Company

# name | SKU | account; two of them share an SKU, as QuickBooks allows
_ITEMS = """
Banding Wheel | BW-100 | Sales:Tools
Banding Wheel, 2024 model | BW-100 | Sales:Tools
Slab Roller 24 | SR24 | Sales:Tools
Bisque Tiles | TILE-BQ | Sales:Kits
Porcelain Slip | SLIP-P | Sales:Kits
"""
_INACTIVE_ITEM = "Porcelain Slip"
#: A bundle, which QuickBooks lists among its items and refuses on the lines of an app.
_BUNDLE, _BUNDLE_SKU, _PARTS = "Potter's Starter Bundle", "BND-START", ("Banding Wheel", "Bisque Tiles")
#: Two that stand in for buyers without a name; the second is inactive.
_COUNTERS = ("Counter Sales", "Walk-in")


def fill(company: Company) -> None:
    """Write the sample books, then the items and customers that are in doubt."""
    sample.fill(company)
    accounts = {record["FullyQualifiedName"]: record["Id"] for record in company.books.all("Account")}
    ids = {}
    for name, sku, account in ([cell.strip() for cell in row.split("|")] for row in _ITEMS.strip().splitlines()):
        income = {"value": accounts[account]}
        ids[name] = company.make("Item", Name=name, Sku=sku, Type="NonInventory", IncomeAccountRef=income)["Id"]
    _make_inactive(company, "Item", ids[_INACTIVE_ITEM])
    parts = [{"ItemRef": {"value": ids[part]}, "Qty": 1} for part in _PARTS]
    company.books.by_hand = True  # a bundle is made by a person
    company.make("Item", Name=_BUNDLE, Sku=_BUNDLE_SKU, Type="Group", ItemGroupDetail={"ItemGroupLine": parts})
    company.books.by_hand = False
    for name in _COUNTERS:
        made = company.make("Customer", DisplayName=name)["Id"]
    _make_inactive(company, "Customer", made)


def _make_inactive(company: Company, entity: str, number: str) -> None:
    record = company.books.named(entity, number)
    company.make(entity, Id=number, SyncToken=record["SyncToken"], sparse=True, Active=False)
