"""Is a run proven? The trial balance is read before its first posting and after its last, and nothing may be left.

Two reads of a run that posts, none of one that does not. Where something is left, QuickBooks is asked what others did
meanwhile, and both are asked once more: a report may lag, and others may enter something between two questions.

Source:
    docs/decisions/0072-trial-balance-proof.md
    docs/decisions/0088-resync-and-undo-are-proven.md
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from books.messages import Message, all_worded
from books.movement import UNKNOWN_ACCOUNT, Movement
from books.outcomes import Refused, TryLater, Unknown
from books.proof import (
    OtherChange,
    Proof,
    ReportDay,
    excused_by,
    fiscal_year_of,
    prove,
    prove_with_others,
    unexplained_size,
)
from companies.models import Company
from mapping.answering import PROFIT_AND_LOSS_TYPES
from mapping.models import QuickBooksAccount
from sync.models import Document, ProofState, Run, RunKind, RunProof
from sync.models.documents import touch
from sync.proving import words
from sync.proving.known import KnownDocuments
from sync.proving.others import BetweenReadings, NotToldError, Others, others_between
from sync.proving.told import Told
from sync.proving.written import RunPushes, RunWrites, latest_day, written_by
from sync.pushing.destination import Destination
from sync.pushing.lease import Lease
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.trial_balance import TrialBalance
from sync.signals import problems_changed
from sync.turn import LeaseLost

_COST_TYPE, _STOCK_SUBTYPE = "Cost of Goods Sold", "Inventory"
#: How far the clocks may be apart where QuickBooks does not say when it made a report.
_CLOCKS_DIFFER = timedelta(minutes=2)


#: Says the latest day of what a run is about; None where it is about nothing in particular.
Latest = Callable[[], date | None]


def _no_day() -> date | None:
    return None


@contextmanager
def proven(run: Run, destination: Destination, lease: Lease, *, latest: Latest = _no_day) -> Iterator[RunProving]:
    """Prove what is posted inside, where the company wants that; `before_posting` is called before each posting.

    Args:
        run: Which posts.
        destination: Of its company.
        lease: Of its company, held to the end.
        latest: Asked before the first posting, for what does not wait to be sent yet.
    """
    proving = _proving(run, destination, lease, latest)
    try:
        yield proving
    except LeaseLost:
        proving.broke_off(words.TAKEN_OVER)
        raise
    except BaseException:
        proving.broke_off(_ended_early(run))
        raise
    proving.after_posting()


@contextmanager
def proven_in_parts(
    run: Run, destination: Destination, lease: Lease, *, latest: Latest, is_last: Callable[[], bool]
) -> Iterator[RunProving]:
    """The same for one part of a run that works in several: the first that posts reads, and the last reads again.

    The company may be held by others between two parts, and a part may end in any way: the next one goes on with the
    proof. What others sent for the company in the meantime is counted in, see `RunPushes`.

    Args:
        run: As for `proven`, also for the other two.
        destination: Of its company.
        lease: Held for this part.
        latest: As for `proven`.
        is_last: Asked after the part, whether no other follows.
    """
    proving = _proving(run, destination, lease, latest)
    yield proving
    if is_last():
        proving.after_posting()


def _proving(run: Run, destination: Destination, lease: Lease, latest: Latest) -> RunProving:
    online = destination if run.company.proves_syncs and isinstance(destination, QuickBooksOnline) else None
    return RunProving(run=run, destination=online, lease=lease, latest=latest)


@dataclass(frozen=True, kw_only=True)
class _Readings:
    """The trial balance before and after."""

    before: TrialBalance
    after: TrialBalance


@dataclass(kw_only=True)
class RunProving:
    """The proof of one run, by the holder of its company's lease."""

    run: Run
    #: None where the company does not want a proof; then nothing is read.
    destination: QuickBooksOnline | None
    lease: Lease
    latest: Latest = _no_day
    #: None until the run is about to post.
    proof: RunProof | None = None
    _pushes: RunPushes = field(init=False)
    _before: TrialBalance | None = None
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember which pushes there are already; or take up what an earlier part of the run has begun."""
        if self.destination is None:
            return
        self.proof = RunProof.objects.filter(run=self.run).select_related("company", "run").first()
        self._pushes = RunPushes.of(self.proof) if self.proof else RunPushes.begin(self.run)
        if self.proof and self.proof.state in (ProofState.BEGUN, ProofState.PROVEN):
            read = Movement.of((account, Decimal(amount)) for account, amount in self.proof.before.items())
            self._before = TrialBalance(balances=read, names={}, at=self.proof.before_at)

    @property
    def company(self) -> Company:
        """Whose run it is."""
        return self.run.company

    # The two readings -------------------------------------------------------------------------------------------------

    def before_posting(self) -> None:
        """Read the trial balance before the first posting; does nothing before the ones after it."""
        if self.destination is None:
            return
        if self.proof is not None:
            if self.proof.state == ProofState.PROVEN:  # more came to the run after what seemed to be its last part
                self.proof.state = ProofState.BEGUN
                self.proof.save(update_fields=["state"])
            return
        self.proof = RunProof(run=self.run, company=self.company, as_of=self._day.last)
        self._pushes.keep(self.proof)
        before = self._read(self.proof, self.destination)
        if isinstance(before, TrialBalance):
            self._before = before
            self.proof.before, self.proof.before_at = _told(before.balances), before.at
        self.proof.save(force_insert=True)
        self.lease.renew()

    def after_posting(self) -> None:
        """Read it after the last posting, and say what came of it."""
        proof, before = self.proof, self._before
        if proof is None or before is None or self.destination is None or proof.state != ProofState.BEGUN:
            return
        written = written_by(self._pushes, self._day)
        for _attempt in range(2):
            after = self._read(proof, self.destination)
            if not isinstance(after, TrialBalance):
                break
            proof.after, proof.after_at = _told(after.balances), after.at
            if self._judge(proof, written, _Readings(before=before, after=after), self.destination):
                break
        self._save(proof)

    def broke_off(self, why: str) -> None:
        """The run ended before the second reading, or does not hold its company any more."""
        if self.proof is not None and self.proof.state == ProofState.BEGUN:
            _not_proven(self.proof, Message(sentence=why))
            self._save(self.proof)

    def _read(self, proof: RunProof, destination: QuickBooksOnline) -> TrialBalance | None:
        proof.reads += 1
        answer = destination.trial_balance(self._day.year_begins, self._day.last)
        if isinstance(answer, TrialBalance):
            self._names |= answer.names
            return answer
        _not_proven(proof, Message.of(words.NOT_READ, reason=_reason(answer)))
        return None

    # What came of it --------------------------------------------------------------------------------------------------

    def _judge(self, proof: RunProof, written: RunWrites, readings: _Readings, destination: QuickBooksOnline) -> bool:
        """Write down what two readings say; False where they are to be taken once more."""
        observed = readings.after.balances - readings.before.balances
        told = prove(written.total, observed, inventory=self._inventory(written.sold_inventory))
        proof.others, proof.why = [], ""
        if told.is_proven:
            proof.state = ProofState.PROVEN
            proof.keep(told, self._account_names(told))
            self._doubt_where_not_all_is_shown(proof, written)
            return True
        try:
            others = self._others(proof, written, readings, destination)
        except NotToldError as problem:
            proof.keep(told, self._account_names(told))
            _not_proven(proof, Message.of(words.NOT_TOLD, reason=_reason(problem.failure)))
            return True
        told = self._with_others(written, observed, others)
        proof.keep(told, self._account_names(told))
        proof.others = [change.words for change in others.changes]
        self._conclude(proof, told, written, others.changes)
        return proof.state == ProofState.PROVEN

    def _with_others(self, written: RunWrites, observed: Movement, others: Others) -> Proof:
        """The proof, by what QuickBooks says of documents that may have been there before.

        Those of the very second of a reading were written after it, or before it, all of them alike.
        """
        inventory = self._inventory(written.sold_inventory or others.sold_inventory)
        tries = []
        for numbers in (others.written | others.perhaps_written, others.written):
            doubtful = [part.movement for part in written.doubtful if part.document_id in numbers]
            predicted = sum(doubtful, written.movement)
            tries.append(prove_with_others(predicted, observed, others.changes, inventory=inventory))
        return min(tries, key=unexplained_size)

    def _conclude(self, proof: RunProof, told: Proof, written: RunWrites, changes: Sequence[OtherChange]) -> None:
        if told.is_proven:
            proof.state = ProofState.PROVEN
            self._doubt_where_not_all_is_shown(proof, written)
        elif written.without_before:
            _not_proven(proof, Message.of(words.WITHOUT_BEFORE, number=written.without_before))
        elif written.unclear:
            _not_proven(proof, Message.of(words.UNCLEAR, number=written.unclear))
        elif excused_by(told, changes):
            _not_proven(proof, Message(sentence=words.CHANGED_MEANWHILE))
        else:
            proof.state, proof.why = ProofState.UNEXPLAINED, words.left_of(proof).worded()

    def _doubt_where_not_all_is_shown(self, proof: RunProof, written: RunWrites) -> None:
        """A document that is dated after the day of the trial balance is on neither."""
        if written.later:
            _not_proven(proof, Message.of(words.LATER, number=written.later, day=self._day.last.isoformat()))

    def _others(
        self, proof: RunProof, written: RunWrites, readings: _Readings, destination: QuickBooksOnline
    ) -> Others:
        proof.reads += 1
        told = Told(company=self.company, day=self._day)
        known = KnownDocuments(pushes=self._pushes, told=told, destination=destination)
        window = _window(self._pushes, readings.before.at, readings.after.at)
        return others_between(window, destination, told=told, known=known, doubtful=written.doubtful)

    def _save(self, proof: RunProof) -> None:
        proof.save()
        if proof.state == ProofState.UNEXPLAINED:
            touch([(self.company.pk, words.problem_of(proof).cause)])
            problems_changed.send(sender=Document, company=self.company)

    # What is known of the accounts ------------------------------------------------------------------------------------

    @cached_property
    def _day(self) -> ReportDay:
        """The last day of the fiscal year of the latest document, so that all of them are in both readings."""
        begins, ends = fiscal_year_of(self._latest(), self.company.fiscal_year_begins)
        accounts = QuickBooksAccount.objects.filter(company=self.company)
        retained = accounts.filter(account_subtype="RetainedEarnings").order_by("-active", "pk")
        income = accounts.filter(account_type__in=PROFIT_AND_LOSS_TYPES)
        return ReportDay(
            last=ends,
            year_begins=begins,
            retained_earnings=retained.values_list("quickbooks_id", flat=True).first() or UNKNOWN_ACCOUNT,
            profit_and_loss=frozenset(income.values_list("quickbooks_id", flat=True)),
        )

    def _latest(self) -> date:
        if self.proof is not None:
            return self.proof.as_of
        days = [day for day in (latest_day(self.company), self.latest()) if day]
        return max(days, default=timezone.now().astimezone(self.company.zone).date())

    def _inventory(self, is_sold: bool) -> Collection[str]:
        """The accounts that QuickBooks moves by itself where inventory is sold: its cost, and the stock."""
        if not is_sold:
            return ()
        accounts = QuickBooksAccount.objects.filter(company=self.company)
        cost = accounts.filter(account_type=_COST_TYPE).values_list("quickbooks_id", flat=True)
        stock = accounts.filter(account_subtype=_STOCK_SUBTYPE).values_list("quickbooks_id", flat=True)
        return {*cost, *stock, self._day.retained_earnings}

    def _account_names(self, proof: Proof) -> dict[str, str]:
        rows = QuickBooksAccount.objects.filter(
            company=self.company, quickbooks_id__in=[row.account for row in proof.rows]
        )
        return {**self._names, **dict(rows.values_list("quickbooks_id", "full_name"))}


def close_dead_proofs(runs: Sequence[Run]) -> None:
    """What was begun by runs that died, or ended without reading again, is not proven."""
    for run in runs:
        begun = RunProof.objects.filter(run=run, state=ProofState.BEGUN)
        begun.update(state=ProofState.NOT_PROVEN, why=_ended_early(run))


def _ended_early(run: Run) -> str:
    return words.KILLED if run.kind == RunKind.SYNC else words.ENDED_EARLY


def _window(pushes: RunPushes, since: datetime | None, until: datetime | None) -> BetweenReadings:
    if since is None:
        return BetweenReadings(since=pushes.began, until=None, margin=_CLOCKS_DIFFER)
    return BetweenReadings(since=since, until=until)


def _not_proven(proof: RunProof, why: Message) -> None:
    proof.state, proof.why = ProofState.NOT_PROVEN, why.worded()


def _told(balances: Movement) -> dict[str, str]:
    return {account: str(amount) for account, amount in balances.amounts.items()}


def _reason(failure: Refused | TryLater | Unknown) -> str:
    if isinstance(failure, Refused):
        return all_worded(problem.words for problem in failure.problems)
    return failure.reason
