"""manage.py status: who works, what waits in the queue, and which company is behind?"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from sync.jobs.status import CompanyStatus, Condition, Status, read_status
from sync.management.counted import counted
from sync.management.guarded_command import GuardedCommand

_WORDS = {
    Condition.FAILING: "cannot be served",
    Condition.RESTING: "QuickBooks asked to be left alone for a while",
    Condition.AT_WORK: "at work",
    Condition.WAITING: "waiting for its turn",
    Condition.UP_TO_DATE: "up to date",
}


class Command(GuardedCommand):
    """Say how the installation is doing."""

    help = "Say which workers are alive, what is in their queue, and which companies are behind or cannot be served."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    def handle(self, **options: object) -> None:
        """Read and say it; 0 when all is well, 1 when a company cannot be served or nobody works at the queue."""
        status = read_status()
        if options["json"]:
            self.stdout.write(json.dumps(status.plain(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        else:
            self._tell(status)
        if status.exit_code:
            sys.exit(status.exit_code)

    def _tell(self, status: Status) -> None:
        if status.workers is None:
            self.stdout.write("Workers: none on SQLite; a timer runs sync.")
        else:
            alive = sum(worker.alive for worker in status.workers)
            self.stdout.write(f"{counted(alive, 'worker')} alive")
        for jobs in status.queue:
            age = f", the oldest for {_ago(status.at - jobs.oldest)}" if jobs.oldest else ""
            failed = f", {jobs.failed:,} failed" if jobs.failed else ""
            self.stdout.write(f"  {jobs.task}: {jobs.at_work:,} at work, {jobs.waiting:,} waiting{age}{failed}")
        if status.abandoned:
            self.stderr.write("Jobs wait and no worker is alive. Start one: manage.py worker.")
        month = status.requests
        reads = counted(month.metered, "metered read")
        self.stdout.write(f"{reads} of QuickBooks in {month.month:%B}, {month.share:.1%} of Intuit's first plan")
        self.stdout.write(f"{counted(len(status.companies), 'company', 'companies')}")
        for company in status.companies:
            self._tell_company(company, status.at)

    def _tell_company(self, company: CompanyStatus, now: datetime) -> None:
        served = f"served {_ago(now - company.served_at)} ago" if company.served_at else "not served yet"
        self.stdout.write(f"  {company.name} ({company.slug}): {_WORDS[company.condition]}, {served}")
        if company.to_post and company.oldest:
            what = counted(company.to_post, "document waits", "documents wait")
            self.stdout.write(f"    {what} to be posted, the oldest for {_ago(now - company.oldest)}")
        if company.to_prepare:
            self.stdout.write(f"    {counted(company.to_prepare, 'order waits', 'orders wait')} to be prepared")
        if company.message:
            self.stdout.write(f"    {company.message}")


def _ago(span: timedelta) -> str:
    """Roughly how long: 40 s, 12 min, 3 h, 5 days."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86400} days"
