"""What does an IIF file look like? Its columns, its limits and the words that QuickBooks Desktop knows.

Source:
    docs/reference/iif.md
"""

from __future__ import annotations

from books.field_lengths import desktop
from books.translation import gettext_noop

#: Every row of a file ends with it, the last one too.
LINE_END = "\r\n"

INVOICE = "INVOICE"
PAYMENT = "PAYMENT"
CASH_SALE = "CASH SALE"
CREDIT_MEMO = "CREDIT MEMO"
CHECK = "CHECK"
GENERAL_JOURNAL = "GENERAL JOURNAL"

#: What QuickBooks Desktop's screens and reports call each kind of transaction.
TITLES = {
    INVOICE: gettext_noop("Invoice"),
    PAYMENT: gettext_noop("Payment"),
    CASH_SALE: gettext_noop("Sales Receipt"),
    CREDIT_MEMO: gettext_noop("Credit Memo"),
    CHECK: gettext_noop("Check"),
    GENERAL_JOURNAL: gettext_noop("General Journal"),
}

#: Kinds whose rows are lines with products; on them the memo of a line is its description.
SALES_FORMS = (INVOICE, CASH_SALE, CREDIT_MEMO)

_BILLED = ("ADDR1", "ADDR2", "ADDR3", "ADDR4", "ADDR5")
_SHIPPED = ("SADDR1", "SADDR2", "SADDR3", "SADDR4", "SADDR5")

#: The columns of each kind of row. There is none for classes: a file never carries any.
COLUMNS: dict[str, tuple[str, ...]] = {
    "ACCNT": ("NAME", "ACCNTTYPE", "EXTRA"),
    "VTYPE": ("NAME",),
    "VEND": ("NAME", "VTYPE"),
    "INVITEM": ("NAME", "INVITEMTYPE", "ACCNT"),
    "TERMS": ("NAME", "DUEDAYS", "TERMSTYPE"),
    "CUST": (
        "NAME",
        "BADDR1",
        "BADDR2",
        "BADDR3",
        "BADDR4",
        "BADDR5",
        *_SHIPPED,
        "PHONE1",
        "EMAIL",
        "COMPANYNAME",
        "FIRSTNAME",
        "LASTNAME",
    ),
    "TRNS": (
        "TRNSID",
        "TRNSTYPE",
        "DATE",
        "ACCNT",
        "NAME",
        "AMOUNT",
        "DOCNUM",
        "MEMO",
        "CLEAR",
        "TOPRINT",
        "NAMEISTAXABLE",
        *_BILLED,
        "DUEDATE",
        "TERMS",
        "PAID",
        "PAYMETH",
        *_SHIPPED,
    ),
    "SPL": (
        "SPLID",
        "TRNSTYPE",
        "DATE",
        "ACCNT",
        "NAME",
        "AMOUNT",
        "DOCNUM",
        "MEMO",
        "CLEAR",
        "QNTY",
        "PRICE",
        "INVITEM",
        "TAXABLE",
        "REIMBEXP",
        "EXTRA",
    ),
    "ENDTRNS": (),
}

#: The columns of a row that only says that a name is there: nothing that QuickBooks holds of it is written over.
NAME_ONLY = ("NAME",)

#: Characters of one level of a name, and of its whole path.
LEVEL, PATH = desktop("INVITEM"), 159
CUSTOMER_LEVEL, CUSTOMER_PATH = desktop("NAME"), 209
#: Characters of a document's number; QuickBooks keeps more of a payment's.
DOCNUM, PAYMENT_DOCNUM = desktop("DOCNUM"), desktop("DOCNUM of a payment")
ADDRESS, MEMO, LIST_NAME = desktop("ADDR1"), desktop("MEMO"), desktop("PAYMETH")
PHONE, EMAIL, PERSON, COMPANY = desktop("PHONE1"), desktop("EMAIL"), desktop("FIRSTNAME"), desktop("COMPANYNAME")
#: Digits behind the point of a unit price.
PRICE_DIGITS = 5

#: QuickBooks' account types as an IIF file writes them.
ACCOUNT_TYPES = {
    "Accounts Payable": "AP",
    "Accounts Receivable": "AR",
    "Bank": "BANK",
    "Cost of Goods Sold": "COGS",
    "Credit Card": "CCARD",
    "Equity": "EQUITY",
    "Expense": "EXP",
    "Fixed Asset": "FIXASSET",
    "Income": "INC",
    "Long Term Liability": "LTLIAB",
    "Other Asset": "OASSET",
    "Other Current Asset": "OCASSET",
    "Other Current Liability": "OCLIAB",
    "Other Expense": "EXEXP",
    "Other Income": "EXINC",
}

#: Of accounts of these types one transaction moves one at most, and that row names the customer.
NAMED_TYPES = ("Accounts Receivable", "Accounts Payable")
_MONEY = ("Bank", "Other Current Asset")
#: The account types that the first row of each kind accepts; a journal's accepts any.
TOP_TYPES = {
    INVOICE: ("Accounts Receivable",),
    CREDIT_MEMO: ("Accounts Receivable",),
    PAYMENT: _MONEY,
    CASH_SALE: _MONEY,
    CHECK: ("Bank",),
}
