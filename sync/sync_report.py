"""What did one company's sync come to?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from books.json_types import Json
from books.messages import Message
from companies.models import Company
from sync.crm.round import CrmReport
from sync.fetching.report import FetchReport
from sync.held_batches import plain_batch, told
from sync.models import Preview, ProofState, RunProof
from sync.pushing.after_restore import Restored


@dataclass(kw_only=True)
class SyncReport:
    """What one company's sync came to."""

    company: Company
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    #: Open causes: title, how many documents, how much money.
    causes: list[Json] = field(default_factory=list)
    cannot_run: Message | None = None
    #: Why pushing stopped early; empty when it did not.
    stopped: str = ""
    #: Another sync is at work for the company, which does no harm: it does what is to be done.
    overlaps: bool = False
    #: The turn ended while there was more to do, and something was done in it.
    more: bool = False
    #: The company has not gone live: documents were prepared, and nothing was to be sent.
    in_setup: bool = False
    #: What each source that is asked over the internet brought.
    fetched: list[FetchReport] = field(default_factory=list)
    #: What went back to each CRM where a switch says so.
    crms: list[CrmReport] = field(default_factory=list)
    #: The look-up before each first send that is on since a backup was restored; None while it is off.
    restored: Restored | None = None
    #: Whether the trial balance moved by what was posted; None where that was not asked for, or nothing was posted.
    proof: RunProof | None = None
    #: Something new was not begun, because a second person has to approve it first.
    needs_approval: bool = False
    #: What a second person has to decide about, or has declined.
    held: Preview | None = None

    @property
    def why_not_all(self) -> str:
        """Why not everything that could go was sent; empty where it was."""
        held = told(self.company, self.held).worded() if self.held else ""
        return " ".join(filter(None, (self.stopped, held)))

    @property
    def exit_code(self) -> int:
        """0 when all is done or another sync does it, 1 when something is stuck or unclear, 2 when it could not run."""
        if self.overlaps:
            return 0
        if self.cannot_run:
            return 2
        stuck = ("blocked", "refused", "unknown", "customers_unclear", "differs", "held", "asked", "failed")
        unread = any(fetched.stopped or fetched.unread or fetched.silent_since for fetched in self.fetched)
        crms = any(
            crm.stopped or crm.contacts.attention or crm.contacts.lost or crm.reviews.need_a_person for crm in self.crms
        )
        unproven = self.proof is not None and self.proof.state != ProofState.PROVEN
        stuck_somewhere = any(self.counts.get(name) for name in stuck)
        return 1 if self.stopped or self.held or unread or crms or unproven or stuck_somewhere else 0

    def plain(self) -> Json:
        """As plain JSON."""
        return {
            "company": self.company.slug,
            "counts": dict(self.counts),
            "causes": self.causes,
            "cannot_run": self.cannot_run.worded() if self.cannot_run else "",
            "stopped": self.stopped,
            "in_setup": self.in_setup,
            "fetched": [fetched.plain() for fetched in self.fetched],
            "crms": [crm.plain() for crm in self.crms],
            "looks_up_since": self.restored.plain()["since"] if self.restored else "",
            "proof": {"state": self.proof.state, "why": self.proof.why} if self.proof else None,
            "held": plain_batch(self.held) if self.held else None,
            "exit_code": self.exit_code,
        }
