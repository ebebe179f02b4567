"""Which addresses of a QuickBooks customer follow the customer's orders, and when does an order know enough of one?

Source:
    docs/accounting/customers.md
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from books.orders import Address
from books.translation import gettext_noop


class AddressPart(StrEnum):
    """One of the two addresses that a customer has."""

    BILLING = "billing"
    SHIPPING = "shipping"

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        return _PART_LABELS[self]


_PART_LABELS = {
    AddressPart.BILLING: gettext_noop("billing address"),
    AddressPart.SHIPPING: gettext_noop("shipping address"),
}


class AddressRule(StrEnum):
    """Which address of an order goes into which address of its customer."""

    BILLING = "billing"
    SHIPPING = "shipping"
    BOTH = "both"

    @property
    def label(self) -> str:
        """The rule as it is chosen on screen."""
        return _RULE_LABELS[self]

    @property
    def parts(self) -> tuple[AddressPart, ...]:
        """The addresses that are updated, each from the order's address of the same name."""
        return tuple(AddressPart) if self is AddressRule.BOTH else (AddressPart(self.value),)


_RULE_LABELS = {
    AddressRule.BILLING: gettext_noop("Billing address with billing address"),
    AddressRule.SHIPPING: gettext_noop("Shipping address with shipping address"),
    AddressRule.BOTH: gettext_noop("Billing and shipping address with billing and shipping address"),
}


def is_complete(address: Address) -> bool:
    """Whether an address can take the place of another: it has a street, and a city or a ZIP code."""
    return bool(address.line1.strip() and (address.city.strip() or address.postal_code.strip()))


def one_line(parts: Mapping[str, str]) -> str:
    """An address as it is written in a sentence; `—` where there is none."""
    return ", ".join(text for text in parts.values() if text) or "—"
