"""Tie out one period of one company: read what QuickBooks holds now, compare it record by record, keep the result."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from books.documents import KINDS, Invoice, JournalEntry, NewCustomer, RefundReceipt, SalesReceipt
from books.messages import all_worded
from books.money import ZERO
from books.movement import moved_by
from books.outcomes import Refused
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.collecting import seldom_collected
from companies.models import Company, CompanyKind
from mapping.account_chart import chart_of
from mapping.customer_lookup import MergedCustomers
from reconciliation.models import TieOut, TieOutLine, TieOutState, TieOutSum
from reconciliation.tie_out.account_rows import keep_accounts
from reconciliation.tie_out.accounts import AccountTotals
from reconciliation.tie_out.agreeing import Agreeing
from reconciliation.tie_out.comparing import (
    AS_IT_SHOULD_BE,
    DECIDED_BY_A_PERSON,
    Compared,
    Ours,
    Period,
    Reason,
    Row,
    Sum,
    Theirs,
    compare,
)
from reconciliation.tie_out.our_records import record_of, restores
from reconciliation.tie_out.progress import BrokenOff, claimed, fail, mine
from sync.models import Document
from sync.pushing.drift import Drifted, note_as_posted, note_drift
from sync.pushing.holdings import expected_holdings
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import QuickBooksOnline, open_destination
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.transactions import (
    IDS_AT_ONCE,
    READ_FORMS,
    HeldTransaction,
    NotReadError,
    between,
    forms_of_entity,
    read_form_of,
    with_ids,
)
from sync.reversed_documents import reversals_of
from sync.turn import never

logger = logging.getLogger(__name__)

DESKTOP = gettext_noop(
    "QuickBooks Desktop cannot be asked what it holds. Check an export file against its own reports instead."
)
_BROKEN = gettext_noop("The tie-out broke off because of a defect in Tieout; see its log for details.")
_AT_ONCE = 500
#: What is read of a document: not the columns that say nothing to a tie-out.
_COLUMNS = (
    *("kind", "form", "state", "number", "dated", "customer_name", "currency", "total", "pending", "quickbooks_id"),
    *("order__number", "source_hash", "frozen__body", "frozen__theirs"),
    *("change__operation", "change__body", "change__restores"),
    *("adoption__document", "adoption__quickbooks_id"),
)
#: What a transaction that no record of ours is about is for the business, by its form.
_KINDS = {
    SalesReceipt.kind: Invoice.kind,
    JournalEntry.kind: JournalEntry.kind,
    "credit-memo": "credit",
    RefundReceipt.kind: "refund",
}


class NotTiedOut(Exception):
    """A tie-out cannot begin; the message says why and what to do."""


def begin(company: Company, period: Period, *, by: User | None) -> TieOut:
    """A new tie-out of a period, to be carried out.

    Raises:
        NotTiedOut: The company's books cannot be read.
    """
    if company.kind == CompanyKind.DESKTOP:
        raise NotTiedOut(_(DESKTOP))
    if quickbooks_of(company) is None:
        raise NotTiedOut(_(NOT_CONNECTED))
    return TieOut.objects.create(company=company, first=period.first, last=period.last, by=by)


def carry_out(tie_out: TieOut, *, stops: Callable[[], bool] = never) -> TieOut:
    """Read, compare and keep; a failure is kept as that, and nothing half done is shown as a result.

    Safe to call again: it begins anew, and an earlier call that still works at it breaks off.

    Args:
        tie_out: One that has ended is returned as it is.
        stops: Whether the process is to end; asked after each page. What is left running then is to be begun again.
    """
    if claimed(tie_out):
        try:
            _carry_out(tie_out, stops)
        except BrokenOff:
            tie_out.refresh_from_db()
    return tie_out


def _carry_out(tie_out: TieOut, stops: Callable[[], bool]) -> None:
    company = tie_out.company
    try:
        connection = quickbooks_of(company)
        if connection is None:
            fail(tie_out, NOT_CONNECTED)
            return
        with open_destination(connection, for_person=tie_out.by_id is not None) as destination, seldom_collected():
            _Comparison(tie_out, destination, stops).carry_out()
    except BrokenOff:
        raise
    except NotReadError as problem:
        failure = problem.failure
        fail(
            tie_out,
            all_worded(problem.words for problem in failure.problems)
            if isinstance(failure, Refused)
            else failure.reason,
        )
    except AddressRefused as why:
        fail(tie_out, str(why))
    except Exception:
        logger.exception("tie-out %s of company %s failed", tie_out.pk, company.pk)
        fail(tie_out, _BROKEN)


@dataclass(kw_only=True)
class _Totals:
    """What the lines come to so far."""

    sums: dict[tuple[str, str, Reason], Sum] = field(default_factory=dict)
    read: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    accounts: AccountTotals = field(default_factory=AccountTotals)

    def add(self, kind: str, currency: str, line: Compared) -> None:
        """Count a line in."""
        for reason, part in line.parts:
            self.sums.setdefault((kind, currency, reason), Sum()).add(part)
        self.accounts.add(currency, line)

    def add_read(self, kind: str, theirs: Theirs) -> None:
        """Count in what QuickBooks holds in the period, whatever becomes of it in the lines."""
        key = (kind, theirs.holding.currency)
        self.read[key] = self.read.get(key, ZERO) + theirs.holding.total
        self.accounts.add_read(theirs.holding.currency, theirs.moves)


class _Comparison:
    """The comparison of one period. Keeps a page of a thousand transactions in memory, and the numbers of documents."""

    def __init__(self, tie_out: TieOut, destination: QuickBooksOnline, stops: Callable[[], bool]) -> None:
        self.tie_out = tie_out
        self.stops = stops
        self.company = tie_out.company
        self.period = Period(first=tie_out.first, last=tie_out.last)
        self.destination = destination
        self.merged = MergedCustomers(tie_out.company)
        self.chart = chart_of(tie_out.company)
        self.agreeing = Agreeing(tie_out.company, self.period, merged=self.merged, chart=self.chart)
        self.totals = _Totals()
        self.drifted: list[Drifted] = []
        self.as_posted: list[int] = []
        self.seen: set[int] = set()
        self.unknown: list[HeldTransaction] = []  # with our mark, and perhaps being written down by a sync
        self.requests = 0

    def carry_out(self) -> None:
        """First what QuickBooks has in the period, then what we have in it and was not met there."""
        for form in READ_FORMS:
            for page in between(self.destination, form, self.period.first, self.period.last):
                self.requests += 1
                self._keep(self._page(form, page))
        for form in sorted({theirs.form for theirs in self.unknown}):
            self._keep(self._page(form, [theirs for theirs in self.unknown if theirs.form == form], again=True))
        # Nearly all were met, and of those no more than their numbers is read again
        numbers = self._unmet().values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE)
        for unmet in chunks((number for number in numbers if number not in self.seen), _AT_ONCE):
            self._keep(self._rest(list(self._documents().filter(pk__in=unmet))))
        self._finish()

    def _page(self, form: str, page: Sequence[HeldTransaction], *, again: bool = False) -> Iterator[TieOutLine]:
        agreed = self.agreeing.among(form, page)
        others = [theirs.quickbooks_id for theirs in page if theirs.quickbooks_id not in agreed]
        rows = self._documents().filter(quickbooks_id__in=others, form__in=forms_of_entity(form))
        ours = {document.quickbooks_id: document for document in rows}
        facts = self._facts(ours.values())
        for theirs in page:
            if theirs.quickbooks_id in agreed:
                record = agreed[theirs.quickbooks_id]
                self.seen.add(record.document)
                self.totals.add_read(record.kind, record.theirs)
                self.totals.add(record.kind, record.currency, record.line)
                continue
            document = ours.get(theirs.quickbooks_id)
            if not (document or again) and theirs.marked and len(self.unknown) < _AT_ONCE:
                self.unknown.append(theirs)
                continue
            yield from self._line(document, facts.get(document.pk) if document else None, theirs)

    def _unmet(self) -> QuerySet[Document]:
        """What is dated in the period by what the source says, and was not met among QuickBooks' transactions of it."""
        return self._documents().filter(dated__range=(self.period.first, self.period.last), withdrawn=False)

    def _rest(self, unmet: Sequence[Document]) -> Iterator[TieOutLine]:
        """Lines of what was not met: never posted, deleted there, or there with another day."""
        facts, there = self._facts(unmet), self._elsewhere(unmet)
        for document in unmet:
            yield from self._line(document, facts[document.pk], there.get((document.form, document.quickbooks_id)))

    def _elsewhere(self, documents: Iterable[Document]) -> dict[tuple[str, str], HeldTransaction]:
        """What QuickBooks has of these documents, with whatever day; by form and id."""
        ids: dict[str, set[str]] = {}
        for document in documents:
            if document.quickbooks_id:
                ids.setdefault(document.form, set()).add(document.quickbooks_id)
        found = {}
        for form, wanted in ids.items():
            self.requests += -(-len(wanted) // IDS_AT_ONCE)
            for theirs in with_ids(self.destination, read_form_of(form), wanted):
                found[form, theirs.quickbooks_id] = theirs
        return found

    def _documents(self) -> QuerySet[Document]:
        rows = Document.objects.filter(company=self.company).exclude(kind=NewCustomer.kind)
        return rows.select_related("order", "frozen", "change", "adoption").only(*_COLUMNS).order_by("pk")

    def _facts(self, documents: Iterable[Document]) -> dict[int, Ours]:
        """What we know of documents, by their number; with one query for the ids that they need."""
        rows = list(documents)
        entries = reversals_of(rows)
        posted = expected_holdings(self.company, rows, self.destination, merged=self.merged)
        return {row.pk: record_of(row, posted.get(row.pk), self.chart, is_reversed=row.pk in entries) for row in rows}

    def _line(
        self, document: Document | None, ours: Ours | None, theirs: HeldTransaction | None
    ) -> Iterator[TieOutLine]:
        """The line of one record, where it does not match in everything."""
        if document:
            self.seen.add(document.pk)
        held = self._held(theirs) if theirs else None
        line = compare(ours, held, self.period)
        kind = document.kind if document else _KINDS.get(theirs.form, theirs.form) if theirs else ""
        if held and held.dated in self.period:
            self.totals.add_read(kind, held)
        if line is None:
            return
        currency = document.currency if document else theirs.holding.currency if theirs else ""
        self.totals.add(kind, currency, line)
        if document:
            self._note(document, line, theirs)
        if line.reason is Reason.MATCHES:
            return
        label, customer = (document.label, document.customer_name) if document else _called(theirs)
        yield TieOutLine(
            tie_out=self.tie_out,
            document=document,
            kind=kind,
            reason=line.reason.value,
            settled=line.settled.value if line.settled else "",
            dated=ours.dated if ours else held.dated if held else self.period.first,
            label=label[:300],
            customer_name=customer[:500],
            currency=currency,
            form=theirs.form if theirs else "",
            quickbooks_id=theirs.quickbooks_id if theirs else document.quickbooks_id if document else "",
            source=line.source,
            should=line.should,
            there=line.there,
            differences=[asdict(difference) for difference in line.differences],
            moved={account: str(amount) for account, amount in line.moved.amounts.items()},
        )

    def _held(self, theirs: HeldTransaction) -> Theirs:
        moves = moved_by(theirs.form, theirs.holding, self.chart)
        return Theirs(holding=theirs.holding, marked=theirs.marked, moves=moves)

    def _note(self, document: Document, line: Compared, theirs: HeldTransaction | None) -> None:
        """What a person has to decide about, or has put right."""
        if line.reason in DECIDED_BY_A_PERSON:
            holding = theirs.holding if theirs else None
            self.drifted.append(
                Drifted(
                    document_id=document.pk,
                    theirs=holding,
                    differences=line.differences,
                    quickbooks_id=document.quickbooks_id,
                    sync_token=theirs.sync_token if theirs else "",
                )
            )
        elif line.reason in AS_IT_SHOULD_BE and restores(document):
            self.as_posted.append(document.pk)

    def _keep(self, lines: Iterator[TieOutLine]) -> None:
        """Keep a page, and how far it has come, unless it is not to go on."""
        rows = list(lines)
        if self.stops():
            raise BrokenOff
        with transaction.atomic():
            self._go_on(worked_at=timezone.now(), requests=self.requests, records=len(self.seen))
            TieOutLine.objects.bulk_create(rows, batch_size=_AT_ONCE)
        note_drift(self.company, self.drifted)
        note_as_posted(self.company, self.as_posted)
        self.drifted.clear()
        self.as_posted.clear()

    def _go_on(self, **values: object) -> None:
        if not mine(self.tie_out).update(**values):
            raise BrokenOff

    def _finish(self) -> None:
        """Keep the sums and say that it is finished, both or neither."""
        tie_out, sums = self.tie_out, self.totals.sums
        tie_out.read = {f"{kind} {currency}": str(amount) for (kind, currency), amount in self.totals.read.items()}
        tie_out.requests = self.requests
        tie_out.records = sum(part.records for key, part in sums.items() if key[2] is not Reason.ENTERED_THERE)
        tie_out.matching = sum(part.records for key, part in sums.items() if key[2] is Reason.MATCHES)
        tie_out.kept = sum(part.records for key, part in sums.items() if key[2] is Reason.KEPT)
        tie_out.adopted = sum(part.records for key, part in sums.items() if key[2] is Reason.ADOPTED)
        tie_out.state, tie_out.finished_at = TieOutState.FINISHED, timezone.now()
        with transaction.atomic():
            self._go_on(worked_at=tie_out.finished_at)
            TieOutSum.objects.bulk_create(
                TieOutSum(
                    tie_out=tie_out,
                    kind=kind,
                    currency=currency,
                    reason=reason.value,
                    records=part.records,
                    changed_since=part.changed_since,
                    source=part.source,
                    should=part.should,
                    there=part.there,
                )
                for (kind, currency, reason), part in sums.items()
            )
            keep_accounts(tie_out, self.totals.accounts, self.chart)
            tie_out.save()


def _called(theirs: HeldTransaction | None) -> tuple[str, str]:
    """Number and customer of what is only in QuickBooks."""
    return (theirs.holding.number, str(theirs.holding.customer)) if theirs else ("", "")


def rows_of(tie_out: TieOut) -> list[Row]:
    """The rows of a finished tie-out, as its sums were kept."""
    sums: dict[tuple[str, str], dict[Reason, Sum]] = {}
    for row in tie_out.sums.order_by("pk"):
        sums.setdefault((row.kind, row.currency), {})[Reason(row.reason)] = Sum(
            records=row.records,
            changed_since=row.changed_since,
            source=row.source,
            should=row.should,
            there=row.there,
        )
    read = {(kind, currency): Decimal(text) for (kind, _, currency), text in _split(tie_out.read)}
    return [
        Row(kind=kind, currency=currency, sums=sums.get((kind, currency), {}), read=read.get((kind, currency), ZERO))
        for kind, currency in sorted({*sums, *read}, key=_by_kind)
    ]


def _split(read: Mapping[str, str]) -> Iterator[tuple[tuple[str, str, str], str]]:
    for name, text in read.items():
        yield name.rpartition(" "), text


def _by_kind(key: tuple[str, str]) -> tuple[int, str, str]:
    kind, currency = key
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS), kind, currency
