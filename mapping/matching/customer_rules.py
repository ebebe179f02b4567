"""By which rules is the customer of an order found in QuickBooks, and what follows when nobody is? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from books.answers import Rule, Terms
from books.customer_names import CustomerNameField, NameFormat, company_zip_key, name_in, name_key
from books.emails import emails, first_email
from books.orders import Customer
from books.phones import phone_key
from books.translation import gettext_noop


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
        match step:
            case MatchStep.EMAIL:
                return emails(email)
            case MatchStep.NAME:
                keys: tuple[str, ...] = (self.compared_name(customer),)
            case MatchStep.COMPANY_ZIP:
                codes = (customer.billing.postal_code, customer.shipping.postal_code)
                keys = tuple(dict.fromkeys(company_zip_key(customer.company_name, code) for code in codes))
            case MatchStep.PHONE:
                keys = (phone_key(customer.phone, self.phone_country),)
        return tuple(key for key in keys if key)


def compared_columns(columns: Mapping[str, str], *, country: str) -> dict[str, str]:
    """What a QuickBooks customer is found by, as our copy of the list keeps it beside what QuickBooks says.

    Args:
        columns: What QuickBooks says of the customer, by column.
        country: Two letters, for phone numbers without a country code; empty where nobody can tell.
    """
    return {
        "name_compared": columns["display_name"].strip().casefold(),
        "email_compared": first_email(columns["email"]),
        "company_compared": name_key(columns["company_name"]),
        "person_compared": name_key(f"{columns['given_name']} {columns['family_name']}"),
        "check_compared": name_key(columns["check_name"]),
        "company_zip_compared": company_zip_key(columns["company_name"], columns["postal_code"]),
        "phone_compared": phone_key(columns["phone"], country),
    }
