"""What does a change write, field by field, in a bookkeeper's words? Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

from books.documents import Document
from books.money import ZERO, money_text
from books.orders import Address
from books.posted_document import THE_LINES, THE_TOTAL, WHAT_IT_SETTLES, Holding, posted_differences, same_links
from books.translation import gettext_noop
from sync.previewing.plan import WrittenField

#: What a holding does not say, by the name of the field.
_BESIDE: Mapping[str, str] = {
    "due": gettext_noop("the due date"),
    "terms": gettext_noop("the terms"),
    "memo": gettext_noop("the memo"),
    "email": gettext_noop("the email"),
    "billing": gettext_noop("the billing address"),
    "shipping": gettext_noop("the shipping address"),
    "location": gettext_noop("the location"),
    "method": gettext_noop("the payment method"),
}
WORDS_ON_LINES = gettext_noop("the words on the lines")
#: In place of a value that is not there.
NONE = "—"


def written_fields(before: Document, after: Document, *, held: Holding, intended: Holding) -> tuple[WrittenField, ...]:
    """What becomes another: as QuickBooks holds it, and as it will be sent.

    Args:
        before: As it was posted.
        after: As it is to be.
        held: What QuickBooks holds now; where it was not read, what was posted.
        intended: What it will hold.
    """
    found = [
        WrittenField(what=part.what, held=part.theirs, sent=part.ours) for part in posted_differences(intended, held)
    ]
    if not same_links(intended, held) and all(part.what != WHAT_IT_SETTLES for part in found):
        found.append(WrittenField(what=WHAT_IT_SETTLES, held=_settled(held), sent=_settled(intended)))
    found += _beside(before, after)
    lines = getattr(before, "lines", ()), getattr(after, "lines", ())
    if _words(lines[0]) != _words(lines[1]) and all(part.what != THE_LINES for part in found):
        found.append(WrittenField(what=WORDS_ON_LINES, held=_words(lines[0]), sent=_words(lines[1])))
    return tuple(found)


def emptied(held: Holding) -> tuple[WrittenField, ...]:
    """What a void writes: it moves nothing any more."""
    nothing = money_text(ZERO, held.currency)
    return (WrittenField(what=THE_TOTAL, held=money_text(held.total, held.currency), sent=nothing),)


def _settled(holding: Holding) -> str:
    return ", ".join(f"{link.document} {money_text(link.amount, holding.currency)}" for link in holding.links) or NONE


def _beside(before: Document, after: Document) -> Iterator[WrittenField]:
    named = {field.name for field in fields(before)} & {field.name for field in fields(after)}
    for name, what in _BESIDE.items():
        if name in named and (was := getattr(before, name)) != (now := getattr(after, name)):
            yield WrittenField(what=what, held=_said(was), sent=_said(now))


def _said(value: object) -> str:
    if isinstance(value, Address):
        parts = (getattr(value, field.name) for field in fields(value))
        return ", ".join(str(part) for part in parts if part) or NONE
    return str(getattr(value, "name", value) or NONE)


def _words(lines: tuple[object, ...]) -> str:
    return ", ".join(filter(None, (str(getattr(line, "description", "")) for line in lines))) or NONE
