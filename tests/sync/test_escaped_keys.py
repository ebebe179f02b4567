"""Is what an earlier release listed under escaped text found by the text that it means, and nothing listed twice?"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from books.orders import Customer, Line, LineType, Order, Payment
from books.serialization import order_body
from books.tenders import method_key
from companies.models import Company
from mapping.models import PaymentMethod, Product, SourceCustomer
from sync.models import DocumentState, ItemWrite, OrderVersion, StagedOrder
from sync.preparing.prepare import prepare_orders
from tests.factories import SYSTEM, a_book_customer, document_of, order_of, prepared, the_studio
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db

ESCAPED, MEANT = "Clay &amp; Co", "Clay & Co"
ITEM = {"quickbooks_product_name": "WT-101", "quickbooks_account_name": "Services:Training:Classes"}


@pytest.fixture
def studio() -> Company:
    return the_studio()


def sold(name: str, number: str = "1042") -> Order:
    """An order of a line without an id, by a customer without an id or an email, paid with a method of that name."""
    order = an_order(f"2026-08-14  order {number}\nWT-101  48.00\npaid 2026-08-14  Check  48.00")
    line = Line(
        key="1",
        line_type=LineType.PRODUCT,
        quantity=Decimal(1),
        unit_price=Decimal("48.00"),
        amount=Decimal("48.00"),
        product_name=name,
    )
    paid: Payment = replace(order.payments[0], method=name)
    return replace(order, lines=(line,), customer=Customer(company_name=name), payments=(paid,))


def of_an_earlier_release(company: Company) -> StagedOrder:
    """An order that was staged when texts were kept as they came, with all that was listed and decided for it."""
    prepared(company, sold(MEANT))
    row = order_of(company, "1042")
    OrderVersion.objects.filter(order=row).update(body=order_body(sold(ESCAPED)))
    StagedOrder.objects.filter(pk=row.pk).update(customer_key=ESCAPED.casefold(), customer_name=ESCAPED)
    Product.objects.update(source_key=f"name:{ESCAPED}", name=ESCAPED, **ITEM)
    SourceCustomer.objects.update(source_key=ESCAPED.casefold(), name=ESCAPED, email_given="clay@example.com")
    PaymentMethod.objects.update(name_compared=ESCAPED.casefold(), name=ESCAPED, is_money=True)
    return row


def migrate() -> None:
    """Do what the migration does with the rows of earlier releases."""
    import_module("sync.migrations.0006_keys_as_they_are_meant").keys_as_meant(apps, None)


def test_one_key_whether_a_source_escapes_its_text_or_not() -> None:
    for text in (MEANT, ESCAPED, "Clay &amp;amp; Co", "Clay &#38; Co"):
        order = sold(text)
        assert order.lines[0].product_key == "name:Clay & Co"
        assert replace(order.lines[0], sku="R&amp;D").product_key == "sku:r&d"
        assert order.customer.key == "clay & co"
        assert method_key(text) == "clay & co"


def test_what_was_decided_under_the_escaped_name_holds_for_the_name_that_is_meant(studio: Company) -> None:
    of_an_earlier_release(studio)

    migrate()
    prepared(studio, sold(MEANT, "1043"))

    assert list(Product.objects.values_list("source_key", "name", "quickbooks_product_name")) == [
        ("name:Clay & Co", MEANT, "WT-101")
    ]
    assert list(SourceCustomer.objects.values_list("source_key", "name", "email_given")) == [
        ("clay & co", MEANT, "clay@example.com")
    ]
    assert list(PaymentMethod.objects.values_list("name_compared", "is_money")) == [("clay & co", True)]
    assert document_of(studio, "1043").state == DocumentState.READY


def test_an_order_that_is_kept_as_it_came_finds_them_too(studio: Company) -> None:
    row = of_an_earlier_release(studio)

    migrate()
    row.refresh_from_db()
    prepare_orders(studio, StagedOrder.objects.filter(pk=row.pk))

    assert row.customer_key == "clay & co"
    assert document_of(studio, "1042").state == DocumentState.READY
    assert (Product.objects.count(), SourceCustomer.objects.count(), PaymentMethod.objects.count()) == (1, 1, 1)


def test_a_second_product_that_was_listed_meanwhile_gets_what_was_decided_about_the_first(studio: Company) -> None:
    of_an_earlier_release(studio)
    first = Product.objects.get()
    facts = {"operation": "create", "request_id": "r-1", "name": MEANT, "body": b"{}", "created_at": timezone.now()}
    ItemWrite.objects.create(company=studio, product=first, **facts)
    theirs = a_book_customer(studio, "Clay and Company", quickbooks_id="77")
    SourceCustomer.objects.update(quickbooks_customer=theirs, fields_given={"phone": ""})
    prepared(studio, sold(MEANT, "1043"))
    assert (Product.objects.count(), SourceCustomer.objects.count(), PaymentMethod.objects.count()) == (2, 2, 2)

    migrate()

    product, customer, method = Product.objects.get(), SourceCustomer.objects.get(), PaymentMethod.objects.get()
    assert product.pk != first.pk
    assert (product.source_key, product.quickbooks_product_name) == ("name:Clay & Co", "WT-101")
    assert product.history.latest().history_change_reason == "Was listed twice, the first time under its escaped name"
    assert ItemWrite.objects.get().product == product
    assert (customer.source_key, customer.quickbooks_customer) == ("clay & co", theirs)
    assert customer.fields_given == {"phone": ""}
    assert (method.name_compared, method.is_money) == ("clay & co", True)


def test_where_people_decided_about_both_nothing_is_lost(studio: Company) -> None:
    of_an_earlier_release(studio)
    Product.objects.create(
        company=studio, system=SYSTEM, source_key=f"name:{MEANT}", name=MEANT, quickbooks_product_name="KIT-CLAY"
    )

    migrate()

    assert dict(Product.objects.values_list("source_key", "quickbooks_product_name")) == {
        "name:Clay &amp; Co": "WT-101",
        "name:Clay & Co": "KIT-CLAY",
    }
