"""Which bytes does the file have that a command was given? Within the limit that the screens have too."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from sync.management.guarded_command import CANNOT_RUN


def whole_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        CommandError: It cannot be opened, or is larger than any file that is read at once.
    """
    try:
        with path.open("rb") as file:
            content = file.read(settings.LARGEST_FILE + 1)
    except OSError as fault:
        raise CommandError(f"{path} cannot be opened: {fault.strerror}.", returncode=CANNOT_RUN) from fault
    if len(content) > settings.LARGEST_FILE:
        most = settings.LARGEST_FILE // 1024**2
        raise CommandError(f"{path} is larger than {most} MB. Divide it into several.", returncode=CANNOT_RUN)
    return content
