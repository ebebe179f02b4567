"""Whose turn is it? The company's that has waited longest, of those that are due.

One that could not be reached waits longer each time, so that it holds up no other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from books.messages import Message
from companies.database_faults import database_fault
from companies.models import Company
from sync.crm.switches import updates_at_work
from sync.database_clock import shared_now
from sync.models import QUICKBOOKS_ONLINE, CompanySchedule, Connection, WebhookEvent
from sync.pushing.claims import LONGEST, rests
from sync.readiness import BROKEN, companies_to_sync
from sync.sync_report import SyncReport

#: No company waits longer for its turn, whatever went wrong before.
MOST = timedelta(hours=1)
#: Another process was at work for the company: it is looked at again after that.
_BUSY = timedelta(seconds=30)
_MOST_DOUBLED = 6
#: What was just told of may be readable a moment later, and more may be told of at once.
_SETTLES = timedelta(seconds=2)
#: However much is told, between two turns are so many seconds.
_APART = timedelta(minutes=1)
#: A turn that is so late is not coming by itself.
LATE = timedelta(minutes=2)
#: A company that adds contacts to a CRM is served so often at least: a contact is there within five minutes.
CRM_EVERY = timedelta(minutes=3)


def due_companies(now: datetime) -> list[int]:
    """The numbers of the companies whose turn it is, the longest not served first."""
    # A moment far ahead was written by a clock that ran ahead, and says nothing
    due = Q(schedule=None) | Q(schedule__due_at__lte=now) | Q(schedule__due_at__gt=now + MOST + LONGEST)
    longest_first = F("schedule__served_at").asc(nulls_first=True)
    return list(companies_to_sync().filter(due).order_by(longest_first, "pk").values_list("pk", flat=True))


def note_begun(company: Company, *, began: datetime) -> None:
    """Write down that a turn begins: a company whose turn ends the whole process is not the next one again."""
    values = {"served_at": began, "due_at": began + waits(_failures(company))}
    if not CompanySchedule.objects.filter(company=company).update(**values):
        CompanySchedule.objects.update_or_create(company=company, defaults=values)


def note_turn(report: SyncReport, *, began: datetime) -> None:
    """Write down what a turn came to, and when the company is due again."""
    company = report.company
    why = report.cannot_run.worded() if report.cannot_run else report.stopped
    resting = rests(company)
    failed = bool(why) and not (resting or report.overlaps)
    failures = _failures(company) + 1 if failed else 0
    _note(company, began=began, failures=failures, message=why, due_at=_due(report, began, failures, resting))
    if not (failed or resting):
        _note_told(company, began=began)


def note_broken(company: Company, *, began: datetime, fault: Exception | None = None) -> None:
    """Write down that a turn broke: because the database was away for a moment, or because of a defect."""
    failures = _failures(company) + 1
    due_at = began + waits(failures)
    away = database_fault(fault)
    message = Message(sentence=away.sentence, cure=f"{away.cure} {away.safe}") if away else BROKEN
    _note(company, began=began, failures=failures, message=message.worded(), due_at=due_at)


def waits(failures: int) -> timedelta:
    """How long from one turn to the next, after so many in a row that came to nothing."""
    usual = timedelta(minutes=settings.TIEOUT_SYNC_MINUTES)
    doubled: timedelta = usual * 2 ** min(max(failures - 1, 0), _MOST_DOUBLED)
    return doubled if doubled <= MOST else max(usual, MOST)


def wakes_at(served_at: datetime | None, *, now: datetime) -> datetime:
    """When a company has a turn because something was told of it.

    Args:
        served_at: When its last turn began or ended; None when it never had one.
        now: The present moment.
    """
    soon = now + _SETTLES
    # A moment in the future was written by a clock that ran ahead
    return soon if served_at is None or served_at > now else max(soon, served_at + _APART)


def _note_told(company: Company, *, began: datetime) -> None:
    """What was told of while the turn lasted may have come too late for it.

    It is looked for when the next turn is noted already: what is told of after that moves the next turn itself.
    """
    told = WebhookEvent.objects.filter(connection__company=company, received_at__gte=began)
    if told.exists():
        now = shared_now()
        at = wakes_at(now, now=now)
        CompanySchedule.objects.filter(company=company, due_at__gt=at).update(due_at=at)


def _due(report: SyncReport, began: datetime, failures: int, resting: bool) -> datetime:
    if report.more:
        return shared_now()
    if report.overlaps:
        return shared_now() + _BUSY
    due = began + waits(failures)
    if not failures and updates_at_work(report.company).exists():
        due = min(due, began + CRM_EVERY)
    if not resting:
        return due
    until = Connection.objects.filter(company=report.company, system=QUICKBOOKS_ONLINE).values_list(
        "resting_until", flat=True
    )
    return until.first() or due


def _failures(company: Company) -> int:
    return CompanySchedule.objects.filter(company=company).values_list("failures", flat=True).first() or 0


def _note(company: Company, *, began: datetime, failures: int, message: str, due_at: datetime) -> None:
    now = shared_now()
    values = {
        "served_at": now, "took": (now - began).total_seconds(), "due_at": due_at,
        "failures": failures, "message": message,
    }  # fmt: skip
    if not CompanySchedule.objects.filter(company=company).update(**values):
        CompanySchedule.objects.update_or_create(company=company, defaults=values)
