"""Which causes keep documents from being posted, and what does each hold up?"""

from __future__ import annotations

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from books.documents import NewCustomer
from books.json_types import Json
from books.money import ZERO, money_text
from books.problems import PROBLEMS
from companies.models import Company
from sync.models import DocumentProblem, DocumentState

#: How many causes are said one by one, those with the most money.
MOST_CAUSES = 100


def open_causes(company: Company) -> list[Json]:
    """The open causes with how many documents and how much money each blocks, most money first, 100 at most."""
    blocking = DocumentProblem.objects.filter(company=company).exclude(document__state=DocumentState.IGNORED)
    home = Sum("document__total", filter=Q(document__currency=company.home_currency), default=ZERO)
    rows = (
        blocking.values("cause", "code")
        .annotate(
            documents=Count("document_id", filter=~Q(document__kind=NewCustomer.kind)),
            money=home,
            newest=Max("pk"),
            oldest=Min("pk"),
        )
        .order_by("-money", "cause")[:MOST_CAUSES]
    )
    ends = {row[end] for row in rows for end in ("newest", "oldest")}
    problems = DocumentProblem.objects.select_related("document__order").in_bulk(ends)
    amounts = _amounts(blocking, [row["cause"] for row in rows], company.home_currency)
    return [
        {
            "code": row["code"],
            "title": PROBLEMS[row["code"]].title,
            "explanation": problems[row["newest"]].read().explain() if row["newest"] in problems else "",
            # What QuickBooks rejects names neither the record nor the customer
            "first": str(problems[row["oldest"]].document) if row["oldest"] in problems else "",
            "documents": row["documents"],
            "money": ", ".join(amounts[row["cause"]]),
        }
        for row in rows
    ]


def _amounts(blocking: QuerySet[DocumentProblem], causes: list[str], home: str) -> dict[str, list[str]]:
    """By cause, what it holds up in each currency, the home currency first: those are never added."""
    rows = (
        blocking.filter(cause__in=causes).values("cause", "document__currency").annotate(money=Sum("document__total"))
    )
    found: dict[str, list[str]] = {cause: [] for cause in causes}
    for row in sorted(rows, key=lambda row: (row["document__currency"] != home, row["document__currency"])):
        found[row["cause"]].append(money_text(row["money"], row["document__currency"]))
    return found
