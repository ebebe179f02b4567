"""Who has an email? A field may hold several: the first stands with the customer, the others in a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from books.emails import emails
from companies.models import Company
from mapping.models import QuickBooksCustomer, QuickBooksCustomerEmail, SourceCustomer, SourceCustomerEmail


def quickbooks_customers_at(company: Company, addresses: Collection[str]) -> QuerySet[QuickBooksCustomer]:
    """The QuickBooks customers, inactive ones too, that have any of these addresses, as they are compared."""
    return QuickBooksCustomer.objects.filter(has_any(QuickBooksCustomerEmail, company, addresses), company=company)


def source_customers_at(company: Company, addresses: Collection[str]) -> QuerySet[SourceCustomer]:
    """The customers of the sources that are billed at any of these addresses."""
    return SourceCustomer.objects.filter(has_any(SourceCustomerEmail, company, addresses), company=company)


def has_any(
    model: type[QuickBooksCustomerEmail | SourceCustomerEmail], company: Company, addresses: Collection[str]
) -> Q:
    """The condition that a customer has one of these addresses, as its first or as a further one."""
    further = model.objects.filter(company=company, address__in=addresses)
    return Q(email_compared__in=addresses) | Q(pk__in=further.values("customer"))


def keep_further(
    model: type[QuickBooksCustomerEmail | SourceCustomerEmail], company_id: int, fields: Mapping[int, str]
) -> None:
    """Bring the further addresses of some customers in line with their email fields.

    Args:
        model: Of which customers.
        company_id: Theirs.
        fields: The whole email field by the customer's primary key.
    """
    wanted = {(pk, address) for pk, text in fields.items() for address in emails(text)[1:]}
    rows = model.objects.filter(customer__in=list(fields)).values_list("pk", "customer_id", "address")
    held = {(customer, address): pk for pk, customer, address in rows}
    if gone := [pk for key, pk in held.items() if key not in wanted]:
        model.objects.filter(pk__in=gone).delete()
    rows_of: Any = model.objects
    rows_of.bulk_create(
        [model(company_id=company_id, customer_id=pk, address=address) for pk, address in sorted(wanted - {*held})],
        ignore_conflicts=True,
    )
