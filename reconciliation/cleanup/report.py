"""Look through QuickBooks for what is wrong in a period; the cases are kept, and nothing is changed, here or there.

Memory holds the transactions of a month and of the month before it that are alike in customer and total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.documents import Invoice, NewCustomer, Payment, SalesReceipt
from books.money import ZERO
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.account_chart import chart_of
from mapping.matching.customer_candidates import Candidates, Person
from mapping.models import QuickBooksCustomer
from reconciliation.cleanup.finding import (
    BooksCustomer,
    BooksEntry,
    CleanupCase,
    customers_twice,
    entered_twice,
    open_cases,
)
from reconciliation.cleanup_models import CleanupFinding, CleanupReport
from reconciliation.look_models import TieOutState
from reconciliation.looks import begin_look, carry_out_look, still_runs
from reconciliation.tie_out.comparing import Period
from sync.adopting.records import ADOPTED_FORMS, not_ours
from sync.models import Document
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import HeldTransaction, between

#: Money that is in Undeposited Funds for longer should have been deposited, where a person does not say otherwise.
DAYS = 14
DESKTOP = gettext_noop("QuickBooks Desktop cannot be asked what it holds.")
_BROKEN = gettext_noop("The report broke off because of a defect in Tieout; see its log for details.")
_STOPPED = gettext_noop("The report broke off when the server stopped. Start it again.")
_AT_ONCE = 500
_SALES = (Invoice.kind, SalesReceipt.kind)
_MONEY_ARRIVES = (Payment.kind, SalesReceipt.kind)


def begin_report(company: Company, period: Period, *, by: User | None, days: int = DAYS) -> CleanupReport:
    """A new report on a period; what an earlier one left running has broken off.

    Raises:
        LookNotBegun: The company's books cannot be read.
    """
    return begin_look(CleanupReport, company, period, desktop=DESKTOP, broke_off=_STOPPED, days=days, by=by)


def carry_out_report(report: CleanupReport) -> CleanupReport:
    """Read, look through and keep; of one that failed no case is kept."""
    carry_out_look(report, lambda destination: _Looking(report, destination).carry_out(), broken=_BROKEN)
    if report.state == TieOutState.FAILED:
        report.findings.all().delete()
    return report


class _Looking:
    """The look through one period."""

    def __init__(self, report: CleanupReport, destination: QuickBooksOnline) -> None:
        self.report = report
        self.company = report.company
        self.destination = destination
        self.undeposited = chart_of(report.company).undeposited
        today = timezone.localdate(timezone=report.company.zone)
        self.undeposited_until = today - timedelta(days=report.days)
        #: By customer's id, what they were sold.
        self.sold: dict[str, Decimal] = defaultdict(lambda: ZERO)

    def carry_out(self) -> None:
        """Month by month; what was sold to whom is then told to the customers."""
        self.report.requests = self.report.transactions = 0
        self.report.findings.all().delete()  # of a worker that died over it
        waiting: tuple[BooksEntry, ...] = ()
        for first, last in _months(self.report.first, self.report.last):
            entries = [*waiting]
            for form in ADOPTED_FORMS:
                for page in between(self.destination, form, first, last):
                    of_page = self._page(form, page)
                    self._keep(open_cases(of_page, undeposited_until=self.undeposited_until))
                    entries += of_page
            twice = entered_twice(entries, read_through=None if last == self.report.last else last)
            self._keep(twice.cases)
            waiting = twice.waiting
        customers = list(self._customers())
        with transaction.atomic():
            if not still_runs(self.report):
                return
            self._keep(customers)
            self.report.state, self.report.finished_at = TieOutState.FINISHED, timezone.now()
            self.report.save()

    def _page(self, form: str, page: Sequence[HeldTransaction]) -> list[BooksEntry]:
        self.report.requests += 1
        self.report.transactions += len(page)
        self.report.save(update_fields=["requests", "transactions"])
        others = {theirs.quickbooks_id for theirs in not_ours(self.company, page)}
        entries = [self._entry(theirs, others) for theirs in page if not theirs.holding.is_void]
        if form in _SALES:
            for entry in entries:
                self.sold[entry.customer_id] += entry.total
        return entries

    def _entry(self, theirs: HeldTransaction, others: set[str]) -> BooksEntry:
        held = theirs.holding
        waits = held.account.identifier in ("", self.undeposited) and theirs.form in _MONEY_ARRIVES
        return BooksEntry(
            form=theirs.form,
            quickbooks_id=theirs.quickbooks_id,
            number=held.number,
            dated=date.fromisoformat(held.dated),
            customer_id=held.customer.identifier,
            customer_name=held.customer.name,
            total=held.total,
            currency=held.currency or self.company.home_currency,
            is_ours=theirs.quickbooks_id not in others,
            unused=theirs.unused,
            is_undeposited=waits and not any(name.startswith("Deposit ") for name in theirs.linked),
            applied_to=frozenset(link.document for link in held.links),
        )

    def _customers(self) -> Iterator[CleanupCase]:
        """Every customer of the period held against all that are active."""
        sent = Document.objects.filter(company=self.company, kind=NewCustomer.kind).exclude(quickbooks_id="")
        ours = set(sent.values_list("quickbooks_id", flat=True))
        rows = QuickBooksCustomer.objects.filter(company=self.company, active=True).order_by("pk")
        columns = ("quickbooks_id", "display_name", "company_name", "email", "phone_compared", "currency")
        customers = {
            key: BooksCustomer(
                person=Person(key=key, name=name, company=company, email=email, phone=phone),
                currency=currency or self.company.home_currency,
                sold=self.sold.get(key, ZERO),
                is_ours=key in ours,
            )
            for key, name, company, email, phone, currency in rows.values_list(*columns).iterator(chunk_size=2000)
        }
        return customers_twice(Candidates(customer.person for customer in customers.values()), customers)

    def _keep(self, cases: Iterable[CleanupCase]) -> None:
        for rows in chunks(cases, _AT_ONCE):
            CleanupFinding.objects.bulk_create(finding_of(self.report, case) for case in rows)


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """A period in parts, none longer than a month."""
    while first <= last:
        after = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(after - timedelta(days=1), last)
        first = after


def finding_of(report: CleanupReport, case: CleanupCase) -> CleanupFinding:
    """A case as it is kept."""
    records: list[dict[str, object]] = [
        {
            "form": entry.form,
            "id": entry.quickbooks_id,
            "number": entry.number,
            "dated": entry.dated.isoformat(),
            "name": entry.customer_name,
            "amount": str(entry.total),
            "ours": entry.is_ours,
        }
        for entry in case.entries
    ]
    records += [
        {
            "form": NewCustomer.kind,
            "id": customer.person.key,
            "number": "",
            "dated": "",
            "name": customer.person.name,
            "amount": str(customer.sold),
            "ours": customer.is_ours,
        }
        for customer in case.customers
    ]
    return CleanupFinding(
        report=report,
        kind=case.kind.value,
        records=records,
        reasons=list(case.reasons),
        amount=case.amount,
        currency=case.currency,
    )
