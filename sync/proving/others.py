"""What did others do in QuickBooks between two readings? Asked of change data capture, where something is left.

A transaction of ours is known as it was; of any other only what it is now. So what was there before and was changed
cannot be told apart, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from books.movement import Movement
from books.outcomes import Refused, TryLater, Unknown
from books.proof import NOTHING_MOVED, OtherChange
from books.translation import gettext_noop
from sync.models import Document
from sync.proving.known import KnownDocuments
from sync.proving.told import Told, ToldTransaction
from sync.proving.written import Doubtful, keeps_stock
from sync.quickbooks_online.changed_objects import Changes
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import entity_of

_ENTERED = gettext_noop("Entered: %(document)s")
_CHANGED = gettext_noop("Changed: %(document)s")
_DELETED = gettext_noop("Deleted: %(document)s")
_CHANGED_UNKNOWN = gettext_noop("Changed, and what it was before is not known: %(document)s")
_DELETED_UNKNOWN = gettext_noop("Deleted, and what it was is not known: %(document)s")
_TOO_MANY = gettext_noop("More changes than QuickBooks names: %(document)s")
#: QuickBooks' answer may leave out what changed in the very second that was asked for.
_OVERLAP = timedelta(seconds=1)


class NotToldError(Exception):
    """QuickBooks did not say what has changed; the failure says why."""

    def __init__(self, failure: Refused | TryLater | Unknown) -> None:
        super().__init__(failure)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class BetweenReadings:
    """The time between two readings by QuickBooks' clock."""

    since: datetime
    #: None where QuickBooks did not say when it was read.
    until: datetime | None
    #: What is so near to a reading may be on either side of it.
    margin: timedelta = timedelta()

    def is_before(self, moment: datetime | None) -> bool:
        """Whether it was certainly in the first reading."""
        return moment is not None and moment < self.since - self.margin

    def is_after(self, moment: datetime | None) -> bool:
        """Whether it was certainly not in the second one."""
        return moment is not None and self.until is not None and moment > self.until + self.margin

    def is_at_the_edge(self, moment: datetime | None) -> bool:
        """Whether it may be on either side of a reading."""
        if moment is None:
            return True
        return any(end is not None and abs(moment - end) <= self.margin for end in (self.since, self.until))


@dataclass(kw_only=True)
class Others:
    """What others did, and what that says of documents that were settled in the run."""

    changes: list[OtherChange] = field(default_factory=list)
    #: Numbers of those that were doubtful, and were written in the run.
    written: set[int] = field(default_factory=set)
    #: Of those that were written in the very second of a reading, so that it may have been before it.
    perhaps_written: set[int] = field(default_factory=set)
    sold_inventory: bool = False


def others_between(
    window: BetweenReadings,
    destination: QuickBooksOnline,
    *,
    told: Told,
    known: KnownDocuments,
    doubtful: Sequence[Doubtful],
) -> Others:
    """What others did between two readings; one request, or one for each kind where there were very many.

    Raises:
        NotToldError: QuickBooks did not say.
    """
    others = Others()
    for entities, changes in _asked(destination, window, told.entities):
        if not changes.is_whole:
            others.changes.append(OtherChange(words=_TOO_MANY % {"document": entities[0]}, cannot_be_told=True))
        rows = [told.read(entity, row) for entity in entities for row in changes.rows[entity]]
        deleted = [(entity, identifier) for entity in entities for identifier in changes.deleted[entity]]
        known.learn([*((row.entity, row.quickbooks_id) for row in rows), *deleted])
        others.changes += filter(None, (_changed(row, known, window) for row in rows))
        others.changes += filter(None, (_deleted(entity, identifier, known) for entity, identifier in deleted))
        others.sold_inventory |= keeps_stock(told.company, {item for row in rows for item in row.items})
        gone = {key: changes.deleted_at.get(key) for key in deleted}
        _look_for(doubtful, rows, gone, window, found=others)
    return others


def _asked(
    destination: QuickBooksOnline, window: BetweenReadings, entities: Sequence[str]
) -> Iterator[tuple[Sequence[str], Changes]]:
    changes = _heard(destination, window, entities)
    if changes.is_whole:
        yield entities, changes
        return
    for entity in entities:
        yield [entity], _heard(destination, window, [entity])


def _heard(destination: QuickBooksOnline, window: BetweenReadings, entities: Sequence[str]) -> Changes:
    answer = destination.changes_since(entities, window.since - window.margin - _OVERLAP)
    if isinstance(answer, Refused | TryLater | Unknown):
        raise NotToldError(answer)
    return answer


def _changed(row: ToldTransaction, known: KnownDocuments, window: BetweenReadings) -> OtherChange | None:
    """What others did to one transaction that is there; None where that is nothing."""
    if window.is_before(row.updated):
        return None
    document = known.document(row.entity, row.quickbooks_id)
    if document is not None:
        return _changed_of_ours(row, document, known, window)
    if window.is_before(row.created):
        words = _CHANGED_UNKNOWN % {"document": row.words}
        return OtherChange(words=words, cannot_be_told=True, accounts=row.accounts)
    if window.is_after(row.created):
        return None
    return OtherChange(
        words=_ENTERED % {"document": row.words},
        movement=row.movement,
        at_the_edge=window.is_at_the_edge(row.created),
        cannot_be_told=row.is_unclear or window.is_after(row.updated),
        accounts=row.accounts,
    )


def _changed_of_ours(
    row: ToldTransaction, document: Document, known: KnownDocuments, window: BetweenReadings
) -> OtherChange | None:
    if row.sync_token == document.sync_token:
        return None  # as it was when we wrote it
    before = known.before(document)
    moved = row.movement - before
    if not moved:
        return None
    return OtherChange(
        words=_CHANGED % {"document": row.words},
        movement=moved,
        at_the_edge=window.is_at_the_edge(row.updated),
        cannot_be_told=(
            row.is_unclear or window.is_after(row.updated) or not known.was_as_written(document, row.sync_token)
        ),
        accounts=_touched(row.accounts, before),
    )


def _deleted(entity: str, identifier: str, known: KnownDocuments) -> OtherChange | None:
    document = known.document(entity, identifier)
    if document is None:
        return OtherChange(words=_DELETED_UNKNOWN % {"document": f"{entity} {identifier}"}, cannot_be_told=True)
    before = known.before(document)
    if not before:
        return None  # by us
    return OtherChange(
        words=_DELETED % {"document": str(document)},
        movement=NOTHING_MOVED - before,
        cannot_be_told=not known.is_of_the_run(document),
        accounts=frozenset(before.amounts),
    )


def _touched(accounts: frozenset[str], before: Movement) -> frozenset[str]:
    return accounts | frozenset(before.amounts) if accounts else accounts


def _look_for(
    doubtful: Sequence[Doubtful],
    rows: Sequence[ToldTransaction],
    deleted: Mapping[tuple[str, str], datetime | None],
    window: BetweenReadings,
    *,
    found: Others,
) -> None:
    """Note those that QuickBooks shows to have been written since the first reading, or in its very second."""
    created = {(row.entity, row.quickbooks_id): row.created for row in rows}
    changed = {(row.entity, row.quickbooks_id): row.updated for row in rows} | {**deleted}
    for part in doubtful:
        moments, key = created if part.is_new else changed, (entity_of(part.form), part.quickbooks_id)
        if key not in moments or window.is_before(moments[key]):
            continue
        at_the_edge = window.is_at_the_edge(moments[key])
        (found.perhaps_written if at_the_edge else found.written).add(part.document_id)
