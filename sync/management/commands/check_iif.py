"""manage.py check_iif: is an IIF file, ours or another program's, as QuickBooks Desktop needs it?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from books.json_types import Json
from books.translation import gettext_noop
from sync.management.guarded_command import DONE, INCOMPLETE, GuardedCommand
from sync.management.whole_file import whole_file
from sync.management.words import at_work, counted, figure, told
from sync.quickbooks_desktop.reading.read import IifReport, read_iif


class Command(GuardedCommand):
    """Check an IIF file."""

    help = gettext_noop("Read an IIF file strictly, and name everything that is wrong with it, with its lines.")

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file and how its dates are written."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--date-order", choices=("mdy", "dmy"), default="mdy", help=_("how 03/04/2026 is read"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object instead of words"))

    def handle(self, *, file: Path, date_order: Any, **options: Any) -> None:
        """Read it; 0 when it can be imported, 1 when it must not be, 2 when it cannot be opened."""
        content = whole_file(file)
        with at_work():
            report = read_iif(content, date_order=date_order)
        code = DONE if report.ok else INCOMPLETE
        if options["json"]:
            self.stdout.write(json.dumps(_plain(file, report, code), ensure_ascii=False, indent=2))
        else:
            self._tell(file, report)
        if code:
            sys.exit(code)

    def _tell(self, file: Path, report: IifReport) -> None:
        for finding in report.findings:
            self.stdout.write(f"  {_finding_words(finding.severity.value, finding.line, told(finding.message))}")
        for keyword, rows in report.sections.items():
            of_list = counted("%(n)s row of the list %(list)s", "%(n)s rows of the list %(list)s", rows, list=keyword)
            self.stdout.write(f"  {of_list}")
        transactions = counted("%(n)s transaction", "%(n)s transactions", len(report.blocks))
        self.stdout.write(f"  {transactions}")
        for account, (debit, credit) in report.account_totals.items():
            self.stdout.write(f"    {account:<44} {figure(debit):>14} {figure(credit):>14}")
        self.stdout.write(_verdict(file, report))


def _finding_words(severity: str, line: int | None, what: str) -> str:
    is_error = severity == "error"
    if line:
        words = _("error: line %(line)s: %(what)s") if is_error else _("warning: line %(line)s: %(what)s")
    else:
        words = _("error: %(what)s") if is_error else _("warning: %(what)s")
    return words % {"line": line, "what": what}


def _verdict(file: Path, report: IifReport) -> str:
    if report.ok:
        return _("%(file)s can be imported.") % {"file": file.name}
    return counted(
        "%(file)s must not be imported: %(n)s error.",
        "%(file)s must not be imported: %(n)s errors.",
        len(report.errors),
        file=file.name,
    )


def _plain(file: Path, report: IifReport, code: int) -> Json:
    return {
        "file": file.name,
        "findings": [
            {
                "severity": finding.severity.value,
                "line": finding.line,
                "code": finding.code,
                "what": finding.message.worded(),
            }
            for finding in report.findings
        ],
        "lists": dict(report.sections),
        "transactions": len(report.blocks),
        "accounts": {
            account: {"debit": str(debit), "credit": str(credit)}
            for account, (debit, credit) in report.account_totals.items()
        },
        "exit_code": code,
    }
