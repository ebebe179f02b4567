"""manage.py sync: fetch, stage, prepare, push and read back, for every company that is switched on."""

from __future__ import annotations

import json
import logging
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from books.json_types import Json
from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company
from sync.before_sending import rest_left
from sync.ending import close_what_died
from sync.jobs.schedule import note_broken, note_turn
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, no_database
from sync.management.plan_words import plain_plan, tell_plan
from sync.management.progress import pushing_progress
from sync.management.sync_words import tell_causes, tell_sync
from sync.management.words import at_work
from sync.previewing.plan import approved_in
from sync.pushing.address_updates import ADDRESSES
from sync.pushing.sender import NEW_CUSTOMERS
from sync.readiness import BROKEN, BUSY, reading_stops
from sync.run import sync_company
from sync.run_approved import send_approved, would_be_sent
from sync.sync_report import SyncReport

logger = logging.getLogger(__name__)

#: What was done, and not how things are.
_DONE = ("prepared_orders", "nothing_to_post", "posted", "adopted", "updated", "voided", NEW_CUSTOMERS, ADDRESSES)

#: So long a sync waits altogether when QuickBooks asks for a moment's rest.
MAY_WAIT = 180
#: And so long while other companies wait for their turn: the company is taken up again after them.
_WITH_OTHERS = 2


class Command(CompanyCommand):
    """Sync companies with QuickBooks."""

    help = gettext_noop("Fetch, stage, prepare, push and read back, for every company that is switched on.")

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company, --dry-run, --approved, --plan, --since and --json."""
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show what would be posted; keep and send nothing")
        )
        parser.add_argument(
            "--approved", metavar="FINGERPRINT", help=_("send exactly what a dry run or a preview showed, or nothing")
        )
        parser.add_argument(
            "--plan",
            type=Path,
            metavar="FILE",
            help=_("what the dry run printed with --json, to name what came, went or changed since"),
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help=_("only orders of that day or later")
        )

    def handle(self, *, company: str | None, dry_run: bool, since: date | None, **options: Any) -> None:
        """Sync each company in turn; one that fails does not stop the next."""
        as_json = options["json"]
        self._approved = _approved(options["approved"], options["plan"], company=company, dry_run=dry_run)
        if not dry_run:
            close_what_died()
        companies = self.companies(company)
        if not companies:
            self.stderr.write(_("No company is switched on. Switch one on in its settings, then run sync again."))
            self.finish(CANNOT_RUN, {"companies": []}, as_json=as_json)
        self._may_wait = _WITH_OTHERS if len(companies) > 1 else MAY_WAIT
        results = {owner.pk: self._guarded(owner, since, as_json, dry_run) for owner in companies}
        self._may_wait = MAY_WAIT
        for owner in companies:
            if not dry_run and not self._approved and 0 < (left := rest_left(owner)) <= MAY_WAIT:
                time.sleep(left)
                results[owner.pk] = _added(results[owner.pk], self._guarded(owner, since, as_json, dry_run))
        code = max(result["exit_code"] for result in results.values())
        self.finish(code, {"companies": list(results.values())}, as_json=as_json)

    def _guarded(self, company: Company, since: date | None, as_json: bool, dry_run: bool) -> Json:
        """One company's result; what breaks there is said, and stays there."""
        try:
            return self._dry_run(company, since, as_json) if dry_run else self._sync(company, since, as_json)
        except Exception as error:
            why = no_database(error)
            if why:
                logger.error("the database cannot be used: %s", error)
            else:
                logger.exception("the sync of company %s broke", company.pk)
                if not dry_run:
                    note_broken(company, began=timezone.now(), fault=error)
            return self._cannot(company, why or BROKEN, as_json)

    def _sync(self, company: Company, since: date | None, as_json: bool) -> Json:
        began = timezone.now()
        work = partial(sync_company, company)
        if self._approved:
            fingerprint, documents = self._approved
            work = partial(send_approved, company, fingerprint, approved=documents)
        if as_json:
            report = work(since=since, may_wait=self._may_wait)
            note_turn(report, began=began)
            return report.plain()
        self.stdout.write(f"{company} ({company.slug})")
        console = Console(file=self.stdout._out)  # type: ignore[arg-type]
        with pushing_progress(company, console) as (say, observe), at_work():
            report = work(since=since, say=say, observe=observe, may_wait=self._may_wait)
        note_turn(report, began=began)
        self._tell(report)
        return report.plain()

    def _dry_run(self, company: Company, since: date | None, as_json: bool) -> Json:
        """What would be sent, with nothing kept and nothing sent."""
        stops = reading_stops(company)
        if stops is not None:
            return self._cannot(company, stops, as_json)
        with at_work():
            would = would_be_sent(company, since)
        if would is None:
            return self._cannot(company, BUSY, as_json)
        plan, notes, report = would
        if not as_json:
            tell_plan(company, plan, notes, self.stdout.write)
            tell_causes(report.causes, self.stdout.write)
        return {**report.plain(), **plain_plan(company, plan, notes)}

    def _cannot(self, company: Company, why: Message, as_json: bool) -> Json:
        report = SyncReport(company=company, cannot_run=why)
        if not as_json:
            self._tell(report)
        return report.plain()

    def _tell(self, report: SyncReport) -> None:
        tell_sync(report, self.stdout.write, refuse=self.stderr.write)


def _approved(
    fingerprint: str | None, plan: Path | None, *, company: str | None, dry_run: bool
) -> tuple[str, list[tuple[str, str, str]] | None] | None:
    """The fingerprint, and the documents of the plan's file; None where nothing was approved.

    Raises:
        CommandError: The options do not go together, or the file is no plan of the company; exit code 2.
    """
    if fingerprint is None:
        if plan is not None:
            raise CommandError(_("--plan goes with --approved FINGERPRINT."), returncode=CANNOT_RUN)
        return None
    if dry_run or not company:
        why = _("--approved sends one company's documents: name it with --company, and leave --dry-run out.")
        raise CommandError(why, returncode=CANNOT_RUN)
    if plan is None:
        return fingerprint, None
    try:
        return fingerprint, approved_in(json.loads(plan.read_text(encoding="utf-8")), company=company)
    except (OSError, ValueError) as fault:
        why = _("%(file)s is not what a dry run of %(company)s printed with --json: %(fault)s")
        named = {"file": plan, "company": company, "fault": str(fault) or type(fault).__name__}
        raise CommandError(why % named, returncode=CANNOT_RUN) from None


def _added(before: Json, after: Json) -> Json:
    """The result of a company that was taken up again: what was done in both parts, and how it is now."""
    parts = before["counts"], after["counts"]
    done = {name: sum(counts.get(name, 0) for counts in parts) for name in _DONE if any(name in part for part in parts)}
    return {**after, "counts": {**after["counts"], **done}}
