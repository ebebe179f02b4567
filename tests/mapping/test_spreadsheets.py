"""Is a sheet read cell by cell, in every shape that people send, and refused with a cure when it cannot be?"""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from mapping.sheets.workbook import MOST_ROWS, UnreadableSheet, read_sheet

COLUMNS = ("Source", "ID in source", "QuickBooks Product Name")
ROW = {"Source": "keap", "ID in source": "1042", "QuickBooks Product Name": "Crème, “A”"}


def xlsx(*rows: tuple[Any, ...]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(target)
    return target.getvalue()


def csv_with(mark: str) -> str:
    return f'Source{mark}ID in source{mark}QuickBooks Product Name\r\nkeap{mark}1042{mark}"Crème, “A”"\r\n'


@pytest.mark.parametrize(
    "content",
    [
        csv_with(",").encode(),
        csv_with(";").encode("utf-8-sig"),
        csv_with("\t").encode("utf-16"),
        csv_with(",").replace("ID in source", "  id IN source ").encode(),
        csv_with(",").replace("\r\n", "\n").encode(),
        xlsx(("Source", "ID in source", "QuickBooks Product Name"), ("keap", 1042, "Crème, “A”")),
        xlsx(("Source", "ID in source", "QuickBooks Product Name", None), ("keap", 1042.0, "Crème, “A”", None)),
    ],
    ids=[
        "commas",
        "semicolons with a mark",
        "tabs in UTF-16",
        "header in other case",
        "unix lines",
        "xlsx",
        "float id",
    ],
)
def test_every_usual_shape_is_read_alike(content: bytes) -> None:
    sheet = read_sheet(content, columns=COLUMNS)

    assert sheet.columns == COLUMNS
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ROW)]


def test_rows_keep_the_numbers_they_have_in_the_sheet() -> None:
    content = b"Source,ID in source,QuickBooks Product Name\nkeap,1,\n,,\nkeap,2,B,and more\nkeap,3\n"

    rows = read_sheet(content, columns=COLUMNS).rows

    assert [(row.number, row.too_long) for row in rows] == [(2, False), (4, True), (5, False)]
    assert rows[2].cells["QuickBooks Product Name"] == ""


def test_a_name_may_hold_a_line_break_inside_quotes() -> None:
    content = b'Source,ID in source,QuickBooks Product Name\nkeap,1,"two\nlines"\nkeap,2,B\n'

    assert [row.cells["ID in source"] for row in read_sheet(content, columns=COLUMNS).rows] == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \n \n", "The file is empty."),
        (b",,\nkeap,1,A\n", "The first row is empty"),
        (b"Source,source,ID in source\n", "The column “Source” appears in the sheet twice."),
        ("Source,ID in source\nkeap,é".encode("latin-1"), "The file is not UTF-8."),
        (b"Source,ID in source\nkeap,\0\n", "The file is neither CSV nor XLSX."),
        (b'Source,ID in source\nkeap,"1"2\n', "Line 2 cannot be read: a double quote is out of place."),
        (b"PK\x03\x04 not a workbook", "The file is not an Excel workbook that can be read"),
        (b"PK" + b"x" * 5_000_000, "The file is larger than 5 MB."),
        (xlsx(("a",))[:-200], "The file is not an Excel workbook that can be read"),
        (b"Source,ID in source\n" + b"keap,1\n" * (MOST_ROWS + 1), "The sheet has more than 20000 rows."),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_cure(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableSheet, match=sentence.replace("(", r"\(").replace(".", r"\.")):
        read_sheet(content, columns=COLUMNS)
