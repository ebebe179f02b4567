"""Processes that are killed in the middle of their work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from companies.models import Company
from simulators.quickbooks.server import Running
from sync.models import CompanyLease
from tests.children import Child, begin
from tests.sync.pushing import minutes_later


def started(step: str, times: int, environment: Mapping[str, str], running: Running) -> Child:
    """A pusher in a process of its own."""
    return begin(
        "tests.faults.push_until",
        running.base_url,
        step,
        str(times),
        environment=environment,
        log=Path(os.devnull),
    )


def taken_over(company: Company) -> None:
    """The dead pusher's lease has run out, and QuickBooks has given up on whatever it was sent."""
    CompanyLease.objects.filter(company=company).update(until=timezone.now() - timedelta(seconds=1))
    minutes_later(company)
