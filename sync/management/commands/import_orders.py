"""manage.py import_orders: stage the orders of a file; bad rows are reported, good ones go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.json_types import Json
from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import retold
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN
from sync.management.place_words import tell_error
from sync.management.whole_file import cannot_open
from sync.management.words import at_work, counted, number, told
from sync.readiness import reading_stops
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.staging.import_file import ImportReport, import_file


class Command(CompanyCommand):
    """Stage the orders of a file."""

    help = gettext_noop("Stage the orders of a file. Importing the same file twice stages nothing new.")
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file, its layout, and answers to what a file can leave open."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--layout", required=True, choices=sorted(LAYOUTS), help=_("what the file looks like"))
        parser.add_argument(
            "--source", default="", help=_("the key of the source, where several read such files: keap-2")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("read and report; keep nothing"))
        parser.add_argument("--date-order", choices=("mdy", "dmy", "ymd"), help=_("how 03/04/2026 is read"))
        parser.add_argument(
            "--decimal-mark", choices=(".", ","), help=_("whether 1,234 is a thousand or one and a bit")
        )
        parser.add_argument("--encoding", help=_("of the file, where it is not known"))

    def handle(self, *, file: Path, layout: str, company: str, dry_run: bool, **options: Any) -> None:
        """Read the file and say what came of each row that is not good."""
        as_json = options["json"]
        owner = self.companies(company)[0]
        stops = reading_stops(owner)
        if stops is not None:
            why = _("%(company)s: nothing is read for posting. %(reason)s") % {"company": owner, "reason": told(stops)}
            raise CommandError(why, returncode=CANNOT_RUN)
        report = self._import(owner, file, layout, dry_run, options)
        if not as_json:
            self._tell(report, file, dry_run)
        self.finish(report.exit_code, report.plain(), as_json=as_json)

    def _import(self, company: Company, file: Path, layout: str, dry_run: bool, options: Json) -> ImportReport:
        read = ReadOptions(
            currency=company.home_currency,
            time_zone=company.time_zone,
            date_order=options["date_order"],
            decimal_mark=options["decimal_mark"],
            encoding=options["encoding"],
        )
        try:
            with at_work(), file.open("rb") as stream:
                return import_file(
                    company,
                    LAYOUTS[layout],
                    stream,
                    name=file.name,
                    options=read,
                    dry_run=dry_run,
                    source=options["source"],
                )
        except OSError as fault:
            raise cannot_open(file, fault) from fault
        except UnreadableFile as fault:
            raise CommandError(f"{file.name}: {told(fault.message)}", returncode=CANNOT_RUN) from fault

    def _tell(self, report: ImportReport, file: Path, dry_run: bool) -> None:
        counts = report.counts
        would = _("%(file)s: %(new)s new orders would be staged, %(changed)s changed, %(unchanged)s unchanged")
        staged = _("%(file)s: %(new)s new orders staged, %(changed)s changed, %(unchanged)s unchanged")
        facts = {"new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged}
        self.stdout.write((would if dry_run else staged) % {"file": file.name, **facts})
        for line in _beside(report):
            self.stdout.write(f"  {line}")


def _beside(report: ImportReport) -> Iterator[str]:
    """What a person should know beside how many orders came, and what could not be read."""
    counts = report.counts
    if counts.older:
        yield counted(
            "%(n)s was older than what is known, and changed nothing",
            "%(n)s were older than what is known, and changed nothing",
            counts.older,
        )
    if counts.left_out:
        yield counted(
            "%(n)s is not posted because of its status, such as a quote",
            "%(n)s are not posted because of their status, such as a quote",
            counts.left_out,
        )
    if counts.undecided:
        yield counted(
            "%(n)s has a status that is not known; choose what it means in Issues",
            "%(n)s have a status that is not known; choose what it means in Issues",
            counts.undecided,
        )
    for what, times in report.notices:
        facts = {"what": retold(what), "times": number(times)}
        yield (_("Notice: %(what)s (%(times)s times)") if times > 1 else _("Notice: %(what)s")) % facts
    yield from map(tell_error, counts.errors)
    if counts.errors:
        yield counted(
            "%(n)s error in the file; the orders without one went on.",
            "%(n)s errors in the file; the orders without one went on.",
            counts.rejected,
        )
