"""When does an order become a sales receipt, and what is on it?"""

from __future__ import annotations

from books import orders
from books.answers import Answers, PostingRole
from books.documents import SalesReceipt
from books.orders import Order, SaleForm
from books.serialization import plain
from sync.preparing.builders.customer import memo_of_sale
from sync.preparing.builders.invoice import below_zero, invoice_part, order_problems
from sync.preparing.builders.parts import Parts, parts_of
from sync.preparing.builders.payment import received, reference_of
from sync.preparing.builders.plan import Planned, distinct
from sync.preparing.builders.tenders import is_deposited, paid_into, paid_into_problems, whole_reference


def is_receipt(order: Order, answers: Answers) -> bool:
    """Whether an order becomes a sales receipt: the source tells it from an invoice, else the company chose so."""
    wanted = answers.forms.sales_receipts if order.form is None else order.form is SaleForm.RECEIPT
    return wanted and paid_at_once(order, answers)


def paid_at_once(order: Order, answers: Answers) -> bool:
    """Whether one payment of the day of the order paid all of it, so that nobody ever owed anything.

    QuickBooks deposits a sales receipt to a bank or another current asset account. Paid with a gift card, or with
    several methods, the order is an invoice with its payments.
    """
    money = received(order)
    if len(money) != 1 or order.payment_plan or order.credits:
        return False
    at_once = money[0].paid_on == order.placed_on and money[0].amount == order.total
    return at_once and is_deposited(money[0].method, answers)


def plan_sales_receipt(order: Order, answers: Answers, *, key: str) -> Planned:
    """The sales receipt of an order that was paid in full at once, or every problem that keeps it from being built.

    Args:
        order: See `paid_at_once`; one that was posted as a receipt stays one, whatever it has become.
        answers: Mapping's answers for this order.
        key: The receipt's key.

    Source:
        docs/accounting/sales-receipt.md
    """
    parts = parts_of(order, answers)
    money = received(order)
    method = money[0].method if money else ""
    problems = distinct(
        *order_problems(order, answers),
        *below_zero(order),
        *answers.customer.problems,
        *parts.problems,
        *paid_into_problems(method, answers),
    )
    buyer = answers.customer.customer
    return Planned(
        kind=SalesReceipt.kind,
        key=key,
        number=order.number,
        dated=order.placed_on,
        total=order.total,
        currency=order.currency,
        customer_name=buyer.name if buyer else order.customer.name,
        document=None if problems else _receipt(order, answers, parts, key, money[0] if money else None),
        problems=problems,
        depends_on=buyer.created_by if buyer else "",
        source=receipt_part(order),
    )


def receipt_part(order: Order) -> dict[str, object]:
    """The part of an order that its sales receipt says: what was sold, and the money that paid for it."""
    return {**invoice_part(order), "payments": [plain(payment) for payment in received(order)]}


def _receipt(order: Order, answers: Answers, parts: Parts, key: str, payment: orders.Payment | None) -> SalesReceipt:
    buyer = answers.customer.customer
    if buyer is None:
        raise ValueError(f"order {order.number} has neither an answer nor a problem for its customer")
    method = payment.method if payment else ""
    return SalesReceipt(
        key=key,
        number=order.number,
        dated=order.placed_on,
        customer=buyer,
        currency=order.currency,
        deposit_to=paid_into(method, answers) or answers.posting[PostingRole.PAYMENT_DEBIT],
        lines=parts.lines,
        reference=reference_of(payment) if payment else "",
        method=method,
        method_there=answers.tender(method).in_quickbooks,
        billing=order.customer.billing,
        shipping=order.customer.shipping,
        email=answers.customer.email,
        memo="\n".join(filter(None, (memo_of_sale(order, answers), whole_reference(payment) if payment else ""))),
        discount=parts.discount,
        tax=parts.tax,
        location=answers.forms.location,
    )
