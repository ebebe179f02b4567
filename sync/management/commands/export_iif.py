"""manage.py export_iif: write what is ready into a file for QuickBooks Desktop, or rehearse that."""

from __future__ import annotations

import getpass
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from books.json_types import Json
from books.messages import Message
from books.translation import gettext_noop
from companies.models import Company
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE
from sync.management.whole_file import cannot_write
from sync.management.words import at_work, counted, figure, told
from sync.models import BatchKind, ExportBatch
from sync.quickbooks_desktop.batches.acknowledge import note_download
from sync.quickbooks_desktop.batches.create_batch import Made, cannot_make, make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.exportable import exportable
from sync.quickbooks_desktop.batches.refusals import NO_BACKUP

#: What a kind of document is called in the summary.
KINDS = (
    gettext_noop("customer"),
    gettext_noop("invoice"),
    gettext_noop("sales-receipt"),
    gettext_noop("payment"),
    gettext_noop("credit-memo"),
    gettext_noop("refund-receipt"),
    gettext_noop("credit-application"),
    gettext_noop("journal-entry"),
)
_ASKED = gettext_noop("Is the QuickBooks company file backed up? An import cannot be undone. Type yes: ")


class Command(CompanyCommand):
    """Make a file for QuickBooks Desktop."""

    help = gettext_noop(
        "Write the documents that are ready into an IIF file for QuickBooks Desktop; each goes into one file, once."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the period, the file, the rehearsal and the word that the books are backed up."""
        super().add_arguments(parser)
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="DATE", help=_("only documents of that day or later")
        )
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DATE", help=_("only documents of that day or before")
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", required=True, help=_("the file to write; a new one")
        )
        parser.add_argument(
            "--rehearsal", action="store_true", help=_("a marked file for a copy of the books; marks nothing")
        )
        parser.add_argument(
            "--backup-confirmed", action="store_true", help=_("say that the QuickBooks company file is backed up")
        )

    def handle(self, *, company: str, output: Path, rehearsal: bool, **options: Any) -> None:
        """Make the file, store it, and write it where it is wanted."""
        owner = self.companies(company)[0]
        as_json = options["json"]
        _check_output(output)
        wish = Wish(
            kind=BatchKind.REHEARSAL if rehearsal else BatchKind.LIVE,
            since=options["since"],
            until=options["until"],
            backup_confirmed=rehearsal or options["backup_confirmed"] or self._confirmed(owner),
            confirmed_as=_login(),
        )
        made = self._make(owner, wish, as_json)
        if isinstance(made, Message):
            raise CommandError(told(made), returncode=CANNOT_RUN)
        _write(made, output)
        code = INCOMPLETE if made.written.faults else DONE
        if not as_json:
            self._tell(made, output)
        self.finish(code, _plain(owner, made, output, code), as_json=as_json)

    def _confirmed(self, company: Company) -> bool:
        """Remind of the backup, and ask where there is a terminal to answer at."""
        # Any other reason is said first: no one has to make a backup for nothing
        if cannot_make(company, Wish(kind=BatchKind.LIVE)) is not NO_BACKUP or not sys.stdin.isatty():
            return False
        self.stderr.write(_("Back up the QuickBooks data before each import: File > Back Up Company."))
        return input(_(_ASKED)).strip().lower() == "yes"

    def _make(self, company: Company, wish: Wish, as_json: bool) -> Made | Message:
        console = Console(file=self.stderr._out)  # type: ignore[arg-type]
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as bar:
            total = exportable(company, since=wish.since, until=wish.until).count() if console.is_terminal else None
            task = bar.add_task(_("Writing"), total=total)
            with at_work():
                return make_batch(company, wish, progress=lambda number: bar.advance(task, number))

    def _tell(self, made: Made, output: Path) -> None:
        batch = made.batch
        self.stdout.write(_written(batch, output))
        for kind, sums in batch.kinds.items():
            of_kind = {"count": sums["count"], "kind": _(kind), "total": figure(Decimal(sums["total"]))}
            self.stdout.write("  " + _("%(count)s of kind %(kind)s, %(total)s") % of_kind)
        self.stdout.write("  " + _("Per account, debit and credit:"))
        for path, (debit, credit) in batch.accounts.items():
            self.stdout.write(f"    {path:<44} {figure(Decimal(debit)):>14} {figure(Decimal(credit)):>14}")
        if batch.changes:
            changed = counted(
                "%(n)s text was changed to fit the file", "%(n)s texts were changed to fit the file", batch.changes
            )
            self.stdout.write(f"  {changed}")
        for left in made.written.left_out:
            why = _("Left out: %(document)s: %(reason)s")
            self.stdout.write("  " + why % {"document": left.document_key, "reason": told(left.message)})
        self.stdout.write(f"  SHA-256 {batch.sha256}")
        if batch.kind == BatchKind.LIVE:
            once = _("Import it once, and only once. Then say on its page whether all of it arrived.")
            self.stdout.write(f"  {once}")


def _written(batch: ExportBatch, output: Path) -> str:
    facts = {"number": batch.number, "file": output}
    if batch.kind == BatchKind.REHEARSAL:
        return counted(
            "Rehearsal file %(number)s: %(n)s document written to %(file)s",
            "Rehearsal file %(number)s: %(n)s documents written to %(file)s",
            batch.without_customers,
            **facts,
        )
    return counted(
        "File %(number)s: %(n)s document written to %(file)s",
        "File %(number)s: %(n)s documents written to %(file)s",
        batch.without_customers,
        **facts,
    )


def _check_output(output: Path) -> None:
    """Refuse before anything is marked as exported.

    Raises:
        CommandError: The file is there already, or cannot be written; exit code 2.
    """
    if output.exists():
        there = _("%(file)s is there already. Name a new file, or remove that one.") % {"file": output}
        raise CommandError(there, returncode=CANNOT_RUN)
    if not output.parent.is_dir():
        raise CommandError(_("There is no folder %(folder)s.") % {"folder": output.parent}, returncode=CANNOT_RUN)
    try:
        output.touch(exist_ok=False)
        output.unlink()
    except OSError as fault:
        raise cannot_write(output, fault) from fault


def _write(made: Made, output: Path) -> None:
    try:
        with output.open("xb") as file:
            for data in made.batch.content():
                file.write(data)
    except OSError as fault:
        stored = _(
            "File %(number)s is stored, but %(file)s could not be written: %(fault)s. Download it on its page."
        ) % {"number": made.batch.number, "file": output, "fault": fault.strerror}
        raise CommandError(stored, returncode=CANNOT_RUN) from fault
    note_download(made.batch, by=None)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may have no name for its user
        return "the command line"


def _plain(company: Company, made: Made, output: Path, code: int) -> Json:
    batch = made.batch
    return {
        "company": company.slug,
        "batch": batch.number,
        "kind": batch.kind,
        "file": str(output),
        "sha256": batch.sha256,
        "bytes": batch.size,
        "documents": batch.without_customers,
        "kinds": batch.kinds,
        "accounts": {path: {"debit": debit, "credit": credit} for path, (debit, credit) in batch.accounts.items()},
        "changed_texts": batch.changes,
        "left_out": [{"document": left.document_key, "why": left.message.worded()} for left in made.written.left_out],
        "backup_confirmed_by": batch.backup_confirmed_as,
        "exit_code": code,
    }
