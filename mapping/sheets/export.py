"""How do decisions become a file that a spreadsheet program opens? One workbook, or a CSV of one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import openpyxl

from books.cells import guarded
from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.posting_settings import uses_taxable
from mapping.sheets.kinds import CLASS, KINDS, PRODUCTS, TAXABLE, VERSION, SheetKind, SheetLine, with_states


def workbook(company: Company) -> bytes:
    """Every decision of the company, one sheet for each kind."""
    book, target = openpyxl.Workbook(write_only=True), io.BytesIO()
    for kind in KINDS:
        sheet = book.create_sheet(kind.title)
        sheet.freeze_panes = "A2"
        for cells in _table(company, kind):
            sheet.append(cells)
    book.save(target)
    return target.getvalue()


def csv_of(company: Company, kind: SheetKind) -> bytes:
    """The decisions of one kind."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(_table(company, kind))
    # Excel takes a CSV for UTF-8 only when it begins with this mark
    return f"\ufeff{text.getvalue()}".encode()


def _table(company: Company, kind: SheetKind) -> Iterator[list[str]]:
    columns = columns_of(kind, company)
    yield columns
    lines = kind.lines(company)
    for line in with_states(company, lines) if kind is PRODUCTS else lines:
        cells = _cells(kind, line)
        yield [guarded(cells.get(column, "")) for column in columns]


def columns_of(kind: SheetKind, company: Company) -> list[str]:
    """The columns of the export; those of class and tax only where the company has classes, and QuickBooks' own tax."""
    if kind is not PRODUCTS:
        return list(kind.columns)
    unused = set() if CompanyLists(company).classes else {CLASS}
    unused |= set() if uses_taxable(company) else {TAXABLE}
    return [column for column in kind.columns if column not in unused]


def _cells(kind: SheetKind, line: SheetLine) -> dict[str, str]:
    decided = {column: line.cell(column) for column in line.decisions}
    return {**dict(zip(kind.keys, line.key, strict=True)), **line.shown, **decided, VERSION: line.version}
