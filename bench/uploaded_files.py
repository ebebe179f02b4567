"""The worst files that each door of uploads takes, and the doors: what `bench.uploads` measures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from tests.outside.hostile_files import WORKBOOKS, row_of, workbook_of

_HEADER = b"Order Number,Order Date,Line Item Name,Quantity,Price\n"
LARGEST_FILE = 64 * 1024 * 1024
#: As the screen has it.
_MOST_ROWS = 50_000
#: Of three lines each, just below 300,000.
_MOST_BLOCKS = 99_000
#: As many as a sheet of decisions may have rows.
MOST_PRODUCTS = 20_000
_ACCOUNTS = b"!ACCNT\tNAME\tACCNTTYPE\tDESC\tACCNUM\tEXTRA\r\n"


def _filled(start: bytes, row: bytes, end: bytes = b"", size: int = LARGEST_FILE) -> bytes:
    """A file of the largest size, of one row again and again."""
    return start + row * ((size - len(start) - len(end)) // len(row)) + end


def _numbered(start: bytes, row: str, size: int = LARGEST_FILE, end: str = "", most: int = 10**9) -> bytes:
    """A file of the largest size whose rows differ in a number."""
    parts, length, number = [start], len(start), 0
    while length < size - 200 and number < most:
        part = (row % {"n": number}).encode()
        parts.append(part)
        length += len(part)
        number += 1
    return b"".join((*parts, end.encode()))


# The doors ------------------------------------------------------------------------------------------------------------


def _orders(layout: str) -> Callable[[bytes], str]:
    def send(content: bytes) -> str:
        from sync.sources.base import OrderRead, ReadOptions, UnreadableFile

        counts = {True: 0, False: 0}
        try:
            for record in LAYOUTS[layout].read(io.BytesIO(content), options=ReadOptions(most=_MOST_ROWS)):
                counts[isinstance(record, OrderRead)] += 1
        except UnreadableFile as fault:
            return f"rejected: {fault}"[:110]
        return f"{counts[True]} orders, {counts[False]} errors"

    from sync.sources.files import LAYOUTS

    return send


def _sheet(content: bytes) -> str:
    from companies.models import Company
    from mapping.sheets.kinds import COLUMNS
    from mapping.sheets.validate import judge, parts_of
    from mapping.sheets.workbook import UnreadableSheet, read_book

    try:
        parts, _aside = parts_of(read_book(content, columns=COLUMNS))
        reports = judge(Company.objects.get(slug="studio"), parts)
    except UnreadableSheet as fault:
        return f"rejected: {fault}"[:110]
    return f"{len(reports)} rows, {sum(bool(report.errors) for report in reports)} with errors"


def _lists(content: bytes) -> str:
    from sync.quickbooks_desktop.reading.lists import DesktopLists, read_lists

    came = read_lists(content)
    if isinstance(came, DesktopLists):
        return f"{len(came.accounts)} accounts, {len(came.findings)} warnings"
    return f"rejected: {len(came.findings)} findings, first {came.findings[0].message.worded()}"[:110]


def _checker(content: bytes) -> str:
    from sync.quickbooks_desktop.reading.read import read_iif

    report = read_iif(content)
    return f"{len(report.blocks)} transactions, {len(report.findings)} findings"


def _errors(content: bytes) -> str:
    from sync.quickbooks_desktop.reading.errors_file import read_errors

    read = read_errors(content)
    return f"{len(read.failed)} records, {len(read.findings)} findings"


def _report(content: bytes) -> str:
    from sync.quickbooks_desktop.reading.transaction_report import TransactionReport, read_report

    read = read_report(content)
    if isinstance(read, TransactionReport):
        return f"{len(read.transactions)} transactions"
    return f"rejected: {len(read.findings)} findings"


def _staged(layout: str) -> Callable[[bytes], str]:
    """As the screen does it: read, staged, and what a person sees at once prepared."""

    def send(content: bytes) -> str:
        from companies.models import Company
        from sync.sources.base import ReadOptions, UnreadableFile
        from sync.sources.files import LAYOUTS
        from sync.staging.import_file import import_file, prepare_imported

        company = Company.objects.get(slug="studio")
        file, options = io.BytesIO(content), ReadOptions(most=_MOST_ROWS)
        try:
            counts = import_file(company, LAYOUTS[layout], file, name="bench", options=options).counts
        except UnreadableFile as fault:
            return f"rejected: {fault}"[:110]
        prepared = prepare_imported(company)
        return f"{counts.staged} orders staged, {prepared.orders} prepared, {counts.rejected} errors"

    return send


def _sheet_saved(content: bytes) -> str:
    from companies.models import Company
    from mapping.sheets.kinds import COLUMNS
    from mapping.sheets.save import save
    from mapping.sheets.validate import parts_of
    from mapping.sheets.workbook import UnreadableSheet, read_book

    try:
        parts, _aside = parts_of(read_book(content, columns=COLUMNS))
    except UnreadableSheet as fault:
        return f"rejected: {fault}"[:110]
    reports = save(Company.objects.get(slug="studio"), parts, by=None)
    faulty = sum(bool(report.errors) for report in reports)
    return f"{sum(bool(report.changes) for report in reports)} products saved, {faulty} with errors"


def _lists_taken(content: bytes) -> str:
    from companies.models import Company
    from sync.quickbooks_desktop.list_import import ListsImported, import_lists

    came = import_lists(Company.objects.get(slug="desktop"), content, name="bench")
    if isinstance(came, ListsImported):
        return f"{came.lists['accounts'].total} accounts in the database"
    return f"rejected: {len(came.findings)} findings"


DOORS: dict[str, Callable[[bytes], str]] = {
    "csv": _orders("orders-csv"),
    "json": _orders("keap-orders-json"),
    "sheet": _sheet,
    "lists": _lists,
    "checker": _checker,
    "errors": _errors,
    "report": _report,
    "staged csv": _staged("orders-csv"),
    "staged json": _staged("keap-orders-json"),
    "saved sheet": _sheet_saved,
    "taken lists": _lists_taken,
}
#: Those that need a database with companies.
STORING = {"sheet", "staged csv", "staged json", "saved sheet", "taken lists"}


# The files ------------------------------------------------------------------------------------------------------------


def _workbook(sheet: str, **parts: str) -> Callable[[], bytes]:
    return lambda: workbook_of(sheet, **parts)


def _largest_workbook(orders: int = 90_000) -> bytes:
    """Orders of five columns, at first as many as a workbook may have cells for."""
    top = row_of(1, *_HEADER.decode().strip().split(","))
    rows = "".join(
        row_of(n + 2, f"W-{n}", "2026-08-14", "Class", "<c><v>1</v></c>", "<c><v>50</v></c>") for n in range(orders)
    )
    return workbook_of(top + rows)


def _json(text: str) -> bytes:
    return text.encode()


_KEAP = (
    '{"id":%(n)d,"order_date":"2026-08-14T18:00:00Z","total":50,"order_items":[{"id":1,"name":"Class","quantity":1,'
    '"price":50,"type":"Product","product":{"id":7,"name":"Class"}}]},\n'
)
_BLOCK = (
    "TRNS\tINVOICE\t8/14/2026\tAccounts Receivable\tAda\t1.00\t%(n)d\r\n"
    "SPL\tINVOICE\t8/14/2026\tSales\t\t-1.00\t%(n)d\r\nENDTRNS\r\n"
)
_BLOCKS = (
    b"!TRNS\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tDOCNUM\r\n!SPL\tTRNSTYPE\tDATE\tACCNT\tNAME\tAMOUNT\tDOCNUM\r\n"
    b"!ENDTRNS\r\n"
)

CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "csv: as many good orders as fit": (
        "csv",
        lambda: _numbered(_HEADER, "C-%(n)d,2026-08-14,Class,1,50\n"),
    ),
    "csv: rows with nothing but a number": ("csv", lambda: _numbered(_HEADER, "%(n)d\n")),
    "csv: one order of the whole file": ("csv", lambda: _filled(_HEADER, b"1,2026-08-14,Class,1,50\n")),
    "csv: rows without a number": ("csv", lambda: _filled(_HEADER, b",x,,\n")),
    "csv: a row of separators": ("csv", lambda: _filled(_HEADER, b",")),
    "csv: one cell": ("csv", lambda: _filled(_HEADER, b"x")),
    "csv: a quotation mark that does not end": ("csv", lambda: _filled(_HEADER + b'"', b"x\n")),
    "csv: one record of many lines": ("csv", lambda: _filled(_HEADER, b'"a\n",')),
    "csv: empty lines": ("csv", lambda: _filled(_HEADER, b"\n")),
    "csv: two orders in turn": ("csv", lambda: _filled(_HEADER, b"1,x\n2,x\n")),
    "workbook: as many good orders as fit": ("csv", _largest_workbook),
    "workbook: a million empty rows": ("csv", lambda: WORKBOOKS["a million empty rows"](1)),
    "workbook: millions of empty cells": ("csv", lambda: WORKBOOKS["millions of empty cells"](1)),
    "workbook: many shared texts": ("csv", lambda: WORKBOOKS["many shared texts"](1)),
    "workbook: a text of 58 MB": ("csv", _workbook(row_of(1, "x" * 58_000_000))),
    "workbook: attributes of 58 MB": ("csv", _workbook(f'<row r="{"9" * 58_000_000}"></row>')),
    "workbook: a million attributes": (
        "csv",
        _workbook("<row " + " ".join(f'a{n}="{n}"' for n in range(3_000_000)) + "/>"),
    ),
    "workbook: 200,000 entries of an archive": ("csv", lambda: _many_entries(200_000)),
    "json: as many good orders as fit": ("json", lambda: _numbered(b"[", _KEAP, end='{"id":"last"}]')),
    "json: one value of empty objects": ("json", lambda: _filled(b'[{"id":1,"order_items":[{}', b",{}", b"]}]")),
    "json: members of 16 MB each": (
        "json",
        lambda: _numbered(b'{"id":1', ',"m%(n)d":[' + ",".join(['{"":0.1}'] * 1_700_000) + "]", end="}"),
    ),
    "json: one object per line, one of them endless": (
        "json",
        lambda: _filled(b'{"id":1}\n{"id":2,"order_items":[{}', b",{}", b"]}\n"),
    ),
    "json: orders of nothing but an id": ("json", lambda: _numbered(b"[", '{"id":%(n)d},', end='{"id":"last"}]')),
    "json: no objects": ("json", lambda: _filled(b"[1", b",1", b"]")),
    "json: payments beside": (
        "json",
        lambda: _numbered(b'{"orders":[],"payments":[', '{"id":%(n)d,"order_id":%(n)d,"amount":1},', end='{"id":0}]}'),
    ),
    "json: spaces": ("json", lambda: _filled(b"[", b" ", b"]")),
    "json: a string that does not end": ("json", lambda: _filled(b'[{"id":"', b"x")),
    "json: brackets": ("json", lambda: _filled(b"", b"[")),
    "staged: 50,000 orders of a CSV": (
        "staged csv",
        lambda: _numbered(_HEADER, "C-%(n)d,2026-08-14,Class,1,50\n", most=_MOST_ROWS),
    ),
    "staged: 50,000 orders of a workbook": ("staged csv", lambda: _largest_workbook(_MOST_ROWS)),
    "staged: 50,000 orders of JSON": (
        "staged json",
        lambda: _numbered(b"[", _KEAP, end='{"id":"last"}]', most=_MOST_ROWS - 1),
    ),
    "staged: 50,000 rows with errors": (
        "staged csv",
        lambda: _numbered(_HEADER, "C-%(n)d,once,Class,1,x\n", most=_MOST_ROWS),
    ),
    "sheet: 20,000 products saved": (
        "saved sheet",
        lambda: _numbered(
            b"Source,ID in source,QuickBooks Product Name\n", "files,p-%(n)d,Starter Clay Kit\n", most=MOST_PRODUCTS
        ),
    ),
    "sheet: as many rows as fit": (
        "sheet",
        lambda: _numbered(b"Source,ID in source,QuickBooks Product Name\n", "files,%(n)d,x\n", most=MOST_PRODUCTS),
    ),
    "sheet: a row of separators": (
        "sheet",
        lambda: _filled(b"Source,ID in source,QuickBooks Product Name\n", b",", size=5_000_000),
    ),
    "sheet: a header of separators": ("sheet", lambda: _filled(b"Source", b",", size=5_000_000)),
    "sheet: a header of names": (
        "sheet",
        lambda: _numbered(b"Source", ",%(n)d", size=5_000_000),
    ),
    "sheet: a workbook of many cells": ("sheet", _largest_workbook),
    "sheet: ten sheets of many cells": ("sheet", lambda: _many_sheets(10)),
    "lists: as many accounts as fit": (
        "lists",
        lambda: _numbered(_ACCOUNTS, "ACCNT\tA%(n)d\tINC\t\t\t\r\n", most=299_000),
    ),
    "lists: 100,000 accounts taken into the database": (
        "taken lists",
        lambda: _numbered(_ACCOUNTS, "ACCNT\tA%(n)d\tINC\t\t\t\r\n", most=100_000),
    ),
    "lists: 100,000 names of 200 bytes": (
        "lists",
        lambda: _numbered(_ACCOUNTS, "ACCNT\tA%(n)d\tINC\t" + "d" * 180 + "\t\t\r\n", most=100_000),
    ),
    "lists: empty lines": ("lists", lambda: _filled(_ACCOUNTS, b"\n")),
    "lists: one line of tabs": ("lists", lambda: _filled(_ACCOUNTS + b"ACCNT", b"\t", b"\r\n")),
    "lists: rows of one wrong letter": ("lists", lambda: _filled(_ACCOUNTS, b"x\r\n")),
    "lists: rows with spaces around": (
        "lists",
        lambda: _numbered(_ACCOUNTS, "ACCNT\t A%(n)d \tINC \t x \t x \t x \r\n"),
    ),
    "lists: headers": ("lists", lambda: _filled(_ACCOUNTS, b"!CUST\r\n")),
    "checker: as many transactions as fit": ("checker", lambda: _numbered(_BLOCKS, _BLOCK, most=_MOST_BLOCKS)),
    "checker: rows without a header": ("checker", lambda: _filled(b"", b"TRNS\t1\r\n")),
    "checker: empty lines": ("checker", lambda: _filled(_BLOCKS, b"\n")),
    "checker: quotation marks": ("checker", lambda: _filled(_BLOCKS + b"TRNS\t", b'"', b"\r\n")),
    "checker: pairs of quotation marks": ("checker", lambda: _filled(_BLOCKS + b"TRNS\t", b'""\t', b"\r\n")),
    "checker: one open quotation mark per field": ("checker", lambda: _filled(_BLOCKS + b"TRNS", b'\t"x', b"\r\n")),
    "errors: notes": ("errors", lambda: _filled(b"", b"; [ERROR] x\r\n")),
    "errors: as many records as fit": (
        "errors",
        lambda: _numbered(_BLOCKS, "; [ERROR] x\r\n" + _BLOCK, most=_MOST_BLOCKS * 3 // 4),
    ),
    "report: as many rows as fit": (
        "report",
        lambda: _numbered(b"Type,Date,Num,Name,Memo,Amount\r\n", "Invoice,08/14/2026,%(n)d,Ada,m,1.00\r\n"),
    ),
    "report: separators": ("report", lambda: _filled(b"Type,Date,Num,Name,Memo,Amount\r\n", b",")),
    "report: empty lines": ("report", lambda: _filled(b"Type,Date,Num,Name,Memo,Amount\r\n", b"\n")),
    "report: amounts that are none": (
        "report",
        lambda: _filled(b"Type,Date,Num,Name,Memo,Amount\r\n", b"Invoice,08/14/2026,1,A,m,x\r\n"),
    ),
    "report: a quotation mark that does not end": (
        "report",
        lambda: _filled(b'Type,Date,Num,Name,Memo,Amount\r\n"', b"x\r\n"),
    ),
}


def _many_entries(count: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(count):
            packed.writestr(f"{number}", b"")
    return file.getvalue()


def _many_sheets(count: int) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for number in range(count):
        sheet = book.create_sheet(f"s{number}")
        sheet.append(["Source", "ID in source", "QuickBooks Product Name", f"n{number}"])
        for row in range(19_999):
            sheet.append(["files", str(row), "x", "y"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
