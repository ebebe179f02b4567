"""Which entry would reverse each document of a closed period, and which documents has none?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from books.documents import REVERSAL, JournalEntry
from mapping.account_chart import chart_of
from mapping.models import QuickBooksItem
from reconciliation.undo.choosing import reverses_by_entry
from reconciliation.undo.planning import HeldNow, Why
from reconciliation.undo_models import Undo
from sync.models import Document, DocumentState
from sync.preparing.builders.reversal import CannotReverse, reversal_of
from sync.quickbooks_online.transactions import name_in_quickbooks
from sync.reversed_documents import reversals_of

#: Items that QuickBooks keeps in stock.
_STOCKED = "Inventory"


def reversals_for(undo: Undo, rows: Sequence[Document], there: Mapping[str, HeldNow]) -> dict[str, JournalEntry | Why]:
    """The entry that would reverse each of some documents, or why there is none; by key.

    Nothing of documents that are not to be reversed at all: neither a person nor the policy of their kind says so.

    Args:
        undo: What a person said of closed periods is in its scope.
        rows: With their bodies.
        there: By key, what QuickBooks holds of them.
    """
    closed = undo.company.closed_periods
    wanted = [row for row in rows if row.key in there and row.kind != REVERSAL]
    if not reverses_by_entry(undo.scope):
        wanted = [row for row in wanted if closed.moves(row.kind)]
    if closed.through is None or not wanted:
        return {}
    chart, entered = chart_of(undo.company), closed.through + timedelta(days=1)
    stocked = set(
        QuickBooksItem.objects.filter(company=undo.company, item_type=_STOCKED).values_list("quickbooks_id", flat=True)
    )
    found: dict[str, JournalEntry | Why] = {}
    for row in wanted:
        entry = reversal_of(
            row.value(),
            there[row.key].holding,
            entered=entered,
            chart=chart,
            home_currency=undo.company.home_currency,
            stocked=stocked,
        )
        found[row.key] = Why(entry.value) if isinstance(entry, CannotReverse) else entry
    return found


def names_of_reversed(rows: Sequence[Document]) -> frozenset[str]:
    """What was reversed of the orders of some documents already, as other transactions of QuickBooks name it.

    QuickBooks still has it, tied to what it settles; another undo, or the first half of this one, entered its opposite.
    """
    orders = {row.order_id for row in rows}
    undone = list(Document.objects.filter(order__in=orders, state=DocumentState.UNDONE).exclude(quickbooks_id=""))
    entries = reversals_of(undone)
    return frozenset(name_in_quickbooks(row.form, row.quickbooks_id) for row in undone if row.pk in entries)
