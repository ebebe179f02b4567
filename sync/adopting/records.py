"""What do we know of both sides: records of the source that were never sent, and transactions that we did not post?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from books.contact_details import emails
from books.documents import CreditApplication, CreditMemo, Invoice, NewCustomer, Payment, RefundReceipt, SalesReceipt
from books.documents import Document as DocumentValue
from companies.models import Company
from mapping.customer_lookup import MergedCustomers
from mapping.models import QuickBooksCustomer
from sync.adopting.matching import WINDOW, BooksRecord, SourceRecord, bare_number
from sync.models import UNSENT_STATES, Document, OrderVersion, RuledOut
from sync.quickbooks_online.transactions import HeldTransaction, forms_of_entity

#: The forms that can be adopted, in the order in which they are: what pays an invoice comes after it.
ADOPTED_FORMS = (Invoice.kind, SalesReceipt.kind, CreditMemo.kind, RefundReceipt.kind, Payment.kind)
#: The form that a blocked record would take.
_FORMS: Mapping[str, str] = {
    Invoice.kind: Invoice.kind,
    SalesReceipt.kind: SalesReceipt.kind,
    Payment.kind: Payment.kind,
    "credit": CreditMemo.kind,
    "refund": RefundReceipt.kind,
}


def form_of(document: Document) -> str:
    """The form that a record takes in QuickBooks, or would take were it not blocked; empty where that is open."""
    return document.form or _FORMS.get(document.kind, "")


def not_posted(company: Company) -> QuerySet[Document]:
    """Records that QuickBooks was never sent: ready, blocked or rejected."""
    rows = Document.objects.filter(company=company, state__in=UNSENT_STATES, withdrawn=False, quickbooks_id="")
    rows = rows.exclude(kind__in=(NewCustomer.kind, CreditApplication.kind))
    return rows.select_related("order", "frozen", "depends_on").order_by("pk")


def alike_in_figures(company: Company, page: Iterable[HeldTransaction], first: date, last: date) -> QuerySet[Document]:
    """Those that have a number or a total of these transactions, dated in the period or near it."""
    numbers, totals = set(), set()
    for theirs in page:
        numbers |= {theirs.holding.number, bare_number(theirs.holding.number)}
        totals.add(theirs.holding.total)
    rows = not_posted(company).filter(dated__range=(first - WINDOW, last + WINDOW))
    return rows.filter(Q(number__in=numbers - {""}) | Q(total__in=totals))


def payments_of(company: Company, invoices: Iterable[int], paid: Iterable[str]) -> QuerySet[Document]:
    """Payments of these invoices, or of those that have one of these QuickBooks ids; never sent."""
    its_own = Q(depends_on__in=list(invoices)) | Q(depends_on__quickbooks_id__in=list(paid))
    return not_posted(company).filter(its_own, kind=Payment.kind)


def not_ours(company: Company, page: Sequence[HeldTransaction]) -> list[HeldTransaction]:
    """Those of a page that bear no mark of ours, and that no record of ours is."""
    unmarked = [theirs for theirs in page if not theirs.marked and not theirs.holding.is_void]
    if not unmarked:
        return []
    rows = Document.objects.filter(
        company=company,
        quickbooks_id__in=[theirs.quickbooks_id for theirs in unmarked],
        form__in=forms_of_entity(unmarked[0].form),
    )
    known = set(rows.values_list("quickbooks_id", flat=True))
    return [theirs for theirs in unmarked if theirs.quickbooks_id not in known]


def source_records(company: Company, documents: Iterable[Document]) -> list[SourceRecord]:
    """Records as they are compared, in a fixed number of queries; those whose form is open are left out."""
    rows = [document for document in documents if form_of(document) in ADOPTED_FORMS]
    merged = MergedCustomers(company)
    versions = OrderVersion.objects.filter(order__in={row.order_id for row in rows}, version=F("order__version"))
    mailed = {version.order_id: version.read().customer.email for version in versions.defer("payload")}
    ruled_out: dict[int, set[str]] = defaultdict(set)
    said = RuledOut.objects.filter(document__in=rows)
    for document, identifier in said.values_list("document", "quickbooks_id"):
        ruled_out[document].add(identifier)
    return [
        _record(row, merged, email=mailed.get(row.order_id, ""), ruled_out=frozenset(ruled_out[row.pk])) for row in rows
    ]


def _record(row: Document, merged: MergedCustomers, *, email: str, ruled_out: frozenset[str]) -> SourceRecord:
    value = row.value() if hasattr(row, "frozen") else None
    invoice = row.depends_on if row.kind == Payment.kind else None
    if invoice is not None and invoice.kind == NewCustomer.kind:
        invoice = None
    return SourceRecord(
        key=row.pk,
        form=form_of(row),
        number=row.number,
        dated=row.dated,
        total=row.total,
        currency=row.currency,
        customer_id=merged.last(value.customer.quickbooks_id) if value and value.customer.quickbooks_id else "",
        customer_name=row.customer_name,
        emails=frozenset(emails(email)),
        amounts=_amounts(value),
        invoice=invoice.pk if invoice else None,
        invoice_id=invoice.quickbooks_id if invoice else "",
        ruled_out=ruled_out,
    )


def _amounts(value: DocumentValue | None) -> tuple[Decimal, ...]:
    if not isinstance(value, Invoice | SalesReceipt | CreditMemo | RefundReceipt):
        return ()
    discount, _ = value.over_all
    lines = [line.amount for line in value.lines if line.amount]
    return tuple([*lines, discount.amount] if discount and discount.amount else lines)


def books_records(company: Company, page: Iterable[HeldTransaction]) -> list[BooksRecord]:
    """Transactions as they are compared, in a fixed number of queries."""
    rows = list(page)
    addresses = _emails(company, {row.holding.customer.identifier for row in rows} - {""})
    return [
        BooksRecord(
            form=row.form,
            quickbooks_id=row.quickbooks_id,
            holding=row.holding,
            emails=frozenset(addresses.get(row.holding.customer.identifier, ())),
        )
        for row in rows
    ]


def _emails(company: Company, customers: Iterable[str]) -> dict[str, set[str]]:
    """By QuickBooks id, the addresses of each customer."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=list(customers))
    for identifier, text in rows.values_list("quickbooks_id", "email"):
        found[identifier] |= set(emails(text))
    return found
