"""Which QuickBooks customer is the customer of an order? Pure: linked by a person, else by email, else a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from books.answers import CustomerAnswer, CustomerRef, Rule, Terms
from books.emails import billed_to, emails
from books.messages import all_worded
from books.names import judge_customer_name
from books.orders import Customer
from books.problems import (
    CustomerInactive,
    CustomerNameTaken,
    CustomersShareEmail,
    CustomerWithoutEmail,
    LinkedCustomerGone,
    NameBreaksRule,
    NameOfAnotherList,
    NoCustomer,
    Problem,
)
from mapping.matching.names import normalized


@dataclass(frozen=True, kw_only=True)
class BookCustomer:
    """A customer that QuickBooks has."""

    quickbooks_id: str
    name: str
    active: bool = True
    terms: Terms | None = None


@dataclass(frozen=True, kw_only=True)
class KnownCustomer:
    """What people decided about a customer of the source."""

    email: str = ""
    name_given: str = ""
    #: By the field's key, see `books.customer_fields`.
    fields: Mapping[str, str] = field(default_factory=dict)
    linked: BookCustomer | None = None


@dataclass(frozen=True, kw_only=True)
class KnownCustomers:
    """What is known about the customers of some orders."""

    system: str
    #: By the customer's key in the source.
    decided: Mapping[str, KnownCustomer]
    #: QuickBooks customers by normal email, inactive ones too. One that was merged away is the one they are now.
    by_email: Mapping[str, tuple[BookCustomer, ...]]
    #: Active ones by case-folded name; the name of an inactive one is free.
    by_name: Mapping[str, BookCustomer]
    #: Names of the source's customers by normal email, with their keys.
    in_source: Mapping[str, tuple[tuple[str, str], ...]]
    #: Case-folded names of vendors, employees and other names, where QuickBooks has one name space for all lists.
    other_names: frozenset[str] = frozenset()
    default_terms: Terms | None = None


def customer_key(system: str, customer: Customer) -> str:
    """The key that problems and fixes know a customer of the source by."""
    return f"{system}:{customer.key}"


def answer_customer(customer: Customer, *, order: str, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    """Match the customer of one order, or say why that cannot be done without a guess.

    Args:
        customer: As the order names them.
        order: The order's number, for the words of a problem.
        known: Must hold everything about the customer's key, email and name.
        document_key: The key of the document that creates the customer, should one be needed.

    Source:
        docs/accounting/customers.md
    """
    if not customer.key:
        return CustomerAnswer(problems=(NoCustomer(order=order),))
    decided = known.decided.get(customer.key, KnownCustomer(email=customer.email))
    return replace(_found(customer, decided, known, document_key), fields=decided.fields)


def _found(customer: Customer, decided: KnownCustomer, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    if decided.linked:
        return _linked(customer, decided, decided.linked, known)
    addresses = emails(decided.email)
    if not addresses and not decided.name_given:
        key, given = customer_key(known.system, customer), decided.email.strip()
        return _problem(CustomerWithoutEmail(customer_key=key, customer=customer.name, given=given))
    in_books, inactive = _by_activity(customer for address in addresses for customer in known.by_email.get(address, ()))
    sharing = dict(pair for address in addresses for pair in known.in_source.get(address, ()))
    others = tuple(name for key, name in sharing.items() if not _same(key, customer))
    if len(in_books) > 1 or others:
        if decided.name_given:  # a person said that this is a new customer, although others are billed at that address
            return _new(customer, decided, known, document_key)
        return _problem(
            _shared(customer, ", ".join(addresses), (*(in_book.name for in_book in in_books), *others), known)
        )
    if in_books:
        return replace(_matched(in_books[0], Rule.EMAIL, decided, known), other_name=_other_name(customer, in_books[0]))
    if inactive and not decided.name_given:
        key = customer_key(known.system, customer)
        return _problem(CustomerInactive(customer_key=key, customer=customer.name, name=inactive[0].name))
    return _new(customer, decided, known, document_key)


def _same(key: str, customer: Customer) -> bool:
    """Whether a key in the source is this customer's, or that of one who is known by the same address alone."""
    return key == customer.key or (not customer.source_id and "@" in key)


def _other_name(customer: Customer, found: BookCustomer) -> str:
    """QuickBooks' name of a customer who is known by the email alone, and who the order calls something else."""
    names = [_words(name) for name in (customer.full_name, customer.company_name) if name.strip()]
    return found.name if names and not customer.source_id and _words(found.name) not in names else ""


def _words(name: str) -> list[str]:
    return sorted(normalized(name).split())


def _by_activity(found: Iterable[BookCustomer]) -> tuple[tuple[BookCustomer, ...], tuple[BookCustomer, ...]]:
    """The active ones, and the others; each once."""
    some = tuple(dict.fromkeys(found))
    return tuple(customer for customer in some if customer.active), tuple(
        customer for customer in some if not customer.active
    )


def _problem(problem: Problem) -> CustomerAnswer:
    return CustomerAnswer(problems=(problem,))


def _linked(customer: Customer, decided: KnownCustomer, linked: BookCustomer, known: KnownCustomers) -> CustomerAnswer:
    if linked.active:
        return _matched(linked, Rule.LINK, decided, known)
    key = customer_key(known.system, customer)
    return _problem(LinkedCustomerGone(customer_key=key, customer=customer.name, name=linked.name))


def _matched(found: BookCustomer, rule: Rule, decided: KnownCustomer, known: KnownCustomers) -> CustomerAnswer:
    reference = CustomerRef(name=found.name, quickbooks_id=found.quickbooks_id)
    terms = found.terms or known.default_terms
    return CustomerAnswer(customer=reference, rule=rule, terms=terms, email=billed_to(decided.email))


def _shared(customer: Customer, email: str, candidates: tuple[str, ...], known: KnownCustomers) -> Problem:
    key, names = customer_key(known.system, customer), tuple(dict.fromkeys(candidates))
    return CustomersShareEmail(customer_key=key, customer=customer.name, email=email, candidates=names)


def _new(customer: Customer, decided: KnownCustomer, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    key, name = customer_key(known.system, customer), decided.name_given or customer.name
    if problem := _unusable(name, key):
        return _problem(problem)
    taken = known.by_name.get(name.strip().casefold())
    if taken and taken.active:
        return _problem(CustomerNameTaken(customer_key=key, customer=customer.name, name=taken.name))
    if name.strip().casefold() in known.other_names:
        return _problem(NameOfAnotherList(customer_key=key, customer=customer.name, name=name.strip()))
    reference = CustomerRef(name=name, created_by=document_key)
    email = billed_to(decided.email)
    return CustomerAnswer(customer=reference, rule=Rule.CREATED, terms=known.default_terms, email=email)


def _unusable(name: str, key: str) -> Problem | None:
    verdict = judge_customer_name(name)
    if verdict.ok:
        return None
    return NameBreaksRule(
        name=name,
        used_by="customer",
        used_by_key=f"customer:{key}",
        verdict=all_worded(verdict.messages),
        corrected=verdict.corrected or "",
    )
