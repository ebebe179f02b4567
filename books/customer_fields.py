"""What of a customer is QuickBooks told: under which name, and in which fields, no longer than it keeps them?

How a name is taken from the source, and into which field it goes, is decided for each source. What says who and where a
customer is is never shortened: a person decides. Only what is there for looks is.

Source:
    docs/accounting/customers.md
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from operator import attrgetter

from books.field_lengths import desktop, online, shortened
from books.names import tidy_customer_name
from books.orders import Address, Customer
from books.outside.texts import compared
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
    return _NAMES_IN[name_format](customer, customer.full_name, customer.company_name.strip(), customer.email.strip())


def _last_first(customer: Customer) -> str:
    return ", ".join(part for part in (customer.family_name.strip(), customer.given_name.strip()) if part)


def _both(person: str, company: str) -> str:
    return f"{person} ({company})" if person and company else person or company


# Of each format the part that is wanted first, else the next one
_NAMES_IN: Mapping[NameFormat, Callable[[Customer, str, str, str], str]] = {
    NameFormat.FIRST_LAST: lambda customer, person, company, email: person or company or email,
    NameFormat.LAST_FIRST: lambda customer, person, company, email: _last_first(customer) or company or email,
    NameFormat.COMPANY_OR_NAME: lambda customer, person, company, email: company or person or email,
    NameFormat.NAME_AND_COMPANY: lambda customer, person, company, email: _both(person, company) or email,
    NameFormat.COMPANY: lambda customer, person, company, email: company or email or person,
    NameFormat.EMAIL: lambda customer, person, company, email: email or person or company,
}


def name_key(text: str) -> str:
    """A name as it is compared: letter case, spaces to spare and marks that nobody sees make no difference."""
    return compared(text) if text else ""


def company_zip_key(company: str, postal_code: str) -> str:
    """A company at a ZIP code as it is compared; empty where either is missing.

    Of a US ZIP+4 the five digits count; in other codes spaces and letter case make no difference.
    """
    code = "".join(postal_code.casefold().split()) if postal_code and company else ""
    name = name_key(company) if code else ""
    if not name:
        return ""
    head, dash, tail = code.partition("-")
    if dash and len(head) == 5 and len(tail) == 4 and (head + tail).isdigit():
        code = head
    return f"{name}|{code}"


# The other fields -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CustomerField:
    """One field of a customer, with the most characters that QuickBooks Online keeps of it."""

    #: The attribute of `Customer`, for an address with the address before it: `billing.city`.
    key: str
    label: str
    longest: int
    #: Only a new customer is sent with it; the others are on the customer's invoices too.
    only_new: bool = False
    #: It may be shortened, visibly.
    cosmetic: bool = False
    #: The most that QuickBooks Desktop keeps; None where its files are made to fit when they are written.
    longest_in_files: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """A field that QuickBooks is told otherwise than the source has it, without anybody being asked."""

    field: CustomerField
    before: str
    after: str


def _address(which: str, labels: Mapping[str, str]) -> tuple[CustomerField, ...]:
    return tuple(
        CustomerField(key=f"{which}.{part}", label=label, longest=_ADDRESS[part], cosmetic=part == "line2")
        for part, label in labels.items()
    )


_ADDRESS = {
    "line1": online("Line1"),
    "line2": online("Line2"),
    "city": online("City"),
    "region": online("CountrySubDivisionCode"),
    "postal_code": online("PostalCode"),
    "country": online("Country"),
}
_BILLING = {
    "line1": gettext_noop("Billing address"),
    "line2": gettext_noop("Billing address, second line"),
    "city": gettext_noop("Billing city"),
    "region": gettext_noop("Billing state"),
    "postal_code": gettext_noop("Billing ZIP code"),
    "country": gettext_noop("Billing country"),
}
_SHIPPING = {
    "line1": gettext_noop("Shipping address"),
    "line2": gettext_noop("Shipping address, second line"),
    "city": gettext_noop("Shipping city"),
    "region": gettext_noop("Shipping state"),
    "postal_code": gettext_noop("Shipping ZIP code"),
    "country": gettext_noop("Shipping country"),
}

CUSTOMER_FIELDS = (
    CustomerField(key="given_name", label=gettext_noop("First name"), longest=online("GivenName"), only_new=True),
    CustomerField(key="family_name", label=gettext_noop("Last name"), longest=online("FamilyName"), only_new=True),
    CustomerField(key="company_name", label=gettext_noop("Company"), longest=online("CompanyName"), only_new=True),
    CustomerField(
        key="phone",
        label=gettext_noop("Phone"),
        longest=online("PrimaryPhone"),
        only_new=True,
        longest_in_files=desktop("PHONE1"),
    ),
    CustomerField(
        key="email",
        label=gettext_noop("Email"),
        longest=online("PrimaryEmailAddr"),
        longest_in_files=desktop("EMAIL"),
    ),
    *_address("billing", _BILLING),
    *_address("shipping", _SHIPPING),
)
FIELDS_BY_KEY: Mapping[str, CustomerField] = {field.key: field for field in CUSTOMER_FIELDS}
#: Made once for each key: every order asks for all of them.
_getter = cache(attrgetter)


def field_of(customer: Customer, key: str) -> str:
    """The text of one field."""
    return str(_getter(key)(customer))


def with_fields(customer: Customer, fields: Mapping[str, str]) -> Customer:
    """The customer with other texts in some fields; an empty one is left out."""
    for key, text in fields.items():
        which, _dot, part = key.rpartition(".")
        if which:
            address: Address = replace(getattr(customer, which), **{part: text})
            customer = replace(customer, **{which: address})  # type: ignore[arg-type]
        else:
            customer = replace(customer, **{key: text})  # type: ignore[arg-type]
    return customer


def limit_of(field: CustomerField, *, in_files: bool) -> int | None:
    """The most characters of a field; None where a file is made to fit when it is written."""
    return field.longest_in_files if in_files else field.longest


def too_long(customer: Customer, *, is_new: bool, in_files: bool = False) -> tuple[CustomerField, ...]:
    """The fields that QuickBooks would refuse, and that only a person may change.

    Args:
        customer: After `tidied`.
        is_new: Whether the customer is to be created.
        in_files: Whether the books are QuickBooks Desktop's.
    """
    return tuple(
        field
        for field in CUSTOMER_FIELDS
        if (is_new or not field.only_new)
        and not field.cosmetic
        and (limit := limit_of(field, in_files=in_files)) is not None
        and len(field_of(customer, field.key)) > limit
    )


def tidied(customer: Customer, *, is_new: bool, in_files: bool = False) -> tuple[Customer, tuple[Tidied, ...]]:
    """The customer with what is only there for looks put right, and what was changed of what is sent.

    In names a colon becomes a hyphen and a line break a space, since QuickBooks refuses both. A phone number that is
    too long loses the signs between its digits. In files it stays as it is but for the phone: they are made to fit when
    they are written.
    """
    fields = {} if in_files else {key: tidy_customer_name(field_of(customer, key)) for key in _NAMES}
    phone = FIELDS_BY_KEY["phone"]
    if len(customer.phone) > (limit_of(phone, in_files=in_files) or 0):
        fields["phone"] = re.sub(r"[\s().\-/]", "", customer.phone)
    if not in_files:
        for field in _COSMETIC:
            if len(text := field_of(customer, field.key)) > field.longest:
                fields[field.key] = shortened(text, field.longest)
    done = [
        Tidied(field=FIELDS_BY_KEY[key], before=before, after=after)
        for key, after in fields.items()
        if (before := field_of(customer, key)) != after
    ]
    # Nearly always nothing: each field costs a new customer
    neat = with_fields(customer, {change.field.key: change.after for change in done})
    return neat, tuple(change for change in done if is_new or not change.field.only_new)


_NAMES = ("given_name", "family_name")
_COSMETIC = tuple(field for field in CUSTOMER_FIELDS if field.cosmetic)
