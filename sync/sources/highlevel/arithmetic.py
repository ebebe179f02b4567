"""How do the lines, the discount, the taxes and the charges of HighLevel come to its total, to the cent?

HighLevel has documented neither what a tax is worked out on nor when it is rounded. Its own total decides between the
ways that are usual: a tax on what is left after the discount or before it, rounded by line, by tax or once. Where none
of them comes to the total the figures stay as they are, so that the order says what does not add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from books.money import ZERO, rounded, rounded_fraction, share_out, smallest_unit, total

_HUNDRED = 100


@dataclass(frozen=True, kw_only=True)
class Tax:
    """A tax as a line names it."""

    #: What tells it from other taxes of the sale.
    key: str
    name: str
    #: Percent.
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class TaxedLine:
    """A line with what counts for the total: its price, its taxes, and whether the discount lowers it."""

    #: Quantity times price, rounded; with inclusive taxes they are in it.
    gross: Decimal
    taxes: tuple[Tax, ...] = ()
    inclusive: bool = False
    #: Whether the discount counts for it.
    discounted: bool = True


@dataclass(frozen=True, kw_only=True)
class Discount:
    """A discount as it was given; positive."""

    value: Decimal
    is_percentage: bool


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What HighLevel says itself; None where it does not."""

    total: Decimal | None = None
    #: Positive.
    discount: Decimal | None = None
    #: With or without the taxes that are in the prices: it does not say.
    tax: Decimal | None = None
    #: With or without the taxes that are in the prices, as for the tax.
    subtotal: Decimal | None = None
    #: Each tax that was worked out already.
    taxes: tuple[tuple[Tax, Decimal], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What a sale is made of beside its lines. Every amount is positive."""

    #: Whether it comes to the total that HighLevel states.
    fits: bool
    discount: Decimal = ZERO
    #: By line, what of its gross is tax.
    included: tuple[Decimal, ...] = ()
    #: Each tax once, with what was in the prices.
    taxes: tuple[tuple[Tax, Decimal], ...] = ()
    #: Whether the charges beside the lines are part of the stated total.
    charges_in_total: bool = True


def sums_of(
    sold: Sequence[TaxedLine], discount: Discount | None, *, charges: Decimal, stated: Stated, currency: str
) -> Sums:
    """Find the way in which the parts of a sale come to its total.

    Args:
        sold: Its lines.
        discount: None without one.
        charges: What late fees, tips, shipping and the like come to.
        stated: Its own figures, whole in the currency.
        currency: Decides the smallest unit.
    """
    gross = total(line.gross for line in sold)
    discounts = _discounts(sold, discount, stated, currency)
    for in_total in (True, False) if charges else (True,):
        for taken_off in discounts if stated.total is not None else ():
            needed = (stated.total or ZERO) - gross + taken_off - (charges if in_total else ZERO)
            found = _Taxes(sold, taken_off, currency).coming_to(needed, stated)
            if found is not None:
                return _sums(sold, taken_off, found, stated, currency, fits=True, in_total=in_total)
    worked_out = _Taxes(sold, discounts[0], currency).as_usual(stated)
    return _sums(sold, discounts[0], worked_out, stated, currency, fits=stated.total is None, in_total=True)


def left_over(sold: Sequence[TaxedLine], *, charges: Decimal, stated: Stated, currency: str) -> Decimal | None:
    """What the total has beside all that HighLevel states; None where that is not certain.

    It is only where the subtotal is that of the lines, discount and tax are stated, and no tax is in a price: then
    nothing is worked out, and there is one answer.

    Args:
        sold: The lines of the sale.
        charges: What fees and the like come to that are stated.
        stated: HighLevel's own figures.
        currency: Decides the smallest unit.
    """
    gross = total(line.gross for line in sold)
    if stated.total is None or stated.discount is None or stated.tax is None or stated.subtotal != gross:
        return None
    inside = _Taxes(sold, abs(stated.discount), currency).inside_by_line()
    if any(amount for by_tax in inside for amount in by_tax.values()):
        return None
    return stated.total - (gross - abs(stated.discount) + stated.tax) - charges


def _sums(
    sold: Sequence[TaxedLine],
    taken_off: Decimal,
    exclusive: Mapping[Tax, Decimal],
    stated: Stated,
    currency: str,
    *,
    fits: bool,
    in_total: bool,
) -> Sums:
    in_prices = None if stated.tax is None else stated.tax - total(exclusive.values())
    inside = _Taxes(sold, taken_off, currency).inside_by_line(in_prices)
    taxes = dict(exclusive)
    for by_tax in inside:
        for tax, amount in by_tax.items():
            taxes[tax] = taxes.get(tax, ZERO) + amount
    return Sums(
        fits=fits,
        discount=taken_off,
        included=tuple(total(by_tax.values()) for by_tax in inside),
        taxes=tuple((tax, amount) for tax, amount in taxes.items() if amount),
        charges_in_total=in_total,
    )


def _discounts(sold: Sequence[TaxedLine], discount: Discount | None, stated: Stated, currency: str) -> list[Decimal]:
    """What the discount can come to: the amount that is stated, else what it is worked out to in the usual ways."""
    if stated.discount is not None:
        return [abs(stated.discount)]
    found: list[Decimal] = []
    base = [line.gross for line in sold if line.discounted]
    if discount is None:
        found.append(ZERO)
    elif discount.is_percentage:
        found.append(rounded(total(base) * discount.value / _HUNDRED, currency))
        found.append(total(rounded(amount * discount.value / _HUNDRED, currency) for amount in base))
    else:
        found.append(min(rounded(discount.value, currency), max(total(base), ZERO)))
    return list(dict.fromkeys(found))


class _Taxes:
    """The taxes of a sale by one amount of its discount."""

    def __init__(self, sold: Sequence[TaxedLine], taken_off: Decimal, currency: str) -> None:
        self.sold = sold
        self.currency = currency
        self._taken_off = taken_off
        self._base = sum((Fraction(line.gross) for line in sold if line.discounted), Fraction(0))

    def inside_by_line(self, stated: Decimal | None = None) -> list[dict[Tax, Decimal]]:
        """By line, what of its price is each tax, after the discount.

        Args:
            stated: What HighLevel says they come to, where it says so; followed as far as rounding can explain it.
        """
        parts = list(self._inside_parts())
        amounts = [rounded_fraction(part, self.currency) for _line, _tax, part in parts]
        most = smallest_unit(self.currency) * len(parts)
        weights = [_decimal(part) for _line, _tax, part in parts]
        if (
            stated is not None
            and stated >= 0
            and abs(stated - total(amounts)) < most
            and min(weights) >= 0 < max(weights)
        ):
            amounts = list(share_out(stated, weights, currency=self.currency))
        found: list[dict[Tax, Decimal]] = [{} for _line in self.sold]
        for (index, tax, _part), amount in zip(parts, amounts, strict=True):
            found[index][tax] = found[index].get(tax, ZERO) + amount
        return found

    def _inside_parts(self) -> Iterator[tuple[int, Tax, Fraction]]:
        for index, line in enumerate(self.sold):
            rates = sum((Fraction(tax.rate) for tax in line.taxes), Fraction(0))
            for tax in line.taxes if line.inclusive else ():
                yield index, tax, self._left(line, after=True) * Fraction(tax.rate) / (_HUNDRED + rates)

    def coming_to(self, needed: Decimal, stated: Stated) -> dict[Tax, Decimal] | None:
        """The taxes beside the prices, where they come to what is needed for the total; None where no way does."""
        if stated.taxes and total(amount for _tax, amount in stated.taxes) == needed:
            return dict(stated.taxes)
        for taxes in self._ways():
            if total(taxes.values()) == needed:
                return taxes
        if stated.tax is None or needed < 0 or not self._is_stated(needed, stated.tax):
            return None
        return self._shared(needed)

    def as_usual(self, stated: Stated) -> dict[Tax, Decimal]:
        """The taxes beside the prices where no total decides, or where none fits."""
        usual = next(self._ways())
        return usual if usual or not stated.tax else self._shared(stated.tax)

    def _is_stated(self, needed: Decimal, stated: Decimal) -> bool:
        inside = total(amount for by_tax in self.inside_by_line() for amount in by_tax.values())
        return needed in (stated, stated - inside)

    def _shared(self, amount: Decimal) -> dict[Tax, Decimal]:
        """What the taxes come to, shared out by their rates; one tax without a name where no line has any."""
        exact = self._exact(after=True)
        weights = [_decimal(part) for part in exact.values()]
        if not any(weights) or any(weight < 0 for weight in weights):
            return {Tax(key="", name="", rate=ZERO): amount} if amount else {}
        return dict(zip(exact, share_out(amount, weights, currency=self.currency), strict=True))

    def _ways(self) -> Iterator[dict[Tax, Decimal]]:
        for after in (True, False):
            by_line: dict[Tax, Decimal] = {}
            for tax, part in self._parts(after=after):
                by_line[tax] = by_line.get(tax, ZERO) + rounded_fraction(part, self.currency)
            yield by_line
            exact = self._exact(after=after)
            yield {tax: rounded_fraction(part, self.currency) for tax, part in exact.items()}
            whole = rounded_fraction(sum(exact.values(), Fraction(0)), self.currency)
            if whole > 0:
                yield self._shared(whole)

    def _exact(self, *, after: bool) -> dict[Tax, Fraction]:
        found: dict[Tax, Fraction] = {}
        for tax, part in self._parts(after=after):
            found[tax] = found.get(tax, Fraction(0)) + part
        return found

    def _parts(self, *, after: bool) -> Iterator[tuple[Tax, Fraction]]:
        for line in self.sold:
            if not line.inclusive:
                for tax in line.taxes:
                    yield tax, self._left(line, after=after) * Fraction(tax.rate) / _HUNDRED

    def _left(self, line: TaxedLine, *, after: bool) -> Fraction:
        """What is left of a line after its part of the discount, or before it."""
        gross = Fraction(line.gross)
        if not after or not line.discounted or not self._base:
            return gross
        return gross - Fraction(self._taken_off) * gross / self._base


def _decimal(part: Fraction) -> Decimal:
    """Near enough for a weight."""
    return Decimal(part.numerator) / Decimal(part.denominator)
