"""How does one record of the source compare with what QuickBooks holds of it now?

Pure: two facts and a period in, one line out. A line says three amounts (what the source says, what should be in
QuickBooks, what is) and the one reason for which they differ, so that lines add up to the tie-out of the period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from books.money import ZERO
from books.movement import Movement
from books.posted_document import Holding, Unlike, posted_differences


class Reason(StrEnum):
    """Why the three amounts of a line differ, or that they do not. Each record has exactly one."""

    #: All three are the same, and so is everything that a bookkeeper would look at.
    MATCHES = "matches"
    # Between the source and what should be in QuickBooks
    BLOCKED = "blocked"
    IGNORED = "ignored"
    #: A person took it out of QuickBooks again.
    UNDONE = "undone"
    #: A person let the version count that QuickBooks has.
    KEPT = "kept"
    #: QuickBooks had it before Tieout came to it, and a person said that it is this record.
    ADOPTED = "adopted"
    #: An entry of ours that moves the opposite of a document of a closed period: the source has no such record.
    REVERSES = "reverses"
    # Between what should be there and what is
    READY = "ready"
    REJECTED = "rejected"
    IN_FLIGHT = "in-flight"
    EXPORTED = "exported"
    CHANGE_WAITS = "change-waits"
    CHANGED_THERE = "changed-there"
    DELETED_THERE = "deleted-there"
    VOIDED_THERE = "voided-there"
    MOVED_OUT = "moved-out"
    MOVED_IN = "moved-in"
    #: All is as it was posted, and QuickBooks has it on another account than the one it was prepared with.
    OTHER_ACCOUNT = "other-account"
    BACK_THERE = "back-there"
    STILL_THERE = "still-there"
    UNKNOWN_MARK = "unknown-mark"
    ENTERED_THERE = "entered-there"


#: Reasons that lie between the source and what should be in QuickBooks.
NOT_MEANT = frozenset({Reason.BLOCKED, Reason.IGNORED, Reason.UNDONE, Reason.REVERSES, Reason.STILL_THERE})
#: Reasons that only a person in QuickBooks, or another program, can have brought about.
DRIFT = frozenset(
    {
        Reason.CHANGED_THERE,
        Reason.DELETED_THERE,
        Reason.VOIDED_THERE,
        Reason.MOVED_OUT,
        Reason.MOVED_IN,
        Reason.OTHER_ACCOUNT,
        Reason.BACK_THERE,
        Reason.STILL_THERE,
        Reason.UNKNOWN_MARK,
    }
)
#: Of these, what a posted document of ours can be: a person says whether ours or theirs counts.
DECIDED_BY_A_PERSON = frozenset(
    {Reason.CHANGED_THERE, Reason.DELETED_THERE, Reason.VOIDED_THERE, Reason.MOVED_OUT, Reason.MOVED_IN}
)
#: Reasons for which a record counts as agreed although it is not as it was posted.
SETTLED = (Reason.KEPT, Reason.ADOPTED)
#: Reasons for which something else should be there than the source says, whatever else became of the record.
INSTEAD = (*SETTLED, Reason.REVERSES)
#: Reasons for which QuickBooks has a posted document as it was posted, kept or adopted.
AS_IT_SHOULD_BE = (Reason.MATCHES, Reason.OTHER_ACCOUNT, *INSTEAD)


class RecordStage(StrEnum):
    """How far a record of ours has come."""

    BLOCKED = "blocked"
    IGNORED = "ignored"
    READY = "ready"
    REJECTED = "rejected"
    IN_FLIGHT = "in-flight"
    EXPORTED = "exported"
    #: QuickBooks accepted it, and holds it as far as we know.
    POSTED = "posted"
    #: We voided or deleted it, since the source has it no longer.
    VOIDED = "voided"
    #: A person took it out of QuickBooks again.
    UNDONE = "undone"


#: Stages of which nothing should be in QuickBooks.
_NOT_IN_THE_BOOKS = (RecordStage.BLOCKED, RecordStage.IGNORED, RecordStage.UNDONE, RecordStage.VOIDED)


@dataclass(frozen=True, kw_only=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, kw_only=True)
class Ours:
    """A record of the source, as far as it has come."""

    stage: RecordStage
    dated: date
    #: What it comes to in the books by what the source says now; nothing for what moves no account.
    total: Decimal
    #: What QuickBooks holds as far as we know; None for what was never posted.
    posted: Holding | None = None
    #: What the source says now is not what was posted, and the change has not been made: because it waits or is held.
    change_waits: bool = False
    #: A person let the version count that QuickBooks had: `posted` is that one, and `dated` and `total` the source's.
    kept: bool = False
    #: QuickBooks had it before we came to it.
    adopted: bool = False
    #: The source has no such record: it takes another back.
    reverses: bool = False
    #: What it should move in QuickBooks.
    moves: Movement = Movement()

    @property
    def books_date(self) -> date:
        """The day on which it should be in QuickBooks."""
        return date.fromisoformat(self.posted.dated) if self.kept and self.posted else self.dated

    @property
    def books_total(self) -> Decimal:
        """What it should come to there."""
        return self.posted.total if self.kept and self.posted else self.total


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """A transaction that QuickBooks holds now."""

    holding: Holding
    #: It bears Tieout's mark.
    marked: bool = False
    #: What it moves there.
    moves: Movement = Movement()

    @property
    def dated(self) -> date:
        """Its day."""
        return date.fromisoformat(self.holding.dated)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One line of the tie-out: amounts of the period, in the record's own currency."""

    reason: Reason
    source: Decimal
    should: Decimal
    there: Decimal
    #: Why the source and what should be there differ, where the reason says why it is not there: one that was kept, and
    #: was changed again since.
    settled: Reason | None = None
    #: Where QuickBooks' document is another than the one that was posted.
    differences: tuple[Unlike, ...] = ()
    #: By account, what should be moved in the period, and what is.
    should_moves: Movement = Movement()
    there_moves: Movement = Movement()

    @property
    def moved(self) -> Movement:
        """By account, how much more is there than should be."""
        return self.there_moves - self.should_moves

    @property
    def parts(self) -> Iterator[tuple[Reason, Sum]]:
        """Its amounts by reason: one, or two where what should be there is not what the source says, nor there."""
        if self.settled is None:
            yield self.reason, Sum(records=1, source=self.source, should=self.should, there=self.there)
            return
        yield self.settled, Sum(changed_since=1, source=self.source - self.should)
        yield self.reason, Sum(records=1, source=self.should, should=self.should, there=self.there)


def compare(ours: Ours | None, theirs: Theirs | None, period: Period) -> Compared | None:
    """One line; None for what has no part in the period on any side.

    Args:
        ours: None for a transaction that no record of ours is about.
        theirs: None where QuickBooks has none, in any period.
        period: Of the tie-out.

    Raises:
        ValueError: Neither is given.
    """
    is_theirs = theirs is not None and theirs.dated in period
    there, there_moves = (theirs.holding.total, theirs.moves) if theirs and is_theirs else (ZERO, Movement())
    if ours is None:
        if theirs is None:
            raise ValueError("there is nothing to compare")
        reason = Reason.UNKNOWN_MARK if theirs.marked else Reason.ENTERED_THERE
        line = Compared(reason=reason, source=ZERO, should=ZERO, there=there, there_moves=there_moves)
        return line if is_theirs else None
    is_ours, is_meant = ours.dated in period, ours.books_date in period
    if not (is_ours or is_meant or is_theirs):
        return None
    in_the_books = is_meant and ours.stage not in _NOT_IN_THE_BOOKS
    should_moves = ours.moves if in_the_books else Movement()
    reason, differences = _judged(ours, theirs, period)
    if reason in (Reason.MATCHES, Reason.REVERSES) and should_moves != there_moves:
        reason = Reason.OTHER_ACCOUNT
    source = ours.total if is_ours and ours.stage is not RecordStage.VOIDED and not ours.reverses else ZERO
    should = ours.books_total if in_the_books else ZERO
    return Compared(
        reason=reason,
        source=source,
        should=should,
        there=there,
        settled=_settled(ours) if source != should and reason not in (*NOT_MEANT, *SETTLED) else None,
        differences=differences,
        should_moves=should_moves,
        there_moves=there_moves,
    )


def _settled(ours: Ours) -> Reason:
    """Why something else should be there than the source says."""
    if ours.reverses:
        return Reason.REVERSES
    return Reason.ADOPTED if ours.adopted else Reason.KEPT


def _judged(ours: Ours, theirs: Theirs | None, period: Period) -> tuple[Reason, tuple[Unlike, ...]]:
    is_there = theirs is not None and not theirs.holding.is_void
    if ours.stage in (RecordStage.BLOCKED, RecordStage.IGNORED, RecordStage.UNDONE) and is_there:
        return Reason.STILL_THERE, ()
    if ours.stage not in (RecordStage.POSTED, RecordStage.VOIDED):
        return Reason(ours.stage.value), ()
    if ours.stage is RecordStage.VOIDED:
        return (Reason.BACK_THERE if is_there else Reason.MATCHES), ()
    if theirs is None:
        return Reason.DELETED_THERE, ()
    differences = posted_differences(ours.posted, theirs.holding) if ours.posted else ()
    if theirs.holding.is_void and ours.posted and not ours.posted.is_void:
        return Reason.VOIDED_THERE, differences
    if (ours.books_date in period) != (theirs.dated in period) and not ours.change_waits:
        return (Reason.MOVED_OUT if ours.books_date in period else Reason.MOVED_IN), differences
    if differences:
        return Reason.CHANGED_THERE, differences
    if ours.change_waits:
        return Reason.CHANGE_WAITS, ()
    if ours.adopted:
        return Reason.ADOPTED, ()
    if ours.reverses:
        return Reason.REVERSES, ()
    return (Reason.KEPT if ours.kept else Reason.MATCHES), ()


# The period as a whole ------------------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Sum:
    """Lines of one kind, currency and reason together."""

    records: int = 0
    #: Records of other reasons, of which a part of the difference has this one.
    changed_since: int = 0
    source: Decimal = ZERO
    should: Decimal = ZERO
    there: Decimal = ZERO

    @property
    def told(self) -> int:
        """How many records its difference is of."""
        return self.records + self.changed_since

    def add(self, part: Sum) -> None:
        """Count a part of a line in."""
        self.records += part.records
        self.changed_since += part.changed_since
        self.source += part.source
        self.should += part.should
        self.there += part.there


@dataclass(frozen=True, kw_only=True)
class Row:
    """A kind of record in one currency: how the source's total becomes QuickBooks'."""

    kind: str
    currency: str
    sums: dict[Reason, Sum] = field(default_factory=dict)
    #: What QuickBooks' transactions of the period add up to, counted apart from the lines.
    read: Decimal = ZERO

    @property
    def source(self) -> Decimal:
        """What the source says."""
        return sum((part.source for part in self.sums.values()), ZERO)

    @property
    def should(self) -> Decimal:
        """What should be in QuickBooks."""
        return sum((part.should for part in self.sums.values()), ZERO)

    @property
    def explained(self) -> dict[Reason, Decimal]:
        """By reason, how much more or less is in QuickBooks than the source says."""
        return {reason: part.there - part.source for reason, part in self.sums.items()}

    @property
    def unexplained(self) -> Decimal:
        """What no line accounts for; must be zero."""
        return self.read - self.source - sum(self.explained.values(), ZERO)
