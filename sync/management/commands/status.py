"""manage.py status: who works, what waits in the queue, and which company is behind?"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.stored_texts import retold
from sync.jobs.status import CompanyStatus, Condition, JobsOf, Status, read_status
from sync.management.guarded_command import GuardedCommand
from sync.management.words import counted, number

_WORDS = {
    Condition.FAILING: gettext_noop("cannot be served"),
    Condition.RESTING: gettext_noop("QuickBooks asked Tieout to wait"),
    Condition.AT_WORK: gettext_noop("at work"),
    Condition.WAITING: gettext_noop("waiting for its turn"),
    Condition.UP_TO_DATE: gettext_noop("up to date"),
}


class Command(GuardedCommand):
    """Say how the installation is doing."""

    help = gettext_noop(
        "Say which workers are alive, what is in their queue, and which companies are behind or cannot be served."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --json."""
        parser.add_argument("--json", action="store_true", help=_("print one JSON object instead of words"))

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
            self.stdout.write(_("Workers: none on SQLite; a timer runs sync."))
        else:
            alive = sum(worker.alive for worker in status.workers)
            self.stdout.write(counted("%(n)s worker alive", "%(n)s workers alive", alive))
        for jobs in status.queue:
            self.stdout.write(f"  {_jobs_words(jobs, status.at)}")
        if status.abandoned:
            self.stderr.write(_("Jobs wait and no worker is alive. Start one: manage.py worker."))
        month = status.requests
        reads = counted(
            "%(n)s metered read of QuickBooks in %(month)s, %(share)s of Intuit's first plan",
            "%(n)s metered reads of QuickBooks in %(month)s, %(share)s of Intuit's first plan",
            month.metered,
            month=date_format(month.month, "F"),
            share=_percent(month.share),
        )
        self.stdout.write(reads)
        self.stdout.write(counted("%(n)s company", "%(n)s companies", len(status.companies)))
        for company in status.companies:
            self._tell_company(company, status.at)

    def _tell_company(self, company: CompanyStatus, now: datetime) -> None:
        served = _("not served yet")
        if company.served_at:
            served = _("served %(span)s ago") % {"span": _span(now - company.served_at)}
        self.stdout.write(f"  {company.name} ({company.slug}): {_(_WORDS[company.condition])}, {served}")
        if company.to_post and company.oldest:
            to_post = counted(
                "%(n)s document waits to be posted, the oldest for %(span)s",
                "%(n)s documents wait to be posted, the oldest for %(span)s",
                company.to_post,
                span=_span(now - company.oldest),
            )
            self.stdout.write(f"    {to_post}")
        if company.to_prepare:
            to_prepare = counted(
                "%(n)s order waits to be prepared", "%(n)s orders wait to be prepared", company.to_prepare
            )
            self.stdout.write(f"    {to_prepare}")
        if company.message:
            self.stdout.write(f"    {retold(company.message)}")


def _jobs_words(jobs: JobsOf, now: datetime) -> str:
    """The jobs of one kind; the kind is named as the log names it."""
    words = _("%(task)s: %(at_work)s at work, %(waiting)s waiting") % {
        "task": jobs.task,
        "at_work": number(jobs.at_work),
        "waiting": number(jobs.waiting),
    }
    if jobs.oldest:
        words += _(", the oldest for %(span)s") % {"span": _span(now - jobs.oldest)}
    return words + (_(", %(failed)s failed") % {"failed": number(jobs.failed)} if jobs.failed else "")


def _percent(share: float) -> str:
    return f"{number_format(Decimal(f'{share * 100:.1f}'), decimal_pos=1, use_l10n=True)}%"


def _span(span: timedelta) -> str:
    """Roughly how long: 40 s, 12 min, 3 h, 5 days."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 120:
        return _("%(seconds)d s") % {"seconds": seconds}
    if seconds < 2 * 3600:
        return _("%(minutes)d min") % {"minutes": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(hours)d h") % {"hours": seconds // 3600}
    return counted("%(n)s day", "%(n)s days", seconds // 86400)
