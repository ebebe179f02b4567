"""Who works at what a person waits for? A worker where one is alive, else a thread."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from companies.background import in_a_thread
from reconciliation.adopting.search import carry_out_search
from reconciliation.cleanup.report import carry_out_report
from reconciliation.cleanup_models import CleanupReport
from reconciliation.evidence_pack.pack import make_pack
from reconciliation.models import AdoptionSearch, EvidencePack, TieOut, TieOutState
from reconciliation.tie_out.run import carry_out
from reconciliation.undo.carrying_out import carry_out_in_the_background
from reconciliation.undo_models import Undo
from sync.jobs.queue import ASKED_FOR, enqueue, is_worked_at

#: A tie-out that gave no sign of life for so long is begun again; it gives one with each page of QuickBooks.
_SILENT = timedelta(minutes=5)


def begin_tie_out(tie_out: TieOut) -> None:
    """Carry a tie-out out, and keep no one waiting."""
    if is_worked_at():
        enqueue("tie-out", company=tie_out.company_id, tie_out=tie_out.pk, priority=ASKED_FOR, beside=True)
    else:
        in_a_thread(f"tie-out-{tie_out.pk}", lambda: carry_out(tie_out))


def take_up(tie_out: TieOut) -> None:
    """Begin a tie-out again where whatever worked at it has died."""
    now = timezone.now()
    heard = tie_out.worked_at or tie_out.started_at
    if tie_out.state != TieOutState.RUNNING or heard > now - _SILENT:
        return
    silent = TieOut.objects.filter(pk=tie_out.pk, state=TieOutState.RUNNING, worked_at=tie_out.worked_at)
    if silent.update(worked_at=now):  # of several pages that look, one
        begin_tie_out(tie_out)


def begin_adoption_search(search: AdoptionSearch) -> None:
    """Look for what is in QuickBooks already, and keep no one waiting."""
    if is_worked_at():
        enqueue("adoption", company=search.company_id, search=search.pk, priority=ASKED_FOR, beside=True)
    else:
        in_a_thread(f"adoption-{search.pk}", lambda: carry_out_search(search))


def begin_cleanup(report: CleanupReport) -> None:
    """Look for what is wrong in QuickBooks, and keep no one waiting."""
    if is_worked_at():
        enqueue("cleanup", company=report.company_id, report=report.pk, priority=ASKED_FOR, beside=True)
    else:
        in_a_thread(f"cleanup-{report.pk}", lambda: carry_out_report(report))


def begin_undo(undo: Undo, *, after: int = 0) -> None:
    """Carry a started undo out, and keep no one waiting; a worker that dies over it leaves it to the next one.

    Args:
        undo: That runs.
        after: Seconds before which a worker does not begin it.
    """
    if is_worked_at():
        enqueue("undo", company=undo.company_id, undo=undo.pk, priority=ASKED_FOR, after=after)
    else:
        carry_out_in_the_background(undo)


def begin_evidence(pack: EvidencePack) -> None:
    """Make an evidence pack, and keep no one waiting."""
    if is_worked_at():
        enqueue("evidence", company=pack.company_id, pack=pack.pk, priority=ASKED_FOR, beside=True)
    else:
        in_a_thread(f"evidence-{pack.pk}", lambda: make_pack(pack))
