"""Which documents can be sent now, and under which request id?"""

from __future__ import annotations

import uuid

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from books.documents import NewCustomer
from companies.models import Company
from sync.models import Document, DocumentState, PendingChange, StagedOrder


def ready_documents(company: Company, orders: list[int] | None = None) -> QuerySet[Document]:
    """Documents that can be sent now, oldest first: ready, what they need is posted, and the order is as prepared.

    A new customer goes only ahead of a document that can follow, never by itself.
    """
    # What its predecessor shall become comes first, unless a person has to decide about that
    there = Q(depends_on__state__in=(DocumentState.POSTED, DocumentState.VOIDED))
    first = Q(depends_on=None) | there & Q(depends_on__pending__in=("", PendingChange.HELD))
    prepared = Q(order__prepared_version=F("order__version"))
    waits = Q(state=DocumentState.READY) | Q(pending=PendingChange.UPDATE)
    follows = Document.objects.filter(prepared & waits, depends_on=OuterRef("pk"))
    rows = Document.objects.filter(first, company=company, state=DocumentState.READY)
    rows = rows.filter((~Q(kind=NewCustomer.kind) & prepared) | (Q(kind=NewCustomer.kind) & Exists(follows)))
    if orders is not None:
        # A new customer may be the document of an earlier order that nobody asked for
        parents = StagedOrder.objects.filter(documents__dependants__order__in=orders)
        rows = rows.filter(Q(order__in=orders) | Q(kind="customer", order__in=parents))
    return rows.select_related("order").order_by("pk")


def request_id(document: Document) -> str:
    """The request id of a document's generation: the same after any crash, 36 characters."""
    name = f"tieout:{document.company_id}:{document.key}:{document.generation}:{document.created_at.timestamp()}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
