"""Which orders have a document number, and which wait for it because another one has it?"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from books.documents import SALE_KINDS
from books.problems import NumberUsedTwice
from companies.bulk_sql import KeptQuery
from companies.models import Company
from sync.models import DECIDED_AGAINST, Document, DocumentState, StagedOrder

_HELD = KeptQuery(
    lambda orders: (
        Document.objects.filter(order__in=orders, kind__in=SALE_KINDS)
        .exclude(state__in=(*DECIDED_AGAINST, DocumentState.VOIDED))
        .values_list("number")
    )
)


def numbers_held(orders: Collection[StagedOrder]) -> set[str]:
    """The document numbers that sales of these orders have."""
    return {number for (number,) in _HELD.rows([order.pk for order in orders])} if orders else set()


def orders_waiting_for(company: Company, numbers: Collection[str]) -> QuerySet[StagedOrder]:
    """Orders that are blocked because another one has their number."""
    causes = [NumberUsedTwice(number=number).cause for number in numbers]
    blocked = Document.objects.filter(company=company, problems__cause__in=causes)
    return StagedOrder.objects.filter(company=company, pk__in=blocked.values("order"))
