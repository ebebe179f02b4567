"""How does August end? It is signed off, and a bookkeeper changes two invoices in QuickBooks: one before, one after.

Sums of whole cents, told from the story alone, as in `figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from books.json_types import Json
from demo.sample_orders.figures import money
from demo.sample_orders.sales import SampleSale

FIRST, LAST = date(2026, 8, 1), date(2026, 8, 31)
#: Who signs, by the name to sign in with.
SIGNER = "accountant"


@dataclass(frozen=True, kw_only=True)
class Repriced:
    """A line of an unpaid invoice to which a bookkeeper gives another price in QuickBooks."""

    number: str
    #: What the line came to, in cents.
    cents: int
    #: What it comes to afterwards.
    becomes: int

    @property
    def moved(self) -> int:
        """By how much the invoice is another, in cents."""
        return self.becomes - self.cents


#: Found by the first tie-out, and kept with a reason.
KEPT = Repriced(number="2026", cents=15000, becomes=13500)
#: Changed after the month was signed off; no one has decided yet.
CHANGED_SINCE = Repriced(number="M-3007", cents=66300, becomes=59500)
#: What the accountant wrote.
REASON = "Ten percent off for the café, agreed with the owner by phone"
NOTE = "Blocked sales are open issues, and are posted once these are cleared. Invoice 2026: see its history."


def figures(sales: Sequence[SampleSale]) -> Json:
    """What the last tie-out of the month must show of its invoices, and what has moved since the sign-off."""
    month = [sale for sale in sales if FIRST <= sale.day <= LAST and not (sale.left_out or sale.is_return)]
    by_number = {sale.number: sale for sale in month}
    for change in (KEPT, CHANGED_SINCE):
        sale = by_number[change.number]
        if sale.payments or sale.given_back or change.cents not in [line.amount for line in sale.lines]:
            raise ValueError(f"{change.number} is not an unpaid invoice with a line of {money(change.cents)}")
    return {
        "source": money(sum(sale.total for sale in month)),
        "blocked": money(-sum(sale.total for sale in month if sale.blocked)),
        "kept": money(KEPT.moved),
        "changed": money(CHANGED_SINCE.moved),
        "records": f"{KEPT.number} kept, {CHANGED_SINCE.number} changed-there",
    }
