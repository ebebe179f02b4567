"""What becomes of the row of each record that some orders plan? Compared with what is there; nothing is written here.

A document that was never sent takes the content of the plan. What QuickBooks has stays as it is, and what it has to
become is kept beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from books.changed_values import changed
from books.closed_periods import ALL_OPEN, ClosedPeriods, entered_on, was_moved
from books.documents import SALE_KINDS, NewCustomer
from books.problems import (
    ChangeInClosedPeriod,
    CouldNotProcess,
    InClosedPeriod,
    NeedsIgnoredRecord,
    NumberUsedTwice,
    Problem,
)
from books.serialization import Body, document_body, fingerprint, is_mark_of, order_mark
from companies.bulk_rows import new_row
from companies.bulk_sql import KeptQuery, some
from companies.models import Company, CompanyKind
from sync.models import (
    DECIDED_AGAINST,
    Document,
    DocumentBody,
    DocumentChange,
    DocumentProblem,
    DocumentState,
    PendingChange,
    StagedOrder,
)
from sync.preparing.builders.plan import Plan, Planned, distinct
from sync.preparing.changes import CHANGEABLE, TO_CORRECT, changed_after_posting, decide, update_of
from sync.preparing.sent_alike import sent_alike

#: What a preparation can change of a row.
COLUMNS = (
    "state", "form", "version", "generation", "number", "dated", "customer_name", "currency", "total", "body_hash",
    "source_hash", "withdrawn", "depends_on_id", "pending",
)  # fmt: skip
_HELD = (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.DIFFERS, *DECIDED_AGAINST)
#: Problems of a sent document that its next preparation finds again, or does not.
_FOUND_AGAIN = (*TO_CORRECT, CouldNotProcess.code)


@dataclass(frozen=True, kw_only=True)
class ExistingDocuments:
    """The documents of some orders, and of everything they plan, as they are; locked."""

    #: Whether what was sent can still be changed by Tieout.
    online: bool
    rows: Mapping[str, Document]
    problems: Mapping[int, tuple[DocumentProblem, ...]]
    #: What QuickBooks has of the documents that can be changed, and what waits to be done to them.
    bodies: Mapping[int, DocumentBody]
    changes: Mapping[int, DocumentChange]
    #: What any of them had to follow until now; an order that other orders shared it with may have asked for it.
    parents: frozenset[int]
    #: By number, the key of the sale that has it first.
    numbers: Mapping[str, str]
    #: Up to which day the books are closed.
    closed: ClosedPeriods = ALL_OPEN


def existing_documents(company: Company, plans: Sequence[tuple[StagedOrder, Plan]]) -> ExistingDocuments:
    """Read and lock them, in a fixed number of queries."""
    keys = {planned.key for _, plan in plans for planned in plan.planned}
    orders = [order.pk for order, _ in plans]
    primary_keys = {pk for (pk,) in _OF_ORDERS.rows(company.pk, orders)} if orders else set()
    primary_keys |= {pk for (pk,) in _BY_KEY.rows(company.pk, some(keys))} if keys else set()
    rows = _LOCKED.instances(sorted(primary_keys)) if primary_keys else []
    problems: dict[int, list[DocumentProblem]] = {row.pk: [] for row in rows}
    for problem in _PROBLEMS.instances([row.pk for row in rows]) if rows else ():
        problems[problem.document_id].append(problem)
    online = company.kind != CompanyKind.DESKTOP
    posted = [row.pk for row in rows if online and row.kind != NewCustomer.kind and row.state in CHANGEABLE]
    return ExistingDocuments(
        online=online,
        rows={row.key: row for row in rows},
        problems={row: tuple(of_row) for row, of_row in problems.items()},
        bodies=DocumentBody.objects.in_bulk(posted) if posted else {},
        changes=DocumentChange.objects.in_bulk(posted) if posted else {},
        parents=frozenset(row.depends_on_id for row in rows if row.depends_on_id),
        numbers=_numbers(company, plans),
        closed=company.closed_periods,
    )


_OF_ORDERS = KeptQuery(
    lambda company, orders: Document.objects.filter(company=company, order__in=orders).values_list("pk")
)
_BY_KEY = KeptQuery(lambda company, keys: Document.objects.filter(company=company, key__in=keys).values_list("pk"))
_LOCKED = KeptQuery(
    lambda primary_keys: Document.objects.select_for_update().filter(pk__in=primary_keys).order_by("pk")
)
_PROBLEMS = KeptQuery(lambda rows: DocumentProblem.objects.filter(document__in=rows).order_by("pk"))


def _numbers(company: Company, plans: Sequence[tuple[StagedOrder, Plan]]) -> dict[str, str]:
    wanted = {planned.number for _, plan in plans for planned in plan.planned if planned.kind in SALE_KINDS}
    rows = _NUMBERED.instances(company.pk, some(wanted)) if wanted else []
    by_number = {row.number: row.key for row in rows}
    return by_number | {row.number: row.key for row in rows if row.is_sent}


_NUMBERED = KeptQuery(
    lambda company, numbers: (
        Document.objects.filter(company=company, kind__in=SALE_KINDS, number__in=numbers)
        .exclude(state__in=(*DECIDED_AGAINST, DocumentState.VOIDED))
        .order_by("-pk")
    )
)


@dataclass(frozen=True, kw_only=True)
class RowBefore:
    """What a row was before it was prepared."""

    #: Empty for a row that is new.
    state: str
    pending: str
    columns: tuple[object, ...]
    stored: tuple[DocumentProblem, ...]

    @property
    def causes(self) -> frozenset[str]:
        """The causes that blocked it."""
        return frozenset(problem.cause for problem in self.stored)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems that it had."""
        return tuple(problem.read() for problem in self.stored)


def row_before(row: Document, stored: tuple[DocumentProblem, ...]) -> RowBefore:
    """What a row is now, to be compared with what it becomes; of a new one, which is written anyway, nothing."""
    state, columns = (row.state, _columns(row)) if row.pk else ("", ())
    return RowBefore(state=state, pending=row.pending, columns=columns, stored=stored)


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One planned record, and the row that it becomes."""

    order: StagedOrder
    planned: Planned
    #: With its new content; not saved yet.
    row: Document
    before: RowBefore
    problems: tuple[Problem, ...] = ()
    #: Whether the row and its problems stay as they are.
    untouched: bool = False
    #: The row that must be in QuickBooks first, where that has to be written; it may get its primary key only now.
    parent: Document | None = None
    body: Body | None = None
    body_changed: bool = False
    #: What QuickBooks has of it has to become something else.
    change: DocumentChange | None = None

    @property
    def is_changed(self) -> bool:
        """Whether a row that is there already has to be written again."""
        return bool(self.before.state) and self.before.columns != _columns(self.row)

    @property
    def says_otherwise(self) -> bool:
        """Whether a person would see that it changed: that what it waits for is done is no change of the record."""
        before, now = (
            {**dict(zip(COLUMNS, columns, strict=True)), "depends_on_id": None}
            for columns in (self.before.columns, _columns(self.row))
        )
        return before != now


class DocumentRows:
    """The rows that the plans of some orders become, by key. Two orders can share a record, such as a new customer."""

    def __init__(self, existing: ExistingDocuments, *, again: bool) -> None:
        """Begin with no record.

        Args:
            existing: What is there, of everything that is going to be added.
            again: Refused documents become ready even when their content is the same.
        """
        self.by_key: dict[str, DocumentRow] = {}
        self._existing, self._again = existing, again
        self._numbers = dict(existing.numbers)
        rows = existing.rows.values()
        self._undone = {
            row.order_id: row for row in rows if row.kind in SALE_KINDS and row.state == DocumentState.UNDONE
        }

    def add(self, order: StagedOrder, planned: Planned) -> None:
        """Decide what becomes of one record; what it depends on was added before it, or is there."""
        if planned.key not in self.by_key:
            self.by_key[planned.key] = self._decided(order, planned)

    def _decided(self, order: StagedOrder, planned: Planned) -> DocumentRow:
        row = self._existing.rows.get(planned.key)
        stored = self._existing.problems.get(row.pk, ()) if row else ()
        row = row or new_row(
            Document, order=order, company_id=order.company_id, key=planned.key, kind=planned.kind, version=0
        )
        as_it_is = DocumentRow(order=order, planned=planned, row=row, before=row_before(row, stored))
        if row.state in DECIDED_AGAINST and not row.withdrawn:
            return changed(as_it_is, untouched=True)
        if row.pending == PendingChange.UNDO:
            return changed(as_it_is, untouched=True, problems=as_it_is.before.problems)
        if row.is_sent and row.pk in self._existing.bodies:
            return self._to_change(as_it_is)
        return _to_report(as_it_is) if row.is_sent else self._to_send(as_it_is)

    def _to_send(self, entry: DocumentRow) -> DocumentRow:
        """A row that was never sent gets the content and the state that the plan asks for."""
        planned, held_by_closing = self._on_an_open_day(entry.planned)
        row, parent = entry.row, self._parent(planned)
        body = document_body(planned.document) if planned.document else None
        body_hash = fingerprint(body) if body else ""
        refused = row.state == DocumentState.REFUSED and not self._again and not row.withdrawn
        if refused and (row.body_hash == body_hash or sent_alike(row, body)):
            return changed(entry, untouched=True, problems=entry.before.problems)
        problems = distinct(
            *planned.problems,
            *_inherited(planned, parent),
            *self._number_taken(planned),
            *held_by_closing,
            *self._sold_before(planned, row),
        )
        body_changed = row.body_hash != body_hash
        if row.state == DocumentState.REFUSED or row.withdrawn:
            row.generation += 1
        row.version += body_changed or not row.version
        row.pending = ""
        row.body_hash, row.source_hash, row.withdrawn = body_hash, source_hash(planned), False
        row.form = planned.document.kind if planned.document else ""
        row.number, row.dated, row.total = planned.number, planned.dated, planned.total
        row.customer_name, row.currency = planned.customer_name, planned.currency
        row.depends_on = parent.row if parent else None
        held = parent is not None and parent.row.state in _HELD
        row.state = DocumentState.BLOCKED if problems or body is None or held else DocumentState.READY
        return changed(
            entry,
            problems=problems,
            parent=parent.row if parent else None,
            body=body,
            body_changed=body_changed,
        )

    def _to_change(self, entry: DocumentRow) -> DocumentRow:
        """What QuickBooks Online has stays as it is here; what it has to become is kept beside it."""
        row, planned, before = entry.row, entry.planned, entry.before
        if row.change_in_flight:
            return changed(entry, untouched=True, problems=before.problems)
        new_hash = source_hash(planned)
        planned = self._on_a_day_that_stays(planned, row)
        parent = self._parent(planned)
        wanted = (
            update_of(row, self._existing.bodies[row.pk], planned, source_hash=new_hash) if row.source_hash else None
        )
        waiting = self._existing.changes.get(row.pk)
        found = (*_inherited(planned, parent), *self._number_taken(planned)) if wanted else ()
        if wanted or (waiting and waiting.restores and waiting.overwrites):
            found = (*found, *held_change(row, self._existing))
        decided = decide(row, wanted, before=waiting, stored=before.problems, found=found, again=self._again)
        row.pending = decided.pending
        if wanted is None and row.source_hash:
            row.source_hash = new_hash
            if decided.change is not None:
                decided.change.source_hash = new_hash
        return changed(
            entry,
            problems=decided.problems,
            change=decided.change,
            parent=parent.row if wanted and parent else None,
        )

    def _on_an_open_day(self, planned: Planned) -> tuple[Planned, tuple[Problem, ...]]:
        """What was never sent and is dated in a closed period: entered later where its kind may be, else held."""
        closed, document = self._existing.closed, planned.document
        if document is None or isinstance(document, NewCustomer) or not closed.has(document.dated):
            return planned, ()
        if not closed.moves(planned.kind):
            return planned, (InClosedPeriod(kind=planned.kind, through=str(closed.through)),)
        later = closed.dated(document)
        return replace(planned, document=later, dated=later.dated), ()

    def _on_a_day_that_stays(self, planned: Planned, row: Document) -> Planned:
        """What was entered on a later day, since its own was closed, stays on that day whatever changes in it."""
        document = planned.document
        if document is None or isinstance(document, NewCustomer) or row.dated <= document.dated:
            return planned
        if not (self._existing.closed.has(document.dated) or was_moved(self._existing.bodies[row.pk].read())):
            return planned
        return replace(planned, document=entered_on(document, row.dated), dated=row.dated)

    def _parent(self, planned: Planned) -> _Parent | None:
        """The row that must be in QuickBooks first, with the problems it has."""
        if not planned.depends_on:
            return None
        if entry := self.by_key.get(planned.depends_on):
            return _Parent(row=entry.row, problems=entry.problems)
        row = self._existing.rows[planned.depends_on]
        return _Parent(row=row, problems=tuple(problem.read() for problem in self._existing.problems[row.pk]))

    def _sold_before(self, planned: Planned, row: Document) -> tuple[Problem, ...]:
        """An order whose sale a person has undone is not sold in another form by itself either."""
        undone = self._undone.get(row.order_id) if planned.kind in SALE_KINDS else None
        if undone is None:
            return ()
        name = f"{planned.kind} {planned.number}".strip()
        return (NeedsIgnoredRecord(record=name, record_key=planned.key, needed=str(undone)),)

    def _number_taken(self, planned: Planned) -> tuple[Problem, ...]:
        if planned.kind not in SALE_KINDS or self._numbers.setdefault(planned.number, planned.key) == planned.key:
            return ()
        return (NumberUsedTwice(number=planned.number),)


@dataclass(frozen=True, kw_only=True)
class _Parent:
    row: Document
    problems: tuple[Problem, ...]


def held_change(row: Document, existing: ExistingDocuments) -> tuple[Problem, ...]:
    """Why what QuickBooks has of a closed period, by our day or by a decided version's, is not changed or voided."""
    closed, frozen, waiting = existing.closed, existing.bodies.get(row.pk), existing.changes.get(row.pk)
    seen = waiting.read_seen() if waiting and waiting.overwrites else None
    theirs = (frozen.read_theirs() if frozen else None, seen)
    days = [row.dated, *(date.fromisoformat(holding.dated) for holding in theirs if holding and holding.dated)]
    problem = ChangeInClosedPeriod(document=str(row), document_key=row.key, through=str(closed.through))
    return (problem,) if any(map(closed.has, days)) else ()


def stored_problem(company: Company, row: Document, problem: Problem) -> DocumentProblem:
    """A problem as it is kept beside its document; not saved yet."""
    return new_row(
        DocumentProblem, company=company, document=row, code=problem.code, cause=problem.cause, facts=problem.facts()
    )


def source_hash(planned: Planned) -> str:
    """Fingerprint of the part of the order that a record comes from, however it is sorted; empty for a customer."""
    return order_mark(planned.source) if planned.source is not None else ""


def _columns(row: Document) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)


def _to_report(entry: DocumentRow) -> DocumentRow:
    """What was sent and is not changed by Tieout: when its part of the order has changed since, that is an issue."""
    row, planned = entry.row, entry.planned
    others = tuple(problem.read() for problem in entry.before.stored if problem.code not in _FOUND_AGAIN)
    same = not row.source_hash or (planned.source is not None and is_mark_of(row.source_hash, planned.source))
    noticed = () if same else (changed_after_posting(row, planned),)
    return changed(entry, problems=(*others, *noticed))


def _inherited(planned: Planned, parent: _Parent | None) -> tuple[Problem, ...]:
    """An invoice is blocked by what blocks its new customer; whatever follows an ignored record is blocked by that."""
    if parent is None:
        return ()
    if parent.row.state in DECIDED_AGAINST:
        name = f"{planned.kind} {planned.number}".strip()
        return (NeedsIgnoredRecord(record=name, record_key=planned.key, needed=str(parent.row)),)
    return parent.problems if planned.kind in SALE_KINDS else ()
