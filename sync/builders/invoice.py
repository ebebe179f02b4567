"""How does an order become an invoice?"""

from __future__ import annotations

from books.answers import Answers, LineAnswer, PostingRole
from books.bodies import order_body
from books.documents import Invoice, InvoiceLine
from books.money import money_text
from books.orders import Line, Order
from books.problems import ForeignCurrency, NegativeTotal, NumberUnusable, Problem, TotalsDiffer
from sync.builders.plan import Planned, distinct

LONGEST_NUMBER = 21


def plan_invoice(order: Order, answers: Answers, *, key: str) -> Planned:
    """The invoice of one order for its whole amount, or every problem that keeps it from being built.

    A payment plan changes nothing here: QuickBooks has none, and the customer owes the whole amount.

    Args:
        order: A sale, with at least one line.
        answers: Mapping's answers for this order. Nothing is looked up in here.
        key: The invoice's key.

    Source:
        docs/accounting/invoice.md
    """
    problems = _problems(order, answers)
    buyer = answers.customer.customer
    return Planned(
        kind=Invoice.kind,
        key=key,
        number=order.number,
        dated=order.placed_on,
        total=order.total,
        currency=order.currency,
        customer_name=buyer.name if buyer else order.customer.name,
        document=None if problems else _invoice(order, answers, key),
        problems=problems,
        depends_on=buyer.created_by if buyer else "",
        source=invoice_part(order),
    )


def invoice_part(order: Order) -> dict[str, object]:
    """The part of an order that its invoice says; payments come and go without changing it."""
    body = order_body(order)
    kept = ("number", "placed_on", "currency", "status", "stated_total")
    return {
        **{name: body[name] for name in kept},
        "lines": body["lines"],
        "customer": order.customer.key,
    }


def _problems(order: Order, answers: Answers) -> tuple[Problem, ...]:
    return distinct(
        *_order_problems(order, answers),
        *answers.customer.problems,
        *(problem for line in order.lines for problem in answers.lines[line.key].problems),
        *(answers.posting_problems[role] for role in (PostingRole.INVOICE_DEBIT,) if role in answers.posting_problems),
    )


def _order_problems(order: Order, answers: Answers) -> list[Problem]:
    problems: list[Problem] = []
    if order.currency != answers.home_currency:
        home = answers.home_currency
        problems.append(ForeignCurrency(order=order.number, currency=order.currency, home=home))
    if order.stated_total is not None and order.stated_total != order.total:
        stated, summed = (money_text(amount, order.currency) for amount in (order.stated_total, order.total))
        problems.append(TotalsDiffer(order=order.number, stated=stated, summed=summed))
    if order.total < 0:
        problems.append(NegativeTotal(order=order.number, summed=money_text(order.total, order.currency)))
    if len(order.number) > LONGEST_NUMBER:
        problems.append(NumberUnusable(number=order.number, length=len(order.number), longest=LONGEST_NUMBER))
    return problems


def _invoice(order: Order, answers: Answers, key: str) -> Invoice | None:
    buyer, terms = answers.customer.customer, answers.customer.terms
    receivable = answers.posting.get(PostingRole.INVOICE_DEBIT)
    if buyer is None or receivable is None:
        raise ValueError(f"order {order.number} has neither an answer nor a problem for its customer or its receivable")
    return Invoice(
        key=key,
        number=order.number,
        dated=order.placed_on,
        due=terms.due(order.placed_on) if terms else None,
        customer=buyer,
        currency=order.currency,
        receivable=receivable,
        lines=tuple(_line(line, answers.lines[line.key]) for line in order.lines),
        terms=terms,
        billing=order.customer.billing,
        shipping=order.customer.shipping,
        email=answers.customer.email,
        memo=order.title,
    )


def _line(line: Line, found: LineAnswer) -> InvoiceLine:
    if found.item is None or found.account is None or found.item_rule is None or found.account_rule is None:
        raise ValueError(f"line {line.key} has neither an answer nor a problem")
    return InvoiceLine(
        key=line.key,
        item=found.item,
        account=found.account,
        description=line.description or line.label,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        item_rule=found.item_rule,
        account_rule=found.account_rule,
        notes=found.notes,
    )
