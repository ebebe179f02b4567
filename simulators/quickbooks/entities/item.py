"""What does QuickBooks demand of a product or service?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import (
    Day,
    Field,
    Flag,
    Group,
    Many,
    Number,
    Record,
    Ref,
    Shape,
    Text,
    Word,
    cents,
    ignored,
    shape,
    trimmed,
)
from ..ledger import Entry, Posting
from .base import COMMON, column, key_of
from .trees import Tree

if TYPE_CHECKING:
    from ..books import Books

NAME_BANS = {":": "colons", "\t": "tabs", "\n": "new lines", '"': "double quotes"}
SOLD_TO = ("Income", "Other Income", "Other Current Liability")
BOUGHT_TO = ("Expense", "Cost of Goods Sold", "Other Expense", "Other Current Asset", "Fixed Asset", "Other Asset")
TYPES = ("Service", "NonInventory", "Inventory", "Category", "Group")
ACCOUNT = Ref(to="Account", listed_as="Accounts")
BUNDLE = Group(
    shape=shape(
        "ItemGroupDetail",
        ItemGroupLine=Many(
            shape=shape("ItemGroupLine", ItemRef=Ref(to="Item", listed_as="Items"), Qty=Number(), UOMRef=Word())
        ),
    )
)


class Item(Tree):
    """A product, service or category."""

    name = "Item"
    label = "Item"
    counter = "item"
    child_flag = "SubItem"
    shape = Shape(
        type_name="Item",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100, least=1, banned=NAME_BANS, trimmed=True), sticky=True),
            "Sku": Field(kind=Text(most=100)),
            "Description": Field(kind=Text(most=4000)),
            "PurchaseDesc": Field(kind=Text(most=1000)),
            "Active": Field(kind=Flag(), default=True),
            "SubItem": Field(kind=Flag()),
            "ParentRef": Field(kind=Ref(to="Item", listed_as="Items")),
            "Type": Field(kind=Text(most=20), sticky=True),
            "Taxable": Field(kind=Flag(), default=False),
            "UnitPrice": Field(kind=Number(), default=0),
            "PurchaseCost": Field(kind=Number(), default=0),
            "IncomeAccountRef": Field(kind=ACCOUNT),
            "ExpenseAccountRef": Field(kind=ACCOUNT),
            "AssetAccountRef": Field(kind=ACCOUNT),
            "TrackQtyOnHand": Field(kind=Flag(), default=False),
            "QtyOnHand": Field(kind=Number(), fixed=True),
            "InvStartDate": Field(kind=Day(), fixed=True),
            "ItemGroupDetail": Field(kind=BUNDLE, sticky=True),
            "ReorderPoint": Field(kind=Number()),
            "ManPartNum": Field(kind=Text(most=100)),
            "SalesTaxIncluded": Field(kind=Flag()),
            "PurchaseTaxIncluded": Field(kind=Flag()),
            **ignored(
                *("FullyQualifiedName", "Level", "PrefVendorRef", "AvgCost", "QtyOnPurchaseOrder"),
                *("QtyOnSalesOrder", "SalesTaxCodeRef", "PurchaseTaxCodeRef", "ClassRef", "DepositToAccountRef"),
                *("UOMSetRef", "RatePercent", "AbatementRate", "ReverseChargeRate", "ServiceType", "ItemCategoryType"),
                *("TaxClassificationRef", "DeferredRevenue", "PrintGroupedItems", "SpecialItem", "SpecialItemType"),
                *("ItemAssemblyDetail", "ServiceCode", "ItemEx", "Source", "CustomField", "PaymentMethodRef"),
            ),
        },
    )
    columns = {
        "Name": column("text", "Name", index="Name"),
        "FullyQualifiedName": column("text", "FullyQualifiedName", index="FullyQualifiedName"),
        "Sku": column("text", "Sku", index="Sku"),
        "Type": column("text", "Type"),
        "Active": column("flag", "Active"),
        "Taxable": column("flag", "Taxable"),
        "SubItem": column("flag", "SubItem"),
        "ParentRef": column("text", "ParentRef", index="ParentRef"),
        "Description": column("text", "Description", filterable=False),
        "UnitPrice": column("number", "UnitPrice", filterable=False),
        "PurchaseCost": column("number", "PurchaseCost", filterable=False),
        "IncomeAccountRef": column("text", "IncomeAccountRef", filterable=False),
    }
    indexes = {name: key_of(name) for name in ("Name", "FullyQualifiedName", "Sku", "ParentRef")}

    def called(self, record: Record) -> str:
        return str(record["Name"])

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "Name" not in draft:
            raise refusals.missing("Name")
        self._set_type(books, draft, old)
        self._check_accounts(books, draft, old)
        self._set_parent(books, draft)
        self.mark_inactive(draft, old)
        self.place(books, draft, old)
        everywhere = books.options.item_names == "everywhere"
        self.refuse_duplicate(books, draft, old, "Name" if everywhere else "FullyQualifiedName")

    def _set_type(self, books: Books, draft: Record, old: Record | None) -> None:
        kind = draft.get("Type")
        if kind is None:
            raise refusals.missing("Type")
        if kind not in TYPES:
            raise refusals.invalid_enumeration(kind, "Type")
        bundle = kind == "Group" and books.options.bundles_over_api == "refuse" and not books.by_hand
        stock = kind == "Inventory" and not books.preferences["ProductAndServicesPrefs"].get("QuantityOnHand")
        if (bundle or stock) and (old is None or old["Type"] != kind):
            raise refusals.coded(
                5030, "Feature Not Supported Error", f"Items of the type {kind} cannot be made in this company.", "Type"
            )
        if old is not None and old["Type"] != kind and "Category" in (kind, old["Type"]):
            raise refusals.business("A category cannot become a product or service, nor the other way round.")

    def _check_accounts(self, books: Books, draft: Record, old: Record | None) -> None:
        kind = draft["Type"]
        if kind == "Category":
            for name in ("IncomeAccountRef", "ExpenseAccountRef", "UnitPrice", "PurchaseCost", "TrackQtyOnHand"):
                draft.pop(name, None)
            return
        if kind == "Group":
            self._check_components(books, draft)
            return
        if kind == "Inventory":
            self._check_inventory(books, draft, old)
        income, expense = draft.get("IncomeAccountRef"), draft.get("ExpenseAccountRef")
        if income is None and (kind == "Service" or expense is None):
            raise refusals.missing("IncomeAccountRef")
        self._check_account(books, income, "IncomeAccountRef", SOLD_TO)
        self._check_account(books, expense, "ExpenseAccountRef", BOUGHT_TO)

    def _check_account(self, books: Books, identifier: str | None, name: str, allowed: tuple[str, ...]) -> None:
        account = books.get("Account", identifier)
        if account is not None and account["AccountType"] not in allowed:
            raise refusals.coded(
                6430,
                "Invalid account type",
                f"Invalid account type used : {name} cannot be an account of the type {account['AccountType']}.",
                name,
            )

    def _check_components(self, books: Books, draft: Record) -> None:
        parts = components(draft)
        if not parts or any("ItemRef" not in part for part in parts):
            raise refusals.missing("ItemGroupDetail.ItemGroupLine.ItemRef")
        if any(books.named("Item", part["ItemRef"])["Type"] in ("Group", "Category") for part in parts):
            raise refusals.business("A bundle holds products and services only.")

    def _check_inventory(self, books: Books, draft: Record, old: Record | None) -> None:
        if old is not None and old["Type"] != "Inventory":
            raise refusals.business("The type of an item that is there cannot become Inventory here.")
        if not draft.get("TrackQtyOnHand"):
            raise refusals.coded(
                2600, "Conflicting elements", "An inventory item has TrackQtyOnHand.", "TrackQtyOnHand"
            )
        if "QtyOnHand" not in draft:
            raise refusals.coded(6520, "Inventory item needs a quantity", "QtyOnHand must be given.", "QtyOnHand")
        for name in ("InvStartDate", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef"):
            if name not in draft:
                raise refusals.missing(name)
        self._check_sub_type(books, draft, "IncomeAccountRef", "SalesOfProductIncome")
        self._check_sub_type(books, draft, "ExpenseAccountRef", "SuppliesMaterialsCogs")
        self._check_sub_type(books, draft, "AssetAccountRef", "Inventory")
        if old is None:
            books.check_open(draft["InvStartDate"])
            draft["_quantity"], draft["_start_cost"] = draft["QtyOnHand"], draft.get("PurchaseCost", Decimal(0))

    def _check_sub_type(self, books: Books, draft: Record, name: str, wanted: str) -> None:
        account = books.named("Account", draft[name])
        if account["AccountSubType"] != wanted:
            raise refusals.coded(
                6430,
                "Invalid account type",
                f"Invalid account type used : {name} of an inventory item must have the detail type {wanted}.",
                name,
            )

    def kept(self, books: Books, record: Record, old: Record | None) -> None:
        super().kept(books, record, old)
        if old is None and record["Type"] == "Inventory":
            self._post_start(books, record)

    def _post_start(self, books: Books, record: Record) -> None:
        """What is on hand at the start is an asset against opening balance equity."""
        worth = cents(Decimal(record["QtyOnHand"]) * Decimal(record["_start_cost"]))
        if worth:
            equity = books.account_of_sub_type("OpeningBalanceEquity")["Id"]
            note = f"Starting value of {record['Name']}"
            sides = (Posting(record["AssetAccountRef"], worth, None, note), Posting(equity, -worth, None, note))
            entry = Entry("Item", record["Id"], record["InvStartDate"], "START", sides)
            books.store.post("Item", record["Id"], entry)

    def _set_parent(self, books: Books, draft: Record) -> None:
        parent = books.get("Item", draft.get("ParentRef"))
        if draft.get("SubItem") and parent is None:
            raise refusals.coded(6150, "ParentRef required", "A sub-item needs a ParentRef.", "ParentRef")
        if parent is None:
            draft.pop("SubItem", None)
            return
        if parent["Type"] != "Category":
            raise refusals.business("Only a category can be the parent of an item.")
        draft["SubItem"] = True

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        if "ParentRef" in record:
            shown["Level"] = self._depth(books, record) - 1
        if record["Type"] == "Inventory":
            shown["QtyOnHand"] = trimmed(Decimal(record.get("_quantity", 0)))


def components(bundle: Record) -> list[Record]:
    """What a bundle holds: items with quantities."""
    return list(bundle.get("ItemGroupDetail", {}).get("ItemGroupLine", []))


def sold_to_account(books: Books, item: Record) -> str:
    """The income account that a sale of this item credits."""
    account = item.get("IncomeAccountRef")
    if account is None:
        raise refusals.business(f"The item {item['Name']} has no income account, so it cannot be sold.")
    return str(account)
