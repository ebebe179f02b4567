"""Which QuickBooks customers could be meant: by link, by any of their emails, by name; and into whom are they merged?

An email field may hold several addresses: the first is kept with the customer, the others in a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from books.answers import Terms
from books.contact_details import country_of, emails
from books.customer_fields import CustomerNameField, NameFormat, name_key
from books.orders import Customer
from companies.bulk_sql import KeptQuery, some
from companies.models import Company, CompanyKind
from mapping.matching.customers import BookCustomer, CustomerRules, KnownCustomer, KnownCustomers, MatchStep, NotFound
from mapping.models import (
    DesktopOtherName,
    QuickBooksCustomer,
    QuickBooksCustomerEmail,
    QuickBooksTerm,
    SourceCustomer,
    SourceCustomerEmail,
    SourceCustomerRules,
)
from mapping.source_switches import customer_sync_off

#: A customer is merged into one that is merged in its turn. More than so many is a circle.
_MOST_STEPS = 20
#: The column of our copy that holds a name as it is compared, by the field that the rules name.
NAME_COLUMNS = {
    CustomerNameField.DISPLAY: "name_compared",
    CustomerNameField.COMPANY: "company_compared",
    CustomerNameField.PERSON: "person_compared",
    CustomerNameField.CHECK: "check_compared",
}


def known_customers(company: Company, system: str, customers: Sequence[Customer]) -> KnownCustomers:
    """What the lists and decisions say about some customers of a source; a fixed number of queries."""
    keys = {customer.key for customer in customers}
    decided = _DECIDED.instances(company.pk, system, some(keys))
    addresses = {address for row in decided for address in emails(row.billing_email)}
    addresses |= {address for customer in customers for address in emails(customer.email)}
    terms, merged = _terms(company), MergedCustomers(company)
    rules = rules_of(company, system, terms, merged)
    names = {name_key(row.name_given or row.name) for row in decided}
    names |= {name_key(rules.name_of(customer)) for customer in customers}
    emails_of = {row.source_key: row.billing_email for row in decided}
    keys_by_step = _keys_by_step(rules, customers, emails_of)
    columns = tuple(_column(rules, step) for step in keys_by_step)
    in_books = _fitting(columns).instances(
        company.pk, some(addresses), some(names - {""}), *map(some, keys_by_step.values())
    )
    found_by = {
        step: _grouped((getattr(row, _column(rules, step)), _book_customer(row, terms, merged)) for row in in_books)
        for step in keys_by_step
    }
    found_by[MatchStep.EMAIL] = _grouped(
        (address, _book_customer(row, terms, merged))
        for row in in_books
        for address in dict.fromkeys((row.email_compared, *emails(row.email)))
    )
    return KnownCustomers(
        system=system,
        decided={
            row.source_key: KnownCustomer(
                email=row.billing_email,
                name_given=row.name_given,
                fields=row.fields_given,
                linked=_book_customer(row.quickbooks_customer, terms, merged) if row.quickbooks_customer else None,
            )
            for row in decided
        },
        found_by=found_by,
        by_name={row.name_compared: _book_customer(row, terms, merged) for row in in_books if row.active},
        in_source=_sharing(company, system, addresses),
        other_names=_other_names(company, names),
        default_terms=next((term for term in terms.values() if term.name == company.default_terms), None),
        rules=rules,
    )


_DECIDED = KeptQuery(
    lambda company, system, keys: (
        SourceCustomer.objects.filter(company=company, system=system, source_key__in=keys)
        .select_related("quickbooks_customer")
        .order_by("pk")
    )
)


@cache
def _fitting(columns: tuple[str, ...]) -> KeptQuery[QuickBooksCustomer]:
    """QuickBooks' customers with some addresses, some names, or some values in one of these columns."""

    def make(company: Any, addresses: list[str], names: list[str], *keys: list[str]) -> QuerySet[QuickBooksCustomer]:
        rows = QuickBooksCustomer.objects.filter(company=company)
        fitting = [rows.filter(name_compared__in=names).values("pk")]
        fitting += (
            rows.filter(**{f"{column}__in": values}).values("pk") for column, values in zip(columns, keys, strict=True)
        )
        found = _with_any(rows, QuickBooksCustomerEmail, company, addresses).union(*fitting)
        # Which of several candidates comes first, and which of equal names counts, is the same in every run
        return QuickBooksCustomer.objects.filter(pk__in=found).order_by("pk")

    return KeptQuery(make)


def rules_of(company: Company, system: str, terms: Mapping[str, Terms], merged: MergedCustomers) -> CustomerRules:
    """What was decided about the customers of a source; without a decision, the rules as they begin."""
    country = country_of(company.home_currency)
    row = next(iter(_RULES.instances(company.pk, system)), None)
    held = customer_sync_off(company, system)
    if row is None:
        return CustomerRules(phone_country=country, held=held)
    return CustomerRules(
        steps=row.steps,
        name_format=NameFormat(row.name_format),
        name_field=CustomerNameField(row.name_field),
        not_found=NotFound(row.not_found),
        hold_for_review=row.hold_for_review,
        standard=_named(company, row.standard_customer, terms, merged),
        default=_named(company, row.default_customer, terms, merged),
        phone_country=country,
        held=held,
    )


_RULES = KeptQuery(lambda company, system: SourceCustomerRules.objects.filter(company=company, system=system))


def _named(company: Company, name: str, terms: Mapping[str, Terms], merged: MergedCustomers) -> BookCustomer | None:
    """The customer that the rules name, the active one first; one that is gone counts as inactive."""
    if not name:
        return None
    row = customer_named(company, name)
    return _book_customer(row, terms, merged) if row else BookCustomer(quickbooks_id="", name=name, active=False)


def customer_named(company: Company, name: str) -> QuickBooksCustomer | None:
    """The QuickBooks customer of a name: the active one first, and of equal ones the one that is written so."""
    rows = QuickBooksCustomer.objects.filter(company=company, name_compared=name_key(name)).order_by("-active", "pk")
    return min(rows, key=lambda row: (not row.active, row.display_name != name), default=None)


def _keys_by_step(
    rules: CustomerRules, customers: Sequence[Customer], emails_of: Mapping[str, str]
) -> dict[MatchStep, set[str]]:
    """What some customers are looked up by in each step but the email's."""
    return {
        step: {
            key
            for customer in customers
            for key in rules.keys_of(customer, emails_of.get(customer.key, customer.email), step)
        }
        for step in rules.steps
        if step is not MatchStep.EMAIL
    }


def _column(rules: CustomerRules, step: MatchStep) -> str:
    """The column of our copy that a step compares."""
    if step is MatchStep.NAME:
        return NAME_COLUMNS[rules.name_field]
    return "company_zip_compared" if step is MatchStep.COMPANY_ZIP else "phone_compared"


def _book_customer(row: QuickBooksCustomer, terms: Mapping[str, Terms], merged: MergedCustomers) -> BookCustomer:
    """The customer; where a bookkeeper merged them away, the one that they are now."""
    row = row if row.active else merged.present(row.quickbooks_id) or row
    return BookCustomer(
        quickbooks_id=row.quickbooks_id, name=row.display_name, active=row.active, terms=terms.get(row.terms_id)
    )


def _grouped(pairs: Iterable[tuple[str, BookCustomer]]) -> dict[str, tuple[BookCustomer, ...]]:
    groups: dict[str, list[BookCustomer]] = defaultdict(list)
    for key, customer in pairs:
        groups[key].append(customer)
    return {key: tuple(dict.fromkeys(group)) for key, group in groups.items() if key}


def _sharing(company: Company, system: str, addresses: set[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Key and name of the source's customers by email, oldest first."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, name, compared, given, email in _SHARING.rows(company.pk, system, some(addresses)) if addresses else ():
        for address in dict.fromkeys((compared, *emails(given or email))):
            groups[address].append((key, name or address))
    return {email: tuple(group) for email, group in groups.items()}


_SHARING = KeptQuery(
    lambda company, system, addresses: (
        SourceCustomer.objects.filter(
            pk__in=_with_any(SourceCustomer.objects.filter(company=company), SourceCustomerEmail, company, addresses),
            system=system,
        )
        .order_by("pk")
        .values_list("source_key", "name", "email_compared", "email_given", "email")
    )
)


def _other_names(company: Company, names: set[str]) -> frozenset[str]:
    """Those of some names that no customer can have: vendors', employees' and other names of QuickBooks Desktop."""
    if company.kind != CompanyKind.DESKTOP:
        return frozenset()  # Online says so itself, with 6240: its lists of vendors and employees are not read
    rows = DesktopOtherName.objects.filter(company=company, name_compared__in=names - {""})
    return frozenset(rows.values_list("name_compared", flat=True))


def _terms(company: Company) -> dict[str, Terms]:
    return {
        row.quickbooks_id: Terms(quickbooks_id=row.quickbooks_id, name=row.name, due_days=row.due_days)
        for row in _TERMS.instances(company.pk)
    }


_TERMS = KeptQuery(lambda company: QuickBooksTerm.objects.filter(company=company, active=True))


# By address ----------------------------------------------------------------------------------------------------------


def quickbooks_customers_at(company: Company, addresses: Collection[str]) -> QuerySet[QuickBooksCustomer]:
    """The QuickBooks customers, inactive ones too, that have any of these addresses, as they are compared."""
    return QuickBooksCustomer.objects.filter(has_any(QuickBooksCustomerEmail, company, addresses), company=company)


def source_customers_at(company: Company, addresses: Collection[str]) -> QuerySet[SourceCustomer]:
    """The customers of the sources that are billed at any of these addresses."""
    return SourceCustomer.objects.filter(has_any(SourceCustomerEmail, company, addresses), company=company)


def has_any(
    model: type[QuickBooksCustomerEmail | SourceCustomerEmail], company: Company | int, addresses: Collection[str]
) -> Q:
    """The condition that a customer has one of these addresses, as its first or as a further one."""
    further = model.objects.filter(company=company, address__in=addresses)
    return Q(email_compared__in=addresses) | Q(pk__in=further.values("customer"))


def _with_any(
    customers: QuerySet[Any],
    model: type[QuickBooksCustomerEmail | SourceCustomerEmail],
    company: int,
    addresses: Collection[str],
) -> QuerySet[Any, Any]:
    """The keys of those who fulfil it, put so that PostgreSQL looks along an index for the first and the further ones.

    Of a condition with `OR`, of which one part is another table's, it reads all customers.
    """
    further = model.objects.filter(company=company, address__in=addresses)
    return customers.filter(email_compared__in=addresses).values("pk").union(further.values("customer"))


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
    rows = _further(model).rows(sorted(fields)) if fields else []
    held = {(customer, address): pk for pk, customer, address in rows}
    if gone := [pk for key, pk in held.items() if key not in wanted]:
        model.objects.filter(pk__in=gone).delete()
    rows_of: Any = model.objects
    rows_of.bulk_create(
        [model(company_id=company_id, customer_id=pk, address=address) for pk, address in sorted(wanted - {*held})],
        ignore_conflicts=True,
    )


@cache
def _further(model: type[QuickBooksCustomerEmail | SourceCustomerEmail]) -> KeptQuery[Any]:
    rows: Any = model.objects
    return KeptQuery(lambda customers: rows.filter(customer__in=customers).values_list("pk", "customer_id", "address"))


# Merged --------------------------------------------------------------------------------------------------------------


_MERGED = KeptQuery(
    lambda company: (
        QuickBooksCustomer.objects.filter(company=company, active=False)
        .exclude(merged_into="")
        .values_list("quickbooks_id", "merged_into")
    )
)


class MergedCustomers:
    """The customers of one company that were merged into others; two queries, for any number of questions."""

    def __init__(self, company: Company) -> None:
        """Read them."""
        self._into = dict(_MERGED.rows(company.pk))
        last = {self.last(quickbooks_id) for quickbooks_id in self._into}
        rows = QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=last, active=True) if last else ()
        self._rows = {row.quickbooks_id: row for row in rows}

    def present(self, quickbooks_id: str) -> QuickBooksCustomer | None:
        """The active customer that this one was merged into; None where it was not, or into none that is active."""
        return self._rows.get(self.last(quickbooks_id)) if quickbooks_id in self._into else None

    def away(self, quickbooks_ids: Collection[str]) -> set[str]:
        """Those that were merged into one of these, in any number of steps."""
        return {merged for merged in self._into if self.last(merged) in quickbooks_ids}

    def last(self, quickbooks_id: str) -> str:
        """The customer that this one was merged into in the end, active or not; itself where it was not merged."""
        for _step in range(_MOST_STEPS):
            if quickbooks_id not in self._into:
                break
            quickbooks_id = self._into[quickbooks_id]
        return quickbooks_id
