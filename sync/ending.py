"""How does a run end?

Finished; or failed, because it died, or because the trial balance moved otherwise than was posted.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from books.translation import gettext_noop
from companies.models import Company
from sync.models import ProofState, Run, RunKind, RunProof, RunState
from sync.processes import is_known_dead
from sync.proving.run_proof import close_dead_proofs
from sync.proving.words import left_of

_DIED = gettext_noop("It ended without a message: the computer or the program stopped.")
_FILE_DIED = gettext_noop(
    "It ended without a message: the computer or the program stopped. Import the file again: nothing comes in twice."
)
#: Kinds that run only while they hold the lease of their company.
_UNDER_LEASE = (RunKind.SYNC, RunKind.UNDO)
_OF_A_FILE = (RunKind.IMPORT, RunKind.CATALOGUE)
#: Kinds that one process does from their beginning to their end, unless their file waits for a job.
_OF_A_PROCESS = (*_UNDER_LEASE, *_OF_A_FILE, RunKind.REFRESH, RunKind.FETCH)
#: Nothing that holds no lease takes so long; on another machine nothing else tells that it died.
_LONGEST = timedelta(days=1)


def close_dead_runs(company: Company) -> None:
    """The holder of the lease is the only one at work for the company, so another that seems to be has died."""
    dead = Run.objects.filter(company=company, kind__in=_UNDER_LEASE, state=RunState.RUNNING)
    close_dead_proofs(list(dead))
    dead.update(state=RunState.FAILED, message=_DIED, finished_at=timezone.now())


def close_what_died() -> int:
    """End the runs of all companies whose process is gone: how many there were.

    A company that is switched off has no next sync that would do it, and an import is under no lease.
    """
    long_ago = timezone.now() - _LONGEST
    running = Run.objects.filter(state=RunState.RUNNING, kind__in=_OF_A_PROCESS, waiting_file=None, catalogue_file=None)
    dead = [run for run in running if is_known_dead(run.process) or (run.started_at < long_ago and _ends_in_a_day(run))]
    close_dead_proofs(dead)
    for run in dead:
        of_file = run.kind in _OF_A_FILE and run.message
        message = f"{run.message}: {_FILE_DIED}" if of_file else _DIED
        left = Run.objects.filter(pk=run.pk, state=RunState.RUNNING)
        left.update(state=RunState.FAILED, message=message, finished_at=timezone.now())
    return len(dead)


def _ends_in_a_day(run: Run) -> bool:
    """Whether nothing of its kind takes longer; of what began before its process was kept, nothing goes on either."""
    return not run.process or run.kind not in (*_UNDER_LEASE, RunKind.FETCH)


def end_as(run: Run, message: str, *, proof: RunProof | None) -> None:
    """Say how a run came to its end: it has failed where an account moved otherwise than was posted. Not stored yet.

    Args:
        run: That has done what it could.
        message: Why that was not all; empty where it was.
        proof: Of the run; None where it has none.
    """
    differs = proof is not None and proof.state == ProofState.UNEXPLAINED
    run.state = RunState.FAILED if differs else RunState.FINISHED
    run.message = " ".join(filter(None, (left_of(proof).worded() if proof and differs else "", message)))
    run.finished_at = timezone.now()
