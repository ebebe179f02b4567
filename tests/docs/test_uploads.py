"""Does the page of uploads name every door, with the limits that the program keeps?"""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from books.outside.nesting import DEEPEST
from books.outside.workbook_xml import Limits
from mapping.sheets.workbook import LARGEST_FILE, MOST_ROWS
from reconciliation.evidence_pack.verify import LONGEST_MANIFEST
from reconciliation.views import import_orders
from sync.quickbooks_desktop.reading.findings import MOST_OF_A_KIND
from sync.quickbooks_desktop.reading.rows import MOST_COLUMNS
from sync.quickbooks_desktop.reading.text import LONGEST_LINE, MOST_LINES
from sync.sources.files.catalogue import MOST_ITEMS
from sync.sources.files.json_stream import LONGEST_VALUE, MOST_PARTS
from sync.sources.files.orders_csv import MOST_ROWS_OF_AN_ORDER
from sync.sources.files.tables import LONGEST_ROW, MOST_EMPTY_ROWS
from sync.staging.intake import MOST_ERRORS
from tests.docs.pages import DOCS

PAGE = (DOCS / "reference" / "uploads.md").read_text(encoding="utf-8")
MB = 1_000_000
WORKBOOK = Limits()
#: What each row of the table says, by how it begins.
SAID = {
    "Items, CSV": (MOST_ITEMS, LONGEST_ROW, MOST_EMPTY_ROWS, settings.LARGEST_FILE // 1024**2),
    "Items, Excel": (WORKBOOK.file // MB, WORKBOOK.unpacked // MB, MOST_ITEMS, WORKBOOK.columns),
    "Orders, CSV": (
        import_orders.MOST_ROWS,
        LONGEST_ROW,
        MOST_ROWS_OF_AN_ORDER,
        MOST_EMPTY_ROWS,
        settings.LARGEST_FILE // 1024**2,
    ),
    "Orders, Excel": (
        WORKBOOK.file // MB,
        WORKBOOK.unpacked // MB,
        WORKBOOK.rows,
        WORKBOOK.columns,
        WORKBOOK.events // 5,
        WORKBOOK.text,
        WORKBOOK.sheets,
        WORKBOOK.parts,
    ),
    "Orders, JSON": (import_orders.MOST_ROWS, LONGEST_VALUE // 1024**2, MOST_PARTS, DEEPEST),
    **dict.fromkeys(
        ("Decisions", "Customer links"), (LARGEST_FILE // MB, WORKBOOK.unpacked // MB, MOST_ROWS, WORKBOOK.columns)
    ),
    **dict.fromkeys(("Lists of", "Any IIF", "Errors of"), (MOST_LINES, LONGEST_LINE, MOST_COLUMNS)),
    "Evidence packs": (LONGEST_MANIFEST // 1024**2,),
    "Report of": (MOST_LINES, LONGEST_LINE),
}


def test_every_limit_of_the_page_is_the_one_that_is_kept() -> None:
    for door, limits in SAID.items():
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {door}"))
        numbers = set(re.findall(r"[0-9][0-9,]*", row))
        for limit in limits:
            assert f"{limit:,}" in numbers, f"{door} does not say {limit:,}: {row}"
    assert f"more than {settings.LARGEST_REQUEST // 1024**2} MB" in PAGE
    assert f"{MOST_ERRORS:,} errors" in PAGE
    assert f"finding in a file of QuickBooks Desktop, {MOST_OF_A_KIND:,}" in PAGE


#: Where the program takes a file from a person, each with how its row of the table begins.
DOORS = {
    "mapping/views/spreadsheets.py": ["Decisions"],
    "reconciliation/views/desktop_files.py": ["Errors of", "Report of"],
    "reconciliation/views/iif.py": ["Lists of", "Any IIF"],
    "reconciliation/views/match_customers_sheet.py": ["Customer links"],
    "reconciliation/views/import_items.py": ["Items, CSV", "Items, Excel"],
    "reconciliation/views/import_orders.py": ["Orders, CSV", "Orders, Excel", "Orders, JSON"],
    "reconciliation/management/commands/verify_evidence.py": ["Evidence packs"],
    "sync/management/commands/check_iif.py": ["Any IIF"],
    "sync/management/commands/import_lists.py": ["Lists of"],
    "sync/management/commands/import_items.py": ["Items, CSV", "Items, Excel"],
    "sync/management/commands/import_orders.py": ["Orders, CSV", "Orders, Excel", "Orders, JSON"],
}
_TAKES_A_FILE = re.compile(r'request\.FILES|add_argument\(\s*"file"')


def test_every_place_that_takes_a_file_is_on_the_page() -> None:
    root = Path(settings.BASE_DIR)
    rooms = ("books", "companies", "config", "mapping", "reconciliation", "setup", "sync")
    found = {
        str(path.relative_to(root))
        for room in rooms
        for path in (root / room).rglob("*.py")
        if _TAKES_A_FILE.search(path.read_text(encoding="utf-8"))
    }

    assert found == set(DOORS), "a new door needs its limits, and its row in docs/reference/uploads.md"
    assert {door for doors in DOORS.values() for door in doors} == set(SAID)
