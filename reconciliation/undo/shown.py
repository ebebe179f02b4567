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
from reconciliation.undo.choosing import words_of_scope
from reconciliation.undo.planning import UndoAction
from reconciliation.undo.words import UNDO_TONES, StepWords, words_of_step
from reconciliation.undo_models import Undo, UndoStep, UndoStepState


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

    @classmethod
    def of(cls, company: Company, undo: Undo) -> ShownUndo:
        """With one query for its steps and one for what was chosen."""
        rows = undo.steps.order_by().values_list("state").annotate(number=Count("pk"))
        numbers = dict(rows.exclude(state=UndoStepState.PLANNED, action=UndoAction.LEAVE))
        left_by_plan = undo.steps.filter(state=UndoStepState.PLANNED, action=UndoAction.LEAVE).count()
        left = numbers.get(UndoStepState.LEFT, 0) + left_by_plan
        return cls(
            row=undo,
            words=words_of_scope(company, undo.scope),
            tone=UNDO_TONES[undo.state],
            total=sum(numbers.values()) + left_by_plan - left,
            done=numbers.get(UndoStepState.DONE, 0),
            left=left,
        )

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
