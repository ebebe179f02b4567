"""How are clearing accounts shown: their totals by age, and each part with its order and what emptied it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from books.documents import FORMS
from companies.models import Company
from mapping.models import QuickBooksAccount
from reconciliation.clearing.parts import Ages, ages_of
from reconciliation.clearing.reading import clearing_accounts
from reconciliation.clearing_models import ClearingReading, ClearingReadingPart
from reconciliation.transaction_words import transaction_words
from sync.models import Document
from sync.quickbooks_online.transactions import name_in_quickbooks


@dataclass(frozen=True, kw_only=True)
class ShownClearing:
    """A clearing account with its last reading."""

    account: QuickBooksAccount
    #: It is one because a person says so.
    marked: bool
    reading: ClearingReading | None
    ages: Ages


def shown_clearings(company: Company) -> list[ShownClearing]:
    """The clearing accounts of a company; as many queries for many as for few."""
    found = clearing_accounts(company)
    ids = [row.quickbooks_id for row in found.rows]
    readings = {row.account: row for row in ClearingReading.objects.filter(company=company, account__in=ids)}
    ages = ages_by_reading(readings.values())
    return [
        ShownClearing(
            account=row,
            marked=row.quickbooks_id in found.marked,
            reading=reading,
            ages=ages.get(reading.pk, Ages()) if reading else Ages(),
        )
        for row in found.rows
        for reading in [readings.get(row.quickbooks_id)]
    ]


def ages_by_reading(readings: Iterable[ClearingReading]) -> dict[int, Ages]:
    """What is open on each, by age; one query."""
    last = {reading.pk: reading.last for reading in readings}
    parts: dict[int, list[tuple[date, Decimal]]] = {}
    rows = ClearingReadingPart.objects.filter(reading__in=last).exclude(open=0)
    for reading, dated, amount in rows.values_list("reading", "dated", "open").iterator():
        parts.setdefault(reading, []).append((dated, amount))
    return {reading: ages_of(pairs, last[reading]) for reading, pairs in parts.items()}


def parts_of_reading(reading: ClearingReading, *, emptied: bool) -> QuerySet[ClearingReadingPart]:
    """What is still there, or what is not any more."""
    rows = ClearingReadingPart.objects.filter(reading=reading)
    return rows.filter(open=0) if emptied else rows.exclude(open=0)


@dataclass(frozen=True, kw_only=True)
class ShownEmptied:
    """What took a part away."""

    title: str
    dated: date
    amount: Decimal
    named: bool


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """A part with its age, its order and what emptied it."""

    part: ClearingReadingPart
    title: str
    days: int
    #: Ours; None for what others entered.
    document: Document | None
    emptied: tuple[ShownEmptied, ...]


def shown_parts(reading: ClearingReading, parts: Iterable[ClearingReadingPart]) -> list[ShownPart]:
    """The parts of one page; one query for all their documents."""
    rows = list(parts)
    documents = _documents(reading.company_id, rows)
    return [
        ShownPart(
            part=row,
            title=_title(row.transaction),
            days=(reading.last - row.dated).days,
            document=documents.get(row.transaction),
            emptied=tuple(_emptied(row)),
        )
        for row in rows
    ]


def _documents(company: int, parts: Iterable[ClearingReadingPart]) -> Mapping[str, Document]:
    ids = [part.transaction.rpartition(" ")[2] for part in parts if part.transaction]
    rows = Document.objects.filter(company=company, quickbooks_id__in=ids, form__in=FORMS).select_related("order")
    return {name_in_quickbooks(row.form, row.quickbooks_id): row for row in rows}


def _emptied(part: ClearingReadingPart) -> Iterator[ShownEmptied]:
    for taken in part.emptied:
        yield ShownEmptied(
            title=_title(taken["transaction"]),
            dated=date.fromisoformat(taken["dated"]),
            amount=Decimal(taken["amount"]),
            named=taken["named"],
        )


def _title(transaction: str) -> str:
    """A transaction in words, such as `Payment 12`."""
    return transaction_words(transaction) if transaction else _("From before")


def may_be_marked(
    company: Company, shown: Iterable[ShownClearing], types: Iterable[str]
) -> QuerySet[QuickBooksAccount]:
    """Active accounts of these types that are no clearing accounts yet."""
    known = [clearing.account.pk for clearing in shown]
    rows = QuickBooksAccount.objects.filter(company=company, active=True, account_type__in=[*types])
    return rows.exclude(pk__in=known).order_by("full_name", "pk")
