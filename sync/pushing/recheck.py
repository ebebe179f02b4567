"""Has a person corrected in QuickBooks what was stored differently there? Read back when they press Re-sync."""

from __future__ import annotations

from django.db import transaction

from books.outcomes import Accepted
from companies.models import Company
from companies.turns import take_turns
from sync.failed_records import NOT_A_RECORD, document_broke
from sync.history import record
from sync.models import Document, DocumentState
from sync.pushing.destination import Destination
from sync.pushing.outcomes import move, of_a_change, replace_problems, stored_differences


def recheck_differences(destination: Destination, company: Company, orders: list[int]) -> None:
    """Read documents back that QuickBooks stored differently: a person may have corrected them there."""
    rows = Document.objects.filter(company=company, order__in=orders, state=DocumentState.DIFFERS)
    for document in rows.select_related("order", "company"):
        try:
            _recheck(destination, document)
        except NOT_A_RECORD:
            raise
        except Exception as fault:
            document_broke(document, fault)


def _recheck(destination: Destination, document: Document) -> None:
    value = document.value()
    stored = destination.stored(document.form, document.quickbooks_id)
    if not isinstance(stored, Accepted):
        return
    with transaction.atomic():
        take_turns(document.company)
        problems = stored_differences(document, value, stored)
        move(document, DocumentState.DIFFERS if problems else DocumentState.POSTED)
        replace_problems(document, [*of_a_change(document), *problems])
        if not problems:
            record(document.order, "posted", document=str(document), quickbooks_id=stored.quickbooks_id)
