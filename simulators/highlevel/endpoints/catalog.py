"""What is answered about products, prices and what is in stock?"""

from __future__ import annotations

from ...common.http import Reply, Request
from ..asked import MOST_PER_PAGE, query_of
from ..refusals import not_found
from ..sub_account import SubAccount
from ..tables import shown
from .endpoint import page_of, read, told

PRODUCTS, PRICES = "products.readonly", "products/prices.readonly"
_KNOWN = (
    *("limit", "offset", "locationId", "search", "collectionIds", "collectionSlug", "expand", "productIds", "storeId"),
    *("includedInStore", "availableInStore", "sortOrder"),
)


def _list(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, *_KNOWN)
    limit, offset = asked.whole("limit", 10, most=MOST_PER_PAGE), asked.whole("offset", 0)
    search = asked.text("search").lower()
    wanted = {identifier for identifier in request.args.getlist("productIds") for identifier in identifier.split(",")}
    asked.location("locationId", account.location_id, typed=False)
    rows = (
        shown(row)
        for row in account.tables.newest("products")
        if search in row["name"].lower() and (not wanted or row["_id"] in wanted)
    )
    page, total = page_of(rows, offset, limit)
    return told({"products": [account.as_spoiled(row) for row in page], "total": [{"total": total}]})


def _product(account: SubAccount, request: Request, product: str) -> Reply:
    query_of(request, "locationId", "sendWishlistStatus").location("locationId", account.location_id, typed=False)
    row = account.tables.get("products", product)
    if row is None:
        raise not_found("Product", product)
    return told(shown(row))


def _prices(account: SubAccount, request: Request, product: str) -> Reply:
    asked = query_of(request, "locationId", "limit", "offset", "ids")
    limit, offset = asked.whole("limit", 10, most=MOST_PER_PAGE), asked.whole("offset", 0)
    wanted = set(filter(None, asked.text("ids").split(",")))
    asked.location("locationId", account.location_id, typed=False)
    if account.tables.get("products", product) is None:
        raise not_found("Product", product)
    rows = (shown(row) for row in account.prices_of(product) if not wanted or row["_id"] in wanted)
    page, total = page_of(rows, offset, limit)
    return told({"prices": page, "total": total})


def _price(account: SubAccount, request: Request, product: str, price: str) -> Reply:
    query_of(request, "locationId").location("locationId", account.location_id, typed=False)
    row = account.tables.get("prices", price)
    if row is None or row["product"] != product:
        raise not_found("Price", price)
    return told(shown(row))


def _inventory(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, "limit", "offset", "altId", "altType", "search")
    limit, offset = asked.whole("limit", 20, most=MOST_PER_PAGE), asked.whole("offset", 0)
    search = asked.text("search").lower()
    asked.location("altId", account.location_id)
    rows = (row for row in account.inventory() if search in f"{row['productName']} {row['name']} {row['sku']}".lower())
    page, total = page_of(rows, offset, limit)
    return told({"inventory": [account.as_spoiled(row) for row in page], "total": {"total": total}})


CALLS = (
    read("/products/", PRODUCTS, "product", _list),
    read("/products/inventory", PRICES, "price", _inventory),
    read("/products/<product>", PRODUCTS, "product", _product),
    read("/products/<product>/price", PRICES, "price", _prices),
    read("/products/<product>/price/<price>", PRICES, "price", _price),
)
