"""What do the tests sell? The orders and documents of one small business, and their ledgers, written as text.

The business is Bramble & Birch Studio, a ceramics studio in Denver; what its books hold is in `tests.sample_books`. An
order reads like this, columns two spaces apart, and gives the same value every time:

    2026-08-14  order 1042  Priya Natarajan <priya.natarajan@example.com>
    WT-101                        199.00
    KIT-CLAY        2 x 24.50
    order-discount  Welcome back  -20.00
    paid 2026-08-20  Credit Card  100.00
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from books.answers import AccountRef, Answers, CustomerAnswer, CustomerRef, ItemRef, LineAnswer, PostingRole, Rule
from books.documents import Document, Invoice, InvoiceLine, Payment
from books.money import ZERO
from books.orders import (
    Credit,
    Customer,
    Line,
    LineType,
    Order,
    OrderStatus,
    PaymentPlan,
    PaymentStatus,
    Refund,
    SaleForm,
    Section,
    line_amount,
)
from books.orders import Payment as OrderPayment
from tests.sample_books import ACCOUNTS, DEFAULTS, ITEM_ACCOUNTS, ITEMS, NET_15, POSTING

__all__ = [
    "ACCOUNTS",
    "AN_ORDER",
    "ITEMS",
    "POSTING",
    "PRIYA",
    "a_customer",
    "an_invoice",
    "an_order",
    "answers_for",
    "journal",
    "ledger",
    "payments_of",
]

PRIYA = Customer(source_id="11", given_name="Priya", family_name="Natarajan", email="priya.natarajan@example.com")

#: An ordinary order: a class and two kits, shipping, tax, nothing paid yet.
AN_ORDER = """
    2026-08-14  order 1042
    WT-101      199.00
    KIT-CLAY    2 x 24.50
    shipping    8.00
    tax         4.17
"""


def an_order(text: str = AN_ORDER) -> Order:
    """The order that a text describes; see the top of this module.

    A line begins with an item's SKU, or with a line type (and for a subscription the SKU after it), then perhaps a
    description, and ends with an amount or `<quantity> x <unit price>`. The header may name a currency (`order 7 in
    JPY`) and a customer; without one it is Priya's. Further rows:

        paid 2026-08-20  <method>  <amount>      also pending, failed and voided; the method may be missing
        credit 2026-08-20  <label>  <amount>     and refund; the label may be missing, or be `on <method>`
        total  <amount>                          what the source states
        plan  <number of payments>
        status  draft                            or cancelled
        origin  quickbooks
        form  receipt                            or invoice: what it is in the source
        due  2026-09-14                          when the source wants it paid

    Raises:
        ValueError: A line begins with none of these.
    """
    header, *rows = (re.split(r"\s{2,}", row.strip()) for row in text.strip().splitlines() if row.strip())
    number, _, currency = header[1].removeprefix("order ").partition(" in ")
    currency = currency or "USD"
    settings = {row[0]: row[-1] for row in rows if row[0] in _SETTINGS}
    dated = [row for row in rows if row[0].partition(" ")[0] in _RECORDS]
    records = [_record(number, position, row) for position, row in enumerate(dated, start=1)]
    lines = [row for row in rows if row not in dated and row[0] not in _SETTINGS]
    return Order(
        source_id=f"source-{number}",
        number=number,
        placed_on=date.fromisoformat(header[0]),
        currency=currency,
        customer=a_customer(header[2]) if len(header) > 2 else PRIYA,
        lines=tuple(_line(str(position), row, currency) for position, row in enumerate(lines, start=1)),
        status=OrderStatus(settings.get("status", "sale")),
        payments=tuple(record for record in records if isinstance(record, OrderPayment)),
        credits=tuple(record for record in records if isinstance(record, Credit)),
        refunds=tuple(record for record in records if isinstance(record, Refund)),
        stated_total=_amount(settings["total"]) if "total" in settings else None,
        payment_plan=PaymentPlan(number_of_payments=int(settings["plan"])) if "plan" in settings else None,
        origin=settings.get("origin", ""),
        form=SaleForm(settings["form"]) if "form" in settings else None,
        due_on=date.fromisoformat(settings["due"]) if "due" in settings else None,
    )


def a_customer(text: str) -> Customer:
    """The customer written as `#<source id> Given Family <email>`; the id and the email may be missing."""
    name, _, email = text.partition("<")
    *number, name = name.strip().split(" ", 1) if name.startswith("#") else [name.strip()]
    given, _, family = name.rpartition(" ")
    source_id = "".join(number).removeprefix("#")
    return Customer(source_id=source_id, given_name=given, family_name=family, email=email.rstrip("> "))


def an_invoice(text: str = AN_ORDER) -> Invoice:
    """The invoice of the order that a text describes, by the studio's mapping."""
    order = an_order(text)
    return Invoice(
        key=f"invoice:{order.source_id}",
        number=order.number,
        dated=order.placed_on,
        due=order.placed_on,
        customer=CustomerRef(quickbooks_id="1", name=order.customer.name),
        currency=order.currency,
        receivable=POSTING[PostingRole.INVOICE_DEBIT],
        lines=tuple(map(_invoice_line, order.lines)),
        email=order.customer.email,
    )


def payments_of(text: str) -> tuple[Payment, ...]:
    """The payments of the order that a text describes, each settling the invoice while anything is owed."""
    order, invoice = an_order(text), an_invoice(text)
    owed, payments = invoice.total, []
    for payment in order.payments:
        if payment.status is PaymentStatus.RECEIVED:
            payments.append(_payment(payment, invoice, applied=min(payment.amount, max(owed, ZERO))))
            owed -= payment.amount
    return tuple(payments)


def answers_for(order: Order) -> Answers:
    """What the studio's mapping answers for an order of its own products: everything, without a problem."""
    return Answers(
        home_currency="USD",
        customer=CustomerAnswer(
            customer=CustomerRef(quickbooks_id="1", name=order.customer.name),
            rule=Rule.EMAIL,
            terms=NET_15,
            email=order.customer.email,
        ),
        lines={line.key: _answer(line) for line in order.lines},
        posting=POSTING,
    )


def ledger(of: Document | str) -> str:
    """The postings of a document, or the same as a person typed them, one `account  amount` a line, debit positive."""
    if isinstance(of, str):
        rows = [re.split(r"\s{2,}", row.strip()) for row in of.strip().splitlines()]
        return _ledger_text((path, _amount(amount)) for path, amount in rows)
    return _ledger_text((posting.account.path, posting.amount) for posting in of.postings)


def journal(*documents: Document) -> str:
    """Several documents as an accountant reads them: a heading each, with its ledger below."""
    return "\n".join(
        row
        for document in documents
        for row in (
            f"{document.title} {document.number or document.customer.name}",
            *(f"  {row}" for row in ledger(document).splitlines()),
        )
    )


def _ledger_text(rows: Iterable[tuple[str, Decimal]]) -> str:
    return "\n".join(f"{path:<40}{amount:>12,}" for path, amount in rows)


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


_PAYMENT_WORDS = {
    "paid": PaymentStatus.RECEIVED,
    "pending": PaymentStatus.PENDING,
    "failed": PaymentStatus.FAILED,
    "voided": PaymentStatus.VOIDED,
}
_RECORDS = {*_PAYMENT_WORDS, "credit", "refund"}
_SETTINGS = {"total", "plan", "status", "origin", "form", "due"}


def _record(number: str, position: int, columns: list[str]) -> OrderPayment | Credit | Refund:
    word, _, day = columns[0].partition(" ")
    source_id, on, amount = f"{number}-{position}", date.fromisoformat(day), _amount(columns[-1])
    label = columns[1] if len(columns) > 2 else ""
    if word == "credit":
        return Credit(source_id=source_id, credited_on=on, amount=amount, label=label)
    if word == "refund":
        method = label.removeprefix("on ") if label.startswith("on ") else ""
        return Refund(source_id=source_id, refunded_on=on, amount=amount, label=label, method=method)
    return OrderPayment(source_id=source_id, paid_on=on, amount=amount, method=label, status=_PAYMENT_WORDS[word])


def _line(key: str, columns: list[str], currency: str) -> Line:
    *words, figures = columns
    quantity, _, price = figures.rpartition(" x ")
    sku = next((word for word in words if word in ITEMS), "")
    name = ITEMS[sku].name if sku else ""
    return Line(
        key=key,
        line_type=LineType.PRODUCT if words[0] == sku else LineType(words[0]),
        quantity=_amount(quantity or "1"),
        unit_price=_amount(price),
        amount=line_amount(_amount(quantity or "1"), _amount(price), currency),
        name=name,
        description=" ".join(word for word in words[1:] if word != sku),
        product_id=f"product-{sku}" if sku else "",
        product_name=name,
        sku=sku,
    )


def _decided(line: Line) -> tuple[ItemRef, AccountRef, Rule, Rule]:
    by_product = line.line_type.section is Section.PRODUCT
    sku = line.sku if by_product else DEFAULTS[line.line_type.section]
    rules = (Rule.PRODUCT_NAME, Rule.PRODUCT_ACCOUNT) if by_product else (Rule.TYPE_DEFAULT, Rule.TYPE_ACCOUNT)
    return ITEMS[sku], ITEM_ACCOUNTS[sku], *rules


def _answer(line: Line) -> LineAnswer:
    item, account, item_rule, account_rule = _decided(line)
    return LineAnswer(item=item, item_rule=item_rule, account=account, account_rule=account_rule)


def _invoice_line(line: Line) -> InvoiceLine:
    item, account, item_rule, account_rule = _decided(line)
    return InvoiceLine(
        key=line.key,
        item=item,
        account=account,
        description=line.label,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        item_rule=item_rule,
        account_rule=account_rule,
    )


def _payment(paid: OrderPayment, invoice: Invoice, *, applied: Decimal) -> Payment:
    return Payment(
        key=f"payment:{paid.source_id}",
        number=paid.source_id,
        dated=paid.paid_on,
        customer=invoice.customer,
        currency=invoice.currency,
        amount=paid.amount,
        applied=applied,
        deposit_to=POSTING[PostingRole.PAYMENT_DEBIT],
        receivable=POSTING[PostingRole.PAYMENT_CREDIT],
        invoice=invoice.key,
        method=paid.method,
    )
