"""What does a document of ours say that QuickBooks had before it came to us?

Of a record that is ready that is what was prepared, for the customer whom QuickBooks has it for. A blocked sale has
nothing prepared, so it says what QuickBooks' own lines say.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from books.answers import AccountRef, CustomerRef, ItemRef, Rule, TaxCode
from books.documents import (
    CreditMemo,
    DiscountLine,
    DoesNotBalance,
    Invoice,
    InvoiceLine,
    NewCustomer,
    Payment,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
)
from books.documents import Document as DocumentValue
from books.money import ZERO, total
from books.posted_document import HeldLine, Holding
from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksItem
from sync.models import Document

_RECEIVABLE, _TAX = "Accounts Receivable", "Sales Tax Payable"


class NothingToSay(Exception):
    """QuickBooks' transaction cannot be said as a document of ours."""


def adopted_value(document: Document, form: str, theirs: Holding) -> DocumentValue:
    """The document as it is kept, for the customer whom QuickBooks has it for.

    Raises:
        NothingToSay: Nothing was prepared, and QuickBooks' lines name what our lists do not have.
    """
    value = document.value() if hasattr(document, "frozen") and document.form == form else None
    if value is None:
        return _of_theirs(document, form, theirs)
    identifier = theirs.customer.identifier
    if isinstance(value, NewCustomer) or not identifier or value.customer.quickbooks_id == identifier:
        return value
    return replace(value, customer=CustomerRef(name=theirs.customer.name, quickbooks_id=identifier))


def _of_theirs(document: Document, form: str, theirs: Holding) -> DocumentValue:
    company = document.company
    charged = [line for line in theirs.lines if line.moves.startswith("item ")]
    taken_off = total(line.amount for line in theirs.lines if line.moves.startswith("account "))
    if form == Payment.kind or len(charged) + (1 if taken_off else 0) < len(theirs.lines):
        raise NothingToSay
    charged_total = total(line.amount for line in charged)
    facts: dict[str, Any] = {
        "key": document.key,
        "number": theirs.number or document.number,
        "dated": document.dated,
        "customer": CustomerRef(name=theirs.customer.name, quickbooks_id=theirs.customer.identifier),
        "currency": document.currency,
        "lines": tuple(_line(company, number, line) for number, line in enumerate(charged, start=1)),
    }
    tax = theirs.total - charged_total + taken_off
    over_all: dict[str, Any] = {
        "discount": DiscountLine(amount=taken_off, account=_discount_account(theirs)) if taken_off else None,
        "tax": _tax(company, tax) if tax else None,
    }
    money = AccountRef(quickbooks_id=theirs.account.identifier, path=theirs.account.name)
    try:
        match form:
            case Invoice.kind:
                return Invoice(**facts, **over_all, due=None, receivable=_of_type(company, _RECEIVABLE))
            case SalesReceipt.kind:
                return SalesReceipt(**facts, **over_all, deposit_to=money)
            case CreditMemo.kind:
                return CreditMemo(**facts, **over_all, receivable=_of_type(company, _RECEIVABLE))
            case RefundReceipt.kind if not (tax or taken_off):
                return RefundReceipt(**facts, paid_from=money)
            case _:
                raise NothingToSay
    except DoesNotBalance:
        raise NothingToSay from None


def _line(company: Company, number: int, line: HeldLine) -> InvoiceLine:
    identifier = line.moves.partition(" ")[2]
    item = QuickBooksItem.objects.filter(company=company, quickbooks_id=identifier).first()
    if item is None:
        raise NothingToSay
    rows = QuickBooksAccount.objects.filter(company=company, quickbooks_id=item.income_account_id)
    account = rows.values_list("full_name", "account_type").first()
    if account is None:
        raise NothingToSay
    income = AccountRef(quickbooks_id=item.income_account_id, path=account[0], account_type=account[1])
    return InvoiceLine(
        key=f"adopted-{number}",
        item=ItemRef(quickbooks_id=identifier, name=item.full_name, income_account=income),
        account=income,
        description=line.name or item.full_name,
        quantity=Decimal(1),
        unit_price=line.amount,
        amount=line.amount,
        item_rule=Rule.PRODUCT_NAME,
        account_rule=Rule.ITEM_ACCOUNT,
    )


def _discount_account(theirs: Holding) -> AccountRef:
    (line, *_) = [line for line in theirs.lines if line.moves.startswith("account ")]
    return AccountRef(quickbooks_id=line.moves.partition(" ")[2], path=line.name)


def _tax(company: Company, amount: Decimal) -> SalesTax | None:
    if amount < ZERO:
        raise NothingToSay
    rows = QuickBooksAccount.objects.filter(company=company, name__startswith=_TAX)
    account = rows.values_list("quickbooks_id", "full_name").first() or ("", _TAX)
    return SalesTax(
        code=TaxCode(quickbooks_id="", name=""),
        amount=amount,
        account=AccountRef(quickbooks_id=account[0], path=account[1]),
    )


def _of_type(company: Company, account_type: str) -> AccountRef:
    row = (
        QuickBooksAccount.objects.filter(company=company, account_type=account_type, active=True).order_by("pk").first()
    )
    if row is None:
        raise NothingToSay
    return AccountRef(quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=account_type)
