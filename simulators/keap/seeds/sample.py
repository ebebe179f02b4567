"""The account of a ceramics studio, as it is after some weeks: every type of line, and every thing that money does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ..account import KeapAccount
from ..orders import LineLike, NewLine
from ..records import CARD, Postal

# name | SKU | price | how often it is billed
_PRODUCTS = """
Wheel Throwing 101 | WT-101 | 240.00 |
Raku Weekend | RK-300 | 300.00 |
Coaching Hour | CO-060 | 85.00 |
Starter Clay Kit | KIT-CLAY | 48.00 |
Glaze Sampler | KIT-GLAZE | 36.50 |
Trimming Tools & Sponge | TL-TRIM | 22.75 |
The Patient Potter | BK-POT | 27.95 |
Studio Membership | MB-MONTH | 65.00 | MONTH
Porcelain Throwing Set | | 120.00 |
"""

# given name | family name | company | email | phone | street | city | ZIP code
_CONTACTS = """
Amara | Lindqvist | | amara.lindqvist@example.org | (303) 555-0101 | 901 Pearl Street | Boulder | 80302
Graham | Whitlock | | graham.whitlock@example.com | 970-555-0102 | 66 Poudre Lane | Windsor | 80550
Marguerite | Oyelaran | | marguerite.oyelaran@example.com | +1 970 555 0103 | 118 Cleveland Avenue | Loveland | 80537
Valentina | Rossi | | valentina.rossi@example.com | 303.555.0104 | 57 Olde Wadsworth | Arvada | 80002
Zoë | Vandermeer | | zoe.vandermeer@example.com | 970 555 0105 | 340 Mountain Avenue | Fort Collins | 80521
Hiroshi | Tanabe | | hiroshi.tanabe@example.com | | 31 Baseline Road | Boulder | 80302
Sunita | Rao | | sunita.rao@example.com | 970-555-0107 | 2112 Stover Street | Fort Collins | 80525
Declan | O'Rourke | | declan.orourke@example.com | (970) 555-0108 | 940 Mathews Street | Fort Collins | 80524
Ngozi | Okafor | | family.okafor@example.com | 970-555-0109 | 512 Taft Avenue | Loveland | 80537
Dana | Malley | O'Malley & Daughters | orders@omalley.example.com | 303-555-0110 | 1880 Blake St | Denver | 80202
 | | Kestrel Coffee Roasters | buy@kestrelcoffee.example.com | 970-555-0111 | 400 Linden Street | Fort Collins | 80524
Priya | Natarajan | | priya.natarajan@example.com | 303-555-0112 | 2525 Arapahoe Avenue | Boulder | 80302
"""


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in row.split("|")] for row in table.strip().splitlines()]


def fill(account: KeapAccount) -> None:
    """Put the sample into an empty account."""
    opened = _days_ago(account, 45)
    with account.writing():
        with account.at(opened):
            for name, sku, price, cycle in _rows(_PRODUCTS):
                account.new_product(
                    name, price, sku=sku, plan_cycle=cycle, shippable=sku.startswith(("KIT", "TL", "BK"))
                )
            for row in _rows(_CONTACTS):
                _contact(account, row)
            # One that was deleted since, so that the numbers of orders and invoices are apart
            account.delete_order(account.place_order("amara.lindqvist@example.org", [("WT-101", 1)]))
        for days, place in _STORY:
            moment = _days_ago(account, days)
            with account.at(moment):
                place(account, moment)


def _days_ago(account: KeapAccount, days: int) -> datetime:
    """A busy hour of some days ago."""
    moment = account.clock.now() - timedelta(days=days)
    return moment.replace(hour=9 + days % 8, minute=days * 7 % 60, second=days % 60, microsecond=0)


def _contact(account: KeapAccount, row: list[str]) -> None:
    given, family, company, email, phone, street, city, zip_code = row
    address = Postal(
        line1=street,
        locality=city,
        region="Colorado",
        region_code="US-CO",
        postal_code=zip_code,
        country_code="USA",
        country="United States",
    )
    account.new_contact(given, family, email, phone=phone, company=company, addresses=[address])


# What happened, order by order


def _of(item_type: str, price: str, name: str, description: str) -> NewLine:
    """A line of no product, named as the item of the books that it is meant for."""
    return NewLine(item_type=item_type, price=price, name=name, description=description)


def _class_and_tax(account: KeapAccount, moment: datetime) -> None:
    lines: list[LineLike] = [("WT-101", 1), ("KIT-CLAY", 2), _of("TAX", "23.86", "Sales Tax", "Sales tax 7.1%")]
    order = account.place_order("amara.lindqvist@example.org", lines, source="CHECKOUT_FORM", order_type="ONLINE")
    account.pay(order, method=CARD)


def _shipped_kit(account: KeapAccount, moment: datetime) -> None:
    contact = account.contact("graham.whitlock@example.com")
    address = contact.addresses[0]
    ship_to = Postal(**{**vars(address), "field": "SHIPPING", "line1": "PO Box 12"})
    lines = [("KIT-GLAZE", 3), ("TL-TRIM", 1), ("SHIPPING", 1, "9.80")]
    order = account.place_order(
        contact, lines, source="CHECKOUT_FORM", order_type="ONLINE", shipping=ship_to, promo_code="SPRING10"
    )
    account.add_line(order, _of("DISCOUNT_ORDER_TOTAL", "-13.23", "Discount", "SPRING10"))
    account.pay(order, method="PayPal")


def _instalments(account: KeapAccount, moment: datetime) -> None:
    day = moment.date()
    plan = [(day + timedelta(days=14 * part), "100.00") for part in range(3)]
    order = account.place_order(
        "marguerite.oyelaran@example.com", [("RK-300", 1)], plan=plan, title="Raku in three parts"
    )
    for due, amount in plan[:2]:
        with account.at(moment + (due - day)):
            account.pay(order, amount, CARD)


def _every_discount(account: KeapAccount, moment: datetime) -> None:
    lines: list[LineLike] = [
        ("KIT-CLAY", 2),
        ("BK-POT", 1),
        ("SHIPPING", 1, "12.00"),
        _of("DISCOUNT", "-5.00", "Discount", "Friend of the studio"),
        _of("DISCOUNT_PRODUCT", "-4.80", "Discount", "A tenth off clay kits"),
        _of("DISCOUNT_PRODUCT_CATEGORY", "-2.80", "Discount", "Books week"),
        _of("DISCOUNT_SHIPPING", "-12.00", "Discount", "Free shipping"),
    ]
    account.pay(account.place_order("valentina.rossi@example.com", lines, order_type="ONLINE"), method="Check")


def _services(account: KeapAccount, moment: datetime) -> None:
    lines: list[LineLike] = [
        _of("SERVICE", "150.00", "Studio Services", "Kiln repair"),
        _of("PROGRAM", "400.00", "Program Fee", "Spring mentorship"),
        _of("UPSELL", "19.00", "Upsell", "Extra clay"),
        ("FEE", 1, "3.50", "Card fee"),
        ("TIP", 1, "20.00"),
        _of("OTHER", "-2.00", "Uncategorized Sale", "Rounding"),
        _of("UNKNOWN", "7.25", "Uncategorized Sale", "Old balance"),
    ]
    order = account.place_order("zoe.vandermeer@example.com", lines, terms="Net 30")
    account.pay(order, "250.00", "Check", note="Check 1044")


def _late(account: KeapAccount, moment: datetime) -> None:
    lines: list[LineLike] = [("CO-060", 2), _of("FINANCE_CHARGE", "2.55", "Finance Charge", "1.5% a month")]
    account.place_order("orders@omalley.example.com", lines, terms="Net 15")


def _trial(account: KeapAccount, moment: datetime) -> None:
    lines: list[LineLike] = [("MB-MONTH", 1), _of("DISCOUNT_FREE_TRIAL", "-65.00", "Discount", "First month free")]
    account.place_order("hiroshi.tanabe@example.com", lines, order_type="ONLINE")


def _refunded_in_part(account: KeapAccount, moment: datetime) -> None:
    order = account.place_order("sunita.rao@example.com", [("KIT-CLAY", 1), ("KIT-GLAZE", 1)], order_type="ONLINE")
    account.pay(order, method=CARD)
    with account.at(moment + timedelta(days=2)):
        account.refund(order, "36.50", note="Arrived broken")


def _credited(account: KeapAccount, moment: datetime) -> None:
    order = account.place_order("declan.orourke@example.com", [("WT-101", 1)])
    account.credit(order, "40.00")
    with account.at(moment + timedelta(days=1)):
        account.pay(order, "200.00", "Cash")


def _draft(account: KeapAccount, moment: datetime) -> None:
    account.place_order("buy@kestrelcoffee.example.com", [("KIT-CLAY", 10, "41.00")], status="DRAFT", source="INVOICE")


def _from_quickbooks(account: KeapAccount, moment: datetime) -> None:
    order = account.place_order("buy@kestrelcoffee.example.com", [("BK-POT", 4)], source="QUICKBOOKS")
    account.pay(order, method="Check")


def _voided(account: KeapAccount, moment: datetime) -> None:
    order = account.place_order("family.okafor@example.com", [("TL-TRIM", 2)])
    account.pay(order, method="Check", note="Check 77, unsigned")
    with account.at(moment + timedelta(days=1)):
        account.void(order)


def _membership(account: KeapAccount, moment: datetime) -> None:
    subscription = account.subscribe("priya.natarajan@example.com", "MB-MONTH")
    account.take_renewal(subscription)


def _renewal(account: KeapAccount, moment: datetime) -> None:
    account.take_renewal(next(iter(account.store.subscriptions)))


def _entered_for_a_day(account: KeapAccount, moment: datetime) -> None:
    order = account.place_order("amara.lindqvist@example.org", [("CO-060", 1)], source="MANUAL_PAYMENT")
    account.pay(order, method="Cash", on=moment.date())


def _without_sku(account: KeapAccount, moment: datetime) -> None:
    porcelain = next(product for product in account.store.products.values() if not product.sku)
    free = NewLine(item_type="PRODUCT", product="BK-POT", price="0.00", notes="A gift")
    order = account.place_order("graham.whitlock@example.com", [(porcelain.id, 1), free], order_type="ONLINE")
    account.fail_payment(order)
    account.pay(order, method=CARD)


#: How many days ago, and what happened then.
_STORY: tuple[tuple[int, Callable[[KeapAccount, datetime], None]], ...] = (
    (40, _class_and_tax),
    (36, _shipped_kit),
    (34, _membership),
    (30, _instalments),
    (27, _every_discount),
    (24, _services),
    (21, _late),
    (18, _trial),
    (16, _refunded_in_part),
    (13, _credited),
    (11, _draft),
    (9, _from_quickbooks),
    (7, _voided),
    (4, _renewal),
    (3, _entered_for_a_day),
    (1, _without_sku),
)
