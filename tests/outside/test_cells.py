"""What does each cell of a workbook mean that Excel writes: numbers of rows, columns, shared texts, days, formats?"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from books.outside.cells import Faulty, Number, Value, small_number
from books.outside.formats import shown_by
from books.outside.spoiled import Spoiled, spoiled
from books.outside.workbook_xml import Limits, NoWorkbook, TooLarge, events
from books.outside.workbooks import Workbook, open_workbook
from tests.outside.hostile_files import archive, row_of, workbook_of

DATES = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
SHARED = """<sst>
  <si> <t>Clay</t> </si>
  <si><r> <t>Starter </t> </r><r><t>Kit</t></r><rPh sb="0" eb="1"><t>kuree</t></rPh></si>
  <si><t>After</t></si>
</sst>"""


def opened(content: bytes, **limits: int) -> Workbook:
    return open_workbook(io.BytesIO(content), limits=Limits(**limits))


def rows_of(sheet: str, **parts: str) -> list[tuple[object, ...]]:
    book = opened(workbook_of(sheet, **parts))
    return [row.cells for row in book.rows(book.sheets[0])]


def with_parts(content: bytes, parts: dict[str, str]) -> bytes:
    """The same archive with other parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return archive({name: packed.read(name).decode() for name in packed.namelist()} | parts)


def part_of(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name).decode()


# Rows and columns -----------------------------------------------------------------------------------------------------


def test_a_row_without_a_number_follows_the_one_before_it() -> None:
    cell = "<c><v>1</v></c>"
    book = opened(workbook_of(f'<row>{cell}</row><row r="5">{cell}</row><row>{cell}</row>'))

    assert [row.number for row in book.rows(book.sheets[0])] == [1, 5, 6]


def test_a_cell_is_in_the_column_that_its_letters_say() -> None:
    (cells,) = rows_of('<row r="1"><c r="B1"><v>2</v></c><c><v>3</v></c><c r="AA1"><v>27</v></c></row>')

    assert [(place, value) for place, value in enumerate(cells, start=1) if value is not None] == [
        (2, Decimal(2)), (3, Decimal(3)), (27, Decimal(27)),
    ]  # fmt: skip


def test_two_cells_of_one_place_are_refused() -> None:
    with pytest.raises(NoWorkbook, match="not in their order"):
        rows_of('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')


@pytest.mark.parametrize("stray", ["<t>stray</t>", "<v>7</v>", "<f>1+1</f>", "stray"])
def test_what_is_in_no_cell_is_nothing(stray: str) -> None:
    assert rows_of(f'<row r="1">{stray}<c><v>1</v></c>{stray}</row>{stray}') == [(Decimal(1),)]


def test_a_cell_that_shares_a_formula_and_has_no_result_says_so() -> None:
    assert rows_of('<row r="1"><c><f t="shared" si="0"/></c></row>') == [(Faulty("formula", "="),)]


@pytest.mark.parametrize(("text", "number"), [("999999999", 999_999_999), ("1000000000", 0), ("²", 0), ("-1", 0)])
def test_a_count_has_nine_digits_at_most(text: str, number: int) -> None:
    assert small_number(text) == number


# Shared texts, days ---------------------------------------------------------------------------------------------------


def test_shared_texts_are_read_without_what_only_says_how_to_pronounce_them() -> None:
    cells = "".join(f'<c t="s"><v>{text}</v></c>' for text in ("0", "1", "2", "1"))

    assert rows_of(f'<row r="1">{cells}</row>', shared=SHARED) == [("Clay", "Starter Kit", "After", "Starter Kit")]


@pytest.mark.parametrize("text", ["3", "x", ""])
def test_a_shared_text_that_is_not_there_is_an_empty_cell(text: str) -> None:
    row = f'<row r="1"><c t="s"><v>{text}</v></c><c><v>1</v></c></row>'

    assert rows_of(row, shared=SHARED) == [(None, Decimal(1))]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0", date(1899, 12, 30)),  # as LibreOffice shows it
        ("46248", date(2026, 8, 14)),
        ("2958465", date(9999, 12, 31)),
        ("2958466", Decimal(2_958_466)),
        ("-1", Decimal(-1)),
    ],
)
def test_a_number_with_a_format_of_days_is_the_day_that_is_shown(number: str, shown: object) -> None:
    assert rows_of(f'<row r="1"><c s="0"><v>{number}</v></c></row>', styles=DATES) == [(shown,)]


def test_a_workbook_of_an_old_macintosh_counts_its_days_from_1904() -> None:
    days = (date(2026, 8, 14) - date(1904, 1, 1)).days
    content = workbook_of(f'<row r="1"><c s="0"><v>{days}</v></c></row>', styles=DATES)
    main = part_of(content, "xl/workbook.xml").replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    book = opened(with_parts(content, {"xl/workbook.xml": main}))

    assert [row.cells for row in book.rows(book.sheets[0])] == [(date(2026, 8, 14),)]


@pytest.mark.parametrize(
    ("written", "number", "shown"),
    [
        ("0000", "0", "0000"),
        ("0000", "-17", None),
        ("#00", "7", "07"),
        ("#0", "7", None),
        ("(000) 000", "1234567", "(1234) 567"),
        ("00-00", "123456", "1234-56"),
        ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "9999999", "999-9999"),
        ("[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "10000000", "(1) 000-0000"),
        ("[<=9999999]###\\-####", "10000000", "1000-0000"),
        ("0" * 60, "7", "7".zfill(60)),
        ("0" * 61, "7", None),
    ],
)
def test_a_number_is_arranged_in_the_places_of_its_format(written: str, number: str, shown: str | None) -> None:
    assert shown_by(written, Decimal(number)) == shown


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [("999999999999999", None), ("1000000000000000", Spoiled.SHORTENED), ("400638133393", None)],
)
def test_an_identifier_has_as_many_digits_as_a_spreadsheet_keeps(cell: str, verdict: Spoiled | None) -> None:
    assert spoiled(Decimal(cell), identifies=True) == verdict
    assert spoiled(Decimal(cell)) is None, "an amount is no identifier"


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        (Faulty("formula", ""), Spoiled.FORMULA),
        ("=48", Spoiled.FORMULA),
        ('="0017"', None),
        (Faulty("error", ""), Spoiled.ERROR),
        ("#REF!", Spoiled.ERROR),
        (" ### ", Spoiled.ERROR),
        ("##", None),
        ("TRUE", Spoiled.BOOLEAN),
        ("True", None),
    ],
)
def test_what_a_spreadsheet_has_done_to_a_cell_is_told_whatever_the_cell_is_for(
    cell: Value, verdict: Spoiled | None
) -> None:
    assert spoiled(cell) == verdict
    assert spoiled(cell, identifies=True) == verdict


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        (Number(Decimal(4006381333931), "4.00638E+12"), Spoiled.SHORTENED),
        (Number(Decimal(17), "0017"), None),
        ("1,2E+10", Spoiled.SHORTENED),
        ("4E12", Spoiled.SHORTENED),
        ("4E-12", None),
        ("KIT-4E12", None),
        (date(2026, 5, 3), Spoiled.DATE),
    ],
)
def test_an_identifier_is_told_by_what_its_cell_shows(cell: Value, verdict: Spoiled | None) -> None:
    assert spoiled(cell, identifies=True) == verdict
    assert spoiled(cell) is None, "an amount or a day is no identifier"


# The parts around the sheets ------------------------------------------------------------------------------------------


def sheets(*states: str) -> bytes:
    """A workbook with several sheets, each hidden or not."""
    content = workbook_of(row_of(1, "x"))
    named = "".join(f'<sheet name="S{n}" sheetId="{n}" state="{state}" r:id="r0"/>' for n, state in enumerate(states))
    main = part_of(content, "xl/workbook.xml")
    begin, end = main.index("<sheets>"), main.index("</sheets>")
    return with_parts(content, {"xl/workbook.xml": main[:begin] + "<sheets>" + named + main[end:]})


def test_a_sheet_that_is_hidden_is_told_from_one_that_is_shown() -> None:
    book = opened(sheets("visible", "hidden", "veryHidden"))

    assert [(sheet.title, sheet.hidden) for sheet in book.sheets] == [("S0", False), ("S1", True), ("S2", True)]


def test_the_workbook_is_found_behind_other_parts_of_the_package() -> None:
    content = workbook_of(row_of(1, "x"))
    relations = part_of(content, "_rels/.rels")
    begin = relations.index("<Relationship ")
    properties = '<Relationship Id="p" Type="http://x/metadata/core-properties" Target="docProps/core.xml"/>'
    content = with_parts(content, {"_rels/.rels": relations[:begin] + properties + relations[begin:]})

    assert [sheet.title for sheet in opened(content).sheets] == ["Orders"]


def test_xml_that_ends_in_its_middle_is_refused() -> None:
    with pytest.raises(NoWorkbook, match="its XML is broken"):
        rows_of('<?xml version="1.0"?><worksheet><sheetData><row r="1"><c><v>1</v></c></row>')


# Limits: exactly so much, and no more ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "limits", "few"),
    [
        (row_of(3, "x"), {"rows": 3}, {"rows": 2}),
        ('<row r="1"><c r="C1"><v>1</v></c></row>', {"columns": 3}, {"columns": 2}),
    ],
)
def test_the_last_row_and_column_within_the_limit_are_read(
    sheet: str, limits: dict[str, int], few: dict[str, int]
) -> None:
    enough, less = (opened(workbook_of(sheet), **chosen) for chosen in (limits, few))

    assert len(list(enough.rows(enough.sheets[0]))) == 1
    with pytest.raises(TooLarge):
        list(less.rows(less.sheets[0]))


def test_a_file_of_exactly_the_limit_is_opened_and_one_of_a_byte_more_is_not() -> None:
    content = workbook_of(row_of(1, "x"))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sizes = [entry.file_size for entry in packed.infolist()]
    exact = {"file": len(content), "parts": len(sizes), "unpacked": sum(sizes), "sheets": 1}

    assert len(opened(content, **exact).sheets) == 1
    for name, most in exact.items():
        if name != "sheets":
            with pytest.raises(TooLarge):
                opened(content, **exact | {name: most - 1})
    assert len(opened(sheets("visible", "visible"), sheets=2).sheets) == 2
    with pytest.raises(TooLarge, match="more than 2 sheets"):
        opened(sheets("visible", "visible", "visible"), sheets=2)


def test_a_part_of_exactly_as_many_pieces_as_the_limit_is_read() -> None:
    content = workbook_of(row_of(1, *"abcdefghijklmnop"))
    book = opened(content)
    part = book.sheets[0].part
    pieces = len(list(book.events(part)))

    assert len(list(events(book.archive, part, replace(Limits(), events=pieces)))) == pieces
    with pytest.raises(TooLarge):
        list(events(book.archive, part, replace(Limits(), events=pieces - 1)))


def test_hidden_columns_are_told_without_reading_the_rows() -> None:
    many = "".join(row_of(number, "x") for number in range(1, 5_000))
    content = workbook_of(many, before='<cols><col min="2" max="2" hidden="true"/></cols>')
    book = opened(content, events=20_000)

    assert book.hidden_columns(book.sheets[0]) == (1,)
    with pytest.raises(TooLarge):
        list(book.rows(book.sheets[0]))


def test_the_limits_are_those_that_the_page_about_uploads_promises() -> None:
    limits, million = Limits(), Decimal(1_000_000)
    promised = (
        f"| {limits.file / million} MB, {limits.unpacked / million} MB unpacked |",
        f"the command {limits.rows:,} |",
        f"{limits.columns} columns, about {Decimal(limits.events) / 5:,} cells, a text of {limits.text:,} characters, "
        f"{limits.sheets} sheets, {limits.parts:,} files in the archive",
    )
    page = (Path(__file__).parents[2] / "docs/reference/uploads.md").read_text(encoding="utf-8")

    assert [words for words in promised if words not in page] == []
