"""What did the studio give away and give back: credits, comps, write-offs, refunds, returns?

They come to orders that are told already, so a table names the orders; returns are orders of their own, written after
all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from demo.sample_orders.sales import SampleRefund, SampleSale

# order | credit or refund | what the source calls it | days after the sale | cents | note, or reference on the list
_KEAP = """
2077 | credit | Adjustment | 20 | 9600 | Two of the kits came back cracked
2148 | credit | Comp | 5 | 24000 | On the house: the teacher was ill
2169 | credit | Credit | 10 | 4250 | For a session that was cut short
2137 | credit | Write-off | 40 | 15000 | Moved away without an address
2254 | credit | Write-off | 3 | 960 | Not worth a letter
2233 | credit | Comp | 4 | 5000 | For helping at the open day
2040 | refund | Refund | 9 | 17000 | Cancelled in time
2062 | refund | Credit Card | 12 | 12000 | Four of eight evenings
2027 | refund | PayPal | 6 | 3650 | A box broke in the post
2240 | refund | Refund | 3 | 8000 | Left after the second evening
2256 | refund | Refund | 2 | 17000 | Booked twice by mistake
"""
_STALL = """
M-3018 | credit | Credit | 12 | 7300 | note 17
M-3029 | credit | Write-off | 34 | 33053 | note 18
M-3037 | refund | Refund | 4 | 3650 | till 402
M-3022 | refund | Refund | 7 | 42750 | till 377
"""


def give_back_keap(told: Sequence[SampleSale]) -> None:
    """Add what was given back on orders of Keap."""
    _give_back(told, _KEAP)


def give_back_stall(told: Sequence[SampleSale]) -> None:
    """Add what was given back at the stall."""
    _give_back(told, _STALL)


def _give_back(told: Sequence[SampleSale], table: str) -> None:
    sales = {sale.number: sale for sale in told}
    for row in table.strip().splitlines():
        number, kind, label, after, cents, note = (cell.strip() for cell in row.split("|"))
        sale = sales[number]
        day = sale.day + timedelta(days=int(after))
        sale.given_back.append(SampleRefund(kind=kind, label=label, day=day, cents=int(cents), note=note))
