"""When do issues follow the documents and decisions? Each time somebody says that they may have changed."""

from __future__ import annotations

from typing import Any

from companies.models import Company
from companies.signals import decisions_changed
from reconciliation.issues import gather
from sync.signals import problems_changed


def connect() -> None:
    """Listen."""
    problems_changed.connect(_follow, dispatch_uid="reconciliation.gather")
    decisions_changed.connect(_follow, dispatch_uid="reconciliation.gather_decisions")


def _follow(*, company: Company, **_: Any) -> None:
    gather(company)
