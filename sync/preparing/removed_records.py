"""What becomes of documents whose records the source no longer has?

Never sent, a document goes. In QuickBooks Online it is voided; in QuickBooks Desktop a person does that by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils import timezone

from books.documents import CreditApplication, Payment
from books.problems import ChangedAfterPosting
from companies.models import Company
from sync.history import event
from sync.models import (
    Document,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    ExportedDocument,
    OrderEvent,
    PendingChange,
    Push,
    StagedOrder,
)
from sync.preparing.builders.plan import Plan
from sync.preparing.changes import GONE, Decided, changed_after_posting, decide, keep_changes, void_of
from sync.preparing.existing_documents import Known

#: Records of an order that a person has to be asked about when they are left out.
_MONEY = (Payment.kind, "credit", "refund")


def withdraw(
    company: Company,
    plans: Sequence[tuple[StagedOrder, Plan]],
    known: Known,
    planned: Collection[str],
    again: bool,
) -> list[OrderEvent]:
    """What the source no longer has: never sent, it goes; in QuickBooks Online it is voided, else a person does it."""
    orders = {order.pk: order for order, _ in plans}
    gone = [row for row in known.rows.values() if row.key not in planned and row.order_id in orders]
    gone = [row for row in gone if row.kind != "customer" and row.state != DocumentState.IGNORED]
    gone += _idle_customers(company, orders, known)
    voided = [row for row in gone if row.pk in known.bodies and row.source_hash != GONE]
    ask_first = {key for _, plan in plans for key in plan.ask_first} | _unspoken(voided, plans)
    events = _void(company, voided, orders, known, ask_first, again)
    by_hand = [row for row in gone if row.is_sent and row.pk not in known.bodies and row.source_hash != GONE]
    _report_gone(company, [row for row in by_hand if not (known.online and row.state == DocumentState.VOIDED)])
    unsent = [row for row in gone if not row.is_sent]
    pushed = set(Push.objects.filter(document__in=unsent).values_list("document_id", flat=True))
    pushed |= set(ExportedDocument.objects.filter(document__in=unsent).values_list("document_id", flat=True))
    DocumentProblem.objects.filter(document__in=unsent).delete()
    kept = [row.pk for row in unsent if row.pk in pushed]
    Document.objects.filter(pk__in=kept).update(state=DocumentState.IGNORED, withdrawn=True, pending="")
    DocumentChange.objects.filter(document__in=kept).delete()
    dropped = [row.pk for row in unsent if row.pk not in pushed]
    Document.objects.filter(depends_on__in=dropped).update(depends_on=None)
    Document.objects.filter(pk__in=dropped).delete()
    steps = {"customer": "not-needed"}
    return events + [
        event(orders.get(row.order_id) or row.order, steps.get(row.kind, "withdrawn"), document=str(row))
        for row in unsent
    ]


def _unspoken(rows: Sequence[Document], plans: Sequence[tuple[StagedOrder, Plan]]) -> set[str]:
    """Keys of money and credits that an order does not name any more, without a word of what became of them.

    A later export may simply leave them out, and money that is voided by mistake is found months later.
    """
    undone = {order.pk: plan.undone for order, plan in plans}
    silent = [
        row
        for row in rows
        if row.kind in _MONEY and (said := undone.get(row.order_id)) is not None and row.key not in said
    ]
    credits = {row.pk for row in silent}
    uses = [row for row in rows if row.kind == CreditApplication.kind and row.depends_on_id in credits]
    return {row.key for row in (*silent, *uses)}


def _void(
    company: Company,
    rows: Iterable[Document],
    orders: Mapping[int, StagedOrder],
    known: Known,
    ask_first: Collection[str],
    again: bool,
) -> list[OrderEvent]:
    """Keep beside each document that it has to go; those on which QuickBooks is at work are left alone."""
    decided: list[tuple[Document, Decided, str, frozenset[str]]] = []
    for row in rows:
        if row.change_in_flight:
            continue
        stored = [problem.read() for problem in known.problems[row.pk]]
        wanted = void_of(row, ask_first=row.key in ask_first)
        found = decide(row, wanted, before=known.changes.get(row.pk), stored=stored, again=again)
        decided.append((row, found, row.pending, frozenset(one.cause for one in stored)))
        row.pending, row.changed_at = found.pending, timezone.now()
    numbers = [row.pk for row, _, _, _ in decided]
    if not numbers:
        return []
    Document.objects.bulk_update([row for row, _, _, _ in decided], ["pending", "changed_at"], batch_size=200)
    keep_changes([found.change for _, found, _, _ in decided if found.change])
    DocumentProblem.objects.filter(document__in=numbers).delete()
    DocumentProblem.objects.bulk_create(
        DocumentProblem(company=company, document=row, code=one.code, cause=one.cause, facts=one.facts())
        for row, found, _, _ in decided
        for one in found.problems
    )
    return [
        void_event
        for row, found, pending, causes in decided
        for void_event in _void_events(orders[row.order_id], row, found, pending, causes)
    ]


def _void_events(
    order: StagedOrder, row: Document, found: Decided, pending: str, causes: frozenset[str]
) -> list[OrderEvent]:
    if found.pending == PendingChange.VOID and pending != PendingChange.VOID:
        return [event(order, "to-void", documents=str(row))]
    if found.problems and {one.cause for one in found.problems} != causes:
        reason = " ".join(problem.explain() for problem in found.problems)
        return [event(order, "blocked", documents=str(row), reason=reason)]
    return []


def _idle_customers(company: Company, orders: Iterable[int], known: Known) -> list[Document]:
    """Customers that were never created and that nothing waits for any more: a person said who is meant."""
    unsent = Q(state__in=(DocumentState.READY, DocumentState.BLOCKED))
    idle = Q(state=DocumentState.REFUSED) | unsent & Q(Q(order__in=list(orders)) | Q(pk__in=known.parents))
    rows = Document.objects.filter(idle, company=company, kind="customer", dependants=None)
    return list(rows.select_related("order").select_for_update(of=("self",)))


def _report_gone(company: Company, rows: Iterable[Document]) -> None:
    problems = [(row, changed_after_posting(row, "nothing")) for row in rows]
    # What it changed to before it went is of no interest any more
    DocumentProblem.objects.filter(document__in=[row for row, _ in problems], code=ChangedAfterPosting.code).delete()
    DocumentProblem.objects.bulk_create(
        [
            DocumentProblem(company=company, document=row, code=one.code, cause=one.cause, facts=one.facts())
            for row, one in problems
        ],
        ignore_conflicts=True,
    )
