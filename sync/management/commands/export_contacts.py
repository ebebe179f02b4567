"""manage.py export_contacts: the QuickBooks customers that are not contacts of a CRM yet, for the CRM's import."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.cells import guarded
from books.messages import Message
from books.translation import gettext_noop
from sync.crm.export import contacts_to_import
from sync.crm.writing import can_be_written
from sync.fetching.fetch import live_sources
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN
from sync.management.whole_file import cannot_write
from sync.management.words import at_work, counted, number, told
from sync.models import Connection


class Command(CompanyCommand):
    """Write the file."""

    help = gettext_noop(
        "Write the QuickBooks customers that are not contacts of a CRM yet into a CSV file that the CRM imports."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --connection, --output, --company and --json."""
        super().add_arguments(parser)
        parser.add_argument("--connection", metavar="NAME", required=True, help=_("short name of the source"))
        parser.add_argument(
            "--output", metavar="FILE", required=True, type=Path, help=_("file to write; never replaced")
        )

    def handle(self, *, company: str | None, connection: str, output: Path, **options: Any) -> None:
        """Write the file; exit 0 when it was written, 2 when it could not be."""
        source = self._source(company, connection)
        with at_work():
            made = contacts_to_import(source)
        if isinstance(made, Message):
            raise CommandError(told(made), returncode=CANNOT_RUN)
        try:
            with output.open("x", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([guarded(cell) for cell in row] for row in (made.header, *made.rows))
        except OSError as problem:
            raise cannot_write(output, problem) from None
        if not options["json"]:
            written = counted(
                "%(n)s customer written to %(file)s; %(there)s are contacts.",
                "%(n)s customers written to %(file)s; %(there)s are contacts.",
                len(made.rows),
                file=output,
                there=number(made.there),
            )
            self.stdout.write(written)
        counts = {"written": len(made.rows), "there_already": made.there, "same_email": made.same_email}
        result = {"company": source.company.slug, "source": source.system, **counts, "exit_code": 0}
        self.finish(0, result, as_json=options["json"])

    def _source(self, slug: str | None, system: str) -> Connection:
        owners = self.companies(slug)
        known = [source for owner in owners for source in live_sources(owner) if can_be_written(source)]
        found = [source for source in known if source.system == system]
        if len(found) == 1:
            return found[0]
        if found:
            why = _("Several companies have a source “%(source)s”: add --company.") % {"source": system}
            raise CommandError(why, returncode=CANNOT_RUN)
        names = ", ".join(sorted({source.system for source in known})) or _("none yet")
        why = _("There is no CRM “%(source)s”. Such sources: %(known)s.") % {"source": system, "known": names}
        raise CommandError(why, returncode=CANNOT_RUN)
