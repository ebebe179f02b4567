"""What does QuickBooks have of a customer, and how is a customer made inactive there?

QuickBooks deletes no customer: inactive ones stay, with all that is theirs, and can be made active again.

Source:
    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/customer
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from books.money import ZERO
from books.names import DELETED
from books.outcomes import Outcome
from sync.pushing.address_book import AddressWriting
from sync.quickbooks_online.customer_addresses import OnlineAddressBook
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.json_values import Json, written
from sync.quickbooks_online.transactions import every_row
from sync.quickbooks_online.wire import Unreadable, amount_of, customer_ref, literal

_ENTITY = "Customer"
#: Transactions that name a customer and can be asked for by it. Others show in the balance, or in neither.
_OF_A_CUSTOMER = ("Invoice", "SalesReceipt", "Payment", "CreditMemo", "RefundReceipt", "Estimate")
#: How many customers go into one question.
CUSTOMERS_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class CustomerState:
    """A customer as QuickBooks has it now."""

    sync_token: str
    name: str
    active: bool
    #: What is owed, sub-customers included.
    balance: Decimal


def customers_now(destination: QuickBooksOnline, ids: Collection[str]) -> dict[str, CustomerState]:
    """The customers of these ids, inactive ones too.

    Raises:
        NotReadError: They could not be read.
    """
    wanted = ", ".join(map(literal, sorted(ids)))
    rows = every_row(destination, _ENTITY, f"WHERE Id IN ({wanted}) AND Active IN (true, false)")
    return {
        str(row["Id"]): CustomerState(
            sync_token=str(row.get("SyncToken", "")),
            name=str(row.get("DisplayName") or ""),
            active=row.get("Active") is not False,
            balance=max((_amount(row, name) for name in ("Balance", "BalanceWithJobs")), key=abs),
        )
        for row in rows
    }


def transactions_of(destination: QuickBooksOnline, ids: Collection[str]) -> dict[str, set[str]]:
    """By customer, all transactions that QuickBooks has of it, such as `Invoice 145`; voided ones too.

    Raises:
        NotReadError: They could not be read.
    """
    wanted, found = ", ".join(map(literal, sorted(ids))), defaultdict[str, set[str]](set)
    for entity in _OF_A_CUSTOMER:
        for row in every_row(destination, entity, f"WHERE CustomerRef IN ({wanted})"):
            found[customer_ref(row)[0]].add(f"{entity} {row['Id']}")
    return found


def inactivation(quickbooks_id: str, sync_token: str) -> bytes:
    """The exact bytes that make a customer inactive, and nothing else of it."""
    return written({"Id": quickbooks_id, "SyncToken": sync_token, "sparse": True, "Active": False})


def activation(quickbooks_id: str, there: CustomerState) -> bytes:
    """The exact bytes that make a customer active again, without the word that QuickBooks put behind its name."""
    body: Json = {"Id": quickbooks_id, "SyncToken": there.sync_token, "sparse": True, "Active": True}
    if there.name.endswith(DELETED):
        body["DisplayName"] = there.name.removesuffix(DELETED)
    return written(body)


def send_customer(destination: QuickBooksOnline, body: bytes, *, request_id: str) -> Outcome:
    """Send these bytes and wait for the answer; one about a version that is not the newest any more is `TryLater`."""
    (answer,) = OnlineAddressBook(destination).write([AddressWriting(body=body, request_id=request_id)])
    return answer.outcome


def _amount(row: Mapping[str, Any], name: str) -> Decimal:
    try:
        return amount_of(row, name)
    except Unreadable:  # QuickBooks leaves out what is nothing
        return ZERO
