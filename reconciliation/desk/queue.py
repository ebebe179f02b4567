"""Which customers wait for a person to say who they are, the most money first?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from companies.models import Company
from mapping.models import SourceCustomer
from reconciliation.models import Issue, IssueState
from reconciliation.paging import Sort
from sync.models import RunState

MOST_MONEY_FIRST = Sort(name="money", field="money", descending=True)
#: Causes that a person clears by saying which QuickBooks customer it is, or that it is a new one.
CODES = (
    "customer-inactive",
    "customer-name-taken",
    "customer-not-found",
    "customer-without-email",
    "customers-share-email",
    "linked-customer-gone",
    "name-of-another-list",
    "new-customers-share-name",
    "several-customers-fit",
)
_AT_ONCE = 500


def waiting(company: Company, *, left_out: Collection[int] = ()) -> QuerySet[Issue]:
    """The issues of customers who are not decided yet; of those whose orders are being prepared, no one is asked again.

    Args:
        company: Whose customers.
        left_out: Primary keys of issues that the person has skipped.
    """
    rows = Issue.objects.filter(company=company, state=IssueState.OPEN, code__in=CODES)
    rows = rows.exclude(code="customer-inactive", facts__customer_key="")
    if left_out:
        rows = rows.exclude(pk__in=left_out)
    return rows.exclude(under_way__state=RunState.RUNNING)


def customers_of(company: Company, issues: Iterable[Issue]) -> dict[int, SourceCustomer]:
    """The customer of each issue, by the issue's primary key; one query for some hundred issues."""
    wanted = {issue.pk: _key(issue) for issue in issues}
    keys = sorted({key for _system, key in wanted.values()})
    found: dict[tuple[str, str], SourceCustomer] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = SourceCustomer.objects.filter(company=company, source_key__in=keys[start : start + _AT_ONCE])
        for row in rows.select_related("quickbooks_customer", "company"):
            found[row.system, row.source_key] = row
    return {pk: found[key] for pk, key in wanted.items() if key in found}


def _key(issue: Issue) -> tuple[str, str]:
    system, _colon, key = str(issue.facts.get("customer_key", "")).partition(":")
    return system, key
