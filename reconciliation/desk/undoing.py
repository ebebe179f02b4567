"""What was already posted under a decision, which undoing it does not change?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from companies.models import Company
from mapping.models import CustomerDecision, SourceCustomer
from sync.models import SENT_STATES, Document, DocumentState

_SHOWN = 20
#: On its way, or in a file: QuickBooks may have it.
_UNDER_WAY = (DocumentState.SENDING, DocumentState.UNKNOWN, DocumentState.EXPORTED)


@dataclass(frozen=True, kw_only=True)
class PostedUnder:
    """Documents that QuickBooks has, or may have, by a decision."""

    documents: Sequence[Document] = ()
    #: How many there are beside those.
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.documents)


def posted_under(decision: CustomerDecision) -> PostedUnder:
    """The documents of the customer's orders that were sent before the decision was undone; two queries."""
    rows = _sent_since(decision).select_related("order").order_by("-pk")
    shown = list(rows[: _SHOWN + 1])
    if len(shown) <= _SHOWN:
        return PostedUnder(documents=shown)
    return PostedUnder(documents=shown[:_SHOWN], more=rows.count() - _SHOWN)


def decisions_of(company: Company, customer: SourceCustomer) -> QuerySet[CustomerDecision]:
    """Every decision about a customer, newest first."""
    rows = CustomerDecision.objects.filter(company=company, customer=customer).order_by("-pk")
    return rows.select_related("chosen", "decided_by", "undone_by", "link_before", "customer", "company")


def _sent_since(decision: CustomerDecision) -> QuerySet[Document]:
    customer = decision.customer
    rows = Document.objects.filter(
        company=decision.company_id,
        order__customer_key=customer.source_key,
        order__connection__system=customer.system,
    )
    under_way = Q(state__in=_UNDER_WAY, changed_at__gte=decision.decided_at)
    if decision.undone_at:
        return rows.filter(posted_at__range=(decision.decided_at, decision.undone_at))
    return rows.filter(under_way | Q(state__in=SENT_STATES, posted_at__gte=decision.decided_at))
