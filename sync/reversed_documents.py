"""Which documents of a closed period are reversed by an entry of a later day, and when do they count again?

A reversed document stays in QuickBooks as it is, and here it is *Undone*: no sync changes or posts it. Its entry is a
document of its own, with a key that is made of the other's.

Source:
    docs/decisions/0089-reversed-by-entry.md
"""

from __future__ import annotations

from collections.abc import Iterable

from books.documents import REVERSAL
from sync.history import record
from sync.models import DECIDED_AGAINST, Document, DocumentState
from sync.preparing.builders.reversal import reversal_key, reversed_key


def reversals_of(documents: Iterable[Document]) -> dict[int, Document]:
    """By document, the entry that reverses it; two queries, and none where nothing of them was undone.

    An entry that was rejected, ignored or undone itself reverses nothing.

    Args:
        documents: Of one company; their keys need not be at hand.
    """
    undone = [row.pk for row in documents if row.state == DocumentState.UNDONE and row.quickbooks_id]
    if not undone:
        return {}
    rows = Document.objects.filter(pk__in=undone).values_list("pk", "company", "key")
    by_key = {(company, reversal_key(key)): pk for pk, company, key in rows}
    entries = Document.objects.filter(
        company__in={company for company, _ in by_key}, kind=REVERSAL, key__in=[key for _, key in by_key]
    )
    return {
        by_key[entry.company_id, entry.key]: entry
        for entry in entries.exclude(state__in=DECIDED_AGAINST).select_related("order")
    }


def bring_back(entry: Document) -> None:
    """Let what an entry reversed count again, since the entry is gone. Runs in the caller's transaction.

    Args:
        entry: Any document; one that reverses nothing brings nothing back.
    """
    if entry.kind != REVERSAL:
        return
    row = (
        Document.objects.select_for_update(of=("self",))
        .select_related("order")
        .filter(company=entry.company_id, key=reversed_key(entry.key), state=DocumentState.UNDONE)
        .first()
    )
    if row is not None:
        row.state = DocumentState.POSTED
        row.save(update_fields=["state", "changed_at"])
        record(row.order, "counts-again", document=str(row))
