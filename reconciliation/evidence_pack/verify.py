"""Is an evidence pack as it was made, and if not, which entry of it was changed, taken out, added or moved?

Needs the file alone: no database, no settings, nothing of the installation that made it.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from books.translation import gettext_noop
from reconciliation.evidence_pack.archive import (
    BLOCK,
    END,
    FORMAT,
    MANIFEST,
    SEAL,
    SEAL_LENGTH,
    end_line,
    entry_line,
    first_hash,
    next_hash,
    read_blocks,
)

#: A manifest has a line for each entry, and no pack has so many that it is longer; in bytes.
LONGEST_MANIFEST = 32 * 1024 * 1024
_HEADER = 30
_CANNOT_OPEN = gettext_noop("The archive cannot be opened; it was cut off, or its directory was changed (%(damage)s).")
_UNREADABLE = gettext_noop("It was changed and cannot be read (%(damage)s).")
_CUT_OFF = gettext_noop("It was changed, or the archive was cut off in it (%(damage)s).")
_BROKEN_LINE = gettext_noop(
    "Line %(line)s does not follow from the line before: the line was changed, taken out, added or moved."
)
_MOVED = gettext_noop("It was moved: %(entry)s belongs in its place.")
_BYTES_BEFORE = gettext_noop("There are bytes before %(entry)s that belong to no entry, or it was moved.")
_OUTSIDE = gettext_noop(
    "The archive was changed outside of its entries: its directory, a header, or its seal. All entries are as they "
    "were made."
)
_GONE = gettext_noop("It is missing from the archive.")
#: How a damaged archive fails, whichever byte of it is wrong.
_DAMAGED = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, OSError, OverflowError,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class EvidenceFault:
    """One thing that is wrong with a pack."""

    #: The entry; empty where it is the archive itself.
    entry: str
    what: str

    def __str__(self) -> str:
        return f"{self.entry}: {self.what}" if self.entry else self.what


@dataclass(frozen=True, kw_only=True)
class EvidenceCheck:
    """What a check of a pack came to."""

    faults: Sequence[EvidenceFault]
    #: The last hash of its manifest, in which all of its entries are; empty where that cannot be read.
    chain: str
    entries: int

    @property
    def is_intact(self) -> bool:
        """Whether it is, to the last byte, as it was made."""
        return not self.faults


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What a manifest says of one entry."""

    name: str
    sha256: str
    size: int


def check_pack(file: IO[bytes]) -> EvidenceCheck:
    """Read a pack once and say everything that is wrong with it.

    Args:
        file: Open for reading, and can be read again from its beginning.

    Raises:
        OSError: The file itself cannot be read.
    """
    seal = _seal_fault(file)
    try:
        with zipfile.ZipFile(file) as archive:
            check = _check_entries(archive, file)
    except _DAMAGED as damage:
        told = _CANNOT_OPEN % {"damage": damage}
        check = EvidenceCheck(faults=[_of_archive(told)], chain="", entries=0)
    if seal and not check.faults:
        return EvidenceCheck(faults=[seal], chain=check.chain, entries=check.entries)
    return check


def _of_archive(what: str) -> EvidenceFault:
    return EvidenceFault(entry="", what=what)


def _seal_fault(file: IO[bytes]) -> EvidenceFault | None:
    """Whether any byte of the file is another than when it was sealed."""
    end = max(0, file.seek(0, 2) - SEAL_LENGTH)
    file.seek(0)
    sealed = hashlib.sha256()
    for block in read_blocks(file, end):
        sealed.update(block)
    if file.read() == SEAL + sealed.hexdigest().encode():
        return None
    return _of_archive(_OUTSIDE)


def _check_entries(archive: zipfile.ZipFile, file: IO[bytes]) -> EvidenceCheck:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    faults = [
        EvidenceFault(entry=name, what=gettext_noop("The archive has it more than once."))
        for name, times in Counter(names).items()
        if times > 1
    ]
    if MANIFEST not in names:
        return EvidenceCheck(faults=[*faults, EvidenceFault(entry=MANIFEST, what=_GONE)], chain="", entries=0)
    try:
        told, chain, broken = _manifest(_content(archive, archive.getinfo(MANIFEST)))
    except _DAMAGED as damage:
        changed = EvidenceFault(entry=MANIFEST, what=_UNREADABLE % {"damage": damage})
        return EvidenceCheck(faults=[*faults, changed], chain="", entries=0)
    faults += broken
    faults += _listed(names, [entry.name for entry in told])
    for entry in told:
        if names.count(entry.name) == 1 and (what := _changed(archive, entry)):
            faults.append(EvidenceFault(entry=entry.name, what=what))
    faults += _between(infos, archive, file)
    return EvidenceCheck(faults=faults, chain=chain, entries=len(told))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    with archive.open(info) as entry:
        content = entry.read(LONGEST_MANIFEST + 1)
    if len(content) > LONGEST_MANIFEST:
        raise ValueError("it is longer than any manifest")
    return content.decode()


def _manifest(text: str) -> tuple[list[_Told], str, list[EvidenceFault]]:
    """The entries that a manifest names, its last hash, and the first line of it that does not fit the one before."""
    told: list[_Told] = []
    chain, ended = first_hash(), False
    for number, line in enumerate(text.split("\n")[:-1], start=1):
        said, _tab, kept = line.rpartition("\t")
        chain = next_hash(chain, said)
        entry = _told(said)
        fits = chain == kept and not ended and _is_next(said, entry, number)
        if not fits:
            return told, "", [EvidenceFault(entry=MANIFEST, what=_BROKEN_LINE % {"line": number})]
        ended = entry is None
        if entry:
            told.append(entry)
    if not ended or not text.endswith("\n"):
        return told, "", [EvidenceFault(entry=MANIFEST, what=gettext_noop("Its last line is missing: it was cut off."))]
    return told, chain, []


def _is_next(said: str, entry: _Told | None, number: int) -> bool:
    if entry is None:
        return said == end_line(number - 1)
    return said == entry_line(number, entry.sha256, entry.size, entry.name)


def _told(said: str) -> _Told | None:
    """What a line says of an entry; None where it is no line of an entry."""
    parts = said.split("\t")
    if len(parts) != 4 or parts[0] == END or not parts[2].isdecimal():
        return None
    return _Told(name=parts[3], sha256=parts[1], size=int(parts[2]))


def _listed(names: Sequence[str], told: Sequence[str]) -> Iterator[EvidenceFault]:
    """What the archive has and the manifest does not name, or the other way round, or in another order."""
    expected = [*told, MANIFEST]
    for name in expected:
        if name not in names:
            yield EvidenceFault(entry=name, what=_GONE)
    for name in names:
        if name not in expected:
            yield EvidenceFault(entry=name, what=gettext_noop("It was added: the manifest does not name it."))
    there = [name for name in names if name in expected]
    wanted = [name for name in expected if name in names]
    for name, other in zip(there, wanted, strict=False):
        if name != other:
            yield EvidenceFault(entry=name, what=_MOVED % {"entry": other})
            return


def _changed(archive: zipfile.ZipFile, told: _Told) -> str:
    """What is wrong with the content of an entry; empty where it is as the manifest says."""
    content, size = hashlib.sha256(), 0
    try:
        with archive.open(told.name) as entry:
            while (block := entry.read(BLOCK)) and size <= told.size:
                content.update(block)
                size += len(block)
    except _DAMAGED as damage:
        return _CUT_OFF % {"damage": damage}
    if (size, content.hexdigest()) != (told.size, told.sha256):
        return gettext_noop("It was changed: its content has another hash than the manifest says.")
    return ""


def _between(infos: Sequence[zipfile.ZipInfo], archive: zipfile.ZipFile, file: IO[bytes]) -> Iterator[EvidenceFault]:
    """Bytes that belong to no entry: there are none in a pack as it was made."""
    expected = 0
    for info in infos:
        if info.header_offset != expected:
            yield _of_archive(_BYTES_BEFORE % {"entry": info.filename})
            return
        file.seek(info.header_offset)
        header = file.read(_HEADER)
        if len(header) < _HEADER:
            return
        name, extra = struct.unpack("<HH", header[26:30])
        expected += _HEADER + name + extra + info.compress_size
    if archive.start_dir != expected:
        yield _of_archive(gettext_noop("There are bytes after the last entry that belong to none."))
    if not archive.comment.startswith(FORMAT.encode()):
        yield _of_archive(gettext_noop("The archive has no seal."))
