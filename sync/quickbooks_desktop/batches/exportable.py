"""Which documents can go into the next file for QuickBooks Desktop?

A file is imported as a whole, so what a document needs may be in the same file or in an earlier one. What is dated
outside of the period stays behind, and so does whatever needs it; only a new customer goes along at any date.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet

from books.documents import NewCustomer
from companies.models import Company
from sync.models import Connection, ConnectionState, Document, DocumentState, StagedOrder, held_sources

#: Applied credit comes after a credit, which comes after an invoice, which comes after a customer.
_DEEPEST = 4
_GONE = (DocumentState.EXPORTED, DocumentState.POSTED)


def exportable(company: Company, *, since: date | None = None, until: date | None = None) -> QuerySet[Document]:
    """Documents that can go now: new customers first, then by date.

    Args:
        company: Of QuickBooks Desktop.
        since: The first day; None for no limit.
        until: The last day; None for no limit.
    """
    rows = Document.objects.filter(company=company).exclude(order__connection__in=_held(company))
    moves = rows.exclude(kind=NewCustomer.kind).filter(_goes("", since, until, _DEEPEST))
    # A new customer goes only ahead of a document that goes; asked of all at once, since one by one takes the square
    ahead = Q(pk__in=moves.values("depends_on")) | Q(pk__in=moves.values("depends_on__depends_on"))
    customers = Q(kind=NewCustomer.kind, state=DocumentState.READY) & ahead
    return rows.filter(customers | Q(pk__in=moves.values("pk"))).order_by("dated", "pk")


def left_behind(company: Company, *, since: date | None = None, until: date | None = None) -> int:
    """How many documents are ready within the period and still cannot go: what they need does not go either."""
    ready = Document.objects.filter(_within("", since, until), company=company, state=DocumentState.READY)
    ready = ready.filter(order__to_prepare=False).exclude(order__connection__in=_held(company))
    going = exportable(company, since=since, until=until).order_by().values("pk")
    return ready.exclude(kind=NewCustomer.kind).exclude(pk__in=going).count()


def to_prepare(company: Company) -> int:
    """How many orders are prepared again before the next file is written, since they or a decision changed."""
    return StagedOrder.objects.filter(company=company, to_prepare=True).count()


def _held(company: Company) -> QuerySet[Connection]:
    """The sources of which nothing goes into a file.

    Before the company is live its files are for a copy of the books, and going live is what turns invoice creation on.
    """
    held = held_sources(company)
    return held if company.live_since else held.filter(state=ConnectionState.DISCONNECTED)


def _goes(prefix: str, since: date | None, until: date | None, depth: int) -> Q:
    """Whether the document at the end of this way of parents goes: it is ready, and so is what it needs, or gone."""
    parent = f"{prefix}depends_on__"
    ready = Q(**{f"{prefix}state": DocumentState.READY}) & _within(prefix, since, until)
    ready &= Q(**{f"{prefix}order__prepared_version": F(f"{prefix}order__version")})
    free = Q(**{f"{prefix}depends_on": None}) | Q(**{f"{parent}state__in": _GONE})
    free |= Q(**{f"{parent}kind": NewCustomer.kind, f"{parent}state": DocumentState.READY})
    return ready & (free | _goes(parent, since, until, depth - 1) if depth else free)


def _within(prefix: str, since: date | None, until: date | None) -> Q:
    period = Q()
    if since:
        period &= Q(**{f"{prefix}dated__gte": since})
    if until:
        period &= Q(**{f"{prefix}dated__lte": until})
    return period
