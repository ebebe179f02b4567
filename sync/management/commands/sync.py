"""manage.py sync: fetch, stage, prepare, push and read back, for every company that is switched on."""

from __future__ import annotations

import logging
import time
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console

from books.json_types import Json
from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company
from sync.before_sending import rest_left
from sync.jobs.schedule import note_broken, note_turn
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, no_database
from sync.management.progress import pushing_progress
from sync.management.sync_words import tell_causes, tell_preview, tell_sync
from sync.management.words import at_work
from sync.models import StagedOrder
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.preparing.preview import DocumentPreview, notes_of, nothing_kept, per_account, previews
from sync.pushing.address_updates import ADDRESSES
from sync.pushing.lease import leased
from sync.pushing.sender import NEW_CUSTOMERS
from sync.readiness import BROKEN, BUSY, reading_stops
from sync.run import SyncReport, count_states, sync_company

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
        """Offer --company, --dry-run, --since and --json."""
        super().add_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show what would be posted; keep and send nothing")
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help=_("only orders of that day or later")
        )

    def handle(self, *, company: str | None, dry_run: bool, since: date | None, **options: Any) -> None:
        """Sync each company in turn; one that fails does not stop the next."""
        as_json = options["json"]
        companies = self.companies(company)
        if not companies:
            self.stderr.write(_("No company is switched on. Switch one on in its settings, then run sync again."))
            self.finish(CANNOT_RUN, {"companies": []}, as_json=as_json)
        self._may_wait = _WITH_OTHERS if len(companies) > 1 else MAY_WAIT
        results = {owner.pk: self._guarded(owner, since, as_json, dry_run) for owner in companies}
        self._may_wait = MAY_WAIT
        for owner in companies:
            if not dry_run and 0 < (left := rest_left(owner)) <= MAY_WAIT:
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
                    note_broken(company, began=timezone.now())
            return self._cannot(company, why or BROKEN, as_json)

    def _sync(self, company: Company, since: date | None, as_json: bool) -> Json:
        began = timezone.now()
        if as_json:
            report = sync_company(company, since=since, may_wait=self._may_wait)
            note_turn(report, began=began)
            return report.plain()
        self.stdout.write(f"{company} ({company.slug})")
        console = Console(file=self.stdout._out)  # type: ignore[arg-type]
        with pushing_progress(company, console) as (say, observe), at_work():
            report = sync_company(company, since=since, say=say, observe=observe, may_wait=self._may_wait)
        note_turn(report, began=began)
        self._tell(report)
        return report.plain()

    def _dry_run(self, company: Company, since: date | None, as_json: bool) -> Json:
        """What would be posted, with nothing kept and nothing sent."""
        stops = reading_stops(company)
        if stops is not None:
            return self._cannot(company, stops, as_json)
        with at_work():
            would = _would_be_posted(company, since)
        if would is None:
            return self._cannot(company, BUSY, as_json)
        documents, notes, report = would
        moved = per_account(documents)
        if not as_json:
            tell_preview(company, documents, notes, self.stdout.write)
            tell_causes(report.causes, self.stdout.write)
        return {
            **report.plain(),
            "dry_run": True,
            "documents": [document.plain() for document in documents],
            **_accounts(moved, company.home_currency),
            "notes": [{"order": number, "note": note} for number, note in notes],
        }

    def _cannot(self, company: Company, why: Message, as_json: bool) -> Json:
        report = SyncReport(company=company, cannot_run=why)
        if not as_json:
            self._tell(report)
        return report.plain()

    def _tell(self, report: SyncReport) -> None:
        tell_sync(report, self.stdout.write, refuse=self.stderr.write)


def _would_be_posted(
    company: Company, since: date | None
) -> tuple[list[DocumentPreview], list[tuple[str, str]], SyncReport] | None:
    """The documents, the notes on their orders and how all is; None while another sync is at work.

    That one would have to wait, and its documents under way would be told of.
    """
    with leased(company) as lease, nothing_kept():
        if lease is None:
            return None
        prepare_new(company, since=since)
        stuck = StagedOrder.objects.filter(company=company, documents__state__in=("blocked", "refused")).distinct()
        prepare_orders(company, stuck.order_by("pk"))
        report = SyncReport(company=company)
        count_states(company, report)
        return list(previews(company)), notes_of(company), report


def _accounts(moved: dict[tuple[str, str], Decimal], home: str) -> Json:
    """What moves on each account in the home currency and, apart from it, in each other one; amounts are text."""
    by_currency: dict[str, dict[str, str]] = {home: {}}
    for (currency, path), amount in moved.items():
        by_currency.setdefault(currency, {})[path] = str(amount)
    return {"accounts": by_currency.pop(home), "accounts_in_other_currencies": by_currency}


def _added(before: Json, after: Json) -> Json:
    """The result of a company that was taken up again: what was done in both parts, and how it is now."""
    parts = before["counts"], after["counts"]
    done = {name: sum(counts.get(name, 0) for counts in parts) for name in _DONE if any(name in part for part in parts)}
    return {**after, "counts": {**after["counts"], **done}}
