"""What did one fetch of a source come to?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from books.json_types import Json
from sync.models import Connection
from sync.staging.import_file import error_facts
from sync.staging.intake import IntakeCounts


@dataclass(kw_only=True)
class FetchReport:
    """What one fetch came to."""

    source: Connection
    counts: IntakeCounts = field(default_factory=IntakeCounts)
    calls: int = 0
    too_old: int = 0
    #: Orders that do not exist there any more.
    gone: int = 0
    #: Orders that could not be read, now or before, and still are not.
    unread: int = 0
    #: Everything that was there was read.
    complete: bool = False
    #: Why it ended early, as a sentence; empty when it did not.
    stopped: str = ""
    #: Nothing is read, because the first reading waits for a person to start it.
    waits: bool = False
    #: A person paused it, before or while it was read.
    paused: bool = False
    #: The day of its last order, where it is silent for longer than it usually is.
    silent_since: date | None = None

    def plain(self) -> Json:
        """As plain JSON."""
        counts = self.counts
        return {
            "source": self.source.system,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
            "older": counts.older,
            "left_out": counts.left_out,
            "errors": [error_facts(error) for error in counts.errors],
            "too_old": self.too_old,
            "deleted": self.gone,
            "unread": self.unread,
            "calls": self.calls,
            "complete": self.complete,
            "stopped": self.stopped,
            "waits": self.waits,
            "paused": self.paused,
            "silent_since": self.silent_since.isoformat() if self.silent_since else "",
            "exit_code": self.exit_code,
        }

    @property
    def exit_code(self) -> int:
        """0 when everything that was there was read, else 1."""
        return 1 if self.unread or self.stopped or not self.complete else 0

    @property
    def goes_on(self) -> bool:
        """Whether there is more to read, and nothing keeps the next fetch from it."""
        return not (self.complete or self.stopped or self.waits or self.paused)
