"""How is a document of a closed period reversed by an entry, once and only once?

The entry is a document with a push of its own, committed before it is sent and looked up before it is sent again, as
every other. It is begun in the transaction that takes the reversed document out of what follows its order.

Source:
    docs/decisions/0089-reversed-by-entry.md
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from books.documents import REVERSAL, JournalEntry
from books.serialization import document_body, fingerprint
from companies.activation import may_post
from companies.models import take_turns
from sync.history import record
from sync.models import Document, DocumentBody, DocumentState, Push, PushState
from sync.preparing.builders.reversal import reversal_key
from sync.pushing.claims import claim, to_take
from sync.pushing.outcomes import locked, replace_problems
from sync.pushing.sender import SWITCHED_OFF, Sender
from sync.reversed_documents import bring_back


def entry_of(document: Document) -> Document | None:
    """The entry that was begun to reverse a document, however far it has come."""
    rows = Document.objects.filter(company=document.company_id, kind=REVERSAL, key=reversal_key(document.key))
    return rows.select_related("order", "company", "frozen").first()


def begin_reversal(document: Document, value: JournalEntry, *, reason: str, by: User | None) -> Document | None:
    """Take a posted document out of what follows its order, and make its entry ready; committed on return.

    Args:
        document: As it was judged.
        value: The entry.
        reason: For the history of the order.
        by: The person.

    Returns:
        None where the document is not posted any more, or something else waits to be done to it.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        if row.state != DocumentState.POSTED or row.pending:
            return None
        entry = _ready(row, value)
        row.state = DocumentState.UNDONE
        row.save(update_fields=["state", "changed_at"])
        record(row.order, "to-reverse", by=by, document=str(row), entry=str(entry), reason=reason)
    return entry_of(document)


def _ready(row: Document, value: JournalEntry) -> Document:
    """The entry as a row; one that was tried before begins a new generation."""
    body = document_body(value)
    entry = Document.objects.select_for_update().filter(company=row.company_id, key=value.key).first()
    if entry is None:
        entry = Document(company_id=row.company_id, order=row.order, kind=REVERSAL, key=value.key, version=0)
    else:
        entry.generation += 1
    entry.state, entry.form, entry.withdrawn, entry.pending = DocumentState.READY, value.kind, False, ""
    entry.number, entry.dated, entry.total = value.number, value.dated, value.total
    entry.currency, entry.customer_name = value.currency, value.customer.name
    entry.quickbooks_id, entry.sync_token, entry.posted_at = "", "", None
    entry.body_hash, entry.version = fingerprint(body), entry.version + 1
    entry.save()
    DocumentBody.objects.update_or_create(document=entry, defaults={"body": body, "theirs": None})
    return entry


def send_reversal(entry: Document, sender: Sender) -> None:
    """Send a ready entry, or settle one that was sent before; why it stopped is in the counts of the sender."""
    if not may_post(sender.company):
        sender.counts.stopped = SWITCHED_OFF
        return
    for push in _pushes(entry, sender):
        sender.observe("claimed", push.document)
        sender.resume(push)


def _pushes(entry: Document, sender: Sender) -> list[Push]:
    begun = Push.objects.filter(document=entry, state=PushState.OPEN).select_related("document__order", "company")
    if begun:
        return list(begun)
    ready = to_take(Document.objects.filter(pk=entry.pk, state=DocumentState.READY))
    claims = claim(
        sender.company,
        sender.destination,
        lambda most: list(ready[:most]),
        most=1,
        together=False,
        gate=None,
        by=sender.by,
    )
    for _, fault in claims.broken:
        raise fault
    return claims.pushes


def give_up_reversal(entry: Document) -> str:
    """Let the reversed document count again, since QuickBooks rejected its entry; why, in words."""
    with transaction.atomic():
        take_turns(entry.company)
        row = locked(entry.pk)
        reason = " ".join(problem.read().explain() for problem in row.problems.all())
        row.state, row.withdrawn = DocumentState.IGNORED, True
        row.save(update_fields=["state", "withdrawn", "changed_at"])
        replace_problems(row, [])
        bring_back(row)
    return reason
