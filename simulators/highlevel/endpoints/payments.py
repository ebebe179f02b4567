"""What is answered about orders, transactions and subscriptions?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...common.http import Reply, Request
from ..asked import MOST_PER_PAGE, AskedOf, query_of
from ..refusals import not_found
from ..sub_account import SubAccount
from ..tables import Row
from .endpoint import page_of, read, told

_PAGE = ("altId", "altType", "limit", "offset")
_COMMON = (*_PAGE, "paymentMode", "startAt", "endAt", "search", "contactId")
_ORDERS = (*_COMMON, "locationId", "status", "paymentStatus", "funnelProductIds", "sourceId")
_TRANSACTIONS = (*(*_COMMON, "locationId", "entitySourceType", "entitySourceSubType", "subscriptionId", "entityId"),)
_SUBSCRIPTIONS = (*_COMMON, "entityId", "entitySourceType", "id", "getPaymentsCollectedCount")
Test = Callable[[Row], bool]


def _common(asked: AskedOf) -> Test:
    """What all three lists can be narrowed by; a day is one of UTC, and both ends count."""
    start, end = asked.moment("startAt"), asked.moment("endAt", end=True)
    mode = asked.choice("paymentMode", "default", "live", "test")
    contact, search = asked.text("contactId"), asked.text("search").lower()

    def wanted(row: Row) -> bool:
        return (
            (start is None or datetime.fromisoformat(row["createdAt"]) >= start)
            and (end is None or datetime.fromisoformat(row["createdAt"]) <= end)
            and (mode in ("", "default") or row["liveMode"] == (mode == "live"))
            and (not contact or row["contactId"] == contact)
            and (not search or search in _words(row))
        )

    return wanted


def _words(row: Row) -> str:
    """What a search looks at."""
    snapshot = row["inner"]["snapshot"]
    return f"{snapshot.get('name', '')} {snapshot.get('email', '')} {row['_id']}".lower()


def _listed(
    account: SubAccount, table: str, asked: AskedOf, test: Test, show: Callable[[Row], Row], *, typed: bool
) -> Reply:
    common = _common(asked)
    limit, offset = asked.whole("limit", 10, most=MOST_PER_PAGE), asked.whole("offset", 0)
    if not typed:
        asked.choice("altType", "location")
    asked.location("altId", account.location_id, typed=typed)
    page, total = page_of((row for row in account.tables.newest(table) if common(row) and test(row)), offset, limit)
    return told({"data": [account.as_spoiled(show(row)) for row in page], "totalCount": total})


def _equal(wanted: dict[str, str], found: dict[str, str]) -> bool:
    return all(found.get(name, "") == value for name, value in wanted.items() if value)


def _orders(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, *_ORDERS)
    wanted = {"status": asked.text("status"), "sourceId": asked.text("sourceId")}
    paid = asked.choice("paymentStatus", "paid", "unpaid", "refunded", "partially_paid")

    def test(row: Row) -> bool:
        found = {"status": row["status"], "sourceId": row["inner"]["origin"][2]}
        return _equal(wanted, found) and (not paid or _payment_status(account, row) == paid)

    return _listed(account, "orders", asked, test, account.order_in_list, typed=False)


def _payment_status(account: SubAccount, order: Row) -> str:
    payments = [row for row in account.tables.all("transactions") if row["entityId"] == order["_id"]]
    good = [row for row in payments if row["status"] not in ("failed", "pending")]
    if not good:
        return "unpaid"
    return "refunded" if all(row["amountRefunded"] == row["amount"] for row in good) else "paid"


def _transactions(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, *_TRANSACTIONS)
    names = ("entitySourceType", "entitySourceSubType", "subscriptionId", "entityId")
    wanted = {name: asked.text(name) for name in names}

    def test(row: Row) -> bool:
        kind, form = row["inner"]["origin"][:2]
        ids = {name: row.get(name, "") for name in ("subscriptionId", "entityId")}
        return _equal(wanted, {**ids, "entitySourceType": kind, "entitySourceSubType": form})

    return _listed(account, "transactions", asked, test, account.transaction_in_list, typed=True)


def _subscriptions(account: SubAccount, request: Request) -> Reply:
    asked = query_of(request, *_SUBSCRIPTIONS)
    wanted = {name: asked.text(name) for name in ("entityId", "entitySourceType")} | {"_id": asked.text("id")}

    def test(row: Row) -> bool:
        return _equal(wanted, {**row, "entitySourceType": row["inner"]["origin"][0]})

    return _listed(account, "subscriptions", asked, test, account.subscription_in_list, typed=True)


def _one_of(table: str, what: str, show: Callable[[SubAccount, Row], Row], *, typed: bool) -> Callable[..., Reply]:
    def answer(account: SubAccount, request: Request, identifier: str) -> Reply:
        asked = query_of(request, "altId", "altType", "locationId")
        if not typed:
            asked.choice("altType", "location")
        asked.location("altId", account.location_id, typed=typed)
        row = account.tables.get(table, identifier)
        if row is None:
            raise not_found(what, identifier)
        return told(account.as_spoiled(show(account, row)))

    return answer


_ORDER = _one_of("orders", "Order", SubAccount.order_whole, typed=False)
_TRANSACTION = _one_of("transactions", "Transaction", SubAccount.transaction_whole, typed=True)
_SUBSCRIPTION = _one_of("subscriptions", "Subscription", SubAccount.subscription_whole, typed=True)

CALLS = (
    read("/payments/orders", "payments/orders.readonly", "order", _orders),
    read("/payments/orders/<identifier>", "payments/orders.readonly", "order", _ORDER),
    read("/payments/transactions", "payments/transactions.readonly", "transaction", _transactions),
    read("/payments/transactions/<identifier>", "payments/transactions.readonly", "transaction", _TRANSACTION),
    read("/payments/subscriptions", "payments/subscriptions.readonly", "subscription", _subscriptions),
    read("/payments/subscriptions/<identifier>", "payments/subscriptions.readonly", "subscription", _SUBSCRIPTION),
)
