"""What can a HighLevel sub-account be asked? Lists by pages of a hundred, and single records by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from sync.fetching.asking import SourceApi, Stopped

_PAGE = 100
#: A list that changes while it is read is read again, so many times.
_TIMES = 3
_STRANGE = gettext_noop("HighLevel answered %(path)s with something other than expected. None of it was read.")
_RESTLESS = gettext_noop("The list %(path)s of HighLevel changed each time that it was read. It is read again later.")
_INVOICES, _TRANSACTIONS = "/invoices/", "/payments/transactions"


class Account:
    """One sub-account. Whatever keeps it from being read is raised as `Stopped`."""

    def __init__(self, api: SourceApi, location: str) -> None:
        """Keep whom to ask, and the id of the sub-account."""
        self.api, self.location = api, location
        self._skus: dict[str, str] | None = None
        self._orders: dict[str, Json | None] = {}
        self._contacts: dict[str, Json | None] = {}

    def invoices(self, **filters: str) -> list[Json]:
        """Invoices as the list shows them, by `startAt` and `endAt` of their issue dates."""
        return self._whole(_INVOICES, "invoices", "total", {**filters, "sortField": "issueDate", "sortOrder": "ascend"})

    def number_of_invoices(self) -> int:
        """How many invoices there are."""
        return self._number(_INVOICES, "total", {})

    def number_of_transactions(self, **filters: str) -> int:
        """How many transactions there are, by the filters of `transactions`."""
        return self._number(_TRANSACTIONS, "totalCount", filters)

    def invoice(self, identifier: str) -> Json | None:
        """One invoice; None where there is none."""
        return self._one(f"{_INVOICES}{identifier}")

    def transactions(self, **filters: str) -> list[Json]:
        """Transactions as the list shows them, by `startAt` and `endAt`, `contactId` or `entityId`."""
        return self._whole(_TRANSACTIONS, "data", "totalCount", filters)

    def transaction(self, identifier: str) -> Json | None:
        """One transaction, which says more than the list does; None where there is none."""
        return self._one(f"{_TRANSACTIONS}/{identifier}")

    def order(self, identifier: str) -> Json | None:
        """One order of payments with its items; None where there is none."""
        return self._kept(self._orders, identifier, f"/payments/orders/{identifier}")

    def contact(self, identifier: str) -> Json | None:
        """One contact in full; None where there is none."""
        found = self._kept(self._contacts, identifier, f"/contacts/{identifier}")
        inner = found.get("contact") if found else None
        return inner if isinstance(inner, dict) else found

    def place(self) -> Json:
        """The sub-account itself: its name and time zone."""
        told = self._one(f"/locations/{self.location}")
        inner = told.get("location") if told else None
        if not isinstance(inner, dict):
            raise self._strange("/locations/")
        return inner

    def skus(self) -> dict[str, str]:
        """SKUs by the id of their price, read once: lines of invoices and orders carry none."""
        if self._skus is None:
            rows = self._whole("/products/inventory", "inventory", "", {})
            self._skus = {str(row["_id"]): str(row["sku"]) for row in rows if row.get("_id") and row.get("sku")}
        return self._skus

    def products(self) -> list[Json]:
        """Every product."""
        return self._whole("/products/", "products", "total", {})

    def prices_of(self, product: str) -> list[Json]:
        """The prices of a product; none where it was deleted meanwhile."""
        path = f"/products/{product}/price"
        told = self._asked(path, {"limit": str(_PAGE), "offset": "0"})
        if told is None:
            return []
        prices = told.get("prices")
        if not isinstance(prices, list) or not all(isinstance(price, dict) for price in prices):
            raise self._strange(path)
        return prices if len(prices) < _PAGE else self._whole(path, "prices", "total", {})

    def prove(self) -> None:
        """Ask one record of everything that will be read, so that a key that lacks a permission is known at once."""
        for path in (_INVOICES, _TRANSACTIONS, "/payments/orders", "/products/inventory"):
            self._asked(path, {"limit": "1", "offset": "0"})

    def _number(self, path: str, total: str, filters: dict[str, str]) -> int:
        told = (self._asked(path, {**filters, "limit": "1", "offset": "0"}) or {}).get(total)
        number = str(told)
        if not (number.isascii() and number.isdigit()):
            raise self._strange(path)
        return int(number)

    def _whole(self, path: str, name: str, total: str, filters: dict[str, str]) -> list[Json]:
        """All rows of a list. Pages are counted from the top, so one that changes meanwhile is read again."""
        for _attempt in range(_TIMES):
            rows, restless = self._read(path, name, total, filters)
            if not restless:
                return rows
        raise Stopped(TryLater(reason=Message.of(_RESTLESS, path=path).worded(), wait=60))

    def _read(self, path: str, name: str, total: str, filters: dict[str, str]) -> tuple[list[Json], bool]:
        found: dict[str, Json] = {}
        number, totals = 0, set()
        for told in self._pages(path, filters):
            rows = told.get(name)
            if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("_id") for row in rows):
                raise self._strange(path)
            totals.add(str(told.get(total)))
            number += len(rows)
            found.update({str(row["_id"]): row for row in rows})
            if len(rows) < _PAGE:
                break
        return list(found.values()), len(totals) > 1 or len(found) < number

    def _pages(self, path: str, filters: dict[str, str]) -> Iterator[Json]:
        offset = 0
        while True:
            told = self._asked(path, {**filters, "limit": str(_PAGE), "offset": str(offset)})
            if told is None:
                raise self._strange(path)
            yield told
            offset += _PAGE

    def _kept(self, kept: dict[str, Any], identifier: str, path: str) -> Json | None:
        if not identifier:
            return None
        if identifier not in kept:
            if len(kept) > 1000:
                kept.clear()
            kept[identifier] = self._one(path)
        found: Json | None = kept[identifier]
        return found

    def _one(self, path: str) -> Json | None:
        return self._asked(path, {})

    def _asked(self, path: str, filters: dict[str, str]) -> Json | None:
        whose = {"altId": self.location, "altType": "location", "locationId": self.location}
        for name in _NOT_TAKEN.get(path, _NOT_TAKEN.get(path.split("/")[1], ())):
            del whose[name]
        answer = self.api.get(path, {**whose, **filters})
        if isinstance(answer, TryLater):
            raise Stopped(answer)
        if answer.status == 404:
            return None
        if not isinstance(answer.json, dict):
            raise self._strange(path)
        return answer.json

    def _strange(self, path: str) -> Stopped:
        return Stopped(TryLater(reason=Message.of(_STRANGE, path=path).worded(), wait=60))


#: How the sub-account is named differs between the parts of the interface.
_NOT_TAKEN = {
    "invoices": ("locationId",),
    "payments": ("locationId",),
    "products": ("altId", "altType"),
    "/products/inventory": ("locationId",),
    "contacts": ("altId", "altType", "locationId"),
    "locations": ("altId", "altType", "locationId"),
}
