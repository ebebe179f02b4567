"""What is done about a document of an undo, and why it is left, in a person's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from books.money import money_text
from companies.stored_texts import retold
from reconciliation.transaction_words import transaction_words
from reconciliation.undo.planning import UndoAction, Why
from reconciliation.undo_models import UndoCustomer, UndoItem, UndoState, UndoStep, UndoStepState


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """A step in words."""

    title: str
    #: As of a badge.
    tone: str
    #: The reason, where there is one.
    why: str = ""


_PLANNED: Mapping[str, StrPromise] = {
    UndoAction.DELETE: gettext_lazy("Delete"),
    UndoAction.VOID: gettext_lazy("Void"),
    UndoAction.ENTRY: gettext_lazy("Reverse by an entry"),
    UndoAction.NOTE: gettext_lazy("Gone already"),
    UndoAction.LEAVE: gettext_lazy("Leave"),
}
_DONE: Mapping[str, StrPromise] = {
    UndoAction.DELETE: gettext_lazy("Deleted"),
    UndoAction.VOID: gettext_lazy("Voided"),
    UndoAction.ENTRY: gettext_lazy("Reversed by an entry"),
    UndoAction.NOTE: gettext_lazy("Gone already"),
}
_WHY: Mapping[str, StrPromise] = {
    Why.IN_FLIGHT: gettext_lazy("QuickBooks has not answered yet. Run a sync first."),
    Why.CHANGE_WAITS: gettext_lazy("Its order changed, and the change waits. Run a sync first."),
    Why.DECIDE_FIRST: gettext_lazy("A person has to decide about it first: see its issue."),
    Why.ADOPTED: gettext_lazy(
        "Others entered it in QuickBooks, and it was adopted. Take the adoption back on the page of its order instead."
    ),
    Why.CLOSED: gettext_lazy(
        "The books are closed through %(about)s. A plan that reverses by entries undoes it on the next open day."
    ),
    Why.CREDIT_USED: gettext_lazy(
        "The books are closed through %(about)s, and it ties a credit to an invoice: no entry can take that back."
    ),
    Why.TAX: gettext_lazy(
        "The books are closed through %(about)s, and QuickBooks' own sales tax is on it, which an entry does not "
        "reach: the tax return would still count it. Ask your accountant."
    ),
    Why.CURRENCY: gettext_lazy(
        "The books are closed through %(about)s, and it is in another currency: on a later day an entry would have "
        "another rate of exchange."
    ),
    Why.INVENTORY: gettext_lazy(
        "The books are closed through %(about)s, and it sold what QuickBooks keeps in stock: an entry would not bring "
        "quantity and cost back."
    ),
    Why.ACCOUNTS: gettext_lazy(
        "The books are closed through %(about)s, and which accounts it moved is not certain: an item has another "
        "income account by now, or QuickBooks' version counts. Enter the reversal in QuickBooks yourself."
    ),
    Why.OTHER_DAY: gettext_lazy("Its period was opened or closed since this plan was made. Make another plan."),
    Why.CHANGED: gettext_lazy("It was changed in QuickBooks (%(about)s). Say in its issue which version counts."),
    Why.DEPOSITED: gettext_lazy("It is on a bank deposit (%(about)s). Take it off the deposit in QuickBooks first."),
    Why.SETTLED: gettext_lazy("%(about)s in QuickBooks is applied to it, and Tieout did not post that."),
    Why.APPLIED: gettext_lazy(
        "In QuickBooks it is applied to %(about)s, which Tieout did not post for this order. Take it off that first."
    ),
    Why.TOGETHER: gettext_lazy("It belongs together with %(about)s, which stays."),
    Why.NOT_POSTED: gettext_lazy("It is not posted any more, or something else waits to be done to it."),
    Why.BUSY: gettext_lazy("It was being changed in QuickBooks at the same moment, again and again."),
    Why.SAID: gettext_lazy("%(about)s"),
}
_TONES = {
    UndoAction.DELETE: "bad",
    UndoAction.VOID: "wait",
    UndoAction.ENTRY: "wait",
    UndoAction.NOTE: "note",
    UndoAction.LEAVE: "",
}
#: What is about the last closed day.
_OF_CLOSED_PERIODS = (Why.CLOSED, Why.CREDIT_USED, Why.TAX, Why.CURRENCY, Why.INVENTORY, Why.ACCOUNTS)
#: The tone of the state of an undo.
UNDO_TONES: Mapping[str, str] = {
    UndoState.PLANNING: "note",
    UndoState.PLANNED: "wait",
    UndoState.RUNNING: "note",
    UndoState.STOPPED: "wait",
    UndoState.FINISHED: "good",
    UndoState.FAILED: "bad",
}


def words_of_step(step: UndoStep) -> StepWords:
    """What is, or was, done about the document of a step."""
    if step.state == UndoStepState.DONE:
        return StepWords(title=str(_DONE[step.action]), tone="good", why=_entered(step))
    if step.why:
        title = _("Left") if step.state == UndoStepState.LEFT else str(_PLANNED[UndoAction.LEAVE])
        return StepWords(title=title, tone="", why=str(_WHY[step.why]) % {"about": _about(step)})
    return StepWords(title=str(_PLANNED[step.action]), tone=_TONES[UndoAction(step.action)], why=_entered(step))


def _entered(step: UndoStep) -> str:
    """Of a reversing entry, its day and what it moves; empty for all else."""
    if step.action != UndoAction.ENTRY:
        return ""
    day, *moves = step.about.split("\n")
    sides = []
    for move in moves:
        account, _space, amount = move.rpartition(" ")
        words = _("debit %(account)s %(amount)s") if Decimal(amount) > 0 else _("credit %(account)s %(amount)s")
        sides.append(words % {"account": account, "amount": money_text(abs(Decimal(amount)), step.document.currency)})
    return _("Entered on %(day)s: %(moves)s.") % {"day": _date(day), "moves": "; ".join(sides)}


def words_of_line(line: UndoCustomer | UndoItem) -> StepWords:
    """What is, or was, done about a customer or an item that Tieout created."""
    if line.state == UndoStepState.DONE:
        return StepWords(title=_("Made inactive"), tone="good")
    if line.why:
        why = line.get_why_display() % {"about": transaction_words(retold(line.about))}
        return StepWords(title=_("Stays active"), tone="", why=why)
    return StepWords(title=_("Make inactive"), tone="wait")


def _about(step: UndoStep) -> str:
    return _date(step.about) if step.why in _OF_CLOSED_PERIODS else transaction_words(retold(step.about))


def _date(day: str) -> str:
    return date_format(date.fromisoformat(day), "SHORT_DATE_FORMAT")
