"""Which QuickBooks items could a product of the source be, and why? Pure; it ranks, and never picks.

The list is prepared once. A product is then held only against items that share its SKU but for signs or one character,
or a word of the name, one letter more or less, so that twenty thousand items cost a question little.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from books.translation import gettext_noop
from mapping.matching.item_rules import sku_key
from mapping.matching.names import normalized

#: How many items a person is offered.
OFFERED = 5
#: Below this an item is no help.
LEAST_SCORE = 50
_COMMON = 2000
_MOST_COMPARED = 60
_EACH_FURTHER_REASON = 4
#: An SKU shorter than this differs from many others by one character.
_SHORT = 4

SAME_SKU = gettext_noop("same SKU")
SKU_SIGNS = gettext_noop("same SKU but for punctuation")
SKU_ZEROS = gettext_noop("same SKU but for leading zeros")
SKU_ONE = gettext_noop("SKU differs by one character")
SAME_NAME = gettext_noop("same name")
NAME_SIGNS = gettext_noop("same name but for capitals, accents or punctuation")
OTHER_ORDER = gettext_noop("the same words in another order")
ONE_LETTER = gettext_noop("name differs by one letter")
PART_OF_NAME = gettext_noop("one name is part of the other")
ALIKE = gettext_noop("similar name")


@dataclass(frozen=True, slots=True)
class NamedItem:
    """What is known of an item, on either side. In QuickBooks the name is the full name."""

    name: str
    sku: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemCandidate:
    """A QuickBooks item that may be meant."""

    item: NamedItem
    #: 0 to 100; it orders candidates and proves nothing.
    score: int
    #: Marked sentence parts, the strongest first, to be translated when shown.
    reasons: tuple[str, ...]


class ItemCandidates:
    """QuickBooks' items, prepared so that many products can be held against them."""

    def __init__(self, items: Iterable[NamedItem]) -> None:
        """Prepare every usable item."""
        self._items = list(items)
        self._by: dict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self._items):
            for key in _keys(item):
                self._by[key].append(place)

    def __len__(self) -> int:
        return len(self._items)

    def of(self, product: NamedItem, *, limit: int = OFFERED) -> tuple[ItemCandidate, ...]:
        """The likeliest items, best first; of equal ones by the alphabet."""
        judged = (_judged(product, self._items[place]) for place in self._near(product))
        worth = [candidate for candidate in judged if candidate.score >= LEAST_SCORE]
        worth.sort(key=lambda candidate: (-candidate.score, candidate.item.name.casefold(), candidate.item.name))
        return tuple(worth[:limit])

    def _near(self, product: NamedItem) -> Sequence[int]:
        """The places of those that share the most; of what very many have, nothing is said."""
        shared = sorted((places for key in _keys(product) if (places := self._by.get(key))), key=len)
        common: Counter[int] = Counter()
        for places in shared:
            if len(places) <= _COMMON or not common:
                common.update(places[:_COMMON])
        return [place for place, _times in common.most_common(_MOST_COMPARED)]


@lru_cache(maxsize=8)
def prepared_items(items: tuple[NamedItem, ...]) -> ItemCandidates:
    """Items prepared once for as long as the list stays as it is; a list that changed is another list."""
    return ItemCandidates(items)


def _keys(item: NamedItem) -> Iterator[str]:
    """What others are looked up by: keys of the SKU, and the words of the name, each with one letter left out."""
    bare = _bare(item.sku)
    if bare:
        yield f"sku:{bare.lstrip('0')}"
        yield from (f"sku-like:{variant}" for variant in _variants(bare))
    words = set(normalized(item.name).split())
    yield from (f"word:{variant}" for word in words for variant in (_variants(word) if len(word) > 3 else (word,)))


def _bare(sku: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", sku_key(sku))


def _variants(word: str) -> set[str]:
    """The word, and the word without each one of its letters: words that differ by one letter share one of them."""
    if len(word) < _SHORT or len(word) > 24:
        return {word}
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _judged(product: NamedItem, item: NamedItem) -> ItemCandidate:
    found = sorted((reason for reason in (_of_skus(product, item), _of_names(product, item)) if reason), reverse=True)
    if not found:
        return ItemCandidate(item=item, score=0, reasons=())
    score = min(found[0][0] + _EACH_FURTHER_REASON * (len(found) - 1), 100)
    return ItemCandidate(item=item, score=score, reasons=tuple(reason for _weight, reason in found))


def _of_skus(product: NamedItem, item: NamedItem) -> tuple[int, str] | None:
    mine, theirs = sku_key(product.sku), sku_key(item.sku)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return 96, SAME_SKU
    bare, other = _bare(mine), _bare(theirs)
    if bare and bare == other:
        return 92, SKU_SIGNS
    if bare.lstrip("0") and bare.lstrip("0") == other.lstrip("0"):
        return 86, SKU_ZEROS
    if min(len(bare), len(other)) >= _SHORT and Levenshtein.distance(bare, other, score_cutoff=1) <= 1:
        return 66, SKU_ONE
    return None


def _of_names(product: NamedItem, item: NamedItem) -> tuple[int, str] | None:
    """By the last level of the item's path, or by all of it, whichever is more like."""
    found = [_of_two(product.name, text) for text in {item.name, item.name.rpartition(":")[2]}]
    return max((reason for reason in found if reason), default=None)


def _of_two(product: str, item: str) -> tuple[int, str] | None:
    if product == item:
        return 94, SAME_NAME
    mine, theirs = normalized(product), normalized(item)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return 92, NAME_SIGNS
    words, others = mine.split(), theirs.split()
    if sorted(words) == sorted(others):
        return 90, OTHER_ORDER
    # A number tells sizes and years apart, so a name with another one is another item
    same_numbers = re.findall(r"\d+", mine) == re.findall(r"\d+", theirs)
    if same_numbers and min(len(mine), len(theirs)) > 3 and Levenshtein.distance(mine, theirs, score_cutoff=1) <= 1:
        return 84, ONE_LETTER
    if len(min(words, others, key=len)) > 1 and (set(words) < set(others) or set(others) < set(words)):
        return 74, PART_OF_NAME
    likeness = fuzz.ratio(" ".join(sorted(words)), " ".join(sorted(others)), score_cutoff=70)
    return (round(likeness * (0.8 if same_numbers else 0.65)), ALIKE) if likeness else None
