"""manage.py undo: take posted documents out of QuickBooks again, by a plan that is shown before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from books.money import rounded
from books.translation import gettext_noop
from companies.models import Company
from companies.stored_texts import retold
from reconciliation.undo.carrying_out import NotStarted, carry_out, go_on, start_undo
from reconciliation.undo.choosing import Chosen, may_be_chosen, period_scope, scope_of, with_closed_reversed
from reconciliation.undo.customers import lines_of_customers
from reconciliation.undo.items import lines_of_items
from reconciliation.undo.plan import CannotPlanUndo, begin_plan, make_plan
from reconciliation.undo.planning import UndoAction
from reconciliation.undo.runs import proofs_of
from reconciliation.undo.shown import account_moves, shown_customers, shown_items
from reconciliation.undo.words import words_of_line, words_of_step
from reconciliation.undo_models import Undo, UndoCustomer, UndoItem, UndoState, UndoStep, UndoStepState
from sync.management.company_command import CompanyCommand
from sync.management.guarded_command import CANNOT_RUN, DONE, INCOMPLETE
from sync.management.sync_words import proof_words
from sync.management.words import at_work, counted, day, money
from sync.models import ProofState, RunProof, StagedOrder


class Command(CompanyCommand):
    """Undo what was posted."""

    help = gettext_noop(
        "Take documents that Tieout posted out of QuickBooks Online again. Prints the plan; --yes carries it out."
    )
    requires_company = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer what is chosen, and whether it is carried out."""
        super().add_arguments(parser)
        parser.add_argument(
            "--from",
            dest="first",
            type=date.fromisoformat,
            metavar="DATE",
            help=_("documents dated on that day or later; with --to"),
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, metavar="DATE", help=_("documents dated until that day")
        )
        parser.add_argument("--order", metavar="NUMBER", help=_("the documents of one order"))
        parser.add_argument(
            "--run", metavar="N", help=_("what an import or a sync brought, by its number in Sync history")
        )
        parser.add_argument("--source", metavar="KEY", help=_("everything that came from one source, such as keap"))
        parser.add_argument(
            "--reverse-closed",
            action="store_true",
            help=_("reverse by an entry on the next open day what is in a closed period"),
        )
        parser.add_argument("--resume", metavar="N", help=_("go on with an undo that was stopped or broke off"))
        parser.add_argument(
            "--keep-customers", action="store_true", help=_("make no customer inactive that Tieout created")
        )
        parser.add_argument("--keep-items", action="store_true", help=_("make no item inactive that Tieout created"))
        parser.add_argument("--dry-run", action="store_true", help=_("print the plan and keep nothing of it"))
        parser.add_argument("--yes", action="store_true", help=_("carry the plan out; needs --reason"))
        parser.add_argument("--reason", default="", metavar="TEXT", help=_("why, for the history of each order"))

    def handle(self, *, company: str, dry_run: bool, yes: bool, reason: str, resume: str | None, **given: Any) -> None:
        """Plan, print, and carry out where that was asked for; exit 1 where anything is left."""
        owner = self.companies(company)[0]
        if yes and (dry_run or not (reason.strip() or resume)):
            raise CommandError(_("--yes needs --reason TEXT, and goes without --dry-run."), returncode=CANNOT_RUN)
        with at_work():
            undo = self._resumed(owner, resume) if resume else self._planned(owner, given)
        if undo.state == UndoState.FAILED:
            raise CommandError(f"{owner}: {retold(undo.message)}", returncode=CANNOT_RUN)
        if yes and undo.state == UndoState.PLANNED:
            try:
                undo = start_undo(
                    undo,
                    fingerprint=undo.fingerprint,
                    reason=reason,
                    by=None,
                    customers=() if given["keep_customers"] else None,
                    items=() if given["keep_items"] else None,
                )
            except NotStarted as why:
                raise CommandError(retold(str(why)), returncode=CANNOT_RUN) from None
        if yes:
            with at_work():
                undo = carry_out(undo)
        lists = (lines_of_customers(undo), lines_of_items(undo))
        result = plain_undo(undo, _steps(undo), *lists, proofs_of(undo))
        if not given["json"]:
            self._tell(undo)
        if dry_run:
            undo.delete()
        self.finish(result["exit_code"], result, as_json=given["json"])

    def _planned(self, owner: Company, given: dict[str, Any]) -> Undo:
        try:
            scope = _scope(owner, given)
            if given["reverse_closed"]:
                scope = with_closed_reversed(scope)
            return make_plan(begin_plan(owner, scope, by=None))
        except CannotPlanUndo as why:
            raise CommandError(f"{owner}: {retold(str(why))}", returncode=CANNOT_RUN) from None

    def _resumed(self, owner: Company, number: str) -> Undo:
        rows = Undo.objects.select_related("company", "started_by").filter(company=owner)
        undo = rows.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
        if undo is None or (undo.state != UndoState.PLANNED and not go_on(undo)):
            raise CommandError(
                _("There is no undo %(number)s of %(company)s that could go on.")
                % {"number": number, "company": owner},
                returncode=CANNOT_RUN,
            )
        return undo

    def _tell(self, undo: Undo) -> None:
        for step in _steps(undo):
            document, words = step.document, words_of_step(step)
            amount = money(document.total, document.currency)
            told = f"  {document}, {day(document.dated)}, {amount}: {words.title}"
            self.stdout.write(f"{told}. {words.why}" if words.why else told)
        for line, words in (*shown_customers(undo), *shown_items(undo)):
            told = f"  {line.name}: {words.title}"
            self.stdout.write(f"{told}. {words.why}" if words.why else told)
        for move in account_moves(undo):
            moved = {"account": move.account, "amount": money(move.amount, move.currency)}
            self.stdout.write("    " + _("%(account)s moves by %(amount)s") % moved)
        if undo.steps.filter(action=UndoAction.ENTRY).exclude(state=UndoStepState.LEFT).exists():
            self.stdout.write(
                _("Apply invoice or payment and its entry to each other in QuickBooks, under Receive payment.")
            )
        if not undo.steps.exists():
            self.stdout.write(_("None of this is in QuickBooks."))
        for proof in proofs_of(undo):
            self.stdout.write(proof_words(proof))
        if undo.message:
            self.stderr.write(retold(undo.message))
        if undo.state == UndoState.PLANNED:
            self.stdout.write(_("Nothing was changed. With --yes and --reason it is carried out."))
            return
        done = undo.steps.filter(state=UndoStepState.DONE).count()
        left = undo.steps.exclude(state=UndoStepState.DONE).count()
        undone = counted("%(n)s document undone", "%(n)s documents undone", done)
        self.stdout.write(f"{undone}, {counted('%(n)s left', '%(n)s left', left)}.")
        if undo.state != UndoState.FINISHED:
            self.stdout.write(_("It can go on: undo --resume %(number)s --yes") % {"number": undo.pk})


def _scope(owner: Company, given: dict[str, Any]) -> dict[str, str]:
    """What was chosen, exactly one thing."""
    chosen: list[dict[str, str]] = []
    if given["first"] and given["last"] and given["first"] <= given["last"]:
        chosen.append(period_scope(given["first"], given["last"]))
    elif given["first"] or given["last"]:
        raise CommandError(_("A period needs --from and --to, in this order."), returncode=CANNOT_RUN)
    if given["order"]:
        found = StagedOrder.objects.filter(company=owner, number=given["order"]).first()
        chosen.append(scope_of(Chosen.ORDER, found.pk if found else ""))
    for by, name in ((Chosen.RUN, "run"), (Chosen.SOURCE, "source")):
        if given[name]:
            chosen.append(scope_of(by, given[name]))
    if len(chosen) != 1:
        raise CommandError(
            _("Say what is undone: --from and --to, --order, --run or --source, one of them."), returncode=CANNOT_RUN
        )
    if not may_be_chosen(owner, chosen[0]):
        raise CommandError(
            _("%(company)s has no such order, run or source.") % {"company": owner}, returncode=CANNOT_RUN
        )
    return chosen[0]


def _steps(undo: Undo) -> list[UndoStep]:
    return list(undo.steps.select_related("document__order").order_by("position"))


def plain_undo(
    undo: Undo,
    steps: Sequence[UndoStep],
    customers: Sequence[UndoCustomer],
    items: Sequence[UndoItem],
    proofs: Sequence[RunProof],
) -> dict[str, Any]:
    """The undo as JSON says it; amounts as texts, so that no program rounds them."""
    left = any(step.state == UndoStepState.LEFT or step.why for step in steps)
    well = undo.state in (UndoState.PLANNED, UndoState.FINISHED) and not left
    code = DONE if well and all(proof.state == ProofState.PROVEN for proof in proofs) else INCOMPLETE
    return {
        "company": undo.company.slug,
        "undo": undo.pk,
        "state": undo.state,
        "steps": [
            {
                "document": str(step.document),
                "date": step.document.dated.isoformat(),
                "currency": step.document.currency,
                "total": str(rounded(step.document.total, step.document.currency)),
                "action": step.action,
                "state": step.state,
                "why": words_of_step(step).why,
            }
            for step in steps
        ],
        "customers": [
            {
                "customer": line.document.customer_name,
                "quickbooks_id": line.document.quickbooks_id,
                "state": line.state,
                "why": words_of_line(line).why,
            }
            for line in customers
        ],
        "items": [
            {
                "item": line.write.name,
                "quickbooks_id": line.write.quickbooks_id,
                "state": line.state,
                "why": words_of_line(line).why,
            }
            for line in items
        ],
        "moves": [
            {"account": move.account, "currency": move.currency, "amount": str(rounded(move.amount, move.currency))}
            for move in account_moves(undo)
        ],
        "proofs": [{"run": proof.run_id, "state": proof.state, "why": proof.why} for proof in proofs],
        "message": undo.message,
        "exit_code": code,
    }
