"""What do all of our commands have in common? A company, words or one JSON object, and an exit code that means it."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from companies.models import Company
from sync.readiness import NO_DATABASE, CannotRun, companies_to_sync

DONE, INCOMPLETE, CANNOT_RUN = 0, 1, 2
DATABASE_ERRORS = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


def no_database(error: Exception) -> CannotRun:
    """That the database is away or full, in its own words."""
    return replace(NO_DATABASE, facts=(("error", str(error).strip().rstrip(".").partition("\n")[0]),))


class CompanyCommand(BaseCommand):
    """A command that works for one company or for all that are switched on.

    Exits 0 when all is done, 1 when something is blocked or refused, 2 when it cannot run.
    """

    requires_company = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --company and --json."""
        parser.add_argument("--company", metavar="SLUG", required=self.requires_company, help="short name of a company")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; a database that is away or full is said in a sentence, and in JSON."""
        try:
            return super().execute(*args, **options)
        except DATABASE_ERRORS as error:
            if "no such" in str(error):  # a table or column that a migration makes: SQLite calls that operational too
                raise
            logger.error("the database is away or full: %s", error)
            away = no_database(error).worded()
            self.stderr.write(away)
            self.finish(CANNOT_RUN, {"companies": [], "cannot_run": away}, as_json=options.get("json", False))
            return None

    def companies(self, slug: str | None) -> list[Company]:
        """The company of that short name, or every company that is switched on or being set up.

        Raises:
            CommandError: There is none of that name, with the names that exist; exit code 2.
        """
        if not slug:
            return list(companies_to_sync())
        company = Company.objects.filter(slug=slug).first()
        if company is None:
            known = ", ".join(Company.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no company “{slug}”. Companies: {known}.", returncode=CANNOT_RUN)
        return [company]

    def finish(self, code: int, result: Any, *, as_json: bool) -> None:
        """Print the JSON object if asked for, and leave with the code; 0 returns to the caller."""
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        if code:
            sys.exit(code)
