"""How far has a Re-sync come, and what has it done to QuickBooks?"""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from books.documents import NewCustomer
from sync.models import (
    AddressState,
    AddressUpdate,
    Document,
    DocumentState,
    Operation,
    PendingChange,
    Push,
    PushState,
    Run,
    RunKind,
)
from sync.pushing.address_updates import ADDRESSES
from sync.pushing.sender import NEW_CUSTOMERS

#: What a settled push did, by its operation and outcome.
_DONE = {
    "posted": (Operation.CREATE, PushState.ACCEPTED),
    "adopted": (Operation.CREATE, PushState.ADOPTED),
    "updated": (Operation.UPDATE, PushState.ACCEPTED),
    "voided": (Operation.VOID, PushState.ACCEPTED),
}


def done_since(run: Run) -> dict[str, int]:
    """What was done to QuickBooks for a run's orders since it began: counted from what was sent, never from states."""
    if run.kind == RunKind.PREPARE:  # it sends nothing; what others send meanwhile is theirs
        return {}
    settled = _settled(run).order_by()
    customers = Q(document__kind=NewCustomer.kind, operation=Operation.CREATE, state=PushState.ACCEPTED)
    rows = settled.exclude(customers).values("operation", "state").annotate(number=Count("pk"))
    numbers = {(row["operation"], row["state"]): row["number"] for row in rows}
    done = {name: numbers.get(key, 0) for name, key in _DONE.items()}
    addresses = AddressUpdate.objects.filter(order__in=run.items.values("order_id"), state=AddressState.UPDATED)
    written = addresses.filter(settled_at__gte=run.started_at).count()
    return done | {NEW_CUSTOMERS: settled.filter(customers).count()} | ({ADDRESSES: written} if written else {})


def _settled(run: Run) -> QuerySet[Push]:
    orders = run.items.values("order_id")
    mine = Q(document__order__in=orders) | Q(document__dependants__order__in=orders, document__kind=NewCustomer.kind)
    numbers = Push.objects.filter(mine, company=run.company_id, settled_at__gte=run.started_at).values("pk")
    return Push.objects.filter(pk__in=numbers, state__in=(PushState.ACCEPTED, PushState.ADOPTED))


def count(run: Run) -> None:
    """How far it has come: orders asked for and done, what was done, and the states of the documents that wait."""
    items = run.items.all()
    orders = items.values("order_id")
    counts = {"total": items.count(), "done": items.filter(done=True).count()}
    documents = Document.objects.filter(order__in=orders)
    counts |= done_since(run)
    # A customer is not counted among the documents, as on Home and in the list
    documents = documents.exclude(kind=NewCustomer.kind)
    for state in (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.UNKNOWN):
        counts[state.value] = documents.filter(state=state).count()
    waiting = Q(state__in=(DocumentState.READY, DocumentState.SENDING))
    waiting |= Q(pending__in=(PendingChange.UPDATE, PendingChange.VOID))
    counts["waiting"] = documents.filter(waiting).count()
    counts["held"] = documents.filter(pending=PendingChange.HELD).count()
    created = _settled(run).filter(operation=Operation.CREATE).values("document")
    counts["before"] = documents.filter(state=DocumentState.POSTED).exclude(pk__in=created).count()
    run.counts = counts
    run.save(update_fields=["counts"])
