"""What has to be read of QuickBooks before a sync sends something? As little as is safe: each read is metered.

Source:
    docs/decisions/0051-changes-of-lists.md
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from books.documents import NewCustomer
from companies.models import Company
from sync.lists.changed_documents import documents_are_due
from sync.lists.due import CLOCKS_DIFFER, are_due, were_told
from sync.models import (
    QUICKBOOKS_ONLINE,
    Connection,
    Document,
    DocumentState,
    PendingChange,
    Run,
    RunKind,
    RunState,
    StagedOrder,
    held_sources,
)
from sync.pushing.address_updates import waiting_addresses
from sync.pushing.claims import rests

#: For so long after a good answer a login is trusted without a read. After that the lists are due, which proves it too.
_PROVEN_FOR = timedelta(days=1)
_WAITS_FOR_A_PERSON = (DocumentState.BLOCKED, DocumentState.REFUSED)
_UNDER_WAY = (DocumentState.SENDING, DocumentState.UNKNOWN)


def has_work(company: Company) -> bool:
    """Whether a sync has something to prepare, to send or to look up."""
    documents = Document.objects.filter(company=company)
    sent = documents.exclude(order__connection__in=held_sources(company))
    return (
        StagedOrder.objects.filter(company=company, to_prepare=True).exists()
        or documents.filter(state__in=_UNDER_WAY).exists()
        or (company.posts_automatically and sent.filter(state=DocumentState.READY).exists())
        or sent.filter(pending__in=(PendingChange.UPDATE, PendingChange.VOID)).exists()
        or waiting_addresses(company).exists()
        or Run.objects.filter(company=company, kind=RunKind.RESYNC, state=RunState.RUNNING).exists()
    )


def lists_are_due(company: Company) -> bool:
    """Whether the lists are to be read again before documents are prepared and sent."""
    connection = _connection(company)
    if connection is None:
        return False
    if were_told(connection.lists_told_at, read_at=connection.lists_refreshed_at):
        return True
    waits = Document.objects.filter(company=company, state__in=_WAITS_FOR_A_PERSON).exists()
    work = waits or has_work(company)
    due = are_due(connection.lists_refreshed_at, has_work=work, something_waits=waits, now=timezone.now())
    return due or documents_are_due(connection)


def customers_may_be_there(company: Company) -> bool:
    """Whether a customer is to be created whom someone may have entered in QuickBooks since the lists were read."""
    connection = _connection(company)
    new = Document.objects.filter(company=company, kind=NewCustomer.kind, state=DocumentState.READY)
    return (
        connection is not None
        and are_due(connection.lists_refreshed_at, has_work=True, something_waits=True, now=timezone.now())
        and new.exists()
    )


def is_proven(company: Company) -> bool:
    """Whether QuickBooks answered so lately that nothing has to be read to know that login and company are good."""
    connection = _connection(company)
    proven_at, now = connection.proven_at if connection else None, timezone.now()
    return proven_at is not None and now - _PROVEN_FOR <= proven_at <= now + CLOCKS_DIFFER


def note_answer(company: Company, *, good: bool) -> None:
    """Remember that QuickBooks has just answered as it should, or that it did not."""
    at = timezone.now() if good else None
    Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).update(proven_at=at)


def rest_left(company: Company) -> float:
    """For how many seconds QuickBooks still asks to be left alone; 0 when it does not."""
    connection = _connection(company)
    if connection is None or connection.resting_until is None or not rests(company):
        return 0
    return max(0.0, (connection.resting_until - timezone.now()).total_seconds())


def _connection(company: Company) -> Connection | None:
    return Connection.objects.filter(company=company, system=QUICKBOOKS_ONLINE).first()
