"""What does a document of ours say for a tie-out: how far has it come, and what does it come to by the source now?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from books.documents import CreditApplication, NewCustomer
from books.money import ZERO
from books.posted_document import Holding
from reconciliation.tie_out.comparing import Ours, RecordStage
from sync.models import Document, DocumentState, PendingChange

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


def record_of(document: Document, posted: Holding | None) -> Ours:
    """A document as a fact: by what the source says now, where a change of it waits."""
    stage = _STAGES[DocumentState(document.state)]
    if posted is not None and stage is RecordStage.IN_FLIGHT:
        stage = RecordStage.POSTED  # a change of it is under way
    waits = bool(document.pending) and not restores(document)
    kept = posted is not None and not waits and bool(document.frozen.theirs)
    dated, total = document.dated, _total(document, posted, kept=kept)
    if waits and stage is RecordStage.POSTED:
        dated, total = _meant(document, dated, total)
    adopted = posted is not None and hasattr(document, "adoption")
    return Ours(stage=stage, dated=dated, total=total, posted=posted, change_waits=waits, kept=kept, adopted=adopted)


def restores(document: Document) -> bool:
    """Whether what waits is only to say again what was posted, since QuickBooks holds something else."""
    change = getattr(document, "change", None)
    return change is not None and change.restores


def _total(document: Document, posted: Holding | None, *, kept: bool) -> Decimal:
    """What a document comes to by its source, a credit that is applied moves no account."""
    if document.kind == CreditApplication.kind:
        return ZERO
    if kept:
        return document.value().total
    return posted.total if posted is not None and not document.pending else document.total


def _meant(document: Document, dated: date, total: Decimal) -> tuple[date, Decimal]:
    """Day and total of what a posted document is to become."""
    change = getattr(document, "change", None)
    if change is None:
        return dated, total
    if document.pending == PendingChange.VOID or change.operation == "void":
        return dated, ZERO
    value = change.read()
    return (value.dated, value.total) if value is not None and not isinstance(value, NewCustomer) else (dated, total)
