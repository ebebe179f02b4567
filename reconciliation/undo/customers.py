"""Which customers that Tieout created are left with nothing after an undo, and are made inactive in QuickBooks?

Each is a line of the plan that a person can take out. It is read again before it is touched; its request id and bytes
are committed before they are sent, and after a crash it is read first: one that is inactive is done.

Source:
    docs/decisions/0079-customers-after-an-undo.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.db import transaction

from books.documents import NewCustomer
from books.messages import all_worded
from books.outcomes import Accepted, Outcome, Refused, TryLater, Unknown
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.kept_suggestions import list_changed
from mapping.models import QuickBooksCustomer, SourceCustomer
from reconciliation.undo.list_lines import leaving, sent, stays
from reconciliation.undo_models import CustomerStays, Undo, UndoCustomer, UndoStepState
from sync.history import record
from sync.models import UNSENT_STATES, Document, DocumentState
from sync.pushing.lease import Lease
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.inactive_customers import (
    CUSTOMERS_AT_ONCE,
    CustomerState,
    activation,
    customers_now,
    inactivation,
    send_customer,
    transactions_of,
)

Kept = tuple[CustomerStays, str]


def plan_customers(undo: Undo, ids: Collection[str], destination: QuickBooksOnline) -> list[UndoCustomer]:
    """A line for each customer that Tieout created and whose documents are undone.

    Args:
        undo: Whose steps are kept already.
        ids: QuickBooks ids of the customers of the documents that are undone.
        destination: Of the company.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    out = leaving(undo) if ids else set()
    lines = []
    for documents in chunks(_created(undo.company, ids), CUSTOMERS_AT_ONCE):
        named = {document.quickbooks_id for document in documents}
        kept = kept_because(undo.company, named, destination, without=out)
        for document in documents:
            why, about = kept.get(document.quickbooks_id, ("", ""))
            lines.append(UndoCustomer(undo=undo, document=document, why=why, about=about))
    return UndoCustomer.objects.bulk_create(lines, batch_size=200)


def _created(company: Company, ids: Collection[str]) -> Iterator[Document]:
    """The documents by which Tieout created these customers."""
    rows = Document.objects.filter(company=company, kind=NewCustomer.kind, state=DocumentState.POSTED)
    for part in chunks(sorted(ids), CUSTOMERS_AT_ONCE):
        yield from rows.filter(quickbooks_id__in=part).select_related("order").order_by("pk")


def kept_because(
    company: Company, ids: Collection[str], destination: QuickBooksOnline, *, without: Collection[str] = ()
) -> dict[str, Kept]:
    """Why customers stay active, by QuickBooks id; those that nothing uses are not in it.

    Args:
        company: Whose customers.
        ids: Their QuickBooks ids.
        destination: Of the company.
        without: Transactions that are there and will be gone, such as `Invoice 145`.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    used, there = transactions_of(destination, ids), customers_now(destination, ids)
    ours = _used_here(company, ids)
    kept: dict[str, Kept] = {}
    for identifier in ids:
        others = sorted(used.get(identifier, set()) - {*without})
        state = there.get(identifier)
        if state is None or not state.active:
            kept[identifier] = (CustomerStays.GONE, "")
        elif others:
            kept[identifier] = (CustomerStays.USED, others[0])
        elif not used.get(identifier) and state.balance:
            kept[identifier] = (CustomerStays.BALANCE, str(state.balance))
        elif identifier in ours:
            kept[identifier] = ours[identifier]
    return kept


def _used_here(company: Company, ids: Collection[str]) -> dict[str, Kept]:
    """Those that a person linked, that several customers of the sources are linked to, or that have records to post."""
    linked = SourceCustomer.objects.filter(company=company, quickbooks_customer__quickbooks_id__in=list(ids))
    rows = list(linked.select_related("quickbooks_customer").order_by("pk"))
    found: dict[str, Kept] = {}
    seen: set[str] = set()
    for customer in rows:
        identifier = customer.quickbooks_customer.quickbooks_id if customer.quickbooks_customer else ""
        if customer.linked_by_id or identifier in seen:
            found[identifier] = (CustomerStays.LINKED, str(customer))
        seen.add(identifier)
        waiting = Document.objects.filter(
            company=company,
            state__in=UNSENT_STATES,
            withdrawn=False,
            order__customer_key=customer.source_key,
            order__connection__system=customer.system,
        )
        if document := waiting.exclude(kind=NewCustomer.kind).select_related("order").first():
            found.setdefault(identifier, (CustomerStays.TO_POST, str(document)))
    return found


def make_inactive(undo: Undo, destination: QuickBooksOnline, lease: Lease) -> str:
    """Carry out the lines about customers; why it stopped early, empty where it did not.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    waiting = undo.customers.filter(state=UndoStepState.PLANNED).select_related("document__order", "undo")
    for lines in chunks(list(waiting.order_by("pk")), CUSTOMERS_AT_ONCE):
        lease.renew()
        ids = [line.document.quickbooks_id for line in lines]
        kept, there = kept_because(undo.company, ids, destination), customers_now(destination, ids)
        for line in lines:
            if stopped := _carried_out(line, kept, there, destination):
                return stopped
    return ""


def _carried_out(
    line: UndoCustomer,
    kept: Mapping[str, Kept],
    there: Mapping[str, CustomerState],
    destination: QuickBooksOnline,
) -> str:
    identifier = line.document.quickbooks_id
    if identifier in kept:
        why, about = kept[identifier]
        if why == CustomerStays.GONE and line.sent_at:  # by us, before a crash or an answer that got lost
            _done(line)
        else:
            stays(line, why, about)
        return ""
    outcome = _sent(line, inactivation(identifier, there[identifier].sync_token), destination)
    match outcome:
        case Accepted():
            _done(line)
        case Refused():
            stays(line, CustomerStays.SAID, all_worded(problem.words for problem in outcome.problems))
        case TryLater() | Unknown():
            return outcome.reason
    return ""


def _sent(line: UndoCustomer, body: bytes, destination: QuickBooksOnline) -> Outcome:
    return sent(line, body, lambda request_id: send_customer(destination, body, request_id=request_id))


def make_active_again(undo: Undo, destination: QuickBooksOnline) -> str:
    """Make the customers active that this undo made inactive, so that their records can be posted again.

    Returns:
        Why that was not possible; empty where all are active.

    Raises:
        NotReadError: QuickBooks could not be read.
    """
    lines = undo.customers.filter(state=UndoStepState.DONE).select_related("document__order", "undo").order_by("pk")
    for part in chunks(list(lines), CUSTOMERS_AT_ONCE):
        there = customers_now(destination, [line.document.quickbooks_id for line in part])
        for line in part:
            state = there.get(line.document.quickbooks_id)
            if state is not None and not state.active:
                outcome = _sent(line, activation(line.document.quickbooks_id, state), destination)
                if isinstance(outcome, Refused):
                    return all_worded(problem.words for problem in outcome.problems)
                if not isinstance(outcome, Accepted):
                    return outcome.reason
            stays(line, CustomerStays.AGAIN, "")
            _learn(line, active=state is not None)
    return ""


def _learn(line: UndoCustomer, *, active: bool) -> None:
    """Our copy of the list says it too, without waiting for its refresh."""
    rows = QuickBooksCustomer.objects.filter(company=line.undo.company_id, quickbooks_id=line.document.quickbooks_id)
    rows.update(active=active)
    list_changed(line.undo.company_id)


def _done(line: UndoCustomer) -> None:
    undo, document = line.undo, line.document
    with transaction.atomic():
        line.state = UndoStepState.DONE
        line.save(update_fields=["state"])
        _learn(line, active=False)
        facts = {"customer": document.customer_name, "reason": undo.reason}
        record(document.order, "customer-made-inactive", by=undo.started_by, **facts)


def lines_of_customers(undo: Undo) -> Sequence[UndoCustomer]:
    """Every line about a customer, in the order of the plan."""
    return list(undo.customers.select_related("document__order").order_by("pk"))
