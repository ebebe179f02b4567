"""What of an undo is shown on its page and in the list?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from books.documents import CreditApplication
from books.money import ZERO
from companies.models import Company
from reconciliation.tie_out.shown import kind_words
from reconciliation.undo.choosing import words_of_scopes
from reconciliation.undo.customers import lines_of_customers
from reconciliation.undo.items import lines_of_items
from reconciliation.undo.planning import UndoAction
from reconciliation.undo.words import UNDO_TONES, StepWords, words_of_line, words_of_step
from reconciliation.undo_models import Undo, UndoCustomer, UndoItem, UndoStep, UndoStepState


@dataclass(frozen=True, kw_only=True)
class UndoSum:
    """The documents of one kind and currency."""

    title: str
    currency: str
    undone: int = 0
    money: Decimal = ZERO
    left: int = 0
    money_left: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class ShownUndo:
    """An undo with what was chosen, in words, and how far it is."""

    row: Undo
    words: str
    tone: str
    total: int
    done: int
    left: int
    #: How many of them are reversed by an entry.
    entries: int = 0

    @classmethod
    def of(cls, company: Company, undo: Undo) -> ShownUndo:
        """With one query for its steps and one for what was chosen."""
        return cls.of_many(company, [undo])[0]

    @classmethod
    def of_many(cls, company: Company, undos: Sequence[Undo]) -> list[ShownUndo]:
        """The same for a page of them, in as few queries."""
        numbers: dict[int, dict[str, int]] = {undo.pk: {} for undo in undos}
        entries = dict.fromkeys(numbers, 0)
        steps = UndoStep.objects.filter(undo__in=undos).order_by().values_list("undo", "state", "action")
        for pk, state, action, number in steps.annotate(number=Count("pk")):
            by_plan = state == UndoStepState.PLANNED and action == UndoAction.LEAVE
            counted = UndoStepState.LEFT if by_plan else state
            numbers[pk][counted] = numbers[pk].get(counted, 0) + number
            if action == UndoAction.ENTRY and counted != UndoStepState.LEFT:
                entries[pk] += number
        words = words_of_scopes(company, [undo.scope for undo in undos])
        return [
            cls(
                row=undo,
                words=told,
                tone=UNDO_TONES[undo.state],
                total=sum(numbers[undo.pk].values()) - numbers[undo.pk].get(UndoStepState.LEFT, 0),
                done=numbers[undo.pk].get(UndoStepState.DONE, 0),
                left=numbers[undo.pk].get(UndoStepState.LEFT, 0),
                entries=entries[undo.pk],
            )
            for undo, told in zip(undos, words, strict=True)
        ]

    def sums(self) -> list[UndoSum]:
        """By kind and currency, what is or will be undone, and what is left."""
        rows = self.row.steps.order_by().values("document__kind", "document__currency", "state", "action")
        sums: dict[tuple[str, str], dict[str, Decimal | int]] = {}
        for row in rows.annotate(number=Count("pk"), money=Sum("document__total")):
            kind, currency = row["document__kind"], row["document__currency"]
            part = sums.setdefault((kind, currency), {"undone": 0, "money": ZERO, "left": 0, "money_left": ZERO})
            stays = row["state"] == UndoStepState.LEFT or row["action"] == UndoAction.LEAVE
            # An applied credit moves no account
            money = ZERO if kind == CreditApplication.kind else row["money"]
            part["left" if stays else "undone"] += row["number"]
            part["money_left" if stays else "money"] += money
        return [
            UndoSum(title=kind_words(kind), currency=currency, **part)  # type: ignore[arg-type]
            for (kind, currency), part in sorted(sums.items())
        ]


@dataclass(frozen=True, kw_only=True)
class AccountMove:
    """By how much an account moves, debit positive."""

    account: str
    currency: str
    amount: Decimal

    @property
    def debit(self) -> Decimal | None:
        """The amount of a debit; None for a credit."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """The amount of a credit; None for a debit."""
        return None if self.amount > 0 else -self.amount


def account_moves(undo: Undo) -> list[AccountMove]:
    """What all that is undone by the plan moves, account by account."""
    moves = []
    for name, text in undo.moves.items():
        currency, _, account = name.partition(" ")
        moves.append(AccountMove(account=account, currency=currency, amount=Decimal(text)))
    return moves


def shown_steps(rows: Sequence[UndoStep]) -> list[tuple[UndoStep, StepWords]]:
    """Steps with their words."""
    return [(step, words_of_step(step)) for step in rows]


def shown_customers(undo: Undo) -> list[tuple[UndoCustomer, StepWords]]:
    """Lines about customers with their words: those that are made inactive first; one query."""
    return [(line, words_of_line(line)) for line in sorted(lines_of_customers(undo), key=_stays)]


def shown_items(undo: Undo) -> list[tuple[UndoItem, StepWords]]:
    """The same of items; one query."""
    return [(line, words_of_line(line)) for line in sorted(lines_of_items(undo), key=_stays)]


def _stays(line: UndoCustomer | UndoItem) -> bool:
    return bool(line.why)
