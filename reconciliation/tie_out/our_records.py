"""What does a document of ours say for a tie-out: how far has it come, and what does it come to by the source now?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from books.documents import REVERSAL, CreditApplication, NewCustomer
from books.money import ZERO
from books.movement import AccountChart, Movement, moved_by, moved_by_document
from books.posted_document import Holding
from reconciliation.tie_out.comparing import Ours, RecordStage
from sync.models import Document, DocumentState, PendingChange
from sync.preparing.changes import GONE

_STAGES = {
    DocumentState.BLOCKED: RecordStage.BLOCKED,
    DocumentState.IGNORED: RecordStage.IGNORED,
    DocumentState.READY: RecordStage.READY,
    DocumentState.REFUSED: RecordStage.REJECTED,
    DocumentState.SENDING: RecordStage.IN_FLIGHT,
    DocumentState.UNKNOWN: RecordStage.IN_FLIGHT,
    DocumentState.EXPORTED: RecordStage.EXPORTED,
    DocumentState.POSTED: RecordStage.POSTED,
    DocumentState.DIFFERS: RecordStage.POSTED,
    DocumentState.VOIDED: RecordStage.VOIDED,
    DocumentState.UNDONE: RecordStage.UNDONE,
}


def record_of(document: Document, posted: Holding | None, chart: AccountChart, *, is_reversed: bool = False) -> Ours:
    """A document as a fact: by what the source says now, where a change of it waits.

    Args:
        document: With `frozen`, `change` and `adoption` at hand.
        posted: What QuickBooks holds of it as far as we know; None for what was never posted.
        chart: Of the company.
        is_reversed: An entry of a later day takes it back, so that it stays in QuickBooks as it was posted.
    """
    stage = RecordStage.POSTED if is_reversed else _STAGES[DocumentState(document.state)]
    if posted is not None and stage is RecordStage.IN_FLIGHT:
        stage = RecordStage.POSTED  # a change of it is under way
    waits = bool(document.pending) and not restores(document)
    kept = posted is not None and not waits and bool(document.frozen.theirs)
    dated, total = document.dated, _total(document, posted, kept=kept)
    moves = _moves(document, posted, chart)
    if waits and stage is RecordStage.POSTED:
        dated, total, moves = _meant(document, dated, total, moves)
    adopted = posted is not None and document.is_adopted
    return Ours(
        stage=stage,
        dated=dated,
        total=total,
        posted=posted,
        change_waits=waits,
        kept=kept,
        adopted=adopted,
        reverses=document.kind == REVERSAL,
        moves=moves,
    )


def restores(document: Document) -> bool:
    """Whether what waits is only to say again what was posted, since QuickBooks holds something else."""
    change = getattr(document, "change", None)
    return change is not None and change.restores


def _total(document: Document, posted: Holding | None, *, kept: bool) -> Decimal:
    """What a document comes to by its source, a credit that is applied moves no account."""
    if document.kind == CreditApplication.kind:
        return ZERO
    if kept:
        return ZERO if document.source_hash == GONE else document.value().total
    return posted.total if posted is not None and not document.pending else document.total


def _moves(document: Document, posted: Holding | None, chart: AccountChart) -> Movement:
    """What a document moves as it was prepared; where a person let QuickBooks' version count, what that one moves."""
    if not hasattr(document, "frozen"):
        return Movement()  # problems left nothing to send, so its accounts are not known
    if posted is not None and document.frozen.theirs:
        return moved_by(document.form, posted, chart)
    return moved_by_document(document.value())


def _meant(document: Document, dated: date, total: Decimal, moves: Movement) -> tuple[date, Decimal, Movement]:
    """Day, total and movement of what a posted document is to become."""
    change = getattr(document, "change", None)
    if change is None:
        return dated, total, moves
    if document.pending == PendingChange.VOID or change.operation == "void":
        return dated, ZERO, Movement()
    value = change.read()
    if value is None or isinstance(value, NewCustomer):
        return dated, total, moves
    return value.dated, value.total, moved_by_document(value)
