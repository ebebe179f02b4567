"""What is one sale of the sample, in whole cents?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.sample_orders.catalogue import ACCOUNT_OF_TYPE, SampleProduct
from demo.sample_orders.people import Buyer

#: The one way to pay that brings no money.
GIFT_CARD = "Gift Card"


@dataclass(frozen=True, kw_only=True)
class Sold:
    """One line. Quantities are in hundredths, so that one and a half hours are 150."""

    kind: str
    cents: int
    hundredths: int = 100
    product: SampleProduct | None = None
    name: str = ""
    description: str = ""

    @property
    def amount(self) -> int:
        """Price times quantity, in cents; every sample line multiplies out to whole cents."""
        amount, rest = divmod(self.cents * self.hundredths, 100)
        if rest:
            raise ValueError(f"{self} does not come to whole cents")
        return amount

    @property
    def account(self) -> str:
        """The account that QuickBooks must credit; `-` where the sample blocks it on purpose."""
        return self.product.account if self.product else ACCOUNT_OF_TYPE[self.kind]


@dataclass(frozen=True, kw_only=True)
class Paid:
    """Money for a sale."""

    day: date
    cents: int
    method: str
    status: str = "received"
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SampleRefund:
    """A credit, which lowers what is owed, or a refund, which is money that leaves."""

    #: `credit` or `refund`.
    kind: str
    #: What the source calls it.
    label: str
    day: date
    cents: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SamplePlan:
    """How a customer pays in parts."""

    parts: int
    first_day: date
    first_cents: int


@dataclass(kw_only=True)
class SampleSale:
    """One order of the sample."""

    buyer: Buyer
    day: date
    lines: list[Sold]
    #: The minute of the day, by the studio's clock.
    minute: int = 600
    payments: list[Paid] = field(default_factory=list)
    given_back: list[SampleRefund] = field(default_factory=list)
    status: str = "sale"
    origin: str = "CHECKOUT_FORM"
    title: str = ""
    notes: str = ""
    plan: SamplePlan | None = None
    #: Why it is blocked on purpose, as the code of the problem; empty for an order that posts.
    blocked: str = ""
    #: Why it rightly posts nothing; empty for one that does.
    left_out: str = ""
    number: str = ""

    @property
    def total(self) -> int:
        """What the customer owes, in cents."""
        return sum(line.amount for line in self.lines)

    @property
    def received(self) -> list[Paid]:
        """The payments that are money."""
        return [payment for payment in self.payments if payment.status == "received"]

    @property
    def by_gift_card(self) -> list[Paid]:
        """The payments that lower what is owed on gift cards."""
        return [payment for payment in self.received if payment.method == GIFT_CARD]

    @property
    def credits(self) -> list[SampleRefund]:
        """What lowers the balance without money."""
        return [given for given in self.given_back if given.kind == "credit"]

    @property
    def refunds(self) -> list[SampleRefund]:
        """Money that was given back."""
        return [given for given in self.given_back if given.kind == "refund"]

    @property
    def is_return(self) -> bool:
        """Whether it takes goods back, so that the studio owes the customer."""
        return self.total < 0

    @property
    def posts(self) -> bool:
        """Whether its documents must be in QuickBooks after the first sync."""
        return not self.blocked and not self.left_out

    def pay(self, cents: int, method: str, *, after: int = 0, **more: str) -> SampleSale:
        """Add a payment so many days after the sale."""
        self.payments.append(Paid(day=self.day + timedelta(days=after), cents=cents, method=method, **more))
        return self

    def pay_in_full(self, method: str, *, after: int = 0) -> SampleSale:
        """Pay what is owed, if anything is."""
        return self.pay(self.total, method, after=after) if self.total else self
