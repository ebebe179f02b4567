"""Which names does QuickBooks not have yet? A customer that its first order creates."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from books.answers import CustomerRef
from books.documents.lines import Posting
from books.money import ZERO
from books.orders import NO_ADDRESS, Address
from books.translation import gettext_noop


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """A customer that QuickBooks does not have yet, created with the first order that needs it. Posts nothing."""

    kind: ClassVar[str] = "customer"
    title: ClassVar[str] = gettext_noop("Customer")

    key: str
    display_name: str
    given_name: str = ""
    family_name: str = ""
    company_name: str = ""
    #: Empty where QuickBooks makes it of the display name.
    check_name: str = ""
    email: str = ""
    phone: str = ""
    billing: Address = NO_ADDRESS
    shipping: Address = NO_ADDRESS
    currency: str
    memo: str = ""

    @property
    def number(self) -> str:
        """A customer has no number."""
        return ""

    @property
    def customer(self) -> CustomerRef:
        """The customer itself."""
        return CustomerRef(name=self.display_name, created_by=self.key)

    @property
    def total(self) -> Decimal:
        """A customer moves no money."""
        return ZERO

    @property
    def postings(self) -> tuple[Posting, ...]:
        """A customer moves no account."""
        return ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Keys of the documents that must be in QuickBooks first."""
        return ()
