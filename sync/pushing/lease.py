"""Who may push for a company now? One at a time, with a lease that runs out when its holder dies.

The process that holds a lease may be known to be dead: only its own machine can tell, and only of itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from companies.bulk_sql import write_where
from companies.models import Company
from sync.database_clock import seconds_passed, shared_now
from sync.models import CompanyLease
from sync.processes import is_known_dead, this_process
from sync.turn import LeaseLost

#: Longer than any single request may take, so that a holder that is only slow keeps its lease.
LEASE = timedelta(seconds=180)


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to push for one company until it runs out."""

    company: Company
    holder: str
    #: When it was renewed last, by this machine's own count.
    _renewed: list[float] = field(default_factory=lambda: [seconds_passed()], compare=False)

    def keep(self) -> None:
        """Extend the lease when a third of it is over; before that nobody else can have it.

        Raises:
            LeaseLost: Another pusher holds it by now; stop at once.
        """
        if seconds_passed() - self._renewed[0] > LEASE.total_seconds() / 3:
            self.renew()

    def renew(self) -> None:
        """Extend the lease.

        Raises:
            LeaseLost: Another pusher holds it by now; stop at once.
        """
        held = {"company": self.company.pk, "holder": self.holder}
        if write_where(CompanyLease, held, until=shared_now() + LEASE) != 1:
            raise LeaseLost(f"another pusher took over for {self.company}")
        self._renewed[0] = seconds_passed()


@contextmanager
def leased(company: Company) -> Iterator[Lease | None]:
    """Hold the company's lease; None when another process pushes for it now."""
    holder = new_holder()
    before, _ = CompanyLease.objects.get_or_create(company=company)
    now = shared_now()
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


def new_holder() -> str:
    """A name for a holder in this process; no two are alike."""
    return f"{this_process()}-{uuid.uuid4().hex[:16]}"
