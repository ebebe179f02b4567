"""Which of QuickBooks' names could a person have meant by this text, and why? Pure; it ranks, and never picks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from books.translation import gettext_noop

#: How many names a person is offered.
OFFERED = 5
#: Below this likeness (0 to 100) a name is no help.
LEAST_LIKENESS = 60
# “Wheel Throwing 101” and “Wheel Throwing 201” are nearly the same text and not at all the same thing
_OTHER_NUMBERS = 15
_CANDIDATES = 25
_WORD = re.compile(r"\w+")

RENAMED = gettext_noop("its new name in QuickBooks")
LETTER_CASE = gettext_noop("differs in capital letters only")
SPACES = gettext_noop("differs in spaces only")
MARKS = gettext_noop("differs in accents or punctuation only")
LAST_LEVEL = gettext_noop("the full path of that name")
ORDER_OF_WORDS = gettext_noop("the same words in another order")
ALIKE = gettext_noop("similar")
ONE_OF_SEVERAL = gettext_noop("one of those that it fits")


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A name that exists, with how like it is and why it is offered."""

    text: str
    #: 0 to 100; 100 for names that differ in nothing a reader would call a difference.
    likeness: int
    #: A marked sentence part, to be translated when shown.
    reason: str


class Names:
    """Names that exist, prepared once so that many texts can be held against them."""

    def __init__(self, names: Iterable[str]) -> None:
        """Prepare every name; equal ones count once."""
        self._names = tuple(dict.fromkeys(names))
        self._words = [_sorted_words(name) for name in self._names]
        self._ends = [_sorted_words(last_level(name)) for name in self._names]

    def __len__(self) -> int:
        return len(self._names)

    def like(self, text: str, *, limit: int = OFFERED) -> tuple[Suggestion, ...]:
        """The names most like `text`, best first; names of equal likeness in the order of the alphabet.

        A name that equals `text` letter for letter is left out: it needs no suggestion.
        """
        if not text.strip():
            return ()
        found = [_compared(text, self._names[position]) for position in self._near(text)]
        worth = [
            suggestion for suggestion in found if suggestion.text != text and suggestion.likeness >= LEAST_LIKENESS
        ]
        return tuple(
            sorted(worth, key=lambda suggestion: (-suggestion.likeness, suggestion.text.casefold(), suggestion.text))[
                :limit
            ]
        )

    def _near(self, text: str) -> set[int]:
        """The places of the likeliest names: by the whole path, and by its last level alone."""
        whole, end = _sorted_words(text), _sorted_words(last_level(text))
        pairs = ((whole, self._words), (end, self._ends), (whole, self._ends))
        return {place for query, choices in pairs for place in _extracted(query, choices)}


@lru_cache(maxsize=32)
def prepared_names(names: tuple[str, ...]) -> Names:
    """Names prepared once for as long as the list stays as it is: page after page and letter after letter ask it.

    A list that changed is another list, so nothing can be out of date.
    """
    return Names(names)


def normalized(text: str) -> str:
    """The text without what a reader would overlook: letter case, accents, punctuation, doubled spaces."""
    return " ".join(words_of(text))


def last_level(path: str) -> str:
    """The part of a path behind its last colon."""
    return path.rpartition(":")[2].strip()


def _extracted(query: str, choices: list[str]) -> Iterator[int]:
    near = process.extract(query, choices, scorer=fuzz.ratio, limit=_CANDIDATES, score_cutoff=LEAST_LIKENESS - 15)
    return (place for _, _, place in near)


def _compared(text: str, name: str) -> Suggestion:
    for reason, likeness, same in _TIERS:
        if same(text, name):
            return Suggestion(text=name, likeness=likeness, reason=reason)
    return Suggestion(text=name, likeness=min(_likeness(text, name), 95), reason=ALIKE)


def _likeness(text: str, name: str) -> int:
    left, right = _sorted_words(text), _sorted_words(name)
    whole = fuzz.ratio(left, right)
    ends = fuzz.ratio(_sorted_words(last_level(text)), _sorted_words(last_level(name))) - 3
    return round(max(whole, ends)) - (0 if _numbers(text) == _numbers(name) else _OTHER_NUMBERS)


def words_of(text: str) -> list[str]:
    """The words of `normalized`, in their order."""
    plain = text
    if not text.isascii():
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    # Names made of signs alone keep them: they have nothing else
    return _WORD.findall(plain.casefold()) or text.casefold().split()


def _sorted_words(text: str) -> str:
    return " ".join(sorted(words_of(text)))


def _spaceless(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _is_last_level(text: str, name: str) -> bool:
    return ":" in name and ":" not in text and normalized(text) == normalized(last_level(name))


# From the most alike to the least; the first that holds gives the reason
_TIERS = (
    (LETTER_CASE, 100, lambda text, name: text.casefold() == name.casefold()),
    (SPACES, 99, lambda text, name: _spaceless(text).casefold() == _spaceless(name).casefold()),
    (MARKS, 98, lambda text, name: normalized(text) == normalized(name)),
    (LAST_LEVEL, 97, _is_last_level),
    (ORDER_OF_WORDS, 96, lambda text, name: _sorted_words(text) == _sorted_words(name)),
)
