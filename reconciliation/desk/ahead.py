"""Whom could those be who wait? Worked out with each sync, so that the desk and the lists of many open at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from companies.models import Company
from mapping.kept_suggestions import renew
from reconciliation.desk.queue import customers_of, waiting
from sync.signals import turn_left
from sync.turn import Turn

_AT_ONCE = 2_000


def connect() -> None:
    """Listen."""
    turn_left.connect(_work_ahead, dispatch_uid="reconciliation.suggestions")


def renew_suggestions(company: Company, *, over: Callable[[], bool] = lambda: False) -> int:
    """Work out whom the customers who wait could be, as far as it is not known, those with the most money first.

    Args:
        company: Whose customers.
        over: Whether to stop between some customers and the next.

    Returns:
        For how many customers it is not worked out.
    """
    issues = waiting(company).order_by("-money", "-pk")[:_AT_ONCE]
    return renew(company, list(customers_of(company, issues).values()), over=over)


def _work_ahead(*, company: Company, turn: Turn, **_: Any) -> None:
    renew_suggestions(company, over=turn.is_over)
