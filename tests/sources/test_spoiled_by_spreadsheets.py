"""Is what a spreadsheet or a broken download did to a file said, and no wrong day, amount or currency read from it?"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from random import Random
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from tests.sources.reading import csv_errors, read

HEADER = ("Order Number", "Order Date", "Line Item Name", "Quantity", "Price", "Payment Date", "Payment Amount")


def saved(*rows: tuple[Any, ...], formats: dict[str, str] | None = None) -> bytes:
    """A workbook with these rows below the header, and the number formats of some cells."""
    book, file = Workbook(), BytesIO()
    for row in (HEADER, *rows):
        book.worksheets[0].append(list(row))
    for place, written in (formats or {}).items():
        book.worksheets[0][place].number_format = written
    book.save(file)
    return file.getvalue()


def told(content: bytes, **options: Any) -> list[tuple[int | None, str, str]]:
    return [(error.row, error.column, error.code) for error in csv_errors(content, **options)]


# a number format | the currency of the order | whether the cell shows another one
FORMATS = [
    ("[$€-2] #,##0.00", "USD", True),
    ('#,##0.00\\ "€"', "USD", True),
    ('"£"#,##0.00', "USD", True),
    ("[Red]-#,##0.00\\ [$€-407]", "USD", True),
    ("[$EUR] #,##0", "USD", True),
    ("#,##0.00 [$lei-418]", "USD", True),
    ("[$₺-41F]#,##0", "USD", True),
    ('"$"#,##0.00', "EUR", True),
    ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "EUR", True),
    ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "USD", False),
    ('"$"#,##0.00', "CAD", False),
    ("#,##0.00 [$lei-418]", "RON", False),
    ("[$₺-41F]#,##0", "TRY", False),
    ("[$-409]#,##0.00", "EUR", False),
    ('#,##0.00 "NET"', "USD", False),
    ("#,##0.00", "USD", False),
]


@pytest.mark.parametrize(("written", "currency", "refused"), FORMATS)
@pytest.mark.parametrize("place", ["E2", "G2"])
def test_an_amount_that_its_cell_shows_in_another_currency_is_refused(
    written: str, currency: str, refused: bool, place: str
) -> None:
    row = ("M-1", date(2026, 8, 1), "Kit", 1, 74.97000000000001, date(2026, 8, 1), 74.97)

    good, errors, _ = read("orders-csv", saved(row, formats={place: written}), currency=currency)

    assert [error.code for error in errors] == (["other-currency"] if refused else [])
    assert [str(row.order.total) for row in good] == ([] if refused else ["74.97"])


def opened_in(order: str, *days: date) -> list[datetime | str]:
    """What a spreadsheet keeps of days that a file has in the other order: a date where there is one, else the text."""
    kept: list[datetime | str] = []
    for day in days:
        text = f"{day:%d/%m/%Y}" if order == "mdy" else f"{day:%m/%d/%Y}"
        try:
            kept.append(datetime.strptime(text, "%m/%d/%Y" if order == "mdy" else "%d/%m/%Y"))  # noqa: DTZ007
        except ValueError:
            kept.append(text)
    return kept


@pytest.mark.parametrize("order", ["mdy", "dmy"])
@pytest.mark.parametrize("seed", range(15))
def test_days_that_a_spreadsheet_read_in_its_own_order_are_right_or_refused(order: str, seed: int) -> None:
    chance = Random(seed)
    days = [date(2026, 8, 13 + chance.randrange(10))]
    days += [date(2026, chance.randint(1, 12), chance.randint(1, 28)) for _order in range(chance.randint(1, 8))]
    chance.shuffle(days)
    rows = [(f"M-{place}", day, "Kit", 1, 5, None, None) for place, day in enumerate(opened_in(order, *days))]

    good, errors, _ = read("orders-csv", saved(*rows))

    assert len(good) + len(errors) == len(days)
    assert {error.code for error in errors} <= {"day-and-month-swapped"}
    meant = {f"M-{place}": day for place, day in enumerate(days)}
    assert {row.order.number: row.order.placed_on for row in good}.items() <= meant.items()


def test_a_moment_and_the_day_of_a_payment_are_held_against_their_own_columns() -> None:
    content = saved(
        ("M-1", datetime(2026, 3, 4, 9, 30), "Kit", 1, 5, date(2026, 3, 4), 5),  # noqa: DTZ001
        ("M-2", "13/04/2026 09:30", "Kit", 1, 5, date(2026, 4, 13), 5),
    )

    assert told(content) == [(2, "Order Date", "day-and-month-swapped")]


def test_dates_beside_texts_are_read_where_one_of_them_cannot_have_been_swapped() -> None:
    content = saved(
        ("M-1", date(2026, 3, 4), "Kit", 1, 5, None, None),
        ("M-2", date(2026, 3, 31), "Kit", 1, 5, None, None),
        ("M-3", "13/04/2026", "Kit", 1, 5, None, None),
    )

    assert told(content) == []


WHOLE = "M-1,2026-08-01,Kit,1,100.00,2026-08-02,50.00\nM-2,2026-08-01,Kit,2,100.00,2026-08-02,150.00\n"


def test_a_file_that_is_cut_off_anywhere_gives_whole_orders_or_says_so() -> None:
    top = ",".join((*HEADER, "Currency")) + "\n"
    text = top + WHOLE.replace("\n", ",EUR\n")
    whole = {row.order.number: row.order for row in read("orders-csv", text)[0]}
    beginning = len(top) + text[len(top) :].index("\n") + 1
    within_last_cell = len(text) - len("EUR\n")

    for end in range(beginning + 1, within_last_cell):
        good, errors, _ = read("orders-csv", text[:end])

        assert [row.order for row in good] == [whole["M-1"]], text[:end]
        assert "cut-off" in {error.code for error in errors}, text[:end]


def test_a_last_row_without_a_line_end_is_read_where_it_is_whole_or_others_are_as_short() -> None:
    top = ",".join(HEADER) + "\n"

    assert told((top + WHOLE.rstrip("\n")).encode()) == []
    assert told(f"{top}M-1,2026-08-01,Kit,1,5\nM-2,2026-08-01,Kit,1,5".encode()) == []


def counted_from_1904(*rows: tuple[Any, ...]) -> bytes:
    """The same as an old Macintosh saves it: a day is a number, counted from 1904."""
    content, file = saved(*rows), BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(file, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/workbook.xml":
                part = part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
            after.writestr(name, part)
    return file.getvalue()


def test_a_number_without_a_date_format_is_no_day_where_days_are_counted_from_1904() -> None:
    days = (date(2026, 8, 14) - date(1904, 1, 1)).days
    row = ("M-1", days, "Kit", 1, 75, "2026-08-14", 75)

    assert told(counted_from_1904(row)) == [(2, "Order Date", "day-counted-from-1904")]
    assert told(counted_from_1904(("M-1", "2026-08-14", "Kit", 1, 75, str(days), 75))) == [
        (2, "Payment Date", "day-counted-from-1904")
    ]
    assert told(counted_from_1904(("M-1", "2026-08-14", "Kit", 1, days, "2026-08-14", days))) == []
    assert told(saved(row)) == []
