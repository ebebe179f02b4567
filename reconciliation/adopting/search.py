"""Look through QuickBooks for a period's sales that were entered there already; the result is kept, nothing is adopted.

Memory holds a page of a thousand transactions, and the pairs that were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.documents import Payment
from books.serialization import holding_body
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from reconciliation.looks import begin_look, carry_out_look, still_runs
from reconciliation.models import AdoptionCandidate, AdoptionSearch, TieOutState
from reconciliation.tie_out.comparing import Period
from sync.adopting.matching import MatchedPair, SourceRecord, certain_pairs, free_of, pairs, ranked
from sync.adopting.records import (
    ADOPTED_FORMS,
    alike_in_figures,
    books_records,
    not_ours,
    payments_of,
    source_records,
)
from sync.models import Document
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import HeldTransaction, between

DESKTOP = gettext_noop("QuickBooks Desktop cannot be asked what it has already.")
_BROKEN = gettext_noop("The search broke off because of a defect in Tieout; see its log for details.")
_STOPPED = gettext_noop("The search broke off when the server stopped. Start it again.")
_AT_ONCE = 500


def begin_search(company: Company, period: Period, *, by: User | None) -> AdoptionSearch:
    """A new search of a period; what an earlier one left running has broken off.

    Raises:
        LookNotBegun: The company's books cannot be read.
    """
    return begin_look(AdoptionSearch, company, period, desktop=DESKTOP, broke_off=_STOPPED, by=by)


def carry_out_search(search: AdoptionSearch) -> AdoptionSearch:
    """Read, compare and keep."""
    return carry_out_look(search, lambda destination: _Search(search, destination).carry_out(), broken=_BROKEN)


class _Search:
    """The search of one period."""

    def __init__(self, search: AdoptionSearch, destination: QuickBooksOnline) -> None:
        self.search = search
        self.company = search.company
        self.destination = destination
        self.found: list[MatchedPair] = []
        #: By record, the QuickBooks id of the invoice that it is for certain, or most likely.
        self.invoices: dict[int, str] = {}
        self.certain: list[MatchedPair] = []

    def carry_out(self) -> None:
        """Sales, credits and refunds first: which invoice a payment is applied to says what it is."""
        for form in ADOPTED_FORMS:
            if form == Payment.kind:
                self.certain = certain_pairs(self.found)
                self._learn_invoices()
            found_before = len(self.found)
            for page in between(self.destination, form, self.search.first, self.search.last):
                self.search.requests += 1
                self.search.save(update_fields=["requests"])
                self.found += self._page(form, not_ours(self.company, page))
            if form == Payment.kind:
                self.certain += self._certain_payments(self.found[found_before:])
        self._keep()

    def _page(self, form: str, page: Sequence[HeldTransaction]) -> list[MatchedPair]:
        self.search.transactions += len(page)
        if not page:
            return []
        documents = {row.pk: row for row in alike_in_figures(self.company, page, self.search.first, self.search.last)}
        theirs = books_records(self.company, page)
        if form == Payment.kind:
            paid = frozenset().union(*(record.pays for record in theirs))
            invoices = [record for record, identifier in self.invoices.items() if identifier in paid]
            documents |= {row.pk: row for row in payments_of(self.company, invoices, paid)}
        ours = [self._with_invoice(record) for record in source_records(self.company, documents.values())]
        return pairs((record for record in ours if (record.form == Payment.kind) == (form == Payment.kind)), theirs)

    def _with_invoice(self, record: SourceRecord) -> SourceRecord:
        if record.invoice_id or record.invoice not in self.invoices:
            return record
        return replace(record, invoice_id=self.invoices[record.invoice])

    def _learn_invoices(self) -> None:
        self.invoices = {key: ranking[0].theirs.quickbooks_id for key, ranking in ranked(self.found).items()}
        self.invoices |= {pair.ours.key: pair.theirs.quickbooks_id for pair in self.certain}

    def _certain_payments(self, found: Sequence[MatchedPair]) -> list[MatchedPair]:
        """Only where the invoice is ours already, or certainly the same."""
        invoices = {pair.ours.key for pair in self.certain}
        posted = set(
            Document.objects.filter(pk__in={pair.ours.invoice for pair in found if pair.ours.invoice})
            .exclude(quickbooks_id="")
            .values_list("pk", flat=True)
        )
        return [pair for pair in certain_pairs(found) if pair.ours.invoice in invoices | posted]

    def _keep(self) -> None:
        """Keep the candidates and say that it is finished, both or neither."""
        search, certain = self.search, {pair.ours.key: pair for pair in self.certain}
        others = ranked(free_of((pair for pair in self.found if pair.ours.key not in certain), self.certain))
        with transaction.atomic():
            if not still_runs(search):
                return
            search.state, search.finished_at = TieOutState.FINISHED, timezone.now()
            for kept in chunks([(pair, 1, True) for pair in self.certain], _AT_ONCE):
                self._keep_rows(kept)
            rows = [(pair, rank, False) for ranking in others.values() for rank, pair in enumerate(ranking, start=1)]
            for kept in chunks(rows, _AT_ONCE):
                self._keep_rows(kept)
            search.save()

    def _keep_rows(self, rows: Iterable[tuple[MatchedPair, int, bool]]) -> None:
        AdoptionCandidate.objects.bulk_create(
            AdoptionCandidate(
                search=self.search,
                document_id=pair.ours.key,
                rank=rank,
                certain=certain,
                form=pair.theirs.form,
                quickbooks_id=pair.theirs.quickbooks_id,
                holding=holding_body(pair.theirs.holding),
                grounds=[ground.value for ground in pair.grounds],
            )
            for pair, rank, certain in rows
        )
