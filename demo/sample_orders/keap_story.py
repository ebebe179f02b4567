"""What did the studio sell through Keap from August to October 2026?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from demo.sample_orders.catalogue import SampleProduct, products
from demo.sample_orders.dice import Dice
from demo.sample_orders.given_back import give_back_keap
from demo.sample_orders.people import CHIDI, HARBOR, KNOWN, NEW, NGOZI, WITHOUT_EMAIL, Buyer, buyer
from demo.sample_orders.sales import SamplePlan, SampleSale, Sold

FIRST_DAY, LAST_DAY = date(2026, 8, 1), date(2026, 10, 31)
FIRST_NUMBER = 2001
COUNT = 260
_CATALOGUE = {product.id: product for product in products()}
(
    BEGINNERS,
    THROWING_201,
    GLAZE,
    RAKU,
    CAMP,
    COACHING,
    CLAY_KIT,
    SAMPLER,
    TRIM,
    BOOK,
    MUG,
    MEMBERSHIP,
    SHELF,
    PORCELAIN,
) = _CATALOGUE.values()
_CLASSES = (BEGINNERS, GLAZE, COACHING)
_GOODS = (CLAY_KIT, SAMPLER, TRIM, BOOK, MUG)
_CARDS = ("Credit Card", "Credit Card", "Credit Card", "PayPal")
#: Tax on goods in hundredths of a percent: 4.35 %.
_TAX_RATE = 435


def story() -> list[SampleSale]:
    """Every order of Keap, in the order of their numbers."""
    dice = Dice(20260801)
    told = [*_members(dice), *_plans(dice), *_invoiced(), *_at_the_studio(), *_blocked(), *_left_out()]
    everyday = [*(NEW * 2), *KNOWN] * 6
    told += [_everyday(dice, everyday[place]) for place in range(COUNT - len(told))]
    told.sort(key=lambda sale: (sale.day, sale.minute))
    for number, sale in enumerate(told, start=FIRST_NUMBER):
        sale.number = str(number)
    give_back_keap(told)
    # Orders of their own, entered after all the others, so that no other number moves
    for number, sale in enumerate(_returns(), start=FIRST_NUMBER + COUNT):
        sale.number = str(number)
        told.append(sale)
    return told


def _of(product: SampleProduct, quantity: int = 1, *, cents: int | None = None, description: str = "") -> Sold:
    kind = "subscription" if product.kind == "subscription" else "product"
    price = product.cents if cents is None else cents
    return Sold(
        kind=kind,
        cents=price,
        hundredths=100 * quantity,
        product=product,
        name=product.name,
        description=description,
    )


def _other(kind: str, cents: int, *, name: str = "", description: str = "") -> Sold:
    return Sold(kind=kind, cents=cents, name=name, description=description)


def _day(month: int, day: int) -> date:
    return date(2026, month, day)


def _some_day(dice: Dice) -> date:
    return FIRST_DAY + timedelta(days=dice.below((LAST_DAY - FIRST_DAY).days + 1))


def _shipping_and_tax(dice: Dice, goods: int) -> Iterator[Sold]:
    yield _other("shipping", dice.one_of((795, 995, 1250)), name=dice.one_of(("Shipping", "")))
    tax = (goods * _TAX_RATE + 5000) // 10000
    yield _other("tax", tax, name=dice.one_of(("Sales Tax", "")), description="Colorado and Larimer County, 4.35 %")


def _everyday(dice: Dice, who: Buyer) -> SampleSale:
    """An order as it comes in on most days."""
    sell: Callable[[Dice], list[Sold]] = dice.one_of(
        (_a_class, _a_class, _class_with_kit, _web_shop, _web_shop, _hours)
    )
    sale = SampleSale(buyer=who, day=_some_day(dice), minute=dice.between(7 * 60, 22 * 60), lines=sell(dice))
    way = dice.below(100)
    if way < 72:
        return sale.pay_in_full(dice.one_of(_CARDS))
    sale.origin = dice.one_of(("INVOICE", "API", "UNKNOWN"))
    if way < 82:
        return sale.pay_in_full(dice.one_of(("Check", "Cash", "Credit Card (Manual)")), after=dice.between(1, 12))
    if way < 92:
        half = sale.total // 2
        return sale.pay(half, dice.one_of(_CARDS)) if half else sale
    return sale


def _a_class(dice: Dice) -> list[Sold]:
    weeks = dice.one_of(("Eight Tuesday evenings", "Six Saturdays", "Eight Thursday mornings", ""))
    lines = [_of(dice.one_of(_CLASSES[:2]), description=weeks)]
    if dice.happens(12):
        lines.append(_other("order-discount", -2000, description="Early bird"))
    if dice.happens(8):
        lines.append(_of(SAMPLER, cents=0, description="A gift for a first booking"))
    return lines


def _class_with_kit(dice: Dice) -> list[Sold]:
    kit = _of(dice.one_of((CLAY_KIT, TRIM)))
    lines = [_of(BEGINNERS, description="Eight Tuesday evenings"), kit]
    if dice.happens(20):
        lines.append(_other("product-discount", -480, description="Kit with a class"))
    return lines


def _web_shop(dice: Dice) -> list[Sold]:
    goods = [_of(product, dice.between(1, 3)) for product in dice.shuffled(_GOODS)[: dice.between(1, 3)]]
    lines = [*goods, *_shipping_and_tax(dice, sum(line.amount for line in goods))]
    if dice.happens(10):
        lines.append(_other("category-discount", -300, description="Books and tools week"))
    if dice.happens(10):
        lines.append(_other("shipping-discount", -lines[len(goods)].amount, description="Free shipping"))
    if dice.happens(10):
        lines.append(_other("upsell", 1200, name=dice.one_of(("Upsell", "")), description="Gift wrap"))
    return lines


def _hours(dice: Dice) -> list[Sold]:
    return [_of(COACHING, dice.between(1, 4), description="Wheel time with a teacher")]


def _members(dice: Dice) -> Iterator[SampleSale]:
    """Memberships, charged on the first of each month; each is a Keap subscription."""
    for place, who in enumerate((*KNOWN[:5], *NEW[3:11])):
        for month in (8, 9, 10):
            lines = [_of(MEMBERSHIP, description=f"2026-{month:02}")]
            if place % 3 == 0:
                lines.append(_of(SHELF, 1 + place % 2))
            if month == 8 and place in (4, 9):
                lines.append(_other("free-trial-discount", -lines[0].amount, description="First month free"))
            sale = SampleSale(buyer=who, day=_day(month, 1), minute=6 * 60 + place, lines=lines, origin="UNKNOWN")
            yield sale.pay_in_full("Credit Card")


def _plans(dice: Dice) -> Iterator[SampleSale]:
    """Workshops paid in three parts, as far as the parts have fallen due by the end of October."""
    for place, who in enumerate((*NEW[12:18], KNOWN[6], KNOWN[13])):
        day = _day(8 + place % 3, 4 + 2 * place)
        lines = [_of(RAKU, 1 + place % 2, description="Two days at the kiln")]
        sale = SampleSale(buyer=who, day=day, minute=13 * 60 + place, lines=lines, title="Raku weekend in three parts")
        sale.plan = SamplePlan(parts=3, first_day=day, first_cents=sale.total // 3)
        for part in range(3):
            if day + timedelta(days=30 * part) <= LAST_DAY:
                sale.pay(sale.total // 3, "Credit Card", after=30 * part, note=f"Part {part + 1} of 3")
        yield sale


def _invoiced() -> Iterator[SampleSale]:
    """Orders that the studio invoices to schools and to the trade, of which each shows one thing."""
    school, parish = buyer("Foothills Montessori School"), buyer("St. Brigid's Parish School")
    yield SampleSale(
        buyer=school,
        day=_day(8, 12),
        lines=[_other("program", 96000, name="Program Fee", description="After-school clay, autumn term")],
        origin="INVOICE",
        title="Autumn term",
        notes="Invoice to the office,\nattention Ms. Ferreira",
    ).pay(48000, "Check", after=14, reference="33102")
    yield SampleSale(
        buyer=parish,
        day=_day(8, 26),
        lines=[_other("program", 64000, description="Parish clay mornings"), _of(CLAY_KIT, 12)],
        origin="INVOICE",
    )
    yield SampleSale(
        buyer=school,
        day=_day(10, 14),
        lines=[_other("finance-charge", 1440, name="Finance Charge", description="1.5 % on the open half")],
        origin="INVOICE",
    )
    yield SampleSale(
        buyer=parish, day=_day(10, 26), lines=[_other("finance-charge", 960, description="Overdue")], origin="INVOICE"
    )
    yield SampleSale(
        buyer=buyer("Wild Mustang Yoga"),
        day=_day(9, 9),
        lines=[_other("service", 17500, name="Studio Services", description="Repair of a kick wheel")],
        origin="INVOICE",
    ).pay_in_full("Check", after=9)
    yield SampleSale(
        buyer=buyer("Thistle & Thyme Café"),
        day=_day(9, 16),
        lines=[_of(MUG, 24), _other("special", -9360, name="Discount", description="Ten percent for the trade")],
        origin="INVOICE",
    ).pay_in_full("Check", after=20)


def _at_the_studio() -> Iterator[SampleSale]:
    """Orders of single customers, of which each shows one thing."""
    yield SampleSale(
        buyer=buyer("Front Porch Book Club"),
        day=_day(9, 22),
        lines=[_of(BOOK, 11), _of(BOOK, cents=0, description="One free for the reader"), _other("tip", 1500)],
    ).pay_in_full("PayPal")
    yield SampleSale(
        buyer=buyer("Maya Brook 🌿"),
        day=_day(9, 24),
        minute=23 * 60 + 50,
        lines=[_of(SAMPLER, cents=0, description="Thank you for the lovely photos 🏺✨")],
        title="A gift 🎁",
    )
    yield SampleSale(
        buyer=buyer("Søren Ålund"),
        day=_day(8, 19),
        lines=[_other("unknown", 4200, description="Clay left over, by weight"), _of(TRIM)],
        origin="MANUAL_PAYMENT",
    ).pay_in_full("Cash")
    yield SampleSale(
        buyer=buyer("Ruth Abramowitz"),
        day=_day(10, 20),
        lines=[_of(GLAZE), _other("other", -1000, description="Goodwill"), _other("fee", 350, description="Card fee")],
    ).pay_in_full("Credit Card")
    yield SampleSale(
        buyer=buyer("Harriet Quimby"), day=_day(9, 3), lines=[_of(BEGINNERS), _other("upsell", 2600, name="Upsell")]
    ).pay(30000, "Check", after=2, reference="1187", note="Paid too much, keep it for the next class")
    yield SampleSale(buyer=buyer("Kwame Asante"), day=_day(9, 11), lines=[_of(GLAZE)]).pay(
        15000, "Credit Card", status="failed", note="Card expired"
    )
    yield (
        SampleSale(buyer=buyer("Quentin Abernathy"), day=_day(10, 7), lines=[_of(COACHING, 2)])
        .pay(17000, "Credit Card", status="failed")
        .pay_in_full("Credit Card", after=1)
    )
    yield SampleSale(
        buyer=buyer("Leila Haddad"), day=_day(8, 31), minute=21 * 60 + 15, lines=[_of(BEGINNERS)]
    ).pay_in_full("Credit Card")


def _blocked() -> Iterator[SampleSale]:
    """Orders that cannot post until a person fixes the cause, each for one reason only."""
    for who, day in ((NEW[20], _day(8, 17)), (KNOWN[8], _day(9, 14)), (NEW[22], _day(10, 19))):
        lines = [_of(PORCELAIN), _of(TRIM)]
        yield SampleSale(buyer=who, day=day, lines=lines, blocked="product-without-mapping").pay_in_full("Credit Card")
    days = (_day(8, 6), _day(8, 20), _day(9, 2), _day(9, 17), _day(10, 1), _day(10, 15))
    for place, day in enumerate(days):
        who = (KNOWN[7], NEW[5], NEW[23], KNOWN[18], NEW[27], KNOWN[2])[place]
        sale = SampleSale(buyer=who, day=day, lines=[_of(THROWING_201)], blocked="account-not-in-quickbooks")
        yield sale.pay_in_full("Credit Card") if place % 2 else sale
    for who, day in ((NEW[1], _day(8, 3)), (NEW[16], _day(8, 10)), (KNOWN[11], _day(8, 24)), (NEW[26], _day(10, 22))):
        sale = SampleSale(buyer=who, day=day, lines=[_of(CAMP, 2)], blocked="name-breaks-rule")
        yield sale.pay(19500, "PayPal")
    for day in (_day(8, 14), _day(10, 9)):
        sale = SampleSale(buyer=WITHOUT_EMAIL, day=day, lines=[_of(CLAY_KIT, 2)], blocked="customer-without-email")
        sale.origin = "MANUAL_PAYMENT"
        yield sale.pay_in_full("Cash")
    for who, day in ((NGOZI, _day(8, 21)), (CHIDI, _day(9, 18)), (NGOZI, _day(10, 16))):
        yield SampleSale(buyer=who, day=day, lines=[_of(BEGINNERS)], blocked="customers-share-email").pay_in_full(
            "PayPal"
        )
    for day in (_day(8, 27), _day(10, 5)):
        sale = SampleSale(
            buyer=HARBOR, day=day, lines=[_of(MUG, 10)], blocked="refused-by-quickbooks", origin="INVOICE"
        )
        yield sale.pay_in_full("Check", after=15)


def _returns() -> Iterator[SampleSale]:
    """Goods that came back: orders whose lines come to less than nothing."""
    yield SampleSale(
        buyer=buyer("Elias Brandt"),
        day=_day(10, 28),
        lines=[
            _of(CLAY_KIT, -1, description="Unopened"),
            _of(SAMPLER, -2, description="Unopened"),
            _other("tax", -526, name="Sales Tax", description="Colorado and Larimer County, 4.35 %"),
        ],
        origin="INVOICE",
        title="Return",
    )
    yield SampleSale(
        buyer=buyer("Thistle & Thyme Café"),
        day=_day(10, 30),
        lines=[_of(MUG, -6), _other("special", 2340, name="Discount", description="Ten percent for the trade")],
        origin="INVOICE",
        title="Return",
    )


def _left_out() -> Iterator[SampleSale]:
    """Orders that rightly post nothing."""
    for who, day in ((NEW[13], _day(8, 28)), (KNOWN[4], _day(9, 29)), (NEW[30], _day(10, 28))):
        lines = [_of(RAKU), _of(CLAY_KIT)]
        yield SampleSale(
            buyer=who, day=day, lines=lines, status="draft", origin="INVOICE", left_out="draft", title="Quote"
        )
    yield SampleSale(
        buyer=KNOWN[16], day=_day(9, 25), lines=[_of(COACHING)], origin="QBO_SYNC", left_out="from-quickbooks"
    ).pay_in_full("Check")
