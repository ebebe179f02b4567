"""How does a transaction that QuickBooks has already become a document of ours? Nothing is written to QuickBooks.

It is read again first, and adopted only as the person saw it. The document is locked as the pusher locks it, so that
the two never both have it; from then on it counts as posted, and is never sent.

Source:
    docs/decisions/0071-adopt-what-is-there.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from books.documents import CreditApplication, Invoice, NewCustomer, Payment
from books.money import money_text
from books.posted_document import Holding, posted_differences, same_links, unlike
from books.serialization import document_body, fingerprint, holding_body
from books.translation import gettext_noop
from companies.models import Company, take_turns
from mapping.customer_lookup import MergedCustomers
from mapping.models import QuickBooksCustomer
from sync.adopting.bodies import NothingToSay, adopted_value
from sync.adopting.matching import Ground
from sync.adopting.records import ADOPTED_FORMS, form_of
from sync.adopting.words import in_words
from sync.history import record
from sync.models import (
    UNSENT_STATES,
    Adoption,
    Document,
    DocumentBody,
    DocumentState,
    Push,
    PushState,
    StagedOrder,
)
from sync.preparing.prepare import prepare_orders
from sync.pushing.claims import request_id
from sync.pushing.needs import ids_of
from sync.pushing.outcomes import close, locked, prepare_later
from sync.quickbooks_online.destination import QuickBooksOnline
from sync.quickbooks_online.transactions import HeldTransaction, forms_of_entity, with_ids
from sync.signals import problems_changed

_SENT = gettext_noop("It was sent, or decided otherwise, in the meantime. Nothing was adopted.")
_GONE = gettext_noop("QuickBooks no longer has it: it was deleted or voided. Nothing was adopted.")
_CHANGED = gettext_noop("It was changed in QuickBooks since it was read. Read again, and look at it as it is now.")
_TAKEN = gettext_noop("Another record of yours is that transaction already. Nothing was adopted.")
_OTHER_FORM = gettext_noop("QuickBooks has it in another form, so its record cannot follow it. Nothing was adopted.")
_INVOICE_FIRST = gettext_noop("Its invoice is not in QuickBooks yet as far as Tieout knows. Adopt the invoice first.")
_OTHER_INVOICE = gettext_noop("In QuickBooks it is applied to something other than its invoice. Nothing was adopted.")
_NOTHING_TO_SAY = gettext_noop(
    "It is blocked, and what QuickBooks has on it is not in your lists. Resolve its issue or refresh the lists first."
)
_NO_CUSTOMER = gettext_noop(
    "Its customer in QuickBooks is inactive, or is not in your lists yet. Refresh the lists, or make the customer "
    "active."
)
_CURRENCY = gettext_noop("It is in another currency in QuickBooks. Nothing was adopted.")


@dataclass(frozen=True, kw_only=True)
class WantedAdoption:
    """A record and the transaction that it is by a person's word, as that person saw it."""

    document: int
    form: str
    quickbooks_id: str
    #: None where the person saw only its words.
    seen: Holding | None = None
    #: Number, date, customer and total, as `sync.quickbooks_online.look_up.lookalike_of` says them.
    words: str = ""
    grounds: tuple[Ground, ...] = ()


@dataclass(kw_only=True)
class AdoptedRecords:
    """What came of adopting some records."""

    done: list[Document] = field(default_factory=list)
    #: The others, each with the reason.
    left: list[tuple[Document, str]] = field(default_factory=list)


class CannotAdopt(Exception):
    """A record cannot be adopted; the message says why."""


def adopt(
    company: Company, wanted: Sequence[WantedAdoption], destination: QuickBooksOnline, *, by: User | None
) -> AdoptedRecords:
    """Adopt records, each in a transaction of its own; sales before what pays them.

    Args:
        company: Whose records.
        wanted: Each document once.
        destination: Of the company; read once for 200 of a form.
        by: The person who said so.

    Raises:
        NotReadError: QuickBooks could not be read; what was adopted before that stays adopted.
    """
    result = AdoptedRecords()
    for form in ADOPTED_FORMS:
        of_form = [pair for pair in wanted if pair.form == form]
        if not of_form:
            continue
        now = {
            theirs.quickbooks_id: theirs for theirs in with_ids(destination, form, {w.quickbooks_id for w in of_form})
        }
        if form == Payment.kind:  # their invoices may have been adopted just now
            _prepare(company, result.done, by=by)
        for pair in of_form:
            _try(company, pair, now.get(pair.quickbooks_id), destination, result, by=by)
    _prepare(company, result.done, by=by)
    problems_changed.send(sender=Document, company=company)
    return result


def _try(
    company: Company,
    pair: WantedAdoption,
    theirs: HeldTransaction | None,
    destination: QuickBooksOnline,
    result: AdoptedRecords,
    *,
    by: User | None,
) -> None:
    try:
        result.done.append(_adopt_one(company, pair, theirs, destination, by=by))
    except CannotAdopt as why:
        document = Document.objects.select_related("order").get(company=company, pk=pair.document)
        result.left.append((document, str(why)))


def _prepare(company: Company, documents: Iterable[Document], *, by: User | None) -> None:
    """What else their orders come to follows from what QuickBooks has."""
    orders = StagedOrder.objects.filter(pk__in={document.order_id for document in documents}, prepared_version=0)
    prepare_orders(company, orders, by=by)


def _adopt_one(
    company: Company,
    pair: WantedAdoption,
    theirs: HeldTransaction | None,
    destination: QuickBooksOnline,
    *,
    by: User | None,
) -> Document:
    if theirs is None or theirs.holding.is_void:
        raise CannotAdopt(_GONE)
    if not _is_as_seen(pair, theirs.holding):
        raise CannotAdopt(_CHANGED)
    with transaction.atomic():
        take_turns(company)
        row = locked(pair.document)
        _take_back(row)
        _check(row, theirs)
        _write(row, theirs, destination, pair.grounds, by=by)
    return row


def _is_as_seen(pair: WantedAdoption, now: Holding) -> bool:
    """Whether QuickBooks has what the person saw."""
    if pair.seen is None:
        amount = money_text(now.total, now.currency).strip()
        return pair.words == " · ".join(filter(None, (now.number, now.dated, now.customer.name, amount)))
    return not unlike(pair.seen, now) and not unlike(now, pair.seen) and same_links(pair.seen, now)


def _take_back(row: Document) -> None:
    """What was only looked for, and never sent, is as it was before."""
    asked = Push.objects.filter(document=row, state=PushState.OPEN, first_sent_at=None, looks_first=True).first()
    if asked is not None and not row.quickbooks_id:
        close(asked, PushState.ABANDONED)
        row.state = DocumentState.READY


def _check(row: Document, theirs: HeldTransaction) -> None:
    """Refuse what may not be adopted, with the document locked."""
    if row.state not in UNSENT_STATES or row.quickbooks_id or row.withdrawn:
        raise CannotAdopt(_SENT)
    if Push.objects.filter(document=row, state=PushState.OPEN).exists():
        raise CannotAdopt(_SENT)
    if form_of(row) != theirs.form:
        raise CannotAdopt(_OTHER_FORM)
    if theirs.holding.currency and theirs.holding.currency != row.currency:
        raise CannotAdopt(_CURRENCY)
    same = Document.objects.filter(
        company=row.company_id, quickbooks_id=theirs.quickbooks_id, form__in=forms_of_entity(theirs.form)
    )
    if same.exists():
        raise CannotAdopt(_TAKEN)
    if not _is_active_customer(row.company, theirs.holding.customer.identifier):
        raise CannotAdopt(_NO_CUSTOMER)
    if row.kind == Payment.kind:
        _check_payment(row, theirs.holding)


def _is_active_customer(company: Company, identifier: str) -> bool:
    """Whether what else the order comes to can be entered for the same customer."""
    rows = QuickBooksCustomer.objects.filter(company=company, active=True)
    return rows.filter(quickbooks_id=MergedCustomers(company).last(identifier)).exists()


def _check_payment(row: Document, theirs: Holding) -> None:
    """A payment in QuickBooks is applied to the invoice that its own invoice is, or to nothing."""
    invoice = row.depends_on
    if invoice is None or invoice.form != Invoice.kind or not invoice.quickbooks_id:
        raise CannotAdopt(_INVOICE_FIRST)
    if {link.document for link in theirs.links} - {f"Invoice {invoice.quickbooks_id}"}:
        raise CannotAdopt(_OTHER_INVOICE)


def _write(
    row: Document, theirs: HeldTransaction, destination: QuickBooksOnline, grounds: Sequence[Ground], *, by: User | None
) -> None:
    holding = theirs.holding
    try:
        value = adopted_value(row, theirs.form, holding)
    except NothingToSay:
        raise CannotAdopt(_NOTHING_TO_SAY) from None
    ids: Mapping[str, str] = dict.fromkeys(value.needs, "") | ids_of(row.company, [value])
    is_same = not posted_differences(destination.posted(value, ids=ids), holding)
    body, kept = document_body(value), None if is_same else holding_body(holding)
    DocumentBody.objects.update_or_create(document=row, defaults={"body": body, "theirs": kept})
    if Push.objects.filter(document=row, generation=row.generation).exists():
        row.generation += 1
    row.form, row.body_hash = theirs.form, fingerprint(body)
    row.quickbooks_id, row.sync_token = theirs.quickbooks_id, theirs.sync_token
    row.customer_name = holding.customer.name or row.customer_name
    row.total = row.total if is_same else holding.total
    row.state, row.pending, row.posted_at = DocumentState.POSTED, "", timezone.now()
    if row.depends_on and row.depends_on.kind == NewCustomer.kind:
        row.depends_on = None
    row.save()
    row.problems.all().delete()
    # One that was deleted in QuickBooks since is over
    Adoption.objects.filter(document=row).delete()
    Adoption.objects.create(
        company_id=row.company_id,
        document=row,
        quickbooks_id=theirs.quickbooks_id,
        seen=holding_body(holding),
        grounds=[ground.value for ground in grounds],
        by=by,
    )
    _settle(row, by=by)
    prepare_later(row.dependants.exclude(kind=CreditApplication.kind))
    StagedOrder.objects.filter(pk=row.order_id).update(prepared_version=0)
    record(
        row.order, "adopted-as-found", by=by, document=str(row), quickbooks_id=row.quickbooks_id, said=in_words(grounds)
    )


def _settle(row: Document, *, by: User | None) -> None:
    """The push of what was never sent: it is there already."""
    now = timezone.now()
    Push.objects.create(
        company_id=row.company_id,
        document=row,
        generation=row.generation,
        version=row.version,
        request_id=request_id(row),
        state=PushState.ADOPTED,
        body=b"",
        body_hash="",
        created_at=now,
        told_id=row.quickbooks_id,
        settled_at=now,
        asked_by=by,
    )
