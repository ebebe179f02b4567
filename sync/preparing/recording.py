"""How do the plans of some orders become rows, without ever changing what was sent?

A record that the source no longer has takes its document back: never sent, it goes; in QuickBooks Online it is voided;
in QuickBooks Desktop a person does that by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from books.documents import KINDS, REVERSAL, SALE_KINDS, CreditApplication, NewCustomer, Payment
from books.notes import note_text
from companies.bulk_rows import new_row
from companies.bulk_sql import KeptQuery, insert, write_each
from companies.models import Company
from sync.history import event
from sync.models import (
    DECIDED_AGAINST,
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    ExportedDocument,
    OrderEvent,
    PendingChange,
    Push,
    StagedOrder,
    remember_names,
)
from sync.preparing.builders.plan import Plan, distinct
from sync.preparing.changes import (
    GONE,
    TO_CORRECT,
    AskedFirst,
    Decided,
    decide,
    keep_changes,
    void_of,
)
from sync.preparing.document_rows import (
    COLUMNS,
    DocumentRow,
    DocumentRows,
    ExistingDocuments,
    RowBefore,
    existing_documents,
    held_change,
    row_before,
    stored_problem,
)

#: Records of an order that a person has to be asked about when they are left out.
_MONEY = (Payment.kind, "credit", "refund")
#: Parents before children.
_GENERATIONS = (
    (NewCustomer.kind,),
    SALE_KINDS,
    tuple(kind for kind in KINDS if kind not in (NewCustomer.kind, *SALE_KINDS, CreditApplication.kind)),
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
    for entry in written:
        if entry.is_changed and entry.says_otherwise:
            entry.row.changed_at = timezone.now()
    Document.objects.bulk_update(changed, (*_WRITTEN, "changed_at"), batch_size=200)
    _save_bodies([entry for entry in written if entry.body_changed])
    _save_changes([entry for entry in written if entry.change or entry.before.pending])
    _save_problems(company, written)


def _save_bodies(entries: list[DocumentRow]) -> None:
    new = [entry for entry in entries if not entry.before.state]
    insert([new_row(DocumentBody, document=entry.row, body=entry.body) for entry in new if entry.body])
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
    if over := [entry.row.pk for entry in entries if not entry.change]:
        DocumentChange.objects.filter(document__in=over).delete()


def _save_problems(company: Company, entries: list[DocumentRow]) -> None:
    if had_some := [entry.row.pk for entry in entries if entry.before.causes]:
        DocumentProblem.objects.filter(document__in=had_some).delete()
    DocumentProblem.objects.bulk_create(
        stored_problem(company, entry.row, problem) for entry in entries for problem in entry.problems
    )


def _note_orders(plans: Sequence[tuple[StagedOrder, Plan]]) -> None:
    """Mark the orders as prepared; the notes of the few that have any, or had, are written one statement for all."""
    noted = []
    for order, plan in plans:
        before, order.not_posted = (order.not_posted, order.waits_for), [note.plain() for note in plan.notes]
        order.waits_for = plan.waits_for.value if plan.waits_for else ""
        order.prepared_version = order.version
        if before != (order.not_posted, order.waits_for):
            noted.append(order)
    StagedOrder.objects.bulk_update(noted, ["not_posted", "waits_for"], batch_size=200)
    write_each(StagedOrder, ["prepared_version"], {order.pk: [order.version] for order, _ in plans})


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


def withdraw(
    company: Company,
    plans: Sequence[tuple[StagedOrder, Plan]],
    existing: ExistingDocuments,
    planned: Collection[str],
    *,
    again: bool,
) -> list[OrderEvent]:
    """Take back the documents that no plan asks for any more, each in its own way.

    Args:
        company: Whose documents.
        plans: Of the orders that were prepared.
        existing: Their documents as they were.
        planned: The keys that the plans ask for.
        again: What QuickBooks refused to void is tried again.

    Returns:
        What the history says of it, not stored yet.
    """
    orders = {order.pk: order for order, _ in plans}
    removed = _removed(company, orders, existing, planned)
    sent = [row for row in removed if row.is_sent and row.source_hash != GONE]  # that one was dealt with
    to_void = [row for row in sent if row.pk in existing.bodies]
    by_hand = [row for row in sent if row.pk not in existing.bodies]
    if existing.online:
        by_hand = [row for row in by_hand if row.state != DocumentState.VOIDED]
    ask_first = {key for _, plan in plans for key in plan.ask_first} | _unmentioned(to_void, plans)
    idle = {key for _, plan in plans for key in plan.idle}
    events = _void(company, to_void, orders, existing, AskedFirst(silent=ask_first, idle=idle), again)
    _report(company, by_hand, idle)
    return events + _drop([row for row in removed if not row.is_sent], orders)


def _removed(
    company: Company, orders: Mapping[int, StagedOrder], existing: ExistingDocuments, planned: Collection[str]
) -> list[Document]:
    """The documents of these orders that no plan asks for, and the customers that nothing waits for any more."""
    records = [
        row
        for row in existing.rows.values()
        if row.order_id in orders
        and row.key not in planned
        and row.kind not in (NewCustomer.kind, REVERSAL)
        and row.state not in DECIDED_AGAINST
        and row.pending != PendingChange.UNDO
    ]
    return [*records, *_idle_customers(company, orders, existing)]


def _drop(rows: Sequence[Document], orders: Mapping[int, StagedOrder]) -> list[OrderEvent]:
    """Delete what was never posted; what a push or a file has tried is kept as withdrawn, with its evidence."""
    if not rows:
        return []
    tried = set(Push.objects.filter(document__in=rows).values_list("document_id", flat=True))
    tried |= set(ExportedDocument.objects.filter(document__in=rows).values_list("document_id", flat=True))
    DocumentProblem.objects.filter(document__in=rows).delete()
    kept = [row.pk for row in rows if row.pk in tried]
    Document.objects.filter(pk__in=kept).update(state=DocumentState.IGNORED, withdrawn=True, pending="")
    DocumentChange.objects.filter(document__in=kept).delete()
    dropped = [row.pk for row in rows if row.pk not in tried]
    Document.objects.filter(depends_on__in=dropped).update(depends_on=None)
    events = [
        event(
            orders.get(row.order_id) or row.order,
            "not-needed" if row.kind == NewCustomer.kind else "withdrawn",
            document=str(row),
        )
        for row in rows
    ]
    Document.objects.filter(pk__in=dropped).delete()
    return events


def _unmentioned(rows: Sequence[Document], plans: Sequence[tuple[StagedOrder, Plan]]) -> set[str]:
    """Keys of money and credits that an order does not name any more, without a word of what became of them.

    A later export may simply leave them out, and money that is voided by mistake is found months later.
    """
    undone = {order.pk: plan.undone for order, plan in plans}
    silent = [
        row
        for row in rows
        if row.kind in _MONEY and (said := undone.get(row.order_id)) is not None and row.key not in said
    ]
    primary_keys = {row.pk for row in silent}
    uses = [row for row in rows if row.kind == CreditApplication.kind and row.depends_on_id in primary_keys]
    return {row.key for row in (*silent, *uses)}


def _void(
    company: Company,
    rows: Iterable[Document],
    orders: Mapping[int, StagedOrder],
    existing: ExistingDocuments,
    asked: AskedFirst,
    again: bool,
) -> list[OrderEvent]:
    """Keep beside each document that it has to go; those on which QuickBooks is at work are left alone."""
    voids: list[_Void] = []
    for row in rows:
        if row.change_in_flight:
            continue
        before = row_before(row, existing.problems[row.pk])
        wanted = void_of(row, ask=asked.about(row))
        waiting = existing.changes.get(row.pk)
        found = held_change(row, existing)
        decided = decide(row, wanted, before=waiting, stored=before.problems, found=found, again=again)
        row.pending, row.changed_at = decided.pending, timezone.now()
        voids.append(_Void(row=row, before=before, decided=decided))
    if voids:
        _save_voids(company, voids)
    return [void_event for void in voids for void_event in _void_events(orders[void.row.order_id], void)]


@dataclass(frozen=True, kw_only=True)
class _Void:
    row: Document
    before: RowBefore
    decided: Decided


def _save_voids(company: Company, voids: Sequence[_Void]) -> None:
    rows = [void.row for void in voids]
    Document.objects.bulk_update(rows, ["pending", "changed_at"], batch_size=200)
    keep_changes([void.decided.change for void in voids if void.decided.change])
    DocumentProblem.objects.filter(document__in=[row.pk for row in rows]).delete()
    DocumentProblem.objects.bulk_create(
        stored_problem(company, void.row, problem) for void in voids for problem in void.decided.problems
    )


def _void_events(order: StagedOrder, void: _Void) -> list[OrderEvent]:
    row, before, decided = void.row, void.before, void.decided
    if decided.pending == PendingChange.VOID and before.pending != PendingChange.VOID:
        return [event(order, "to-void", documents=str(row))]
    if decided.problems and {problem.cause for problem in decided.problems} != before.causes:
        reason = " ".join(problem.explain() for problem in decided.problems)
        return [event(order, "blocked", documents=str(row), reason=reason)]
    return []


def _idle_customers(company: Company, orders: Iterable[int], existing: ExistingDocuments) -> list[Document]:
    """Customers that were never created and that nothing waits for any more: a person said who is meant."""
    return _IDLE.instances(company.pk, list(orders) or [0], sorted(existing.parents) or [0])


_IDLE = KeptQuery(
    lambda company, orders, parents: (
        Document.objects.filter(
            Q(state=DocumentState.REFUSED)
            | Q(state__in=(DocumentState.READY, DocumentState.BLOCKED)) & Q(Q(order__in=orders) | Q(pk__in=parents)),
            company=company,
            kind=NewCustomer.kind,
            dependants=None,
        )
        .select_related("order")
        .select_for_update(of=("self",))
    )
)


def _report(company: Company, rows: Sequence[Document], idle: Collection[str]) -> None:
    """That a person has to take these back by hand."""
    if not rows:
        return
    asked = AskedFirst(silent={row.key for row in rows}, idle=idle)
    problems = [(row, problem) for row in rows if (problem := asked.about(row))]
    # What it changed to before it was removed is of no interest any more
    DocumentProblem.objects.filter(document__in=rows, code__in=TO_CORRECT).delete()
    DocumentProblem.objects.bulk_create(
        [stored_problem(company, row, problem) for row, problem in problems], ignore_conflicts=True
    )
