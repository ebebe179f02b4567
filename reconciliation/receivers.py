"""When do issues follow the documents and decisions? Each time someone says that they may have changed."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from companies.models import Company
from companies.signals import decisions_changed
from reconciliation.issues import follow
from sync.models import touch_everything, touch_names
from sync.signals import problems_changed


def connect() -> None:
    """Listen."""
    problems_changed.connect(_follow, dispatch_uid="reconciliation.follow")
    decisions_changed.connect(_follow_decisions, dispatch_uid="reconciliation.follow_decisions")
    post_save.connect(_company_saved, sender=Company, dispatch_uid="reconciliation.company_saved")


def _follow(*, company: Company, **_: Any) -> None:
    follow(company)


def _follow_decisions(*, company: Company, **_: Any) -> None:
    touch_names(company)
    follow(company)


def _company_saved(*, instance: Company, created: bool, **_: Any) -> None:
    """Its home currency, or the rules that names follow, may be another."""
    if not created:
        touch_everything(instance)
