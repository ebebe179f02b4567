"""A preview of what is sent, as its page and the list show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from companies.stored_texts import retold
from reconciliation.tie_out.shown import kind_words
from reconciliation.undo.shown import AccountMove
from sync.management.plan_words import ACTIONS
from sync.models import Preview, PreviewedDocument, PreviewState
from sync.previewing.plan import SendAction

#: The tone of the state of a preview.
PREVIEW_TONES: Mapping[str, str] = {
    PreviewState.MAKING: "note",
    PreviewState.SHOWN: "note",
    PreviewState.WAITING: "wait",
    PreviewState.DECLINED: "bad",
    PreviewState.SENDING: "note",
    PreviewState.SENT: "good",
    PreviewState.OUTDATED: "wait",
    PreviewState.FAILED: "bad",
}
_TONES: Mapping[SendAction, str] = {
    SendAction.CREATE: "good",
    SendAction.CHANGE: "note",
    SendAction.ADOPT: "note",
    SendAction.VOID: "bad",
    SendAction.SKIP: "",
    SendAction.BLOCKED: "wait",
}


@dataclass(frozen=True, kw_only=True)
class ShownSum:
    """The documents of one action, kind and currency."""

    action: str
    tone: str
    kind: str
    currency: str
    number: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ShownDocument:
    """One document with what becomes of it, in words."""

    row: PreviewedDocument
    title: str
    action: str
    tone: str
    reason: str
    #: What, as QuickBooks holds it, as it will be sent.
    changes: list[tuple[str, str, str]]


def shown_sums(preview: Preview) -> list[ShownSum]:
    """What is sent and what is not, by action, kind and currency."""
    return [
        ShownSum(
            action=str(ACTIONS[SendAction(action)]),
            tone=_TONES[SendAction(action)],
            kind=kind_words(kind),
            currency=currency,
            number=number,
            amount=Decimal(amount),
        )
        for action, kind, currency, number, amount in preview.totals
    ]


def shown_moves(preview: Preview) -> list[AccountMove]:
    """What all of it moves, account by account."""
    parts = ((name.partition(" "), Decimal(amount)) for name, amount in preview.moves.items())
    return [
        AccountMove(account=account, currency=currency, amount=amount) for (currency, _gap, account), amount in parts
    ]


def shown_documents(rows: Iterable[PreviewedDocument]) -> list[ShownDocument]:
    """Documents with their words."""
    return [
        ShownDocument(
            row=row,
            title=retold(row.title),
            action=str(ACTIONS[SendAction(row.action)]),
            tone=_TONES[SendAction(row.action)],
            reason=retold(row.reason),
            changes=[(_(part["what"]), retold(part["held"]), retold(part["sent"])) for part in row.changes],
        )
        for row in rows
    ]
