"""One file, one run: read it, stage what is good, and keep what was wrong where people can see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone

from books.outside.file_kinds import other_kind
from books.translation import gettext_noop
from companies.collecting import seldom_collected
from companies.models import Company
from sync.models import Connection, Run, RunKind, RunState, StagedOrder
from sync.preparing.prepare import PrepareCounts, prepare_orders
from sync.preparing.preview import nothing_kept
from sync.sources.base import Layout, OrderRead, Reading, ReadOptions, RowError, UnreadableFile
from sync.sources.files.file_columns import FILE_COLUMNS
from sync.staging.columns import with_saved_columns
from sync.staging.intake import IntakeCounts, stage
from sync.staging.sources import source_of_file

#: How many errors, and how many notices, a run keeps word by word; the counts are always complete.
KEPT = 1000
_SAID_EVERY = 500


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What one file came to."""

    counts: IntakeCounts
    #: What was decided or left out in reading: in words, and how often.
    notices: tuple[tuple[str, int], ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when every row was read, else 1."""
        return 1 if self.counts.errors else 0

    def plain(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "new": self.counts.new,
            "changed": self.counts.changed,
            "unchanged": self.counts.unchanged,
            "older": self.counts.older,
            "left_out": self.counts.left_out,
            "undecided": self.counts.undecided,
            "errors": [error_facts(error) for error in self.counts.errors],
            "notices": [{"what": what, "times": times} for what, times in self.notices],
            "exit_code": self.exit_code,
        }


def import_file(
    company: Company,
    layout: Layout,
    file: BinaryIO,
    *,
    name: str,
    options: ReadOptions,
    dry_run: bool = False,
    by: User | None = None,
    run: Run | None = None,
    source: str = "",
) -> ImportReport:
    """Read and stage one file.

    Args:
        company: Whose orders they are.
        layout: What the file looks like.
        file: Opened in binary.
        name: Of the file, for the run.
        options: Answers to what the file cannot say itself.
        dry_run: Report everything and keep nothing.
        by: The person who imports it.
        run: One that has begun; a new one when left out. It shows how far the import is, and a person may end it.
        source: The key of the source that the orders are of; empty for the only one that reads such files.

    Raises:
        UnreadableFile: Not one order can be read from it, or it is not clear of which source it is.
    """
    if dry_run:
        with nothing_kept():
            return _import(company, layout, file, name, options, by, source=source)
    return _import(company, layout, file, name, options, by, run, source=source)


def prepare_imported(company: Company, *, by: User | None = None, at_most: int = 500) -> PrepareCounts:
    """Prepare what was just imported, so that people see at once what is missing; a sync prepares the rest."""
    waiting = StagedOrder.objects.filter(company=company, to_prepare=True).order_by("pk")
    return prepare_orders(company, list(waiting.only("pk")[:at_most]), by=by)


def _import(
    company: Company,
    layout: Layout,
    file: BinaryIO,
    name: str,
    options: ReadOptions,
    by: User | None,
    begun: Run | None = None,
    *,
    source: str,
) -> ImportReport:
    connection = source_of_file(company, layout, chosen=source, by=by)
    try:
        readings = layout.read(file, options=_as_saved(options, company, connection, layout))
    except UnreadableFile:
        if _is_misnamed(name, file):
            raise UnreadableFile(_NO_EXCEL, _SAVE_AGAIN) from None
        raise
    run = begun or Run.objects.create(company=company, kind=RunKind.IMPORT, message=name, asked_by=by)
    rows = _until_ended(readings, begun) if begun else readings
    try:
        with seldom_collected():
            counts = stage(connection, rows, run=run, by=by)
    except BaseException as fault:
        if begun and isinstance(fault, OperationalError):  # the database is away for a moment: it is begun again
            raise
        run.state, run.message, run.finished_at = RunState.FAILED, f"{name}: {fault}", timezone.now()
        run.save()
        raise
    if begun and _is_ended(begun):
        run.refresh_from_db()
    else:
        run.state, run.finished_at = RunState.FINISHED, timezone.now()
    run.counts = {
        "new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged, "older": counts.older,
        "left_out": counts.left_out, "undecided": counts.undecided, "errors": counts.rejected,
    }  # fmt: skip
    run.errors = [error_facts(error) for error in counts.errors[:KEPT]]
    report = ImportReport(counts=counts, notices=_notices(readings, counts))
    run.notices = report.plain()["notices"][:KEPT]
    run.save()
    Connection.objects.filter(pk=connection.pk).update(proven_at=timezone.now())
    return report


def _as_saved(options: ReadOptions, company: Company, source: Connection, layout: Layout) -> ReadOptions:
    """The options with what people said about the columns of such files."""
    columns = FILE_COLUMNS.get(layout.name)
    return options if columns is None else with_saved_columns(options, company, source.system, columns)


def _until_ended(readings: Iterable[OrderRead | RowError], run: Run) -> Iterator[OrderRead | RowError]:
    """Hand readings on, say now and then how many there were, and stop when a person has ended the run."""
    for number, reading in enumerate(readings, start=1):
        if number % _SAID_EVERY == 0:
            if _is_ended(run):
                return
            Run.objects.filter(pk=run.pk).update(counts={"read": number})
        yield reading


def _is_ended(run: Run) -> bool:
    return not Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists()


_NO_EXCEL = gettext_noop("The name of the file says Excel, but the file is not an Excel workbook.")
_SAVE_AGAIN = gettext_noop("Open it in a spreadsheet, save it as XLSX or CSV (UTF-8) and import that.")


def _is_misnamed(name: str, file: BinaryIO) -> bool:
    """Whether a file is called a workbook and is plain text."""
    file.seek(0)
    start = file.read(1000)
    return name.lower().endswith((".xlsx", ".xlsm", ".xls")) and not other_kind(start)


def _notices(reading: Reading, counts: IntakeCounts) -> tuple[tuple[str, int], ...]:
    """Of the file first, then of its orders, the most frequent first."""
    of_file = Counter(notice.worded() for notice in reading.notices)
    return (*of_file.items(), *counts.notices.most_common())


def error_facts(error: RowError) -> dict[str, object]:
    """An error of a row as plain JSON, in words."""
    return {
        "code": error.code,
        "where": error.where,
        "row": error.row,
        "column": error.column,
        "value": error.value,
        "what": error.message.explain(),
        "cure": error.message.advise(),
        "order": error.order,
        "option": error.option,
    }
