"""What would a file do that undoes another one of QuickBooks Desktop? Shown before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sync.models import Document, ExportBatch
from sync.quickbooks_desktop.batches.reversal_plan import ReversalPlan, reversal_plan

#: So many are shown one by one.
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class ReversalRow:
    """A document of a closed period, or one that belongs together with it, and what becomes of it."""

    document: Document
    words: str


@dataclass(frozen=True, kw_only=True)
class ShownReversal:
    """The plan of a file that undoes another one. Whatever is not told in it is undone on its own day."""

    #: The last closed day, and the first open one; None while every day is open.
    through: date | None
    entered_on: date | None
    #: How many are undone on the first open day, and how many are left, where no person says more.
    entered: int
    left: int
    rows: Sequence[ReversalRow]

    @property
    def shown(self) -> str:
        """The closing date of the plan, as the form sends it back."""
        return self.through.isoformat() if self.through else ""

    @property
    def more(self) -> int:
        """How many of them are not shown one by one."""
        return self.entered + self.left - len(self.rows)


def shown_reversal(batch: ExportBatch) -> ShownReversal:
    """The plan for what of a file is not undone yet, as the policies of its kinds say; four queries at most."""
    plan = reversal_plan(batch, move_all=False)
    numbers = [*plan.left, *plan.entered][:_SHOWN]
    wanted = {*numbers, *(plan.left[number] for number in numbers if number in plan.left)}
    documents = Document.objects.select_related("order").in_bulk(wanted)
    return ShownReversal(
        through=plan.through,
        entered_on=plan.through + timedelta(days=1) if plan.through else None,
        entered=len(plan.entered),
        left=len(plan.left),
        rows=[_row(documents[number], plan, documents) for number in numbers],
    )


def _row(document: Document, plan: ReversalPlan, documents: dict[int, Document]) -> ReversalRow:
    if day := plan.entered.get(document.pk):
        words = _("Undone on %(day)s") % {"day": date_format(day, "SHORT_DATE_FORMAT")}
        return ReversalRow(document=document, words=words)
    because = plan.left[document.pk]
    if because == document.pk:
        return ReversalRow(document=document, words=_("Left: its period is closed"))
    words = _("Left together with %(document)s") % {"document": documents[because]}
    return ReversalRow(document=document, words=words)
