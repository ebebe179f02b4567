"""Who plays in the tests? One small business with its chart and items, and its orders and ledgers written as text.

The business is Bramble & Birch Studio, a ceramics studio in Denver. An order reads like this, columns two spaces
apart, and gives the same value every time:

    2026-08-14  order 1042  Priya Natarajan <priya.natarajan@example.com>
    WT-101                        199.00
    KIT-CLAY        2 x 24.50
    order-discount  Welcome back  -20.00
    paid 2026-08-20  Credit Card  100.00
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from books.answers import (
    AccountRef,
    Answers,
    CustomerAnswer,
    CustomerRef,
    ItemRef,
    LineAnswer,
    PostingRole,
    Rule,
    Terms,
)
from books.documents import Document, Invoice, InvoiceLine, Payment
from books.money import ZERO, rounded
from books.orders import Customer, Line, LineType, Order, PaymentStatus, Section, line_amount
from books.orders import Payment as OrderPayment

_CHART = {
    "Bank": ("Checking", "Savings"),
    "Accounts Receivable": ("Accounts Receivable", "Wholesale Receivables"),
    "Other Current Asset": ("Undeposited Funds", "Inventory Asset"),
    "Fixed Asset": ("Studio Equipment",),
    "Accounts Payable": ("Accounts Payable",),
    "Other Current Liability": ("Sales Tax Payable", "Gift Certificates Outstanding"),
    "Equity": ("Opening Balance Equity", "Retained Earnings"),
    "Income": (
        "Services",
        "Services:Training",
        "Services:Training:Classes",
        "Services:Training:Workshops",
        "Services:Coaching",
        "Sales",
        "Sales:Kits",
        "Sales:Books",
        "Sales:Tools",
        "Memberships",
        "Shipping Income",
        "Discounts Given",
        "Refunds & Allowances",
        "Uncategorized Income",
    ),
    "Other Income": ("Finance Charge Income",),
    "Cost of Goods Sold": ("Cost of Goods Sold",),
    "Expense": (
        "Advertising",
        "Bank Charges",
        "Office Expenses",
        "Office Expenses:Stationery & Supplies",
    ),
}

_ITEMS = {
    "WT-101": ("Wheel Throwing 101", "Services:Training:Classes"),
    "WT-201": ("Wheel Throwing 201", "Services:Training:Classes"),
    "GL-150": ("Glaze Chemistry", "Services:Training:Classes"),
    "RK-300": ("Raku Weekend", "Services:Training:Workshops"),
    "KC-050": ("Kids' Clay Camp", "Services:Training:Workshops"),
    "CO-060": ("Coaching Hour", "Services:Coaching"),
    "KIT-CLAY": ("Starter Clay Kit", "Sales:Kits"),
    "KIT-GLAZE": ("Glaze Sampler", "Sales:Kits"),
    "TL-TRIM": ("Trimming Tools & Sponge", "Sales:Tools"),
    "BK-POT": ("The Patient Potter", "Sales:Books"),
    "KIT-MUG": ("Crème Brûlée Mug Kit", "Sales:Kits"),
    "MB-MONTH": ("Studio Membership", "Memberships"),
    "KILN-SH": ("Kiln Shelf", "Memberships"),
    "SHIP": ("Shipping", "Shipping Income"),
    "TAX": ("Sales Tax", "Sales Tax Payable"),
    "DISC": ("Discount", "Discounts Given"),
    "FIN": ("Finance Charge", "Finance Charge Income"),
    "SVC": ("Studio Services", "Services"),
    "PROG": ("Program Fee", "Services:Training"),
    "UPS": ("Upsell", "Sales"),
    "MISC": ("Uncategorized Sale", "Uncategorized Income"),
}

#: Every account of the studio, by its full path.
ACCOUNTS: dict[str, AccountRef] = {
    path: AccountRef(quickbooks_id=str(number), path=path, account_type=account_type)
    for number, (path, account_type) in enumerate(
        ((path, account_type) for account_type, paths in _CHART.items() for path in paths), start=1
    )
}

#: Every item of the studio, by its SKU.
ITEMS: dict[str, ItemRef] = {
    sku: ItemRef(quickbooks_id=str(number), name=name, income_account=ACCOUNTS[path])
    for number, (sku, (name, path)) in enumerate(_ITEMS.items(), start=1)
}

_DEFAULTS = {
    Section.UNKNOWN: "MISC",
    Section.PROGRAM: "PROG",
    Section.SHIPPING: "SHIP",
    Section.TAX: "TAX",
    Section.SERVICE: "SVC",
    Section.UPSELL: "UPS",
    Section.FINANCE_CHARGE: "FIN",
    Section.SPECIAL: "DISC",
}

#: The item, and through it the account, of every line type but Product.
DEFAULTS: dict[Section, ItemRef] = {section: ITEMS[sku] for section, sku in _DEFAULTS.items()}

#: The seven posting accounts of the studio.
POSTING: dict[PostingRole, AccountRef] = {
    PostingRole.INVOICE_DEBIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.PAYMENT_DEBIT: ACCOUNTS["Undeposited Funds"],
    PostingRole.PAYMENT_CREDIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.CREDIT_DEBIT: ACCOUNTS["Refunds & Allowances"],
    PostingRole.CREDIT_CREDIT: ACCOUNTS["Accounts Receivable"],
    PostingRole.REFUND_DEBIT: ACCOUNTS["Refunds & Allowances"],
    PostingRole.REFUND_CREDIT: ACCOUNTS["Accounts Receivable"],
}

PRIYA = Customer(source_id="11", given_name="Priya", family_name="Natarajan", email="priya.natarajan@example.com")
NET_15 = Terms(quickbooks_id="2", name="Net 15", due_days=15)

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
    description, and ends with an amount or `<quantity> x <unit price>`. `paid`, `pending` and `failed` are payments,
    with day and method; `total` is what the source states. The header may name a currency (`order 7 in JPY`) and a
    customer; without one it is Priya's.

    Raises:
        ValueError: A line begins with none of these.
    """
    header, *rows = (re.split(r"\s{2,}", row.strip()) for row in text.strip().splitlines() if row.strip())
    day, number, currency = _header(header)
    lines = [row for row in rows if _is_line(row)]
    totals = [_amount(row[-1]) for row in rows if row[0] == "total"]
    return Order(
        source_id=f"source-{number}",
        number=number,
        placed_on=day,
        currency=currency,
        customer=a_customer(header[2]) if len(header) > 2 else PRIYA,
        lines=tuple(_line(str(position), row, currency) for position, row in enumerate(lines, start=1)),
        payments=tuple(_payments(number, rows)),
        stated_total=totals[0] if totals else None,
    )


def a_customer(text: str) -> Customer:
    """The customer written as `Given Family <email>`; the email may be missing."""
    name, _, email = text.partition("<")
    given, _, family = name.strip().rpartition(" ")
    return Customer(given_name=given, family_name=family, email=email.rstrip("> "))


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
    for one in order.payments:
        if one.status is PaymentStatus.RECEIVED:
            payments.append(_payment(one, invoice, applied=min(one.amount, max(owed, ZERO))))
            owed -= one.amount
    return tuple(payments)


def answers_for(order: Order) -> Answers:
    """What the studio's mapping answers for an order of its own products: everything, without a problem."""
    return Answers(
        home_currency="USD",
        customer=CustomerAnswer(
            customer=CustomerRef(quickbooks_id="1", name=order.customer.name), rule=Rule.EMAIL, terms=NET_15
        ),
        lines={line.key: _answer(line) for line in order.lines},
        posting=POSTING,
    )


def ledger(of: Document | str) -> str:
    """The postings of a document, or the same as a person typed them, one `account  amount` a line, debit positive."""
    if isinstance(of, str):
        rows = [re.split(r"\s{2,}", row.strip()) for row in of.strip().splitlines()]
        return _ledger_text((path, _amount(amount)) for path, amount in rows)
    return _ledger_text((one.account.path, one.amount) for one in of.postings)


def journal(*documents: Document) -> str:
    """Several documents as an accountant reads them: a heading each, with its ledger below."""
    return "\n".join(f"{one.title} {one.number}\n{_indented(ledger(one))}" for one in documents)


def _indented(text: str) -> str:
    return "\n".join(f"  {row}" for row in text.splitlines())


def _ledger_text(rows: Iterator[tuple[str, Decimal]]) -> str:
    return "\n".join(f"{path:<40}{amount:>12,}" for path, amount in rows)


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _header(columns: list[str]) -> tuple[date, str, str]:
    number, _, currency = columns[1].removeprefix("order ").partition(" in ")
    return date.fromisoformat(columns[0]), number, currency or "USD"


def _is_line(columns: list[str]) -> bool:
    return columns[0] != "total" and columns[0].partition(" ")[0] not in _PAYMENT_WORDS


_PAYMENT_WORDS = {
    "paid": PaymentStatus.RECEIVED,
    "pending": PaymentStatus.PENDING,
    "failed": PaymentStatus.FAILED,
}


def _payments(number: str, rows: list[list[str]]) -> Iterator[OrderPayment]:
    for position, row in enumerate((row for row in rows if row[0].partition(" ")[0] in _PAYMENT_WORDS), start=1):
        word, _, day = row[0].partition(" ")
        yield OrderPayment(
            source_id=f"{number}-{position}",
            paid_on=date.fromisoformat(day),
            amount=_amount(row[-1]),
            method=row[1] if len(row) > 2 else "",
            status=_PAYMENT_WORDS[word],
        )


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
    sku = line.sku if by_product else _DEFAULTS[line.line_type.section]
    rules = (Rule.PRODUCT_NAME, Rule.PRODUCT_ACCOUNT) if by_product else (Rule.TYPE_DEFAULT, Rule.TYPE_ACCOUNT)
    return ITEMS[sku], ACCOUNTS[_ITEMS[sku][1]], *rules


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
        amount=rounded(paid.amount, invoice.currency),
        applied=applied,
        deposit_to=POSTING[PostingRole.PAYMENT_DEBIT],
        receivable=POSTING[PostingRole.PAYMENT_CREDIT],
        invoice=invoice.key,
        method=paid.method,
    )
