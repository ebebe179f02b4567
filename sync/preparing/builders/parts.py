"""What is on the form of a sale: which lines, which discount, which tax, or which problems?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from books.answers import Answers, LineAnswer, TaxCode
from books.documents import DiscountLine, InvoiceLine, SalesTax
from books.money import ZERO, money_text, rounded, total
from books.orders import Line, LineType, Order
from books.problems import Problem, TaxCodeNotSet, TaxDiffers
from books.translation import gettext_noop

_HUNDRED = Decimal(100)
#: With more products almost any amount is the tax of some of them, which says nothing.
_MOST_PRODUCTS = 8


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
    return replace(line, quantity=quantity, unit_price=price, amount=ZERO - line.amount)


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


def tax_of(
    order: Order, lines: Sequence[Line], answers: Answers
) -> tuple[SalesTax | None, frozenset[str], tuple[Problem, ...]]:
    """QuickBooks' own tax on a form, the keys of the lines that it is worked out on, and the problems.

    Which lines are taxed is what the order says of them, else what is decided about their products. For the others it
    follows from the amount: everything sold is tried first, then everything but shipping, then nothing, for an order
    that is exempt, then some of the products alone; each with the tax rounded once and rounded by line. Where none of
    them comes to the amount charged, to the cent, the order is blocked.

    Args:
        order: For its number and currency.
        lines: Of the form, with their signs turned for a return.
        answers: Of the order; the company chooses between a line and QuickBooks' own tax.

    Source:
        docs/accounting/sales-tax.md
    """
    charged = [line for line in lines if is_own_tax(line, lines, answers)]
    if not charged:
        return None, frozenset(), ()
    code, account = answers.forms.tax_code, answers.lines[charged[0].key].account
    if code is None:
        return None, frozenset(), (TaxCodeNotSet(),) if not answers.forms.problems else ()
    if account is None:
        return None, frozenset(), answers.lines[charged[0].key].problems
    amount = total(line.amount for line in charged)
    taxable = _taxable(lines, amount, code, order.currency, told=_told(lines, answers))
    if taxable is None:
        return None, frozenset(), (_differs(order, charged[0], lines, amount, code),)
    words = charged[0].description or charged[0].label
    return SalesTax(code=code, amount=amount, account=account, description=words), taxable, ()


def is_own_tax(line: Line, lines: Sequence[Line], answers: Answers) -> bool:
    """Whether a line is no line in QuickBooks but its own tax; tax alone, on nothing that is sold, stays a line."""
    sold = any(other.line_type is not LineType.TAX for other in lines)
    return answers.forms.quickbooks_tax and line.line_type is LineType.TAX and sold


def _told(lines: Sequence[Line], answers: Answers) -> dict[str, bool]:
    """By key, whether a line is taxed, where its order says so or its product is decided."""
    said = {line.key: line.taxable if line.taxable is not None else answers.lines[line.key].taxable for line in lines}
    return {key: taxable for key, taxable in said.items() if taxable is not None}


def _taxable(
    lines: Sequence[Line], amount: Decimal, code: TaxCode, currency: str, *, told: Mapping[str, bool]
) -> frozenset[str] | None:
    everything = _bases(lines)[0]
    usual = [[line for line in everything if told.get(line.key, line in some)] for some in _bases(lines)]
    if code.percent is None:
        return _keys(usual[0])
    for rule in (_computed, _computed_by_line):
        for some in usual:
            if rule(some, code, currency) == amount:
                return _keys(some)
    certain = [line for line in everything if told.get(line.key)]
    for chosen in _some_products([line for line in everything if line.key not in told]):
        some = [*certain, *chosen]
        if amount in (_computed(some, code, currency), _computed_by_line(some, code, currency)):
            return _keys(some)
    # Nobody is charged tax on an exempt sale, whatever the product is otherwise
    return None if amount else frozenset()


def _keys(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(line.key for line in lines)


def _some_products(sold: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of some products, the most products first; the lines of one product are taxed alike."""
    by_product: dict[str, list[Line]] = {}
    for line in sold:
        by_product.setdefault(f"{line.line_type} {line.product_key}", []).append(line)
    if len(by_product) > _MOST_PRODUCTS:
        return
    for number in range(len(by_product) - 1, 0, -1):
        for some in combinations(by_product.values(), number):
            yield [line for lines in some for line in lines]


def _bases(lines: Sequence[Line]) -> list[list[Line]]:
    sold = [line for line in lines if line.line_type is not LineType.TAX]
    shipping = (LineType.SHIPPING, LineType.SHIPPING_DISCOUNT)
    return [sold, [line for line in sold if line.line_type not in shipping], []]


def _computed(lines: Iterable[Line], code: TaxCode, currency: str) -> Decimal:
    return rounded(total(line.amount for line in lines) * (code.percent or Decimal(0)) / _HUNDRED, currency)


def _computed_by_line(lines: Iterable[Line], code: TaxCode, currency: str) -> Decimal:
    return total(_computed([line], code, currency) for line in lines)


def _differs(order: Order, line: Line, lines: Sequence[Line], amount: Decimal, code: TaxCode) -> TaxDiffers:
    return TaxDiffers(
        order=order.number,
        line=line.description or line.label,
        charged=money_text(amount, order.currency),
        computed=money_text(_computed(_bases(lines)[0], code, order.currency), order.currency),
        percent=f"{code.percent:f}".rstrip("0").rstrip(".") if code.percent else "0",
        tax_code=code.name,
    )


#: What a line that takes something off may be typed as.
DISCOUNT_TYPES = (
    LineType.SPECIAL,
    LineType.FREE_TRIAL_DISCOUNT,
    LineType.ORDER_DISCOUNT,
    LineType.PRODUCT_DISCOUNT,
    LineType.CATEGORY_DISCOUNT,
    LineType.SHIPPING_DISCOUNT,
)
AS_ITEM = gettext_noop(
    "QuickBooks keeps one discount line a form, with one account. The discounts of this order have several accounts, "
    "so each is on its item."
)


def discount_of(
    lines: Sequence[Line], answers: Answers
) -> tuple[DiscountLine | None, list[Line], dict[str, tuple[str, ...]]]:
    """The discount line of a form, the lines that are left, and notes on them by line key.

    Args:
        lines: Of the form.
        answers: Of the order; its company chooses between discount lines and items.

    Source:
        docs/accounting/discounts.md
    """
    found = [line for line in lines if is_discount(line)] if answers.forms.discount_lines else []
    accounts = [answers.lines[line.key].account for line in found]
    known = [account for account in accounts if account is not None]
    rest = [line for line in lines if line not in found]
    if not found or not rest or len(known) < len(found):
        return None, list(lines), {}
    if len({account.quickbooks_id for account in known}) > 1:
        return None, list(lines), {line.key: (AS_ITEM,) for line in found}
    words = ", ".join(dict.fromkeys(line.description or line.label for line in found))
    amount = ZERO - total(line.amount for line in found)
    classes = {answers.lines[line.key].quickbooks_class for line in found}
    line = DiscountLine(
        amount=amount,
        account=known[0],
        description=words,
        quickbooks_class=classes.pop() if len(classes) == 1 else None,
    )
    return line, rest, {}


def is_discount(line: Line) -> bool:
    """Whether a line takes something off, rather than being sold."""
    return line.amount < 0 and line.line_type in DISCOUNT_TYPES
