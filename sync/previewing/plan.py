"""What would a sync do to QuickBooks: which documents, what of each, which accounts, and is it still what was approved?

Pure: records and what QuickBooks holds of them in, a plan out.

Source:
    docs/decisions/0077-what-was-approved-is-what-is-sent.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

from books.documents import NewCustomer, Posting
from books.json_types import Json
from books.messages import Message
from books.money import ZERO, total
from books.movement import Movement
from books.translation import gettext_noop
from sync.pushing.second_person import WITHOUT_MONEY, counted, those_that_go


class SendAction(StrEnum):
    """What would become of a document."""

    CREATE = "create"
    #: A posted document is changed.
    CHANGE = "change"
    #: QuickBooks has it already as it is to be: nothing is written, and it is ours from then on.
    ADOPT = "adopt"
    VOID = "void"
    #: Nothing is wrong with it, and it does not go now; `reason` says why.
    SKIP = "skip"
    #: A person has to do something first; `reason` says what keeps it.
    BLOCKED = "blocked"


#: What is taken up by a sync, whatever comes of it.
TAKEN_UP = (SendAction.CREATE, SendAction.CHANGE, SendAction.VOID)

SOURCE_OFF = gettext_noop("Nothing is sent of its source now: invoice creation is off, or it was disconnected.")
NOT_PREPARED = gettext_noop("Its order changed, and is prepared again first.")
WAITS_FOR = gettext_noop("It waits for %(document)s, which is not in QuickBooks and does not go now.")
NO_FOLLOWER = gettext_noop("No document that goes now needs this customer.")


@dataclass(frozen=True, kw_only=True)
class WrittenField:
    """One thing that a change writes, in words."""

    what: str
    #: As QuickBooks holds it now, or as it was posted where QuickBooks was not read.
    held: str
    sent: str


@dataclass(frozen=True, kw_only=True)
class PlannedDocument:
    """One document, and what would become of it."""

    title: str
    key: str = ""
    #: What it is for the business.
    kind: str = ""
    #: The form that it takes in QuickBooks, and why that is a journal entry; empty where it is not.
    form: str = ""
    why: str = ""
    dated: str
    customer: str
    #: As it is to be; of a void, as it was.
    total: Decimal
    currency: str
    #: Of a change or a void, as it was posted.
    posted_total: Decimal = ZERO
    #: What others made of it in QuickBooks, where a person decided that it is written over.
    overwritten_total: Decimal = ZERO
    action: SendAction = SendAction.CREATE
    #: Why it is left out or blocked, or what was found; in English, retold to a reader.
    reason: str = ""
    #: By a change, what becomes another.
    changes: tuple[WrittenField, ...] = ()
    #: As it is to be; none for what says nothing any more.
    postings: tuple[Posting, ...] = ()
    #: By account path, what QuickBooks' accounts move by, debit positive.
    moves: Movement = field(default_factory=Movement)
    version: int = 1
    #: Fingerprint of the values that are sent; empty for a void.
    body_hash: str = ""
    #: What is done when it is taken up, whatever is found then; `action` for most.
    operation: SendAction | None = None
    # What decides whether it goes; not shown
    #: The key of the document that has to be there before; empty for none, or for one that is.
    after: str = ""
    #: The name of that document.
    after_title: str = ""

    @property
    def does(self) -> SendAction:
        """What a sync would begin with it."""
        return self.operation or self.action

    @property
    def is_taken_up(self) -> bool:
        """Whether a sync would take it up."""
        return self.does in TAKEN_UP

    @property
    def is_customer(self) -> bool:
        """Whether it is a customer that a document needs, and no document to a reader."""
        return self.kind == NewCustomer.kind

    @property
    def amount(self) -> Decimal:
        """What it counts in a sum of money: nothing where it moves none."""
        return ZERO if self.kind in WITHOUT_MONEY else self.total

    @property
    def counts(self) -> Decimal:
        """What it counts where a second person is asked above an amount."""
        return counted(self.kind, self.total, self.posted_total, self.overwritten_total)

    @property
    def mark(self) -> str:
        """What is approved of it."""
        return f"{self.does} {self.version} {self.body_hash}"

    def plain(self) -> Json:
        """As plain JSON; amounts are text."""
        return {
            "document": self.title,
            "key": self.key,
            "action": self.action.value,
            "reason": self.reason,
            "kind": self.kind,
            "form": self.form,
            "why": self.why,
            "date": self.dated,
            "customer": self.customer,
            "total": str(self.total),
            "currency": self.currency,
            "mark": self.mark if self.is_taken_up else "",
            "changes": [{"what": part.what, "held": part.held, "sent": part.sent} for part in self.changes],
            "postings": [_plain_posting(posting) for posting in self.postings],
        }


@dataclass(frozen=True, kw_only=True)
class PlanTotal:
    """How many documents of one kind something becomes of, and how much money they are."""

    action: SendAction
    kind: str
    currency: str
    number: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class SendingPlan:
    """Everything that waits, in the order in which it would go."""

    documents: tuple[PlannedDocument, ...] = ()
    #: Names of items that are created first because a rule says so; what needs them is not in the plan yet.
    new_items: tuple[str, ...] = ()
    #: Whether QuickBooks was read for what is changed; if not, why not.
    not_read: str = ""

    @property
    def taken_up(self) -> tuple[PlannedDocument, ...]:
        """What a sync would take up, new customers included."""
        return tuple(document for document in self.documents if document.is_taken_up)

    @property
    def records(self) -> tuple[PlannedDocument, ...]:
        """The documents, as a reader counts them: without new customers."""
        return tuple(document for document in self.documents if not document.is_customer)

    @property
    def new_customers(self) -> tuple[str, ...]:
        """Names of customers that are created first."""
        return tuple(row.customer for row in self.taken_up if row.is_customer)

    def of_action(self, action: SendAction) -> tuple[PlannedDocument, ...]:
        """The documents that this becomes of."""
        return tuple(document for document in self.records if document.action is action)

    def totals(self) -> list[PlanTotal]:
        """By what is done, kind and currency; what goes first comes first."""
        sums: dict[tuple[SendAction, str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
        for row in self.records:
            number, amount = sums[row.action, row.kind, row.currency]
            sums[row.action, row.kind, row.currency] = number + 1, amount + row.amount
        order = list(SendAction)
        return [
            PlanTotal(action=action, kind=kind, currency=currency, number=number, amount=amount)
            for (action, kind, currency), (number, amount) in sorted(
                sums.items(), key=lambda row: (order.index(row[0][0]), row[0][1:])
            )
        ]

    def counts(self) -> Decimal:
        """What all of it comes to where a second person is asked above an amount, in the home currency."""
        return total(row.counts for row in self.taken_up)

    def per_account(self) -> dict[tuple[str, str], Decimal]:
        """What all of it moves, by currency and account path; debit positive. No two currencies are added."""
        return per_account(self.documents)

    @property
    def fingerprint(self) -> str:
        """The same for the same documents at the same versions with the same values, and for nothing else."""
        return fingerprint_of(self.marks())

    def marks(self) -> dict[str, str]:
        """By document key, what is approved of it."""
        return {document.key: document.mark for document in self.taken_up}


def fingerprint_of(marks: Mapping[str, str]) -> str:
    """The fingerprint of marks by document key."""
    told = sha256()
    for key, mark in sorted(marks.items()):
        told.update(f"{key}\n{mark}\n".encode())
    return told.hexdigest()


def per_account(documents: Iterable[PlannedDocument]) -> dict[tuple[str, str], Decimal]:
    """What documents together move, by currency and account path; debit positive. No two currencies are added."""
    moved: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for document in documents:
        if document.action in TAKEN_UP:
            for path, amount in document.moves.amounts.items():
                moved[document.currency, path] += amount
    return {account: amount for account, amount in sorted(moved.items()) if amount}


# What goes -----------------------------------------------------------------------------------------------------------


def plan_sending(waiting: Iterable[PlannedDocument]) -> tuple[PlannedDocument, ...]:
    """Leave out what cannot go because what it needs does not go, and customers that nothing needs.

    Args:
        waiting: In the order of their preparation, so that what is needed comes before what needs it.
    """
    documents = list(waiting)
    going = those_that_go({document.key: document.after for document in documents if document.is_taken_up})
    needed = {row.after for row in documents if row.key in going}
    return _those_that_wait(_judged(row, going, needed) for row in documents)


def _judged(row: PlannedDocument, going: set[str], needed: set[str]) -> PlannedDocument:
    if not row.is_taken_up:
        return row
    if row.key not in going:
        return _skipped(row, Message.of(WAITS_FOR, document=row.after_title).worded())
    return row if not row.is_customer or row.key in needed else _skipped(row, NO_FOLLOWER)


def _those_that_wait(judged: Iterable[PlannedDocument]) -> tuple[PlannedDocument, ...]:
    """The same, with what waits until a person has said what becomes of a document before it.

    A sync would begin with it all the same, and finds this out then; so what is approved stays as it is.
    """
    result: list[PlannedDocument] = []
    asked: dict[str, PlannedDocument] = {}
    for planned in judged:
        row, parent = planned, asked.get(planned.after)
        if row.is_taken_up and row.action in TAKEN_UP and parent is not None:
            # A new customer is no record of its own to a reader, so that its sale says what is asked
            action = SendAction.BLOCKED if parent.is_customer else SendAction.SKIP
            reason = parent.reason if parent.is_customer else Message.of(WAITS_FOR, document=row.after_title).worded()
            row = replace(row, action=action, operation=row.does, reason=reason)
        if row.is_taken_up and row.action not in (*TAKEN_UP, SendAction.ADOPT):
            asked[row.key] = row
        result.append(row)
    return tuple(result)


def _skipped(row: PlannedDocument, reason: str) -> PlannedDocument:
    return replace(row, action=SendAction.SKIP, operation=None, reason=reason)


# What changed since it was approved ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PlanDifference:
    """In what a plan is another one than the one that was approved; names of documents."""

    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.came or self.went or self.changed)


CAME = gettext_noop("New: %(documents)s.")
WENT = gettext_noop("Not to be sent any more: %(documents)s.")
OTHERS = gettext_noop("Another than approved: %(documents)s.")
UNNAMED = gettext_noop("Now it is %(number)s documents with the fingerprint %(fingerprint)s.")
AND_MORE = gettext_noop("%(documents)s and %(number)s more")
#: So many documents are named of each.
_MOST_NAMED = 20


def difference_told(difference: PlanDifference) -> tuple[Message, ...]:
    """What differs, one sentence for each way in which it does."""
    parts = ((CAME, difference.came), (WENT, difference.went), (OTHERS, difference.changed))
    return tuple(Message.of(words, documents=_named(titles)) for words, titles in parts if titles)


def _named(titles: Sequence[str]) -> Message | str:
    named, left = ", ".join(titles[:_MOST_NAMED]), len(titles) - _MOST_NAMED
    return Message.of(AND_MORE, documents=named, number=left) if left > 0 else named


def difference_between(approved: Sequence[tuple[str, str, str]], now: SendingPlan) -> PlanDifference:
    """Which documents came, went or are others.

    Args:
        approved: Key, mark and name of each document that was approved.
        now: As it would be sent now.
    """
    before = {key: (mark, title) for key, mark, title in approved}
    after = {row.key: row for row in now.taken_up}
    return PlanDifference(
        came=tuple(row.title for key, row in after.items() if key not in before),
        went=tuple(title for key, (_, title) in before.items() if key not in after),
        changed=tuple(row.title for key, row in after.items() if key in before and before[key][0] != row.mark),
    )


class UnreadablePlan(ValueError):
    """What was given is not the output of a dry run."""


def approved_in(result: Any, *, company: str) -> list[tuple[str, str, str]]:
    """Key, mark and name of each document in what a dry run printed as JSON for a company.

    Raises:
        UnreadablePlan: It is none, or says nothing of the company.
    """
    try:
        told = next(part for part in result["companies"] if part["company"] == company)
        return [(row["key"], row["mark"], row["document"]) for row in told["documents"] if row["mark"]]
    except (KeyError, TypeError, StopIteration):
        raise UnreadablePlan from None


def _plain_posting(posting: Posting) -> Json:
    return {
        "account": posting.account.path,
        "debit": _side(posting.debit),
        "credit": _side(posting.credit),
        "memo": posting.memo,
    }


def _side(amount: Decimal) -> str:
    return str(amount) if amount else ""
