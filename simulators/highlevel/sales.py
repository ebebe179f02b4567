"""What was sold without an invoice? Order forms, subscriptions and their renewals, memberships, calendars and more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from .amounts import Discount, Rounding, SoldLine, as_number, totals_of
from .identifiers import new_object_id, new_word
from .tables import Row, shown
from .transactions import Charge, Origin, TransactionWork, origin_of

ORDER_FORM = Origin(kind="funnel", form="two_step_order_form", id="fn-commissions", name="Commission funnel")
MEMBERSHIP = Origin(kind="membership", id="mb-studio", name="Studio membership")
CALENDAR = Origin(kind="calendar", form="meeting", id="cal-fittings", name="Fittings")
#: What else can sell: each word that the vendor knows.
KINDS = (
    *("funnel", "website", "invoice", "calendar", "text2Pay", "document_contracts", "membership", "mobile_app"),
    *("communities", "point_of_sale", "manual", "form", "survey", "payment_link", "external"),
)


class Sale(NamedTuple):
    """What a sale left behind: ids of the order, of its payment, and of the subscription if it is one."""

    order: str
    transaction: str
    subscription: str = ""


class SaleWork(TransactionWork):
    """What people, and their customers on forms, do without invoices."""

    def sell(
        self,
        contact: str,
        lines: Sequence[SoldLine],
        origin: Origin,
        *,
        discount: Discount | None = None,
        coupon: str = "",
        status: str = "succeeded",
        live: bool = True,
        currency: str = "USD",
        provider: str = "stripe",
        subscription: bool = False,
        at: datetime | None = None,
    ) -> Sale:
        """A sale with its order and its payment, which may have failed, be pending, or be a test.

        Raises:
            ValueError: There is no such contact, no line, or HighLevel has no such place to sell.
        """
        self.required("contacts", contact, "contact")
        if not lines or origin.kind not in KINDS:
            raise ValueError("a sale has at least one line, and a place that HighLevel knows")
        order = new_object_id()
        with self.writing():
            row = self._order_row(order, contact, lines, origin, discount, currency)
            row |= {"liveMode": live, "createdAt": self.moment(at), "updatedAt": self.moment(at)}
            if coupon:
                row["inner"]["coupon"] = coupon
            self.tables.put("orders", order, row)
            self._tell_order("OrderCreate", row)
            charge = Charge(
                amount=Decimal(row["amount"]), currency=currency, status=status, live=live, provider=provider, at=at
            )
            number = f"sub_{new_word(24)}" if subscription else ""
            named = self._subscribe(contact, order, charge, lines, origin, number) if number else ""
            transaction = self.take_charge(contact, charge, origin, kind="order", entity=order, subscription=number)
            if status == "succeeded":
                self.complete_order(order, at=at)
        return Sale(order, transaction, named)

    def sell_by_order_form(self, contact: str, lines: Sequence[SoldLine], **more: Any) -> Sale:
        """A sale on an order form of a funnel; `more` as in `sell`."""
        return self.sell(contact, lines, ORDER_FORM, **more)

    def sell_subscription(self, contact: str, lines: Sequence[SoldLine], **more: Any) -> Sale:
        """The first payment of a subscription, bought on an order form; `more` as in `sell`."""
        return self.sell(contact, lines, more.pop("origin", ORDER_FORM), subscription=True, **more)

    def sell_membership(self, contact: str, lines: Sequence[SoldLine], **more: Any) -> Sale:
        """A membership; `more` as in `sell`."""
        return self.sell(contact, lines, MEMBERSHIP, **more)

    def sell_calendar(self, contact: str, lines: Sequence[SoldLine], **more: Any) -> Sale:
        """An appointment that is paid when it is booked; `more` as in `sell`."""
        return self.sell(contact, lines, CALENDAR, **more)

    def take_renewal(self, subscription: str, *, status: str = "succeeded", at: datetime | None = None) -> str:
        """The next payment of a subscription: another transaction of the same order; returns its id.

        Raises:
            ValueError: There is no such subscription, or it was canceled.
        """
        row = self.required("subscriptions", subscription, "subscription")
        if row["status"] != "active":
            raise ValueError(f"the subscription is {row['status']}")
        first = next(
            transaction
            for transaction in self.tables.all("transactions")
            if transaction.get("subscriptionId") == row["subscriptionId"]
        )
        charge = Charge(
            amount=Decimal(row["amount"]), currency=row["currency"], status=status, live=row["liveMode"], at=at
        )
        return self.take_charge(
            row["contactId"],
            charge,
            origin_of(first),
            kind="order",
            entity=row["entityId"],
            subscription=row["subscriptionId"],
        )

    def cancel_subscription(self, subscription: str) -> None:
        """No payment follows any more.

        Raises:
            ValueError: There is no such subscription.
        """
        row = self.required("subscriptions", subscription, "subscription")
        moment = self.moment()
        with self.writing():
            now = {"status": "canceled", "updatedAt": moment}
            self.tables.put("subscriptions", subscription, {**row, **now, "inner": {**row["inner"], "ended": moment}})

    def complete_order(self, order: str, *, at: datetime | None = None) -> None:
        """An order was paid.

        Raises:
            ValueError: There is no such order.
        """
        row = {**self.required("orders", order, "order"), "status": "completed", "updatedAt": self.moment(at)}
        with self.writing():
            self.tables.put("orders", order, row)
            self._tell_order("OrderStatusUpdate", row)

    # Inside

    def _order_row(
        self,
        order: str,
        contact: str,
        lines: Sequence[SoldLine],
        origin: Origin,
        discount: Discount | None,
        currency: str,
    ) -> Row:
        rounding = Rounding(by_line=self.agency.options.tax_rounding == "line")
        totals = totals_of(lines, discount, currency=currency, rounding=rounding)
        taxes = [
            {
                "_id": f"{tax.name}-{as_number(tax.rate)}",
                "name": tax.name,
                "calculation": "exclusive",
                "rate": as_number(tax.rate),
                "amount": as_number(tax.amount),
            }
            for tax in totals.taxes
        ]
        return {
            "_id": order,
            "altId": self.location_id,
            "altType": "location",
            "contactId": contact,
            "currency": currency,
            "amount": as_number(totals.total),
            "status": "pending",
            "fulfillmentStatus": "unfulfilled",
            "inner": {
                "items": [self._item(line, currency) for line in lines],
                "summary": {
                    "subtotal": as_number(totals.subtotal),
                    "discount": as_number(totals.discount),
                    "tax": as_number(totals.tax),
                    "shipping": 0,
                },
                "taxes": taxes,
                "origin": origin.kept(),
                "snapshot": self.contact_snapshot(contact),
                "coupon": "",
                "recurring": sum(line.recurring for line in lines),
            },
        }

    def _item(self, line: SoldLine, currency: str) -> Row:
        taxes = [
            {"name": tax.name, "rate": as_number(tax.rate), "calculation": "exclusive", "_id": tax.name}
            for tax in line.taxes
        ]
        product: Row = {"_id": line.product, "name": line.name, "taxes": taxes, "taxInclusive": line.tax_inclusive}
        price: Row = {
            "_id": line.price,
            "name": line.name,
            "type": "recurring" if line.recurring else "one_time",
            "currency": currency,
            "amount": as_number(line.amount),
        }
        return {"name": line.name, "qty": as_number(line.qty), "product": product, "price": price}

    def _subscribe(
        self, contact: str, order: str, charge: Charge, lines: Sequence[SoldLine], origin: Origin, number: str
    ) -> str:
        identifier, moment = new_object_id(), self.moment(charge.at)
        row: Row = {
            "_id": identifier,
            "altId": self.location_id,
            "altType": "location",
            "contactId": contact,
            "currency": charge.currency,
            "amount": as_number(charge.amount),
            "status": "active",
            "liveMode": charge.live,
            "entityType": "order",
            "entityId": order,
            "subscriptionId": number,
            "createdAt": moment,
            "updatedAt": moment,
            "inner": {
                "origin": origin.kept(),
                "snapshot": self.contact_snapshot(contact),
                "product": lines[0].name,
                "ended": "",
            },
        }
        self.tables.put("subscriptions", identifier, row)
        return identifier

    def _tell_order(self, event: str, row: Row) -> None:
        told = {"type": event, "locationId": self.location_id, **self.order_whole(row)}
        self.tell(event, {**told, "taxSummary": row["inner"]["taxes"]})

    # As the API shows them

    def order_in_list(self, row: Row) -> Row:
        """An order as the list shows it."""
        inner = row["inner"]
        return {
            **shown(row),
            **self.contact_facts(row["contactId"]),
            **origin_of(row).of_list("source"),
            "sourceMeta": {},
            "subtotal": inner["summary"]["subtotal"],
            "discount": inner["summary"]["discount"],
            "totalProducts": len(inner["items"]),
            "onetimeProducts": len(inner["items"]) - inner["recurring"],
            "recurringProducts": inner["recurring"],
            **({"couponCode": inner["coupon"]} if inner["coupon"] else {}),
        }

    def order_whole(self, row: Row) -> Row:
        """An order as its own address shows it."""
        inner = row["inner"]
        return {
            **shown(row),
            "contactSnapshot": inner["snapshot"],
            "amountSummary": inner["summary"],
            "taxSummary": inner["taxes"],
            "source": origin_of(row).whole(),
            "items": inner["items"],
            "coupon": {"code": inner["coupon"]} if inner["coupon"] else {},
            "meta": {},
            "markAsTest": not row["liveMode"],
            "automaticTaxesCalculated": False,
        }

    def subscription_in_list(self, row: Row) -> Row:
        """A subscription as the list shows it."""
        place = origin_of(row).of_list("entitySource")
        snapshot = {"id": row["subscriptionId"], "status": row["status"]}
        return {
            **shown(row),
            **self.contact_facts(row["contactId"]),
            **{name: value for name, value in place.items() if name != "entitySourceSubType"},
            "entitySourceMeta": {},
            "subscriptionSnapshot": snapshot,
            "paymentProviderType": "stripe",
        }

    def subscription_whole(self, row: Row) -> Row:
        """A subscription as its own address shows it."""
        inner = row["inner"]
        return {
            **shown(row),
            "contactSnapshot": inner["snapshot"],
            "entitySource": origin_of(row).whole(),
            "subscriptionSnapshot": {"id": row["subscriptionId"], "status": row["status"]},
            "paymentProvider": {"type": "stripe"},
            "recurringProduct": {"name": inner["product"]},
            "meta": {},
            "markAsTest": not row["liveMode"],
            **({"canceledAt": inner["ended"]} if inner["ended"] else {}),
        }
