"""Which jobs of a worker read what this room shows? Each does what a screen and a command do too."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from books.translation import gettext_noop
from reconciliation.adopting.search import carry_out_search
from reconciliation.background import begin_tie_out, begin_undo
from reconciliation.cleanup.report import carry_out_report
from reconciliation.cleanup_models import CleanupReport
from reconciliation.evidence_pack.pack import make_pack
from reconciliation.models import AdoptionSearch, EvidencePack, TieOut, TieOutState
from reconciliation.tie_out.run import carry_out
from reconciliation.undo.carrying_out import carry_out as carry_out_undo
from reconciliation.undo_models import Undo, UndoState
from sync.jobs.given_up import told_of

_AGAIN = gettext_noop("Start it again.")


def _ends(kind: type[TieOut | AdoptionSearch | CleanupReport | EvidencePack]) -> Callable[[Collection[int], str], None]:
    """What says of looks of a kind that they have come to nothing."""

    def end(numbers: Collection[int], why: str) -> None:
        running = kind._default_manager.filter(pk__in=numbers, state=TieOutState.RUNNING)
        running.update(state=TieOutState.FAILED, message=f"{why} {_AGAIN}", finished_at=timezone.now())

    return end


@app.task(name="tie-out", pass_context=True, task_middleware=told_of("tie-out", "tie_out", _ends(TieOut)))
def work_at_tie_out(context: JobContext, company: int, tie_out: int) -> None:
    """Tie a period out; a worker that is asked to end leaves it to the next one."""
    found = TieOut.objects.select_related("company", "by").filter(pk=tie_out).first()
    if found is None:
        return
    carry_out(found, stops=context.should_abort)
    if found.state == TieOutState.RUNNING and context.should_abort():
        begin_tie_out(found)


@app.task(name="undo", pass_context=True)
def work_at_undo(context: JobContext, company: int, undo: int) -> None:
    """Carry an undo out, from where an earlier worker left it; no document is asked for twice."""
    found = Undo.objects.select_related("company", "started_by").filter(pk=undo).first()
    if found is None:
        return
    carry_out_undo(found, stops=context.should_abort)
    if found.state == UndoState.RUNNING:  # another works for the company, or this worker is to end
        begin_undo(found, after=0 if context.should_abort() else _BUSY)


#: Seconds after which it is tried again while another works for the company.
_BUSY = 5


@app.task(name="evidence", task_middleware=told_of("evidence", "pack", _ends(EvidencePack)))
def work_at_evidence(company: int, pack: int) -> None:
    """Make an evidence pack; one that is made, or was begun anew, is left as it is."""
    found = EvidencePack.objects.select_related("company", "by").filter(pk=pack, state=TieOutState.RUNNING).first()
    if found is not None:
        make_pack(found)


@app.task(name="adoption", task_middleware=told_of("adoption", "search", _ends(AdoptionSearch)))
def work_at_adoption_search(company: int, search: int) -> None:
    """Look for what is in QuickBooks already; a search that has ended is left as it is."""
    rows = AdoptionSearch.objects.select_related("company", "by")
    found = rows.filter(pk=search, state=TieOutState.RUNNING).first()
    if found is not None:
        carry_out_search(found)


@app.task(name="cleanup", task_middleware=told_of("cleanup", "report", _ends(CleanupReport)))
def work_at_cleanup(company: int, report: int) -> None:
    """Look for what is wrong in QuickBooks; a report that has ended is left as it is."""
    rows = CleanupReport.objects.select_related("company", "by")
    found = rows.filter(pk=report, state=TieOutState.RUNNING).first()
    if found is not None:
        carry_out_report(found)
