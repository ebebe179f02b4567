"""What can a user ask of a file for QuickBooks Desktop?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from sync.models import BatchKind, ExportBatch


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a user asks for."""

    kind: BatchKind
    #: The period by the documents' dates, for a rehearsal and an export; None for no limit.
    since: date | None = None
    until: date | None = None
    #: Numbers of documents, for a repeat.
    documents: Sequence[int] = ()
    #: The file to undo, for a reversal.
    reverses: ExportBatch | None = None
    #: For a reversal: what is in a closed period is undone on the first open day, whatever the policy of its kind.
    reverse_closed: bool = False
    #: For a reversal: the last closed day of the plan that was shown, empty for none; None where none was shown.
    closed_shown: str | None = None
    #: Who asked; None for a command.
    by: User | None = None
    #: Whether the backup was confirmed, and by whom where nobody is signed in.
    backup_confirmed: bool = False
    confirmed_as: str = ""
    reason: str = ""
