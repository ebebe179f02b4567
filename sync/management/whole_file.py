"""Which bytes does the file have that a command was given? Within the limit that the screens have too."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

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
        raise cannot_open(path, fault) from fault
    if len(content) > settings.LARGEST_FILE:
        most = settings.LARGEST_FILE // 1024**2
        why = _("%(file)s is larger than %(most)s MB. Divide it into several.") % {"file": path, "most": most}
        raise CommandError(why, returncode=CANNOT_RUN)
    return content


def cannot_open(path: Path, fault: OSError) -> CommandError:
    """That a file cannot be opened, in the words of the system."""
    why = _("%(file)s cannot be opened: %(fault)s.") % {"file": path, "fault": fault.strerror}
    return CommandError(why, returncode=CANNOT_RUN)


def cannot_write(path: Path, fault: OSError) -> CommandError:
    """That a file cannot be written, in the words of the system."""
    why = _("%(file)s cannot be written: %(fault)s.") % {"file": path, "fault": fault.strerror}
    return CommandError(why, returncode=CANNOT_RUN)
