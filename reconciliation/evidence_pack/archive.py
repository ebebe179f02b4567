"""How is an evidence pack written and chained, so that a change of any byte of it is found?

A pack is a ZIP archive. Its last entry, the manifest, has a line for each entry before it, with a hash that takes in
the line before: the last one stands for all that is in the pack, and can be written down. The comment of the archive
seals every byte before it, also those that belong to no entry.

Source:
    docs/decisions/0073-evidence.md
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

FORMAT = "tieout-evidence-1"
MANIFEST = "manifest.txt"
#: What the manifest's last line begins with.
END = "end"
SEAL = f"{FORMAT} sealed ".encode()
SEAL_LENGTH = len(SEAL) + 64
#: So much is in memory at once, in bytes.
BLOCK = 1024 * 1024
#: The moment that every entry bears: the archive says in its contents when it was made.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def first_hash() -> str:
    """What the first line of a manifest is chained to."""
    return hashlib.sha256(FORMAT.encode()).hexdigest()


def next_hash(before: str, line: str) -> str:
    """The hash at the end of a manifest's line.

    Args:
        before: The hash of the line before; of the first line `first_hash`.
        line: The line without its hash and the tab before that.
    """
    return hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()


def entry_line(number: int, sha256: str, size: int, name: str) -> str:
    """What a manifest says of an entry, without the hash of the line; size in bytes."""
    return f"{number}\t{sha256}\t{size}\t{name}"


def end_line(entries: int) -> str:
    """What a manifest says at its end, without the hash of the line."""
    return f"{END}\t{entries}"


def read_blocks(file: IO[bytes], size: int) -> Iterator[bytes]:
    """The next bytes of a file, block after block; fewer where it ends before."""
    while size > 0 and (block := file.read(min(BLOCK, size))):
        size -= len(block)
        yield block


@dataclass(kw_only=True)
class EvidenceWriter:
    """A pack while it is written: one entry after the other, each block by block."""

    #: Empty, and open for writing and reading.
    target: IO[bytes]
    _lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chain = first_hash()
        self._archive = zipfile.ZipFile(self.target, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write an entry.

        Args:
            name: Without a tab or a line break, and not yet taken.
            pieces: Its content.
        """
        content, size = hashlib.sha256(), 0
        with self._archive.open(_entry(name), "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)
                content.update(piece)
                size += len(piece)
        self._chained(entry_line(len(self._lines) + 1, content.hexdigest(), size, name))

    def finish(self) -> str:
        """Write the manifest and the seal.

        Returns:
            The last hash of the manifest.
        """
        self._chained(end_line(len(self._lines)))
        with self._archive.open(_entry(MANIFEST), "w", force_zip64=True) as entry:
            entry.writelines(line.encode() for line in self._lines)
        self._archive.comment = SEAL + b"0" * 64
        self._archive.close()
        self._seal()
        return self._chain

    def _chained(self, line: str) -> None:
        self._chain = next_hash(self._chain, line)
        self._lines.append(f"{line}\t{self._chain}\n")

    def _seal(self) -> None:
        end = self.target.seek(0, 2) - SEAL_LENGTH
        self.target.seek(0)
        sealed = hashlib.sha256()
        for block in read_blocks(self.target, end):
            sealed.update(block)
        self.target.seek(end)
        self.target.write(SEAL + sealed.hexdigest().encode())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
