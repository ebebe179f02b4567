"""Which documents does a document need in QuickBooks, under which ids are they there, and which is still to come?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from books.documents import Document as DocumentValue
from companies.bulk_sql import KeptQuery
from companies.models import Company
from sync.models import DECIDED_AGAINST, Document, DocumentState

#: What is in one of these is not still to come.
_SETTLED = (DocumentState.POSTED, DocumentState.VOIDED, *DECIDED_AGAINST)


def ids_of(company: Company, values: Iterable[DocumentValue]) -> dict[str, str]:
    """By document key, the QuickBooks ids of what documents need."""
    return ids_by_key(company, {key for value in values for key in value.needs})


def ids_by_key(company: Company, keys: Collection[str]) -> dict[str, str]:
    """By document key, the QuickBooks ids of the documents of these keys that have one."""
    return dict(_IDS.rows(company.pk, sorted(keys))) if keys else {}


_IDS = KeptQuery(
    lambda company, keys: (
        Document.objects.filter(company=company, key__in=keys)
        .exclude(quickbooks_id="")
        .values_list("key", "quickbooks_id")
    )
)


def let_wait(company: Company, values: Mapping[Document, DocumentValue], ids: Mapping[str, str]) -> set[Document]:
    """Let those wait that need a document which is still to come, beside the one that they follow.

    A credit is applied to its invoice and follows the credit alone, which most often follows the invoice. An invoice
    that was deleted in QuickBooks and is to be posted again comes after the credit that is there.

    Args:
        company: Theirs, whose turn it is.
        values: Documents that are ready; they are locked.
        ids: Of what they need and QuickBooks has.

    Returns:
        Those that wait from now on for what they need.
    """
    missing = {row: set(value.needs) - set(ids) for row, value in values.items()}
    keys = {key for needed in missing.values() for key in needed}
    if not keys:
        return set()
    to_come = Document.objects.filter(company=company, key__in=keys, quickbooks_id="").exclude(state__in=_SETTLED)
    first = {document.key: document for document in to_come.only("key")}
    waiting = {row: first[key] for row, needed in missing.items() for key in needed if key in first}
    for row, needed_first in waiting.items():
        Document.objects.filter(pk=row.pk).update(depends_on=needed_first)
    return set(waiting)
