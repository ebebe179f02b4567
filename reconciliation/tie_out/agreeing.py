"""Which of the transactions that QuickBooks holds agree with their records in everything? Nearly all do.

Read without making the records of rows: columns and the stored body. The rule is that of every line,
`comparing.compare`; whatever it finds to be otherwise, and whatever a person or a change has to do with, is left to be
compared with everything at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from books.documents import REVERSAL, CreditApplication, NewCustomer
from books.money import ZERO
from books.movement import AccountChart, moved_by
from books.serialization import Body
from companies.models import Company
from mapping.customer_lookup import MergedCustomers
from reconciliation.tie_out.comparing import Compared, Ours, Period, Reason, RecordStage, Theirs, compare
from sync.models import Document, DocumentState
from sync.pushing.holdings import of_the_one_left
from sync.pushing.needs import ids_by_key
from sync.quickbooks_online.stored_bodies import expected, needed_by
from sync.quickbooks_online.transactions import HeldTransaction, forms_of_entity


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A record that QuickBooks holds as it was posted."""

    document: int
    kind: str
    currency: str
    theirs: Theirs
    line: Compared


class _Row(NamedTuple):
    """A document, as far as it is needed to see that it agrees; in the order in which columns are asked for."""

    pk: int
    quickbooks_id: str
    kind: str
    state: str
    pending: str
    dated: date
    currency: str
    body: Body | None
    accepted: Body | None
    changed: int | None
    adopted: int | None

    @property
    def is_as_posted(self) -> bool:
        """Whether it was posted and nothing has been decided of it or waits to be done to it since."""
        others = self.pending or self.accepted or self.changed or self.adopted or self.kind == REVERSAL
        return self.state == DocumentState.POSTED and bool(self.body) and not others


_COLUMNS = (
    *("pk", "quickbooks_id", "kind", "state", "pending", "dated", "currency"),
    *("frozen__body", "frozen__theirs", "change__document", "adoption__document"),
)


class Agreeing:
    """Asked page by page of one tie-out; two queries a page."""

    def __init__(self, company: Company, period: Period, *, merged: MergedCustomers, chart: AccountChart) -> None:
        """Nothing is asked yet."""
        self.company = company
        self.period = period
        self.merged = merged
        self.chart = chart

    def among(self, form: str, page: Sequence[HeldTransaction]) -> dict[str, Agreed]:
        """Those of a page that agree, by QuickBooks' id.

        Args:
            form: Under which the page was read.
            page: Of one entity.
        """
        rows = {row.quickbooks_id: row for row in self._rows(form, [theirs.quickbooks_id for theirs in page])}
        bodies = {row.quickbooks_id: row.body for row in rows.values() if row.is_as_posted and row.body}
        needed = {key for body in bodies.values() for key in needed_by(body)}
        ids = dict.fromkeys(needed, "") | ids_by_key(self.company, needed)
        return {
            theirs.quickbooks_id: agreed
            for theirs in page
            if theirs.quickbooks_id in bodies
            for agreed in self._agreed(rows[theirs.quickbooks_id], bodies[theirs.quickbooks_id], theirs, ids)
        }

    def _rows(self, form: str, ids: Sequence[str]) -> Iterator[_Row]:
        """The last one of an id is its record, as for all lines."""
        rows = Document.objects.filter(company=self.company, quickbooks_id__in=ids, form__in=forms_of_entity(form))
        rows = rows.exclude(kind=NewCustomer.kind).order_by("pk")
        return map(_Row._make, rows.values_list(*_COLUMNS))

    def _agreed(self, row: _Row, body: Body, theirs: HeldTransaction, ids: Mapping[str, str]) -> Iterator[Agreed]:
        """It, where it agrees."""
        posted = expected(body, ids=ids)
        ours = Ours(
            stage=RecordStage.POSTED,
            dated=row.dated,
            total=ZERO if row.kind == CreditApplication.kind else posted.holding.total,
            posted=of_the_one_left(posted.holding, self.merged),
            moves=posted.moves,
        )
        held = Theirs(
            holding=theirs.holding,
            marked=theirs.marked,
            moves=moved_by(theirs.form, theirs.holding, self.chart),
        )
        line = compare(ours, held, self.period)
        if line and line.reason is Reason.MATCHES:
            yield Agreed(document=row.pk, kind=row.kind, currency=row.currency, theirs=held, line=line)
