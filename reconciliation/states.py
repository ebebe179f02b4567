"""What does each state look like, and what happens next? Declared once, for every list, page and export."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from reconciliation.models import IssueState
from sync.models import (
    BatchState,
    ConnectionState,
    CrmContactState,
    DocumentState,
    ExportedState,
    PendingChange,
    ProofState,
    PushState,
    ReviewState,
    RunState,
)

#: The tone of a badge; the word in it says the same.
TONES: Mapping[str, str] = {
    DocumentState.BLOCKED: "wait",
    DocumentState.READY: "note",
    DocumentState.SENDING: "note",
    DocumentState.EXPORTED: "note",
    DocumentState.POSTED: "good",
    DocumentState.REFUSED: "bad",
    DocumentState.UNKNOWN: "wait",
    DocumentState.DIFFERS: "bad",
    DocumentState.VOIDED: "",
    DocumentState.IGNORED: "",
    DocumentState.UNDONE: "",
    PendingChange.UPDATE: "note",
    PendingChange.VOID: "note",
    PendingChange.HELD: "wait",
    PendingChange.UNDO: "note",
    IssueState.OPEN: "wait",
    IssueState.SOLVED: "good",
    BatchState.MADE: "note",
    BatchState.DOWNLOADED: "note",
    BatchState.ACKNOWLEDGED: "good",
    BatchState.WITHDRAWN: "",
    RunState.RUNNING: "note",
    RunState.FINISHED: "good",
    RunState.FAILED: "bad",
    ProofState.BEGUN: "note",
    ProofState.PROVEN: "good",
    ProofState.UNEXPLAINED: "bad",
    ProofState.NOT_PROVEN: "wait",
    ReviewState.WAITING: "note",
    ReviewState.SENDING: "note",
    ReviewState.SENT: "good",
    ReviewState.NOT_SENT: "",
    ReviewState.FAILED: "bad",
    ReviewState.UNCLEAR: "wait",
    ConnectionState.CONNECTED: "good",
    ConnectionState.CONNECTING: "note",
    ConnectionState.NEEDS_ATTENTION: "bad",
    ConnectionState.DISCONNECTED: "",
    CrmContactState.WAITING: "note",
    CrmContactState.SENDING: "note",
    CrmContactState.CREATED: "good",
    CrmContactState.THERE: "good",
    CrmContactState.ATTENTION: "wait",
}

PUSH_TONES: Mapping[str, str] = {
    PushState.OPEN: "wait",
    PushState.ACCEPTED: "good",
    PushState.ADOPTED: "good",
    PushState.REFUSED: "bad",
    PushState.ABANDONED: "",
}

EXPORTED_TONES: Mapping[str, str] = {
    ExportedState.SENT: "note",
    ExportedState.ARRIVED: "good",
    ExportedState.MISSING: "wait",
    ExportedState.ERROR: "bad",
    ExportedState.WITHDRAWN: "",
}

#: What happens to a document by itself, where no problem says what a person has to do.
NEXT_STEPS: Mapping[str, StrPromise] = {
    DocumentState.SENDING: _("It is on its way to QuickBooks."),
    DocumentState.EXPORTED: _("It is in a file for QuickBooks Desktop. Its page asks whether that was imported."),
    DocumentState.UNKNOWN: _("QuickBooks gave no clear answer. The next sync finds out, without posting it twice."),
}
READY_TO_EXPORT = _("The next file for QuickBooks Desktop has it: make one under Export files.")
READY_SOON = _("The next sync posts it.")
READY_WAITS = _("It waits for a person: this company does not post automatically. Re-sync posts it now.")
#: Of a source that sends nothing, see `sync.models.held_sources`.
READY_HELD = _("It is ready. Invoice creation is off for its source, or the source is disconnected.")
#: What is done to a posted document, by its change.
CHANGES_SOON: Mapping[str, StrPromise] = {
    PendingChange.UPDATE: _("Its order changed: the next sync updates it in QuickBooks."),
    PendingChange.VOID: _("The source has it no longer: the next sync voids it in QuickBooks."),
}
CHANGE_WAITS = _("Its order changed. QuickBooks is updated when a person presses Re-sync.")
WAITS_FOR = _("It waits for %(document)s.")
