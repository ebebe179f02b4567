"""What does a page of the documentation say that can be checked? Its fenced blocks, its headings, its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block: ```` ```<kind> <details> ```` and the text in it."""

    page: str
    line: int
    kind: str
    details: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def rows(self) -> list[str]:
        """The lines that hold anything."""
        return [row for row in self.text.splitlines() if row.strip()]


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```([^\n]+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        kind, _, details = block[1].strip().partition(" ")
        line = text.count("\n", 0, block.start()) + 1
        yield Block(page=page.name, line=line, kind=kind, details=details, text=block[2])


def sections(page: Path) -> dict[str, str]:
    """The text below each second-level heading, by the heading."""
    _, *parts = re.split(r"^## +", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading.strip(" `"): body.strip() for heading, _, body in (part.partition("\n") for part in parts)}
