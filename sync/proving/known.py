"""What did the documents move that Tieout knows, before others changed them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import simplejson

from books.documents import NewCustomer
from books.movement import AccountChart, Movement, moved_by, moved_by_document
from books.posted_document import Holding
from books.proof import NOTHING_MOVED
from companies.bulk_sql import chunks
from mapping.account_chart import chart_of
from mapping.customer_lookup import MergedCustomers
from sync.models import Document, DocumentChange, DocumentState, ExchangeOutcome, Operation, Push, PushExchange
from sync.proving.told import Told
from sync.proving.written import RunPushes
from sync.pushing.holdings import Renders, expected_holdings
from sync.quickbooks_online.transactions import entity_of
from sync.quickbooks_online.wire import Unreadable
from sync.reversed_documents import reversals_of

_AT_ONCE = 500
_SAID_YES = (ExchangeOutcome.ACCEPTED, ExchangeOutcome.LOOKED_UP)
_TAKEN_OUT = (DocumentState.VOIDED, DocumentState.UNDONE)
Key = tuple[str, str]


@dataclass(kw_only=True)
class KnownDocuments:
    """The documents of a company that are among some transactions of QuickBooks."""

    pushes: RunPushes
    told: Told
    destination: Renders
    #: By Intuit's name of the kind and id.
    _documents: dict[Key, Document] = field(default_factory=dict)
    _before: dict[int, Movement] = field(default_factory=dict)
    #: The last push of the run, by document.
    _of_the_run: dict[int, Push] = field(default_factory=dict)

    def learn(self, keys: Iterable[Key]) -> None:
        """Look up which of these transactions are documents of ours, and what they moved."""
        for some in chunks(keys, _AT_ONCE):
            wanted = {*some} - {*self._documents}
            rows = Document.objects.filter(
                company=self.told.company, quickbooks_id__in={identifier for _, identifier in wanted}
            )
            rows = rows.exclude(kind=NewCustomer.kind).select_related("frozen", "change", "order")
            found = {
                key: row for row in rows if row.form and (key := (entity_of(row.form), row.quickbooks_id)) in wanted
            }
            self._documents |= found
            self._look_at(list(found.values()))

    def document(self, entity: str, quickbooks_id: str) -> Document | None:
        """The document of ours that a transaction is; None where it is none."""
        return self._documents.get((entity, quickbooks_id))

    def is_of_the_run(self, document: Document) -> bool:
        """Whether the run wrote it, so that what it was before is certain."""
        return document.pk in self._of_the_run

    def was_as_written(self, document: Document, sync_token: str) -> bool:
        """Whether a transaction had not been changed by others before; a change counts its version up by one."""
        versions = (document.sync_token, sync_token)
        if self.is_of_the_run(document):
            return True
        return all(version.isdecimal() for version in versions) and int(sync_token) == int(document.sync_token) + 1

    def before(self, document: Document) -> Movement:
        """What a document moved before others changed it, as the trial balance shows it."""
        return self._before.get(document.pk, NOTHING_MOVED)

    def _look_at(self, documents: list[Document]) -> None:
        rows = self.pushes.settled().filter(document__in=documents)
        written = {push.document_id: push for push in rows}
        self._of_the_run |= written
        replies = self._replies(written.values())
        for document in documents:
            if push := written.get(document.pk):
                self._before[document.pk] = self._as_answered(document, push, replies.get(push.pk, ""))
        stay = reversals_of(documents)
        others = [row for row in documents if row.pk not in written and (row.state not in _TAKEN_OUT or row.pk in stay)]
        expected = expected_holdings(self.told.company, others, self.destination, merged=self._merged)
        for document in others:
            holding = _seen(document) or expected.get(document.pk)
            if holding is not None:
                moved = moved_by(document.form, holding, self._chart)
                self._before[document.pk] = self.told.day.shows(moved, date.fromisoformat(holding.dated))

    def _as_answered(self, document: Document, push: Push, reply: str) -> Movement:
        """What QuickBooks stored by its own words, or else what was sent: what differs then is not by others."""
        if push.operation in (Operation.VOID, Operation.DELETE):
            return NOTHING_MOVED
        entity = entity_of(document.form)
        try:
            return self.told.moved(entity, _stored(entity, document.quickbooks_id, reply))
        except (Unreadable, ValueError):
            value = document.value()
            if isinstance(value, NewCustomer):
                return NOTHING_MOVED
            return self.told.day.shows(moved_by_document(value), value.dated)

    def _replies(self, pushes: Iterable[Push]) -> dict[int, str]:
        rows = PushExchange.objects.filter(push__in=list(pushes), outcome__in=_SAID_YES).order_by("pk")
        return dict(rows.values_list("push", "reply"))

    @cached_property
    def _merged(self) -> MergedCustomers:
        return MergedCustomers(self.told.company)

    @cached_property
    def _chart(self) -> AccountChart:
        return chart_of(self.told.company)


def _seen(document: Document) -> Holding | None:
    """What it was last seen to be in QuickBooks, of a document that others had changed before."""
    change: DocumentChange | None = getattr(document, "change", None)
    return change.read_seen() if change is not None and change.restores else None


def _stored(entity: str, quickbooks_id: str, reply: str) -> Mapping[str, Any]:
    """The transaction in an answer to its posting, or to the look-up that found it.

    Raises:
        Unreadable: There is none in it.
        ValueError: It is no JSON.
    """
    answer = simplejson.loads(reply, use_decimal=True)
    told = answer.get(entity) if isinstance(answer, dict) else None
    if told is None and isinstance(answer, dict) and isinstance(answer.get("QueryResponse"), dict):
        rows = answer["QueryResponse"].get(entity)
        told = next((row for row in rows or [] if isinstance(row, dict) and row.get("Id") == quickbooks_id), None)
    if not isinstance(told, dict):
        raise Unreadable
    return told
