"""Which runs of Sync history was an undo carried out in, and what did each come to?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone

from reconciliation.undo.planning import UndoAction
from reconciliation.undo_models import Undo, UndoStepState
from sync.ending import close_dead_runs, end_as
from sync.models import Run, RunKind, RunProof, RunState


@contextmanager
def run_of_undo(undo: Undo) -> Iterator[Run]:
    """One go at an undo by the holder of its company's lease, as a run: with what was undone in it, and why it stopped.

    Args:
        undo: That is carried out inside.
    """
    close_dead_runs(undo.company)
    run = Run.objects.create(company=undo.company, kind=RunKind.UNDO, asked_by=undo.started_by)
    undo.runs.add(run)
    before = _settled(undo)
    try:
        yield run
    except BaseException as fault:
        run.state, run.message = RunState.FAILED, f"{type(fault).__name__}: {fault}"
        run.finished_at = timezone.now()
        raise
    else:
        end_as(run, run.message, proof=RunProof.objects.filter(run=run).select_related("company").first())
    finally:
        run.counts = {name: number - before[name] for name, number in _settled(undo).items()}
        run.save()


def latest_day_of(undo: Undo) -> date | None:
    """The day of the latest document that is still to be undone, or of the entry that reverses one."""
    waiting = undo.steps.filter(state=UndoStepState.PLANNED)
    latest: date | None = waiting.aggregate(latest=Max("document__dated"))["latest"]
    closed = undo.company.closed_periods.through
    if latest is None or closed is None or not waiting.filter(action=UndoAction.ENTRY).exists():
        return latest
    return max(latest, closed + timedelta(days=1))


def proofs_of(undo: Undo) -> list[RunProof]:
    """The proof of each go at it that sent anything, the first one first; one query."""
    return list(RunProof.objects.filter(run__undos=undo).select_related("run", "company", "settled_by").order_by("run"))


def _settled(undo: Undo) -> dict[str, int]:
    """How many of its documents are undone, and how many are left, by the names of their counts."""
    states = {"undone": UndoStepState.DONE, "left": UndoStepState.LEFT}
    return {name: undo.steps.filter(state=state).count() for name, state in states.items()}
