"""What does the page of IIF files say about the reader's findings? Run this module to write its tables anew."""

from __future__ import annotations

from sync.quickbooks_desktop.reading.catalogue import ERRORS, WARNINGS
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "iif.md"
BEGINS = "### Errors\n"


def tables() -> str:
    """Every finding with its sentence; what changes from file to file is left open."""
    parts = (
        ("### Errors\n\nA file with one of these is not to be imported.\n", ERRORS),
        ("### Warnings\n\nThe file can be imported; a person should know.\n", WARNINGS),
    )
    return "\n".join(
        f"{heading}\n| finding | what it says |\n| --- | --- |\n{_rows(table)}" for heading, table in parts
    )


def _rows(table: dict[str, str]) -> str:
    gaps = {"%(", ")s", ")d"}
    rows = []
    for code, sentence in table.items():
        text = sentence
        for gap in gaps:
            text = text.replace(gap, "*")
        rows.append(f"| {code} | {text} |\n")
    return "".join(rows)


if __name__ == "__main__":
    kept = PAGE.read_text(encoding="utf-8").partition(BEGINS)[0]
    PAGE.write_text(kept + tables(), encoding="utf-8")
