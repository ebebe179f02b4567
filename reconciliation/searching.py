"""Which orders and documents does a person mean by a few letters? By the shape of the term, through indexes.

A number is compared as it is and as a beginning; a name or an email as a beginning, then, where that finds nothing,
anywhere within the names of the company's customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from mapping.models import Company, SourceCustomer
from sync.models import Document, StagedOrder
from sync.models.documents import kinds

MOST = 25
_CUSTOMERS = 50
# The last character there is: everything that begins with a text sorts before the text with this behind it
_LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search came to; at most `MOST` of each, newest first."""

    orders: Sequence[StagedOrder] = ()
    documents: Sequence[Document] = ()
    #: There is more than is shown.
    more: bool = False

    @property
    def only_order(self) -> int | None:
        """The order that everything found belongs to; None when there are several or nothing was found."""
        orders = {order.pk for order in self.orders} | {document.order_id for document in self.documents}
        return orders.pop() if len(orders) == 1 else None

    def __bool__(self) -> bool:
        return bool(self.orders or self.documents)


def find(company: Company, words: str) -> Found:
    """Search in one company."""
    if not words:
        return Found()
    orders = _first(_orders(company, words))
    documents = _first(_documents(company, words))
    if not orders and not documents:
        orders = _first(_orders_of_customers(company, words))
    return Found(orders=orders[:MOST], documents=documents[:MOST], more=len(orders) > MOST or len(documents) > MOST)


Row = TypeVar("Row", StagedOrder, Document)


def _first(rows: QuerySet[Row]) -> list[Row]:
    return list(rows.order_by("-pk")[: MOST + 1])


def _orders(company: Company, words: str) -> QuerySet[StagedOrder]:
    named = _begins("customer_name", _spellings(words)) | _begins("number", [words])
    return StagedOrder.objects.filter(named, company=company).select_related("connection")


def _documents(company: Company, words: str) -> QuerySet[Document]:
    every_kind = [kind for kind, _ in kinds()]  # so that the index on kind and number serves
    by_number = Q(kind__in=every_kind) & _begins("number", [words])
    return Document.objects.filter(by_number | Q(quickbooks_id=words), company=company).exclude(kind="customer")


def _orders_of_customers(company: Company, words: str) -> QuerySet[StagedOrder]:
    customers = SourceCustomer.objects.filter(company=company)
    if "@" in words:
        customers = customers.filter(_begins("email_compared", [words.casefold()]))
    else:
        customers = customers.filter(Q(name__icontains=words) | Q(email_compared__contains=words.casefold()))
    keys = list(customers.order_by("pk").values_list("source_key", flat=True)[:_CUSTOMERS])
    return StagedOrder.objects.filter(company=company, customer_key__in=keys).select_related("connection")


def _spellings(words: str) -> list[str]:
    """The term in the letter cases that names come in, so that an index can be used for each."""
    return list(dict.fromkeys((words, words.title(), words.capitalize(), words.lower(), words.upper())))


def _begins(field: str, beginnings: Iterable[str]) -> Q:
    """Rows whose field begins with one of the texts, in the way that this database has an index for."""
    found = Q()
    for text in beginnings:
        if connection.vendor == "sqlite":
            found |= Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST})
        else:
            found |= Q(**{f"{field}__startswith": text})
    return found
