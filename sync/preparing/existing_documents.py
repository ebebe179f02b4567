"""What is there already of the documents that some orders plan?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from books.documents import NewCustomer
from companies.models import Company, CompanyKind
from sync.models import Document, DocumentBody, DocumentChange, DocumentProblem, StagedOrder
from sync.preparing.builders.plan import Plan
from sync.preparing.changes import CHANGEABLE


@dataclass(frozen=True, kw_only=True)
class Known:
    """The documents of some orders, and of everything they plan, as they are."""

    #: Whether what was sent can still be changed by us.
    online: bool
    rows: dict[str, Document]
    problems: dict[int, tuple[DocumentProblem, ...]]
    #: What QuickBooks has of the documents that can be changed, and what waits to be done to them.
    bodies: dict[int, DocumentBody]
    changes: dict[int, DocumentChange]
    #: What any of them had to follow until now; an order that other orders shared it with may have asked for it.
    parents: frozenset[int]


def known_of(company: Company, plans: Sequence[tuple[StagedOrder, Plan]]) -> Known:
    """Documents of these orders and of everything they plan, locked, with their problems."""
    keys = {planned.key for _, plan in plans for planned in plan.planned}
    of_orders = Document.objects.filter(company=company, order__in=[order.pk for order, _ in plans])
    numbers = set(of_orders.values_list("pk", flat=True))
    numbers |= set(Document.objects.filter(company=company, key__in=keys).values_list("pk", flat=True))
    rows = list(Document.objects.select_for_update().filter(pk__in=numbers).order_by("pk"))
    problems: dict[int, list[DocumentProblem]] = {row.pk: [] for row in rows}
    for problem in DocumentProblem.objects.filter(document__in=rows).order_by("pk"):
        problems[problem.document_id].append(problem)
    online = company.kind != CompanyKind.DESKTOP
    posted = [row.pk for row in rows if online and row.kind != NewCustomer.kind and row.state in CHANGEABLE]
    return Known(
        online=online,
        bodies=DocumentBody.objects.in_bulk(posted) if posted else {},
        changes=DocumentChange.objects.in_bulk(posted) if posted else {},
        rows={row.key: row for row in rows},
        problems={number: tuple(found) for number, found in problems.items()},
        parents=frozenset(row.depends_on_id for row in rows if row.depends_on_id),
    )
