"""What can be sent to a company's QuickBooks now, under which request id, and when is QuickBooks left alone?"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from books.documents import NewCustomer
from books.translation import gettext_noop
from companies.models import Company
from sync.models import QUICKBOOKS_ONLINE, Connection, Document, DocumentState, PendingChange, StagedOrder

RESTING = gettext_noop(
    "QuickBooks asked to be left alone for a moment. Nothing was sent now; what is ready goes with the next sync."
)
#: No answer makes a company rest for longer.
LONGEST = timedelta(seconds=3600)


def ready_documents(company: Company, orders: list[int] | None = None) -> QuerySet[Document]:
    """Documents that can be sent now, oldest first: ready, what they need is posted, and the order is as prepared.

    A new customer goes only ahead of a document that can follow, never by itself.
    """
    # A change of its predecessor comes first, unless a person has to decide about that
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


def rest(company: Company, seconds: int) -> None:
    """Send nothing to the company's QuickBooks for so many seconds, from any process."""
    if seconds > 0:
        until = timezone.now() + timedelta(seconds=seconds)
        Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(resting_until=until)


def rests(company: Company) -> bool:
    """Whether the company's QuickBooks is to be left alone now."""
    now = timezone.now()
    # Nobody asks for longer; such a moment was written by a clock that ran far ahead
    resting = Connection.objects.filter(
        company=company, system=QUICKBOOKS_ONLINE, resting_until__gt=now, resting_until__lte=now + LONGEST
    )
    return resting.exists()
