"""What becomes of each posted document that a person wants to undo, and in which order?

Pure: what was posted and what QuickBooks holds now in, steps out. Documents that settle each other are a group: it is
undone whole or stays whole, so that no invoice is left open by half of its undoing.

Source:
    docs/decisions/0070-undo-with-a-plan.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from books.closed_periods import ClosedPeriods
from books.documents import Invoice, JournalEntry, SalesReceipt
from books.posted_document import Holding, posted_differences


class UndoAction(StrEnum):
    """What is done about a document."""

    DELETE = "delete"
    #: The customer was sent it by QuickBooks: it stays with its number, and moves nothing.
    VOID = "void"
    #: It is in a closed period and stays as it is; an entry on an open day moves the opposite.
    ENTRY = "entry"
    #: QuickBooks does not have it any more, or has it voided: nothing is sent.
    NOTE = "note"
    LEAVE = "leave"


class Why(StrEnum):
    """Why a document is left as it is."""

    IN_FLIGHT = "in-flight"
    CHANGE_WAITS = "change-waits"
    DECIDE_FIRST = "decide-first"
    #: Others entered it in QuickBooks, and a person said that it is this record.
    ADOPTED = "adopted"
    CLOSED = "closed"
    # In a closed period too, and no entry can reverse it: see `sync.preparing.builders.reversal`
    CREDIT_USED = "credit-used"
    TAX = "tax"
    CURRENCY = "currency"
    INVENTORY = "inventory"
    ACCOUNTS = "accounts"
    #: While it was carried out: its period is open again, or closed further than when the plan was made.
    OTHER_DAY = "other-day"
    CHANGED = "changed"
    DEPOSITED = "deposited"
    SETTLED = "settled"
    #: A person kept QuickBooks' version, and there it settles something that is not its order's.
    APPLIED = "applied"
    #: What it belongs together with stays.
    TOGETHER = "together"
    #: While it was carried out: it is not posted any more, or something else waits to be done to it.
    NOT_POSTED = "not-posted"
    #: Others changed it in QuickBooks again and again.
    BUSY = "busy"
    #: QuickBooks said why.
    SAID = "said"


class RecordStanding(StrEnum):
    """How things are with a document here."""

    POSTED = "posted"
    IN_FLIGHT = "in-flight"
    CHANGE_WAITS = "change-waits"
    #: A person has to say something about it first.
    DECIDE_FIRST = "decide-first"
    #: Tieout did not post it.
    ADOPTED = "adopted"


@dataclass(frozen=True, kw_only=True)
class PostedRecord:
    """A document of ours that QuickBooks accepted."""

    key: str
    #: As a person knows it, such as `Invoice 1042`.
    name: str
    #: As other transactions of QuickBooks name it, such as `Invoice 145`.
    name_there: str
    form: str
    dated: date
    #: Keys of the documents that it settles, uses or follows.
    needs: frozenset[str]
    #: What was posted; None only for one whose posting is not answered yet.
    posted: Holding | None
    standing: RecordStanding = RecordStanding.POSTED
    #: The entry that would reverse it, or why there is to be none.
    reversal: JournalEntry | Why = Why.CLOSED
    #: What it settles in QuickBooks and did not settle as it was posted, such as `Invoice 7`; empty for nothing.
    applied_to: str = ""
    #: What settles it in QuickBooks and is reversed by an entry already, as other transactions name it.
    reversed_links: frozenset[str] = frozenset()

    @property
    def is_tied(self) -> bool:
        """Whether what was reversed settles it, so that it stays too and an entry has to reverse it."""
        return bool(self.reversed_links) and isinstance(self.reversal, JournalEntry)


@dataclass(frozen=True, kw_only=True)
class HeldNow:
    """What QuickBooks holds of it now."""

    holding: Holding
    #: What settles it or holds it there, such as `Payment 12` or `Deposit 7`.
    linked: tuple[str, ...] = ()
    emailed: bool = False


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One document, and what is done about it."""

    key: str
    action: UndoAction
    why: Why | None = None
    #: What the reason is about: the deposit, the other document, what was changed.
    about: str = ""
    #: What is entered to reverse it.
    entry: JournalEntry | None = None


#: Forms that can be voided, and whose number a customer may know.
_KEEP_NUMBER = (Invoice.kind, SalesReceipt.kind)
#: Links that move no money to a document: what it was made of.
_MADE_OF = ("Estimate", "TimeActivity", "ChargeCredit", "ReimburseCharge", "StatementCharge")


def plan_undo(
    records: Sequence[PostedRecord], there: Mapping[str, HeldNow], closed: ClosedPeriods
) -> list[list[PlannedStep]]:
    """The steps, group by group; in each, what settles or follows a document goes before it.

    Args:
        records: Of the same orders, each with what it needs among them, if that is to be undone too.
        there: By key, what QuickBooks holds; what is missing there is gone.
        closed: Up to which day the books are closed.
    """
    return [_planned(group, there, closed) for group in groups_of(records)]


_STANDS = {
    RecordStanding.CHANGE_WAITS: Why.CHANGE_WAITS,
    RecordStanding.DECIDE_FIRST: Why.DECIDE_FIRST,
    RecordStanding.ADOPTED: Why.ADOPTED,
}


def _planned(group: Sequence[PostedRecord], there: Mapping[str, HeldNow], closed: ClosedPeriods) -> list[PlannedStep]:
    ours = {record.name_there for record in group}
    judged = [_judged(record, there.get(record.key), ours, closed) for record in group]
    steps = _with_what_they_settle(group, judged, str(closed.through))
    names = {record.key: record.name for record in group}
    first = next((step for step in steps if step.action is UndoAction.LEAVE), None)
    if first is None:
        return steps
    together = names[first.key]
    return [
        step
        if step.action is UndoAction.LEAVE
        else PlannedStep(key=step.key, action=UndoAction.LEAVE, why=Why.TOGETHER, about=together)
        for step in steps
    ]


def _judged(record: PostedRecord, there: HeldNow | None, ours: set[str], closed: ClosedPeriods) -> PlannedStep:
    def left(why: Why, about: str = "") -> PlannedStep:
        return PlannedStep(key=record.key, action=UndoAction.LEAVE, why=why, about=about)

    if record.standing is not RecordStanding.POSTED or record.posted is None:
        return left(_STANDS.get(record.standing, Why.IN_FLIGHT))
    if there is None or (there.holding.is_void and not record.posted.is_void):
        return PlannedStep(key=record.key, action=UndoAction.NOTE)
    is_closed = closed.has(record.dated) or closed.has(date.fromisoformat(there.holding.dated))
    if is_closed and isinstance(record.reversal, Why):
        return _by_entry(record, str(closed.through))
    differences = posted_differences(record.posted, there.holding)
    if differences:
        return left(Why.CHANGED, ", ".join(f"{unlike.what}: {unlike.ours} → {unlike.theirs}" for unlike in differences))
    if record.applied_to:
        return left(Why.APPLIED, record.applied_to)
    for name in there.linked:
        kind = name.partition(" ")[0]
        if kind == "Deposit":
            return left(Why.DEPOSITED, name)
        is_ours = name in ours or (record.is_tied and name in record.reversed_links)
        if kind not in _MADE_OF and not is_ours:
            return left(Why.SETTLED, name)
    if is_closed:
        return _by_entry(record, str(closed.through))
    voids = there.emailed and record.form in _KEEP_NUMBER
    return PlannedStep(key=record.key, action=UndoAction.VOID if voids else UndoAction.DELETE)


def _by_entry(record: PostedRecord, through: str) -> PlannedStep:
    """Reversed by its entry, or left with the reason why it has none."""
    if isinstance(record.reversal, Why):
        return PlannedStep(key=record.key, action=UndoAction.LEAVE, why=record.reversal, about=through)
    entry = record.reversal
    moves = "\n".join(f"{posting.account.path} {posting.amount}" for posting in entry.postings)
    return PlannedStep(
        key=record.key, action=UndoAction.ENTRY, about=f"{entry.dated.isoformat()}\n{moves}", entry=entry
    )


def _with_what_they_settle(
    group: Sequence[PostedRecord], steps: Sequence[PlannedStep], through: str
) -> list[PlannedStep]:
    """The steps, with an entry for whatever a reversed record settles: that record stays, and is tied to it.

    What needs a record comes before it in the group, so one look is enough.
    """
    tied, decided = {record.key for record in group if record.is_tied}, list[PlannedStep]()
    for record, step in zip(group, steps, strict=True):
        stays = record.key in tied and step.action in (UndoAction.DELETE, UndoAction.VOID)
        decided.append(_by_entry(record, through) if stays else step)
        if decided[-1].action is UndoAction.ENTRY:
            tied |= record.needs
    return decided


def groups_of(records: Iterable[PostedRecord]) -> list[list[PostedRecord]]:
    """Records that need each other, directly or by others, together; what needs a record comes before it."""
    by_key = {record.key: record for record in records}
    needed_by: dict[str, list[str]] = {key: [] for key in by_key}
    for record in by_key.values():
        for key in sorted(record.needs & by_key.keys()):
            needed_by[key].append(record.key)
    groups, seen = [], set[str]()
    for key in by_key:
        if key not in seen:
            members = _connected(key, by_key, needed_by)
            seen |= members
            groups.append([by_key[member] for member in _sorted([k for k in by_key if k in members], needed_by)])
    return groups


def _connected(start: str, by_key: Mapping[str, PostedRecord], needed_by: Mapping[str, Sequence[str]]) -> set[str]:
    members, waiting = set[str](), [start]
    while waiting:
        key = waiting.pop()
        if key in members:
            continue
        members.add(key)
        waiting += [*(by_key[key].needs & by_key.keys()), *needed_by[key]]
    return members


def _sorted(keys: Sequence[str], needed_by: Mapping[str, Sequence[str]]) -> list[str]:
    """What needs a record before the record itself; two that need each other in the order in which they come."""
    done: list[str] = []
    under_way: set[str] = set()

    def add(key: str) -> None:
        if key in done or key in under_way:
            return
        under_way.add(key)
        for follower in needed_by[key]:
            add(follower)
        done.append(key)

    for key in keys:
        add(key)
    return done
