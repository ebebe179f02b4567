"""Whom else does a change concern? Some causes depend on the customers and documents of other orders.

Two customers who share an email block each other, and so do two orders with one number. What changes on one side is
followed on the other: by an import, by a fix, and by preparing itself.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from books.problems import NumberUsedTwice
from companies.models import Company
from mapping.addresses import source_customers_at
from sync.models import FOLLOWS_DECISIONS, Document, DocumentState, StagedOrder

#: What an order was sold as; no two may have one number.
SALES = ("invoice", "sales-receipt", "return")


def unsent_orders(company: Company) -> QuerySet[StagedOrder]:
    """Orders of which something still follows the decisions."""
    unsent = Document.objects.filter(FOLLOWS_DECISIONS, order=OuterRef("pk"))
    return StagedOrder.objects.filter(Exists(unsent), company=company)


def orders_billed_at(company: Company, addresses: Collection[str]) -> QuerySet[StagedOrder]:
    """Orders, not sent or not wholly, of all customers who are billed at one of these addresses."""
    keys = source_customers_at(company, addresses).values_list("source_key", flat=True) if addresses else ()
    return unsent_orders(company).filter(customer_key__in=list(keys))


def numbers_held(orders: Collection[StagedOrder]) -> set[str]:
    """The document numbers that sales of these orders have."""
    rows = Document.objects.filter(order__in=orders, kind__in=SALES)
    rows = rows.exclude(state__in=(DocumentState.IGNORED, DocumentState.VOIDED))
    return set(rows.values_list("number", flat=True))


def orders_waiting_for(company: Company, numbers: Collection[str]) -> QuerySet[StagedOrder]:
    """Orders that are blocked because another one has their number."""
    causes = [NumberUsedTwice(number=number).cause for number in numbers]
    blocked = Document.objects.filter(company=company, problems__cause__in=causes)
    return StagedOrder.objects.filter(company=company, pk__in=blocked.values("order"))
