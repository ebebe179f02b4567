"""A person says that an adopted transaction is not the record after all: what becomes of the record then?

Nothing is written to QuickBooks. The record is prepared anew, and the next sync posts it if nothing blocks it.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from books.translation import gettext_noop
from companies.models import take_turns
from sync.history import record
from sync.models import Adoption, Document, DocumentBody, DocumentState, Push, RuledOut, StagedOrder
from sync.preparing.prepare import prepare_orders
from sync.pushing.outcomes import drop_change, locked
from sync.signals import problems_changed

_NOT_ADOPTED = gettext_noop("It is not adopted any more. Nothing was changed.")
_CHANGED_BY_US = gettext_noop("Tieout has updated it in QuickBooks since, or is about to. It stays adopted.")
_IN_USE = gettext_noop("Other records of the order are in QuickBooks for it: %(documents)s. Undo those first.")


class AdoptionStays(Exception):
    """An adoption stays as it is; the message says why."""


def undo_adoption(document: Document, *, reason: str, by: User | None) -> None:
    """The transaction is something else: the record was never posted, and the two are not suggested again.

    Args:
        document: Adopted.
        reason: Kept in the order's history.
        by: The person.

    Raises:
        AdoptionStays: It is not adopted, was updated by Tieout since, or something that was posted depends on it.
    """
    with transaction.atomic():
        take_turns(document.company)
        row = locked(document.pk)
        adoption = Adoption.objects.filter(document=row).first()
        if adoption is None or not row.is_adopted:
            raise AdoptionStays(_NOT_ADOPTED)
        later = Push.objects.filter(document=row, generation__gte=row.generation).exclude(told_id=row.quickbooks_id)
        if later.exists() or row.change_in_flight:
            raise AdoptionStays(_CHANGED_BY_US)
        if names := ", ".join(map(str, _in_use(row))):
            raise AdoptionStays(_IN_USE % {"documents": names})
        former = row.quickbooks_id
        RuledOut.objects.get_or_create(
            document=row, quickbooks_id=former, defaults={"company_id": row.company_id, "by": by}
        )
        adoption.delete()
        row.problems.all().delete()
        drop_change(row)
        DocumentBody.objects.filter(document=row).update(theirs=None)
        row.state, row.posted_at, row.body_hash = DocumentState.BLOCKED, None, ""
        row.quickbooks_id = row.sync_token = ""
        row.generation += 1
        row.save()
        StagedOrder.objects.filter(pk=row.order_id).update(prepared_version=0)
        record(row.order, "not-ours", by=by, document=str(row), quickbooks_id=former, reason=reason)
    prepare_orders(document.company, [document.order], by=by)
    problems_changed.send(sender=Document, company=document.company)


def rule_out(document: Document, quickbooks_id: str, *, by: User | None) -> None:
    """A person says that a transaction in QuickBooks is not this record."""
    with transaction.atomic():
        take_turns(document.company)
        _, new = RuledOut.objects.get_or_create(
            document=document, quickbooks_id=quickbooks_id, defaults={"company_id": document.company_id, "by": by}
        )
        if new:
            record(document.order, "is-something-else", by=by, document=str(document), quickbooks_id=quickbooks_id)


def _in_use(row: Document) -> QuerySet[Document]:
    """What QuickBooks has of the order that settles the document."""
    return row.dependants.exclude(quickbooks_id="").exclude(state=DocumentState.VOIDED).select_related("order")
