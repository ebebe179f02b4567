"""What did the studio sell at its market stall and to shops, on a list that someone keeps in a spreadsheet?"""

from __future__ import annotations

from datetime import date, timedelta

from demo.sample_orders.catalogue import SampleProduct, stall_goods
from demo.sample_orders.dice import Dice
from demo.sample_orders.given_back import give_back_stall
from demo.sample_orders.people import STALL_KNOWN, STALL_NEW, Buyer, buyer
from demo.sample_orders.sales import GIFT_CARD, SampleSale, Sold

FIRST_NUMBER = 3001
COUNT = 40
_KIT, _GLAZE, _TRIM, _BOOK, _MUG, _RAKU, _HOUR = stall_goods()
_GOODS = (_KIT, _GLAZE, _TRIM, _BOOK, _MUG)


def story() -> list[SampleSale]:
    """Every order of the list, in the order of their numbers."""
    dice = Dice(20263001)
    told = _particular()
    told += [_everyday(dice, place) for place in range(COUNT - len(told))]
    told.sort(key=lambda sale: sale.day)
    for number, sale in enumerate(told, start=FIRST_NUMBER):
        sale.number = f"M-{number}"
    give_back_stall(told)
    told.append(_return(f"M-{FIRST_NUMBER + COUNT}"))
    return told


def _of(product: SampleProduct, hundredths: int = 100, *, cents: int | None = None) -> Sold:
    price = product.cents if cents is None else cents
    return Sold(kind="product", cents=price, hundredths=hundredths, product=product, name=product.name)


def _other(kind: str, cents: int, *, name: str = "", description: str = "") -> Sold:
    return Sold(kind=kind, cents=cents, name=name, description=description)


def _everyday(dice: Dice, place: int) -> SampleSale:
    buyers: tuple[Buyer, ...] = (*STALL_NEW, *STALL_KNOWN)
    who = buyers[place % len(buyers)]
    is_shop = bool(who.company)
    lines = [
        _of(product, 100 * (dice.between(4, 18) if is_shop else dice.between(1, 2)))
        for product in dice.shuffled(_GOODS)[: dice.between(1, 3)]
    ]
    if is_shop:
        goods = sum(line.amount for line in lines)
        lines.append(_other("special", -(goods // 10), description="Ten percent for the trade"))
    sale = SampleSale(buyer=who, day=date(2026, 8, 1) + timedelta(days=dice.below(92)), lines=lines)
    if not is_shop:
        return sale.pay_in_full(dice.one_of(("Cash", "Credit Card")))
    if dice.happens(60):
        return sale.pay(sale.total, "Check", after=dice.between(5, 25), reference=str(dice.between(1000, 9999)))
    return sale


def _return(number: str) -> SampleSale:
    """Mugs that came back from a shop, less the trade's discount."""
    lines = [_of(_MUG, -400), _other("special", 1560, description="Ten percent for the trade")]
    return SampleSale(buyer=buyer("Kestrel Coffee Roasters"), day=date(2026, 10, 29), lines=lines, number=number)


def _particular() -> list[SampleSale]:
    """Orders of which each shows one thing."""
    mugs = [_of(_MUG, 3600), _other("shipping", 4250, name="Shipping"), _other("special", -14040)]
    coffee = SampleSale(
        buyer=buyer("Kestrel Coffee Roasters"), day=date(2026, 8, 5), lines=mugs, notes="Back door, please.\nRing twice"
    )
    coffee.pay(60000, "Check", after=20, reference="1204").pay(70610, "Check", after=45, reference="1219")
    daughters = SampleSale(
        buyer=buyer("O'Malley & Daughters"),
        day=date(2026, 8, 15),
        lines=[_of(_KIT, 600), _of(_GLAZE, 600, cents=0)],
        notes='Samplers are free with six kits, "as always"',
    ).pay(28800, "Cash")
    hours = SampleSale(
        buyer=buyer("Imogen Sallow"), day=date(2026, 9, 12), lines=[_of(_HOUR, 150), _of(_RAKU)]
    ).pay_in_full("Credit Card")
    taxed = SampleSale(
        buyer=buyer("Rafael Ibarra"),
        day=date(2026, 9, 19),
        lines=[_of(_BOOK, 200), _other("tax", 243, name="Sales Tax"), _other("tip", 300)],
    )
    # A part with a gift card, whose number is longer than QuickBooks keeps a reference
    taxed.pay(2000, GIFT_CARD, reference="Card 6034-2201-7789-4410").pay(taxed.total - 2000, "Cash")
    cancelled = SampleSale(
        buyer=buyer("Café Lumière"),
        day=date(2026, 10, 3),
        lines=[_of(_MUG, 2400)],
        status="cancelled",
        left_out="cancelled",
        notes="Called off: the café moves",
    )
    return [coffee, daughters, hours, taxed, cancelled]
