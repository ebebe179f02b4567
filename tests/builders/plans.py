"""What do orders come to by the studio's mapping and settings, through the rules that run in production?"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from books.documents import Document
from books.problems import Problem
from sync.preparing.builders.plan import NOTHING_SENT, InBooks, Plan
from tests.docs.worked_examples import planned
from tests.sample_orders import an_order

WHOLESALE = "Invoice Debit Account = Wholesale Receivables; Payment Credit Account = Wholesale Receivables"
ITEMS_FOR_BOTH = "item for credits Goodwill Credit; item for refunds Goodwill Credit; Refund Credit Account = Checking"


def plan_of(text: str, settings: str = "", *, in_books: InBooks = NOTHING_SENT) -> Plan:
    """What an order comes to; see `tests.docs.worked_examples.studio` about the settings."""
    return planned(an_order(text), settings=settings, in_books=in_books)


def document(plan: Plan, kind: str, place: int = 0) -> Document:
    """A document of a plan, by the kind of its record."""
    found = [planned for planned in plan.planned if planned.kind == kind][place].document
    assert found, kind
    return found


def forms(plan: Plan) -> list[tuple[str, str]]:
    """Each record's kind with the form that it takes; an empty one where nothing can be sent."""
    return [(planned.kind, planned.document.kind if planned.document else "") for planned in plan.planned]


def problems(plan: Plan, kind: str) -> list[Problem]:
    """Why the record of a kind cannot be posted."""
    return [problem for planned in plan.planned if planned.kind == kind for problem in planned.problems]


def in_books_of(plan: Plan, **more: object) -> InBooks:
    """QuickBooks has the sale of a plan."""
    sale = plan.planned[0].document
    assert sale
    return InBooks(sale=sale, owed=plan.planned[0].total, customer=sale.customer, **more)  # type: ignore[arg-type]


def moved(documents: Iterable[Document | None]) -> dict[str, Decimal]:
    """By account, what some documents move together; debit positive."""
    found: dict[str, Decimal] = {}
    for posting in (posting for document in documents if document for posting in document.postings):
        found[posting.account.path] = found.get(posting.account.path, Decimal(0)) + posting.amount
    return found
