"""Whose record does QuickBooks' own sentence speak of? A rejection names neither the document nor the customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import ngettext

from books.documents import NewCustomer
from books.problems import RefusedByQuickBooks, StoredDifferently
from companies.models import Company
from reconciliation.models import Issue
from sync.models import DocumentProblem

_SILENT = (RefusedByQuickBooks.code, StoredDifferently.code)
_MOST = 200


def whose(company: Company, issues: Iterable[Issue]) -> Mapping[str, str]:
    """The first document and customer of each issue that does not name them, by the issue's cause; one query."""
    silent = {issue.cause: issue.records for issue in issues if issue.code in _SILENT}
    if not silent:
        return {}
    problems = DocumentProblem.objects.filter(company=company, cause__in=silent).select_related("document")
    named: dict[str, str] = {}
    for problem in problems.order_by("pk")[:_MOST]:
        if problem.cause in named:
            continue
        document, more = problem.document, silent[problem.cause] - 1
        named_by = [str(document), document.customer_name]
        if document.kind == NewCustomer.kind:  # it bears its own name, and is not counted among those that wait
            named_by, more = [str(document)], more + 1
        words = ", ".join(part for part in named_by if part)
        others = ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more} if more > 0 else ""
        named[problem.cause] = f"{words} {others}".strip()
    return named
