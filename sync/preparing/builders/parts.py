"""What is on the form of a sale: which lines, which discount, which tax, or which problems?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from books.answers import Answers, LineAnswer
from books.documents import DiscountLine, InvoiceLine, SalesTax
from books.money import ZERO
from books.orders import Line, Order
from books.problems import Problem
from sync.preparing.builders.discounts import discount_of
from sync.preparing.builders.tax import is_own_tax, tax_of


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a sales form is made of, or the problems that keep it from being made."""

    lines: tuple[InvoiceLine, ...] = ()
    discount: DiscountLine | None = None
    tax: SalesTax | None = None
    problems: tuple[Problem, ...] = ()


def parts_of(order: Order, answers: Answers, *, turned: bool = False) -> Parts:
    """The parts of the form that an order's lines become.

    Args:
        order: With at least one line.
        answers: Of that order.
        turned: For a return, whose form says with positive amounts what is given back.

    Source:
        docs/accounting/sales-tax.md, docs/accounting/discounts.md
    """
    sold = [turned_line(line) for line in order.lines] if turned else list(order.lines)
    tax, taxable, tax_problems = tax_of(order, sold, answers)
    rest = [line for line in sold if not is_own_tax(line, sold, answers)]
    discount, rest, notes = discount_of(rest, answers)
    problems = (
        *answers.forms.problems,
        *(problem for line in rest for problem in answers.lines[line.key].problems),
        *tax_problems,
    )
    if problems:
        return Parts(problems=problems)
    untaxed = tax is None and answers.forms.has_untaxed_code
    lines = tuple(
        sold_line(
            line,
            answers.lines[line.key],
            taxable=line.key in taxable,
            untaxed=untaxed,
            notes=notes.get(line.key, ()),
        )
        for line in rest
    )
    return Parts(lines=lines, discount=discount, tax=tax)


def turned_line(line: Line) -> Line:
    """The same line with its sign turned: a negative quantity turns, else the price does."""
    quantity, price = (-line.quantity, line.unit_price) if line.quantity < 0 else (line.quantity, -line.unit_price)
    return replace(line, quantity=quantity, unit_price=price + ZERO, amount=ZERO - line.amount)


def sold_line(
    line: Line, found: LineAnswer, *, taxable: bool = False, untaxed: bool = False, notes: Sequence[str] = ()
) -> InvoiceLine:
    """One line of an order as it is on a form.

    Raises:
        ValueError: The line has neither an answer nor a problem, which is a defect.
    """
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
        notes=(*found.notes, *notes),
        quickbooks_class=found.quickbooks_class,
        taxable=taxable,
        untaxed=untaxed,
    )
