"""Which QuickBooks customers are offered for a customer of the source, and why?"""

from __future__ import annotations

from django.db.models import Q

from books.contact_details import country_of, emails, phone_key
from books.customer_fields import name_key
from mapping.customer_lookup import quickbooks_customers_at
from mapping.matching.customer_candidates import Candidate, Candidates, Person
from mapping.matching.names import normalized
from mapping.matching.public_mail import is_public
from mapping.models import QuickBooksCustomer, SourceCustomer

_COLUMNS = ("quickbooks_id", "display_name", "company_name", "email", "phone_compared")
#: So many of those that share something are ranked.
_RANKED = 2000
#: So much of a word may be written otherwise at its end.
_BEGINNING = 5


def suggested_customers(customer: SourceCustomer) -> tuple[Candidate, ...]:
    """The QuickBooks customers who are likeliest meant, best first; two queries, whatever the list holds."""
    company = customer.company
    addresses = emails(customer.billing_email)
    shared = Q(pk__in=quickbooks_customers_at(company, addresses).values("pk"))
    if phone := phone_key(customer.phone, country_of(company.home_currency)):
        shared |= Q(phone_compared=phone)
    if customer.company_name:
        shared |= Q(company_compared=name_key(customer.company_name))
    for domain in {address.partition("@")[2] for address in addresses}:
        if not is_public(domain):
            shared |= Q(email_compared__endswith=f"@{domain}")
    for word in sorted(normalized(customer.name).split(), key=len, reverse=True)[:2]:
        shared |= Q(name_compared__contains=word[:_BEGINNING])
    rows = QuickBooksCustomer.objects.filter(shared, company=company, active=True)
    found = rows.order_by("pk").values_list(*_COLUMNS)[:_RANKED]
    people = (
        Person(key=quickbooks_id, name=name, company=company_name, email=email, phone=phone)
        for quickbooks_id, name, company_name, email, phone in found
    )
    return Candidates(people).of(person_of(customer))


def person_of(customer: SourceCustomer) -> Person:
    """A customer of the source as they are compared."""
    country = country_of(customer.company.home_currency)
    return Person(
        key=customer.source_key,
        name=customer.name,
        company=customer.company_name,
        email=customer.billing_email,
        phone=phone_key(customer.phone, country),
    )
