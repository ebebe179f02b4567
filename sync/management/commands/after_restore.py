"""manage.py after_restore: the database was restored from a backup, so look before each first send."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE
from sync.management.words import at_work, counted, moment, number
from sync.pushing.after_restore import Restored, begin_looking, end_looking, looking


class Command(CompanyCommand):
    """Look each document up in QuickBooks before its first send, until it is ended."""

    help = gettext_noop(
        "After the database was restored from a backup: look each document up in QuickBooks before its first send, so "
        "that nothing is posted twice. It stays on until --end."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company, --end, --show and --json."""
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--end", action="store_true", help=_("stop looking: everything since the backup is here again")
        )
        which.add_argument("--show", action="store_true", help=_("change nothing; say how it is"))

    def handle(self, *, company: str | None, end: bool, show: bool, **options: Any) -> None:
        """Switch the look-up on or off for one company, or for all that are connected to QuickBooks Online."""
        companies = self.companies(company) if company else list(Company.objects.order_by("name", "pk"))
        act = looking if show else end_looking if end else begin_looking
        with at_work():
            results = [result for result in map(act, companies) if result is not None]
        for result in [] if options["json"] else results:
            self._tell(result)
        if not results:
            self.stderr.write(_("No company is connected to QuickBooks Online, so there is nothing to look up."))
        told = {"companies": [result.plain() for result in results]}
        self.finish(DONE if results else CANNOT_RUN, told, as_json=options["json"])

    def _tell(self, state: Restored) -> None:
        self.stdout.write(f"{state.company} ({state.company.slug})")
        if not state.since:
            self.stdout.write("  " + _("Documents are sent without being looked up first."))
            return
        self.stdout.write("  " + _("Each document is looked up in QuickBooks before its first send, until --end."))
        there = counted(
            "%(looked)s looked up since %(when)s, %(n)s was there",
            "%(looked)s looked up since %(when)s, %(n)s were there",
            state.adopted,
            looked=number(state.looked_up),
            when=moment(state.since),
        )
        self.stdout.write(f"  {there}")
        waiting = counted("%(n)s document not sent yet", "%(n)s documents not sent yet", state.waiting)
        self.stdout.write(f"  {waiting}")
