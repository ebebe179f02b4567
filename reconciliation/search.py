"""Which orders and documents does a person mean by a few letters? By the shape of the term, through indexes.

A number is compared as it is and as a beginning; a name or an email is looked for among the company's customers, of
whom there are far fewer than orders, unless the text is the whole number of an order or a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db import connection
from django.db.models import Q, QuerySet

from books.customer_fields import name_key
from companies.models import Company
from mapping.models import SourceCustomer
from sync.models import Document, StagedOrder

MOST = 25
_CUSTOMERS = 50
# The last character there is: everything that begins with a text sorts before the text with this behind it
_LAST = "\U0010ffff"


@dataclass(frozen=True, kw_only=True)
class SearchResult:
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


def find(company: Company, words: str) -> SearchResult:
    """Search in one company; six queries at most."""
    if not words:
        return SearchResult()
    by_number = _first(_orders(company).filter(begins("number", words)))
    numbered = _first(_documents(company).filter(begins("number", words)))
    # A whole number is found by now, and names are longer to look through
    is_number = words in {*(order.number for order in by_number), *(document.number for document in numbered)}
    by_customer = [] if is_number else _first(_orders_of_customers(company, words))
    orders = list({order.pk: order for order in (*by_number, *by_customer)}.values())
    known = _first(_documents(company).filter(quickbooks_id=words))
    amount = _amount(words)
    of_amount = _first(_documents(company).filter(total=amount)) if amount is not None else []
    documents = list({document.pk: document for document in (*numbered, *known, *of_amount)}.values())
    return SearchResult(
        orders=orders[:MOST], documents=documents[:MOST], more=len(orders) > MOST or len(documents) > MOST
    )


def _amount(words: str) -> Decimal | None:
    """An amount of money, written as the screens show it: 96.00, 1,234.50, $96; None for anything else."""
    figures = words.removeprefix("$").removesuffix("USD").strip().replace(",", "")
    return Decimal(figures) if re.fullmatch(r"-?\d{1,15}\.\d{1,2}", figures) or _whole(words, figures) else None


def _whole(words: str, figures: str) -> bool:
    """Whether it is a whole amount: a number alone is the number of an order, unless a sign says otherwise."""
    return words.startswith("$") and re.fullmatch(r"\d{1,15}", figures) is not None


Row = TypeVar("Row", StagedOrder, Document)


def _first(rows: QuerySet[Row]) -> list[Row]:
    return list(rows.order_by("-pk")[: MOST + 1])


def _orders(company: Company) -> QuerySet[StagedOrder]:
    return StagedOrder.objects.filter(company=company).select_related("connection")


def _documents(company: Company) -> QuerySet[Document]:
    return Document.objects.filter(company=company).exclude(kind="customer")


def _orders_of_customers(company: Company, words: str) -> QuerySet[StagedOrder]:
    customers = SourceCustomer.objects.filter(company=company)
    if "@" in words:
        customers = customers.filter(begins("email_compared", words.casefold()))
    else:
        customers = customers.filter(name_compared__contains=name_key(words))
    keys = list(customers.order_by("pk").values_list("source_key", flat=True)[:_CUSTOMERS])
    return _orders(company).filter(customer_key__in=keys)


def begins(field: str, text: str) -> Q:
    """Rows whose field begins with the text, letter for letter, in the way that each database has an index for."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + _LAST})
    return Q(**{f"{field}__startswith": text})
