"""Is a workbook read as its program shows it, and is none able to exhaust who reads it?"""

from __future__ import annotations

import io
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.outside.cells import Faulty, Number
from books.outside.formats import is_date_format, shown_by
from books.outside.workbook_xml import Limits, NoWorkbook, TooLarge
from books.outside.workbooks import Workbook, open_workbook
from tests.outside.hostile_files import ENDLESS, NO_WORKBOOKS, WORKBOOKS, archive, row_of, workbook_of

#: A hundredth of the real limits, for files that are a hundredth of those that exhaust a reader. What the real ones
#: cost is measured: `python -m bench.uploads`.
SHARE = 100
REAL = Limits()
SMALL = Limits(unpacked=REAL.unpacked // SHARE, rows=REAL.rows // SHARE, events=REAL.events // SHARE)
LIMITLESS = Limits(file=10**12, unpacked=10**12, rows=10**12, columns=10**12, events=10**12, parts=10**12, text=10**12)


def opened(content: bytes, limits: Limits = REAL) -> Workbook:
    return open_workbook(io.BytesIO(content), limits=limits)


def cells_of(content: bytes, limits: Limits = REAL) -> list[tuple[object, ...]]:
    book = opened(content, limits)
    return [row.cells for row in book.rows(book.sheets[0])]


def saved(*rows: tuple[object, ...], formats: dict[str, str] | None = None) -> bytes:
    """What another program writes: openpyxl."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(list(row))
    for place, written in (formats or {}).items():
        book.worksheets[0][place].number_format = written
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("what", WORKBOOKS)
def test_no_workbook_is_read_beyond_the_limits(what: str) -> None:
    with suppress(NoWorkbook):
        assert len(cells_of(WORKBOOKS[what](SHARE), SMALL)) <= 2


@pytest.mark.parametrize("what", ENDLESS)
def test_what_is_too_large_says_so(what: str) -> None:
    with pytest.raises(TooLarge):
        cells_of(WORKBOOKS[what](SHARE), SMALL)


@pytest.mark.parametrize("what", ENDLESS)
def test_it_is_the_limit_that_refuses_and_not_something_else(what: str) -> None:
    with suppress(NoWorkbook):
        cells_of(WORKBOOKS[what](SHARE), replace(LIMITLESS, sheets=SMALL.sheets))
        return

    pytest.fail(f"{what} is refused even without limits")


@pytest.mark.parametrize("sheet", [row_of(1, "x" * 400_000), row_of(1, "x") + "x" * 400_000], ids=["cell", "between"])
def test_a_text_longer_than_any_cell_is_not_gathered(sheet: str) -> None:
    few = replace(REAL, text=200_000)

    with pytest.raises(TooLarge, match="a text in it has more than 200,000 characters"):
        cells_of(workbook_of(sheet), few)
    assert cells_of(workbook_of(row_of(1, *["x" * 32_767] * 12)), few) == [("x" * 32_767,) * 12]


def test_nothing_is_unpacked_beyond_the_limit_that_refuses() -> None:
    """Refused at the first 64 KB that are too many, however much comes after them."""
    few, many = (_took(WORKBOOKS["millions of empty cells"](share)) for share in (SHARE // 5, 1))

    assert many < 20 * few + 0.5, f"{many:.2f} s against {few:.2f} s"


def _took(content: bytes) -> float:
    begun = time.process_time()
    with pytest.raises(TooLarge):
        cells_of(content, SMALL)
    return time.process_time() - begun


def test_an_archive_of_very_many_files_is_not_read() -> None:
    with pytest.raises(TooLarge, match="more than 20 files"):
        open_workbook(io.BytesIO(archive({f"{n}": "" for n in range(21)})), limits=Limits(parts=20))


@pytest.mark.parametrize("what", NO_WORKBOOKS)
def test_an_archive_that_is_no_workbook_says_what_it_is(what: str) -> None:
    with pytest.raises(NoWorkbook, match=what):
        opened(NO_WORKBOOKS[what])


GOOD = saved(("Order", "Date"), (17, date(2026, 8, 1)))


def test_an_archive_that_says_its_parts_begin_before_it_is_damaged_and_breaks_nothing() -> None:
    place = GOOD.rindex(b"PK\x05\x06")  # the end record; sixteen bytes on, where the directory begins
    damaged = GOOD[: place + 16] + b"\xff\xff\xff\x7f" + GOOD[place + 20 :]

    with pytest.raises(NoWorkbook):
        opened(damaged)


@given(content=st.binary(max_size=400), at=st.integers(0, 5000))
def test_a_damaged_workbook_is_refused_or_read_and_never_breaks_the_reader(content: bytes, at: int) -> None:
    damaged = GOOD[:at] + content + GOOD[at + len(content) :]

    with suppress(NoWorkbook):
        assert cells_of(damaged) is not None


_DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
_NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=20)


@given(rows=st.lists(st.tuples(_TEXTS, _NUMBERS, _DAYS), min_size=1, max_size=8))
def test_what_another_program_writes_is_read_cell_by_cell(rows: list[tuple[str, Decimal, date]]) -> None:
    content = saved(*((f"t{text}", float(number), day) for text, number, day in rows))

    found = [(text, round(number, 2), day) for text, number, day in cells_of(content)]  # type: ignore[call-overload]

    assert found == [(f"t{text}", number, day) for text, number, day in rows]


def test_moments_shared_texts_and_gaps_are_read() -> None:
    moment = datetime(2026, 8, 1, 14, 30)  # noqa: DTZ001 - a spreadsheet knows no time zone

    assert cells_of(saved(("same", None, "same", moment))) == [("same", None, "same", moment)]


def test_a_cell_without_a_value_that_could_be_meant_says_so() -> None:
    row = row_of(
        1,
        '<c t="e"><v>#REF!</v></c>',
        '<c t="b"><v>1</v></c>',
        "<c><f>48</f></c>",
        "<c><f>24*2</f><v>48</v></c>",
        '<c t="str"><f>A1</f><v></v></c>',
        "x",
    )

    assert cells_of(workbook_of(row)) == [
        (
            Faulty("error", "#REF!"),
            Faulty("boolean", "TRUE"),
            Faulty("formula", "=48"),
            Decimal(48),
            None,
            "x",
        )
    ]


def test_a_row_that_the_sheet_hides_and_a_column_too_are_told() -> None:
    rows = row_of(1, "a", "b") + row_of(2, "c", attributes='hidden="1"')
    book = opened(workbook_of(rows, before='<cols><col min="2" max="3" hidden="1"/></cols>'))

    assert [(row.number, row.hidden) for row in book.rows(book.sheets[0])] == [(1, False), (2, True)]
    assert book.hidden_columns(book.sheets[0]) == (1, 2)


SHOWN = [
    ("0000", "17", "0017"),
    ("00000", "80301", None),
    ("00000", "1234567", None),
    ("00000-0000", "803011234", "80301-1234"),
    ("00000\\-0000", "21010007", "02101-0007"),
    ("(000) 000-0000", "3035550100", "(303) 555-0100"),
    ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "5550100", "555-0100"),
    ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "3035550100", "(303) 555-0100"),
    ('"SKU-"000', "7", None),
    ("0", "17", None),
    ("General", "17", None),
    ("#,##0", "1700", None),
    ("0.00", "17", None),
    ("0000", "17.5", None),
    ("0.00E+00", "4006380000000", None),
]


@pytest.mark.parametrize(("written", "number", "shown"), SHOWN)
def test_a_number_is_shown_as_its_format_arranges_it(written: str, number: str, shown: str | None) -> None:
    assert shown_by(written, Decimal(number)) in (shown, number if shown is None else shown)


def test_the_number_behind_a_shown_identifier_is_kept() -> None:
    assert cells_of(saved((17,), formats={"A1": "0000"})) == [(Number(Decimal(17), "0017"),)]


@pytest.mark.parametrize("written", ["yyyy-mm-dd", "m/d/yy", "[$-409]d-mmm-yy;@", "hh:mm", "[h]:mm:ss"])
def test_a_format_of_days_is_told_from_one_of_numbers(written: str) -> None:
    assert is_date_format(written)


@pytest.mark.parametrize("written", ["0.00", "General", '0.00" days"', "[Red]0", '"$"#,##0.00', ""])
def test_a_format_of_numbers_is_told_from_one_of_days(written: str) -> None:
    assert not is_date_format(written)


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_not_unpacked() -> None:
    with pytest.raises(TooLarge, match="unpacks to more than 1 MB"):
        opened(archive({"[Content_Types].xml": b"0" * 1_100_000}), Limits(unpacked=1_000_000))
