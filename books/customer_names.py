"""How is a customer's name taken from the source, and into which QuickBooks field does it go?

Source:
    docs/accounting/customers.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from books.orders import Customer
from books.translation import gettext_noop


class NameFormat(StrEnum):
    """How the name of a customer is put together from what the source knows of them."""

    FIRST_LAST = "first-last"
    LAST_FIRST = "last-first"
    COMPANY_OR_NAME = "company-or-name"
    NAME_AND_COMPANY = "name-and-company"
    COMPANY = "company"
    EMAIL = "email"

    @property
    def label(self) -> str:
        """The format as it is chosen on screen."""
        return _FORMAT_LABELS[self]

    @property
    def fallback(self) -> str:
        """What is taken where a part of the format is empty."""
        return _FALLBACKS[self]


_FORMAT_LABELS = {
    NameFormat.FIRST_LAST: gettext_noop("First Last"),
    NameFormat.LAST_FIRST: gettext_noop("Last, First"),
    NameFormat.COMPANY_OR_NAME: gettext_noop("Company, else First Last"),
    NameFormat.NAME_AND_COMPANY: gettext_noop("First Last (Company)"),
    NameFormat.COMPANY: gettext_noop("Company"),
    NameFormat.EMAIL: gettext_noop("Email"),
}
_FALLBACKS = {
    NameFormat.FIRST_LAST: gettext_noop("Without first and last name: the company, else the email."),
    NameFormat.LAST_FIRST: gettext_noop("Without first and last name: the company, else the email."),
    NameFormat.COMPANY_OR_NAME: gettext_noop("Without a company: first and last name, else the email."),
    NameFormat.NAME_AND_COMPANY: gettext_noop("Without one of the two: the other alone, else the email."),
    NameFormat.COMPANY: gettext_noop("Without a company: the email, else first and last name."),
    NameFormat.EMAIL: gettext_noop("Without an email: first and last name, else the company."),
}


class CustomerNameField(StrEnum):
    """The field of a QuickBooks customer that the name is compared with, and sent to."""

    DISPLAY = "display"
    COMPANY = "company"
    PERSON = "person"
    CHECK = "check"

    @property
    def label(self) -> str:
        """The field as QuickBooks calls it."""
        return _FIELD_LABELS[self]


_FIELD_LABELS = {
    CustomerNameField.DISPLAY: gettext_noop("Customer display name"),
    CustomerNameField.COMPANY: gettext_noop("Company name"),
    CustomerNameField.PERSON: gettext_noop("First and last name"),
    CustomerNameField.CHECK: gettext_noop("Name to print on checks"),
}

#: The formats that a first and a last name can be told apart in.
OF_A_PERSON = (NameFormat.FIRST_LAST, NameFormat.LAST_FIRST)


def name_in(customer: Customer, name_format: NameFormat) -> str:
    """The customer's name in a format, or in its fallback; empty only for nobody."""
    person, company, email = customer.full_name, customer.company_name.strip(), customer.email.strip()
    return next((name for name in _PARTS[name_format](customer, person, company, email) if name), "")


def _last_first(customer: Customer) -> str:
    return ", ".join(part for part in (customer.family_name.strip(), customer.given_name.strip()) if part)


def _both(person: str, company: str) -> str:
    return f"{person} ({company})" if person and company else person or company


# The parts of each format, the one that is wanted first
_PARTS: Mapping[NameFormat, Callable[[Customer, str, str, str], tuple[str, ...]]] = {
    NameFormat.FIRST_LAST: lambda customer, person, company, email: (person, company, email),
    NameFormat.LAST_FIRST: lambda customer, person, company, email: (_last_first(customer), company, email),
    NameFormat.COMPANY_OR_NAME: lambda customer, person, company, email: (company, person, email),
    NameFormat.NAME_AND_COMPANY: lambda customer, person, company, email: (_both(person, company), email),
    NameFormat.COMPANY: lambda customer, person, company, email: (company, email, person),
    NameFormat.EMAIL: lambda customer, person, company, email: (email, person, company),
}


def name_key(text: str) -> str:
    """A name as it is compared: letter case and doubled spaces make no difference."""
    return " ".join(text.casefold().split())


def company_zip_key(company: str, postal_code: str) -> str:
    """A company at a ZIP code as it is compared; empty where either is missing.

    Of a US ZIP+4 the five digits count; in other codes spaces and letter case make no difference.
    """
    code = "".join(postal_code.casefold().split())
    head, dash, tail = code.partition("-")
    if dash and len(head) == 5 and len(tail) == 4 and (head + tail).isdigit():
        code = head
    return f"{name_key(company)}|{code}" if name_key(company) and code else ""
