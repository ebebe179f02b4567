"""Is whatever others do in QuickBooks found, called what it is, and explained? `python -m bench.mutations 1000`.

Each run sells and posts some orders, lets bookkeepers work at random (`bench.bookkeepers`), asks QuickBooks what
changed as a sync does, and ties out. Then a person decides order by order, ours or theirs, until a tie-out has nothing
to decide. Every fault is printed with the run it came of; `--only RUN` plays it alone, and `--seed` begins others.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.bookkeepers import Desk, Posted, Slot
    from companies.models import Company
    from reconciliation.models import TieOut
    from reconciliation.tie_out.deciding import Counts, ToDecide
    from sync.models import Document
    from tests.simulators.driver import Books

_PRICES = {"KIT-CLAY": 48, "WT-101": 199, "BK-POT": 24}
#: So often a person decides, where one decision waits for another.
_ROUNDS = 4
#: So many runs are posted, looked at and written back together.
_TOGETHER = 10
_OF_A_PERSON = ("changed-there", "deleted-there", "voided-there", "moved-out", "moved-in")
_OF_OTHERS = ("entered-there", "unknown-mark")


@dataclass(kw_only=True)
class Played:
    """What some runs came to."""

    runs: int = 0
    documents: int = 0
    mutations: int = 0
    #: Kinds of faults, each with sentences: which run, which record, what was done to it.
    missed: list[str] = field(default_factory=list)
    misclassified: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    #: By the changes that a sync asks for.
    missed_between: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """Every fault, with its kind."""
        kinds = ("missed", "misclassified", "unexplained", "missed_between", "unsettled")
        return [f"{kind.replace('_', ' ')}: {fault}" for kind in kinds for fault in getattr(self, kind)]

    def told(self) -> str:
        """One line."""
        return (
            f"{self.runs:,} runs, {self.documents:,} documents, {self.mutations:,} mutations: "
            f"{len(self.missed)} missed, {len(self.misclassified)} misclassified, {len(self.unexplained)} unexplained, "
            f"{len(self.missed_between)} missed between tie-outs, {len(self.unsettled)} not settled after the decisions"
        )


@dataclass(kw_only=True)
class Run:
    """One of many: some orders in eight days of their own, and what became of them."""

    number: int
    chance: random.Random
    desk: Desk
    posted: list[Posted] = field(default_factory=list)
    tie_out: TieOut | None = None
    #: By order, whose version counts.
    choices: dict[int, Counts] = field(default_factory=dict)

    def orders(self) -> list[str]:
        """One to three orders of new customers."""
        return [self._order(f"{self.number}-{count}") for count in range(self.chance.randint(1, 3))]

    def _order(self, number: str) -> str:
        """Paid in whole, in part or not at all, with a refund or a credit now and then."""
        chance, slot = self.chance, self.desk.slot
        sku, price = chance.choice([*_PRICES.items()])
        paid = chance.choice((0, price // 2, price, price))
        lines = [f"{slot.day(chance)}  order {number}  #{number} Nora Quist {number} <nora.{number}@example.com>"]
        lines.append(f"{sku}  {price}.00")
        if paid:
            lines.append(f"paid {slot.day(chance)}  Card  {paid}.00")
        if paid and chance.random() < 0.3:
            lines.append(f"refund {slot.day(chance)}  Cracked  10.00")
        if chance.random() < 0.3:
            lines.append(f"credit {slot.day(chance)}  Goodwill  5.00")
        return "\n".join(lines)

    def to_decide(self) -> list[ToDecide]:
        """What a person is asked about by its last tie-out."""
        from reconciliation.tie_out.deciding import to_decide

        assert self.tie_out
        numbers = self.tie_out.lines.filter(reason__in=_OF_A_PERSON).values_list("pk", flat=True)
        return to_decide(self.tie_out, map(str, numbers))

    def choice(self, order: int) -> Counts:
        """Whose version of an order counts, once for all of it."""
        from reconciliation.tie_out.deciding import Counts

        return self.choices.setdefault(order, self.chance.choice([*Counts]))

    def unsettled(self) -> list[str]:
        """What its last tie-out still has to say, besides what others entered."""
        assert self.tie_out
        found = []
        for line in self.tie_out.lines.exclude(reason__in=_OF_OTHERS).select_related("document"):
            waits = line.reason in _OF_A_PERSON or line.should != line.there
            if line.document and waits and not self._is_rejected(line.document):
                ours = next(ours for ours in self.posted if ours.number == line.document_id)
                told = f"{line.reason}, should be {line.should}, is {line.there} {line.differences}"
                told += f" {[problem.read().explain() for problem in line.document.problems.all()]}"
                counted = self.choices.get(line.document.order_id, "no decision")
                found.append(f"{self.named(ours)}: {told} after {counted}")
        return found

    def _is_rejected(self, document: Document) -> bool:
        """Whether a deleted payment cannot go back, since one of theirs pays its invoice, and an issue says so."""
        from reconciliation.models import Issue, IssueState

        causes = document.problems.filter(code="refused-by-quickbooks").values_list("cause", flat=True)
        issues = Issue.objects.filter(company=document.company_id, cause__in=causes, state=IssueState.OPEN)
        return (document.kind, document.state) == ("payment", "refused") and self.desk.pays_ours and issues.exists()

    def named(self, document: Posted) -> str:
        """A document of it, and what was done to it."""
        done = ", ".join(document.done) or "left alone"
        return f"run {self.number}: {document.kind} {document.quickbooks_id} ({done})"


def _new_run(books: Books, number: int, *, seed: int) -> Run:
    from bench.bookkeepers import Desk, Slot

    chance, merging = random.Random(f"{seed} {number}"), random.Random(f"{seed} {number} merging")
    slot = Slot.of(number)
    return Run(number=number, chance=chance, desk=Desk(books=books, chance=chance, merging=merging, slot=slot))


class Mutations:
    """Runs in one company, one after the other."""

    def __init__(self, company: Company, books: Books, *, seed: int) -> None:
        from django.contrib.auth import get_user_model

        from tests.rehearsal import read_lists

        self.company = company
        self.books = books
        self.seed = seed
        self.person = get_user_model().objects.get(username="founder")
        self.played = Played()
        books.control("close-books", {"date": None})  # the months of the runs are long ago
        read_lists(company)

    def play(self, numbers: Iterable[int]) -> None:
        """Some runs side by side: sell, post, let bookkeepers work, look, tie out, decide."""
        runs = [_new_run(self.books, number, seed=self.seed) for number in numbers]
        self._post(runs)
        self._asked_until_now()
        for run in runs:
            run.desk.work(run.posted)
            self.played.runs += 1
            self.played.documents += len(run.posted)
            self.played.mutations += run.desk.deeds
        self._look_between(runs)
        for run in runs:
            self._tie_out(run)
            self._compare(run)
        self._decide(runs)

    def _post(self, runs: Sequence[Run]) -> None:
        from bench.bookkeepers import Posted
        from sync.models import Document
        from sync.quickbooks_online.forms import ENTITIES
        from tests.factories import prepared
        from tests.sync.pushing import push

        prepared(self.company, *(order for run in runs for order in run.orders()))
        push(self.company)
        for run in runs:
            rows = Document.objects.filter(company=self.company, order__number__startswith=f"{run.number}-")
            for row in rows.exclude(kind="customer").order_by("pk"):
                if row.state != "posted":
                    causes = ", ".join(row.problems.values_list("cause", flat=True))
                    raise SystemExit(f"run {run.number}: {row} is {row.state}: {causes}")
                entity = ENTITIES[row.form]
                run.posted.append(Posted(number=row.pk, kind=row.kind, entity=entity, quickbooks_id=row.quickbooks_id))

    def _asked_until_now(self) -> None:
        """Let QuickBooks have been asked just now: what is asked again for safety would be every run before this."""
        from sync.lists.due import OVERLAP
        from sync.models import Connection

        until = datetime.now(UTC) + OVERLAP - timedelta(seconds=2)
        Connection.objects.filter(company=self.company).update(changes_known_until=until, documents_known_until=until)

    def _look_between(self, runs: Sequence[Run]) -> None:
        from sync.lists.refresh import refresh_lists
        from sync.models import DocumentProblem

        counts = refresh_lists(self.company, whole=False)
        if counts.failed:
            raise SystemExit(counts.failed)
        for run in runs:
            numbers = [document.number for document in run.posted]
            asked = set(DocumentProblem.objects.filter(document__in=numbers).values_list("document", flat=True))
            for document in run.posted:
                if (document.number in asked) != (document.expected != "matches"):
                    told = "asked about" if document.number in asked else "not asked about"
                    self.played.missed_between.append(f"{run.named(document)}: {told}")

    def _tie_out(self, run: Run) -> None:
        from reconciliation.tie_out.account_rows import account_rows_of
        from reconciliation.tie_out.comparing import Period
        from reconciliation.tie_out.run import begin, carry_out, rows_of

        slot = run.desk.slot
        tie_out = carry_out(begin(self.company, Period(first=slot.first, last=slot.last), by=None))
        if tie_out.state != "finished":
            raise SystemExit(f"run {run.number}: {tie_out.message}")
        rows = rows_of(tie_out)
        left = [f"run {run.number}: {row.kind} {row.unexplained}" for row in rows if row.unexplained]
        there = self._total_there(slot)
        told = sum((part.there for row in rows for part in row.sums.values()), Decimal(0))
        if told != there:
            left.append(f"run {run.number}: the lines come to {told}, QuickBooks' transactions to {there}")
        accounts = account_rows_of(tie_out)
        left += [f"run {run.number}: {row} {row.unexplained}" for row in accounts if row.unexplained]
        if sum(row.read for row in accounts):
            left.append(f"run {run.number}: the accounts are out of balance")
        self.played.unexplained += left
        run.tie_out = tie_out

    def _total_there(self, slot: Slot) -> Decimal:
        """What QuickBooks' transactions of these days add up to, read past Tieout."""
        where = f"TxnDate >= '{slot.first}' and TxnDate <= '{slot.last}' maxresults 1000"
        return sum(
            (
                _total(record)
                for entity in ("Invoice", "SalesReceipt", "Payment", "CreditMemo", "RefundReceipt", "JournalEntry")
                for record in self.books.query(f"select * from {entity} where {where}").get(entity, [])
            ),
            Decimal(0),
        )

    def _compare(self, run: Run) -> None:
        assert run.tie_out
        lines = run.tie_out.lines.all()
        found = dict(lines.exclude(document=None).values_list("document", "reason"))
        for document in run.posted:
            reason = found.pop(document.number, "matches")
            if reason != document.expected:
                kind = self.played.missed if reason == "matches" else self.played.misclassified
                kind.append(f"{run.named(document)}: {reason}, expected {document.expected}")
        self.played.misclassified += [f"run {run.number}: document {number}: {found[number]}" for number in found]
        others = {line.quickbooks_id: line.reason for line in lines.filter(document=None)}
        if others != run.desk.entered:
            self.played.misclassified.append(f"run {run.number}: entered {run.desk.entered}, found {others}")

    def _decide(self, runs: Sequence[Run]) -> None:
        """Ours or theirs, order by order, until nothing is to be decided; then the tie-out has to be zero."""
        from reconciliation.tie_out.deciding import decide_lines

        for _ in range(_ROUNDS):
            chosen = {run.number: run.to_decide() for run in runs}
            for run in runs:
                for record in chosen[run.number]:
                    counts = run.choice(record.document.order_id)
                    decide_lines(self.company, [record], counts, reason="At random", by=self.person)
            if not any(chosen.values()):
                break
            self._sync()
            for run in runs:
                self._confirm(run)
            for run in runs:  # after what is sent
                self._give_in(run, chosen[run.number])
            for run in runs:
                if chosen[run.number]:
                    self._tie_out(run)
        for run in runs:
            self.played.unsettled += run.unsettled()

    def _sync(self) -> None:
        """Prepare what is due and send it, as every sync does, until one has nothing to do."""
        from sync.preparing.prepare import prepare_new
        from tests.sync.pushing import push

        for _ in range(_ROUNDS):
            prepare_new(self.company)
            if not push(self.company).outcomes:
                return

    def _give_in(self, run: Run, chosen: Sequence[ToDecide]) -> None:
        """What QuickBooks does not let anyone change, such as a deposited payment, is asked about again at once."""
        from reconciliation.tie_out.deciding import Counts
        from sync.pushing.decisions import asks_whose_counts

        numbers = [record.document.pk for record in chosen]
        for document in asks_whose_counts(self.company.documents.filter(pk__in=numbers)):
            run.choices[document.order_id] = Counts.THEIRS

    def _confirm(self, run: Run) -> None:
        """Answer what a decision leaves to be asked: a refund that moves nothing any more is taken out."""
        from sync.pushing.decisions import confirm_void

        numbers = [document.number for document in run.posted]
        asked = self.company.documents.filter(pk__in=numbers, problems__code="moves-nothing")
        if sum(confirm_void(document, reason="At random", by=self.person) for document in asked):
            self._sync()


def _total(record: Any) -> Decimal:
    """What a transaction comes to; of a journal entry its debits."""
    debits = (
        line["Amount"]
        for line in record["Line"]
        if line.get("JournalEntryLineDetail", {}).get("PostingType") == "Debit"
    )
    return Decimal(record["TotalAmt"]) + sum(debits, Decimal(0))


def main(argv: list[str] | None = None) -> int:
    """Play in a process with a database of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="play this run alone")
    asked = parser.parse_args(argv)
    if os.environ.get("BENCH_MUTATIONS") == "1":
        return _play(asked)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "BENCH_MUTATIONS": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "TIEOUT_DEBUG": "false",
            "TIEOUT_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "bench.mutations", *(argv or sys.argv[1:])]
        return subprocess.run(command, env=environment, check=False).returncode


def _play(asked: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from simulators.quickbooks.server import start
    from tests.rehearsal import connected
    from tests.simulators.driver import Books

    call_command("migrate", verbosity=0)
    begun, cpu = time.perf_counter(), time.process_time()
    with start() as running:
        settings.TIEOUT_REHEARSAL_URL = running.base_url
        mutations = Mutations(connected(running), Books(running), seed=asked.seed)
        told: set[str] = set()
        runs = range(asked.runs) if asked.only is None else [asked.only]
        for begin in range(0, len(runs), _TOGETHER):
            mutations.play(runs[begin : begin + _TOGETHER])
            for fault in mutations.played.faults:
                if fault not in told:
                    print(fault, flush=True)
            told = {*mutations.played.faults}
            if mutations.played.runs % 100 == 0:
                print(f"… {mutations.played.told()}", flush=True)
    print(mutations.played.told())
    print(f"{time.perf_counter() - begun:.0f} s, {time.process_time() - cpu:.0f} s of CPU")
    return 1 if mutations.played.faults else 0


if __name__ == "__main__":
    sys.exit(main())
