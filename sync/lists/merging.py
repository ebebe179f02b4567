"""Whom did a bookkeeper merge into whom? QuickBooks does not say so in its lists; the documents that we posted do.

A customer that was merged away becomes inactive, and everything that was theirs bears the other one from then on. So
each customer who became inactive and has documents of ours is asked after once: whom do those documents bear now?
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from books.contact_details import emails
from books.outcomes import TryLater, Unknown
from books.translation import gettext_noop
from companies.bulk_sql import chunks
from companies.models import Company
from mapping.customer_lookup import MergedCustomers, has_any
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerEmail
from sync.models import Document, DocumentState, StagedOrder
from sync.pushing.destination import ReadBack
from sync.quickbooks_online.destination import QuickBooksOnline

_AT_ONCE = 200
#: So many documents of a customer have to agree; one alone may have been moved to another customer by hand.
_ASKED = 3
_THERE = (DocumentState.POSTED, DocumentState.DIFFERS)

#: Who was merged into whom, by name.
Merges = list[tuple[QuickBooksCustomer, QuickBooksCustomer]]


def follow_merges(company: Company, destination: QuickBooksOnline) -> Merges:
    """Find out about each customer who became inactive, and remember whom they were merged into.

    What was linked to a customer that is merged away is linked to the other one from then on. Where QuickBooks cannot
    answer, the rest is asked by the next reading of the lists.

    Args:
        company: Whose customers, just read.
        destination: Its QuickBooks.

    Returns:
        Who was merged into whom.
    """
    rows = QuickBooksCustomer.objects.filter(company=company)
    rows.filter(active=True).exclude(merged_into="", merge_checked=False).update(merged_into="", merge_checked=False)
    merges: Merges = []
    unchecked = list(rows.filter(active=False, merge_checked=False).order_by("pk"))
    for customers in chunks(unchecked, _AT_ONCE):
        evidence = _documents_of(company, customers)
        for customer in customers:
            bearer = _bearer(destination, evidence.get(customer.quickbooks_id, ()))
            if bearer is None:
                return merges
            winner = rows.filter(quickbooks_id=bearer).first() if bearer != customer.quickbooks_id else None
            if winner:
                _merge(customer, winner)
                merges.append((customer, winner))
        rows.filter(pk__in=[customer.pk for customer in customers]).update(merge_checked=True)
    return merges


def _merge(customer: QuickBooksCustomer, winner: QuickBooksCustomer) -> None:
    customer.merged_into, customer.merge_checked = winner.quickbooks_id, True
    customer.save(update_fields=["merged_into", "merge_checked"])
    with transaction.atomic():
        # Nothing else of them: a person may be deciding about one, or the source telling of it, at this moment
        for linked in SourceCustomer.objects.select_for_update().filter(quickbooks_customer=customer):
            linked.quickbooks_customer = winner
            history: Any = linked
            history._change_reason = gettext_noop("Merged in QuickBooks")
            linked.save(update_fields=["quickbooks_customer"])


def _bearer(destination: QuickBooksOnline, documents: Sequence[Document]) -> str | None:
    """The QuickBooks id of the customer that all of these bear; empty where none is there or they do not agree.

    None when QuickBooks cannot answer now.
    """
    borne = set()
    for document in documents:
        reading = destination.read(document.form, document.quickbooks_id)
        if isinstance(reading, TryLater | Unknown):
            return None
        if isinstance(reading, ReadBack):
            borne.add(reading.holding.customer.identifier)
    return borne.pop() if len(borne) == 1 else ""


def _documents_of(company: Company, customers: Sequence[QuickBooksCustomer]) -> Mapping[str, list[Document]]:
    """Some documents that were posted for each of these customers, the newest first, by the customer's id."""
    found: dict[str, list[Document]] = {customer.quickbooks_id: [] for customer in customers}
    merged = MergedCustomers(company)
    theirs = {*found, *merged.away(found)}
    for document, posted_for in _borne(company, _keys_of(company, theirs)):
        identifier = merged.last(posted_for)
        if identifier in found and len(found[identifier]) < _ASKED:
            found[identifier].append(document)
    return found


def _keys_of(company: Company, identifiers: Collection[str]) -> set[str]:
    """The keys of the source's customers that are, or may be, one of these."""
    customers = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=identifiers)
    addresses = {address for text in customers.values_list("email", flat=True) for address in emails(text)}
    meant = Q(quickbooks_customer__in=customers) | has_any(SourceCustomerEmail, company, addresses)
    return set(SourceCustomer.objects.filter(meant, company=company).values_list("source_key", flat=True))


def _borne(company: Company, keys: Iterable[str]) -> Iterator[tuple[Document, str]]:
    """Documents that QuickBooks has of orders of these customers, with the id of the customer they were posted for."""
    orders = StagedOrder.objects.filter(company=company, customer_key__in=list(keys))
    sent = Document.objects.filter(order__in=orders, state__in=_THERE).exclude(kind="customer")
    created = Document.objects.filter(company=company, kind="customer", state=DocumentState.POSTED)
    ids = dict(created.filter(order__customer_key__in=list(keys)).values_list("key", "quickbooks_id"))
    for document in sent.select_related("frozen").order_by("-pk").iterator(chunk_size=500):
        customer = document.value().customer
        yield document, customer.quickbooks_id or ids.get(customer.created_by, "")
