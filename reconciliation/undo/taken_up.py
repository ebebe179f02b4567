"""What takes up an undo that broke off where no worker is alive? The next sync of its company, at its end."""

from __future__ import annotations

from typing import Any

from companies.models import Company
from reconciliation.undo.carrying_out import carry_out
from reconciliation.undo_models import Undo, UndoState
from sync.models import Run
from sync.signals import turn_left
from sync.turn import Turn


def connect() -> None:
    """Listen for syncs whose turn leaves time."""
    turn_left.connect(_take_up, sender=Run, dispatch_uid="reconciliation.undo")


def _take_up(*, company: Company, turn: Turn, **_: Any) -> None:
    """Go on with what runs by its state: whatever else works at it has the lease, and is left alone."""
    for undo in Undo.objects.filter(company=company, state=UndoState.RUNNING).select_related("company", "started_by"):
        carry_out(undo, stops=turn.is_over)
