"""What do the tests of IIF files write and read? One document of each kind, and files as short texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from books.answers import AccountRef, CustomerRef, TaxCode
from books.documents import (
    CreditApplication,
    CreditMemo,
    DiscountLine,
    Document,
    Invoice,
    JournalEntry,
    JournalLine,
    NewCustomer,
    Payment,
    RefundReceipt,
    SalesReceipt,
    SalesTax,
)
from books.orders import Address
from sync.quickbooks_desktop.writing.list_rows import ListRows
from sync.quickbooks_desktop.writing.settings import DesktopSalesTax, IifSettings
from sync.quickbooks_desktop.writing.writer import BatchRecord, IifFile, iif_of
from tests.sample_orders import ACCOUNTS, an_invoice, payments_of

AN_ORDER = """
    2026-08-14  order 1042
    WT-101      199.00
    KIT-CLAY    2 x 24.50
    shipping    8.00
    tax         4.17
    order-discount  Welcome back  -20.00
    paid 2026-08-20  Credit Card  100.00
"""
HOME = Address(line1="12 Elm St", city="Mesa", region="AZ", postal_code="85201")
PRIYA = CustomerRef(quickbooks_id="1", name="Priya Natarajan")
TAX = DesktopSalesTax(item="CO Tax", agency="Dept of Revenue", payable="Sales Tax Payable")
TAX_CODE = TaxCode(quickbooks_id="7", name="CO", percent=Decimal("2.9"))


def file_of(*documents: Document | BatchRecord, settings: IifSettings | None = None, **options: object) -> IifFile:
    """The file of some documents, in batch `Exp 57`."""
    records = [
        document if isinstance(document, BatchRecord) else BatchRecord(document=document) for document in documents
    ]
    given = {"lists": ListRows(), "batch": "Exp 57", **options}
    return iif_of(records, settings=settings or IifSettings(), **given)  # type: ignore[arg-type]


def an_iif_invoice() -> Invoice:
    """The invoice of `AN_ORDER`, with an address and terms of thirty days by date."""
    return replace(an_invoice(AN_ORDER), billing=HOME, due=date(2026, 9, 13))


def a_payment() -> Payment:
    """The payment of `AN_ORDER`."""
    return payments_of(AN_ORDER)[0]


def a_sales_receipt() -> SalesReceipt:
    """The same order, paid at once."""
    sold = an_invoice(AN_ORDER)
    return SalesReceipt(
        key="receipt:1043",
        number="1043",
        dated=sold.dated,
        customer=sold.customer,
        currency="USD",
        deposit_to=ACCOUNTS["Undeposited Funds"],
        lines=sold.lines,
        method="Visa",
    )


def a_credit_memo() -> CreditMemo:
    """One class returned."""
    sold = an_invoice()
    return CreditMemo(
        key="credit:77",
        number="CM77",
        dated=date(2026, 8, 25),
        customer=sold.customer,
        currency="USD",
        receivable=ACCOUNTS["Accounts Receivable"],
        lines=sold.lines[:2],
        follows=(sold.key,),
        memo="Two classes, one too many",
    )


def a_refund(paid_from: str = "Checking", to: str = "Accounts Receivable") -> JournalEntry:
    """A refund of 131.40."""
    amount = Decimal("131.40")
    return JournalEntry(
        key="refund:R77",
        number="R77",
        dated=date(2026, 8, 28),
        customer=PRIYA,
        currency="USD",
        stands_for="refund",
        lines=(
            JournalLine(account=ACCOUNTS[to], amount=amount),
            JournalLine(account=ACCOUNTS[paid_from], amount=-amount),
        ),
        why="",
    )


def a_refund_receipt() -> RefundReceipt:
    """A refund by what was sold."""
    return RefundReceipt(
        key="refund:R78",
        number="R78",
        dated=date(2026, 8, 28),
        customer=PRIYA,
        currency="USD",
        paid_from=ACCOUNTS["Checking"],
        lines=an_invoice().lines[:2],
    )


def a_credit_entry() -> JournalEntry:
    """A goodwill credit of 15.00, by two accounts alone."""
    amount = Decimal("15.00")
    return JournalEntry(
        key="credit:9",
        number="C9",
        dated=date(2026, 8, 27),
        customer=PRIYA,
        currency="USD",
        stands_for="credit",
        lines=(
            JournalLine(account=ACCOUNTS["Refunds & Allowances"], amount=amount),
            JournalLine(account=ACCOUNTS["Accounts Receivable"], amount=-amount),
        ),
        why="",
    )


def a_new_customer(name: str = "Marie Ortega", key: str = "customer:1042") -> NewCustomer:
    """A customer that QuickBooks does not have."""
    return NewCustomer(
        key=key,
        display_name=name,
        given_name="Marie",
        family_name="Ortega",
        email="m.ortega@example.com",
        phone="480-555-0100",
        billing=HOME,
        currency="USD",
    )


def an_applied_credit() -> CreditApplication:
    """A credit used up on its invoice."""
    return CreditApplication(
        key="applied:77",
        number="CM77",
        dated=date(2026, 8, 25),
        customer=PRIYA,
        currency="USD",
        amount=Decimal("10.00"),
        receivable=ACCOUNTS["Accounts Receivable"],
        invoice="invoice:1042",
        credit="credit:77",
        credit_form="credit-memo",
    )


def taxed(document: Invoice, amount: str = "5.90") -> Invoice:
    """The document with QuickBooks' own tax instead of a tax line."""
    lines = tuple(replace(line, taxable=True) for line in document.lines if "Tax" not in line.account.path)
    return replace(document, lines=lines, tax=a_tax(amount))


def a_tax(amount: str) -> SalesTax:
    """QuickBooks' own tax of so much."""
    return SalesTax(code=TAX_CODE, amount=Decimal(amount), account=ACCOUNTS["Sales Tax Payable"])


def a_discount(amount: str) -> DiscountLine:
    """QuickBooks' own discount of so much."""
    return DiscountLine(amount=Decimal(amount), account=ACCOUNTS["Discounts Given"], description="Summer sale")


def account(path: str, account_type: str = "Income") -> AccountRef:
    """An account of any name."""
    return AccountRef(quickbooks_id="99", path=path, account_type=account_type)


def rows_of(file: IifFile) -> list[str]:
    """The rows of the file as text, without line ends."""
    return file.content.decode("cp1252").split("\r\n")[:-1]


def cells(file: IifFile, keyword: str, column: str) -> list[str]:
    """What is in one column of all rows of a kind, in the order of the file."""
    rows = [row for block in file.blocks for row in block.rows]
    rows += [row for section in file.sections for row in section.rows]
    return [row[column] for row in rows if row.keyword == keyword]


def iif(text: str) -> bytes:
    """A file written as text: a row a line, ` | ` for each tab."""
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    return "".join("\t".join(cell.strip() for cell in row.split("|")) + "\r\n" for row in rows).encode("cp1252")
