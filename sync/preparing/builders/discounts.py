"""Are discounts on QuickBooks' own discount line, or on items like every other line?"""

from __future__ import annotations

from collections.abc import Sequence

from books.answers import Answers
from books.documents import DiscountLine
from books.money import ZERO, total
from books.orders import Line, LineType
from books.translation import gettext_noop

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
