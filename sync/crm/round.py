"""One company's CRMs from one end to the other: read what changed in QuickBooks, take note of it, send what waits."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company
from sync.crm.changes import QuickBooksChanges, changes_since
from sync.crm.contacts import SentContacts, note_customers, send_contacts
from sync.crm.review_noting import note_paying_customers
from sync.crm.review_sending import ReviewReport, send_requests
from sync.crm.switches import begins_at, updates_at_work
from sync.crm.writing import workflows_of, writer_of
from sync.models import CrmUpdates, ReviewState, Run
from sync.pushing.lease import leased
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.readiness import quickbooks_connection, reading_stops
from sync.turn import ENDLESS, LeaseLost, Turn

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class CrmReport:
    """What a round came to for one source."""

    updates: CrmUpdates
    #: Customers that are new since the last round.
    noticed: int = 0
    contacts: SentContacts = field(default_factory=SentContacts)
    reviews: ReviewReport = field(default_factory=ReviewReport)
    #: Why QuickBooks could not be read, or the CRM not be written to; empty where all was done.
    stopped: str = ""

    def counts(self) -> dict[str, int]:
        """What became of contacts and review requests, by the names that a run counts them under."""
        reviews = self.reviews.counts
        return {
            "contacts_created": self.contacts.created,
            "contacts_there": self.contacts.there,
            "contacts_stuck": self.contacts.attention,
            "contacts_unclear": self.contacts.lost,
            "reviews_sent": reviews[ReviewState.SENT],
            "reviews_not_sent": reviews[ReviewState.NOT_SENT],
            "reviews_failed": reviews[ReviewState.FAILED],
            "reviews_unclear": reviews[ReviewState.UNCLEAR],
        }

    def plain(self) -> Json:
        """As plain JSON."""
        return {
            "source": self.updates.system,
            "new_customers": self.noticed,
            "created": self.contacts.created,
            "there_already": self.contacts.there,
            "needs_attention": self.contacts.attention,
            "unclear": self.contacts.lost,
            "reviews": self.reviews.plain(),
            "stopped": self.stopped,
        }


_STOPPED = gettext_noop("%(source)s was not brought up to date: %(reason)s")
_UPDATING = gettext_noop("Updating the CRM")


def note_in_run(run: Run, reports: Sequence[CrmReport]) -> None:
    """Add to a finished sync what went back to the CRMs, and why some of it did not."""
    counts: Counter[str] = Counter()
    for report in reports:
        counts.update(report.counts())
    told = [
        Message.of(_STOPPED, source=report.updates.connection.name, reason=report.stopped).worded()
        for report in reports
        if report.stopped
    ]
    if not told and not any(counts.values()):
        return
    run.counts |= {name: number for name, number in counts.items() if number}
    run.message = run.message or " ".join(told)
    run.save(update_fields=["counts", "message"])


def update_under_lease(
    company: Company, *, turn: Turn = ENDLESS, say: Callable[[str], None] = lambda _: None
) -> list[CrmReport]:
    """Bring the CRMs of a company up to date unless another process is at work for it, which does it then."""
    if not updates_at_work(company).exists():
        return []
    with leased(company) as lease:
        if lease is None:
            return []
        say(_UPDATING)
        try:
            return update_crms(company, turn=turn, keep=lease.keep)
        except LeaseLost:
            return []


def update_crms(company: Company, *, turn: Turn = ENDLESS, keep: Callable[[], None] = lambda: None) -> list[CrmReport]:
    """Bring the CRMs of a company up to date, where their switches say so. Hold the company's lease.

    Args:
        company: Any; for one without a switch that is on nothing is asked.
        turn: How long it may take; the next round goes on.
        keep: Called between two requests, to keep the lease.
    """
    reports = [CrmReport(updates=updates) for updates in updates_at_work(company)]
    if not reports or reading_stops(company) is not None:
        return []
    changes = _changes(company, [report.updates for report in reports])
    for report in reports:
        if isinstance(changes, str):
            report.stopped = changes
        else:
            _note(report, changes, keep=keep)
        keep()
        _send(report, turn=turn, keep=keep)
        CrmUpdates.objects.filter(pk=report.updates.pk).update(stopped=report.stopped)
    return reports


def _changes(company: Company, rows: Sequence[CrmUpdates]) -> QuickBooksChanges | str:
    """What changed since the one that was read last; or why it could not be read, as a sentence."""
    connection = quickbooks_connection(company)
    if isinstance(connection, Message):
        return connection.worded()
    since = min(moment for row in rows if (moment := row.read_to or begins_at(row)))
    try:
        with open_destination(connection) as destination:
            changes = changes_since(destination, since)
    except AddressRefused as refused:
        return str(refused)
    return changes.reason if isinstance(changes, TryLater) else changes


def _note(report: CrmReport, changes: QuickBooksChanges, *, keep: Callable[[], None]) -> None:
    """Take note of what is new, and of how far QuickBooks was read, both or neither."""
    stopped = note_paying_customers(report.updates, changes.paid_invoices, keep=keep)
    if stopped is not None:
        report.stopped = stopped
        return
    with transaction.atomic():
        report.noticed = note_customers(report.updates, changes.customers)
        CrmUpdates.objects.filter(pk=report.updates.pk).update(read_to=changes.read_to)


def _send(report: CrmReport, *, turn: Turn, keep: Callable[[], None]) -> None:
    source = report.updates.connection
    writer = writer_of(source)
    if isinstance(writer, Message):
        report.stopped = report.stopped or writer.worded()
        return
    try:
        if report.updates.adds_contacts:
            report.contacts = send_contacts(source, writer, turn=turn, keep=keep)
            report.stopped = report.stopped or report.contacts.stopped
        if report.updates.asks_for_reviews and (workflows := workflows_of(writer)):
            report.reviews = send_requests(report.updates, writer, workflows, turn=turn, keep=keep)
            report.stopped = report.stopped or report.reviews.stopped
    finally:
        writer.close()
