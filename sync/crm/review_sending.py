"""How does a review request reach the CRM, once and never twice?

What is sent is committed first, so that a process that dies leaves a request of which no one knows what became of it:
it is never repeated by itself. That no contact gets a second one is held by the database too.

Source:
    docs/decisions/0064-review-requests.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from sync.crm.base import CrmRefusal, CrmWriter, FoundContact
from sync.crm.highlevel_workflows import Added, HighLevelWorkflows
from sync.models import (
    OPEN_CONTACT_STATES,
    CrmContact,
    CrmUpdates,
    ReviewCause,
    ReviewRequest,
    ReviewState,
)
from sync.turn import ENDLESS, Turn

_UNPUBLISHED = gettext_noop(
    "The workflow “%(workflow)s” is not published in HighLevel any more, so no review request is sent."
)
_CHOOSE = gettext_noop("Publish it there again, or choose another workflow at Review requests.")
#: A request that was committed so long ago and has no answer was left by a process that died.
_DIES_AFTER = timedelta(minutes=3)


@dataclass(kw_only=True)
class ReviewReport:
    """What became of the requests of one source."""

    #: By outcome, how many.
    counts: Counter[str] = field(default_factory=Counter)
    #: Why it ended early, as a sentence; empty when it did not.
    stopped: str = ""

    @property
    def need_a_person(self) -> int:
        """How many a person has to decide about."""
        return self.counts[ReviewState.FAILED] + self.counts[ReviewState.UNCLEAR]

    def plain(self) -> Json:
        """As plain JSON."""
        told = (ReviewState.SENT, ReviewState.NOT_SENT, ReviewState.FAILED, ReviewState.UNCLEAR)
        return {state.value.replace("-", "_"): self.counts[state] for state in told}


@dataclass(frozen=True, kw_only=True)
class _NotSent:
    """Why there is no one to send it to."""

    cause: ReviewCause


def note_unclear(connection: int, *, now: datetime) -> int:
    """Requests that a process left when it died are unclear; returns how many there were."""
    left = ReviewRequest.objects.filter(connection=connection, state=ReviewState.SENDING, sent_at__lt=now - _DIES_AFTER)
    return left.update(state=ReviewState.UNCLEAR, cause=ReviewCause.NO_ANSWER, settled_at=now)


def send_requests(
    updates: CrmUpdates,
    writer: CrmWriter,
    workflows: HighLevelWorkflows,
    *,
    turn: Turn = ENDLESS,
    keep: Callable[[], None] = lambda: None,
) -> ReviewReport:
    """Send every request that waits.

    Args:
        updates: The switches of the source.
        writer: Finds contacts there.
        workflows: Of the same account.
        turn: How long it may take; the next round goes on.
        keep: Called before each, to keep the lease.
    """
    report = ReviewReport()
    report.counts[ReviewState.UNCLEAR] += note_unclear(updates.connection_id, now=timezone.now())
    waiting = list(_waiting(updates))
    if not waiting:
        return report
    if stopped := _workflow_is_gone(updates, workflows):
        report.stopped = stopped
        return report
    for request in waiting:
        if turn.is_over():
            break
        keep()
        outcome = _sent(request, updates, writer, workflows)
        if isinstance(outcome, TryLater):
            report.stopped = outcome.reason
            return report
        report.counts[outcome] += 1
    return report


def _waiting(updates: CrmUpdates) -> QuerySet[ReviewRequest]:
    """Those that can go now: a customer that is about to become a contact is waited for."""
    rows = ReviewRequest.objects.filter(connection=updates.connection_id, state=ReviewState.WAITING)
    if updates.adds_contacts:
        coming = CrmContact.objects.filter(connection=updates.connection_id, state__in=OPEN_CONTACT_STATES)
        rows = rows.exclude(customer_id__in=coming.values("customer_id"))
    return rows.order_by("pk")


def _workflow_is_gone(updates: CrmUpdates, workflows: HighLevelWorkflows) -> str:
    published = workflows.published()
    if isinstance(published, TryLater):
        return published.reason
    if isinstance(published, CrmRefusal):
        return published.message.worded()
    if any(workflow.id == updates.workflow_id for workflow in published):
        return ""
    return Message.of(_UNPUBLISHED, _CHOOSE, workflow=updates.workflow_name).worded()


def _sent(
    request: ReviewRequest, updates: CrmUpdates, writer: CrmWriter, workflows: HighLevelWorkflows
) -> ReviewState | TryLater:
    """Send one request; what became of it, which is kept, or why none can be sent for now."""
    contact = _contact_of(request, writer)
    if isinstance(contact, FoundContact):
        may = workflows.may_be_disturbed(contact.id)
        if isinstance(may, TryLater):
            return may
        if isinstance(may, CrmRefusal):
            return TryLater(reason=may.message.worded(), wait=60)
        if not may:
            contact = _NotSent(cause=ReviewCause.NO_CONTACT if may is None else ReviewCause.DO_NOT_DISTURB)
    if isinstance(contact, TryLater):
        return contact
    if isinstance(contact, _NotSent):
        return _settled(request, ReviewState.NOT_SENT, contact.cause, was=ReviewState.WAITING)
    kept = claim(request, contact.id)
    if kept is not None:
        return kept
    outcome = workflows.add(contact.id, updates.workflow_id)
    match outcome:
        case Added():
            return _settled(request, ReviewState.SENT)
        case CrmRefusal():
            return _settled(request, ReviewState.FAILED, ReviewCause.REFUSED, told=outcome.message.worded())
        case Unknown():
            return _settled(request, ReviewState.UNCLEAR, ReviewCause.NO_ANSWER)
    _settled(request, ReviewState.WAITING)
    return outcome


def _contact_of(request: ReviewRequest, writer: CrmWriter) -> FoundContact | _NotSent | TryLater:
    """The one contact of a customer: the one that Tieout made of it, else the one with its email."""
    made = CrmContact.objects.filter(connection=request.connection_id, customer_id=request.customer_id)
    known = made.exclude(contact_id="").first()
    if known:
        return FoundContact(id=known.contact_id, name=known.name, email=known.email)
    emails = [email.strip() for email in request.email.split(",") if email.strip()]
    if not emails:
        return _NotSent(cause=ReviewCause.NO_EMAIL)
    found: dict[str, FoundContact] = {}
    for email in emails:
        contacts = writer.find_contacts(email=email, phone="")
        if isinstance(contacts, TryLater):
            return contacts
        found |= {contact.id: contact for contact in contacts}
    if len(found) > 1:
        return _NotSent(cause=ReviewCause.SEVERAL_CONTACTS)
    return next(iter(found.values()), None) or _NotSent(cause=ReviewCause.NO_CONTACT)


def claim(request: ReviewRequest, contact_id: str) -> ReviewState | None:
    """Commit that a request is sent now, if it still waits and the switch is still on.

    Returns:
        None where it is the caller's to send; else the state that it has, and nothing is to be sent.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            updates = CrmUpdates.objects.select_for_update().get(connection=request.connection_id)
            row = ReviewRequest.objects.select_for_update().get(pk=request.pk)
            if row.state != ReviewState.WAITING or not updates.asks_for_reviews or updates.reviews_from is None:
                return ReviewState(row.state)
            if not row.by_hand and (row.paid_at is None or row.paid_at < updates.reviews_from):
                row.state, row.cause, row.settled_at = ReviewState.NOT_SENT, ReviewCause.PAID_BEFORE, now
                row.save()
                return ReviewState.NOT_SENT
            row.state, row.cause, row.told = ReviewState.SENDING, ReviewCause.NONE, ""
            row.contact_id, row.sent_at, row.settled_at = contact_id, now, None
            row.workflow_id, row.workflow_name = updates.workflow_id, updates.workflow_name
            row.tries += 1
            row.save()
    except IntegrityError:  # another customer of QuickBooks is the same contact
        return _settled(request, ReviewState.NOT_SENT, ReviewCause.ASKED_ALREADY, was=ReviewState.WAITING)
    return None


def _settled(
    request: ReviewRequest,
    state: ReviewState,
    cause: ReviewCause = ReviewCause.NONE,
    *,
    told: str = "",
    was: ReviewState = ReviewState.SENDING,
) -> ReviewState:
    """Keep what became of a request; what another process has settled meanwhile stays."""
    rows = ReviewRequest.objects.filter(Q(state=was), pk=request.pk)
    settled_at = None if state is ReviewState.WAITING else timezone.now()
    rows.update(state=state, cause=cause, told=told[:500], settled_at=settled_at)
    return state
