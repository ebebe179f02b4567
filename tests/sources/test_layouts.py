"""Is each layout described where people look, in the words that the code uses?"""

from __future__ import annotations

from pathlib import Path

import pytest

from books.messages import Message
from sync.sources.base import Place, ReadOptions, RowError, UnreadableFile
from sync.sources.files import LAYOUTS
from sync.sources.files.columns import Column
from sync.sources.files.order_columns import COLUMNS, NEEDED
from sync.sources.files.order_drafts import DRAFTS
from sync.sources.kinds import plain

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "layouts.md"


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_has_its_section_with_all_of_its_columns(name: str):
    text = PAGE.read_text(encoding="utf-8")
    _, found, section = text.partition(f"## {name}\n")

    assert found, f"add a section '## {name}' to docs/reference/layouts.md"
    section = section.split("\n## ")[0]
    missing = [column.label for column in LAYOUTS[name].columns if column.label not in section]
    assert missing == []


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.label)
def test_every_column_has_a_row_with_its_help_and_its_other_names(column: Column):
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {column.label} |")]

    assert len(rows) == 1, f"docs/reference/layouts.md needs one row '| {column.label} | …'"
    assert column.help in rows[0]
    assert [alias for alias in column.aliases if alias not in rows[0]] == []


def test_every_name_means_one_column_only():
    names = [name for column in COLUMNS for name in column.names]

    assert sorted(names) == sorted(set(names))
    assert all(name == plain(name) and name for name in names)


def test_every_column_belongs_to_a_field_of_its_draft():
    assert [column.label for column in COLUMNS if not hasattr(DRAFTS[column.level](), column.target)] == []
    assert len({(column.level, column.target) for column in COLUMNS}) == len(COLUMNS)


def test_what_a_file_needs_are_columns_of_the_layout():
    assert {column for group in NEEDED for column in group} <= set(COLUMNS)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"date_order": "ydm"}, "ydm"),
        ({"decimal_mark": "'"}, "decimal"),
    ],
)
def test_options_that_nobody_can_follow_are_refused(options: dict[str, str], says: str):
    with pytest.raises(ValueError, match=says):
        ReadOptions(**options)  # type: ignore[arg-type]


def german(sentence: str) -> str:
    return {
        "row %(row)d": "Zeile %(row)d",
        "“%(value)s” is not a date.": "„%(value)s“ ist kein Datum.",
        "The file is empty.": "Die Datei ist leer.",
    }.get(sentence, sentence)


def test_places_faults_notices_and_refusals_are_worded_in_the_readers_language():
    error = RowError(
        code="not-a-day",
        place=Place(row=3),
        column="Order Date",
        value="x",
        message=Message.of("“%(value)s” is not a date.", "Fix it.", value="x"),
    )

    assert error.place.words.worded(german) == "Zeile 3"
    assert error.message.worded(german) == "„x“ ist kein Datum. Fix it."
    assert (error.where, str(Place(order=7)), str(Place())) == ("row 3", "order 7 of the file", "the file")
    assert UnreadableFile("The file is empty.", "Fix it.").message.worded(german) == "Die Datei ist leer. Fix it."
