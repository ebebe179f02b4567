"""How does a row become text? Here and nowhere else: exactly the fields of its header, tabs between, CRLF behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.quickbooks_desktop.writing.dialect import COLUMNS, LINE_END

_BREAKING = frozenset('\t\r\n"')


@dataclass(frozen=True)
class IifRow:
    """One row of the file: its keyword, and its values by column. A column that is left out is blank."""

    keyword: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


def header(keyword: str, columns: tuple[str, ...] | None = None) -> str:
    """The header of a kind of row, with its line end."""
    return _joined(f"!{keyword}", COLUMNS[keyword] if columns is None else columns)


def text_of(row: IifRow, columns: tuple[str, ...] | None = None) -> str:
    """One row, with its line end: as many fields as its header has, in the header's order.

    Raises:
        ValueError: A value has no column in the header, or would break the row. Both are faults of the caller.
    """
    named = COLUMNS[row.keyword] if columns is None else columns
    if astray := row.values.keys() - set(named):
        raise ValueError(f"{row.keyword} has no column {', '.join(sorted(astray))}")
    return _joined(row.keyword, (_quoted(row[column]) for column in named))


def _joined(keyword: str, fields: Iterable[str]) -> str:
    return "\t".join((keyword, *fields)) + LINE_END


def _quoted(value: str) -> str:
    if _BREAKING.intersection(value):
        raise ValueError(f"{value!r} would break its row")
    return f'"{value}"' if "," in value else value
