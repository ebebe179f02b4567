"""The sample sub-account: a ceramics studio with invoices in every status, and a sale from every place that sells."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from ..amounts import Discount, LineTax, SoldLine
from ..sub_account import SubAccount
from ..transactions import Origin

# product | kind | SKU | price | every
PRODUCTS = """
Starter Clay Kit | PHYSICAL | KIT-CLAY | 48.00 |
Glaze Sampler | PHYSICAL | KIT-GLAZE | 36.50 |
Trimming Tools & Sponge | PHYSICAL | TL-TRIM | 22.75 |
The Patient Potter | PHYSICAL | BK-POT | 27.95 |
Wheel Throwing, Six Weeks | SERVICE | WT-101 | 240.00 |
Studio Membership | SERVICE | MB-MONTH | 65.00 | month
Kiln Shelf | SERVICE | KILN-SH | 12.50 |
"""

# first name | last name | email | company | city
CONTACTS = """
Priya | Natarajan | priya.natarajan@example.com | | Fort Collins
Amara | Lindqvist | amara.lindqvist@example.org | | Boulder
Benedict | Farrow | ben.farrow@example.net | | Greeley
Camille | Dufrêne | camille.dufrene@example.net | | Denver
Eleni | Papadakis | eleni.papadakis@example.org | | Boulder
Graham | Whitlock | graham.whitlock@example.com | | Windsor
Hana | Kobayashi | hana.kobayashi@example.net | | Fort Collins
Wes | Tran | wholesale@kestrelcoffee.example.com | Kestrel Coffee Roasters | Fort Collins
Ida | Moreno | curator@oldtowngallery.example.com | Old Town Gallery | Fort Collins
Joaquín | Herrera | joaquin.herrera@example.org | | Denver
"""

#: Where else something is sold.
PLACES = (
    Origin(kind="website", form="store", id="st-shop", name="Studio shop"),
    Origin(kind="payment_link", id="pl-tools", name="Tools"),
    Origin(kind="text2Pay", id="tp-tools", name="Tools"),
    Origin(kind="point_of_sale", form="tap_to_pay", id="ps-counter", name="Studio counter"),
    Origin(kind="form", id="fm-order", name="Order form"),
    Origin(kind="communities", id="cm-kiln", name="Kiln club"),
    Origin(kind="manual", form="contact_view", id="mn-desk", name="Front desk"),
)
STATE_TAX, CITY_TAX = LineTax("Colorado", Decimal("2.9")), LineTax("Denver", Decimal("5.15"))


def _rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def fill(account: SubAccount) -> None:
    """Put everything into a sub-account that has nothing yet."""
    with account.writing():
        for name, kind, sku, price, every in _rows(PRODUCTS):
            product = account.new_product(name, kind=kind)
            account.new_price(product, name, Decimal(price), sku=sku, every=every)
        contacts = [_contact(account, row, number) for number, row in enumerate(_rows(CONTACTS))]
        account.new_workflow("Ask for a review")
        account.new_workflow("Welcome a new member", status="draft")
        now = account.agency.clock.now()
        _invoices(account, contacts, now)
        _sales(account, contacts, now)


def _contact(account: SubAccount, row: list[str], number: int) -> str:
    first, last, email, company, city = row
    return account.new_contact(
        firstName=first,
        lastName=last,
        email=email,
        phone=f"+1970555{140 + number:04d}",
        companyName=company,
        address1=f"{100 + 7 * number} Alder Street",
        city=city,
        state="CO",
        country="US",
        postalCode="80521",
    )


def _line(account: SubAccount, sku: str, qty: str = "1", *taxes: LineTax, inclusive: bool = False) -> SoldLine:
    return account.line_of(account.price_called(sku), Decimal(qty), taxes=taxes, tax_inclusive=inclusive)


def _invoices(account: SubAccount, contacts: list[str], now: datetime) -> None:
    """One in every status; the first is long before the others, and was paid then."""
    long_ago = now - timedelta(days=400)
    old = account.new_invoice(contacts[8], [_line(account, "WT-101", "2")], at=long_ago)
    account.send_invoice(old, at=long_ago)
    account.record_payment(old, at=long_ago + timedelta(days=9), mode="cheque")

    account.new_invoice(contacts[0], [_line(account, "KIT-CLAY")], at=now - timedelta(days=6))

    sent = account.new_invoice(
        contacts[1],
        [_line(account, "KIT-CLAY", "3", STATE_TAX, CITY_TAX), _line(account, "WT-101")],
        discount=Discount(value=Decimal(10), percentage=True),
        at=now - timedelta(days=5),
    )
    account.send_invoice(sent, at=now - timedelta(days=5))

    partly = account.new_invoice(
        contacts[7], [_line(account, "KIT-GLAZE", "12", STATE_TAX)], at=now - timedelta(days=4)
    )
    account.send_invoice(partly, at=now - timedelta(days=4))
    account.record_payment(partly, Decimal("200.00"), mode="bank_transfer", at=now - timedelta(days=3))

    paid = account.new_invoice(
        contacts[2],
        [_line(account, "BK-POT", "2", STATE_TAX, inclusive=True)],
        discount=Discount(value=Decimal(5)),
        at=now - timedelta(days=4),
    )
    account.send_invoice(paid, at=now - timedelta(days=4))
    account.record_payment(paid, provider="stripe", at=now - timedelta(days=2))

    void = account.new_invoice(contacts[3], [_line(account, "TL-TRIM", "4")], at=now - timedelta(days=3))
    account.send_invoice(void, at=now - timedelta(days=3))
    account.void_invoice(void)


def _sales(account: SubAccount, contacts: list[str], now: datetime) -> None:
    """One from every place that sells, a renewal, a refund, and payments that are no sale."""
    account.sell_by_order_form(
        contacts[4], [_line(account, "KIT-CLAY", "1", STATE_TAX, CITY_TAX)], at=now - timedelta(days=5)
    )
    member = account.sell_subscription(contacts[5], [_line(account, "MB-MONTH")], at=now - timedelta(days=33))
    account.take_renewal(member.subscription, at=now - timedelta(days=3))
    account.sell_membership(contacts[6], [_line(account, "MB-MONTH")], at=now - timedelta(days=2))
    account.sell_calendar(contacts[9], [_line(account, "KILN-SH")], at=now - timedelta(days=2))
    for number, place in enumerate(PLACES):
        account.sell(contacts[number], [_line(account, "TL-TRIM")], place, at=now - timedelta(days=2, hours=number))
    returned = account.sell_by_order_form(contacts[0], [_line(account, "KIT-GLAZE", "2")], at=now - timedelta(days=2))
    account.refund(returned.transaction, Decimal("36.50"))
    account.sell_by_order_form(contacts[1], [_line(account, "BK-POT")], status="failed", at=now - timedelta(days=1))
    account.sell_by_order_form(contacts[2], [_line(account, "BK-POT")], status="pending", at=now - timedelta(days=1))
    account.sell_by_order_form(contacts[3], [_line(account, "BK-POT")], live=False, at=now - timedelta(days=1))
