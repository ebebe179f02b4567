"""What is each reason of a tie-out called, what happened, and what is to be done?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from reconciliation.tie_out.comparing import DRIFT, NOT_MEANT, Reason


@dataclass(frozen=True, kw_only=True)
class ReasonWords:
    """A reason in words: its name, the tone of its badge, and what a person does about it."""

    title: StrPromise
    tone: str
    action: StrPromise


WORDS: Mapping[Reason, ReasonWords] = {
    Reason.MATCHES: ReasonWords(title=_("Matches"), tone="good", action=_("Nothing to do.")),
    Reason.BLOCKED: ReasonWords(
        title=_("Blocked"), tone="wait", action=_("Open the order, and resolve what blocks it on its issue.")
    ),
    Reason.IGNORED: ReasonWords(title=_("Ignored"), tone="", action=_("A person decided not to post it.")),
    Reason.UNDONE: ReasonWords(
        title=_("Undone"),
        tone="",
        action=_("A person took it out of QuickBooks again. The order's history says who and why."),
    ),
    Reason.KEPT: ReasonWords(
        title=_("Kept as it is in QuickBooks"),
        tone="note",
        action=_("A person kept QuickBooks' version. Nothing to do; the order's history says who and why."),
    ),
    Reason.ADOPTED: ReasonWords(
        title=_("Adopted"),
        tone="good",
        action=_("QuickBooks had it already, and a person said that it is this record. Its history says who and why."),
    ),
    Reason.REVERSES: ReasonWords(
        title=_("Reverses a document of a closed period"),
        tone="note",
        action=_("A person undid a document whose period is closed: the entry takes it back on this day."),
    ),
    Reason.READY: ReasonWords(title=_("Ready"), tone="note", action=_("The next sync posts it.")),
    Reason.REJECTED: ReasonWords(
        title=_("Rejected"),
        tone="bad",
        action=_("Open the order: it says what QuickBooks rejected, and how to fix it."),
    ),
    Reason.IN_FLIGHT: ReasonWords(
        title=_("Sending"), tone="wait", action=_("QuickBooks has not answered yet. The next sync looks it up.")
    ),
    Reason.EXPORTED: ReasonWords(
        title=_("Exported"), tone="note", action=_("It is in a file for QuickBooks Desktop. Import the file.")
    ),
    Reason.CHANGE_WAITS: ReasonWords(
        title=_("Update waiting"),
        tone="wait",
        action=_("The order changed after it was posted. The next sync updates QuickBooks, or its issue says why not."),
    ),
    Reason.CHANGED_THERE: ReasonWords(
        title=_("Changed in QuickBooks"),
        tone="bad",
        action=_("Ask who changed it and why, then say which version counts: yours or the one in QuickBooks."),
    ),
    Reason.DELETED_THERE: ReasonWords(
        title=_("Deleted in QuickBooks"),
        tone="bad",
        action=_("Ask who deleted it and why, then post it again, or leave it deleted."),
    ),
    Reason.VOIDED_THERE: ReasonWords(
        title=_("Voided in QuickBooks"),
        tone="bad",
        action=_("Ask who voided it and why, then say which version counts: yours or the void one in QuickBooks."),
    ),
    Reason.MOVED_OUT: ReasonWords(
        title=_("Dated in another period in QuickBooks"),
        tone="bad",
        action=_("Give it the date of the order in QuickBooks again, or note why it belongs to the other period."),
    ),
    Reason.MOVED_IN: ReasonWords(
        title=_("Of another period by its order"),
        tone="bad",
        action=_("Give it the date of the order in QuickBooks again, or note why it belongs to this period."),
    ),
    Reason.OTHER_ACCOUNT: ReasonWords(
        title=_("On another account in QuickBooks"),
        tone="bad",
        action=_(
            "One of its items has a different income account there than when it was posted. Refresh the lists, then "
            "say which account is right: on the item in QuickBooks, or in your mappings."
        ),
    ),
    Reason.BACK_THERE: ReasonWords(
        title=_("Voided by Tieout, and counts again"),
        tone="bad",
        action=_("The source has it no longer. Void it in QuickBooks, or restore the order in the source."),
    ),
    Reason.STILL_THERE: ReasonWords(
        title=_("Blocked or ignored, and in QuickBooks"),
        tone="bad",
        action=_("QuickBooks has it although it is not to be posted. Resolve its issue, or void it in QuickBooks."),
    ),
    Reason.UNKNOWN_MARK: ReasonWords(
        title=_("Has Tieout's mark and is unknown here"),
        tone="bad",
        action=_(
            "It was copied in QuickBooks, or posted by another installation or before a backup was restored. "
            "Compare it with the document of the same mark, and delete the one that is too much."
        ),
    ),
    Reason.ENTERED_THERE: ReasonWords(
        title=_("Entered in QuickBooks"), tone="", action=_("It did not come from Tieout. Nothing to do here.")
    ),
}

NOT_POSTED_YET = (Reason.READY, Reason.REJECTED, Reason.IN_FLIGHT, Reason.EXPORTED, Reason.CHANGE_WAITS)


@dataclass(frozen=True, kw_only=True)
class ReasonColumn:
    """Reasons that are one column between two totals."""

    name: str
    title: StrPromise
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class ColumnSum:
    """One amount between two totals, with the column it is in and the number of its records."""

    column: ReasonColumn
    amount: Decimal
    records: int


#: Between what the source says and what should be in QuickBooks.
BEFORE = (
    ReasonColumn(name="blocked-ignored", title=_("Blocked, ignored or undone"), reasons=tuple(sorted(NOT_MEANT))),
    ReasonColumn(name="kept-in-quickbooks", title=_("Kept as in QuickBooks"), reasons=(Reason.KEPT,)),
    ReasonColumn(name="adopted", title=_("Adopted"), reasons=(Reason.ADOPTED,)),
)
#: Between what should be in QuickBooks and what is.
AFTER = (
    ReasonColumn(name="not-posted-yet", title=_("Not posted yet"), reasons=NOT_POSTED_YET),
    ReasonColumn(name="changed-in-quickbooks", title=_("Changed in QuickBooks"), reasons=tuple(sorted(DRIFT))),
    ReasonColumn(name="entered-in-quickbooks", title=_("Entered in QuickBooks"), reasons=(Reason.ENTERED_THERE,)),
)
#: What has no accounts yet, so that a tie-out by account begins without it.
WITHOUT_ACCOUNTS = ReasonColumn(name="blocked", title=_("Blocked"), reasons=(Reason.BLOCKED,))
COLUMNS: Mapping[str, ReasonColumn] = {column.name: column for column in (*BEFORE, *AFTER, WITHOUT_ACCOUNTS)}
