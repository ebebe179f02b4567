"""What does the evidence of a period say of each order: what the source said, the documents made of it, what was sent?

One JSON object a line. Amounts are texts, so that no program rounds them; moments are in universal time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch

from companies.bulk_sql import chunks
from reconciliation.evidence_pack.removed import SecretTexts
from sync.models import (
    AddressExchange,
    AddressUpdate,
    Document,
    DocumentChange,
    DocumentProblem,
    OrderEvent,
    OrderVersion,
    Push,
    PushExchange,
    StagedOrder,
)

#: Orders whose records are in memory at once.
_AT_ONCE = 200


def json_line(record: dict[str, Any], secrets: SecretTexts) -> bytes:
    """A record as a line."""
    text = json.dumps(record, ensure_ascii=False, default=plain_text)
    return f"{secrets.line(text)}\n".encode()


def plain_text(value: object) -> str:
    """What JSON has no form for, as text: days and moments as ISO writes them, amounts with all their figures."""
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def person(user: User | None) -> str | None:
    """Who did it; None where no person did."""
    return (user.get_full_name() or user.get_username()) if user else None


@dataclass(kw_only=True)
class RecordLines:
    """The lines about some orders, by their numbers in ascending order; each method reads them once."""

    orders: Sequence[int]
    secrets: SecretTexts
    documents: int = 0
    postings: int = 0

    def order_lines(self) -> Iterator[bytes]:
        """What the source said of each order, every version of it as it came, and what happened to it."""
        versions = Prefetch("versions", OrderVersion.objects.defer("body").order_by("version"))
        events = Prefetch("events", OrderEvent.objects.select_related("by").order_by("pk"))
        for numbers in chunks(self.orders, _AT_ONCE):
            rows = StagedOrder.objects.filter(pk__in=numbers).select_related("connection").order_by("pk")
            for order in rows.prefetch_related(versions, events):
                yield json_line(self._order(order), self.secrets)

    def _order(self, order: StagedOrder) -> dict[str, Any]:
        told = {
            "source": order.connection.system,
            "id": order.source_id,
            "number": order.number,
            "placed_on": order.placed_on,
            "customer": order.customer_name,
            "total": order.total,
            "currency": order.currency,
            "status": order.status,
            "version": order.version,
        }
        return {
            **self.secrets.value(told),
            "versions": [
                {
                    "version": version.version,
                    "staged_at": version.staged_at,
                    "changed_in_source_at": version.modified_at,
                    "place": version.place,
                    "arrived_after_a_newer_one": version.is_older,
                    "payload": self.secrets.text(version.payload),
                }
                for version in order.versions.all()
            ],
            "history": [
                {"at": event.at, "step": event.step, "facts": self.secrets.value(event.facts), "by": person(event.by)}
                for event in order.events.all()
            ],
        }

    def document_lines(self) -> Iterator[bytes]:
        """The documents that were made of the orders, as they are now."""
        problems = Prefetch("problems", DocumentProblem.objects.order_by("pk"))
        for numbers in chunks(self.orders, _AT_ONCE):
            rows = Document.objects.filter(order__in=numbers).select_related("order", "frozen", "change", "depends_on")
            for document in rows.prefetch_related(problems).order_by("order", "pk"):
                self.documents += 1
                yield json_line(self._document(document), self.secrets)

    def _document(self, document: Document) -> dict[str, Any]:
        frozen, change = getattr(document, "frozen", None), getattr(document, "change", None)
        told = {
            "document": document.key,
            "order": document.order.number,
            "kind": document.kind,
            "form": document.form,
            "number": document.number,
            "date": document.dated,
            "customer": document.customer_name,
            "total": document.total,
            "currency": document.currency,
            "state": document.state,
            "withdrawn": document.withdrawn,
            "version": document.version,
            "quickbooks_id": document.quickbooks_id,
            "posted_at": document.posted_at,
            "depends_on": document.depends_on.key if document.depends_on else None,
            "change_waiting": document.pending,
        }
        return {
            **self.secrets.value(told),
            "content_hash": document.body_hash,
            "content": self.secrets.value(frozen.body) if frozen else None,
            "kept_as_in_quickbooks": self.secrets.value(frozen.theirs) if frozen else None,
            "change": self._change(change) if change else None,
            "problems": [
                {"cause": problem.code, "facts": self.secrets.value(problem.facts), "found_at": problem.found_at}
                for problem in document.problems.all()
            ],
        }

    def _change(self, change: DocumentChange) -> dict[str, Any]:
        return {
            "operation": change.operation,
            "content": self.secrets.value(change.body),
            "seen_in_quickbooks": self.secrets.value(change.seen),
            "overwrites": change.overwrites,
            "confirmed": change.confirmed,
            "created_at": change.created_at,
        }

    def posting_lines(self) -> Iterator[bytes]:
        """What was sent of the documents, byte for byte, and every reply."""
        exchanges = Prefetch("exchanges", PushExchange.objects.order_by("pk"))
        for numbers in chunks(self.orders, _AT_ONCE):
            rows = Push.objects.filter(document__order__in=numbers).select_related("document", "asked_by")
            for push in rows.prefetch_related(exchanges).order_by("document__order", "pk"):
                self.postings += 1
                yield json_line(self._posting(push), self.secrets)

    def _posting(self, push: Push) -> dict[str, Any]:
        return {
            "document": push.document.key,
            "operation": push.operation,
            "version": push.version,
            "attempt": push.generation,
            "request_id": push.request_id,
            "batch": push.batch_id,
            "outcome": push.state,
            "begun_at": push.created_at,
            "first_sent_at": push.first_sent_at,
            "settled_at": push.settled_at,
            "asked_by": person(push.asked_by),
            **self._sent(push.body),
            "replies": [self._reply(exchange) for exchange in push.exchanges.all()],
        }

    def address_lines(self) -> Iterator[bytes]:
        """What was sent of the customers' addresses, and every reply."""
        exchanges = Prefetch("exchanges", AddressExchange.objects.order_by("pk"))
        for numbers in chunks(self.orders, _AT_ONCE):
            rows = AddressUpdate.objects.filter(order__in=numbers).select_related("document", "asked_by")
            for update in rows.prefetch_related(exchanges).order_by("order", "pk"):
                told = {
                    "document": update.document.key,
                    "customer_id": update.customer_id,
                    "customer": update.customer_name,
                    "outcome": update.state,
                    "asked_by": person(update.asked_by),
                }
                replies = [{**self._sent(sent.body), **self._reply(sent)} for sent in update.exchanges.all()]
                yield json_line({**self.secrets.value(told), "replies": replies}, self.secrets)

    def _sent(self, body: bytes | memoryview) -> dict[str, Any]:
        """Bytes as text, and their hash, which tells whether a secret was taken out."""
        sent = bytes(body)
        text = self.secrets.text(sent.decode(errors="backslashreplace"))
        return {"sent": text, "sent_bytes": len(sent), "sent_sha256": hashlib.sha256(sent).hexdigest()}

    def _reply(self, exchange: PushExchange | AddressExchange) -> dict[str, Any]:
        return {
            "sent_at": exchange.sent_at,
            "outcome": exchange.outcome,
            "reason": self.secrets.text(exchange.reason),
            "status": exchange.status,
            "reply": self.secrets.text(exchange.reply),
            "intuit_tid": exchange.intuit_tid,
            "milliseconds": exchange.took,
        }
