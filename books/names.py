"""May QuickBooks have a thing of this name, and if not, what is wrong with it?

A QuickBooks item or account is named by one level (`Coaching`) or by a path of levels with colons
(`Services:Training:Classes`). Both are judged here, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from books.field_lengths import desktop, online
from books.messages import Message
from books.outside.texts import compared
from books.translation import gettext_noop

#: QuickBooks keeps a name and four levels below it. Source: Intuit's reference of Account and Item.
DEEPEST = 5

#: What QuickBooks puts behind the name of a row that was made inactive.
DELETED = " (deleted)"

_TAB = gettext_noop("The name contains a tab, which QuickBooks does not accept.")
_LINE_BREAK = gettext_noop("The name contains a line break, which QuickBooks does not accept.")
_DOUBLE_QUOTE = gettext_noop("The name contains a double quote, which QuickBooks does not accept.")
_UNPRINTABLE = gettext_noop("The name contains a character that cannot be printed, which QuickBooks does not accept.")
_REFUSED = {"\t": _TAB, '"': _DOUBLE_QUOTE, **dict.fromkeys("\n\r\v\f\x85\u2028\u2029", _LINE_BREAK)}

# Marks without width that come along when a name is pasted. At the end of a name they only keep it from matching;
# inside they may be meant (joined emoji and some scripts need their like), so there they stay.
_NO_WIDTH = "\u200b\u2060\ufeff"
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + _NO_WIDTH
_BESIDE_COLON = re.compile(r"\s:|:\s")


class NameRule(Enum):
    """How long one level of a name may be; chosen per company.

    Characters are counted as Unicode counts them: an accent typed as a character of its own counts as one.

    Source:
        docs/decisions/0003-length-of-names.md
    """

    FEWER_THAN_31 = "fewer-than-31"
    AT_MOST_31 = "at-most-31"
    AT_MOST_100 = "at-most-100"

    @property
    def longest(self) -> int:
        """The most characters that one level may have."""
        return {
            "fewer-than-31": desktop("INVITEM") - 1,
            "at-most-31": desktop("INVITEM"),
            "at-most-100": online("Name"),
        }[self.value]

    @property
    def label(self) -> str:
        """The rule as a person reads it."""
        return {
            "fewer-than-31": gettext_noop("fewer than 31 characters (Keap's rule)"),
            "at-most-31": gettext_noop("at most 31 characters (QuickBooks Desktop)"),
            "at-most-100": gettext_noop("at most 100 characters (QuickBooks Online)"),
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class NameFault:
    """One thing that is wrong with a name."""

    code: str
    message: Message


@dataclass(frozen=True, kw_only=True)
class NameVerdict:
    """What is wrong with a name, and the corrected text where there is exactly one sensible correction.

    A correction only takes away spaces and breaks: it never shortens, and never guesses at a forbidden character.
    """

    text: str
    faults: tuple[NameFault, ...] = ()
    corrected: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the name keeps the rule; whether QuickBooks has such a name is another question."""
        return not self.faults

    @property
    def messages(self) -> tuple[Message, ...]:
        """What is wrong, fault by fault; none for a good name."""
        return tuple(fault.message for fault in self.faults)


def judge_item_name(text: str, *, rule: NameRule) -> NameVerdict:
    """Judge a QuickBooks product name or item number.

    Args:
        text: As typed, imported or passed from a description. Sub-items are written as a path with colons.
        rule: The company's name rule; each level is measured by itself.

    Source:
        docs/accounting/names.md
    """
    return _judge(text, rule=rule)


def judge_account_path(text: str, *, rule: NameRule) -> NameVerdict:
    """Judge an account name: one level, or `Account:Sub-account` to five levels.

    Args:
        text: As typed or imported.
        rule: The company's name rule; each level is measured by itself.

    Source:
        docs/accounting/names.md
    """
    return _judge(text, rule=rule)


#: Characters of a customer's name in QuickBooks Online; a file for QuickBooks Desktop is made to fit.
LONGEST_CUSTOMER_NAME = online("DisplayName")


def judge_customer_name(text: str) -> NameVerdict:
    """Judge the name of a customer, which has one level: quotes are good, a colon, a tab or a line break is not.

    Args:
        text: As typed, or as the source has it.

    Returns:
        The verdict, with a corrected text where nothing but the characters is wrong.

    Source:
        docs/accounting/customers.md
    """
    faults, corrected = tuple(_customer_faults(text)), tidy_customer_name(text)
    helps = bool(faults) and not any(_customer_faults(corrected))
    return NameVerdict(text=text, faults=faults, corrected=corrected if helps else None)


def tidy_customer_name(text: str) -> str:
    """A customer's name with a hyphen for each colon, a space for what cannot be printed, and no space to spare."""
    if text.isalnum():  # as nearly every first and last name is
        return text
    printable = text
    if not text.isprintable():
        printable = "".join(" " if unicodedata.category(mark) in {"Cc", "Cs"} else mark for mark in text)
    # “Studio: Denver” becomes “Studio - Denver”, and “A:B” becomes “A-B”
    return " ".join(_trimmed(re.sub(r":(?=\s)", " -", printable).replace(":", "-")).split())


def _customer_faults(text: str) -> Iterator[NameFault]:
    if not _trimmed(text):
        yield _fault("blank", gettext_noop("The name is empty."))
        return
    if ":" in text:
        sentence = gettext_noop("The name contains a colon, which QuickBooks does not accept in a customer's name.")
        yield _fault("character", sentence)
    for sentence in dict.fromkeys(found for mark in text if mark != '"' and (found := _refusal(mark))):
        yield _fault("character", sentence)
    if len(text) > LONGEST_CUSTOMER_NAME:
        sentence = gettext_noop("The name has %(length)d characters; the limit is %(longest)d.")
        yield _fault("too-long", sentence, length=len(text), longest=LONGEST_CUSTOMER_NAME)


def _fault(code: str, sentence: str, **facts: object) -> NameFault:
    return NameFault(code=code, message=Message(sentence=sentence, facts=tuple(facts.items())))


def levels(path: str) -> tuple[str, ...]:
    """The levels of a path, outermost first, exactly as written."""
    return tuple(path.split(":"))


def _judge(text: str, *, rule: NameRule) -> NameVerdict:
    faults = tuple(_faults(text, rule))
    corrected = ":".join(_tidied(level) for level in levels(text))
    helps = bool(faults) and corrected != text and not any(_faults(corrected, rule))
    return NameVerdict(text=text, faults=faults, corrected=corrected if helps else None)


def _faults(text: str, rule: NameRule) -> Iterator[NameFault]:
    if not _trimmed(text):
        yield _fault("blank", gettext_noop("The name is empty."))
        return
    yield from _spaces(text)
    yield from _characters(text)
    yield from _levels(text)
    yield from _lengths(text, rule)


def _trimmed(level: str) -> str:
    return level.strip(_BLANKS)


def _tidied(level: str) -> str:
    broken = any(mark.isspace() and _refusal(mark) for mark in level)
    return _trimmed(" ".join(level.split()) if broken else level)


def _spaces(text: str) -> Iterator[NameFault]:
    if _BESIDE_COLON.search(text):
        sentence = gettext_noop(
            "There is a space next to a colon; levels are joined by the colon alone, as in Services:Training."
        )
        yield _fault("space-beside-colon", sentence)
    if text != text.strip():
        yield _fault("space-around", gettext_noop("There is a space before or after the name."))
    if any(level != level.strip(_NO_WIDTH) for level in map(str.strip, levels(text))):
        sentence = gettext_noop("There is an invisible character before or after the name or next to a colon.")
        yield _fault("invisible-character", sentence)


def _characters(text: str) -> Iterator[NameFault]:
    for sentence in dict.fromkeys(filter(None, map(_refusal, text))):
        yield _fault("character", sentence)


@lru_cache(maxsize=4096)
def _refusal(mark: str) -> str | None:
    # Control characters and halves of a pair cannot be written as XML or UTF-8, so they cannot even be sent
    if mark in _REFUSED or unicodedata.category(mark) not in {"Cc", "Cs"}:
        return _REFUSED.get(mark)
    return _UNPRINTABLE


def _levels(text: str) -> Iterator[NameFault]:
    depth = len(levels(text))
    if depth > DEEPEST:
        sentence = gettext_noop("The name has %(depth)d levels; QuickBooks keeps at most %(deepest)d.")
        yield _fault("too-deep", sentence, depth=depth, deepest=DEEPEST)
    if not all(map(_trimmed, levels(text))):
        sentence = gettext_noop("A level of the name is empty: there is nothing before, between or after a colon.")
        yield _fault("empty-level", sentence)


def _lengths(text: str, rule: NameRule) -> Iterator[NameFault]:
    sentence = gettext_noop("“%(level)s” has %(length)d characters; the limit is %(longest)d.")
    for level in map(_trimmed, levels(text)):
        if len(level) > rule.longest:
            yield _fault("too-long", sentence, level=level, length=len(level), longest=rule.longest)


# Names of people in QuickBooks Desktop --------------------------------------------------------------------------------


def desktop_name(name: str) -> str:
    """A name as QuickBooks Desktop tells names apart: `Ortega, Marie` is `Marie Ortega` to it.

    Whether it minds capital letters is not known, so they are not trusted to tell two names apart.
    """
    last, comma, first = name.partition(",")
    turned = f"{first.strip()} {last.strip()}" if comma and "," not in first else name
    return compared(turned)


def desktop_spellings(name: str) -> frozenset[str]:
    """The ways to write a name that QuickBooks Desktop does not tell from it, case-folded, with single spaces."""
    words = desktop_name(name).split()
    turned = (f"{' '.join(words[place:])}, {' '.join(words[:place])}" for place in range(1, len(words)))
    return frozenset((compared(name), " ".join(words), *turned))


def as_one_level(name: str) -> str:
    """A name without levels: where it has colons, such as `Shirt : Red`, it becomes `Shirt - Red`.

    QuickBooks takes what follows a colon as the name of a sub-item, which a name of the source never means.
    """
    return " - ".join(part for part in map(str.strip, name.split(":")) if part)
