"""What should QuickBooks hold of documents that it accepted? Asked of many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from books.documents import Document as DocumentValue
from books.posted_document import Holding
from companies.models import Company
from mapping.customer_lookup import MergedCustomers
from sync.models import Document
from sync.pushing.needs import ids_of


class Renders(Protocol):
    """What says how a document of ours looks once QuickBooks has it."""

    def posted(self, document: DocumentValue, *, ids: dict[str, str]) -> Holding:
        """The document as QuickBooks holds it while nobody has changed it."""
        ...


def expected_holdings(
    company: Company, rows: Iterable[Document], destination: Renders, *, merged: MergedCustomers
) -> dict[int, Holding]:
    """By document, what was posted, or what a person accepted in its place; with one query for the ids they need.

    Args:
        company: Whose documents they are.
        rows: With `frozen` at hand; what QuickBooks never accepted is left out.
        destination: Of the company.
        merged: Who was merged into whom in QuickBooks.
    """
    posted = [row for row in rows if row.quickbooks_id and hasattr(row, "frozen")]
    values = {row.pk: row.value() for row in posted}
    needed = {key: "" for value in values.values() for key in value.needs}
    ids = needed | ids_of(company, values.values())
    return {
        row.pk: of_the_one_left(row.frozen.read_theirs() or destination.posted(values[row.pk], ids=ids), merged)
        for row in posted
    }


def of_the_one_left(holding: Holding, merged: MergedCustomers) -> Holding:
    """With the customer that its customer was merged into in QuickBooks: that is nobody else."""
    identifier = merged.last(holding.customer.identifier)
    if identifier == holding.customer.identifier:
        return holding
    return replace(holding, customer=replace(holding.customer, identifier=identifier))
