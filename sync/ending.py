"""How does a run end?

Finished; or failed, because it died, or because the trial balance moved otherwise than was posted.
"""

from __future__ import annotations

from django.utils import timezone

from books.translation import gettext_noop
from companies.models import Company
from sync.models import ProofState, Run, RunKind, RunProof, RunState
from sync.proving.run_proof import close_dead_proofs
from sync.proving.words import left_of

_DIED = gettext_noop("It ended without a message: the computer or the program stopped.")
#: Kinds that run only while they hold the lease of their company.
_UNDER_LEASE = (RunKind.SYNC, RunKind.UNDO)


def close_dead_runs(company: Company) -> None:
    """The holder of the lease is the only one at work for the company, so another that seems to be has died."""
    dead = Run.objects.filter(company=company, kind__in=_UNDER_LEASE, state=RunState.RUNNING)
    close_dead_proofs(list(dead))
    dead.update(state=RunState.FAILED, message=_DIED, finished_at=timezone.now())


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
