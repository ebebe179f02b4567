"""Whom could each unmatched customer be? Worked out ahead for a whole list, kept, and renewed when either side changes.

Nothing is taken from here unseen: the rows are read from QuickBooks' list again when they are shown, and once more when
one of them is chosen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F

from books.contact_details import country_of
from companies.models import Company
from mapping.customer_suggestions import person_of, suggested_customers
from mapping.matching.customer_candidates import Candidate, Candidates, Person
from mapping.models import CustomerListVersion, KeptSuggestions, QuickBooksCustomer, SourceCustomer

#: One customer as it is kept: `id`, `name`, `score` and `reasons`.
Offered = Mapping[str, Any]

#: For fewer customers than this the whole list is not prepared: each is looked up by itself.
_FEW = 20
_BATCH = 200


def list_changed(company_id: int) -> None:
    """Note that our copy of QuickBooks' customers is another one now."""
    if not CustomerListVersion.objects.filter(company=company_id).update(version=F("version") + 1):
        CustomerListVersion.objects.bulk_create([CustomerListVersion(company_id=company_id)], ignore_conflicts=True)


def list_version(company: Company) -> int:
    """Which state of QuickBooks' customers our copy has; zero before it was ever noted."""
    return CustomerListVersion.objects.filter(company=company).values_list("version", flat=True).first() or 0


def offered_to(customer: SourceCustomer) -> list[Offered]:
    """Who is offered for a customer: as kept, else worked out now. Two or four queries, whatever the lists hold."""
    kept = KeptSuggestions.objects.filter(customer=customer).first()
    if kept and _is_fresh(kept, customer, list_version(customer.company)):
        found: list[Offered] = kept.offered
        return found
    return _plain(suggested_customers(customer))


def kept_of(company: Company, customers: Sequence[SourceCustomer]) -> dict[int, list[Offered]]:
    """What is kept of some customers and still holds, by their primary key."""
    version = list_version(company)
    rows = KeptSuggestions.objects.filter(company=company).in_bulk([customer.pk for customer in customers])
    return {
        customer.pk: rows[customer.pk].offered
        for customer in customers
        if customer.pk in rows and _is_fresh(rows[customer.pk], customer, version)
    }


def renew(company: Company, customers: Sequence[SourceCustomer], *, over: Callable[[], bool] = lambda: False) -> int:
    """Work out and keep whom some customers could be, as far as what is kept does not hold any more.

    Args:
        company: Theirs, and that of QuickBooks' list.
        customers: Any number, with their company.
        over: Whether to stop; asked between some customers and the next.

    Returns:
        For how many customers it is not worked out yet.
    """
    version, kept = list_version(company), kept_of(company, customers)
    stale = [customer for customer in customers if customer.pk not in kept]
    if not stale:
        return 0
    of = suggested_customers if len(stale) < _FEW else _of_the_whole_list(company)
    done = 0
    for start in range(0, len(stale), _BATCH):
        if over():
            break
        some = stale[start : start + _BATCH]
        KeptSuggestions.objects.bulk_create(
            [
                KeptSuggestions(
                    customer=customer,
                    company=company,
                    asked=asked_of(customer),
                    list_version=version,
                    offered=_plain(of(customer)),
                )
                for customer in some
            ],
            update_conflicts=True,
            unique_fields=["customer"],
            update_fields=["asked", "list_version", "offered"],
        )
        done += len(some)
    return len(stale) - done


def asked_of(customer: SourceCustomer) -> str:
    """The same for two states of a customer whom the same would be offered."""
    person = person_of(customer)
    country = country_of(customer.company.home_currency)
    told = (person.name, person.company, person.email, person.phone, country)
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def _is_fresh(kept: KeptSuggestions, customer: SourceCustomer, version: int) -> bool:
    return kept.list_version == version and kept.asked == asked_of(customer)


def _of_the_whole_list(company: Company) -> Callable[[SourceCustomer], Sequence[Candidate]]:
    candidates = Candidates(_people(company))
    return lambda customer: candidates.of(person_of(customer))


def _people(company: Company) -> Iterator[Person]:
    rows = QuickBooksCustomer.objects.filter(company=company, active=True).order_by("pk")
    columns = ("quickbooks_id", "display_name", "company_name", "email", "phone_compared")
    for key, name, company_name, email, phone in rows.values_list(*columns).iterator(chunk_size=2000):
        yield Person(key=key, name=name, company=company_name, email=email, phone=phone)


def _plain(candidates: Sequence[Candidate]) -> list[Offered]:
    return [
        {
            "id": candidate.person.key,
            "name": candidate.person.name,
            "score": candidate.score,
            "reasons": list(candidate.reasons),
        }
        for candidate in candidates
    ]
