"""How is the XML inside a workbook read, however hostile it is? In pieces, without a DOCTYPE, and up to a limit."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple
from xml.parsers import expat
from zlib import error as ZlibFault

_CHUNK = 1 << 16
#: What Python's reader of archives raises over a damaged one: also a negative place to begin at, or a number too large
DAMAGED = (
    zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError,
    struct.error,
)  # fmt: skip
_NO_ATTRIBUTES: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of a workbook is read."""

    file: int = 20_000_000
    unpacked: int = 60_000_000
    rows: int = 100_000
    columns: int = 300
    sheets: int = 50
    #: Starts, ends and texts that one part may have: five for a number, so 17,000 rows of 35 columns.
    events: int = 3_000_000
    #: Files in the archive; a workbook of fifty sheets has some two hundred.
    parts: int = 2_000
    #: Characters of one text; a cell has at most 32,767.
    text: int = 1_000_000


class NoWorkbook(ValueError):
    """It is not an XLSX workbook, or a damaged one; `what` says why, for a person who can program."""


class TooLarge(NoWorkbook):
    """It is larger than one of the limits."""


class XmlEvent(NamedTuple):
    """A start or an end of an element, or a text."""

    #: `start`, `end` or `text`.
    kind: str
    #: Of the element, without its namespace; a text is here itself.
    name: str
    attributes: dict[str, str]


def events(archive: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[XmlEvent]:
    """Starts and ends of elements, and texts, as they come; names without their namespace."""
    pending: list[XmlEvent] = []
    seen = text = 0
    parser = _parser(pending)
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                seen += len(pending)
                text = _text_at_the_end(pending, text)
                if seen > limits.events:
                    raise TooLarge(f"it has more cells than are read at once, about {limits.events // 5:,}")
                if text > limits.text:
                    raise TooLarge(f"a text in it has more than {limits.text:,} characters")
                yield from pending
                pending.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as fault:
        raise NoWorkbook(f"its XML is broken: {fault}") from None
    except NoWorkbook:
        raise
    except DAMAGED as fault:
        raise NoWorkbook(str(fault) or type(fault).__name__) from None
    except ZlibFault as fault:
        raise NoWorkbook(f"it is damaged: {fault}") from None
    yield from pending


def _parser(pending: list[XmlEvent]) -> expat.XMLParserType:
    """One that puts what it meets into a list."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda name, attributes: pending.append(
        XmlEvent("start", name.rpartition(":")[2], attributes)
    )
    parser.EndElementHandler = lambda name: pending.append(XmlEvent("end", name.rpartition(":")[2], _NO_ATTRIBUTES))
    parser.CharacterDataHandler = lambda text: pending.append(XmlEvent("text", text, _NO_ATTRIBUTES))
    return parser


def _text_at_the_end(events: list[XmlEvent], before: int) -> int:
    """How long the text is that has not ended yet; one that ended within a chunk is no longer than that."""
    texts = list(takewhile(lambda event: event.kind == "text", reversed(events)))
    return sum(len(event.name) for event in texts) + (before if len(texts) == len(events) else 0)


def _refuse_doctype(*_: object) -> None:
    raise NoWorkbook("its XML declares entities")
