"""What do commands that work for companies have in common? Words or one JSON object, and an exit code that means it."""

from __future__ import annotations

import json
import sys

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from companies.models import Company
from sync.management.guarded_command import CANNOT_RUN, GuardedCommand
from sync.readiness import companies_to_sync


class CompanyCommand(GuardedCommand):
    """A command that works for one company or for all that are switched on.

    Exits 0 when all is done, 1 when something is blocked or refused, 2 when it cannot run.
    """

    requires_company = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company and --json."""
        parser.add_argument(
            "--company", metavar="SLUG", required=self.requires_company, help=_("short name of a company")
        )
        parser.add_argument("--json", action="store_true", help=_("print one JSON object instead of words"))

    def companies(self, slug: str | None) -> list[Company]:
        """The company of that short name, or every company that is switched on or being set up.

        Raises:
            CommandError: There is none of that name, with the names that exist; exit code 2.
        """
        if not slug:
            return list(companies_to_sync())
        company = Company.objects.filter(slug=slug).first()
        if company is None:
            known = ", ".join(Company.objects.order_by("slug").values_list("slug", flat=True)) or _("none yet")
            why = _("There is no company “%(slug)s”. Companies: %(known)s.") % {"slug": slug, "known": known}
            raise CommandError(why, returncode=CANNOT_RUN)
        return [company]

    def finish(self, code: int, result: object, *, as_json: bool) -> None:
        """Print the JSON object if asked for, and leave with the code; 0 returns to the caller."""
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        if code:
            sys.exit(code)
