"""What does the page of a sync or of an undo say about its proof by the trial balance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from books.proof import ProofRow
from companies.stored_texts import retold
from reconciliation.models import Issue
from sync.models import ProofState, Run, RunKind, RunProof, RunState
from sync.proving.words import problem_of


@dataclass(frozen=True, kw_only=True)
class ProvenAccount:
    """One account."""

    name: str
    row: ProofRow


@dataclass(frozen=True, kw_only=True)
class ShownProof:
    """The proof of a run."""

    proof: RunProof
    rows: Sequence[ProvenAccount]
    #: What others did in QuickBooks meanwhile.
    others: Sequence[str]
    #: Whether QuickBooks posted cost of goods, which has a column of its own then.
    has_inventory: bool
    #: The second reading does not follow any more: the run has ended.
    is_broken_off: bool
    #: The key of its issue; None where there is none.
    issue: int | None


def shown_proof(run: Run) -> ShownProof | None:
    """The proof of a run; None where there is none."""
    proof: RunProof | None = getattr(run, "proof", None)
    return _shown(proof, run) if proof is not None else None


def shown_proofs(proofs: Sequence[RunProof]) -> list[ShownProof]:
    """The proofs of several runs, with these at hand; a query for the issue of each that has something left."""
    return [_shown(proof, proof.run) for proof in proofs]


def _shown(proof: RunProof, run: Run) -> ShownProof:
    rows = [ProvenAccount(name=name, row=row) for name, row in proof.read()]
    return ShownProof(
        proof=proof,
        rows=sorted(rows, key=lambda shown: (not shown.row.unexplained, shown.name.casefold())),
        others=[retold(words) for words in proof.others],
        has_inventory=any(shown.row.inventory for shown in rows),
        # One of a Re-sync is taken up by the next sync at the latest
        is_broken_off=proof.state == ProofState.BEGUN and run.state != RunState.RUNNING and run.kind != RunKind.RESYNC,
        issue=_issue_of(proof),
    )


def _issue_of(proof: RunProof) -> int | None:
    if proof.state != ProofState.UNEXPLAINED:
        return None
    rows = Issue.objects.filter(company=proof.company_id, cause=problem_of(proof).cause)
    return rows.values_list("pk", flat=True).first()
