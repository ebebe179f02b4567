"""manage.py import_items: take a source's items from a file; bad rows are reported, good ones are taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import retold
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN
from sync.management.place_words import tell_error
from sync.management.whole_file import cannot_open
from sync.management.words import at_work, counted, number, told
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import Catalogue, read_catalogue
from sync.sources.files.file_columns import ITEM_FILE
from sync.staging.catalogue import CataloguePlan, plan_catalogue, take_catalogue
from sync.staging.columns import with_saved_columns


class Command(CompanyCommand):
    """Take the items of a file."""

    help = gettext_noop(
        "Take a source's items from a file. The file adds and updates the items that it names, and no other."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file, its source, and answers to what a file can leave open."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", default="files", help=_("the source that sells the items, such as keap"))
        parser.add_argument("--dry-run", action="store_true", help=_("read and report; take nothing"))
        parser.add_argument(
            "--decimal-mark", choices=(".", ","), help=_("whether 1,234 is a thousand or one and a bit")
        )
        parser.add_argument("--encoding", help=_("of the file, where it is not known"))

    def handle(self, *, file: Path, source: str, company: str, dry_run: bool, **options: Any) -> None:
        """Read the file, take what is good in it, and say what is wrong with the rest."""
        owner = self.companies(company)[0]
        catalogue = self._read(owner, file, source, options)
        with at_work():
            if dry_run:
                plan = plan_catalogue(owner, source, catalogue)
            else:
                plan, _run = take_catalogue(owner, source, catalogue, name=file.name, by=None)
        if not options["json"]:
            self._tell(plan, file, dry_run)
        self.finish(plan.exit_code, plan.plain(), as_json=options["json"])

    def _read(self, company: Company, file: Path, source: str, options: dict[str, Any]) -> Catalogue:
        read = ReadOptions(
            currency=company.home_currency,
            time_zone=company.time_zone,
            decimal_mark=options["decimal_mark"],
            encoding=options["encoding"],
        )
        try:
            with at_work(), file.open("rb") as stream:
                saved = with_saved_columns(read, company, source, ITEM_FILE)
                return read_catalogue(stream, options=saved)
        except OSError as fault:
            raise cannot_open(file, fault) from fault
        except UnreadableFile as fault:
            raise CommandError(f"{file.name}: {told(fault.message)}", returncode=CANNOT_RUN) from fault

    def _tell(self, plan: CataloguePlan, file: Path, dry_run: bool) -> None:
        new = counted("%(n)s new item", "%(n)s new items", len(plan.new))
        would = _("%(file)s: %(new)s would be taken, %(changed)s would be changed, %(unchanged)s unchanged")
        taken = _("%(file)s: %(new)s taken, %(changed)s changed, %(unchanged)s unchanged")
        facts = {"changed": number(len(plan.changed)), "unchanged": number(plan.unchanged)}
        self.stdout.write((would if dry_run else taken) % {"file": file.name, "new": new, **facts})
        for notice in plan.notices:
            self.stdout.write("  " + _("Notice: %(what)s") % {"what": retold(notice)})
        for error in plan.errors:
            self.stdout.write(f"  {tell_error(error)}")
        if plan.errors:
            rejected = counted(
                "%(n)s row was rejected; the others went on.",
                "%(n)s rows were rejected; the others went on.",
                plan.rejected,
            )
            self.stdout.write(f"  {rejected}")
