"""What was paid? Transactions: of an invoice, an order or a subscription, and what was given back of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .amounts import as_number, to_the_cent
from .contacts import ContactWork
from .identifiers import new_object_id
from .tables import Row

STATUSES = ("succeeded", "failed", "pending")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where something was sold: the kind of place, the form of it, its own id and name."""

    kind: str
    form: str = ""
    id: str = ""
    name: str = ""

    def of_list(self, prefix: str) -> Row:
        """As lists show it: `sourceType`, or `entitySourceType` of a transaction."""
        told = {"Type": self.kind, "SubType": self.form, "Name": self.name, "Id": self.id}
        return {f"{prefix}{name}": value for name, value in told.items() if value}

    def kept(self) -> list[str]:
        """As a record keeps it."""
        return [self.kind, self.form, self.id, self.name]

    def whole(self) -> Row:
        """As the record itself shows it."""
        told = {"type": self.kind, "id": self.id, "name": self.name, "meta": {}}
        return {**told, "subType": self.form} if self.form else told


@dataclass(frozen=True, kw_only=True)
class Charge:
    """How money was taken."""

    amount: Decimal
    currency: str = "USD"
    status: str = "succeeded"
    live: bool = True
    provider: str = "stripe"
    method: str = "card"
    at: datetime | None = None


class TransactionWork(ContactWork):
    """What people do with payments."""

    def take_charge(
        self,
        contact: str,
        charge: Charge,
        origin: Origin,
        *,
        kind: str,
        entity: str,
        subscription: str = "",
        **more: Any,
    ) -> str:
        """A transaction of an order or an invoice; returns its id."""
        identifier, moment = new_object_id(), self.moment(charge.at)
        currency = charge.currency
        row: Row = {
            "_id": identifier,
            "altId": self.location_id,
            "altType": "location",
            "contactId": contact,
            "currency": currency,
            "amount": as_number(charge.amount),
            "status": charge.status,
            "liveMode": charge.live,
            "entityType": kind,
            "entityId": entity,
            "chargeId": f"ch_{identifier}",
            "chargeSnapshot": _snapshot(charge, identifier),
            "amountRefunded": 0,
            "createdAt": moment,
            "updatedAt": moment,
            "fulfilledAt": moment,
            "inner": {
                "origin": origin.kept(),
                "provider": charge.provider,
                "method": charge.method,
                "snapshot": self.contact_snapshot(contact),
                "synced": False,
                **more,
            },
            **({"subscriptionId": subscription} if subscription else {}),
        }
        with self.writing():
            self.tables.put("transactions", identifier, row)
        return identifier

    def refund(self, transaction: str, amount: Decimal | None = None) -> None:
        """Give back a part of a payment, or what is left of it.

        Raises:
            ValueError: It never succeeded, or less is left of it.
        """
        row = self.required("transactions", transaction, "transaction")
        left = Decimal(row["amount"]) - Decimal(row["amountRefunded"])
        back = left if amount is None else to_the_cent(amount, row["currency"])
        if row["status"] in ("failed", "pending"):
            raise ValueError("only a payment that succeeded can be refunded")
        if back <= 0 or back > left:
            raise ValueError(f"between 0 and {left} can be refunded, not {back}")
        refunded = Decimal(row["amountRefunded"]) + back
        told = {"amountRefunded": as_number(refunded), "updatedAt": self.moment()}
        if self.agency.options.refunded_status == "told":
            told["status"] = "refunded" if refunded == Decimal(row["amount"]) else "partially_refunded"
        with self.writing():
            self.tables.put("transactions", transaction, {**row, **told})

    def settle(self, transaction: str, status: str = "succeeded") -> None:
        """Let a payment that was pending succeed or fail.

        Raises:
            ValueError: It is not pending.
        """
        row = self.required("transactions", transaction, "transaction")
        if row["status"] != "pending" or status not in STATUSES:
            raise ValueError("only a pending payment succeeds or fails later")
        with self.writing():
            self.tables.put("transactions", transaction, {**row, "status": status, "updatedAt": self.moment()})

    def mark_synced_by_own_quickbooks(self, transaction: str) -> None:
        """HighLevel's own QuickBooks integration has posted this payment.

        Raises:
            ValueError: There is no such transaction.
        """
        row = self.required("transactions", transaction, "transaction")
        with self.writing():
            inner = {**row["inner"], "synced": True}
            self.tables.put("transactions", transaction, {**row, "inner": inner, "updatedAt": self.moment()})

    # As the API shows them

    def transaction_in_list(self, row: Row) -> Row:
        """A transaction as the list shows it."""
        inner = row["inner"]
        told = {name: value for name, value in row.items() if name != "inner"}
        return {
            **told,
            **self.contact_facts(row["contactId"]),
            **origin_of(row).of_list("entitySource"),
            "entitySourceMeta": {},
            "paymentProviderType": inner["provider"],
            "paymentMethod": {"type": inner["method"]},
        }

    def transaction_whole(self, row: Row) -> Row:
        """A transaction as its own address shows it."""
        inner = row["inner"]
        told = {name: value for name, value in row.items() if name not in ("inner", "fulfilledAt")}
        return {
            **told,
            "contactSnapshot": inner["snapshot"],
            "entitySource": origin_of(row).whole(),
            "paymentProvider": {"type": inner["provider"], "connectedAccount": ""},
            "meta": {},
            "markAsTest": not row["liveMode"],
            "isParent": False,
            "receiptId": f"{row['_id'][::-1]}",
            "qboSynced": inner["synced"],
            "qboResponse": {"Id": "1042", "SyncToken": "0"} if inner["synced"] else {},
            **({"invoiceId": row["entityId"]} if row["entityType"] == "invoice" else {}),
        }


def origin_of(row: Row) -> Origin:
    """Where something was sold, as its record keeps it."""
    kind, form, identifier, name = row["inner"]["origin"]
    return Origin(kind=kind, form=form, id=identifier, name=name)


def _snapshot(charge: Charge, identifier: str) -> Row:
    """The processor's own object: it counts in the smallest unit, whatever the record around it does."""
    if charge.provider != "stripe":
        return {}
    return {
        "id": f"ch_{identifier}",
        "object": "charge",
        "amount": int(charge.amount * 100),
        "currency": charge.currency.lower(),
        "status": charge.status,
        "livemode": charge.live,
        "payment_method_details": {"type": charge.method},
    }
