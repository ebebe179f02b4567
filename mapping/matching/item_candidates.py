"""Which QuickBooks items could a product of the source be, and why? Pure; it ranks, and never picks.

The list is prepared once. A product is then held only against items that share its SKU but for signs or one character,
or a word of the name, one letter more or less, so that twenty thousand items cost a question little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from books.translation import gettext_noop
from mapping.matching.item_rules import sku_key
from mapping.matching.names import normalized
from mapping.matching.sharing import SHORT, ArticleNumbers, Sharing, Spellings

#: How many items a person is offered.
OFFERED = 5
#: Below this an item is no help.
LEAST_SCORE = 50
_MOST_COMPARED = 60
_EACH_FURTHER_REASON = 4

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


@dataclass(frozen=True, slots=True)
class _Form:
    """One text as it is compared."""

    text: str
    plain: str
    words: tuple[str, ...]
    sorted_words: str
    numbers: tuple[str, ...]


class ItemCandidates:
    """QuickBooks' items, prepared so that many products can be held against them."""

    def __init__(self, items: Iterable[NamedItem]) -> None:
        """Prepare every usable item."""
        self._items = list(items)
        self._sharing = Sharing()
        words: set[str] = set()
        numbers: set[str] = set()
        for row, item in enumerate(self._items):
            named, bare = set(normalized(item.name).split()), _bare(item.sku)
            words |= named
            if bare:
                numbers.add(bare)
            self._sharing.add(row, _keys(named, bare))
        self._spellings, self._numbers = Spellings(words), ArticleNumbers(numbers)

    def __len__(self) -> int:
        return len(self._items)

    def of(self, product: NamedItem, *, limit: int = OFFERED) -> tuple[ItemCandidate, ...]:
        """The likeliest items, best first; of equal ones by the alphabet, then by the SKU."""
        asked, bare = _form(product.name), _bare(product.sku)
        judged = (_judged(product, asked, bare, self._items[row]) for row in self._near(asked, bare))
        worth = [candidate for candidate in judged if candidate.score >= LEAST_SCORE]
        worth.sort(key=_best_first)
        return tuple(worth[:limit])

    def _near(self, asked: _Form, bare: str) -> Sequence[int]:
        """The rows of those that share the most; of what very many have, nothing is said."""
        words = set(asked.words)
        others = (f"word:{word}" for word in self._spellings.of(words))
        numbers = (f"sku:{number.lstrip('0')}" for number in (self._numbers.of(bare) if bare else ()))
        return self._sharing.nearest(chain(_keys(words, bare), others, numbers), most=_MOST_COMPARED)


def _best_first(candidate: ItemCandidate) -> tuple[int, str, str, str]:
    item = candidate.item
    return -candidate.score, item.name.casefold(), item.name, item.sku


def _keys(words: Iterable[str], bare: str) -> Iterator[str]:
    """What others are looked up by: the SKU without signs and leading zeros, and the words of the name."""
    if bare:
        yield f"sku:{bare.lstrip('0')}"
    for word in words:
        yield f"word:{word}"


@lru_cache(maxsize=4096)
def _form(text: str) -> _Form:
    plain = normalized(text)
    words = tuple(plain.split())
    return _Form(
        text=text,
        plain=plain,
        words=words,
        sorted_words=" ".join(sorted(words)),
        numbers=tuple(re.findall(r"\d+", plain)),
    )


def _bare(sku: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]+", "", sku_key(sku))


def _judged(product: NamedItem, asked: _Form, bare: str, item: NamedItem) -> ItemCandidate:
    told = (_of_skus(product, bare, item), _of_names(asked, item))
    found = sorted((reason for reason in told if reason), reverse=True)
    if not found:
        return ItemCandidate(item=item, score=0, reasons=())
    score = min(found[0][0] + _EACH_FURTHER_REASON * (len(found) - 1), 100)
    return ItemCandidate(item=item, score=score, reasons=tuple(reason for _weight, reason in found))


def _of_skus(product: NamedItem, bare: str, item: NamedItem) -> tuple[int, str] | None:
    if not product.sku or not item.sku:
        return None
    mine, theirs = sku_key(product.sku), sku_key(item.sku)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return 96, SAME_SKU
    other = _bare(theirs)
    if bare and bare == other:
        return 92, SKU_SIGNS
    if bare.lstrip("0") and bare.lstrip("0") == other.lstrip("0"):
        return 86, SKU_ZEROS
    if min(len(bare), len(other)) >= SHORT and Levenshtein.distance(bare, other, score_cutoff=1) <= 1:
        return 66, SKU_ONE
    return None


def _of_names(asked: _Form, item: NamedItem) -> tuple[int, str] | None:
    """By the last level of the item's path, or by all of it, whichever is more like."""
    if ":" not in item.name:
        return _of_two(asked, item.name)
    found = [_of_two(asked, text) for text in (item.name, item.name.rpartition(":")[2])]
    return max((reason for reason in found if reason), default=None)


def _of_two(asked: _Form, item: str) -> tuple[int, str] | None:
    if asked.text == item:
        return 94, SAME_NAME
    other = _form(item)
    mine, theirs = asked.plain, other.plain
    if not mine or not theirs:
        return None
    if mine == theirs:
        return 92, NAME_SIGNS
    if asked.sorted_words == other.sorted_words:
        return 90, OTHER_ORDER
    # A number tells sizes and years apart, so a name with another one is another item
    same_numbers = asked.numbers == other.numbers
    if same_numbers and min(len(mine), len(theirs)) > 3 and Levenshtein.distance(mine, theirs, score_cutoff=1) <= 1:
        return 84, ONE_LETTER
    words, others = set(asked.words), set(other.words)
    if min(len(asked.words), len(other.words)) > 1 and (words < others or others < words):
        return 74, PART_OF_NAME
    likeness = fuzz.ratio(asked.sorted_words, other.sorted_words, score_cutoff=70)
    return (round(likeness * (0.8 if same_numbers else 0.65)), ALIKE) if likeness else None
