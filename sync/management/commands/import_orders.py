"""manage.py import_orders: stage the orders of a file; bad rows are reported, good ones go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from books.json_types import Json
from companies.models import Company
from sync.management.company_command import CompanyCommand
from sync.management.counted import counted
from sync.management.guarded_command import CANNOT_RUN
from sync.readiness import reading_stops
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.staging.import_file import ImportReport, import_file


class Command(CompanyCommand):
    """Stage the orders of a file."""

    help = "Stage the orders of a file. Importing the same file twice stages nothing new."
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file, its layout, and answers to what a file can leave open."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--layout", required=True, choices=sorted(LAYOUTS), help="what the file looks like")
        parser.add_argument("--source", default="", help="the key of the source, where several read such files: keap-2")
        parser.add_argument("--dry-run", action="store_true", help="read and report; keep nothing")
        parser.add_argument("--date-order", choices=("mdy", "dmy", "ymd"), help="how 03/04/2026 is read")
        parser.add_argument("--decimal-mark", choices=(".", ","), help="whether 1,234 is a thousand or one and a bit")
        parser.add_argument("--encoding", help="of the file, where it cannot be told")

    def handle(self, *, file: Path, layout: str, company: str, dry_run: bool, **options: Any) -> None:
        """Read the file and say what came of each row that is not good."""
        as_json = options["json"]
        owner = self.companies(company)[0]
        stops = reading_stops(owner)
        if stops is not None:
            why = f"{owner}: nothing is read for posting. {stops.worded()}"
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
            with file.open("rb") as stream:
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
            raise CommandError(f"{file} cannot be opened: {fault.strerror}.", returncode=CANNOT_RUN) from fault
        except UnreadableFile as fault:
            raise CommandError(f"{file.name}: {fault}", returncode=CANNOT_RUN) from fault

    def _tell(self, report: ImportReport, file: Path, dry_run: bool) -> None:
        done = "would be staged" if dry_run else "staged"
        counts = report.counts
        self.stdout.write(
            f"{file.name}: {counts.new} new orders {done}, {counts.changed} changed, {counts.unchanged} unchanged"
        )
        if counts.older:
            self.stdout.write(f"  {counted(counts.older, 'was', 'were')} older than what is known, and changed nothing")
        if counts.left_out:
            one, several = "is not posted because of its status", "are not posted because of their status"
            self.stdout.write(f"  {counted(counts.left_out, one, several)}, such as a quote")
        if counts.undecided:
            have = counted(counts.undecided, "has", "have")
            self.stdout.write(f"  {have} a status that is not known; choose what it means in Issues")
        for what, times in report.notices:
            self.stdout.write(f"  Notice: {what}" + (f" ({times} times)" if times > 1 else ""))
        for error in counts.errors:
            place = f"{error.where}, {error.column}" if error.column else error.where
            self.stdout.write(f"  {place}: {error.message.worded()}")
        if counts.errors:
            what = counted(counts.rejected, "row or order", "rows or orders")
            self.stdout.write(f"  {what} could not be read; the others went on.")
