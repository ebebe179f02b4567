"""What does QuickBooks keep of a customer's fields? One table of their lengths, and how a customer keeps them.

What says who and where somebody is is never shortened: a person decides. Only what is there for looks is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from books.names import tidy_customer_name
from books.orders import Address, Customer
from books.translation import gettext_noop

SHORTENED = "…"


@dataclass(frozen=True, kw_only=True)
class CustomerField:
    """One field of a customer, as QuickBooks Online keeps it."""

    #: The attribute of `Customer`, for an address with the address before it: `billing.city`.
    key: str
    label: str
    longest: int
    #: Only a new customer is sent with it; the others stand on the customer's invoices too.
    only_new: bool = False
    #: It may be shortened, visibly.
    cosmetic: bool = False


def _address(which: str, labels: Mapping[str, str]) -> tuple[CustomerField, ...]:
    return tuple(
        CustomerField(key=f"{which}.{part}", label=label, longest=_ADDRESS[part], cosmetic=part == "line2")
        for part, label in labels.items()
    )


_ADDRESS = {"line1": 500, "line2": 500, "city": 255, "region": 255, "postal_code": 30, "country": 255}
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

#: Source: Intuit's reference of Customer, and of the addresses and emails on sales forms.
CUSTOMER_FIELDS = (
    CustomerField(key="given_name", label=gettext_noop("First name"), longest=100, only_new=True),
    CustomerField(key="family_name", label=gettext_noop("Last name"), longest=100, only_new=True),
    CustomerField(key="company_name", label=gettext_noop("Company"), longest=100, only_new=True),
    CustomerField(key="phone", label=gettext_noop("Phone"), longest=30, only_new=True),
    CustomerField(key="email", label=gettext_noop("Email"), longest=100),
    *_address("billing", _BILLING),
    *_address("shipping", _SHIPPING),
)
FIELDS_BY_KEY: Mapping[str, CustomerField] = {field.key: field for field in CUSTOMER_FIELDS}


def field_of(customer: Customer, key: str) -> str:
    """The text of one field."""
    which, _dot, part = key.rpartition(".")
    return str(getattr(getattr(customer, which), part) if which else getattr(customer, key))


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


def too_long(customer: Customer, *, is_new: bool) -> tuple[CustomerField, ...]:
    """The fields that QuickBooks would refuse, and that nobody but a person may change."""
    return tuple(
        field
        for field in CUSTOMER_FIELDS
        if len(field_of(customer, field.key)) > field.longest and (is_new or not field.only_new) and not field.cosmetic
    )


def tidied(customer: Customer) -> tuple[Customer, tuple[CustomerField, ...]]:
    """The customer with what is only there for looks put right, and the fields of which something was cut off.

    Names lose colons and line breaks, which QuickBooks refuses in them. A phone number that is too long loses the signs
    between its digits.
    """
    fields = {key: tidy_customer_name(field_of(customer, key)) for key in ("given_name", "family_name")}
    if len(customer.phone) > FIELDS_BY_KEY["phone"].longest:
        fields["phone"] = re.sub(r"[\s().\-/]", "", customer.phone)
    cut = [one for one in CUSTOMER_FIELDS if one.cosmetic and len(field_of(customer, one.key)) > one.longest]
    fields |= {one.key: field_of(customer, one.key)[: one.longest - 1] + SHORTENED for one in cut}
    return with_fields(customer, fields), tuple(cut)
