"""Which rows does a sales form have? One for each line, by the account of its answer; then discount and sales tax.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from books.answers import AccountRef, ItemRef
from books.documents import CreditMemo, Invoice, InvoiceLine, SalesReceipt
from books.money import ZERO, extended, total
from sync.quickbooks_desktop.writing.row_writer import is_price
from sync.quickbooks_desktop.writing.settings import DesktopSalesTax, IifSettings

Form = Invoice | SalesReceipt | CreditMemo


@dataclass(frozen=True, kw_only=True)
class PostingSide:
    """One account that a transaction moves; debit positive, credit negative."""

    account: AccountRef
    amount: Decimal
    #: Its own text; empty takes that of the transaction, except on a sales form.
    memo: str = ""
    names_customer: bool = False
    #: A vendor's name, exactly as QuickBooks has it: the tax agency.
    vendor: str = ""
    item: ItemRef | None = None
    #: Signed as the file has it: negative on what is sold. None where the amount is no product of both.
    quantity: Decimal | None = None
    price: Decimal | None = None
    taxable: bool = False
    #: The row of QuickBooks' own sales tax.
    tax_item: str = ""
    tax_percent: Decimal | None = None


def sides_of_form(form: Form, *, sign: int, settings: IifSettings) -> tuple[PostingSide, ...]:
    """All sides but the top one.

    Args:
        form: The sales form.
        sign: 1 for what is sold, -1 for what is credited back.
        settings: With QuickBooks' sales tax switched on, lines on its account become its own row, which comes last
            on every form, also at zero.
    """
    return (*_lines(form, sign, settings), *_discount(form, sign), *_tax(form, sign, settings.sales_tax))


def tax_agency(account: AccountRef, settings: IifSettings) -> str:
    """The vendor that a row on the sales tax account names; empty for other accounts."""
    tax = settings.sales_tax
    return tax.agency if tax and account.path == tax.payable else ""


def _lines(form: Form, sign: int, settings: IifSettings) -> Iterator[PostingSide]:
    tax_lines = _tax_lines(form, settings.sales_tax)
    taxed = bool(total(line.amount for line in tax_lines))
    for line in form.lines:
        if line not in tax_lines:
            yield _side_of(line, form, sign, taxable=line.taxable if form.tax else taxed)


def _side_of(line: InvoiceLine, form: Form, sign: int, *, taxable: bool) -> PostingSide:
    multiplies = (
        line.quantity > 0
        and is_price(line.unit_price)
        and extended(line.quantity, line.unit_price, form.currency) == line.amount
    )
    return PostingSide(
        account=line.account,
        amount=ZERO - sign * line.amount,
        memo=line.description,
        item=line.item,
        quantity=-sign * line.quantity if multiplies else None,
        price=line.unit_price if multiplies else None,
        taxable=taxable,
    )


def _discount(form: Form, sign: int) -> Iterator[PostingSide]:
    if form.discount:
        taxable = any(line.taxable for line in form.lines)
        amount, text = sign * form.discount.amount, form.discount.description
        yield PostingSide(account=form.discount.account, amount=amount, memo=text, taxable=taxable)


def _tax(form: Form, sign: int, tax: DesktopSalesTax | None) -> Iterator[PostingSide]:
    lines = _tax_lines(form, tax)
    charged = total(line.amount for line in lines) + (form.tax.amount if form.tax else ZERO)
    if tax:
        account = form.tax.account if form.tax else lines[0].account if lines else _payable(tax)
        percent = form.tax.code.percent if form.tax else None if charged else ZERO
        amount = ZERO - sign * charged
        yield PostingSide(account=account, amount=amount, vendor=tax.agency, tax_item=tax.item, tax_percent=percent)
    elif form.tax:
        text = form.tax.description or form.tax.code.name
        yield PostingSide(account=form.tax.account, amount=ZERO - sign * form.tax.amount, memo=text)


def _tax_lines(form: Form, tax: DesktopSalesTax | None) -> tuple[InvoiceLine, ...]:
    # Where the form has QuickBooks' tax on another account, its row cannot carry these amounts as well
    if not tax or (form.tax and form.tax.account.path != tax.payable):
        return ()
    return tuple(line for line in form.lines if line.account.path == tax.payable)


def _payable(tax: DesktopSalesTax) -> AccountRef:
    return AccountRef(quickbooks_id="", path=tax.payable, account_type="Other Current Liability")
