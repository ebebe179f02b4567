"""How many requests did each company make this month, and how much of Intuit's plan is that?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sync.models import CountedKind, RequestCount

#: Reads a month, of all companies of an app together, that Intuit's first plan allows. Writes are not metered.
FREE_READS = 500_000


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Requests of one kind to one company in one month."""

    company: str
    #: Of a program of ours or in Intuit's sandbox, which are not metered.
    is_rehearsal: bool
    kind: CountedKind
    requests: int


@dataclass(frozen=True, kw_only=True)
class CompanyRequests:
    """What one company asked in a month."""

    company: str
    is_rehearsal: bool
    reads: int
    writes: int
    batches: int


@dataclass(frozen=True, kw_only=True)
class MonthOfRequests:
    """What all companies of the installation asked in a month, most reads first."""

    month: date
    companies: tuple[CompanyRequests, ...]

    @property
    def metered(self) -> int:
        """Reads that Intuit counts."""
        return sum(row.reads for row in self.companies if not row.is_rehearsal)

    @property
    def share(self) -> float:
        """The part of Intuit's first plan that is used, 1 for all of it."""
        return self.metered / FREE_READS


def summary_of(month: date, counts: Iterable[Counted]) -> MonthOfRequests:
    """What a month's counts come to.

    Args:
        month: Its first day.
        counts: In any order, several of one company.
    """
    numbers: dict[tuple[str, bool], dict[CountedKind, int]] = defaultdict(lambda: defaultdict(int))
    for row in counts:
        numbers[row.company, row.is_rehearsal][row.kind] += row.requests
    companies = (
        CompanyRequests(
            company=company,
            is_rehearsal=is_rehearsal,
            reads=kinds[CountedKind.READ],
            writes=kinds[CountedKind.WRITE],
            batches=kinds[CountedKind.BATCH],
        )
        for (company, is_rehearsal), kinds in numbers.items()
    )
    return MonthOfRequests(month=month, companies=tuple(sorted(companies, key=lambda row: (-row.reads, row.company))))


def requests_in(month: date) -> MonthOfRequests:
    """What all companies asked in the month of a day; one query."""
    first = month.replace(day=1)
    rows = RequestCount.objects.filter(month=first).select_related("company")
    return summary_of(
        first,
        [
            Counted(
                company=row.company.name,
                is_rehearsal=row.company.is_rehearsal,
                kind=CountedKind(row.kind),
                requests=row.requests,
            )
            for row in rows
        ],
    )
