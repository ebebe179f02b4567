"""Who may push for a company now? One at a time, with a lease that runs out when its holder dies.

The process that holds a lease may be known to be dead: only its own machine can tell, and only of itself.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Q

from companies.bulk_sql import write_where
from companies.models import Company
from sync.database_clock import seconds_passed, shared_now
from sync.models import CompanyLease
from sync.turn import LeaseLost

#: Longer than any single request may take, so that a holder that is only slow keeps its lease.
LEASE = timedelta(seconds=180)
_PROC = Path("/proc")


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


# Whose process it is -------------------------------------------------------------------------------------------------


def new_holder() -> str:
    """A name for a holder in this process; no two are alike."""
    return f"{_machine()}-{os.getpid()}-{_started(os.getpid())}-{uuid.uuid4().hex[:16]}"


def is_known_dead(holder: str) -> bool:
    """Whether the process of a holder ran on this machine and is gone. Where that cannot be known, it is alive."""
    machine, _, rest = holder.partition("-")
    number, _, rest = rest.partition("-")
    started, _, _ = rest.partition("-")
    if not machine or machine != _machine() or not (number.isascii() and number.isdigit()) or not started:
        return False
    # The number of a dead process is given to another one in time
    return _started(int(number)) != started


@cache
def _machine() -> str:
    """This machine since it was started, and this container on it; empty where that cannot be known."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        processes = os.stat(_PROC / "self/ns/pid").st_ino
    except OSError:
        return ""
    return sha256(f"{socket.gethostname()} {boot} {processes}".encode()).hexdigest()[:12]


def _started(number: int) -> str:
    """When a process was started, in the kernel's own count; empty when there is none, or it is a zombie."""
    try:
        fields = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
