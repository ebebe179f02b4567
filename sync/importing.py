"""One file, one run: read it, stage what is good, and keep what was wrong where people can see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils import timezone

from mapping.models import Company
from sync.intake import IntakeCounts, connection_of, stage
from sync.models import Run, RunKind, RunState
from sync.preview import nothing_kept
from sync.sources.base import Layout, ReadOptions, RowError

#: How many errors a run keeps word by word; the count is always complete.
KEPT = 1000


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What one file came to."""

    counts: IntakeCounts

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
            "errors": [error_facts(one) for one in self.counts.errors],
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
    by: Any = None,
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

    Raises:
        UnreadableFile: Not one order can be read from it.
    """
    if dry_run:
        with nothing_kept():
            return _import(company, layout, file, name, options, by)
    return _import(company, layout, file, name, options, by)


def _import(company: Company, layout: Layout, file: BinaryIO, name: str, options: ReadOptions, by: Any) -> ImportReport:
    readings = layout.read(file, options=options)
    connection = connection_of(company, layout.system, name=layout.label)
    run = Run.objects.create(company=company, kind=RunKind.IMPORT, message=name, asked_by=by)
    try:
        counts = stage(connection, readings, run=run, by=by)
    except BaseException as fault:
        run.state, run.message, run.finished_at = RunState.FAILED, f"{name}: {fault}", timezone.now()
        run.save()
        raise
    run.state, run.finished_at = RunState.FINISHED, timezone.now()
    run.counts = {
        "new": counts.new, "changed": counts.changed, "unchanged": counts.unchanged, "errors": len(counts.errors),
    }  # fmt: skip
    run.errors = [error_facts(one) for one in counts.errors[:KEPT]]
    run.save()
    return ImportReport(counts=counts)


def error_facts(error: RowError) -> dict[str, Any]:
    """An error of a row as plain JSON, in words."""
    return {
        "where": error.where,
        "row": error.row,
        "column": error.column,
        "value": error.value,
        "what": error.explain(),
        "cure": error.advise(),
    }
