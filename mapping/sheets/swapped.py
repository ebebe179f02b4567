"""Have two columns of a sheet changed places? Then that is said once, and not as an error of every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from django.utils.translation import gettext as _

from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.sheets.validate import Judge, Part
from mapping.sheets.workbook import SheetRow, UnreadableSheet

#: So many rows tell what the others are like.
_TRIED = 50
_FEWEST = 2
#: Of ten rows, so many must be wrong as the columns are, and so few with the two changed.
_NEARLY_ALL, _HARDLY_ANY = 9, 1


def refuse_swapped(company: Company, parts: Sequence[Part]) -> None:
    """Refuse sheets in which two columns have changed places.

    Raises:
        UnreadableSheet: Nearly every row is wrong in two columns, and right with these two changed.
    """
    lists = CompanyLists(company)
    for part in parts:
        if pair := _swapped(company, part, lists):
            sentence = _(
                "The columns “%(first)s” and “%(second)s” look swapped: nearly every row has in one what belongs in "
                "the other. Change the two names in the first row, and send the sheet again."
            )
            raise UnreadableSheet(sentence % {"first": pair[0], "second": pair[1]})


def _swapped(company: Company, part: Part, lists: CompanyLists) -> tuple[str, str] | None:
    rows = [row for row in part.sheet.rows[:_TRIED] if not row.too_long]
    if len(rows) < _FEWEST:
        return None
    judge = Judge(company, part, lists)
    faulty = _columns_at_fault(judge, rows)
    columns = [column for column in (*part.kind.keys, *part.kind.decided) if column in part.sheet.columns]
    for pair in combinations(columns, 2):
        both = sum(all(row.cells[column].strip() for column in pair) for row in rows)
        wrong = sum(not faults.isdisjoint(pair) for faults in faulty)
        if 10 * both < _NEARLY_ALL * len(rows) or 10 * wrong < _NEARLY_ALL * len(rows):
            continue
        changed = _columns_at_fault(judge, [_changed(row, *pair) for row in rows])
        if 10 * sum(not faults.isdisjoint(pair) for faults in changed) <= _HARDLY_ANY * len(rows):
            return pair
    return None


def _columns_at_fault(judge: Judge, rows: Sequence[SheetRow]) -> list[set[str]]:
    """The columns that each row is wrong in."""
    return [{error.column for error in report.errors} for report in judge.reports(rows)]


def _changed(row: SheetRow, first: str, second: str) -> SheetRow:
    names = {first: second, second: first}
    return replace(
        row,
        cells={column: row.cells[names.get(column, column)] for column in row.cells},
        spoiled={names.get(column, column): how for column, how in row.spoiled.items()},
    )
