"""A rehearsal company that works, with the rows that its activation leaves, written at once.

`companies.activation.put_practice_to_work` takes every step by itself, in 30 queries; almost every test begins with it.
tests/setup/test_at_work.py holds that both leave the same rows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from companies import disclaimer
from companies.activation import GO_LIVE, INTRODUCTION
from companies.models import Activation, ActivationState, Company, DisclaimerAcceptance, SetupMark


def put_to_work_at_once(company: Company, *, by: User) -> Company:
    """The company as after request, disclaimer, approval and going live, each as of now by the person."""
    now = timezone.now()
    asked = {"requested_by": by, "requested_at": now}
    decided = asked | {"decided_by": by, "decided_at": now}
    company.live_since, company.switched_on = now, True
    company._history_user = by  # type: ignore[attr-defined]
    company.save()
    acceptance = DisclaimerAcceptance(
        company=company,
        version=disclaimer.VERSION,
        fingerprint=disclaimer.fingerprint(),
        person=by,
        person_name=by.get_full_name() or by.get_username(),
        accepted_at=now,
    )
    acceptance.save_base(raw=True, force_insert=True)
    _remember([acceptance], None, now)
    activation = Activation(company=company, state=ActivationState.APPROVED, **decided)
    activation.save_base(raw=True, force_insert=True)
    before = Activation(pk=activation.pk, company=company, state=ActivationState.REQUESTED, **asked)
    _remember([before, activation], by, now, "+", "~")
    marks = [SetupMark(company=company, step=step, person=by, marked_at=now) for step in (INTRODUCTION, GO_LIVE)]
    _remember(SetupMark.objects.bulk_create(marks), None, now)
    return company


def _remember(rows: list[Any], by: User | None, now: datetime, *kinds: str) -> None:
    """Write the rows into the history of their model; `kinds` are +, made, unless said otherwise."""
    history = type(rows[0]).history
    fields = [field.attname for field in history.model.tracked_fields]
    history.bulk_create(
        history.model(
            history_date=now, history_type=kind, history_user=by, **{name: getattr(row, name) for name in fields}
        )
        for row, kind in zip(rows, kinds or "+" * len(rows), strict=True)
    )
