"""Who in QuickBooks is each customer of a source, and by what were they found? Only what needs no order is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from books.answers import Rule
from books.orders import Customer
from companies.models import Company
from mapping.customer_lookup import known_customers
from mapping.matching.customers import KnownCustomers, MatchStep, answer_customer
from mapping.models import SourceCustomer


@dataclass(frozen=True, kw_only=True)
class CustomerFound:
    """The QuickBooks customer that the next order of a source's customer is recorded under."""

    name: str
    rule: Rule


def found_customers(company: Company, system: str, rows: Sequence[SourceCustomer]) -> dict[int, CustomerFound]:
    """Those who are found, by the primary key of the source's customer; the number of queries is always the same.

    A ZIP code is in orders alone, so that nothing is said of a customer whom that step could decide.

    Args:
        company: Whose books.
        system: The source of all of them.
        rows: Customers of the source.
    """
    if not rows:
        return {}
    customers = {row.pk: as_ordered(row) for row in rows}
    known = known_customers(company, system, list(customers.values()))
    found = {}
    for pk, customer in customers.items():
        answer = answer_customer(customer, order="", known=known, document_key="new")
        if answer.customer and answer.rule and not answer.is_new and not _hangs_on_zip(known, customer, answer.rule):
            found[pk] = CustomerFound(name=answer.customer.name, rule=answer.rule)
    return found


def as_ordered(row: SourceCustomer) -> Customer:
    """A customer as the newest order named them, without the addresses, which are the order's."""
    customer = parts_of(row)
    customer = replace(customer, email=row.email, phone=row.phone)
    return customer if customer.key == row.source_key else replace(customer, source_id=row.source_key)


def parts_of(row: SourceCustomer) -> Customer:
    """What is known of a customer's name; of one whose last order came before its parts were kept, the name alone."""
    known = row.given_name or row.family_name or row.company_name
    return Customer(
        given_name=row.given_name if known else row.name if row.name != row.email else "",
        family_name=row.family_name,
        company_name=row.company_name,
        email=row.billing_email,
    )


def _hangs_on_zip(known: KnownCustomers, customer: Customer, rule: Rule) -> bool:
    steps = known.rules.steps
    if MatchStep.COMPANY_ZIP not in steps or not customer.company_name or rule is Rule.LINK:
        return False
    earlier = steps[: steps.index(MatchStep.COMPANY_ZIP)]
    return rule not in [step.rule for step in earlier]
