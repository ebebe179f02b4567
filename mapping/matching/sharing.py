"""Which of very many rows share the most with what is asked, and which words differ from it by one letter? Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

#: A key that more rows have than this says nothing about any of them.
COMMON = 2000
#: A word shorter than this differs from many others by one letter.
SHORT = 4
_LONG = 24
_FEW, _MANY = 10, 100
#: As many signs are tried in the place of another; numbers of articles are made of fewer.
_MOST_SIGNS = 64


class Sharing:
    """Rows by what they are looked up by."""

    def __init__(self) -> None:
        #: One row, or several: most keys are one row's alone, and a list for each of those would be most of the work.
        self._by: dict[str, int | list[int]] = {}
        #: The same of words that many have, made when they are first asked for: they are asked for again and again.
        self._sets: dict[int, frozenset[int]] = {}
        #: And what two of those have in common.
        self._pairs: dict[tuple[int, int], frozenset[int]] = {}

    def add(self, row: int, keys: Iterable[str]) -> None:
        """Add a row, numbered from 0 in the order of the list."""
        by = self._by
        for key in keys:
            known = by.get(key)
            if known is None:
                by[key] = row
            elif isinstance(known, list):
                known.append(row)
            else:
                by[key] = [known, row]

    def nearest(self, keys: Iterable[str], *, most: int) -> list[int]:
        """The rows that share the most of these keys, at most so many; of equal ones those with the rarer key first.

        What few rows have, such as a number or an address, says so much that half of the places are for those rows.
        Of equally rare keys the one whose rows come earlier in the list is first. In which order the keys are given
        makes no difference, nor does one that is given twice: a set has another order in every process.
        """
        by, different = self._by, dict.fromkeys(keys)
        listed = [rows if isinstance(rows, list) else [rows] for key in different if (rows := by.get(key)) is not None]
        found = sorted(listed, key=lambda rows: (len(rows), rows[0], rows[-1], rows))
        telling = [rows for rows in found if len(rows) <= COMMON] or [rows[:COMMON] for rows in found[:1]]
        sure = _first(chain.from_iterable(rows for rows in telling if len(rows) <= _FEW), most // 2)
        twice = self._twice(telling)
        if len(twice) <= most:
            return _first(chain(sure, _by_rarity(map(self._set, telling), twice), _ungrouped(telling, twice)), most)
        groups = [self._set(rows) for rows in telling]
        times: Counter[int] = Counter()
        for group in groups:
            times.update(group & twice)
        return _first(chain(sure, heapq.nlargest(most, _by_rarity(groups, twice), key=times.__getitem__)), most)

    def _twice(self, telling: Sequence[list[int]]) -> set[int]:
        """The rows that two of these have, which are in the order of their length."""
        few = [rows for rows in telling if len(rows) < _MANY]
        many = telling[len(few) :]
        listed = list(chain.from_iterable(few))
        seen = set(listed)
        twice = _in_two(few) if len(seen) < len(listed) else set[int]()
        for place, rows in enumerate(many):
            twice |= seen & self._set(rows)
            for other in many[:place]:
                twice |= self._both(other, rows)
        return twice

    def _both(self, rows: list[int], others: list[int]) -> frozenset[int]:
        """The rows that two words have which many have."""
        known = self._pairs.get((id(rows), id(others)))
        if known is None:
            known = self._pairs[id(rows), id(others)] = self._set(rows) & self._set(others)
        return known

    def _set(self, rows: list[int]) -> frozenset[int]:
        if len(rows) < _MANY or len(rows) == COMMON:
            return frozenset(rows)
        known = self._sets.get(id(rows))
        if known is None:
            known = self._sets[id(rows)] = frozenset(rows)
        return known


class Spellings:
    """Words, prepared so that those that differ from another one by a letter are found."""

    def __init__(self, words: Iterable[str]) -> None:
        """Prepare every word; numbers are left out, because another number is another thing and no slip."""
        self._by: dict[str, str | list[str]] = {}
        by = self._by
        for word in words:
            for variant in _variants(word):
                known = by.setdefault(variant, word)
                if known is word:  # as nearly all are
                    continue
                if isinstance(known, list):
                    known.append(word)
                else:
                    by[variant] = [known, word]

    def of(self, words: Iterable[str]) -> Iterator[str]:
        """Words that differ from one of these by one letter: more, fewer or another."""
        for word in words:
            for variant in _variants(word):
                known = self._by.get(variant, ())
                yield from (other for other in ([known] if isinstance(known, str) else known) if other != word)


class ArticleNumbers:
    """Article numbers of letters and digits, of which those that differ by one sign are found by trying each sign."""

    def __init__(self, numbers: Iterable[str]) -> None:
        """Prepare every number."""
        self._known = frozenset(numbers)
        times = Counter(sign for number in self._known for sign in set(number))
        # Equally frequent ones by the alphabet, for a set has another order in every process
        self._signs = sorted(times, key=lambda sign: (-times[sign], sign))[:_MOST_SIGNS]

    def of(self, number: str) -> set[str]:
        """Those that differ by one sign: more, fewer or another; none for a short one."""
        if not SHORT - 1 <= len(number) <= _LONG:
            return set()
        parts = [(number[:place], number[place:]) for place in range(len(number) + 1)]
        tried = {head + tail[1:] for head, tail in parts if tail}
        tried |= {head + sign + tail for head, tail in parts for sign in self._signs}
        tried |= {head + sign + tail[1:] for head, tail in parts if tail for sign in self._signs}
        return (tried & self._known) - {number}


def _in_two(groups: Iterable[list[int]]) -> set[int]:
    """The rows that are in two of these groups or more."""
    seen: set[int] = set()
    twice: set[int] = set()
    for rows in groups:
        twice |= seen.intersection(rows)
        seen.update(rows)
    return twice


def _by_rarity(groups: Iterable[frozenset[int]], wanted: set[int]) -> list[int]:
    """The wanted rows, those of the rarest key first."""
    ordered: list[int] = []
    left = set(wanted)
    for group in groups:
        if not left:
            break
        met = group & left
        ordered += sorted(met)
        left -= met
    return ordered


def _ungrouped(telling: Iterable[list[int]], left_out: set[int]) -> Iterator[int]:
    """Every other row, those of the rarest key first."""
    return (row for rows in telling for row in rows if row not in left_out)


def _first(rows: Iterable[int], most: int) -> list[int]:
    """So many different ones, in their order."""
    found: dict[int, None] = {}
    for row in rows:
        if len(found) == most:
            break
        found[row] = None
    return list(found)


def _variants(word: str) -> list[str]:
    """The word, and the word without each one of its letters: words that differ by one letter share one of them."""
    if not SHORT <= len(word) <= _LONG or word.isdigit():
        return []
    return [word, *[word[:place] + word[place + 1 :] for place in range(len(word))]]
