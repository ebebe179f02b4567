"""What is the same of a customer and of an item that Tieout created, in an undo? The tick, the bytes, the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Protocol, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from books.outcomes import Exchange
from reconciliation.undo.planning import UndoAction
from reconciliation.undo_models import CustomerStays, ItemStays, Undo, UndoCustomer, UndoItem, UndoStepState
from sync.quickbooks_online.transactions import name_in_quickbooks

Line = UndoCustomer | UndoItem


class _Answered(Protocol):
    @property
    def exchange(self) -> Exchange:
        """What went over the wire."""


Answer = TypeVar("Answer", bound=_Answered)


def leaving(undo: Undo) -> set[str]:
    """The transactions that will be gone from QuickBooks by the plan, such as `Invoice 145`."""
    going = undo.steps.filter(action__in=(UndoAction.DELETE, UndoAction.NOTE))
    return {name_in_quickbooks(*named) for named in going.values_list("document__form", "document__quickbooks_id")}


def choose_lines(
    lines: QuerySet[UndoCustomer] | QuerySet[UndoItem], chosen: Collection[int] | None, *, not_wanted: str
) -> None:
    """Keep which lines a person wants carried out: all for None; the others stay.

    Args:
        lines: Of an undo that is started.
        chosen: Their numbers.
        not_wanted: The reason of those that a person left out.
    """
    planned = lines.filter(state=UndoStepState.PLANNED)
    planned.exclude(why="").update(state=UndoStepState.LEFT)
    if chosen is not None:
        planned.filter(why="").exclude(pk__in=chosen).update(state=UndoStepState.LEFT, why=not_wanted)


def sent(line: Line, body: bytes, send: Callable[[str], Answer]) -> Answer:
    """Commit the bytes and their request id, send them, and keep what was answered.

    Args:
        line: That they are about.
        body: Exactly what goes.
        send: Sends it under a request id.
    """
    now = timezone.now()
    line.body, line.request_id, line.sent_at = body, str(uuid.uuid4()), now
    line.save(update_fields=["body", "request_id", "sent_at"])
    outcome = send(line.request_id)
    line.exchanges = [*line.exchanges, {"at": now.isoformat(), **asdict(outcome.exchange)}]
    line.save(update_fields=["exchanges"])
    return outcome


def stays(line: Line, why: CustomerStays | ItemStays, about: str) -> None:
    """It is left active."""
    line.state, line.why, line.about = UndoStepState.LEFT, why, about
    line.save(update_fields=["state", "why", "about"])
