"""Who may push for a company now? One at a time, with a lease that runs out when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from companies.models import Company
from sync.models import CompanyLease
from sync.pushing.holders import is_known_dead, new_holder

#: Longer than any single request may take, so that a holder that is only slow keeps its lease.
LEASE = timedelta(seconds=180)


class LeaseLost(RuntimeError):
    """Another pusher took over, because this one was silent for longer than its lease."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to push for one company until it runs out."""

    company: Company
    holder: str

    def renew(self) -> None:
        """Extend the lease.

        Raises:
            LeaseLost: Somebody else holds it by now; stop at once.
        """
        held = CompanyLease.objects.filter(company=self.company, holder=self.holder)
        if held.update(until=timezone.now() + LEASE) != 1:
            raise LeaseLost(f"another pusher took over for {self.company}")


@contextmanager
def leased(company: Company) -> Iterator[Lease | None]:
    """Hold the company's lease; None when somebody else pushes for it now."""
    holder = new_holder()
    before, _ = CompanyLease.objects.get_or_create(company=company)
    now = timezone.now()
    # No lease lasts longer than one; such a one was written by a clock that ran far ahead
    free = Q(holder="") | Q(until__isnull=True) | Q(until__lt=now) | Q(until__gt=now + 2 * LEASE)
    if is_known_dead(before.holder):
        free |= Q(holder=before.holder)
    if CompanyLease.objects.filter(free, company=company).update(holder=holder, until=now + LEASE) != 1:
        yield None
        return
    try:
        yield Lease(company=company, holder=holder)
    finally:
        CompanyLease.objects.filter(company=company, holder=holder).update(holder="", until=None)


def is_leased(company: Company) -> bool:
    """Whether somebody pushes for the company now."""
    now = timezone.now()
    held = CompanyLease.objects.filter(company=company, until__gte=now, until__lte=now + 2 * LEASE)
    holders = held.exclude(holder="").values_list("holder", flat=True)
    return any(not is_known_dead(holder) for holder in holders)
