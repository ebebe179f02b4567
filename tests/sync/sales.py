"""Orders that were sold, and what has become of them."""

from __future__ import annotations

SOLD = "2026-08-14  order 1\nWT-101  199.00"
ZOE = "2026-08-14  order 1  #7 Zoë Søn <zoe@example.com>\nWT-101  199.00"


def of_order(number: int, text: str = ZOE) -> str:
    """The same sale under another number."""
    return text.replace("order 1", f"order {number}")
