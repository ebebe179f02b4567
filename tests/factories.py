"""What is in the database when a test begins? The studio as a company: its lists, decisions and staged orders."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.utils import timezone

from books.orders import Order, normal_email
from companies.activation import accept_disclaimer, approve, mark_live, request_activation
from companies.models import Company
from mapping.matching.customers import compared_columns
from mapping.matching.item_rules import item_columns
from mapping.models import (
    LineTypeDefault,
    PostingAccounts,
    Product,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    QuickBooksTerm,
    SourceSettings,
)
from sync.models import Connection, Document, StagedOrder
from sync.preparing.prepare import PrepareCounts, prepare_new
from sync.sources.base import OrderRead, Place
from sync.staging.intake import IntakeCounts, stage
from sync.staging.sources import connection_of
from tests.at_work import put_to_work_at_once
from tests.sample_books import ACCOUNTS, BOOK_CUSTOMERS, DEFAULTS, ITEMS, NET_15, POSTING
from tests.sample_orders import an_order
from tests.written_again import written_again

SYSTEM = "keap"
_OF_CUSTOMER = ("company_name", "given_name", "family_name", "check_name", "phone", "postal_code")


@written_again
def a_company(name: str = "Bramble & Birch Studio", slug: str = "studio") -> Company:
    """A company without lists or decisions, activated, live and posting by itself."""
    company = Company.objects.create(
        name=name,
        slug=slug,
        time_zone="America/Denver",
        posts_automatically=True,
        is_rehearsal=True,
    )
    return at_work(company)


def at_work(company: Company) -> Company:
    """The company after its founder took it through request, disclaimer and approval, and let it go live."""
    founder, _ = get_user_model().objects.get_or_create(username="founder")
    if company.is_rehearsal:
        return put_to_work_at_once(company, by=founder)
    activated(company)
    mark_live(company, by=founder)
    return company


def activated(company: Company) -> Company:
    """The company after request, disclaimer and approval; it still has to be set up."""
    founder, _ = get_user_model().objects.get_or_create(username="founder")
    accept_disclaimer(company, by=founder)
    request_activation(company, by=founder)
    approve(company, by=founder)
    return company


@written_again
def the_studio(name: str = "Bramble & Birch Studio", slug: str = "studio") -> Company:
    """The studio with QuickBooks' lists, its line types and posting accounts; its products have no mapping."""
    company = a_company(name, slug)
    the_lists(company)
    the_decisions(company)
    return company


def the_lists(company: Company) -> None:
    now = timezone.now()
    QuickBooksAccount.objects.bulk_create(
        QuickBooksAccount(
            company=company,
            quickbooks_id=account.quickbooks_id,
            name=account.path.rpartition(":")[2],
            full_name=account.path,
            account_type=account.account_type,
            changed_at=now,
        )
        for account in ACCOUNTS.values()
    )
    QuickBooksItem.objects.bulk_create(
        QuickBooksItem(
            company=company,
            quickbooks_id=item.quickbooks_id,
            name=item.name,
            full_name=item.name,
            sku=sku,
            **item_columns(name=item.name, full_name=item.name, sku=sku),
            item_type="Service",
            income_account_id=item.income_account.quickbooks_id if item.income_account else "",
            changed_at=now,
        )
        for sku, item in ITEMS.items()
    )
    QuickBooksTerm.objects.create(
        company=company,
        quickbooks_id=NET_15.quickbooks_id,
        name=NET_15.name,
        due_days=NET_15.due_days,
        changed_at=now,
    )
    names = [(email, name) for email, names in BOOK_CUSTOMERS.items() for name in names]
    for number, (email, name) in enumerate(names, start=1):
        a_book_customer(company, name, email=email, quickbooks_id=str(number))


@written_again
def a_book_customer(
    company: Company, name: str, *, email: str = "", quickbooks_id: str, active: bool = True, **facts: str
) -> QuickBooksCustomer:
    """A customer in our copy of QuickBooks' list; `facts` are further columns, such as `phone`."""
    told = {**dict.fromkeys(_OF_CUSTOMER, ""), **facts, "display_name": name, "email": normal_email(email)}
    return QuickBooksCustomer.objects.create(
        company=company,
        quickbooks_id=quickbooks_id,
        active=active,
        changed_at=timezone.now(),
        **told | compared_columns(told, country="US") | {"email": email},
    )


def the_decisions(company: Company) -> None:
    LineTypeDefault.objects.bulk_create(
        LineTypeDefault(company=company, section=section.value, item_name_default=ITEMS[sku].name)
        for section, sku in DEFAULTS.items()
    )
    paths = {role.value.replace("-", "_"): account.path for role, account in POSTING.items()}
    PostingAccounts.objects.create(company=company, **paths)


@written_again
def staged(company: Company, *orders: Order | str, system: str = SYSTEM) -> IntakeCounts:
    """Stage orders, or the texts of orders, as a source would."""
    connection = connection_of(company, system, name="Keap export")
    switch_on(connection)
    return stage(connection, _readings(orders))


def switch_on(source: Connection) -> None:
    """Turn on what a source begins without when it is not the first of its company."""
    on = {"invoice_creation": True, "item_sync": True, "customer_sync": True}
    SourceSettings.objects.filter(company=source.company, system=source.system).exclude(**on).update(**on)


def _readings(orders: Iterable[Order | str]) -> Iterable[OrderRead]:
    for number, given in enumerate(orders, start=1):
        order = an_order(given) if isinstance(given, str) else given
        yield OrderRead(order=order, payload={"number": order.number}, place=Place(order=number))


@written_again
def prepared(company: Company, *orders: Order | str) -> PrepareCounts:
    """Stage orders and prepare whatever is new."""
    staged(company, *orders)
    return prepare_new(company)


def document_of(company: Company, number: str, kind: str = "invoice") -> Document:
    """The one document of a kind that an order of this number has."""
    return Document.objects.get(company=company, order__number=number, kind=kind)


def order_of(company: Company, number: str) -> StagedOrder:
    """The order of this number."""
    return StagedOrder.objects.get(company=company, number=number)


@written_again
def map_product(company: Company, name: str, *, item: str = "", account: str = "") -> Product:
    """Decide how a product posts, as the accountant does."""
    product = Product.objects.get(company=company, name=name)
    product.quickbooks_product_name, product.quickbooks_account_name = item, account
    product.save()
    return product
