"""manage.py import_lists: read the lists that QuickBooks Desktop exported as an IIF file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.messages import Message
from books.translation import gettext_noop
from companies.models import CompanyKind
from sync.lists.doubted import NEARLY_EMPTY
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE
from sync.management.list_words import tell_list
from sync.management.whole_file import whole_file
from sync.management.words import at_work, counted, told
from sync.quickbooks_desktop.batches.reports import faults_told
from sync.quickbooks_desktop.list_import import ListsImported, import_lists
from sync.readiness import NOT_DESKTOP


class Command(CompanyCommand):
    """Import the lists of QuickBooks Desktop."""

    help = gettext_noop(
        "Read the accounts, items, terms and customers that QuickBooks Desktop exported as an IIF file."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, company: str, **options: Any) -> None:
        """Read the file; one that cannot be trusted changes nothing, and each of its faults is named."""
        owner = self.companies(company)[0]
        if owner.kind != CompanyKind.DESKTOP:
            raise CommandError(told(NOT_DESKTOP), returncode=CANNOT_RUN)
        content = whole_file(file)
        with at_work():
            came = import_lists(owner, content, name=file.name)
        if not isinstance(came, ListsImported):
            faults = faults_told(came.findings, _)
            unchanged = _("%(file)s: nothing was changed.") % {"file": file.name}
            for sentence in () if options["json"] else (unchanged, *faults):
                self.stderr.write(sentence)
            result = {"company": owner.slug, "faults": faults, "exit_code": CANNOT_RUN}
            self.finish(CANNOT_RUN, result, as_json=options["json"])
            return
        if not options["json"]:
            self._tell(came, file)
        self.finish(DONE, {"company": owner.slug, **came.plain(), "exit_code": DONE}, as_json=options["json"])

    def _tell(self, came: ListsImported, file: Path) -> None:
        self.stdout.write(file.name)
        for name, listed in came.lists.items():
            self.stdout.write(f"  {tell_list(name, listed)}")
            if listed.missing:
                warned = told(Message.of(NEARLY_EMPTY, missing=listed.missing, list=_(name)))
                self.stdout.write("  " + _("Look at this: %(warning)s") % {"warning": warned})
        for sentence in faults_told(came.warnings, _):
            self.stdout.write(f"  {sentence}")
        if came.longer_than_rule:
            longer = counted(
                "%(n)s name is longer than the company's rule allows",
                "%(n)s names are longer than the company's rule allows",
                came.longer_than_rule,
            )
            self.stdout.write(f"  {longer}")
