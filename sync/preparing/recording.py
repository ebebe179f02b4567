"""How do the plans of some orders become rows, without ever changing what was sent?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from books.documents import KINDS, CreditApplication, Invoice, NewCustomer, SalesReceipt
from books.money import money_text
from books.problems import ChangedAfterPosting, CouldNotProcess, NeedsIgnoredRecord, NumberUsedTwice, Problem
from books.serialization import Body, document_body, fingerprint
from companies.models import Company
from sync.history import event
from sync.models import (
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    OrderEvent,
    PendingChange,
    StagedOrder,
)
from sync.preparing.builders.plan import Note, Plan, Planned, distinct
from sync.preparing.changes import changed_after_posting, decide, keep_changes, update_of
from sync.preparing.existing_documents import Known, known_of
from sync.preparing.reasons_not_posted import note_text
from sync.preparing.removed_records import withdraw

_HELD = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.DIFFERS, DocumentState.IGNORED)
#: What an order was sold as; each has a number that no other may have.
_SALES = (Invoice.kind, SalesReceipt.kind, "return")
#: Problems of a sent document that its next preparation finds again, or does not.
_FOUND_AGAIN = (ChangedAfterPosting.code, CouldNotProcess.code)
#: Parents before children.
_GENERATIONS = (
    (NewCustomer.kind,),
    _SALES,
    tuple(one for one in KINDS if one not in (NewCustomer.kind, *_SALES, CreditApplication.kind)),
    (CreditApplication.kind,),
)
#: What a preparation can change of a row.
_COLUMNS = (
    "state", "form", "version", "generation", "number", "dated", "customer_name", "currency", "total", "body_hash",
    "source_hash", "withdrawn", "depends_on_id", "pending",
)  # fmt: skip
_WRITTEN = tuple(name.removesuffix("_id") for name in _COLUMNS)


@dataclass(kw_only=True)
class _Entry:
    """One planned record and the row it becomes."""

    order: StagedOrder
    planned: Planned
    row: Document
    before: str
    problems: tuple[Problem, ...] = ()
    causes_before: frozenset[str] = frozenset()
    body: Body | None = None
    body_changed: bool = False
    #: The row keeps its problems as they are.
    untouched: bool = False
    #: The row's columns as they were, to tell whether there is anything to write.
    columns_before: tuple[Any, ...] = ()
    stored: tuple[DocumentProblem, ...] = ()
    #: What QuickBooks has of it shall become something else.
    change: DocumentChange | None = None
    pending_before: str = ""

    @property
    def changed(self) -> bool:
        """Whether a row that is there already has to be written again."""
        return bool(self.before) and self.columns_before != _columns(self.row)


def record_plans(
    company: Company, plans: Sequence[tuple[StagedOrder, Plan]], *, by: Any, again: bool
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
    known = known_of(company, plans)
    taken = _numbers(company, plans)
    entries: dict[str, _Entry] = {}
    for order, plan in plans:
        for planned in plan.planned:
            if planned.key not in entries:  # two orders can share a new customer
                entries[planned.key] = _entry(order, planned, entries, known, taken, again)
    _save(company, list(entries.values()))
    gone = withdraw(company, plans, known, entries, again)
    _note_orders(plans)
    OrderEvent.objects.bulk_create([*_events(plans, entries, by), *gone])
    return [entry.row for entry in entries.values()]


# What it becomes -----------------------------------------------------------------------------------------------------


def _numbers(company: Company, plans: Sequence[tuple[StagedOrder, Plan]]) -> dict[str, str]:
    """By invoice number, the key of the invoice that has it first."""
    wanted = {planned.number for _, plan in plans for planned in plan.planned if planned.kind in _SALES}
    rows = Document.objects.filter(company=company, kind__in=_SALES, number__in=wanted)
    rows = rows.exclude(state__in=(DocumentState.IGNORED, DocumentState.VOIDED)).order_by("-pk")
    taken = {row.number: row.key for row in rows}
    return taken | {row.number: row.key for row in rows if row.is_sent}


def _entry(
    order: StagedOrder, planned: Planned, entries: dict[str, _Entry], known: Known, taken: dict[str, str], again: bool
) -> _Entry:
    row = known.rows.get(planned.key)
    stored = known.problems.get(row.pk, ()) if row else ()
    row = row or Document(order=order, company_id=order.company_id, key=planned.key, kind=planned.kind, version=0)
    before = row.state if row.pk else ""
    entry = _Entry(order=order, planned=planned, row=row, before=before, columns_before=_columns(row), stored=stored)
    entry.pending_before = row.pending
    entry.causes_before = frozenset(problem.cause for problem in stored)
    if row.state == DocumentState.IGNORED and not row.withdrawn:
        entry.untouched = True
    elif row.is_sent and row.pk in known.bodies:
        _follow(entry, _parent(planned, entries, known), known, taken, again)
    elif row.is_sent:
        _compare_source(entry, stored)
    else:
        parent = _parent(planned, entries, known)
        _fill(entry, stored, parent, taken, again)
    return entry


def _columns(row: Document) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _parent(planned: Planned, entries: dict[str, _Entry], known: Known) -> tuple[Document, tuple[Problem, ...]] | None:
    """The row that must be in QuickBooks first, with the problems it has."""
    if not planned.depends_on:
        return None
    if entry := entries.get(planned.depends_on):
        return entry.row, entry.problems
    row = known.rows[planned.depends_on]
    return row, tuple(problem.read() for problem in known.problems[row.pk])


def _fill(
    entry: _Entry,
    stored: tuple[DocumentProblem, ...],
    parent: tuple[Document, tuple[Problem, ...]] | None,
    taken: dict[str, str],
    again: bool,
) -> None:
    """Give a row that was never sent the content and state that the plan asks for."""
    row, planned = entry.row, entry.planned
    entry.body = document_body(planned.document) if planned.document else None
    body_hash = fingerprint(entry.body) if entry.body else ""
    refused = row.state == DocumentState.REFUSED and not again and not row.withdrawn
    if refused and (row.body_hash == body_hash or _sent_alike(row, entry.body)):
        entry.untouched, entry.problems = True, tuple(problem.read() for problem in stored)
        return
    entry.problems = distinct(*planned.problems, *_inherited(planned, parent), *_number_taken(planned, taken))
    entry.body_changed = row.body_hash != body_hash
    if row.state == DocumentState.REFUSED or row.withdrawn:
        row.generation += 1
    row.version += entry.body_changed or not row.version
    row.pending = ""
    row.body_hash, row.source_hash, row.withdrawn = body_hash, source_hash(planned), False
    row.form = planned.document.kind if planned.document else ""
    row.number, row.dated, row.total = planned.number, planned.dated, planned.total
    row.customer_name, row.currency = planned.customer_name, planned.currency
    row.depends_on = parent[0] if parent else None
    held = parent is not None and parent[0].state in _HELD
    blocked = bool(entry.problems) or entry.body is None or held
    row.state = DocumentState.BLOCKED if blocked else DocumentState.READY


def _sent_alike(row: Document, body: Body | None) -> bool:
    """Whether QuickBooks would get what it has refused: only the customer's id is known by now, which it was sent."""
    stored = DocumentBody.objects.filter(document=row).values_list("body", flat=True).first()
    if body is None or stored is None:
        return False
    made = Document.objects.filter(company_id=row.company_id, kind=NewCustomer.kind).exclude(quickbooks_id="")
    makers = {*_makers(stored), *_makers(body)}
    ids = dict(made.filter(key__in=makers).values_list("key", "quickbooks_id"))
    return bool(_with_ids(stored, ids) == _with_ids(body, ids))


_CUSTOMER_REF = {"name", "quickbooks_id", "created_by"}


def _makers(body: Any) -> list[str]:
    """The keys of the documents that create the customers of a body."""
    if isinstance(body, dict):
        mine = [body["created_by"]] if set(body) >= _CUSTOMER_REF and body["created_by"] else []
        return [*mine, *(key for value in body.values() for key in _makers(value))]
    return [key for value in body for key in _makers(value)] if isinstance(body, list) else []


def _with_ids(body: Any, ids: Mapping[str, str]) -> Any:
    """A body in which a customer is no more than the id that is sent."""
    if isinstance(body, dict):
        if set(body) >= _CUSTOMER_REF:
            return body["quickbooks_id"] or ids.get(body["created_by"], body["created_by"])
        return {name: _with_ids(value, ids) for name, value in body.items()}
    return [_with_ids(value, ids) for value in body] if isinstance(body, list) else body


def _inherited(planned: Planned, parent: tuple[Document, tuple[Problem, ...]] | None) -> tuple[Problem, ...]:
    """An invoice is blocked by what blocks its new customer; whatever follows an ignored record is blocked by that."""
    if parent is None:
        return ()
    row, problems = parent
    if row.state == DocumentState.IGNORED:
        name = f"{planned.kind} {planned.number}".strip()
        return (NeedsIgnoredRecord(record=name, record_key=planned.key, needed=str(row)),)
    return problems if planned.kind in _SALES else ()


def _number_taken(planned: Planned, taken: dict[str, str]) -> tuple[Problem, ...]:
    if planned.kind not in _SALES or taken.setdefault(planned.number, planned.key) == planned.key:
        return ()
    return (NumberUsedTwice(number=planned.number),)


def source_hash(planned: Planned) -> str:
    """Fingerprint of the part of the order that a record comes from; empty for a customer."""
    return fingerprint(planned.source) if planned.source is not None else ""


def _follow(
    entry: _Entry,
    parent: tuple[Document, tuple[Problem, ...]] | None,
    known: Known,
    taken: dict[str, str],
    again: bool,
) -> None:
    """What QuickBooks Online has stays as it is here; what it shall become is kept beside it."""
    row, planned = entry.row, entry.planned
    if row.change_in_flight:
        entry.untouched, entry.problems = True, tuple(problem.read() for problem in entry.stored)
        return
    mark = source_hash(planned)
    wanted = update_of(row, known.bodies[row.pk], planned, source_hash=mark) if row.source_hash else None
    found = (*_inherited(planned, parent), *_number_taken(planned, taken)) if wanted else ()
    decided = decide(
        row,
        wanted,
        before=known.changes.get(row.pk),
        stored=[problem.read() for problem in entry.stored],
        found=found,
        again=again,
    )
    entry.problems, entry.change, row.pending = decided.problems, decided.change, decided.pending
    if wanted is None and row.source_hash:
        row.source_hash = mark
    elif wanted and parent:
        row.depends_on = parent[0]


def _compare_source(entry: _Entry, stored: tuple[DocumentProblem, ...]) -> None:
    """A sent document is never changed; when its part of the order changed since, that is an issue."""
    row, planned = entry.row, entry.planned
    others = tuple(problem.read() for problem in stored if problem.code not in _FOUND_AGAIN)
    same = not row.source_hash or row.source_hash == source_hash(planned)
    changed = () if same else (changed_after_posting(row, money_text(planned.total, planned.currency)),)
    entry.problems = (*others, *changed)


# What is written ------------------------------------------------------------------------------------------------------


def _save(company: Company, entries: list[_Entry]) -> None:
    """Parents before children, since a child's row needs its parent's number."""
    written = [entry for entry in entries if not entry.untouched]
    for kinds in _GENERATIONS:
        some = [one for one in written if one.planned.kind in kinds]
        Document.objects.bulk_create([one.row for one in some if not one.row.pk])
    for entry in written:  # take over the number that the parent may only just have been given
        entry.row.depends_on = entry.row.depends_on
    changed = [entry.row for entry in written if entry.changed]
    for row in changed:
        row.changed_at = timezone.now()
    Document.objects.bulk_update(changed, (*_WRITTEN, "changed_at"), batch_size=200)
    _save_bodies([entry for entry in written if entry.body_changed])
    _save_changes([entry for entry in written if entry.change or entry.pending_before])
    _save_problems(company, written)


def _save_bodies(entries: list[_Entry]) -> None:
    DocumentBody.objects.bulk_create(
        [DocumentBody(document=entry.row, body=entry.body) for entry in entries if entry.body],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["body"],
    )
    DocumentBody.objects.filter(document__in=[entry.row.pk for entry in entries if not entry.body]).delete()


def _save_changes(entries: list[_Entry]) -> None:
    keep_changes([entry.change for entry in entries if entry.change])
    DocumentChange.objects.filter(document__in=[entry.row.pk for entry in entries if not entry.change]).delete()


def _save_problems(company: Company, entries: list[_Entry]) -> None:
    DocumentProblem.objects.filter(document__in=[entry.row.pk for entry in entries if entry.causes_before]).delete()
    DocumentProblem.objects.bulk_create(
        DocumentProblem(
            company=company, document=entry.row, code=problem.code, cause=problem.cause, facts=problem.facts()
        )
        for entry in entries
        for problem in entry.problems
    )


def _note_orders(plans: Sequence[tuple[StagedOrder, Plan]]) -> None:
    """Mark the orders as prepared; the notes of the few that have any, or had, are written one statement for all."""
    noted = []
    for order, plan in plans:
        before, order.not_posted = order.not_posted, [_stored(note) for note in plan.notes]
        order.prepared_version = order.version
        if before != order.not_posted:
            noted.append(order)
    StagedOrder.objects.bulk_update(noted, ["not_posted"], batch_size=200)
    numbers = [order.pk for order, _ in plans]
    StagedOrder.objects.filter(pk__in=numbers).update(prepared_version=F("version"))


def _stored(note: Note) -> dict[str, Any]:
    return {"code": note.code, "facts": dict(note.facts)}


# What the history says ------------------------------------------------------------------------------------------------


def _events(plans: Sequence[tuple[StagedOrder, Plan]], entries: dict[str, _Entry], by: Any) -> list[OrderEvent]:
    by_order: dict[int, list[_Entry]] = {order.pk: [] for order, _ in plans}
    for entry in entries.values():
        by_order[entry.order.pk].append(entry)
    events = []
    for order, plan in plans:
        if not plan.planned and plan.notes:
            notes = " ".join(note_text(_stored(note)) for note in plan.notes)
            events.append(event(order, "nothing-to-post", by=by, reason=notes))
        events += _order_events(order, by_order[order.pk], by)
    return events


def _order_events(order: StagedOrder, entries: list[_Entry], by: Any) -> list[OrderEvent]:
    """One event for what became ready and one for what became blocked; none where nothing changed."""
    ready = [
        entry for entry in entries if entry.row.state == DocumentState.READY and entry.before != DocumentState.READY
    ]
    blocked = [
        entry for entry in entries if entry.problems and {p.cause for p in entry.problems} != entry.causes_before
    ]
    update = PendingChange.UPDATE
    changing = [entry for entry in entries if entry.row.pending == update and entry.pending_before != update]
    events = []
    if changing:
        events.append(event(order, "to-update", by=by, documents=_named(changing)))
    if ready:
        events.append(event(order, "prepared", by=by, documents=_named(ready)))
    if blocked:
        reasons = distinct(*(problem for one in blocked for problem in one.problems))
        reason = " ".join(problem.explain() for problem in reasons)
        events.append(event(order, "blocked", by=by, documents=_named(blocked), reason=reason))
    return events


def _named(entries: list[_Entry]) -> str:
    return ", ".join(str(entry.row) for entry in entries)
