"""Orders that are posted and undone again, and the trial balance of their QuickBooks company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from companies.models import Company
from reconciliation.undo.carrying_out import carry_out, start_undo
from reconciliation.undo.choosing import period_scope
from reconciliation.undo.plan import begin_plan, make_plan
from reconciliation.undo_models import Undo, UndoState
from sync.models import Document
from tests.factories import prepared
from tests.simulators.driver import Books
from tests.sync.pushing import push

AUGUST = period_scope(date(2026, 8, 1), date(2026, 8, 31))


def posted(company: Company, *records: str, number: int = 1, sold: str = "KIT-CLAY  48.00") -> Document:
    """The invoice of an order of August, posted with its records."""
    lines = "\n".join((sold, *records))
    prepared(company, f"2026-08-14  order {number}  #9 Nora Quist <nora@example.com>\n{lines}")
    push(company)
    return Document.objects.get(order__number=str(number), kind__in=("invoice", "sales-receipt"))


def planned(company: Company, scope: dict[str, str] = AUGUST) -> Undo:
    """The plan of an undo."""
    undo = make_plan(begin_plan(company, scope, by=None))
    assert undo.state == UndoState.PLANNED, undo.message
    return undo


def steps(undo: Undo) -> list[tuple[str, str, str]]:
    """Each document with what is done about it, or why nothing is, and how far that has come."""
    rows = undo.steps.select_related("document__order").order_by("position")
    return [(str(step.document), step.why or step.action, step.state) for step in rows]


def started(undo: Undo) -> Undo:
    """A plan that a person said yes to."""
    return start_undo(undo, fingerprint=undo.fingerprint, reason="Imported twice", by=None)


def undone(company: Company, scope: dict[str, str] = AUGUST) -> Undo:
    """An undo that was planned and carried out."""
    return carry_out(started(planned(company, scope)))


def trial_balance(books: Books, last: str = "2026-12-31") -> dict[str, list[str]]:
    """Debit and credit by account, as QuickBooks' own report says on a day."""
    told = books.ask("GET", "reports/TrialBalance", params={"start_date": "2026-01-01", "end_date": last})
    return {row[0]: row[1:] for row in _rows(told["Rows"]) if any(cell not in ("", "0.00") for cell in row[1:])}


def _rows(told: Any) -> Iterator[list[str]]:
    for row in told.get("Row", []):
        if "ColData" in row:
            yield [cell["value"] for cell in row["ColData"]]
        yield from _rows(row.get("Rows", {}))
        if "Summary" in row:
            yield [cell["value"] for cell in row["Summary"]["ColData"]]
