"""Is tax a line with its account, or QuickBooks' own sales tax with a tax code?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from books.answers import Answers, TaxCode
from books.documents import SalesTax
from books.money import money_text, rounded, total
from books.orders import Line, LineType, Order
from books.problems import Problem, TaxCodeNotSet, TaxDiffers

_HUNDRED = Decimal(100)
#: With more products almost any amount is the tax of some of them, which says nothing.
_MOST_PRODUCTS = 8


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
