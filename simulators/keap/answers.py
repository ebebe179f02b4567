"""How does v2 show a record? Ids are texts, moments are UTC to the second, and what is not there is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .account import KeapAccount
from .money import currency_value, double, in_smallest_units
from .records import (
    NOTHING,
    REFUND,
    VOID,
    GatewayTransaction,
    KeapContact,
    KeapOrder,
    KeapPayment,
    KeapProduct,
    KeapSubscription,
    OrderLine,
    PaidPart,
    Postal,
)

Json = dict[str, Any]
_CYCLES = {"YEAR": "YEARLY", "MONTH": "MONTHLY", "WEEK": "WEEKLY", "DAY": "DAILY"}
NOT_THERE: tuple[object, ...] = (None, "", [], {})


def stamp(moment: datetime) -> str:
    """A moment as answers show it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _present(told: Json) -> Json:
    return {name: value for name, value in told.items() if value not in NOT_THERE}


class Answers:
    """Shows the records of one account."""

    def __init__(self, account: KeapAccount) -> None:
        self._account = account

    def show(self, table: str, record: Any) -> Json:
        """A record of a table, with what it was told to distort."""
        told = _SHOWN[table](self, record)
        for path, value in self._account.distorted.get((table, record.id), ()):
            put_at(told, path, value)
        return _with_number_ids(told) if self._account.options.ids_as_numbers else told

    def _contact_in_short(self, contact_id: str) -> Json:
        contact = self._account.store.contacts.get(contact_id)
        if contact is None:
            return {"id": contact_id}
        return _present(
            {
                "id": contact.id,
                "email": contact.email,
                "given_name": contact.given_name,
                "family_name": contact.family_name,
            }
        )

    def order(self, order: KeapOrder) -> Json:
        """An order; money in the smallest unit."""
        account, currency = self._account, order.currency
        paid, refunded = account.paid(order), account.refunded(order)
        is_paid = order.status != "DRAFT" and bool(order.lines) and paid >= order.total
        return _present(
            {
                "id": order.id,
                "title": order.title,
                "status": "PAID" if is_paid else order.status,
                "total": currency_value(order.total, currency),
                "contact": self._contact_in_short(order.contact_id),
                "notes": order.notes,
                "terms": order.terms,
                "order_type": order.order_type,
                "source_type": order.source,
                "creation_time": stamp(order.created),
                "modification_time": stamp(order.modified),
                "order_time": stamp(order.ordered),
                "total_paid": currency_value(paid, currency),
                "total_due": currency_value(order.total, currency),
                "refund_total": currency_value(refunded, currency),
                "shipping_information": self._shipping(order),
                "allow_payment": True,
                "allow_paypal": False,
                "order_items": [self._line(line, currency) for line in order.lines],
                "payment_plan": self._plan(order, paid),
                "credit_status": "CREDITED" if self._credited(order) else "NONE",
                "promo_code": order.promo_code,
                "refund_status": "NONE" if not refunded else "FULL" if paid <= 0 else "PARTIAL",
                "synced": order.source == "QUICKBOOKS",
                "invoice_id": order.invoice_id,
            }
        )

    def _credited(self, order: KeapOrder) -> bool:
        return any(payment.type == "Credit" for payment, _ in self._account.parts_of(order))

    def _shipping(self, order: KeapOrder) -> Json:
        if order.shipping is None:
            return {}
        contact = self._account.store.contacts.get(order.contact_id)
        names = {"given_name": contact.given_name, "family_name": contact.family_name} if contact else {}
        phone = contact.phones[0] if contact and contact.phones else ""
        company = contact.company_name if contact else ""
        told = {"address": postal(order.shipping), **names, "company": company, "phone_number": phone}
        return {**_present(told), "invoice_to_company": False}

    def _line(self, line: OrderLine, currency: str) -> Json:
        is_discount = line.item_type.startswith("DISCOUNT")
        return _present(
            {
                "id": line.id,
                "name": line.name,
                "description": line.description,
                "notes": line.notes,
                "quantity": line.quantity,
                "item_type": line.item_type,
                "cost_per_unit": currency_value(line.cost, currency),
                "price_per_unit": currency_value(line.price, currency),
                "discount": currency_value(abs(line.amount), currency) if is_discount else None,
                "special": {"amount": abs(line.amount), "discount_method": "AMOUNT"} if is_discount else None,
                "product": self._product_in_short(line.product_id),
                "subscription_id": line.subscription_id,
                "subscription_plan": self._plan_of(line.product_id, currency) if line.subscription_id else None,
            }
        )

    def _product_in_short(self, product_id: str) -> Json:
        product = self._account.store.products.get(product_id)
        if product is None:
            return {"id": product_id} if product_id else {}
        told = {"id": product.id, "name": product.name, "sku": product.sku, "description": product.description}
        return {**_present(told), "shippable": product.shippable, "taxable": product.taxable}

    def _plan_of(self, product_id: str, currency: str) -> Json:
        product = self._account.store.products.get(product_id)
        if product is None or not product.plan_id:
            return {}
        return {
            "id": product.plan_id,
            "frequency": 1,
            "active": product.active,
            "subscription_plan_name": product.name,
            "cycle_type": _CYCLES[product.plan_cycle],
            "total_cycles": 0,
            "plan_price": currency_value(product.price, currency),
            "display_order_index": 0,
        }

    def _plan(self, order: KeapOrder, paid: Decimal) -> Json:
        """Nearly every order has a plan, though of one payment."""
        zone = self._account.clock.zone
        first = order.ordered.astimezone(zone).date()
        parts = [(part.due, part.amount) for part in order.plan] or [(first, order.total)]
        days = (parts[1][0] - parts[0][0]).days if len(parts) > 1 else 0
        items, left = [], max(paid, NOTHING)
        for due, amount in parts:
            done = min(left, amount) if amount > 0 else NOTHING
            left -= done
            items.append(
                {
                    "status": "PAID" if done >= amount else "UNPAID_MANUAL",
                    "due_date": due.isoformat(),
                    "amount_due": currency_value(amount, order.currency),
                    "amount_paid": currency_value(done, order.currency),
                }
            )
        return {
            "auto_charge": False,
            "initial_payment_amount": currency_value(parts[0][1], order.currency),
            "initial_payment_date": parts[0][0].isoformat(),
            "plan_start_date": (parts[1][0] if len(parts) > 1 else parts[0][0]).isoformat(),
            "number_of_payments": len(parts) - 1,
            "days_between_payments": days,
            "payment_plan_items": items,
        }

    def order_payment(self, row: OrderRow) -> Json:
        """What a payment did to an order; in whole units or in the smallest, as a switch says."""
        payment, part, order = row.payment, row.part, row.order
        amount = self._signed(payment, part.amount)
        minor = self._account.options.order_payment_amounts == "minor"
        return _present(
            {
                "id": part.id,
                "amount": in_smallest_units(amount, order.currency) if minor else double(amount, order.currency),
                "note": payment.note,
                "invoice_id": order.invoice_id,
                "payment_id": payment.id,
                "pay_time": stamp(payment.moment),
                "pay_status": payment.part_status,
                "last_updated_time": stamp(payment.modified),
                "skip_commission": False,
                "refund_invoice_payment_id": part.refund_part_id,
            }
        )

    def _signed(self, payment: KeapPayment, amount: Decimal) -> Decimal:
        turned = payment.type in (REFUND, VOID) and self._account.options.refund_sign == "positive"
        return abs(amount) if turned else amount

    def payment(self, payment: KeapPayment) -> Json:
        """A payment; money in whole units."""
        return _present(
            {
                "id": payment.id,
                "type": payment.type,
                "amount": double(self._signed(payment, payment.amount), self._account.currency),
                "note": payment.note,
                "status": payment.status,
                "commissioned": False,
                "synced": False,
                "payment_time": stamp(payment.moment),
                "refund_payment_id": payment.refund_payment_id,
                "contact_id": payment.contact_id,
                "order_ids": [part.order_id for part in payment.parts],
                "update_time": stamp(payment.modified),
                "external_transaction_id": payment.external_id,
                "merchant_account_id": "1" if payment.merchant_type else "",
                "merchant_account_type": payment.merchant_type,
            }
        )

    def transaction(self, transaction: GatewayTransaction) -> Json:
        """A transaction; it has no id of its own in this list."""
        return _present(
            {
                "amount": double(transaction.amount, self._account.currency),
                "status": transaction.status,
                "contact": self._contact_in_short(transaction.contact_id),
                "contact_id": transaction.contact_id,
                "order_ids": transaction.order_ids,
                "transaction_method": transaction.method,
                "transaction_time": stamp(transaction.moment),
                "external_reference_id": transaction.external_id,
                "error_details": transaction.error,
                "payment_id": transaction.payment_id,
                "is_successful": transaction.status == "APPROVED",
                "merchant_account_id": "1",
                "merchant_account_type": transaction.merchant_type,
            }
        )

    def product(self, product: KeapProduct) -> Json:
        """A product; its price in the smallest unit."""
        price = currency_value(product.price, self._account.currency)
        plan = {
            "id": product.plan_id,
            "active": product.active,
            "prorate": False,
            "billing_cycle": _CYCLES[product.plan_cycle],
            "billing_frequency": 1,
            "plan_price": price,
            "order_index": 0,
        }
        return {
            "id": product.id,
            "name": product.name,
            "price": price,
            "active": product.active,
            **_present({"description": product.description, "sku": product.sku}),
            "shippable": product.shippable,
            "taxable": product.taxable,
            "categories": [],
            "options": [],
            "subscription_only": bool(product.plan_id),
            "subscription_plans": [plan] if product.plan_id else [],
            "create_time": stamp(product.created),
            "update_time": stamp(product.modified),
        }

    def contact(self, contact: KeapContact) -> Json:
        """A contact with its emails, phones and addresses, each in its own slot."""
        emails = [{"email": email, "field": f"EMAIL{slot}"} for slot, email in enumerate(contact.emails, start=1)]
        phones = [{"number": phone, "field": f"PHONE{slot}"} for slot, phone in enumerate(contact.phones, start=1)]
        company = {"id": contact.company_id, "company_name": contact.company_name} if contact.company_name else {}
        return _present(
            {
                "id": contact.id,
                "given_name": contact.given_name,
                "family_name": contact.family_name,
                "email_addresses": emails,
                "phone_numbers": phones,
                "addresses": [postal(address) for address in contact.addresses],
                "company": company,
                "source_type": "MANUAL",
                "create_time": _with_milliseconds(contact.created),
                "update_time": _with_milliseconds(contact.modified),
            }
        )

    def subscription(self, subscription: KeapSubscription) -> Json:
        """A subscription; its amount in whole units or in the smallest, as a switch says."""
        currency = self._account.currency
        minor = self._account.options.subscription_amounts == "minor"
        amount = subscription.amount
        days = {
            "start_date": subscription.started,
            "last_bill_date": subscription.last_bill,
            "next_bill_date": subscription.next_bill,
            "end_date": subscription.ended,
        }
        return {
            "id": subscription.id,
            "quantity": subscription.quantity,
            "active": subscription.active,
            "contact_id": subscription.contact_id,
            "product_id": subscription.product_id,
            "subscription_plan_id": subscription.plan_id,
            "billing_amount": in_smallest_units(amount, currency) if minor else double(amount, currency),
            "auto_charge": True,
            "billing_frequency": 1,
            "billing_cycle": subscription.cycle,
            **{name: day.isoformat() for name, day in days.items() if day is not None},
            **_present({"reason_stopped": subscription.reason_stopped}),
            "modification_time": stamp(subscription.modified),
        }


class OrderRow:
    """A payment as one order sees it; its id is that of the payment's part."""

    def __init__(self, order: KeapOrder, payment: KeapPayment, part: PaidPart) -> None:
        self.id, self.order, self.payment, self.part = part.id, order, payment, part


def postal(address: Postal) -> Json:
    """An address; US ones say their code as a ZIP code too."""
    told = {name: getattr(address, name) for name in Postal.__dataclass_fields__}
    zip_code = address.postal_code if address.country_code == "USA" else ""
    return _present({**told, "zip_code": zip_code})


def _with_milliseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def put_at(told: Any, path: str, value: Any) -> None:
    """Put a value where a path of names and positions leads; a value that is `...` takes the place away."""
    *way, last = path.split(".")
    for step in way:
        told = told[int(step)] if isinstance(told, list) else told.setdefault(step, {})
    key: Any = int(last) if isinstance(told, list) else last
    if value is ...:
        del told[key]
    else:
        told[key] = value


def _with_number_ids(told: Any) -> Any:
    """The same with every id as a number, as some examples of the vendor have them."""
    if isinstance(told, list):
        return [_with_number_ids(part) for part in told]
    if not isinstance(told, dict):
        return told
    return {name: _number_id(name, value) for name, value in told.items()}


def _number_id(name: str, value: Any) -> Any:
    if (name == "id" or name.endswith("_id")) and isinstance(value, str) and value.isdecimal():
        return int(value)
    if name.endswith("_ids") and isinstance(value, list):
        return [int(part) if str(part).isdecimal() else part for part in value]
    return _with_number_ids(value)


_SHOWN: dict[str, Callable[[Answers, Any], Json]] = {
    "orders": Answers.order,
    "order_payments": Answers.order_payment,
    "payments": Answers.payment,
    "transactions": Answers.transaction,
    "products": Answers.product,
    "contacts": Answers.contact,
    "subscriptions": Answers.subscription,
}
