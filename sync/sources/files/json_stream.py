"""How are the orders of a JSON file read one at a time, however long the file is?

Four shapes are understood: a list, an object with a list named `orders` (one page of an API), objects one after the
other, and one object per line. Only one order and a little text around it are in memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from books.json_types import Json
from books.outside.nesting import DECODER

_CHUNK = 1 << 16
#: More text than any order, or any list of payments beside them, has; a file that asks for more is broken, or made to
#: exhaust the memory.
LONGEST_VALUE = 1 << 24
#: Commas and brackets of one value: a short text of many small parts takes most of the memory.
MOST_PARTS = 1_000_000
_TOO_LONG = "One value is longer than any order"
#: How near to the end of what was read a fault may be caused by what was not read yet.
_MARGIN = 16
_SPACE = " \t\r\n\ufeff"
_SPACES = re.compile(f"[{_SPACE}]*")
#: What may follow a value, so that it ends there.
_AFTER_A_VALUE = frozenset(" \t\r\n,:]}")
ORDERS = "orders"


class BrokenJson(ValueError):
    """The text is not JSON from here on. Lines and columns are counted from 1."""

    def __init__(self, what: str, *, line: int, column: int, goes_on: bool = False) -> None:
        self.what = what
        self.line = line
        self.column = column
        #: Whether the next value can still be found: in a file with one object per line.
        self.goes_on = goes_on
        super().__init__(f"{what} (line {line}, column {column})")


@dataclass(frozen=True, kw_only=True)
class JsonEntry:
    """One value of the file."""

    value: Any
    #: Tells different texts apart within this run.
    digest: int


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """What an API page says about itself, beside its orders."""

    facts: Json


def values(text: TextIO) -> Iterator[JsonEntry | PageFacts | BrokenJson]:
    """Every order of the file, and what its pages say about themselves, in the order of the file.

    A fault ends the file, except where there is one object per line: there the next line goes on.
    """
    window = _Window(text)
    try:
        if window.has_object_per_line():
            yield from _lines(window)
        while window.next_mark():
            yield from _value(window)
    except BrokenJson as fault:
        yield fault


def _lines(window: _Window) -> Iterator[JsonEntry | PageFacts | BrokenJson]:
    for number, line in window.lines():
        if not line.strip(_SPACE):
            continue
        if _parts_of(line) > MOST_PARTS:
            yield BrokenJson(_TOO_LONG, line=number, column=1, goes_on=True)
            continue
        try:
            yield from _unpacked(_decoded(line, number), hash(line))
        except BrokenJson as fault:
            yield fault


def _parts_of(text: str, begin: int = 0) -> int:
    return sum(text.count(mark, begin) for mark in ",[{")


def _decoded(line: str, number: int) -> object:
    try:
        return DECODER.decode(line.strip(_SPACE))
    except json.JSONDecodeError as fault:
        raise BrokenJson(fault.msg, line=number, column=fault.pos + 1, goes_on=True) from None
    except (ValueError, RecursionError) as fault:
        raise BrokenJson(str(fault), line=number, column=1, goes_on=True) from None


def _unpacked(value: object, digest: int) -> Iterator[JsonEntry | PageFacts]:
    if isinstance(value, dict) and isinstance(value.get(ORDERS), list):
        for entry in value[ORDERS]:
            yield JsonEntry(value=entry, digest=hash(json.dumps(entry, default=str, sort_keys=True)))
        yield PageFacts(facts={name: fact for name, fact in value.items() if name != ORDERS})
    else:
        yield JsonEntry(value=value, digest=digest)


def _value(window: _Window) -> Iterator[JsonEntry | PageFacts]:
    if window.next_mark() == "[":
        yield from _list(window)
    elif window.next_mark() == "{":
        yield from _object(window)
    else:
        raise window.broken("Expecting a list or an object")


def _list(window: _Window) -> Iterator[JsonEntry]:
    window.expect("[")
    if window.next_mark() == "]":
        window.expect("]")
        return
    while True:
        value, digest = window.decode()
        yield JsonEntry(value=value, digest=digest)
        if window.next_mark() != ",":
            break
        window.expect(",")
    window.expect("]")


def _object(window: _Window) -> Iterator[JsonEntry | PageFacts]:
    """An object member by member: its `orders` one by one, or else the whole object as one order."""
    members: Json = {}
    digests: list[int] = []
    taken = parts = 0
    is_page = False
    window.expect("{")
    while window.next_mark() != "}":
        if members or is_page:
            window.expect(",")
        name = window.decode_name()
        window.expect(":")
        if name == ORDERS and window.next_mark() == "[":
            is_page = True
            yield from _list(window)
        else:
            members[name], digest = window.decode()
            digests.append(hash((name, digest)))
            taken, parts = taken + window.last_length, parts + window.last_parts
            if taken > LONGEST_VALUE or parts > MOST_PARTS:
                raise window.broken(_TOO_LONG)
    window.expect("}")
    yield PageFacts(facts=members) if is_page else JsonEntry(value=members, digest=hash(tuple(digests)))


class _Window:
    """The part of the text that is being read."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._position = 0
        self._at_end = False
        self._line = 1
        self._column = 1
        #: Of the last value.
        self.last_length = self.last_parts = 0

    def has_object_per_line(self) -> bool:
        """Whether the first two lines with something on them each begin an object, as no single value can."""
        self._fill()
        starts = [line.strip(_SPACE)[:1] for line in self._buffer.split("\n") if line.strip(_SPACE)]
        return starts[:2] == ["{", "{"]

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line from here on, with its number."""
        number = 0
        while True:
            end = self._buffer.find("\n", self._position)
            if end < 0 and not self._at_end:
                self._fill()
                continue
            line = self._buffer[self._position : end if end >= 0 else None]
            if end < 0 and not line:
                self._position = len(self._buffer)
                return
            number += 1
            yield number, line
            self._position = end + 1 if end >= 0 else len(self._buffer)

    def next_mark(self) -> str:
        """The next character that is no space, not consumed; empty at the end."""
        while True:
            spaces = _SPACES.match(self._buffer, self._position)
            self._consume(len(spaces[0]) if spaces else 0)
            if self._position < len(self._buffer) or self._at_end:
                return self._buffer[self._position : self._position + 1]
            self._fill()

    def expect(self, mark: str) -> None:
        """Consume this character.

        Raises:
            BrokenJson: Another one is there.
        """
        if self.next_mark() != mark:
            raise self.broken(f"Expecting '{mark}'" if self.next_mark() else "The file ends too early")
        self._consume(1)

    def decode_name(self) -> str:
        """Consume the name of a member."""
        if self.next_mark() != '"':
            raise self.broken("Expecting a name in double quotes")
        name, _ = self.decode()
        return str(name)

    def decode(self) -> tuple[object, int]:
        """Consume one whole value; returns it with a digest of its text.

        Raises:
            BrokenJson: It is not JSON, nested too deeply, or longer than any order.
        """
        if not self.next_mark():
            raise self.broken("The file ends too early")
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._position)
            except json.JSONDecodeError as fault:
                if not self._may_be_cut_off(fault):
                    raise self._broken_at(fault) from None
            except (ValueError, RecursionError) as fault:
                raise self.broken(str(fault)) from None
            else:
                if self._is_whole(end):
                    text = self._buffer[self._position : end]
                    digest, self.last_length, self.last_parts = hash(text), len(text), _parts_of(text)
                    if self.last_parts > MOST_PARTS:
                        raise self.broken(_TOO_LONG)
                    self._consume(end - self._position)
                    return value, digest
            self._fill()
            if _parts_of(self._buffer, self._position) > 2 * MOST_PARTS:
                raise self.broken(_TOO_LONG)

    def broken(self, what: str) -> BrokenJson:
        """The fault of something wrong at the present place."""
        return BrokenJson(what, line=self._line, column=self._column)

    def _broken_at(self, fault: json.JSONDecodeError) -> BrokenJson:
        self._consume(fault.pos - self._position)
        return self.broken(fault.msg)

    def _is_whole(self, end: int) -> bool:
        """Whether a value ends here; 12 may be the beginning of 12.5, of which no more was read yet."""
        return self._at_end or end < len(self._buffer) - _MARGIN or self._buffer[end : end + 1] in _AFTER_A_VALUE

    def _may_be_cut_off(self, fault: json.JSONDecodeError) -> bool:
        if self._at_end:
            return False
        return fault.msg.startswith("Unterminated string") or fault.pos >= len(self._buffer) - _MARGIN

    def _consume(self, count: int) -> None:
        gone = self._buffer[self._position : self._position + count]
        newlines = gone.count("\n")
        self._line += newlines
        self._column = len(gone) - gone.rfind("\n") if newlines else self._column + count
        self._position += count

    def _fill(self) -> None:
        """Read on, at least as much again as is waiting, so that a long value costs no more than its length."""
        waiting = self._buffer[self._position :]
        if len(waiting) > LONGEST_VALUE:
            raise self.broken(_TOO_LONG)
        chunk = self._text.read(max(_CHUNK, len(waiting)))
        self._at_end = not chunk
        self._buffer, self._position = waiting + chunk, 0
