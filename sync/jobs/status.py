"""How is the installation doing: who works, what waits, which company is behind, and how much of a plan is used?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import connection
from django.db.models import Count, Min

from books.documents import NewCustomer
from books.json_types import Json
from companies.models import Company
from sync.database_clock import shared_now
from sync.jobs.queue import DEAD_AFTER, has_queue
from sync.models import (
    QUICKBOOKS_ONLINE,
    CompanyLease,
    CompanySchedule,
    Connection,
    CountedKind,
    Document,
    DocumentState,
    RequestCount,
    StagedOrder,
)
from sync.readiness import companies_to_sync

#: Reads a month, of all companies of an app together, that Intuit's first plan allows. Writes are not metered.
FREE_READS = 500_000
_WORKERS = "SELECT id, extract(epoch FROM now() - last_heartbeat) FROM procrastinate_workers ORDER BY id"
_QUEUE = """
    SELECT job.task_name, count(DISTINCT job.id) FILTER (WHERE job.status = 'todo'),
           count(DISTINCT job.id) FILTER (WHERE job.status = 'doing'),
           count(DISTINCT job.id) FILTER (WHERE job.status = 'failed'),
           min(event.at) FILTER (WHERE job.status = 'todo')
      FROM procrastinate_jobs job
      LEFT JOIN procrastinate_events event ON event.job_id = job.id AND event.type = 'deferred'
     WHERE job.task_name NOT IN ('enqueue-due', 'rescue')
     GROUP BY job.task_name ORDER BY job.task_name
"""
#: What goes out without a person, and has not arrived.
_ON_ITS_WAY = (DocumentState.READY, DocumentState.SENDING, DocumentState.UNKNOWN)


class Condition(StrEnum):
    """How a company is doing."""

    FAILING = "failing"
    RESTING = "resting"
    AT_WORK = "at-work"
    WAITING = "waiting"
    UP_TO_DATE = "up-to-date"


@dataclass(frozen=True, kw_only=True)
class WorkerSeen:
    """A worker process."""

    number: int
    #: Seconds since it last said that it is alive.
    silent: float

    @property
    def alive(self) -> bool:
        """Whether it takes jobs."""
        return self.silent <= DEAD_AFTER


@dataclass(frozen=True, kw_only=True)
class JobsOf:
    """The jobs of one kind."""

    task: str
    waiting: int
    at_work: int
    failed: int
    #: When the oldest of those that wait was put in.
    oldest: datetime | None


@dataclass(frozen=True, kw_only=True)
class CompanyStatus:
    """One company that the scheduler serves."""

    slug: str
    name: str
    condition: Condition
    posts_automatically: bool
    #: Documents that wait to be posted, new customers aside, and since when the oldest of them waits.
    to_post: int
    oldest: datetime | None
    #: Orders that wait to be prepared.
    to_prepare: int
    served_at: datetime | None
    due_at: datetime | None
    #: Why the last turn came to nothing.
    message: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """All of it, at one moment."""

    at: datetime
    #: None where there is no queue: on SQLite.
    workers: tuple[WorkerSeen, ...] | None
    queue: tuple[JobsOf, ...]
    companies: tuple[CompanyStatus, ...]
    #: What was asked of QuickBooks this month.
    requests: MonthOfRequests

    @property
    def abandoned(self) -> bool:
        """Whether jobs wait and no worker is alive."""
        waits = any(jobs.waiting or jobs.at_work for jobs in self.queue)
        return waits and not any(worker.alive for worker in self.workers or ())

    @property
    def exit_code(self) -> int:
        """1 when a company cannot be served or nobody works at the queue, else 0."""
        failing = any(company.condition == Condition.FAILING for company in self.companies)
        return 1 if failing or self.abandoned else 0

    def plain(self) -> Json:
        """As plain JSON."""
        month = self.requests
        return {
            "at": self.at,
            "workers": None if self.workers is None else [{**asdict(row), "alive": row.alive} for row in self.workers],
            "queue": [asdict(row) for row in self.queue],
            "companies": [asdict(row) for row in self.companies],
            "requests": {
                "month": month.month,
                "companies": [asdict(row) for row in month.companies],
                "metered": month.metered,
                "share": round(month.share, 4),
            },
            "abandoned": self.abandoned,
            "exit_code": self.exit_code,
        }


def read_status() -> Status:
    """Read it, with a fixed number of queries."""
    now = shared_now()
    return Status(
        at=now, workers=_workers(), queue=_queue(), companies=_companies(now), requests=requests_in(now.date())
    )


def _workers() -> tuple[WorkerSeen, ...] | None:
    if not has_queue():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WORKERS)
        return tuple(WorkerSeen(number=number, silent=round(float(silent), 1)) for number, silent in cursor.fetchall())


def _queue() -> tuple[JobsOf, ...]:
    if not has_queue():
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE)
        rows = cursor.fetchall()
    return tuple(
        JobsOf(task=task, waiting=waiting, at_work=at_work, failed=failed, oldest=oldest)
        for task, waiting, at_work, failed, oldest in rows
    )


def _companies(now: datetime) -> tuple[CompanyStatus, ...]:
    """Those that need attention first, then those whose oldest document has waited longest."""
    companies = list(companies_to_sync())
    numbers = [company.pk for company in companies]
    schedules = CompanySchedule.objects.in_bulk(numbers)
    logins = Connection.objects.filter(company__in=numbers, system=QUICKBOOKS_ONLINE, resting_until__gt=now)
    resting = set(logins.values_list("company", flat=True))
    at_work = set(CompanyLease.objects.filter(company__in=numbers, until__gt=now).values_list("company", flat=True))
    waiting = _documents(numbers)
    unprepared = StagedOrder.objects.filter(company__in=numbers, to_prepare=True).values("company")
    to_prepare = dict(unprepared.annotate(number=Count("pk")).values_list("company", "number"))

    def row_of(company: Company) -> CompanyStatus:
        schedule = schedules.get(company.pk)
        number, oldest = waiting.get(company.pk, (0, None))
        unread = to_prepare.get(company.pk, 0)
        if company.pk in resting:
            condition = Condition.RESTING
        elif schedule and schedule.failures:
            condition = Condition.FAILING
        elif company.pk in at_work:
            condition = Condition.AT_WORK
        else:
            condition = Condition.WAITING if number or unread else Condition.UP_TO_DATE
        return CompanyStatus(
            slug=company.slug, name=company.name, condition=condition, posts_automatically=company.posts_automatically,
            to_post=number, oldest=oldest, to_prepare=unread,
            served_at=schedule.served_at if schedule else None, due_at=schedule.due_at if schedule else None,
            message=schedule.message if schedule else "",
        )  # fmt: skip

    rows = [row_of(company) for company in companies]
    return tuple(sorted(rows, key=lambda row: (row.condition != Condition.FAILING, row.oldest or now, row.name)))


def _documents(companies: list[int]) -> dict[int, tuple[int, datetime]]:
    rows = Document.objects.filter(company__in=companies, state__in=_ON_ITS_WAY).exclude(kind=NewCustomer.kind)
    counted = rows.order_by().values("company").annotate(number=Count("pk"), oldest=Min("created_at"))
    return {row["company"]: (row["number"], row["oldest"]) for row in counted}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Requests of one kind to one company in one month."""

    company: str
    #: Of a program of ours or in Intuit's sandbox, which are not metered.
    is_rehearsal: bool
    kind: CountedKind
    requests: int


@dataclass(frozen=True, kw_only=True)
class CompanyRequests:
    """What one company asked in a month."""

    company: str
    is_rehearsal: bool
    reads: int
    writes: int
    batches: int


@dataclass(frozen=True, kw_only=True)
class MonthOfRequests:
    """What all companies of the installation asked in a month, most reads first."""

    month: date
    companies: tuple[CompanyRequests, ...]

    @property
    def metered(self) -> int:
        """Reads that Intuit counts."""
        return sum(row.reads for row in self.companies if not row.is_rehearsal)

    @property
    def share(self) -> float:
        """The part of Intuit's first plan that is used, 1 for all of it."""
        return self.metered / FREE_READS


def summary_of(month: date, counts: Iterable[Counted]) -> MonthOfRequests:
    """What a month's counts come to.

    Args:
        month: Its first day.
        counts: In any order, several of one company.
    """
    numbers: dict[tuple[str, bool], dict[CountedKind, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts:
        numbers[row.company, row.is_rehearsal][row.kind] += row.requests
    companies = (
        CompanyRequests(
            company=company,
            is_rehearsal=is_rehearsal,
            reads=kinds[CountedKind.READ],
            writes=kinds[CountedKind.WRITE],
            batches=kinds[CountedKind.BATCH],
        )
        for (company, is_rehearsal), kinds in numbers.items()
    )
    return MonthOfRequests(month=month, companies=tuple(sorted(companies, key=lambda row: (-row.reads, row.company))))


def requests_in(month: date) -> MonthOfRequests:
    """What all companies asked in the month of a day; one query."""
    first = month.replace(day=1)
    rows = RequestCount.objects.filter(month=first).select_related("company")
    return summary_of(
        first,
        [
            Counted(
                company=row.company.name,
                is_rehearsal=row.company.is_rehearsal,
                kind=CountedKind(row.kind),
                requests=row.requests,
            )
            for row in rows
        ],
    )
