"""Something that is kept in stock."""

from __future__ import annotations

POT = {
    "Name": "Pot",
    "Type": "Inventory",
    "TrackQtyOnHand": True,
    "QtyOnHand": 10,
    "InvStartDate": "2026-07-01",
    "PurchaseCost": 4,
    "UnitPrice": 9,
    "IncomeAccountRef": {"value": "18"},
    "ExpenseAccountRef": {"value": "28"},
    "AssetAccountRef": {"value": "6"},
}
