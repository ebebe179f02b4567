"""Which column of a file is which? As a person saved it for files with these headings, else by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import BinaryIO

from books.messages import Message
from books.translation import gettext_noop
from sync.sources import kinds
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.columns import Column, MatchedColumns
from sync.sources.files.tables import Table, TableRow, open_table, shown
from sync.sources.saved_columns import SavedColumns, heading_key

#: So many rows show what is in a column.
_SHOWN = 3


class UnclearColumns(UnreadableFile):
    """Which column is which cannot be told by their names. Nothing was read; a person can say it."""


@dataclass(frozen=True, kw_only=True)
class Headings:
    """The header of a file, with what a person needs to say which column is which."""

    names: tuple[str, ...]
    #: Of each column its first values.
    values: tuple[tuple[str, ...], ...]
    #: Of each column the label of what it means by its name, or as it is saved; empty where neither says it.
    meant: tuple[str, ...]
    #: What the columns are saved under; empty where they are not.
    saved_as: str


@dataclass(frozen=True, kw_only=True)
class FileColumns:
    """The columns that files of one kind have."""

    #: What the choice of a person is kept by.
    kind: str
    label: str
    columns: tuple[Column, ...]
    #: Groups of columns of which a file must have at least one.
    needed: tuple[tuple[Column, ...], ...]
    #: Some column names, for a message.
    example: str

    def open(self, file: BinaryIO, options: ReadOptions) -> Table:
        """The table in a file.

        Raises:
            UnreadableFile: It is none.
        """
        known = {name for column in self.columns for name in column.names}
        saved = {heading_key(name) for columns in options.saved_columns for name, _label in columns.meanings if name}

        def is_known(name: str) -> bool:
            return kinds.plain(name) in known or heading_key(name) in saved

        return open_table(file, encoding=options.encoding, known=is_known, example=self.example)

    def match(self, header: Sequence[str], options: ReadOptions) -> MatchedColumns:
        """Which column is where: as it is saved for these headings, else by their names.

        Raises:
            UnclearColumns: A needed column is missing, or two columns of the file mean the same.
            UnreadableFile: What is saved does not fit any more.
        """
        for saved in options.saved_columns:
            if saved.is_of(header):
                return _as_saved(saved, header, self)
        return match_header(header, self.columns, needed=self.needed, example=self.example)

    def headings(self, file: BinaryIO, options: ReadOptions) -> Headings:
        """What the file calls its columns, and what they mean as far as that can be told.

        Raises:
            UnreadableFile: It is no table.
        """
        table = self.open(file, options)
        rows = [row.cells for row in islice(table.rows(), _SHOWN) if isinstance(row, TableRow)]
        values = (
            tuple(shown(cells[position]) for cells in rows if position < len(cells))
            for position in range(len(table.header))
        )
        saved = next((saved for saved in options.saved_columns if saved.is_of(table.header)), None)
        return Headings(
            names=table.header,
            values=tuple(values),
            meant=saved.labels(table.header) if saved else self._by_name(table.header),
            saved_as=saved.name if saved else "",
        )

    def _by_name(self, header: Sequence[str]) -> tuple[str, ...]:
        by_name = {name: column.label for column in self.columns for name in column.names}
        return tuple(by_name.get(kinds.plain(name), "") for name in header)

    def missing(self, labels: Iterable[str]) -> tuple[str, ...]:
        """What is needed and not among these columns, in words: `Price / Line Amount`."""
        there = set(labels)
        lacking = (group for group in self.needed if not any(column.label in there for column in group))
        return tuple(" / ".join(column.label for column in group) for group in lacking)


def _as_saved(saved: SavedColumns, header: Sequence[str], columns: FileColumns) -> MatchedColumns:
    by_label = {column.label: column for column in columns.columns}
    labels = saved.labels(header)
    gone = [label for label in labels if label and label not in by_label]
    if gone or columns.missing(labels):
        raise UnreadableFile(
            gettext_noop("The columns are saved as “%(name)s”, which does not fit any more: %(what)s."),
            gettext_noop("Remove it on the tab Columns of the source, and choose the columns again."),
            name=saved.name,
            what=", ".join(gone or columns.missing(labels)),
        )
    positions = {by_label[label]: position for position, label in enumerate(labels) if label}
    notice = Message.of(gettext_noop("The columns were read as they are saved under “%(name)s”."), name=saved.name)
    return MatchedColumns(positions=positions, notices=(notice,))


def match_header(
    header: Sequence[str],
    columns: Sequence[Column],
    *,
    needed: Iterable[tuple[Column, ...]],
    example: str,
) -> MatchedColumns:
    """Find each column of the layout in the header of a file.

    Args:
        header: As the file has it.
        columns: Of the layout.
        needed: Groups of columns; at least one of each group must be there.
        example: Some column names, for a message.

    Raises:
        UnclearColumns: A needed column is missing, or two columns of the file mean the same.
    """
    by_name = {name: column for column in columns for name in column.names}
    positions: dict[Column, int] = {}
    unknown: list[str] = []
    for position, name in enumerate(header):
        column = by_name.get(kinds.plain(name))
        if column is None:
            unknown.append(name or f"column {position + 1}")
        elif column in positions:
            raise _same_column_twice(column, header[positions[column]], name)
        else:
            positions[column] = position
    missing = [group for group in needed if not any(column in positions for column in group)]
    if missing:
        raise _columns_missing(missing, header, unknown, example)
    return MatchedColumns(positions=positions, notices=tuple(_unread(unknown)))


def _unread(unknown: Sequence[str]) -> Iterable[Message]:
    if unknown:
        names = ", ".join(f"“{name}”" for name in unknown)
        yield Message.of(gettext_noop("These columns are not known and were not read: %(columns)s."), columns=names)


def _columns_missing(
    missing: Sequence[tuple[Column, ...]], header: Sequence[str], unknown: Sequence[str], example: str
) -> UnclearColumns:
    wanted = "; ".join(" / ".join(column.label for column in group) for group in missing)
    found = ", ".join(f"“{name}”" for name in header if name) or "–"
    hints = "; ".join(_hints(missing, unknown))
    cure = gettext_noop("Name the columns so, or add them; every column is described in the layout's help.")
    if len(unknown) == len(header):
        cure = gettext_noop(
            "The first row must name the columns, such as: %(example)s; every column is described in the layout's help."
        )
    if hints:
        cure = gettext_noop("Did you mean: %(hints)s? Rename the columns in the first row of the file.")
    return UnclearColumns(
        gettext_noop("The file lacks columns for: %(missing)s. It has: %(found)s."),
        cure,
        missing=wanted,
        found=found,
        hints=hints,
        example=example,
    )


def _hints(missing: Sequence[tuple[Column, ...]], unknown: Sequence[str]) -> Iterable[str]:
    """For each missing column, the unknown header that is spelled most like it."""
    spelled = {kinds.plain(name): name for name in unknown}
    for group in missing:
        for column in group:
            names = sorted(column.names)
            near = [like for name in names for like in get_close_matches(name, spelled, n=1, cutoff=0.75)]
            if near:
                yield f"“{spelled[near[0]]}” = {column.label}"


def _same_column_twice(column: Column, first: str, second: str) -> UnclearColumns:
    return UnclearColumns(
        gettext_noop("The columns “%(first)s” and “%(second)s” both mean %(column)s."),
        gettext_noop("Remove or rename one of them, so that it is certain which one counts."),
        first=first,
        second=second,
        column=column.label,
    )
