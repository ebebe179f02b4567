"""What has to be done about a posted document whose order is another one now? Decided while preparing; sent later.

A document that QuickBooks has is never touched here. What it has to become is kept beside it, and pushed by the next
sync as an update or a void (`sync.pushing.updates`).

Source:
    docs/decisions/0024-changes-after-posting.md
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from books.documents import CreditApplication, JournalEntry, Payment
from books.documents import Document as DocumentValue
from books.money import money_text
from books.problems import (
    ChangedAfterPosting,
    ChangedInQuickBooks,
    CouldNotProcess,
    DeletedInQuickBooks,
    MovesNothing,
    PerhapsEntered,
    PerhapsPosted,
    Problem,
    RefusedByQuickBooks,
    StoredDifferently,
)
from books.serialization import Body, document_body, fingerprint, is_mark_of, same_document
from sync.models import Document, DocumentBody, DocumentChange, DocumentState, Operation, PendingChange
from sync.preparing.builders.plan import Planned, distinct

#: In place of a fingerprint once the source no longer has the record and that was dealt with.
GONE = "gone"
#: States in which QuickBooks Online has the document, or will.
CHANGEABLE = (DocumentState.POSTED, DocumentState.DIFFERS, DocumentState.SENDING, DocumentState.UNKNOWN)
#: What the books say otherwise than the source by now, and a person has to look at; every preparation finds it again.
TO_CORRECT = (ChangedAfterPosting.code, MovesNothing.code)
#: What only came up when a change was sent: it counts until a person did something about it.
_FROM_A_SEND = (
    RefusedByQuickBooks.code, ChangedInQuickBooks.code, DeletedInQuickBooks.code, CouldNotProcess.code
)  # fmt: skip


#: What a preparation can change of a change that waits.
_OF_A_CHANGE = (
    "operation", "body", "body_hash", "source_hash", "seen", "restores", "overwrites", "confirmed", "asked_by",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a posted document has to become."""

    operation: Operation
    body: Body | None = None
    source_hash: str
    problems: tuple[Problem, ...] = ()

    @property
    def body_hash(self) -> str:
        """Fingerprint of the body; empty for none."""
        return fingerprint(self.body) if self.body else ""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the row of a document becomes, with its change."""

    pending: str
    problems: tuple[Problem, ...]
    change: DocumentChange | None = None


def update_of(row: Document, frozen: DocumentBody, planned: Planned, *, source_hash: str) -> Wanted | None:
    """How a document has to change so that it says what its order says now; None where it does already.

    A decision that changed since is no reason, nor is how lines and payments are sorted. They only count once the order
    itself has changed.
    """
    if planned.source is not None and is_mark_of(row.source_hash, planned.source):
        return _ties(frozen, planned, source_hash)
    if planned.document is None:
        return Wanted(operation=Operation.UPDATE, source_hash=source_hash, problems=planned.problems)
    if planned.document.kind != row.form:
        return Wanted(operation=Operation.UPDATE, source_hash=source_hash, problems=(another_form(row, planned),))
    body = document_body(planned.document)
    if same_document(body, frozen.body) and not frozen.theirs:
        return None
    return Wanted(operation=Operation.UPDATE, body=body, source_hash=source_hash, problems=planned.problems)


def another_form(row: Document, planned: Planned) -> Problem:
    """By the posting accounts of today it would be another form: QuickBooks cannot turn one into the other."""
    return changed_after_posting(row, planned)


def changed_after_posting(row: Document, planned: Planned | None) -> Problem:
    """That a person has to correct the document by hand; nothing is planned of what the source has no longer."""
    posted = money_text(row.total, row.currency)
    now, changes = ChangedAfterPosting.NOTHING, []
    if planned is not None:
        now = money_text(planned.total, planned.currency)
        pairs = [(row.dated.isoformat(), planned.dated.isoformat()), (row.customer_name, planned.customer_name)]
        changes = [f"{before} → {after}" for before, after in pairs if before != after]
    return ChangedAfterPosting(document=str(row), document_key=row.key, posted=posted, now=now, changes=tuple(changes))


def _ties(frozen: DocumentBody, planned: Planned, source_hash: str) -> Wanted | None:
    """A payment or a credit settles something else now, because what it settles has changed. All else stays."""
    if frozen.theirs or planned.document is None:
        return None
    tied = _tied(frozen.read(), planned.document)
    if tied is None:
        return None
    body = document_body(tied)
    # As it is written today: a field that is newer than the document is no change of it
    if fingerprint(body) == fingerprint(document_body(frozen.read())):
        return None
    return Wanted(operation=Operation.UPDATE, body=body, source_hash=source_hash)


def _tied(posted: DocumentValue, now: DocumentValue) -> DocumentValue | None:
    match posted, now:
        case Payment(), Payment():
            return replace(
                posted,
                applied=now.applied,
                refunded=now.refunded,
                invoice=now.invoice,
                invoice_form=now.invoice_form,
            )
        case CreditApplication(), CreditApplication():
            return replace(posted, amount=now.amount, invoice=now.invoice, invoice_form=now.invoice_form)
        case JournalEntry(), JournalEntry():
            return None
    return None


def _moves_nothing(row: Document) -> Problem:
    """That the source has the record, and the books need it no longer."""
    posted = money_text(row.total, row.currency)
    return MovesNothing(document=str(row), document_key=row.key, posted=posted)


@dataclass(frozen=True, kw_only=True)
class AskedFirst:
    """The keys of what a person is asked about before it goes."""

    #: The source does not name it any more.
    silent: Collection[str]
    #: The source names it, and it moves nothing any more.
    idle: Collection[str]

    def about(self, row: Document) -> Problem | None:
        """Why a person is asked; None where it goes unasked."""
        if row.key in self.idle:
            return _moves_nothing(row)
        return changed_after_posting(row, None) if row.key in self.silent else None


def void_of(row: Document, *, ask: Problem | None) -> Wanted:
    """That a document goes, because nothing of its order asks for it any more.

    Args:
        row: Posted.
        ask: Why a person is asked first; None where it goes unasked.
    """
    return Wanted(operation=Operation.VOID, source_hash=GONE, problems=(ask,) if ask else ())


def decide(
    row: Document,
    wanted: Wanted | None,
    *,
    before: DocumentChange | None,
    stored: Sequence[Problem],
    found: Iterable[Problem] = (),
    again: bool = False,
) -> Decided:
    """What becomes of a posted document.

    Args:
        row: The document; no change of it is under way.
        wanted: What it has to become; None for what it is.
        before: The change that waited until now.
        stored: The problems that it had.
        found: What else keeps the change from being sent.
        again: A person asked to try again what QuickBooks refused.
    """
    # What only QuickBooks or a person can answer stays asked
    others = _of(stored, (StoredDifferently.code, PerhapsPosted.code, PerhapsEntered.code))
    if wanted is None and before is not None and before.restores:
        return _restoring(before, others, distinct(*found, *(() if again else _of(stored, _FROM_A_SEND))))
    if wanted is None:
        return Decided(pending="", problems=others)
    change = DocumentChange(
        document=row,
        operation=wanted.operation,
        body=wanted.body,
        body_hash=wanted.body_hash,
        source_hash=wanted.source_hash,
    )
    same = before is not None and (before.operation, before.body_hash) == (change.operation, change.body_hash)
    if before is not None and same:
        change.seen, change.overwrites, change.confirmed = before.seen, before.overwrites, before.confirmed
        change.asked_by_id = before.asked_by_id
    kept = _of(stored, _FROM_A_SEND) if same and not again else ()
    own = () if change.confirmed and change.operation == Operation.VOID else wanted.problems
    problems = distinct(*own, *found, *kept)
    stuck = problems or (change.operation == Operation.UPDATE and not change.body)
    pending = PendingChange.HELD if stuck else PendingChange(change.operation)
    return Decided(pending=pending, problems=distinct(*others, *problems), change=change)


def _restoring(change: DocumentChange, others: Sequence[Problem], kept: Sequence[Problem]) -> Decided:
    """The order is as it was, and QuickBooks holds something else: a person says which of the two counts."""
    pending = PendingChange.HELD if kept else PendingChange(change.operation)
    return Decided(pending=pending, problems=distinct(*others, *kept), change=change)


def _of(problems: Iterable[Problem], codes: Collection[str]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.code in codes)


def keep_changes(changes: list[DocumentChange]) -> None:
    """Store changes, each in the place of the one that waited before."""
    DocumentChange.objects.bulk_create(
        changes, update_conflicts=True, unique_fields=["document"], update_fields=_OF_A_CHANGE
    )
