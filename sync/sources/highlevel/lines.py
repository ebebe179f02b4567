"""Which lines does a sale of HighLevel become: what was sold, its discount, its taxes and its charges?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from books.money import rounded, total
from books.orders import Line, LineType
from books.translation import gettext_noop
from sync.sources.amounts import multiplied_out, tidy
from sync.sources.fields import Fields, number, plain_amount, refuse_other_currency
from sync.sources.highlevel.arithmetic import Discount, Stated, Sums, Tax, TaxedLine, left_over, sums_of
from sync.sources.highlevel.charges import Charge
from sync.sources.kinds import plain
from sync.sources.values import BadValue

#: So many decimals of a price out of which a tax was taken.
_PRICE = Decimal("0.000001")
_RECURRING = "recurring"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing sold, as HighLevel states it."""

    key: str
    name: str
    description: str = ""
    product_id: str = ""
    product_name: str = ""
    price_id: str = ""
    sku: str = ""
    quantity: Decimal
    price: Decimal
    gross: Decimal
    taxes: tuple[Tax, ...] = ()
    inclusive: bool = False
    is_recurring: bool = False

    def sold(self, *, discounted: bool) -> TaxedLine:
        """What of it counts for the total."""
        return TaxedLine(gross=self.gross, taxes=self.taxes, inclusive=self.inclusive, discounted=discounted)


@dataclass(frozen=True, kw_only=True)
class GivenDiscount:
    """A discount and what it counts for."""

    discount: Discount
    #: The ids of the only products that it counts for; empty for all of the sale.
    products: frozenset[str] = frozenset()

    def counts_for(self, item: Item) -> bool:
        """Whether the price of a thing falls by it."""
        return not self.products or item.product_id in self.products

    @property
    def label(self) -> str:
        """What it is called on the document."""
        percent = f" {self.discount.value.normalize():f}%" if self.discount.is_percentage else ""
        return f"Discount{percent}"


def read_item(item: Fields, position: int, *, currency: str, skus: Mapping[str, str]) -> Item:
    """One line of an invoice, or of an order, which has its product and its price as objects of their own.

    Args:
        item: As HighLevel gave it.
        position: From 1, for a line without an id.
        currency: Of the sale.
        skus: By the id of the price, or of the product; lines carry none themselves.
    """
    product, price = item.inner("product"), item.inner("price")
    stated = item if item.has("amount") or not price.data else price
    refuse_other_currency(item, currency)
    refuse_other_currency(price, currency)
    quantity = item.quantity("qty", "quantity")
    amount = stated.required(lambda value: plain_amount(value, currency=currency), "amount", otherwise=Decimal(0))
    price_id = item.identifier("priceId", longest=100) or price.identifier("_id", "id", longest=100)
    product_id = item.identifier("productId", longest=100) or product.identifier("_id", "id", longest=100)
    taxes, inclusive = _taxes(item if item.has("taxes") else product)
    return Item(
        key=item.identifier("_id", "id", longest=100) or str(position),
        name=item.identifier("name", longest=300) or product.identifier("name", longest=300),
        description=item.text("description"),
        product_id=product_id,
        product_name=product.identifier("name", longest=300),
        price_id=price_id,
        sku=skus.get(price_id) or skus.get(product_id, ""),
        quantity=quantity,
        price=amount,
        gross=item.faults.attempt(
            lambda: multiplied_out(quantity, amount, currency),
            otherwise=Decimal(0),
            column=item.path,
            value=amount,
        ),
        taxes=taxes,
        inclusive=inclusive or any(_says_yes(part, "taxInclusive") for part in (item, product, price)),
        is_recurring=plain(item.line("type") or price.line("type")) == _RECURRING
        and not _says_yes(item, "isSetupFeeItem"),
    )


def read_discount(sale: Fields, *, currency: str) -> GivenDiscount | None:
    """The discount of a sale; None without one."""
    given = sale.inner("discount")
    value = given.read(lambda found: plain_amount(found, currency=currency), "value", otherwise=Decimal(0))
    if not value:
        return None
    kind = plain(given.line("type"))
    if kind not in ("percentage", "fixed"):
        given.faults.add(_unknown_discount(), column=given.path_of("type"), value=given.data.get("type"))
    if value < 0:
        given.faults.add(_raises(), column=given.path_of("value"), value=value)
    products = given.data.get("validOnProductIds")
    return GivenDiscount(
        discount=Discount(value=value, is_percentage=kind == "percentage"),
        products=frozenset(map(str, products)) if isinstance(products, list) else frozenset(),
    )


def added_up(
    items: Sequence[Item],
    discount: GivenDiscount | None,
    charges: Sequence[Charge],
    *,
    stated: Stated,
    currency: str,
) -> Sums:
    """What items come to, see `sums_of`."""
    sold = [item.sold(discounted=discount is None or discount.counts_for(item)) for item in items]
    extra = total(charge.amount for charge in charges)
    return sums_of(sold, discount.discount if discount else None, charges=extra, stated=stated, currency=currency)


def left_over_of(
    items: Sequence[Item],
    discount: GivenDiscount | None,
    charges: Sequence[Charge],
    *,
    stated: Stated,
    currency: str,
) -> Decimal | None:
    """What the total has beside all that is stated, see `left_over`."""
    sold = [item.sold(discounted=discount is None or discount.counts_for(item)) for item in items]
    extra = total(charge.amount for charge in charges)
    return left_over(sold, charges=extra, stated=stated, currency=currency)


def lines_of(
    items: Sequence[Item], discount: GivenDiscount | None, charges: Sequence[Charge], sums: Sums, *, tells_taxed: bool
) -> tuple[Line, ...]:
    """The lines of an order.

    Args:
        items: What was sold.
        discount: For its name.
        charges: Each is a line.
        sums: What the items come to.
        tells_taxed: Whether each item says if it is taxed; with automatic taxes none does.
    """
    included = sums.included or (Decimal(0),) * len(items)
    keys = list(_own_keys(item.key for item in items))
    lines = [
        _line(item, key, inside, tells_taxed=tells_taxed)
        for item, key, inside in zip(items, keys, included, strict=True)
    ]
    if sums.discount:
        lines.append(_discount_line(discount, items, sums.discount, tells_taxed=tells_taxed))
    # What is beside the lines is never taxed: the taxes are those of the lines alone
    lines += [replace(charge.line(), taxable=False if tells_taxed else None) for charge in charges]
    lines += [_tax_line(tax, amount) for tax, amount in sums.taxes]
    return tuple(lines)


def _line(item: Item, key: str, included: Decimal, *, tells_taxed: bool) -> Line:
    amount = item.gross - included
    price = item.price
    if included:
        price = tidy((amount / item.quantity).quantize(_PRICE)) if item.quantity else amount
    return Line(
        key=key,
        line_type=LineType.SUBSCRIPTION if item.is_recurring else LineType.PRODUCT,
        quantity=item.quantity,
        unit_price=price,
        amount=amount,
        name=item.name,
        description=item.description,
        # The price is what is sold: size, color and term are prices of one product, each with an SKU of its own
        product_id=item.price_id or item.product_id,
        product_name=item.name or item.product_name,
        sku=item.sku,
        taxable=bool(item.taxes) if tells_taxed else None,
    )


def _discount_line(given: GivenDiscount | None, items: Sequence[Item], amount: Decimal, *, tells_taxed: bool) -> Line:
    counts_for = [item for item in items if given is None or given.counts_for(item)]
    taxed = {bool(item.taxes) for item in counts_for}
    return Line(
        key="discount",
        line_type=LineType.PRODUCT_DISCOUNT if given and given.products else LineType.ORDER_DISCOUNT,
        quantity=Decimal(1),
        unit_price=-amount,
        amount=-amount,
        description=given.label if given else "Discount",
        taxable=taxed.pop() if tells_taxed and len(taxed) == 1 else None,
    )


def _tax_line(tax: Tax, amount: Decimal) -> Line:
    return Line(
        key=f"tax-{tax.key}",
        line_type=LineType.TAX,
        quantity=Decimal(1),
        unit_price=amount,
        amount=amount,
        # A name would be that of an item: taxes of a source are none of QuickBooks
        description=tax.name,
    )


def _own_keys(keys: Iterator[str]) -> Iterator[str]:
    """Each key once: lines that were copied can have the id of the first."""
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        yield key if seen[key] == 1 else f"{key}-{seen[key]}"


def _taxes(fields: Fields) -> tuple[tuple[Tax, ...], bool]:
    """The taxes of a line, and whether they are in its price."""
    found, inclusive = [], False
    for position, tax in enumerate(fields.each("taxes"), start=1):
        found.append(read_tax(tax, position))
        calculation = plain(tax.line("calculation"))
        inclusive |= calculation == "inclusive"
        if calculation not in ("", "exclusive", "inclusive"):
            tax.faults.add(_unknown_calculation(), column=tax.path_of("calculation"), value=tax.data["calculation"])
    return tuple(found), inclusive


def read_tax(tax: Fields, position: int) -> Tax:
    """A tax with its rate in percent."""
    rate = tax.required(_rate, "rate", otherwise=Decimal(0))
    name = tax.identifier("name", longest=300)
    key = tax.identifier("taxId", "_id", "id", longest=100) or name or str(position)
    return Tax(key=key, name=name or f"{rate:f}%", rate=rate)


def _rate(value: object) -> Decimal:
    rate = tidy(plain_amount(value, currency="USD")) if isinstance(value, str) else tidy(number(value))
    if 0 <= rate <= 100:
        return rate
    raise BadValue(
        "not-a-tax-rate",
        gettext_noop("“%(value)s” is not a tax rate between 0 and 100 percent."),
        gettext_noop("Correct the tax in HighLevel."),
    )


def _says_yes(fields: Fields, name: str) -> bool:
    return fields.data.get(name) is True


def stated_amount(fields: Fields, name: str, *, currency: str) -> Decimal | None:
    """An amount of a summary, rounded where it has a fraction of a cent, since it is only compared; None for none."""
    found = fields.read(lambda value: plain_amount(value, currency=currency), name, otherwise=None)
    return None if found is None else rounded(found, currency)


def _unknown_discount() -> BadValue:
    return BadValue(
        "unknown-discount",
        gettext_noop("“%(value)s” is a kind of discount that is not known, so what it comes to is not certain."),
        gettext_noop("Make it a percentage or a fixed amount in HighLevel."),
    )


def _raises() -> BadValue:
    return BadValue(
        "discount-below-zero",
        gettext_noop("A discount of %(value)s would raise the price."),
        gettext_noop("Correct the discount in HighLevel."),
    )


def _unknown_calculation() -> BadValue:
    return BadValue(
        "unknown-tax-calculation",
        gettext_noop("“%(value)s” does not say whether the tax is in the price or on top of it."),
        gettext_noop("Choose inclusive or exclusive for the tax in HighLevel."),
    )
