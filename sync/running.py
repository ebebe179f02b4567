"""One company from one end to the other: refresh the lists, prepare, push, and say what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from books.money import money_text
from books.problems import PROBLEMS
from mapping.models import Company
from sync.destinations.base import Destination
from sync.leasing import leased
from sync.loading import refresh_and_prepare
from sync.models import Document, DocumentProblem, DocumentState, Run, RunKind, RunState
from sync.preparing import PrepareCounts, prepare_new
from sync.pushing import Observer, Pusher, ready_documents
from sync.resync import finish_resyncs
from sync.switching import BUSY, NO_LISTS, CannotRun, destination_of

#: Lists older than this are read again before documents are prepared.
LISTS_LAST = timedelta(hours=1)

Say = Callable[[str], None]


@dataclass(kw_only=True)
class SyncReport:
    """What one company's sync came to."""

    company: Company
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: Open causes: title, how many documents, how much money.
    causes: list[dict[str, Any]] = field(default_factory=list)
    cannot_run: CannotRun | None = None
    #: Why pushing stopped early; empty when it did not.
    stopped: str = ""

    @property
    def exit_code(self) -> int:
        """0 when all is done, 1 when something is blocked, refused or unclear, 2 when it could not run."""
        if self.cannot_run:
            return 2
        stuck = ("blocked", "refused", "unknown", "differs")
        return 1 if self.stopped or any(self.counts.get(name) for name in stuck) else 0

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "company": self.company.slug,
            "counts": dict(self.counts),
            "causes": self.causes,
            "cannot_run": self.cannot_run.worded() if self.cannot_run else "",
            "stopped": self.stopped,
            "exit_code": self.exit_code,
        }


def sync_company(
    company: Company,
    *,
    since: date | None = None,
    by: Any = None,
    say: Say = lambda _: None,
    observe: Observer = lambda *_: None,
) -> SyncReport:
    """Sync one company, as the scheduler does.

    Args:
        company: A company that is switched on.
        since: Prepare only orders of that day or later; what is ready already is pushed all the same.
        by: The person who asked; None for the scheduler.
        say: Told what is being done, in words.
        observe: Told each step of each push.
    """
    report = SyncReport(company=company)
    destination = _ready_destination(company, say)
    if isinstance(destination, CannotRun):
        report.cannot_run = destination
        return report
    finish_resyncs(company)
    with leased(company) as lease:
        if lease is None:
            report.cannot_run = BUSY
            return report
        run = Run.objects.create(company=company, kind=RunKind.SYNC, asked_by=by)
        try:
            say("Preparing")
            _count_prepared(report, prepare_new(company, since=since))
            if company.posts_automatically:
                say("Pushing")
                pusher = Pusher(company=company, destination=destination, lease=lease, by=by, observe=observe)
                pushed = pusher.push()
                report.stopped = pushed.stopped
                for name, number in pushed.outcomes.items():
                    report.counts[name] += number
        except BaseException as fault:
            _finish(run, report, RunState.FAILED, f"{type(fault).__name__}: {fault}")
            raise
        count_states(company, report)
        _finish(run, report, RunState.FINISHED, report.stopped)
    return report


def _ready_destination(company: Company, say: Say) -> Destination | CannotRun:
    """The destination, after its lists were read again if they are old."""
    destination = destination_of(company)
    connection = company.connections.filter(system="quickbooks-online").first()
    fresh = timezone.now() - LISTS_LAST
    old = connection is not None and (connection.lists_refreshed_at is None or connection.lists_refreshed_at < fresh)
    if destination is not NO_LISTS and (isinstance(destination, CannotRun) or not old):
        return destination
    say("Reading the lists of QuickBooks")
    refreshed = refresh_and_prepare(company)
    return CannotRun(sentence=refreshed.failed, cure="") if refreshed.failed else destination_of(company)


def _count_prepared(report: SyncReport, counts: PrepareCounts) -> None:
    report.counts["prepared_orders"] = counts.orders
    report.counts["nothing_to_post"] = counts.nothing_to_post


def count_states(company: Company, report: SyncReport) -> None:
    """What stands where now, and which causes are open."""
    rows = Document.objects.filter(company=company).values("state").annotate(number=Count("pk"))
    waiting = {DocumentState.POSTED.value, DocumentState.IGNORED.value}
    for row in rows:
        if row["state"] not in waiting:
            report.counts[row["state"]] = row["number"]
    report.counts["ready_now"] = ready_documents(company).count()
    report.causes = open_causes(company)


def open_causes(company: Company) -> list[dict[str, Any]]:
    """Every open cause with how many documents and how much money it blocks, most money first."""
    rows = (
        DocumentProblem.objects.filter(company=company)
        .exclude(document__state=DocumentState.IGNORED)
        .values("cause", "code")
        .annotate(documents=Count("document_id"), money=Sum("document__total"))
        .order_by("-money", "cause")
    )
    first = {one.cause: one for one in DocumentProblem.objects.filter(company=company).order_by("-pk")[:5000]}
    return [
        {
            "code": row["code"],
            "title": PROBLEMS[row["code"]].title,
            "explanation": first[row["cause"]].read().explain() if row["cause"] in first else "",
            "documents": row["documents"],
            "money": money_text(row["money"], company.home_currency),
        }
        for row in rows
    ]


def _finish(run: Run, report: SyncReport, state: RunState, message: str) -> None:
    run.state, run.message, run.counts, run.finished_at = state, message, dict(report.counts), timezone.now()
    run.save()
