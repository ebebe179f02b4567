"""Which column is which in files with the same headings, as a person chose it once? Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def heading_key(name: str) -> str:
    """A heading as it is compared: letter case and spaces to spare make no difference."""
    return " ".join(name.casefold().split())


def headings_key(names: Iterable[str]) -> str:
    """The headings of a file as they are compared: their order makes no difference."""
    return "\n".join(sorted(map(heading_key, names)))


@dataclass(frozen=True, kw_only=True)
class SavedColumns:
    """The columns of files with the same headings."""

    #: What a person calls it.
    name: str
    #: Each heading with the label of the column that it means; an empty label for one that is not read.
    meanings: tuple[tuple[str, str], ...]

    def is_of(self, header: Sequence[str]) -> bool:
        """Whether a file has these headings, all of them and no others, in any order."""
        mine = Counter(heading_key(name) for name, _label in self.meanings)
        return mine == Counter(map(heading_key, header))

    def labels(self, header: Sequence[str]) -> tuple[str, ...]:
        """What each column of such a file means; headings that are the same are told apart by their order."""
        by_heading: dict[str, list[str]] = defaultdict(list)
        for name, label in self.meanings:
            by_heading[heading_key(name)].append(label)
        return tuple(by_heading[heading_key(name)].pop(0) for name in header)
