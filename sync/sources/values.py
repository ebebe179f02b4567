"""What is wrong with one value of a source, and who collects it?

Readers of single values raise `BadValue`. A reader of a whole order collects them in `Faults`, so that a person
sees everything that is wrong with the order at once and not one thing per import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from books.messages import Message
from books.translation import gettext_noop
from sync.sources.base import Place, RowError

T = TypeVar("T")

LONGEST_SHOWN = 80
#: As long as any text of a source is kept; what is sent is fitted to QuickBooks' own lengths later.
LONGEST_TEXT = 100_000


class BadValue(ValueError):
    """One value that cannot be used. `sentence` may name `%(value)s` and any of the facts."""

    def __init__(self, code: str, sentence: str, cure: str, *, option: str = "", **facts: object) -> None:
        self.code = code
        self.message = Message.of(sentence, cure, **facts)
        self.option = option
        super().__init__(f"{code}: {sentence}")


class Faults:
    """Everything that is wrong with one order, in the order it was found."""

    def __init__(self, place: Place, *, order: str = "") -> None:
        self.place = place
        self.order = order
        self._found: list[tuple[Place, str, str, BadValue]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, fault: BadValue, *, column: str = "", value: object = "", place: Place | None = None) -> None:
        """Keep one fault, at the order's own place unless another is given."""
        self._found.append((place or self.place, column, shown(value), fault))

    def attempt(
        self, read: Callable[[], T], *, otherwise: T, column: str, value: object = "", place: Place | None = None
    ) -> T:
        """What `read` returns, or `otherwise` with the fault kept."""
        try:
            return read()
        except BadValue as fault:
            self.add(fault, column=column, value=value, place=place)
            return otherwise

    def errors(self) -> tuple[RowError, ...]:
        """Every fault as the value that a source hands on."""
        return tuple(
            RowError(
                code=fault.code,
                place=place,
                column=column,
                value=value,
                message=fault.message.about(column=column, value=value, order=self.order),
                order=self.order,
                option=fault.option,
            )
            for place, column, value, fault in self._found
        )


def shown(value: object) -> str:
    """A value as it is quoted to a person: on one line, and not longer than a line."""
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def one_line(text: str, *, longest: int) -> str:
    """A name, number or address part: no spaces around it, no line breaks or tabs inside.

    Raises:
        BadValue: It is longer than there is room for.
    """
    return bounded(" ".join(text.splitlines()).replace("\t", " ").strip(), longest=longest)


def bounded(text: str, *, longest: int) -> str:
    """The text, if there is room for it.

    Raises:
        BadValue: It is longer than `longest` characters.
    """
    if len(text) <= longest:
        return text
    raise BadValue(
        "too-long",
        gettext_noop("The text has %(length)d characters; there is room for %(longest)d."),
        gettext_noop("Shorten it in the source and export again."),
        length=len(text),
        longest=longest,
    )
