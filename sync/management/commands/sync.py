"""manage.py sync: fetch, stage, prepare, push and read back, for every company that is switched on."""

from __future__ import annotations

import logging
import time
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from rich.console import Console

from books.documents import FORMS
from books.json_types import Json
from books.messages import Message
from books.money import money_text
from companies.models import Company
from sync.before_sending import rest_left
from sync.jobs.schedule import note_broken, note_turn
from sync.management.company_command import CompanyCommand
from sync.management.counted import counted
from sync.management.fetches import tell_crm, tell_fetch
from sync.management.guarded_command import CANNOT_RUN, no_database
from sync.management.progress import pushing_progress
from sync.management.review_words import tell_reviews
from sync.models import StagedOrder
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.preparing.preview import notes_of, nothing_kept, per_account, previews
from sync.pushing.address_updates import ADDRESSES
from sync.pushing.lease import leased
from sync.pushing.sender import NEW_CUSTOMERS
from sync.readiness import BROKEN, BUSY, IN_SETUP, reading_stops
from sync.run import MOST_CAUSES, SyncReport, count_states, open_causes, sync_company

logger = logging.getLogger(__name__)

_WORDS = {
    "posted": "posted",
    "adopted": "found in QuickBooks already",
    "updated": "updated in QuickBooks",
    "voided": "voided in QuickBooks",
    "held": "whose change waits for a person",
    "stale": "changed in QuickBooks at the same moment and read again",
    "unread": "that QuickBooks did not show, left for later",
    "asked": "possibly in QuickBooks already: a person decides",
    "refused": "rejected by QuickBooks",
    "differs": "stored differently by QuickBooks",
    "later": "waiting for QuickBooks",
    "unknown": "without a clear answer",
    "blocked": "blocked",
    "ready": "ready",
    "sending": "under way",
    "exported": "exported, not acknowledged yet",
}


#: What was done, and not how things are.
_DONE = ("prepared_orders", "nothing_to_post", "posted", "adopted", "updated", "voided", NEW_CUSTOMERS, ADDRESSES)

#: So long a sync waits altogether when QuickBooks asks for a moment's rest.
MAY_WAIT = 180
#: And so long while other companies wait for their turn: the company is taken up again after them.
_WITH_OTHERS = 2


class Command(CompanyCommand):
    """Sync companies with QuickBooks."""

    help = "Fetch, stage, prepare, push and read back, for every company that is switched on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company, --dry-run, --since and --json."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="show what would be posted; keep and send nothing")
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="only orders of that day or later")

    def handle(self, *, company: str | None, dry_run: bool, since: date | None, **options: Any) -> None:
        """Sync each company in turn; one that fails does not stop the next."""
        as_json = options["json"]
        companies = self.companies(company)
        if not companies:
            self.stderr.write("No company is switched on. Switch one on in its settings, then run sync again.")
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
        with pushing_progress(company, Console(file=self.stdout._out)) as (say, observe):  # type: ignore[arg-type]
            report = sync_company(company, since=since, say=say, observe=observe, may_wait=self._may_wait)
        note_turn(report, began=began)
        self._tell(report)
        return report.plain()

    def _tell(self, report: SyncReport) -> None:
        for fetched in report.fetched:
            tell_fetch(fetched, self.stdout.write)
        if report.cannot_run:
            self.stderr.write(f"  {report.cannot_run.worded()}")
            self._tell_counts(report)
            return
        for told in report.crms:
            tell_reviews(told, self.stdout.write)
        prepared = report.counts["prepared_orders"]
        skipped = report.counts["nothing_to_post"]
        nothing = f", {skipped:,} of them with nothing to post" if skipped else ""
        self.stdout.write(f"  {counted(prepared, 'order')} prepared{nothing}")
        if failed := report.counts.get("failed"):
            what = counted(failed, "order or document", "orders or documents")
            self.stdout.write(f"  {what} could not be processed; each is an issue")
        if waits := report.counts.get("not_due"):
            self.stdout.write(f"  {counted(waits, 'order waits', 'orders wait')} to be paid, packed or shipped first")
        self._tell_counts(report)
        for crm in report.crms:
            tell_crm(crm, self.stdout.write)
        self._tell_causes(report.causes)
        if waiting := report.counts.get("to_export"):
            what = counted(waiting, "document waits", "documents wait")
            self.stdout.write(f"  {what} to be exported: on the page Export files, or run")
            self.stdout.write(f"  export_iif --company {report.company.slug} --output FILE")
        if report.restored and report.restored.since:
            since = f"{report.restored.since:%Y-%m-%d %H:%M} UTC"
            self.stdout.write(f"  Restored from a backup on {since}: each document is looked up before its first send,")
            self.stdout.write("  until after_restore --end")
        if report.in_setup:
            self.stdout.write(f"  {IN_SETUP.worded()}")
        if report.stopped:
            self.stdout.write(f"  Stopped early: {report.stopped}")

    def _tell_counts(self, report: SyncReport) -> None:
        if customers := report.counts.get(NEW_CUSTOMERS):
            self.stdout.write(f"  {counted(customers, 'customer')} created")
        if addresses := report.counts.get(ADDRESSES):
            self.stdout.write(f"  {counted(addresses, 'customer address', 'customer addresses')} updated")
        for name, words in _WORDS.items():
            if number := report.counts.get(name):
                self.stdout.write(f"  {counted(number, 'document')} {words}")

    def _tell_causes(self, causes: list[Json]) -> None:
        if causes:
            most = f" (the {MOST_CAUSES} with the most money)" if len(causes) == MOST_CAUSES else ""
            self.stdout.write(f"  What has to be fixed{most}:")
        for cause in causes:
            self.stdout.write(f"  - {cause['title']}: {cause['explanation']}")
            among = f" ({'the first: ' if cause['documents'] > 1 else ''}{cause['first']})" if cause["first"] else ""
            self.stdout.write(f"    blocks {counted(cause['documents'], 'document')}, {cause['money']}{among}")

    def _dry_run(self, company: Company, since: date | None, as_json: bool) -> Json:
        """What would be posted, with nothing kept and nothing sent."""
        stops = reading_stops(company)
        if stops is not None:
            return self._cannot(company, stops, as_json)
        with leased(company) as lease, nothing_kept():
            if lease is None:  # it would make the other one wait, and tell of documents that are under way
                return self._cannot(company, BUSY, as_json)
            prepare_new(company, since=since)
            stuck = StagedOrder.objects.filter(company=company, documents__state__in=("blocked", "refused")).distinct()
            prepare_orders(company, stuck.order_by("pk"))
            documents, notes = list(previews(company)), notes_of(company)
            report = SyncReport(company=company)
            count_states(company, report)
            causes = open_causes(company)
        moved = per_account(documents)
        if not as_json:
            self._show(company, documents, moved, causes, notes)
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

    def _show(
        self,
        company: Company,
        documents: list[Any],
        moved: dict[tuple[str, str], Decimal],
        causes: list[Json],
        notes: list[tuple[str, str]],
    ) -> None:
        self.stdout.write(f"{company} ({company.slug}): this would be posted; nothing is sent.")
        for shown in documents:
            form = f" as a {FORMS[shown.form].title.lower()}" if shown.form and shown.form != shown.kind else ""
            total = money_text(shown.total, shown.currency)
            self.stdout.write(f"\n{shown.title}{form}  {shown.dated}  {shown.customer}  {total}")
            if shown.why:
                self.stdout.write(f"    {shown.why}")
            for posting in shown.postings:
                debit, credit = posting.debit or "", posting.credit or ""
                self.stdout.write(f"    {posting.account.path:<44} {debit!s:>12} {credit!s:>12}")
        self.stdout.write(f"\n{counted(len(documents), 'document')}. Per account, debit positive:")
        for (currency, path), amount in sorted(moved.items(), key=lambda row: row[0][0] != company.home_currency):
            self.stdout.write(f"    {path:<44} {money_text(amount, currency):>16}")
        for number, note in notes:
            self.stdout.write(f"  Order {number}: {note}")
        self._tell_causes(causes)


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
