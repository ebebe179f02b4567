"""When do issues follow the documents? Each time sync says that problems may have changed."""

from __future__ import annotations

from typing import Any

from mapping.models import Company
from reconciliation.issues import gather
from sync.signals import problems_changed


def connect() -> None:
    """Listen."""
    problems_changed.connect(_follow, dispatch_uid="reconciliation.gather")


def _follow(*, company: Company, **_: Any) -> None:
    gather(company)
