"""Which of the documents that we posted did others change, void or delete in QuickBooks since it was asked last?

They are told in the same answer as the changes of the lists. Where that answer would not hold them all, what changed is
asked for by queries, page by page, and what was deleted by an answer of its own, as far back as that is whole. What
cannot be known is said: the tie-out of the period finds it.

Source:
    docs/decisions/0078-drift-between-tie-outs.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from books.messages import Message
from books.outcomes import Refused, TryLater, Unknown
from books.posted_document import posted_differences
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.customer_lookup import MergedCustomers
from sync.lists.due import LOOKS_BACK, MOST_POSTED, OVERLAP, are_due, leaves_a_gap
from sync.models import Connection, Document, DocumentState
from sync.pushing.drift import Drifted, is_older, note_as_posted, note_drift
from sync.pushing.holdings import expected_holdings
from sync.quickbooks_online.changed_objects import MOST_OBJECTS, Changes
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import (
    READ_FORMS,
    HeldTransaction,
    NotReadError,
    changed_since,
    entity_named,
    forms_of_entity,
    read_transaction,
)
from sync.quickbooks_online.wire import Unreadable

#: What is asked for beside the lists.
DOCUMENT_ENTITIES = tuple(entity_named(form) for form in READ_FORMS)
_AT_ONCE = 500

_TOO_LONG_AGO = gettext_noop(
    "QuickBooks remembers changes for 30 days, and was last asked on %(day)s which posted documents were changed "
    "there. Tie out the periods that matter to see what became of them since."
)
_TOO_MANY = gettext_noop(
    "QuickBooks reports 1,000 changes at most, and more were made since it was last asked. What was deleted there "
    "in the meantime shows in the next tie-out of its period."
)
_UNREADABLE = gettext_noop(
    "QuickBooks showed %(number)s changed documents in a way that cannot be read. Tie out the periods they are in."
)
_REFUSED = gettext_noop(
    "QuickBooks did not say which documents were changed there. A tie-out shows it, and the next reading of the lists "
    "asks again."
)


@dataclass(kw_only=True)
class FollowedDocuments:
    """What came of asking for changes of documents."""

    #: Up to when they are known from now on, by QuickBooks' clock.
    until: datetime | None
    #: How many are issues that were none before, or other ones.
    drifted: int = 0
    warnings: list[Message] = field(default_factory=list)


def documents_are_due(connection: Connection) -> bool:
    """Whether changes of the documents that we posted are to be asked for, though nothing else has to be read.

    After a day; and when so many were posted that more would not be told in one answer.
    """
    until = connection.documents_known_until
    if until is None:
        return False
    read_at = connection.lists_refreshed_at
    a_day_old = read_at is not None and are_due(read_at, has_work=True, something_waits=False, now=timezone.now())
    if a_day_old and has_posted(connection.company):
        return True
    return _posted_since(connection, until, most=MOST_POSTED) >= MOST_POSTED


def has_posted(company: Company) -> bool:
    """Whether QuickBooks holds documents of ours."""
    return Document.objects.filter(company=company, posted_at__isnull=False).exists()


def beside_lists(connection: Connection) -> Sequence[str]:
    """What to ask for together with the changes of lists; nothing where the answer would not hold it."""
    lists, documents = connection.changes_known_until, connection.documents_known_until
    if lists is None or documents is None or documents < lists or not has_posted(connection.company):
        return ()
    few = _posted_since(connection, lists - OVERLAP, most=MOST_OBJECTS) < MOST_OBJECTS
    return DOCUMENT_ENTITIES if few else ()


def follow_documents(
    connection: Connection, destination: QuickBooksOnline, told: Changes | None
) -> FollowedDocuments | TryLater | Unknown:
    """Make issues of what others did to posted documents, and end those of what they put right.

    Args:
        connection: Of QuickBooks Online, with its lists just read.
        destination: Its company.
        told: The changes of lists; with those of documents where they were asked for together.
    """
    noting = _Noting(connection.company, destination)
    if told is not None and told.rows.keys() >= {*DOCUMENT_ENTITIES}:
        noting.note_all(told)
        return noting.known_until(told.at)
    now = connection.changes_known_until or timezone.now()
    if not has_posted(connection.company):
        return FollowedDocuments(until=now)
    asked, warnings = _asked_from(connection.documents_known_until, now)
    noting.warnings += warnings
    try:
        return _followed(connection, destination, noting, asked)
    except NotReadError as problem:
        if isinstance(problem.failure, Refused):
            noting.warnings.append(Message.of(_REFUSED))
            return noting.known_until(connection.documents_known_until)
        return problem.failure


def _asked_from(until: datetime | None, now: datetime) -> tuple[datetime, list[Message]]:
    """From when on to ask, and what is not known because that is too long ago."""
    earliest = now - LOOKS_BACK
    if until is None:
        return earliest, []
    since = until - OVERLAP
    if since >= earliest:
        return since, []
    return earliest, [Message.of(_TOO_LONG_AGO, day=until.date())]


def _followed(
    connection: Connection, destination: QuickBooksOnline, noting: _Noting, since: datetime
) -> FollowedDocuments:
    """Raises `NotReadError` where QuickBooks does not answer as it should."""
    if _posted_since(connection, since, most=MOST_OBJECTS) < MOST_OBJECTS:
        changes = _changes(destination, since)
        if changes.is_whole and not leaves_a_gap(since, answered=changes.at):
            noting.note_all(changes)
            return noting.known_until(changes.at)
    latest = Document.objects.filter(company=connection.company).order_by("-posted_at").exclude(posted_at=None)
    last = latest.values_list("posted_at", flat=True).first()
    # What was deleted since we posted last, and before the pages are read: what changes meanwhile is told next time
    changes = _changes(destination, max(since, last - OVERLAP) if last else since)
    noting.note_all(changes)
    for form in READ_FORMS:
        for page in changed_since(destination, form, since):
            noting.note(form, page, ())
    noting.warnings.append(Message.of(_TOO_MANY))
    return noting.known_until(changes.at or timezone.now())


def _changes(destination: QuickBooksOnline, since: datetime) -> Changes:
    changes = destination.changes_since(DOCUMENT_ENTITIES, since)
    if isinstance(changes, Refused | TryLater | Unknown):
        raise NotReadError(changes)
    return changes


def _posted_since(connection: Connection, since: datetime, *, most: int) -> int:
    """How many documents, new customers among them, were posted since; not counted further than `most`."""
    rows = Document.objects.filter(company=connection.company, posted_at__gte=since)
    return rows[:most].count()


class _Noting:
    """Compares what QuickBooks tells with what was posted, and keeps count."""

    def __init__(self, company: Company, destination: QuickBooksOnline) -> None:
        self.company = company
        self.destination = destination
        self.merged = MergedCustomers(company)
        self.drifted = 0
        self.unread = 0
        self.warnings: list[Message] = []

    def known_until(self, until: datetime | None) -> FollowedDocuments:
        """What came of it."""
        if self.unread:
            self.warnings.append(Message.of(_UNREADABLE, number=self.unread))
        return FollowedDocuments(until=until, drifted=self.drifted, warnings=self.warnings)

    def note_all(self, changes: Changes) -> None:
        """Of one answer."""
        for form in READ_FORMS:
            entity = entity_named(form)
            self.note(form, changes.rows[entity], changes.deleted[entity])

    def note(self, form: str, rows: Iterable[Mapping[str, Any]], deleted: Iterable[str]) -> None:
        """Of one kind of document; what is not ours is left alone."""
        # One that changed twice may be told twice, the newest last
        there: dict[str, Mapping[str, Any] | None] = {str(row.get("Id")): row for row in rows}
        there |= dict.fromkeys(deleted)
        for ids in chunks(there, _AT_ONCE):
            posted = Document.objects.filter(company=self.company, state=DocumentState.POSTED, quickbooks_id__in=ids)
            ours = posted.filter(form__in=forms_of_entity(form), frozen__isnull=False)
            self._compare(form, [*ours.select_related("frozen", "change").order_by("pk")], there)

    def _compare(self, form: str, ours: Sequence[Document], there: Mapping[str, Mapping[str, Any] | None]) -> None:
        """What we wrote last is as we wrote it, unless a person was asked about it."""
        drifted = [_gone(document) for document in ours if there[document.quickbooks_id] is None]
        told = {document.pk: self._read(form, there[document.quickbooks_id]) for document in ours}
        unsure = [document for document in ours if _may_differ(document, told[document.pk])]
        expected = expected_holdings(self.company, unsure, self.destination, merged=self.merged)
        as_posted = []
        for document in unsure:
            theirs = told[document.pk]
            assert theirs is not None
            differences = posted_differences(expected[document.pk], theirs.holding)
            if differences:
                drifted.append(
                    Drifted(
                        document_id=document.pk,
                        theirs=theirs.holding,
                        differences=differences,
                        quickbooks_id=document.quickbooks_id,
                        sync_token=theirs.sync_token,
                    )
                )
            elif document.pending:
                as_posted.append(document.pk)
        self.drifted += note_drift(self.company, drifted)
        note_as_posted(self.company, as_posted)

    def _read(self, form: str, row: Mapping[str, Any] | None) -> HeldTransaction | None:
        try:
            return read_transaction(form, row) if row is not None else None
        except Unreadable:
            self.unread += 1
            return None


def _gone(document: Document) -> Drifted:
    return Drifted(document_id=document.pk, theirs=None, quickbooks_id=document.quickbooks_id)


def _may_differ(document: Document, theirs: HeldTransaction | None) -> bool:
    """Whether it has to be compared: others wrote it after us, or it waits for a person."""
    if theirs is None or is_older(theirs.sync_token, document.sync_token):
        return False
    return bool(document.pending) or theirs.sync_token != document.sync_token
