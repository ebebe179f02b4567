"""In which encoding is a file written, and is it text at all?

Decided over the whole file before the first row is read, in one pass that keeps nothing in memory, so that no file
turns out unreadable in its middle.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from books.messages import Message
from books.outside.file_kinds import other_kind
from books.translation import gettext_noop
from sync.sources.base import UnreadableFile

_CHUNK = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: One byte in so many may be a NUL in a text with a damaged cell; in anything that is no text there are more.
_MOST_NULS = 20
_FELL_BACK = gettext_noop(
    "The file is not UTF-8, so it was read as Windows-1252. If names look wrong, import it again with its encoding."
)


def find_encoding(file: BinaryIO, *, given: str | None) -> tuple[str, tuple[Message, ...]]:
    """The encoding of a whole file, with what a person should know about it. Leaves the file at its start.

    Raises:
        UnreadableFile: It is empty, no text, or not in the encoding that was given.
    """
    file.seek(0)
    start = file.read(_CHUNK)
    _refuse_other_formats(start)
    if given:
        return _given(file, given), ()
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if marked is None and start.count(b"\0") * _MOST_NULS > len(start):
        raise _not_text()
    if _decodes(file, marked or "utf-8"):
        return marked or "utf-8", ()
    if marked is None and _decodes(file, "cp1252"):
        return "cp1252", (Message(sentence=_FELL_BACK),)
    raise _not_text()


@contextmanager
def text_of(file: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The file as text from its start, line ends untouched. The file itself stays open."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text
    finally:
        with suppress(ValueError):  # closed meanwhile by a caller that stopped early
            text.detach()


def _given(file: BinaryIO, name: str) -> str:
    try:
        codec = codecs.lookup(name)
    except LookupError:
        raise UnreadableFile(
            gettext_noop("There is no encoding “%(encoding)s”."),
            gettext_noop("Give one such as utf-8, utf-16 or windows-1252, or leave it out to have it found."),
            encoding=name,
        ) from None
    if not codec._is_text_encoding or not _decodes(file, codec.name):
        raise UnreadableFile(
            gettext_noop("The file is not written in the encoding “%(encoding)s” that was given."),
            gettext_noop("Give another encoding, or leave it out to have it found."),
            encoding=name,
        )
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    finally:
        file.seek(0)
    return True


def _refuse_other_formats(start: bytes) -> None:
    if not start.strip(b" \t\r\n\0" + codecs.BOM_UTF8):
        raise UnreadableFile(
            gettext_noop("The file is empty."), gettext_noop("Export it again and check that it holds orders.")
        )
    if kind := other_kind(start):
        raise UnreadableFile(
            gettext_noop("The file is %(format)s, not text."),
            gettext_noop("Choose a file of this layout: save the export as text and import that."),
            format=kind,
        )


def _not_text() -> UnreadableFile:
    return UnreadableFile(
        gettext_noop("The file is not text in any encoding that is known here."),
        gettext_noop("Save it as UTF-8 and import it again, or give its encoding."),
    )
