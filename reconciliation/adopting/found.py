"""What did a search find that is still to be decided, and what does a person decide about it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet

from books.documents import CreditMemo, Invoice, RefundReceipt, SalesReceipt
from books.money import ZERO
from books.serialization import read_holding
from companies.models import Company
from reconciliation.looks import LookNotBegun, why_not_read
from reconciliation.models import AdoptionCandidate, AdoptionSearch
from sync.adopting.adopt import AdoptedRecords, WantedAdoption, adopt
from sync.adopting.matching import Ground
from sync.models import UNSENT_STATES, Document, RuledOut
from sync.quickbooks_online.addresses import AddressRefused
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.login import NOT_CONNECTED, quickbooks_of
from sync.quickbooks_online.transactions import NotReadError

#: So many are adopted at once: a person looks through them first, and waits for them.
MOST = 200


def open_candidates(search: AdoptionSearch, *, certain: bool) -> QuerySet[AdoptionCandidate]:
    """What is still to be decided: the record was not posted, and the transaction neither ruled out nor another's."""
    said = RuledOut.objects.filter(document=OuterRef("document"), quickbooks_id=OuterRef("quickbooks_id"))
    rows = AdoptionCandidate.objects.filter(
        search=search, certain=certain, document__state__in=UNSENT_STATES, document__withdrawn=False
    )
    return rows.exclude(Exists(said)).exclude(Exists(_taken())).select_related("document__order", "document__frozen")


def _taken() -> QuerySet[Document]:
    """A document of ours that a candidate's transaction is."""
    same = Document.objects.filter(company=OuterRef("search__company"), quickbooks_id=OuterRef("quickbooks_id"))
    return same.exclude(kind="customer").filter(form=OuterRef("form"))


def adopt_candidates(
    search: AdoptionSearch, candidates: Iterable[AdoptionCandidate], *, by: User | None
) -> AdoptedRecords:
    """Adopt what these candidates say, after QuickBooks was read again.

    Raises:
        LookNotBegun: QuickBooks could not be read; the message says why.
    """
    return _adopted(search.company, [wanted_of(candidate) for candidate in candidates], by=by)


def adopt_found(document: Document, quickbooks_id: str, *, words: str, by: User | None) -> AdoptedRecords:
    """Adopt what a look before posting has found.

    Args:
        document: Asked about.
        quickbooks_id: What the person chose of what was found.
        words: As the person saw it.
        by: The person.

    Raises:
        LookNotBegun: QuickBooks could not be read; the message says why.
    """
    wanted = WantedAdoption(
        document=document.pk, form=document.form, quickbooks_id=quickbooks_id, seen=None, words=words
    )
    return _adopted(document.company, [wanted], by=by)


def _adopted(company: Company, wanted: Sequence[WantedAdoption], *, by: User | None) -> AdoptedRecords:
    connection = quickbooks_of(company)
    if connection is None:
        raise LookNotBegun(NOT_CONNECTED)
    try:
        with open_destination(connection, for_person=by is not None) as destination:
            return adopt(company, wanted, destination, by=by)
    except NotReadError as problem:
        raise LookNotBegun(why_not_read(problem)) from None
    except AddressRefused as why:
        raise LookNotBegun(str(why)) from None


def wanted_of(candidate: AdoptionCandidate) -> WantedAdoption:
    """A candidate as the wish to adopt it."""
    return WantedAdoption(
        document=candidate.document_id,
        form=candidate.form,
        quickbooks_id=candidate.quickbooks_id,
        seen=read_holding(candidate.holding),
        grounds=tuple(Ground(name) for name in candidate.grounds),
    )


def source_lines(document: Document) -> list[tuple[str, Decimal]]:
    """The lines of a record as it was prepared, each with its amount; none of a blocked one or a payment."""
    value = document.value() if hasattr(document, "frozen") else None
    lines = value.lines if isinstance(value, Invoice | SalesReceipt | CreditMemo | RefundReceipt) else ()
    return [(line.item.name, line.amount) for line in lines]


def amounts_of(candidates: Sequence[AdoptionCandidate]) -> list[tuple[str, str, int, Decimal]]:
    """By kind and currency, how many records it is and what they come to."""
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for candidate in candidates:
        key = (candidate.document.kind, candidate.document.currency)
        number, amount = sums.get(key, (0, ZERO))
        sums[key] = (number + 1, amount + candidate.document.total)
    return [(kind, currency, *sums[kind, currency]) for kind, currency in sorted(sums)]
