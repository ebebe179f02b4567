"""manage.py check_iif: is an IIF file, ours or another program's, as QuickBooks Desktop needs it?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from books.json_types import Json
from sync.management.counted import counted
from sync.management.guarded_command import DONE, INCOMPLETE, GuardedCommand
from sync.management.whole_file import whole_file
from sync.quickbooks_desktop.reading.read import IifReport, read_iif


class Command(GuardedCommand):
    """Check an IIF file."""

    help = "Read an IIF file strictly, and name everything that is wrong with it, with its lines."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file and how its dates are written."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--date-order", choices=("mdy", "dmy"), default="mdy", help="how 03/04/2026 is read")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of words")

    def handle(self, *, file: Path, date_order: Any, **options: Any) -> None:
        """Read it; 0 when it can be imported, 1 when it must not be, 2 when it cannot be opened."""
        report = read_iif(whole_file(file), date_order=date_order)
        code = DONE if report.ok else INCOMPLETE
        if options["json"]:
            self.stdout.write(json.dumps(_plain(file, report, code), ensure_ascii=False, indent=2))
        else:
            self._tell(file, report)
        if code:
            sys.exit(code)

    def _tell(self, file: Path, report: IifReport) -> None:
        for finding in report.findings:
            place = f"line {finding.line}: " if finding.line else ""
            self.stdout.write(f"  {finding.severity.value}: {place}{finding.message.worded()}")
        for keyword, number in report.sections.items():
            self.stdout.write(f"  {counted(number, 'row')} of the list {keyword}")
        self.stdout.write(f"  {counted(len(report.blocks), 'transaction')}")
        for account, (debit, credit) in report.account_totals.items():
            self.stdout.write(f"    {account:<44} {debit:>14,} {credit:>14,}")
        verdict = "can be imported" if report.ok else f"must not be imported: {len(report.errors)} errors"
        self.stdout.write(f"{file.name} {verdict}.")


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
