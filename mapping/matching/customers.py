"""Which QuickBooks customer is the customer of an order? Pure: linked by a person, else by the rules of its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from books.answers import CustomerAnswer, CustomerRef, Rule, Terms
from books.contact_details import billed_to, emails, first_email, phone_key
from books.customer_fields import CustomerNameField, NameFormat, company_zip_key, name_in, name_key
from books.messages import all_worded
from books.names import judge_customer_name
from books.orders import Customer
from books.problems import (
    CustomerInactive,
    CustomerNameTaken,
    CustomerNotFound,
    CustomersShareEmail,
    CustomerWithoutEmail,
    LinkedCustomerGone,
    NameBreaksRule,
    NameOfAnotherList,
    NoCustomer,
    Problem,
    SeveralCustomersFit,
    StandardCustomerGone,
)
from books.translation import gettext_noop
from mapping.matching.names import normalized


class MatchStep(StrEnum):
    """One way to find a customer. A link that a person made comes before all of them."""

    EMAIL = "email"
    NAME = "name"
    COMPANY_ZIP = "company-zip"
    PHONE = "phone"

    @property
    def label(self) -> str:
        """The step as it is chosen on screen."""
        return _STEP_LABELS[self]

    @property
    def rule(self) -> Rule:
        """What an order says of a customer who was found by it."""
        return _STEP_RULES[self]


_STEP_LABELS = {
    MatchStep.EMAIL: gettext_noop("Billing email"),
    MatchStep.NAME: gettext_noop("Customer name"),
    MatchStep.COMPANY_ZIP: gettext_noop("Company and ZIP code"),
    MatchStep.PHONE: gettext_noop("Phone"),
}
_STEP_RULES = {
    MatchStep.EMAIL: Rule.EMAIL,
    MatchStep.NAME: Rule.NAME,
    MatchStep.COMPANY_ZIP: Rule.COMPANY_ZIP,
    MatchStep.PHONE: Rule.PHONE,
}
# Asked for with every customer, and Python looks a member of an enumeration up each time
_BY_EMAIL, _BY_NAME, _BY_COMPANY = MatchStep.EMAIL, MatchStep.NAME, MatchStep.COMPANY_ZIP


class NotFound(StrEnum):
    """What an order does whose customer is not in QuickBooks."""

    CREATE = "create"
    STANDARD = "standard"

    @property
    def label(self) -> str:
        """The choice as it is on screen."""
        return _NOT_FOUND_LABELS[self]


_NOT_FOUND_LABELS = {
    NotFound.CREATE: gettext_noop("Create a new customer"),
    NotFound.STANDARD: gettext_noop("Use the standard customer"),
}


@dataclass(frozen=True, kw_only=True)
class BookCustomer:
    """A customer that QuickBooks has."""

    quickbooks_id: str
    name: str
    active: bool = True
    terms: Terms | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerRules:
    """What the accountant decided about the customers of one source. Undecided: by email, else a new one."""

    steps: tuple[MatchStep, ...] = (MatchStep.EMAIL,)
    name_format: NameFormat = NameFormat.FIRST_LAST
    name_field: CustomerNameField = CustomerNameField.DISPLAY
    not_found: NotFound = NotFound.CREATE
    #: Whether a person is asked before a customer who was not found is created, or the standard customer is used.
    hold_for_review: bool = False
    standard: BookCustomer | None = None
    #: Of orders that carry no customer details at all.
    default: BookCustomer | None = None
    #: Two letters, for phone numbers without a country code.
    phone_country: str = ""
    #: Why no customer is matched or created by itself; None where they are.
    held: Problem | None = None

    def name_of(self, customer: Customer) -> str:
        """The customer's name as it is compared, and sent."""
        return name_in(customer, self.name_format)

    def compared_name(self, customer: Customer) -> str:
        """The same as it is looked up: a first and a last name in QuickBooks have no comma between them."""
        return name_key(customer.full_name if self.name_field is CustomerNameField.PERSON else self.name_of(customer))

    def keys_of(self, customer: Customer, email: str, step: MatchStep) -> tuple[str, ...]:
        """What QuickBooks' customers are looked up by in a step; nothing where the order does not say it.

        Args:
            customer: As the order names them.
            email: The billing email: the source's, or the one that a person entered.
            step: Which of the steps.
        """
        if step is _BY_EMAIL:
            return emails(email)
        if step is _BY_COMPANY:
            codes = (customer.billing.postal_code, customer.shipping.postal_code)
            if not customer.company_name or not any(codes):
                return ()
            keys = dict.fromkeys(company_zip_key(customer.company_name, code) for code in codes)
            return tuple([key for key in keys if key])
        key = self.compared_name(customer) if step is _BY_NAME else phone_key(customer.phone, self.phone_country)
        return (key,) if key else ()


def compared_columns(columns: Mapping[str, str], *, country: str) -> dict[str, str]:
    """What a QuickBooks customer is found by, as our copy of the list keeps it beside what QuickBooks says.

    Args:
        columns: What QuickBooks says of the customer, by column.
        country: Two letters, for phone numbers without a country code; empty where nobody can tell.
    """
    return {
        "name_compared": name_key(columns["display_name"]),
        "email_compared": first_email(columns["email"]),
        "company_compared": name_key(columns["company_name"]),
        "person_compared": name_key(f"{columns['given_name']} {columns['family_name']}"),
        "check_compared": name_key(columns["check_name"]),
        "company_zip_compared": company_zip_key(columns["company_name"], columns["postal_code"]),
        "phone_compared": phone_key(columns["phone"], country),
    }


# Which customer is it -------------------------------------------------------------------------------------------------


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
    #: QuickBooks customers by what a step compares, inactive ones too; those merged away are the ones they are now.
    found_by: Mapping[MatchStep, Mapping[str, tuple[BookCustomer, ...]]]
    #: Active ones by name as it is compared; the name of an inactive one is free.
    by_name: Mapping[str, BookCustomer]
    #: Names of the source's customers by normal email, with their keys.
    in_source: Mapping[str, tuple[tuple[str, str], ...]]
    #: Of vendors, employees and other names, as they are compared, where QuickBooks has one name space for all lists.
    other_names: frozenset[str] = frozenset()
    default_terms: Terms | None = None
    rules: CustomerRules = CustomerRules()

    def in_step(self, step: MatchStep, keys: tuple[str, ...]) -> tuple[BookCustomer, ...]:
        """QuickBooks' customers that a step finds by one of these keys, each once."""
        found_by = self.found_by.get(step, {})
        if len(keys) == 1:  # as nearly all are
            found = found_by.get(keys[0], ())
        else:
            found = tuple(in_book for key in keys for in_book in found_by.get(key, ()))
        return found if len(found) < 2 else tuple(dict.fromkeys(found))


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
        default = known.rules.default
        return _standard(default, Rule.DEFAULT_CUSTOMER, known) if default else _problem(NoCustomer(order=order))
    decided = known.decided.get(customer.key) or KnownCustomer(email=customer.email)
    found = _found(customer, decided, known, document_key)
    return replace(found, fields=decided.fields) if decided.fields else found


def _found(customer: Customer, decided: KnownCustomer, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    if decided.linked:
        return _linked(customer, decided, decided.linked, known)
    if known.rules.held:
        return _new(customer, decided, known, document_key) if decided.name_given else _problem(known.rules.held)
    compared, inactive = False, list[BookCustomer]()
    for step in known.rules.steps:
        keys = known.rules.keys_of(customer, decided.email, step)
        if not keys:
            continue
        compared = True
        in_books, not_active = _by_activity(known.in_step(step, keys))
        others = _others_in_source(customer, keys, known) if step is _BY_EMAIL and known.in_source else ()
        if len(in_books) > 1 or others:
            if decided.name_given:  # a person said that this is a new customer, although others fit as well
                return _new(customer, decided, known, document_key)
            return _problem(_several(customer, step, keys, in_books, others, known))
        if in_books:
            other_name = _other_name(customer, in_books[0]) if step is _BY_EMAIL else ""
            return _matched(in_books[0], step.rule, decided, known, other_name=other_name)
        inactive += not_active
    if decided.name_given:
        return _new(customer, decided, known, document_key)
    key = customer_key(known.system, customer)
    if MatchStep.EMAIL in known.rules.steps and not compared:
        return _problem(CustomerWithoutEmail(customer_key=key, customer=customer.name, given=decided.email.strip()))
    if inactive:
        return _problem(CustomerInactive(customer_key=key, customer=customer.name, name=inactive[0].name))
    return _not_found(customer, decided, known, document_key)


def _not_found(customer: Customer, decided: KnownCustomer, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    """QuickBooks does not have them, and no person has said anything about them."""
    if known.rules.hold_for_review:
        return _problem(
            CustomerNotFound(
                customer_key=customer_key(known.system, customer),
                customer=customer.name,
                email=billed_to(decided.email),
                new_name=known.rules.name_of(customer),
            )
        )
    if known.rules.not_found is NotFound.CREATE:
        return _new(customer, decided, known, document_key)
    return replace(_standard(known.rules.standard, Rule.STANDARD_CUSTOMER, known), email=billed_to(decided.email))


def _standard(standing_in: BookCustomer | None, rule: Rule, known: KnownCustomers) -> CustomerAnswer:
    """The customer who is chosen for such orders, as QuickBooks keeps them."""
    if standing_in is None or not standing_in.active:
        name = standing_in.name if standing_in else ""
        return _problem(StandardCustomerGone(system=known.system, which=rule.value, name=name))
    reference = CustomerRef(name=standing_in.name, quickbooks_id=standing_in.quickbooks_id)
    return CustomerAnswer(customer=reference, rule=rule, terms=standing_in.terms or known.default_terms)


def _others_in_source(customer: Customer, addresses: Iterable[str], known: KnownCustomers) -> tuple[str, ...]:
    """Names of the source's other customers who are billed at one of these addresses."""
    sharing = dict(pair for address in addresses for pair in known.in_source.get(address, ()))
    return tuple(name for key, name in sharing.items() if not _same(key, customer))


def _same(key: str, customer: Customer) -> bool:
    """Whether a key in the source is this customer's, or that of one who is known by the same address alone."""
    return key == customer.key or (not customer.source_id and "@" in key)


def _other_name(customer: Customer, found: BookCustomer) -> str:
    """QuickBooks' name of a customer who is known by the email alone, and who the order calls something else."""
    if customer.source_id:
        return ""
    names = [_words(name) for name in (customer.full_name, customer.company_name) if name.strip()]
    return found.name if names and _words(found.name) not in names else ""


def _words(name: str) -> list[str]:
    return sorted(normalized(name).split())


def _by_activity(found: tuple[BookCustomer, ...]) -> tuple[tuple[BookCustomer, ...], tuple[BookCustomer, ...]]:
    """The active ones, and the others."""
    if not found or (len(found) == 1 and found[0].active):  # as nearly always
        return found, ()
    active = tuple([customer for customer in found if customer.active])
    return active, tuple([customer for customer in found if not customer.active])


def _problem(problem: Problem) -> CustomerAnswer:
    return CustomerAnswer(problems=(problem,))


def _linked(customer: Customer, decided: KnownCustomer, linked: BookCustomer, known: KnownCustomers) -> CustomerAnswer:
    if linked.active and linked == known.rules.standard and known.rules.not_found is NotFound.STANDARD:
        return replace(_standard(linked, Rule.STANDARD_CUSTOMER, known), email=billed_to(decided.email))
    if linked.active:
        return _matched(linked, Rule.LINK, decided, known)
    key = customer_key(known.system, customer)
    return _problem(LinkedCustomerGone(customer_key=key, customer=customer.name, name=linked.name))


def _matched(
    found: BookCustomer, rule: Rule, decided: KnownCustomer, known: KnownCustomers, *, other_name: str = ""
) -> CustomerAnswer:
    return CustomerAnswer(
        customer=CustomerRef(name=found.name, quickbooks_id=found.quickbooks_id),
        rule=rule,
        terms=found.terms or known.default_terms,
        email=billed_to(decided.email),
        other_name=other_name,
    )


def _several(
    customer: Customer,
    step: MatchStep,
    keys: tuple[str, ...],
    in_books: tuple[BookCustomer, ...],
    others: tuple[str, ...],
    known: KnownCustomers,
) -> Problem:
    key = customer_key(known.system, customer)
    candidates = tuple(dict.fromkeys((*(in_book.name for in_book in in_books), *others)))
    if step is MatchStep.EMAIL:
        return CustomersShareEmail(
            customer_key=key, customer=customer.name, email=", ".join(keys), candidates=candidates
        )
    ids = tuple(in_book.quickbooks_id for in_book in in_books)
    return SeveralCustomersFit(
        customer_key=key, customer=customer.name, step=step.label, candidates=candidates, candidate_ids=ids
    )


def _new(customer: Customer, decided: KnownCustomer, known: KnownCustomers, document_key: str) -> CustomerAnswer:
    key, name = customer_key(known.system, customer), decided.name_given or known.rules.name_of(customer)
    if problem := _unusable(name, key):
        return _problem(problem)
    taken = known.by_name.get(name_key(name))
    if taken and taken.active:
        return _problem(CustomerNameTaken(customer_key=key, customer=customer.name, name=taken.name))
    if name_key(name) in known.other_names:
        return _problem(NameOfAnotherList(customer_key=key, customer=customer.name, name=name.strip()))
    reference = CustomerRef(name=name, created_by=document_key)
    email = billed_to(decided.email)
    return CustomerAnswer(
        customer=reference,
        rule=Rule.CREATED,
        terms=known.default_terms,
        email=email,
        name_field=known.rules.name_field,
    )


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
