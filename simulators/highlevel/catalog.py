"""What is for sale? Products and their prices; the SKU is on the price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .amounts import LineTax, SoldLine, as_number
from .identifiers import new_object_id
from .location_work import LocationWork
from .tables import Row, shown


class CatalogWork(LocationWork):
    """What people do with products and prices."""

    def new_product(self, name: str, *, kind: str = "PHYSICAL", description: str = "") -> str:
        """A product without a price; returns its id."""
        identifier, moment = new_object_id(), self.moment()
        row: Row = {
            "_id": identifier,
            "locationId": self.location_id,
            "name": name,
            "description": description,
            "productType": kind,
            "availableInStore": True,
            "variants": [],
            "collectionIds": [],
            "isTaxesEnabled": False,
            "taxes": [],
            "createdAt": moment,
            "updatedAt": moment,
        }
        with self.writing():
            self.tables.put("products", identifier, row)
            self.tell("ProductCreate", shown(row))
        return identifier

    def rename_product(self, product: str, name: str) -> None:
        """Call a product something else.

        Raises:
            ValueError: There is no such product.
        """
        row = {**self.required("products", product, "product"), "name": name, "updatedAt": self.moment()}
        with self.writing():
            self.tables.put("products", product, row)
            self.tell("ProductUpdate", shown(row))

    def delete_product(self, product: str) -> None:
        """Take a product and its prices out; what was sold of it stays.

        Raises:
            ValueError: There is no such product.
        """
        row = self.required("products", product, "product")
        with self.writing():
            for price in self.prices_of(product):
                self.delete_price(price["_id"])
            self.tables.put("products", product, None)
            self.tell("ProductDelete", shown(row))

    def new_price(
        self,
        product: str,
        name: str,
        amount: Decimal,
        *,
        sku: str = "",
        currency: str = "USD",
        every: str = "",
        stock: int | None = None,
    ) -> str:
        """A price of a product, once or `every` day, week, month or year; returns its id.

        Raises:
            ValueError: There is no such product.
        """
        self.required("products", product, "product")
        identifier, moment = new_object_id(), self.moment()
        row: Row = {
            "_id": identifier,
            "locationId": self.location_id,
            "product": product,
            "name": name,
            "type": "recurring" if every else "one_time",
            "currency": currency,
            "amount": as_number(amount),
            "variantOptionIds": [],
            "membershipOffers": [],
            "allowOutOfStockPurchases": True,
            "createdAt": moment,
            "updatedAt": moment,
            "inner": {"sku": sku},
            **({"recurring": {"interval": every, "intervalCount": 1}} if every else {}),
            **({"trackInventory": True, "availableQuantity": stock} if stock is not None else {}),
        }
        with self.writing():
            self.tables.put("prices", identifier, row)
            self.tell("PriceCreate", shown(row))
        return identifier

    def edit_price(self, price: str, *, amount: Decimal | None = None, sku: str | None = None) -> None:
        """Change what a price is, or its SKU.

        Raises:
            ValueError: There is no such price.
        """
        row = dict(self.required("prices", price, "price"))
        if amount is not None:
            row["amount"] = as_number(amount)
        if sku is not None:
            row["inner"] = {**row["inner"], "sku": sku}
        row["updatedAt"] = self.moment()
        with self.writing():
            self.tables.put("prices", price, row)
            self.tell("PriceUpdate", shown(row))

    def delete_price(self, price: str) -> None:
        """Take a price out.

        Raises:
            ValueError: There is no such price.
        """
        row = self.required("prices", price, "price")
        with self.writing():
            self.tables.put("prices", price, None)
            self.tell("PriceDelete", shown(row))

    def prices_of(self, product: str) -> list[Row]:
        """The prices of a product, oldest first."""
        return [row for row in self.tables.all("prices") if row["product"] == product]

    def price_called(self, sku: str) -> str:
        """The id of the price with a SKU.

        Raises:
            ValueError: There is none.
        """
        found = next((row for row in self.tables.all("prices") if row["inner"]["sku"] == sku), None)
        if found is None:
            raise ValueError(f"there is no price with the SKU {sku!r}")
        return str(found["_id"])

    def line_of(
        self, price: str, qty: Decimal | int = 1, *, taxes: tuple[LineTax, ...] = (), tax_inclusive: bool = False
    ) -> SoldLine:
        """A line that sells at a price of the catalog.

        Raises:
            ValueError: There is no such price.
        """
        row = self.required("prices", price, "price")
        product = self.required("products", row["product"], "product")
        return SoldLine(
            name=product["name"],
            amount=Decimal(row["amount"]),
            qty=Decimal(qty),
            product=row["product"],
            price=price,
            taxes=taxes,
            tax_inclusive=tax_inclusive,
            recurring=row["type"] == "recurring",
        )

    def inventory(self) -> list[dict[str, Any]]:
        """Every price with its SKU and its product's name; a switch leaves out those without a count of stock."""
        told = []
        for row in self.tables.all("prices"):
            if "trackInventory" not in row and self.agency.options.untracked_prices == "left_out":
                continue
            product = self.tables.get("products", row["product"]) or {}
            told.append(
                {
                    "_id": row["_id"],
                    "name": row["name"],
                    "availableQuantity": row.get("availableQuantity", 0),
                    "sku": row["inner"]["sku"],
                    "allowOutOfStockPurchases": row["allowOutOfStockPurchases"],
                    "product": row["product"],
                    "updatedAt": row["updatedAt"],
                    "productName": product.get("name", ""),
                }
            )
        return told
