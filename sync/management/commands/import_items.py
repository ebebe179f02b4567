"""manage.py import_items: take a source's items from a file; bad rows are reported, good ones are taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from companies.models import Company
from sync.management.company_command import CompanyCommand
from sync.management.counted import counted
from sync.management.guarded_command import CANNOT_RUN
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import Catalogue, read_catalogue
from sync.staging.catalogue import CataloguePlan, plan_catalogue, take_catalogue


class Command(CompanyCommand):
    """Take the items of a file."""

    help = "Take a source's items from a file. The file adds and updates the items that it names, and no other."
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file, its source, and answers to what a file can leave open."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="files", help="the source that sells the items, such as keap")
        parser.add_argument("--dry-run", action="store_true", help="read and report; take nothing")
        parser.add_argument("--decimal-mark", choices=(".", ","), help="whether 1,234 is a thousand or one and a bit")
        parser.add_argument("--encoding", help="of the file, where it cannot be told")

    def handle(self, *, file: Path, source: str, company: str, dry_run: bool, **options: Any) -> None:
        """Read the file, take what is good in it, and say what is wrong with the rest."""
        owner = self.companies(company)[0]
        catalogue = self._read(owner, file, options)
        if dry_run:
            plan = plan_catalogue(owner, source, catalogue)
        else:
            plan, _run = take_catalogue(owner, source, catalogue, name=file.name, by=None)
        if not options["json"]:
            self._tell(plan, file, dry_run)
        self.finish(plan.exit_code, plan.plain(), as_json=options["json"])

    def _read(self, company: Company, file: Path, options: dict[str, Any]) -> Catalogue:
        read = ReadOptions(
            currency=company.home_currency,
            time_zone=company.time_zone,
            decimal_mark=options["decimal_mark"],
            encoding=options["encoding"],
        )
        try:
            with file.open("rb") as stream:
                return read_catalogue(stream, options=read)
        except OSError as fault:
            raise CommandError(f"{file} cannot be opened: {fault.strerror}.", returncode=CANNOT_RUN) from fault
        except UnreadableFile as fault:
            raise CommandError(f"{file.name}: {fault}", returncode=CANNOT_RUN) from fault

    def _tell(self, plan: CataloguePlan, file: Path, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        new = counted(len(plan.new), "new item", "new items")
        self.stdout.write(
            f"{file.name}: {new} {would}taken, {len(plan.changed)} {would}changed, {plan.unchanged} unchanged"
        )
        for notice in plan.notices:
            self.stdout.write(f"  Notice: {notice}")
        for error in plan.errors:
            place = f"{error.where}, {error.column}" if error.column else error.where
            self.stdout.write(f"  {place}: {error.message.worded()}")
        if plan.errors:
            self.stdout.write(f"  {counted(plan.rejected, 'row was', 'rows were')} rejected; the others went on.")
