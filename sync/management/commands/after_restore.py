"""manage.py after_restore: the database was restored from a backup, so look before each first send."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from companies.models import Company
from sync.management.company_command import CompanyCommand
from sync.management.counted import counted
from sync.management.guarded_command import CANNOT_RUN, DONE
from sync.pushing.after_restore import Restored, begin_looking, end_looking, looking


class Command(CompanyCommand):
    """Look each document up in QuickBooks before its first send, until it is ended."""

    help = (
        "After the database was restored from a backup: look each document up in QuickBooks before its first send, so "
        "that nothing is posted twice. It stays on until --end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company, --end, --show and --json."""
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--end", action="store_true", help="look no more: everything since the backup is here again")
        which.add_argument("--show", action="store_true", help="change nothing; say how it stands")

    def handle(self, *, company: str | None, end: bool, show: bool, **options: Any) -> None:
        """Switch the look-up on or off for one company, or for all that are connected to QuickBooks Online."""
        companies = self.companies(company) if company else list(Company.objects.order_by("name", "pk"))
        act = looking if show else end_looking if end else begin_looking
        results = [result for result in map(act, companies) if result is not None]
        for result in [] if options["json"] else results:
            self._tell(result)
        if not results:
            self.stderr.write("No company is connected to QuickBooks Online, so there is nothing to look up.")
        told = {"companies": [result.plain() for result in results]}
        self.finish(DONE if results else CANNOT_RUN, told, as_json=options["json"])

    def _tell(self, state: Restored) -> None:
        self.stdout.write(f"{state.company} ({state.company.slug})")
        if not state.since:
            self.stdout.write("  Documents are sent without being looked up first.")
            return
        self.stdout.write("  Each document is looked up in QuickBooks before its first send, until --end.")
        there = counted(state.adopted, "was", "were")
        self.stdout.write(f"  {state.looked_up} looked up since {state.since:%Y-%m-%d %H:%M} UTC, {there} there")
        self.stdout.write(f"  {counted(state.waiting, 'document')} not sent yet")
