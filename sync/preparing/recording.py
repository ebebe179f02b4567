"""How do the plans of some orders become rows, without ever changing what was sent?"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from books.documents import KINDS, CreditApplication, NewCustomer
from books.notes import note_text
from companies.models import Company
from sync.history import event
from sync.many_rows import insert
from sync.models import (
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    OrderEvent,
    PendingChange,
    StagedOrder,
    remember_names,
)
from sync.preparing.builders.plan import Plan, distinct
from sync.preparing.changes import keep_changes
from sync.preparing.document_rows import COLUMNS, SALES, DocumentRow, DocumentRows, existing_documents, stored_problem
from sync.preparing.removed_records import withdraw

#: Parents before children.
_GENERATIONS = (
    (NewCustomer.kind,),
    SALES,
    tuple(kind for kind in KINDS if kind not in (NewCustomer.kind, *SALES, CreditApplication.kind)),
    (CreditApplication.kind,),
)
_WRITTEN = tuple(name.removesuffix("_id") for name in COLUMNS)


def record_plans(
    company: Company, plans: Sequence[tuple[StagedOrder, Plan]], *, by: User | None, again: bool
) -> list[Document]:
    """Write what the orders come to. Runs inside the caller's transaction, in a fixed number of queries.

    Args:
        company: Whose documents.
        plans: The plan of each order.
        by: The person who asked, for the history.
        again: Refused documents become ready even when their content is the same.

    Returns:
        The rows of everything planned.
    """
    existing = existing_documents(company, plans)
    rows = DocumentRows(existing, again=again)
    for order, plan in plans:
        for planned in plan.planned:
            rows.add(order, planned)
    entries = list(rows.by_key.values())
    remember_names(company.pk, (entry.planned.customer_name for entry in entries))
    _save(company, entries)
    removed = withdraw(company, plans, existing, rows.by_key, again=again)
    _note_orders(plans)
    insert([*_events(plans, entries, by), *removed])
    return [entry.row for entry in entries]


# What is written ------------------------------------------------------------------------------------------------------


def _save(company: Company, entries: list[DocumentRow]) -> None:
    """Parents before children, since a child's row needs its parent's primary key."""
    written = [entry for entry in entries if not entry.untouched]
    for kinds in _GENERATIONS:
        generation = [entry for entry in written if entry.planned.kind in kinds]
        for entry in generation:
            if entry.parent is not None:  # it has its primary key by now, and the child takes it over
                entry.row.depends_on = entry.parent
        insert([entry.row for entry in generation if not entry.row.pk])
    changed = [entry.row for entry in written if entry.is_changed]
    for row in changed:
        row.changed_at = timezone.now()
    Document.objects.bulk_update(changed, (*_WRITTEN, "changed_at"), batch_size=200)
    _save_bodies([entry for entry in written if entry.body_changed])
    _save_changes([entry for entry in written if entry.change or entry.before.pending])
    _save_problems(company, written)


def _save_bodies(entries: list[DocumentRow]) -> None:
    new = [entry for entry in entries if not entry.before.state]
    insert([DocumentBody(document=entry.row, body=entry.body) for entry in new if entry.body])
    DocumentBody.objects.bulk_create(
        [DocumentBody(document=entry.row, body=entry.body) for entry in entries if entry.body and entry.before.state],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["body"],
    )
    gone = [entry.row.pk for entry in entries if not entry.body and entry.before.state]
    if gone:
        DocumentBody.objects.filter(document__in=gone).delete()


def _save_changes(entries: list[DocumentRow]) -> None:
    keep_changes([entry.change for entry in entries if entry.change])
    DocumentChange.objects.filter(document__in=[entry.row.pk for entry in entries if not entry.change]).delete()


def _save_problems(company: Company, entries: list[DocumentRow]) -> None:
    DocumentProblem.objects.filter(document__in=[entry.row.pk for entry in entries if entry.before.causes]).delete()
    DocumentProblem.objects.bulk_create(
        stored_problem(company, entry.row, problem) for entry in entries for problem in entry.problems
    )


def _note_orders(plans: Sequence[tuple[StagedOrder, Plan]]) -> None:
    """Mark the orders as prepared; the notes of the few that have any, or had, are written one statement for all."""
    noted = []
    for order, plan in plans:
        before, order.not_posted = order.not_posted, [note.plain() for note in plan.notes]
        order.prepared_version = order.version
        if before != order.not_posted:
            noted.append(order)
    StagedOrder.objects.bulk_update(noted, ["not_posted"], batch_size=200)
    numbers = [order.pk for order, _ in plans]
    StagedOrder.objects.filter(pk__in=numbers).update(prepared_version=F("version"))


# What the history says ------------------------------------------------------------------------------------------------


def _events(plans: Sequence[tuple[StagedOrder, Plan]], entries: list[DocumentRow], by: User | None) -> list[OrderEvent]:
    by_order: dict[int, list[DocumentRow]] = {order.pk: [] for order, _ in plans}
    for entry in entries:
        by_order[entry.order.pk].append(entry)
    events = []
    for order, plan in plans:
        if not plan.planned and plan.notes:
            notes = " ".join(note_text(note.plain()) for note in plan.notes)
            events.append(event(order, "nothing-to-post", by=by, reason=notes))
        events += _order_events(order, by_order[order.pk], by)
    return events


def _order_events(order: StagedOrder, entries: list[DocumentRow], by: User | None) -> list[OrderEvent]:
    """One event for what became ready and one for what became blocked; none where nothing changed."""
    ready = [entry for entry in entries if _became(entry, state=DocumentState.READY)]
    blocked = [
        entry
        for entry in entries
        if entry.problems and {problem.cause for problem in entry.problems} != entry.before.causes
    ]
    changing = [entry for entry in entries if _became(entry, pending=PendingChange.UPDATE)]
    events = []
    if changing:
        events.append(event(order, "to-update", by=by, documents=_named(changing)))
    if ready:
        events.append(event(order, "prepared", by=by, documents=_named(ready)))
    if blocked:
        reasons = distinct(*(problem for entry in blocked for problem in entry.problems))
        reason = " ".join(problem.explain() for problem in reasons)
        events.append(event(order, "blocked", by=by, documents=_named(blocked), reason=reason))
    return events


def _became(entry: DocumentRow, *, state: str = "", pending: str = "") -> bool:
    """Whether the row has this state, or this change pending, and had not before."""
    if state:
        return entry.row.state == state != entry.before.state
    return entry.row.pending == pending != entry.before.pending


def _named(entries: list[DocumentRow]) -> str:
    return ", ".join(str(entry.row) for entry in entries)
