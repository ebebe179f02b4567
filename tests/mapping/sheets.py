"""Sheets of decisions as a person edits them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from companies.models import Company
from mapping.sheets.export import csv_of
from mapping.sheets.kinds import COLUMNS, SheetKind
from mapping.sheets.validate import RowReport, judge, parts_of
from mapping.sheets.workbook import read_book


def a_csv(columns: Sequence[str], *rows: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


def judged(company: Company, content: bytes) -> list[RowReport]:
    return judge(company, parts_of(read_book(content, columns=COLUMNS))[0])


def edited(company: Company, kind: SheetKind, key: str, **cells: str) -> bytes:
    """The company's exported sheet with some cells of one row changed; an underscore stands for a space."""
    rows = list(csv.DictReader(io.StringIO(csv_of(company, kind).decode("utf-8-sig"))))
    row = next(row for row in rows if row[kind.keys[-1]] == key)
    row |= {name.replace("_", " "): text for name, text in cells.items()}
    return a_csv(list(rows[0]), *(list(row.values()) for row in rows))
