"""How would Keap return these orders: as REST version 1, and as REST version 2?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from books.json_types import Json
from demo.sample_orders.dice import Dice
from demo.sample_orders.people import Buyer
from demo.sample_orders.sales import Paid, SampleRefund, SampleSale, Sold

#: The studio's clock is six hours behind UTC until 1 November.
_BEHIND_UTC = timedelta(hours=6)
_AT_THE_DESK = ("Cash", "Check", "Credit Card (Manual)")

# line type | what version 1 writes, in one way or another | what version 2 writes
_TYPE_WORDS = """
product | Product, PRODUCT, 4 | PRODUCT
subscription | Subscription Plan, SUBSCRIPTION, 9 | SUBSCRIPTION
unknown | Unknown, UNKNOWN | UNKNOWN
program | Program, PROGRAM | PROGRAM
shipping | Shipping, SHIPPING, 1 | SHIPPING
tax | Tax, TAX, 2 | TAX
service | Service & Misc, SERVICE | SERVICE
upsell | Upsell Product, UPSELL | UPSELL
finance-charge | Finance Charge, FINANCE_CHARGE | FINANCE_CHARGE
special | Special, SPECIAL | DISCOUNT
free-trial-discount | SPECIAL_FREE_TRIAL_DAYS | DISCOUNT_FREE_TRIAL
order-discount | Special: order total, SPECIAL_ORDER_TOTAL | DISCOUNT_ORDER_TOTAL
product-discount | Special: product, SPECIAL_PRODUCT | DISCOUNT_PRODUCT
category-discount | Special: category, SPECIAL_CATEGORY | DISCOUNT_PRODUCT_CATEGORY
shipping-discount | Special: shipping, SPECIAL_SHIPPING | DISCOUNT_SHIPPING
tip | Tip, TIP | TIP
other | Other, OTHER | OTHER
fee | FEE | FEE
"""
_ROWS = [[cell.strip() for cell in row.split("|")] for row in _TYPE_WORDS.strip().splitlines()]
_VERSION_1_WORDS = {kind: words.split(", ") for kind, words, _ in _ROWS}
_VERSION_2_WORDS = {kind: word for kind, _, word in _ROWS}


def version_1(sales: list[SampleSale]) -> list[Json]:
    """Orders as REST version 1 returns them: dollars, ids as numbers, times in UTC."""
    dice = Dice(1)
    return [_order_1(sale, dice) for sale in sales]


def version_2(sales: list[SampleSale]) -> list[Json]:
    """Orders as REST version 2 returns them: cents, ids as text, payments as plain numbers."""
    return [_order_2(sale) for sale in sales]


def _status(sale: SampleSale) -> str:
    if sale.status == "draft":
        return "DRAFT"
    return "PAID" if _paid(sale) >= sale.total else "SENT"


def _paid(sale: SampleSale) -> int:
    return sum(paid.cents for paid in sale.received)


def _credited(sale: SampleSale) -> int:
    return sum(credit.cents for credit in sale.credits)


def _refunded(sale: SampleSale) -> int:
    return sum(refund.cents for refund in sale.refunds)


def _moment(sale: SampleSale) -> datetime:
    return _midnight(sale.day) + timedelta(minutes=sale.minute) + _BEHIND_UTC


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _payment_moment(sale: SampleSale, paid: Paid, place: int) -> datetime:
    """A payment entered by hand is stamped at midnight of its day; the others at the moment they happened."""
    if paid.method in _AT_THE_DESK:
        return _midnight(paid.day)
    return _moment(sale) + (paid.day - sale.day) + timedelta(minutes=1 + place)


def _dollars(cents: int) -> float:
    """As Keap's version 1 prints money: `48.0`, `36.5`, `27.95`."""
    return cents / 100


def _country(version: int) -> str:
    return "United States" if version == 1 else "USA"


def _order_1(sale: SampleSale, dice: Dice) -> Json:
    paid = _paid(sale)
    return {
        "id": int(sale.number),
        "title": sale.title,
        "status": _status(sale),
        "recurring": any(line.kind == "subscription" for line in sale.lines),
        "total": _dollars(sale.total),
        "contact": _contact_1(sale.buyer),
        "notes": sale.notes,
        "terms": None,
        "order_type": "Offline" if sale.origin in ("INVOICE", "MANUAL_PAYMENT") else "Online",
        "source_type": sale.origin,
        "creation_date": f"{_moment(sale):%Y-%m-%dT%H:%M:%S}.000Z",
        "modification_date": f"{_moment(sale) + timedelta(minutes=2):%Y-%m-%dT%H:%M:%S}.000Z",
        "order_date": f"{_moment(sale):%Y-%m-%dT%H:%M:%S}.000Z",
        "lead_affiliate_id": 0,
        "sales_affiliate_id": 0,
        "total_paid": _dollars(paid),
        "total_due": _dollars(sale.total - paid - _credited(sale)),
        "refund_total": _dollars(_refunded(sale)),
        "invoice_number": int(sale.number) + 3,
        "shipping_information": _shipping_1(sale),
        "order_items": [_line_1(line, sale, place, dice) for place, line in enumerate(sale.lines)],
        "payment_plan": _plan_1(sale),
        "payments": [
            *(_payment_1(sale, payment, place) for place, payment in enumerate(sale.payments)),
            *(
                _given_back_1(sale, refund, place)
                for place, refund in enumerate(sale.given_back, start=len(sale.payments))
            ),
        ],
    }


def _contact_1(who: Buyer) -> Json:
    return {
        "id": who.id,
        "email": who.email or None,
        "first_name": who.given or None,
        "last_name": who.family or None,
        "company_name": who.company or None,
        "job_title": None,
        "addresses": [
            {
                "field": "BILLING",
                "line1": who.street,
                "line2": "",
                "locality": who.city,
                "region": "Colorado",
                "zip_code": who.postal_code,
                "country_code": "USA",
            }
        ],
    }


def _is_shipped(sale: SampleSale) -> bool:
    return any(line.kind == "shipping" for line in sale.lines)


def _shipping_1(sale: SampleSale) -> Json | None:
    if not _is_shipped(sale):
        return None
    who = sale.buyer
    return {
        "first_name": who.given,
        "last_name": who.family,
        "company": who.company,
        "street1": who.street,
        "street2": "",
        "city": who.city,
        "state": "CO",
        "zip": who.postal_code,
        "country": _country(1),
    }


def _line_1(line: Sold, sale: SampleSale, place: int, dice: Dice) -> Json:
    word = dice.one_of(_VERSION_1_WORDS[line.kind])
    product = line.product
    return {
        "id": int(sale.number) * 10 + place,
        "jobRecurringId": int(sale.number) if line.kind == "subscription" else 0,
        "name": line.name,
        "description": line.description,
        "type": int(word) if word.isdigit() else word,
        "notes": "",
        "quantity": line.hundredths // 100,
        "cost": 0.0,
        "price": _dollars(line.cents),
        "discount": 0.0,
        "specialId": None,
        "specialAmount": None,
        "specialPctOrAmt": None,
        "product": {"id": product.id, "name": product.name, "sku": product.sku} if product else None,
    }


def _plan_1(sale: SampleSale) -> Json | None:
    if sale.plan is None:
        return None
    return {
        "auto_charge": True,
        "credit_card_id": 0,
        "days_between_payments": 30,
        "initial_payment_amount": _dollars(sale.plan.first_cents),
        "initial_payment_date": f"{sale.plan.first_day}",
        "number_of_payments": sale.plan.parts - 1,
        "plan_start_date": f"{sale.plan.first_day}",
    }


def _payment_1(sale: SampleSale, paid: Paid, place: int) -> Json:
    by_hand = paid.method in _AT_THE_DESK
    status = {"failed": "Failed"}.get(paid.status, "Manual Paid" if by_hand else "Approved")
    return {
        "id": int(sale.number) * 10 + place,
        "invoice_id": int(sale.number) + 3,
        "payment_id": int(sale.number) * 10 + place + 5,
        "amount": _dollars(paid.cents),
        "note": paid.note,
        "pay_date": f"{_payment_moment(sale, paid, place):%Y-%m-%dT%H:%M:%S}.000Z",
        "pay_status": status,
        "type": paid.method,
        "check_number": paid.reference or None,
        "skip_commission": False,
        "refund_invoice_payment_id": 0,
    }


def _given_back_1(sale: SampleSale, given: SampleRefund, place: int) -> Json:
    """A row like a payment's: a credit by its label, a refund by its label or status and with a minus."""
    is_refund = given.kind == "refund"
    return {
        "id": int(sale.number) * 10 + place,
        "invoice_id": int(sale.number) + 3,
        "payment_id": int(sale.number) * 10 + place + 5,
        "amount": _dollars(-given.cents if is_refund else given.cents),
        "note": given.note,
        "pay_date": f"{_midnight(given.day):%Y-%m-%dT%H:%M:%S}.000Z",
        "pay_status": "Refunded" if is_refund else "Manual Paid",
        "type": given.label,
        "check_number": None,
        "skip_commission": False,
        "refund_invoice_payment_id": int(sale.number) * 10 if is_refund else 0,
    }


def _cents(cents: int) -> Json:
    sign, whole = "-" if cents < 0 else "", abs(cents)
    formatted = f"{sign}${whole // 100:,}.{whole % 100:02}"
    return {"amount": cents, "currency_code": "USD", "formatted_amount": formatted}


def _order_2(sale: SampleSale) -> Json:
    paid = _paid(sale)
    return {
        "id": sale.number,
        "title": sale.title,
        "status": _status(sale),
        "total": _cents(sale.total),
        "total_paid": _cents(paid),
        "total_due": _cents(sale.total - paid - _credited(sale)),
        "refund_total": _cents(_refunded(sale)),
        "contact": _contact_2(sale.buyer),
        "notes": sale.notes,
        "order_type": "OFFLINE" if sale.origin in ("INVOICE", "MANUAL_PAYMENT") else "ONLINE",
        "source_type": sale.origin,
        "creation_time": f"{_moment(sale):%Y-%m-%dT%H:%M:%SZ}",
        "modification_time": f"{_moment(sale) + timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}",
        "order_time": f"{_moment(sale):%Y-%m-%dT%H:%M:%SZ}",
        "invoice_id": str(int(sale.number) + 3),
        "shipping_information": _shipping_2(sale),
        "order_items": [_line_2(line, sale, place) for place, line in enumerate(sale.lines)],
        "payment_plan": _plan_2(sale),
        "payments": [
            *(_payment_2(sale, payment, place) for place, payment in enumerate(sale.payments)),
            *(
                _given_back_2(sale, refund, place)
                for place, refund in enumerate(sale.given_back, start=len(sale.payments))
            ),
        ],
    }


def _address_2(who: Buyer) -> Json:
    return {
        "line1": who.street,
        "locality": who.city,
        "region_code": "US-CO",
        "postal_code": who.postal_code,
        "country_code": _country(2),
    }


def _contact_2(who: Buyer) -> Json:
    return {
        "id": str(who.id),
        "email": who.email or None,
        "given_name": who.given or None,
        "family_name": who.family or None,
        "company": {"company_name": who.company} if who.company else None,
        "addresses": [{"field": "BILLING", **_address_2(who)}],
    }


def _shipping_2(sale: SampleSale) -> Json | None:
    if not _is_shipped(sale):
        return None
    who = sale.buyer
    return {"address": _address_2(who), "first_name": who.given, "last_name": who.family, "company": who.company}


def _line_2(line: Sold, sale: SampleSale, place: int) -> Json:
    product = line.product
    return {
        "id": str(int(sale.number) * 10 + place),
        "name": line.name,
        "description": line.description,
        "item_type": _VERSION_2_WORDS[line.kind],
        "notes": "",
        "quantity": line.hundredths // 100,
        "cost_per_unit": _cents(0),
        "price_per_unit": _cents(line.cents),
        "discount": _cents(0),
        "product": {"id": str(product.id), "name": product.name, "sku": product.sku} if product else None,
    }


def _plan_2(sale: SampleSale) -> Json | None:
    if sale.plan is None:
        return None
    days = [sale.plan.first_day + timedelta(days=30 * part) for part in range(sale.plan.parts)]
    paid = {payment.day for payment in sale.received}
    return {
        "auto_charge": True,
        "number_of_payments": sale.plan.parts - 1,
        "days_between_payments": 30,
        "initial_payment_amount": _cents(sale.plan.first_cents),
        "plan_start_date": f"{sale.plan.first_day}",
        "payment_plan_items": [
            {
                "due_date": f"{day}",
                "amount_due": _cents(sale.plan.first_cents),
                "amount_paid": _cents(sale.plan.first_cents if day in paid else 0),
                "status": "PAID" if day in paid else "UNPAID_AUTOCHARGE",
            }
            for day in days
        ],
    }


def _payment_2(sale: SampleSale, paid: Paid, place: int) -> Json:
    by_hand = paid.method in _AT_THE_DESK
    usual = "MANUAL_PAID" if by_hand else "PAYPAL_PAID" if paid.method == "PayPal" else "APPROVED"
    return {
        "id": str(int(sale.number) * 10 + place),
        "invoice_id": str(int(sale.number) + 3),
        "payment_id": str(int(sale.number) * 10 + place + 5),
        "amount": paid.cents,
        "note": paid.note,
        "pay_time": f"{_payment_moment(sale, paid, place):%Y-%m-%dT%H:%M:%SZ}",
        "pay_status": {"failed": "FAILED"}.get(paid.status, usual),
        "type": paid.method,
        "check_number": paid.reference or None,
    }


def _given_back_2(sale: SampleSale, given: SampleRefund, place: int) -> Json:
    is_refund = given.kind == "refund"
    return {
        "id": str(int(sale.number) * 10 + place),
        "invoice_id": str(int(sale.number) + 3),
        "payment_id": str(int(sale.number) * 10 + place + 5),
        "amount": -given.cents if is_refund else given.cents,
        "note": given.note,
        "pay_time": f"{_midnight(given.day):%Y-%m-%dT%H:%M:%SZ}",
        "pay_status": "REFUNDED" if is_refund else "MANUAL_PAID",
        "type": given.label,
        "check_number": None,
    }
