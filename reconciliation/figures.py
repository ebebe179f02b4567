"""How is an amount written for a person to read, on a screen and on paper alike?"""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

from books.money import rounded, smallest_unit


def figures(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency and thousands apart, as the reader's language writes them."""
    places = -int(smallest_unit(currency).as_tuple().exponent)
    return number_format(rounded(amount, currency), decimal_pos=places, use_l10n=True, force_grouping=True)
