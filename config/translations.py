"""How do translations get from locale/*.po, which people write, to what Django reads? By themselves, at the start."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from io import BytesIO
from pathlib import Path

logger = logging.getLogger(__name__)

_IS_OFFERED = "offered"
#: The share of texts that is translated; half a translation is none, and one that waits for a new text is one.
_ENOUGH = 0.98
_SECONDS_KEPT = 24 * 3600


def compiled(source: Path, target: Path) -> list[Path]:
    """The folder with what Django reads, for `LOCALE_PATHS`; made first where a translation has changed.

    Nobody has to run anything after an update, and a folder of code that cannot be written to is enough. The folder is
    named by what is in the translations, so processes that start together, or run an earlier release, do not disturb
    each other.

    Args:
        source: Holds `LANGUAGE/LC_MESSAGES/NAME.po`.
        target: Where it may be written. Folders of earlier translations are removed from it after a day.

    Returns:
        One folder; none where the target cannot be written, which `manage.py check` reports: all is English then.
    """
    files = {path.relative_to(source): path.read_bytes() for path in sorted(source.glob("*/LC_MESSAGES/*.po"))}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(name.as_posix().encode() + b"\0" + content)
    folder = target / digest.hexdigest()[:16]
    if not folder.is_dir():
        try:
            _compile(files, folder)
        except OSError:
            return []
        _remove_earlier(target, folder)
    return [folder]


def offered(folders: list[Path]) -> list[str]:
    """The languages that can be chosen: those with a translation that is whole, a few texts that are new aside.

    Args:
        folders: As `compiled` returns them.
    """
    return [path.parents[1].name for folder in folders for path in sorted(folder.glob(f"*/LC_MESSAGES/{_IS_OFFERED}"))]


def _compile(files: dict[Path, bytes], folder: Path) -> None:
    """Write all of it beside the folder, and give it its name at the end."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix="unfinished-"))
    try:
        for name, content in files.items():
            made = unfinished / name.with_suffix(".mo")
            made.parent.mkdir(parents=True)
            try:
                catalog = read_po(BytesIO(content), locale=name.parts[0], abort_invalid=True)
            except PoFileError as error:  # make messages-check names it; until then its texts are English
                logger.error("%s cannot be read, so its texts are English: %s", name, error)
                continue
            with made.open("wb") as file:
                write_mo(file, catalog)
            texts = [message for message in catalog if message.id]
            told = sum(1 for message in texts if message.string and all(message.string))
            if told >= _ENOUGH * len(texts):
                (made.parent / _IS_OFFERED).touch()
        with suppress(FileExistsError):
            os.rename(unfinished, folder)
    finally:
        if unfinished.exists():  # another process was quicker
            shutil.rmtree(unfinished)
    if not folder.is_dir():
        raise FileNotFoundError(folder)


def _remove_earlier(target: Path, current: Path) -> None:
    for folder in target.iterdir():
        with suppress(OSError):
            if folder != current and time.time() - folder.stat().st_mtime > _SECONDS_KEPT:
                shutil.rmtree(folder)
