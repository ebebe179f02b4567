"""What do orders name that nobody has decided on yet? Products, methods, statuses and customers, listed here."""

from __future__ import annotations

from books.contact_details import emails
from books.orders import LineType, Order
from books.statuses import OrderStage, status_key
from books.tenders import method_key
from companies.bulk_rows import new_row
from companies.bulk_sql import insert
from mapping.answering import methods_of
from mapping.customer_lookup import keep_further
from mapping.models import (
    PaymentMethod,
    Product,
    ProductKind,
    SourceCustomer,
    SourceCustomerEmail,
    SourceEvent,
    StatusWord,
    payment_method,
    status_word,
)
from sync.models import Connection
from sync.preparing.prepare import orders_billed_at, unsent_orders
from sync.sources.base import OrderRead

_TOLD = ("name", "email", "given_name", "family_name", "company_name", "phone")
_LONGEST, _LONGEST_PHONE = 300, 100


def status_meanings(connection: Connection, read: list[OrderRead]) -> dict[str, str]:
    """What each status means, by its word as it is compared. A new one is listed, with the meaning it plainly has."""
    words = {key: reading.status_word for reading in read if (key := status_key(reading.status_word))}
    of_source = StatusWord.objects.filter(company_id=connection.company_id, system=connection.system)
    known = dict(of_source.filter(name_compared__in=words).values_list("name_compared", "meaning"))
    new = [
        status_word(connection.company_id, connection.system, word) for key, word in words.items() if key not in known
    ]
    StatusWord.objects.bulk_create(new, ignore_conflicts=True)
    return known | {row.name_compared: row.meaning for row in new}


def has_later_event(connection: Connection) -> bool:
    """Whether another event than the order itself makes the documents of this source."""
    rows = SourceEvent.objects.filter(company=connection.company_id, system=connection.system)
    return rows.exclude(event=OrderStage.PLACED).exists()


def register_products(connection: Connection, orders: list[Order]) -> None:
    """A product that nobody has mapped yet is listed from the first order that sells it."""
    products: dict[str, Product] = {}
    for line in (line for order in orders for line in order.lines if line.line_type.section.value == "product"):
        if (key := line.product_key) not in products:
            kind = ProductKind.SUBSCRIPTION if line.line_type is LineType.SUBSCRIPTION else ProductKind.PRODUCT
            products[key] = Product(
                company_id=connection.company_id,
                system=connection.system,
                source_key=key,
                name=line.product_name or line.label,
                sku=line.sku,
                kind=kind,
            )
    of_source = Product.objects.filter(company_id=connection.company_id, system=connection.system)
    known = set(of_source.filter(source_key__in=products).values_list("source_key", flat=True))
    new = [product for key, product in products.items() if key not in known]
    for product in new:
        product.keep_compared()
    Product.objects.bulk_create(new, ignore_conflicts=True)


def register_methods(connection: Connection, orders: list[Order]) -> None:
    """A payment method is listed from the first payment made with it; one that is plainly money is decided by that."""
    methods = {method_key(method): method for order in orders for method in methods_of(order)}
    rows = PaymentMethod.objects.filter(company_id=connection.company_id, name_compared__in=methods)
    known = set(rows.values_list("name_compared", flat=True))
    PaymentMethod.objects.bulk_create(
        (payment_method(connection.company_id, name) for key, name in methods.items() if key not in known),
        ignore_conflicts=True,
    )


def register_customers(connection: Connection, orders: list[Order]) -> None:
    """Customers as the newest orders name them; what people decided about them stays."""
    customers = {order.customer.key: order.customer for order in orders if order.customer.key}
    rows = SourceCustomer.objects.filter(
        company_id=connection.company_id, system=connection.system, source_key__in=customers
    )
    known = {row.source_key: row for row in rows}
    new: list[SourceCustomer] = []
    changed: list[SourceCustomer] = []
    addresses: set[str] = set()
    for key, customer in customers.items():
        row = known.get(key) or new_row(
            SourceCustomer, company_id=connection.company_id, system=connection.system, source_key=key
        )
        before, billed_before = _told(row), emails(row.billing_email)
        row.name, row.email = customer.name, customer.email.strip()
        row.given_name, row.family_name = (
            customer.given_name.strip()[:_LONGEST],
            customer.family_name.strip()[:_LONGEST],
        )
        row.phone = customer.phone.strip()[:_LONGEST_PHONE]
        row.company_name = customer.company_name.strip()[:_LONGEST]
        row.keep_compared()
        if row.pk and before == _told(row):
            continue
        (changed if row.pk else new).append(row)
        addresses.update(billed_before, emails(row.billing_email))
    insert(new)
    SourceCustomer.objects.bulk_update(changed, [*_TOLD, "name_compared", "email_compared"])
    fields = {row.pk: row.billing_email for row in (*new, *changed)}
    keep_further(SourceCustomerEmail, connection.company_id, fields)
    _prepare_later(connection, [row.source_key for row in changed], addresses)


def _told(row: SourceCustomer) -> tuple[str, ...]:
    """What the source says of a customer."""
    return tuple(getattr(row, name) for name in _TOLD)


def _prepare_later(connection: Connection, customers: list[str], addresses: set[str]) -> None:
    """What the source says of a customer now may cure or block other orders, theirs and those of a shared email."""
    if customers:
        theirs = unsent_orders(connection.company).filter(connection=connection, customer_key__in=customers)
        theirs.update(prepared_version=0)
    if addresses:
        orders_billed_at(connection.company, addresses).update(prepared_version=0)
