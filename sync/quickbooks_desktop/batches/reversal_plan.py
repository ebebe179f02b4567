"""On which day does a file undo each document of another one, and which documents does it leave?

Each on its own day, as far as that is open. What is in a closed period gets the first open day where the policy of its
kind or a person says so. Else it is left, and with it what belongs together with it.

Source:
    docs/decisions/0074-closed-periods.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet

from books.closed_periods import ClosedPeriods
from books.documents import NewCustomer
from sync.models import Document, ExportBatch, ExportedDocument, ExportedState


@dataclass(frozen=True, kw_only=True)
class ToReverse:
    """A document of a file that is to be undone."""

    number: int
    kind: str
    dated: date
    #: The number of the document that it settles or follows; None for none.
    follows: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReversalPlan:
    """What a file that undoes another one has on which day; documents go by their primary key."""

    #: The last closed day; None while every day is open.
    through: date | None = None
    #: Those of a closed period that are undone all the same, and the open day on which.
    entered: Mapping[int, date] = field(default_factory=dict)
    #: Those that are left, and the document of the closed period because of which: often the same.
    left: Mapping[int, int] = field(default_factory=dict)
    #: Whether nothing remains that could be undone.
    leaves_all: bool = False


def plan_reversal(documents: Iterable[ToReverse], closed: ClosedPeriods, *, move_all: bool) -> ReversalPlan:
    """Decide on the day of each document.

    Args:
        documents: That are to be undone.
        closed: Up to which day the books are closed, and what goes to the next open day by policy.
        move_all: Whether everything of the closed period goes there, since a person says so.
    """
    if closed.through is None:
        return ReversalPlan()
    by_number = {document.number: document for document in documents}
    shut = [document for document in by_number.values() if closed.has(document.dated)]
    held = [document.number for document in shut if not (move_all or closed.moves(document.kind))]
    because = {_first_of(number, by_number): number for number in reversed(held)}
    left = {number: because[first] for number in by_number if (first := _first_of(number, by_number)) in because}
    left |= {number: number for number in held}
    day = closed.through + timedelta(days=1)
    return ReversalPlan(
        through=closed.through,
        entered={document.number: day for document in shut if document.number not in left},
        left=left,
        leaves_all=bool(left) and len(left) == len(by_number),
    )


def _first_of(number: int, by_number: Mapping[int, ToReverse]) -> int:
    """What a document follows in the end; itself where it follows nothing of these."""
    while (follows := by_number[number].follows) in by_number:
        number = follows  # type: ignore[assignment]
    return number


def to_reverse(batch: ExportBatch) -> QuerySet[Document]:
    """What arrived by a file and no other file undoes yet; customers stay in the lists.

    An entry that QuickBooks did not import undoes nothing.
    """
    never_came = (ExportedState.WITHDRAWN, ExportedState.ERROR)
    undone = ExportedDocument.objects.filter(batch__reverses=batch).exclude(state__in=never_came)
    rows = Document.objects.filter(exports__batch=batch, exports__state=ExportedState.ARRIVED)
    return rows.exclude(kind=NewCustomer.kind).exclude(pk__in=undone.values("document"))


def reversal_plan(batch: ExportBatch, *, move_all: bool) -> ReversalPlan:
    """The plan for what of a file is still to be undone, by the company's closing date of now; two queries at most."""
    closed, rows = batch.company.closed_periods, to_reverse(batch)
    if closed.through is None or not rows.filter(dated__lte=closed.through).exists():
        return ReversalPlan(through=closed.through)
    columns = rows.order_by("dated", "pk").values_list("pk", "kind", "dated", "depends_on")
    documents = (
        ToReverse(number=pk, kind=kind, dated=dated, follows=follows)
        for pk, kind, dated, follows in columns.iterator(chunk_size=2000)
    )
    return plan_reversal(documents, closed, move_all=move_all)
