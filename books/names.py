"""May QuickBooks have a thing of this name, and if not, what is wrong with it?

A QuickBooks item or account is named by one level (`Coaching`) or by a path of levels with colons
(`Services:Training:Classes`). Both are judged here, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from books.words import Translate, gettext_noop, worded

DEEPEST = 5
_REFUSED = {
    "\t": gettext_noop("a tab"),
    "\n": gettext_noop("a line break"),
    "\r": gettext_noop("a line break"),
    '"': gettext_noop("a double quote"),
}


class NameRule(Enum):
    """How long one level of a name may be; chosen per company.

    Source:
        docs/decisions/0003-length-of-names.md
    """

    FEWER_THAN_31 = "fewer-than-31"
    AT_MOST_31 = "at-most-31"
    AT_MOST_100 = "at-most-100"

    @property
    def longest(self) -> int:
        """The most characters that one level may have."""
        return {"fewer-than-31": 30, "at-most-31": 31, "at-most-100": 100}[self.value]

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
    sentence: str
    facts: tuple[tuple[str, object], ...] = ()

    def worded(self, translate: Translate = str) -> str:
        """The fault as a sentence."""
        return worded(self.sentence, dict(self.facts), translate=translate)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is wrong with a name, and the corrected text where there is exactly one sensible correction."""

    text: str
    faults: tuple[NameFault, ...] = ()
    corrected: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the name can be sent as it is."""
        return not self.faults

    def worded(self, translate: Translate = str) -> str:
        """Every fault as a sentence, in the order of the text; empty for a good name."""
        return " ".join(fault.worded(translate) for fault in self.faults)


def judge_item_name(text: str, *, rule: NameRule) -> Verdict:
    """Judge a QuickBooks product name or item number.

    Args:
        text: As typed, imported or passed from a description. Sub-items are written as a path with colons.
        rule: The company's name rule; each level is measured by itself.

    Source:
        docs/accounting/names.md
    """
    return _judge(text, rule=rule)


def judge_account_path(text: str, *, rule: NameRule) -> Verdict:
    """Judge an account name: one level, or `Account:Sub-account` to five levels.

    Args:
        text: As typed or imported.
        rule: The company's name rule; each level is measured by itself.

    Source:
        docs/accounting/names.md
    """
    return _judge(text, rule=rule)


def levels(path: str) -> tuple[str, ...]:
    """The levels of a path, outermost first, exactly as written."""
    return tuple(path.split(":"))


def _judge(text: str, *, rule: NameRule) -> Verdict:
    faults = (
        *_blank(text),
        *_spaces(text),
        *_characters(text),
        *_depth(text),
        *_empty_levels(text),
    )
    faults = (*faults, *_lengths(text, rule))
    corrected = ":".join(" ".join(level.split()) if _has_white(level) else level.strip() for level in levels(text))
    helps = bool(faults) and corrected != text and not _judge(corrected, rule=rule).faults
    return Verdict(text=text, faults=faults, corrected=corrected if helps else None)


def _has_white(level: str) -> bool:
    return any(mark in level for mark in "\t\n\r")


def _blank(text: str) -> tuple[NameFault, ...]:
    if text.strip():
        return ()
    return (NameFault(code="blank", sentence=gettext_noop("The name is empty.")),)


def _spaces(text: str) -> tuple[NameFault, ...]:
    faults = []
    if " :" in text or ": " in text:
        sentence = gettext_noop("There is a space next to a colon; QuickBooks would take it as part of the name.")
        faults.append(NameFault(code="space-beside-colon", sentence=sentence))
    if text.strip() and text != text.strip():
        sentence = gettext_noop("There is a space before or after the name.")
        faults.append(NameFault(code="space-around", sentence=sentence))
    return tuple(faults)


def _characters(text: str) -> tuple[NameFault, ...]:
    found = dict.fromkeys(_REFUSED[mark] for mark in text if mark in _REFUSED)
    sentence = gettext_noop("The name contains %(what)s, which QuickBooks does not accept.")
    return tuple(NameFault(code="character", sentence=sentence, facts=(("what", what),)) for what in found)


def _depth(text: str) -> tuple[NameFault, ...]:
    depth = len(levels(text))
    if depth <= DEEPEST:
        return ()
    sentence = gettext_noop("The name has %(depth)d levels; QuickBooks keeps at most %(deepest)d.")
    return (
        NameFault(
            code="too-deep",
            sentence=sentence,
            facts=(("depth", depth), ("deepest", DEEPEST)),
        ),
    )


def _empty_levels(text: str) -> tuple[NameFault, ...]:
    if not text.strip() or all(level.strip() for level in levels(text)):
        return ()
    sentence = gettext_noop("A level of the name is empty: there is nothing before, between or after a colon.")
    return (NameFault(code="empty-level", sentence=sentence),)


def _lengths(text: str, rule: NameRule) -> tuple[NameFault, ...]:
    sentence = gettext_noop("“%(level)s” has %(length)d characters; the limit is %(longest)d.")
    return tuple(
        NameFault(
            code="too-long",
            sentence=sentence,
            facts=(("level", level), ("length", len(level)), ("longest", rule.longest)),
        )
        for level in (one.strip() for one in levels(text))
        if len(level) > rule.longest
    )
