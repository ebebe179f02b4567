"""How is a text that is kept in English told in the language of its reader? By the marked text that it was made of.

Problems, notes and events keep a code and facts. Some facts are themselves words of ours: “Invoice 2025”, “product
Clay”, the reason why QuickBooks rejected something. They are kept in English, as they were worded; for a reader of
another language the marked text is found that says it, its gaps are taken out of it, and both are told anew. What no
marked text says, such as the name of a customer, stays as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from django.conf import settings
from django.utils import translation
from django.utils.formats import number_format

from books.translation import gettext_noop

ENGLISH = "en"
#: As much of the reason of a change as its history keeps.
LONGEST_REASON = 100
#: The gaps that may hold words of ours; every other gap holds a name, and a name is never translated.
WORDS = frozenset(
    {
        *(
            "reason",
            "notice",
            "verdict",
            "fault_cure",
            "cure",
            "told",
            "said",
            "what",
            "changes",
            "place",
            "step",
            "word",
        ),
        *("document", "documents", "record", "needed", "used_by", "kind", "title", "part", "field", "which"),
        *("setting", "debit_setting", "credit_setting", "section"),
    }
)
#: How things are called inside of other sentences, see `mapping.name_checks` and `sync.models.documents`.
NAMED = (
    gettext_noop("product %(name)s"),
    gettext_noop("line type %(name)s"),
    gettext_noop("payment method %(name)s"),
    gettext_noop("Customer %(name)s"),
    gettext_noop("Invoice %(name)s"),
    gettext_noop("Sales receipt %(name)s"),
    gettext_noop("Payment %(name)s"),
    gettext_noop("Credit memo %(name)s"),
    gettext_noop("Refund receipt %(name)s"),
    gettext_noop("Journal entry %(name)s"),
    gettext_noop("Credit %(name)s"),
    gettext_noop("Refund %(name)s"),
    gettext_noop("Return %(name)s"),
    gettext_noop("the total"),
    gettext_noop("the currency"),
    gettext_noop("the number"),
    gettext_noop("the customer"),
    gettext_noop("nothing"),
    gettext_noop("payment method"),
    gettext_noop("class"),
    gettext_noop("location"),
    gettext_noop("tax code"),
    gettext_noop("item"),
    gettext_noop("order %(number)s of the file"),
)
_GAP = re.compile(r"%\((\w+)\)[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]|%%")
_AMOUNT = re.compile(r"(-?)(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d+))? ([A-Z]{3})")
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+")
_LEAST = 4  # letters beside the gaps: fewer would fit anything
_HEAD = 3


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A marked text as one language says it."""

    pattern: re.Pattern[str]
    #: Letters beside the gaps; of several that fit, the one with the most is meant.
    weight: int
    english: str
    plural: str


def retold(text: str, *, into: str | None = None, told_in: str = ENGLISH) -> str:
    """A kept text in the language of its reader; unchanged where no marked text says it.

    Args:
        text: As it is kept.
        into: The language of the reader; that of the page when left out.
        told_in: The language that it is in.
    """
    into = _plain(into or translation.get_language() or ENGLISH)
    if into == told_in or not text or {into, told_in} - {code for code, _name in settings.LANGUAGES}:
        return text
    return _retold(text, into, told_in, tuple(map(str, settings.LOCALE_PATHS)))


def in_english(text: str) -> str:
    """A text that was worded for the person who acts, as it is kept: in English."""
    return retold(text, into=ENGLISH, told_in=_plain(translation.get_language() or ENGLISH))


def facts_retold(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as the reader of the page reads them: words of ours in their language, amounts with their separators."""
    if _plain(translation.get_language() or ENGLISH) == ENGLISH:
        return dict(facts)
    return {name: _fact(name, value) for name, value in facts.items()}


def _fact(name: str, value: object) -> object:
    if isinstance(value, list | tuple):
        return [_fact(name, part) for part in value]
    if not isinstance(value, str):
        return value
    return retold(value) if name in WORDS else _amounts(value)


def _plain(language: str) -> str:
    return language.partition("-")[0].partition("_")[0].lower()


@lru_cache(maxsize=4096)
def _retold(text: str, into: str, told_in: str, paths: tuple[str, ...]) -> str:
    exact, by_head, others = _patterns(told_in, paths)
    with translation.override(into):
        if text in exact:
            return str(translation.gettext(exact[text]))
        several = _several(text, into, told_in, paths)
        if several:
            return several
        fitting = [
            (said.weight, said, found)
            for said in (*by_head.get(text[:_HEAD], ()), *others)
            if (found := said.pattern.fullmatch(text))
        ]
        if not fitting:
            return _amounts(text)
        _weight, said, found = max(fitting, key=lambda fit: fit[0])
        return _filled(said, found.groupdict(), into, told_in, paths)


def _several(text: str, into: str, told_in: str, paths: tuple[str, ...]) -> str:
    """“Invoice 2001, Payment 20010”, or sentences one after another; empty where a part of it is no text of ours."""
    for between, pattern in ((", ", r", "), (" ", r"(?<=[.!?]) (?=[A-ZȘȚÎÂ“„])")):
        parts = re.split(pattern, text)
        told = [_retold(part, into, told_in, paths) for part in parts] if len(parts) > 1 else []
        if told and all(now != before for now, before in zip(told, parts, strict=True)):
            return between.join(told)
    return ""


def _filled(said: _Told, gaps: dict[str, str], into: str, told_in: str, paths: tuple[str, ...]) -> str:
    numbers = [int(re.sub(r"[.,]", "", value)) for value in gaps.values() if re.fullmatch(r"\d[\d.,]*", value)]
    number = numbers[0] if numbers else 1
    words = (
        translation.ngettext(said.english, said.plural, number) if said.plural else translation.gettext(said.english)
    )
    told = {
        name: _retold(value, into, told_in, paths) if name in WORDS else _amounts(value) for name, value in gaps.items()
    }
    return _GAP.sub(lambda gap: told.get(gap[1], "") if gap[1] else "%", words)


def _amounts(text: str) -> str:
    """An amount such as `1,234.50 USD` with the separators of the reader; anything else as it is."""
    if _NUMBER.fullmatch(text):
        return number_format(int(text.replace(",", "")), use_l10n=True, force_grouping=True)
    found = _AMOUNT.fullmatch(text)
    if not found:
        return text
    sign, whole, cents, currency = found.groups()
    amount = Decimal(f"{sign}{whole.replace(',', '')}.{cents or 0}")
    return f"{number_format(amount, decimal_pos=len(cents or ''), use_l10n=True, force_grouping=True)} {currency}"


@lru_cache(maxsize=8)
def _patterns(
    language: str, paths: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, tuple[_Told, ...]], tuple[_Told, ...]]:
    """What a language says: texts without gaps, and patterns by how they begin; those that begin with a gap apart."""
    exact: dict[str, str] = {}
    by_head: dict[str, list[_Told]] = defaultdict(list)
    others: list[_Told] = []
    for message in _messages(paths):
        english, plural = message.id if isinstance(message.id, list | tuple) else (message.id, "")
        forms = [english, plural] if language == ENGLISH else _forms(message)
        for form in filter(None, forms):
            if not _GAP.search(form):
                exact.setdefault(form, english)
                continue
            said = _told(form, english, plural)
            if said.weight >= _LEAST:
                head = _GAP.split(form)[0][:_HEAD]
                (by_head[head] if len(head) == _HEAD else others).append(said)
    return exact, {head: tuple(told) for head, told in by_head.items()}, tuple(others)


def _messages(paths: tuple[str, ...]) -> Iterator[Message]:
    for path in paths:
        for file in sorted(Path(path).glob("*/LC_MESSAGES/django.mo")):
            with file.open("rb") as opened:
                yield from (message for message in read_mo(opened) if message.id)


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _told(form: str, english: str, plural: str) -> _Told:
    pattern, seen, at, weight = "", set(), 0, 0
    for gap in _GAP.finditer(form):
        between = form[at : gap.start()]
        weight += sum(map(str.isalpha, between))
        pattern += re.escape(between)
        name, at = gap[1], gap.end()
        if name is None:
            pattern += "%"
        elif name in seen:
            pattern += f"(?P={name})"
        else:
            seen.add(name)
            # Digits fit by far fewer texts than words do
            digits = gap[0].endswith("d") and bool(between)
            weight += digits
            quoted = between[-1:] in ("“", "„") and form[gap.end() : gap.end() + 1] == "”"
            # A name in quotes ends where they do, or it would take in another sentence with quotes of its own
            fits = r"[-\d.,]" if digits else "[^“„”]" if quoted else "."
            pattern += f"(?P<{name}>{fits}+?)"
    weight += sum(map(str.isalpha, form[at:]))
    return _Told(
        pattern=re.compile(pattern + re.escape(form[at:]), re.DOTALL), weight=weight, english=english, plural=plural
    )
