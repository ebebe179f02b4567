"""What does the page of field lengths say? Run this module to write its tables anew."""

from __future__ import annotations

from itertools import groupby

from books.field_lengths import DESKTOP, ONLINE, SentField
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "field-lengths.md"
BEGINS = "## QuickBooks Online\n"


def tables() -> str:
    """Every field of the table, by where it is sent to."""
    return f"{BEGINS}\n{_table(ONLINE, 'field of the API')}\n## QuickBooks Desktop\n\n{_table(DESKTOP, 'column')}"


def _table(fields: tuple[SentField, ...], called: str) -> str:
    rows = ""
    for _kind, alike in groupby(fields, key=lambda field: (field.record, field.label, field.longest)):
        first, *others = alike
        name = f"{first.name} to {others[-1].name}" if others else first.name
        rows += f"| {first.record} | {first.label} | {name} | {first.longest:,} | {first.when_longer.label} |\n"
    return f"| of | text | {called} | characters | when it is longer |\n| --- | --- | --- | ---: | --- |\n{rows}"


if __name__ == "__main__":
    kept = PAGE.read_text(encoding="utf-8").partition(BEGINS)[0]
    PAGE.write_text(kept + tables(), encoding="utf-8")
