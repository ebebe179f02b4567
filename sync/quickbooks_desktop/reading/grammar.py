"""Which rows, columns and lengths does QuickBooks Desktop know? As its manual and its own exports have them."""

from __future__ import annotations

TRANSACTION_ROWS = ("TRNS", "SPL", "ENDTRNS")

#: Kinds of rows that are told from a typing mistake.
KEYWORDS = frozenset(
    {
        *TRANSACTION_ROWS, "HDR", "ACCNT", "BUD", "CLASS", "CTYPE", "CUST", "CUSTNAMEDICT", "EMP", "ENDCUSTNAMEDICT",
        "ENDGRP", "INVITEM", "INVMEMO", "JOBTYPE", "OTHERNAME", "PAYMETH", "PAYRATE", "PAYROLLITEM", "PRICELEVEL",
        "REP", "SALESREP", "SALESTAXCODE", "SHIPMETH", "STDTAXITEM", "TEMPLATE", "TERMS", "TIMEACT", "TIMERHDR",
        "TODO", "UNITMEASURE", "VEHICLE", "VEND", "VTYPE", "WCCODE", "ENDBUD", "EMPPAYDATA", "MSTRTEMPLATE",
    }
)  # fmt: skip

#: Kinds of transactions that a file can bring in.
TYPES = frozenset(
    {
        "BEGINBALCHECK", "BILL", "BILL REFUND", "CASH REFUND", "CASH SALE", "CCARD REFUND", "CHECK", "CREDIT CARD",
        "CREDIT MEMO", "DEPOSIT", "ESTIMATE", "ESTIMATES", "GENERAL JOURNAL", "INVOICE", "ITEM RECEIPT", "PAYMENT",
        "PURCHORD", "STMT CHG", "TRANSFER",
    }
)  # fmt: skip

SALES_FORMS = frozenset({"INVOICE", "CASH SALE", "CREDIT MEMO", "ESTIMATE", "ESTIMATES"})

_TRNS = """TRNSID TIMESTAMP TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR TOPRINT NAMEISTAXABLE ADDR1 ADDR2
ADDR3 ADDR4 ADDR5 DUEDATE TERMS PAID PAYMETH SHIPVIA SHIPDATE OTHER1 REP FOB PONUM INVTITLE INVMEMO SADDR1 SADDR2 SADDR3
SADDR4 SADDR5 PAYITEM YEARTODATE WAGEBASE EXTRA TOSEND ISAJE"""
_SPL = """SPLID TIMESTAMP TRNSTYPE DATE ACCNT NAME CLASS AMOUNT DOCNUM MEMO CLEAR QNTY PRICE INVITEM PAYMETH TAXABLE
VALADJ VALDAJ REIMBEXP SERVICEDATE OTHER2 OTHER3 PAYITEM YEARTODATE WAGEBASE EXTRA SALESTAXCODE"""

#: The columns of transaction rows. Lists have more than anybody has written down, so theirs are not judged.
COLUMNS = {"TRNS": frozenset(_TRNS.split()), "SPL": frozenset(_SPL.split()), "ENDTRNS": frozenset[str]()}

#: Columns without which a header is of no use, and those that the manual asks for though QuickBooks does without.
REQUIRED = {
    "TRNS": ("TRNSTYPE", "DATE", "ACCNT", "AMOUNT"),
    "SPL": ("TRNSTYPE", "DATE", "ACCNT", "AMOUNT"),
    "ACCNT": ("NAME", "ACCNTTYPE"),
    "CUST": ("NAME",),
    "INVITEM": ("NAME", "INVITEMTYPE"),
    "TERMS": ("NAME",),
    "VEND": ("NAME",),
    "VTYPE": ("NAME",),
}
ASKED_FOR = {"SPL": ("SPLID",)}

#: Columns that no row may leave blank.
FILLED = {
    "TRNS": ("TRNSTYPE", "DATE", "ACCNT", "AMOUNT"),
    "SPL": ("TRNSTYPE", "DATE", "ACCNT", "AMOUNT"),
    "ACCNT": ("NAME", "ACCNTTYPE"),
    "CUST": ("NAME",),
    "TERMS": ("NAME",),
    "VEND": ("NAME",),
    "VTYPE": ("NAME",),
}

YES_NO = frozenset(
    {
        "CLEAR", "TOPRINT", "NAMEISTAXABLE", "PAID", "TAXABLE", "VALADJ", "VALDAJ", "TOSEND", "ISAJE", "HIDDEN",
        "ISPASSEDTHRU",
    }
)  # fmt: skip
AMOUNTS = frozenset({"AMOUNT"})
DATES = frozenset({"DATE", "DUEDATE", "SHIPDATE", "SERVICEDATE"})
#: Columns with figures, in which a leading minus is no formula.
FIGURES = frozenset({"AMOUNT", "QNTY", "PRICE", "COST", "OBAMOUNT", "LIMIT", "DISCPER"})

#: Characters of a whole value, by column.
LENGTHS = {
    "MEMO": 4095, "DESC": 4095, "PURCHASEDESC": 4095, "TERMS": 31, "PAYMETH": 31, "REP": 5, "PONUM": 25, "FOB": 13,
    "SHIPVIA": 15, "INVMEMO": 101, "EMAIL": 1023, "PHONE1": 21, "PHONE2": 21, "FAXNUM": 21, "CONT1": 41, "CONT2": 41,
    "COMPANYNAME": 41, "FIRSTNAME": 25, "LASTNAME": 25, "MIDINIT": 5, "SALUTATION": 15, "CTYPE": 31, "VTYPE": 31,
    "ACCNUM": 7, "RESALENUM": 15, "SALESTAXCODE": 3,
    **{f"{prefix}{line}": 41 for prefix in ("ADDR", "SADDR", "BADDR") for line in range(1, 6)},
}  # fmt: skip
NUMBER, PAYMENT_NUMBER = 11, 20

#: Characters of one level and of a whole path, by column.
PATHS = {"ACCNT": (31, 159), "INVITEM": (31, 159), "CLASS": (31, 159), "NAME": (41, 209)}
#: The same for the names of lists.
LIST_PATHS = {
    "ACCNT": (31, 159),
    "INVITEM": (31, 159),
    "CLASS": (31, 159),
    "CUST": (41, 209),
    "VEND": (41, 41),
    "TERMS": (31, 31),
    "VTYPE": (31, 159),
}
DEEPEST = 5

#: QuickBooks' account types by the word that a file has for them.
ACCOUNT_TYPES = {
    "AP": "Accounts Payable",
    "AR": "Accounts Receivable",
    "BANK": "Bank",
    "CCARD": "Credit Card",
    "COGS": "Cost of Goods Sold",
    "EQUITY": "Equity",
    "EXEXP": "Other Expense",
    "EXINC": "Other Income",
    "EXP": "Expense",
    "FIXASSET": "Fixed Asset",
    "INC": "Income",
    "LTLIAB": "Long Term Liability",
    "NONPOSTING": "Non-Posting",
    "OASSET": "Other Asset",
    "OCASSET": "Other Current Asset",
    "OCLIAB": "Other Current Liability",
}

#: Item types by the word that a file has for them.
ITEM_TYPES = {
    "ASSEMBLY": "Assembly",
    "COMPTAX": "Sales Tax",
    "DISC": "Discount",
    "FIXASSET": "Fixed Asset",
    "GRP": "Group",
    "INVENTORY": "Inventory",
    "OTHC": "Other Charge",
    "PART": "NonInventory",
    "PMT": "Payment",
    "SERV": "Service",
    "STAX": "Sales Tax Group",
    "SUBT": "Subtotal",
}

#: Of accounts of these types one transaction moves one at most.
NAMED_TYPES = ("Accounts Receivable", "Accounts Payable")
_RECEIVABLE = ("Accounts Receivable",)
_MONEY = ("Bank", "Other Current Asset")
TOP_TYPES = {
    "INVOICE": _RECEIVABLE,
    "CREDIT MEMO": _RECEIVABLE,
    "STMT CHG": _RECEIVABLE,
    "PAYMENT": _MONEY,
    "CASH SALE": _MONEY,
    "CHECK": ("Bank",),
}
