"""What can each list of v2 be asked for? Its filters and orders, as Keap describes them; it has no custom fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from .account import KeapAccount
from .filters import COMPARED, FilterField, choice, flag, listed, number, since, text, texts, until
from .paging import ListRules, SortValue
from .records import KeapContact, Postal

MERCHANTS = ("PAYPAL", "UNSUPPORTED", "AUTHORIZE", "EWAY", "WEPAY", "STRIPE", "KEAP_PAY")


def rules_of(account: KeapAccount) -> dict[str, ListRules]:
    """The rules of every list, by its table."""
    return {
        "orders": _orders(account),
        "order_payments": _order_payments(),
        "payments": _payments(),
        "transactions": _transactions(),
        "products": _products(),
        "contacts": _contacts(),
        "subscriptions": _subscriptions(),
    }


def _moment(value_of: Callable[[Any], datetime]) -> Callable[[Any], SortValue]:
    return lambda record: value_of(record).isoformat()


def _by_id(record: Any) -> SortValue:
    return int(record.id)


def _id(record: Any) -> str:
    return str(record.id)


def _ids(record: Any) -> Sequence[str]:
    return (str(record.id),)


def _orders(account: KeapAccount) -> ListRules:
    def shipping(part: str) -> FilterField:
        return text(lambda order: getattr(order.shipping, part) if order.shipping else "")

    return ListRules(
        key="orders",
        fields={
            "id": number(_id),
            "ids": listed(_ids),
            "product_id": texts(lambda order: [line.product_id for line in order.lines]),
            "contact_id": text(lambda order: order.contact_id),
            "invoice_id": text(lambda order: order.invoice_id),
            "invoice_xid": text(lambda order: ""),
            "paid": flag(lambda order: account.balance(order) <= 0),
            "created_since_time": since(lambda order: order.created),
            "created_until_time": until(lambda order: order.created),
            "modified_since_time": since(lambda order: order.modified),
            "modified_until_time": until(lambda order: order.modified),
            "title": text(lambda order: order.title, wildcard=True),
            "order_type": choice(lambda order: order.order_type, ("ONLINE", "OFFLINE")),
            "shipping_locality": shipping("locality"),
            "shipping_region_code": shipping("region_code"),
            "shipping_postal_code": shipping("postal_code"),
            "shipping_country_code": shipping("country_code"),
        },
        orders={
            "id": _by_id,
            "order_time": _moment(lambda order: order.ordered),
            "modification_time": _moment(lambda order: order.modified),
        },
    )


def _order_payments() -> ListRules:
    return ListRules(
        key="invoice_order_payments",
        fields={
            "invoice_id": text(lambda row: row.order.invoice_id),
            "payment_id": text(lambda row: row.payment.id),
            "amount": number(lambda row: row.part.amount, ("==",)),
            "pay_status": text(lambda row: row.payment.part_status),
            "skip_commission": flag(lambda row: False),
        },
        orders={
            "invoice_id": lambda row: int(row.order.invoice_id),
            "payment_id": lambda row: int(row.payment.id),
            "amount": lambda row: row.part.amount,
            "pay_time": _moment(lambda row: row.payment.moment),
            "pay_status": lambda row: row.payment.part_status,
            "skip_commission": lambda row: 0,
            "last_updated_time": _moment(lambda row: row.payment.modified),
        },
    )


def _payments() -> ListRules:
    def orders_of(payment: Any) -> list[str]:
        return [part.order_id for part in payment.parts]

    return ListRules(
        key="payments",
        fields={
            "id": number(_id, COMPARED),
            "ids": listed(_ids),
            "amount": number(lambda payment: payment.amount),
            "order_id": texts(orders_of),
            "order_ids": listed(orders_of),
            "contact_id": text(lambda payment: payment.contact_id),
            "since_time": since(lambda payment: payment.moment),
            "until_time": until(lambda payment: payment.moment),
            "merchant_account_id": text(lambda payment: "1" if payment.merchant_type else ""),
            "merchant_account_type": choice(lambda payment: payment.merchant_type, MERCHANTS),
        },
        orders={
            "id": _by_id,
            "amount": lambda payment: payment.amount,
            "payment_time": _moment(lambda payment: payment.moment),
            "contact_id": lambda payment: int(payment.contact_id),
        },
    )


def _transactions() -> ListRules:
    return ListRules(
        key="transactions",
        fields={
            "amount": number(lambda transaction: transaction.amount),
            "order_id": texts(lambda transaction: transaction.order_ids),
            "contact_id": text(lambda transaction: transaction.contact_id),
            "since_time": since(lambda transaction: transaction.moment),
            "until_time": until(lambda transaction: transaction.moment),
            "merchant_account_id": text(lambda transaction: "1"),
            "merchant_account_type": choice(lambda transaction: transaction.merchant_type, MERCHANTS),
            "status": choice(
                lambda transaction: transaction.status, ("APPROVED", "PENDING", "ERROR", "FAILED", "NONE")
            ),
            "transaction_method": choice(
                lambda transaction: transaction.method, ("CAPTURE", "REFUND", "VOID", "MANUAL")
            ),
            "is_successful": flag(lambda transaction: transaction.status == "APPROVED"),
        },
        orders={
            "transaction_time": _moment(lambda transaction: transaction.moment),
            "amount": lambda transaction: transaction.amount,
            "contact_id": lambda transaction: int(transaction.contact_id),
        },
    )


def _products() -> ListRules:
    return ListRules(
        key="products",
        fields={
            "name": text(lambda product: product.name, wildcard=True),
            "sku": text(lambda product: product.sku, wildcard=True),
            "description": text(lambda product: product.description, wildcard=True),
            "short_description": text(lambda product: "", wildcard=True),
            "product_id": number(_id, COMPARED),
            "product_ids": listed(_ids),
        },
        orders={
            "name": lambda product: product.name.lower(),
            "sku": lambda product: product.sku.lower(),
            "last_updated_time": _moment(lambda product: product.modified),
        },
    )


def _address_of(contact: KeapContact, kind: str) -> Postal:
    return next((address for address in contact.addresses if address.field == kind), Postal(field=kind))


def _contacts() -> ListRules:
    def part(kind: str, name: str, *, wildcard: bool = False) -> FilterField:
        return text(lambda contact: getattr(_address_of(contact, kind), name), wildcard=wildcard)

    places = {
        f"{kind.lower()}_address_{name}": part(kind, name)
        for kind in ("BILLING", "SHIPPING", "OTHER")
        for name in ("line1", "locality", "region", "postal_code", "country_code")
    }
    return ListRules(
        key="contacts",
        fields={
            "email": texts(lambda contact: contact.emails, wildcard=True),
            "given_name": text(lambda contact: contact.given_name, wildcard=True),
            "family_name": text(lambda contact: contact.family_name, wildcard=True),
            "middle_name": text(lambda contact: "", wildcard=True),
            "company_id": text(lambda contact: contact.company_id),
            "contact_ids": listed(_ids),
            "ids": listed(_ids),
            "start_update_time": since(lambda contact: contact.modified, milliseconds=True),
            "end_update_time": until(lambda contact: contact.modified, milliseconds=True),
            **places,
            "city": part("BILLING", "locality", wildcard=True),
            "state": part("BILLING", "region", wildcard=True),
            "website": text(lambda contact: "", wildcard=True),
            "lead_source_name": text(lambda contact: "", wildcard=True),
            "contact_id": number(_id, COMPARED),
            "phone_number": texts(lambda contact: contact.phones),
            "phone_fields": listed(lambda contact: [f"PHONE{slot}" for slot, _ in enumerate(contact.phones, start=1)]),
        },
        needs={"phone_number": "phone_fields"},
        orders={
            "id": _by_id,
            "create_time": _moment(lambda contact: contact.created),
            "email": lambda contact: contact.email.lower(),
            "update_time": _moment(lambda contact: contact.modified),
        },
    )


def _subscriptions() -> ListRules:
    return ListRules(
        key="subscriptions",
        fields={
            "contact_id": text(lambda subscription: subscription.contact_id),
            "subscription_plan_id": text(lambda subscription: subscription.plan_id),
            "status": text(lambda subscription: "Active" if subscription.active else "Inactive"),
            "id": number(_id),
            "billing_amount": number(lambda subscription: subscription.amount),
            "ids": listed(_ids),
            "subscription_plan_ids": listed(lambda subscription: (subscription.plan_id,)),
        },
        orders={
            "id": _by_id,
            "contact_id": lambda subscription: int(subscription.contact_id),
            "subscription_plan_id": lambda subscription: int(subscription.plan_id),
            "modification_time": _moment(lambda subscription: subscription.modified),
        },
    )
