"""What should be in QuickBooks? Frozen documents that know their postings and cannot exist out of balance.

A posting is a signed amount on an account, debit positive. A document is built once, from an order and mapping's
answers, and never changed: a correction is a new version. `key` is unique within the company and stays the same
over all versions, so that the same record is never posted twice.
"""

from __future__ import annotations

from books.documents.journal import REVERSAL, JournalEntry, JournalLine
from books.documents.lines import DiscountLine, DoesNotBalance, InvoiceLine, Posting, SalesTax, balanced
from books.documents.names import NewCustomer
from books.documents.sales import CreditMemo, Invoice, RefundReceipt, SalesReceipt
from books.documents.settling import CreditApplication, Payment, RefundedPart
from books.translation import gettext_noop

__all__ = [
    "FORMS", "KINDS", "REVERSAL", "SALE_KINDS", "CreditApplication", "CreditMemo", "DiscountLine", "Document",
    "DoesNotBalance", "Invoice", "InvoiceLine", "JournalEntry", "JournalLine", "NewCustomer", "Payment", "Posting",
    "RefundReceipt", "RefundedPart", "SalesReceipt", "SalesTax", "balanced",
]  # fmt: skip

Document = (
    NewCustomer | Invoice | SalesReceipt | Payment | CreditMemo | RefundReceipt | JournalEntry | CreditApplication
)

#: Every form that a document takes, by its name in the database and on the wire.
FORMS: dict[str, type[Document]] = {
    form.kind: form
    for form in (
        NewCustomer,
        Invoice,
        SalesReceipt,
        Payment,
        CreditMemo,
        RefundReceipt,
        JournalEntry,
        CreditApplication,
    )
}

#: What a record is for the business, whatever form it takes in QuickBooks, with its name on screen.
KINDS: dict[str, str] = {
    NewCustomer.kind: NewCustomer.title,
    Invoice.kind: Invoice.title,
    SalesReceipt.kind: SalesReceipt.title,
    Payment.kind: Payment.title,
    "credit": gettext_noop("Credit"),
    "refund": gettext_noop("Refund"),
    "return": gettext_noop("Return"),
    CreditApplication.kind: CreditApplication.title,
    REVERSAL: gettext_noop("Reversing entry"),
}

#: What an order itself becomes, as one of these; what was paid, credited or refunded follows it.
SALE_KINDS = (Invoice.kind, SalesReceipt.kind, "return")
