"""Where in QuickBooks Online does a person see what was posted?"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from books.documents import CreditMemo, Invoice, JournalEntry, NewCustomer, Payment, RefundReceipt, SalesReceipt
from companies.models import Company
from sync.quickbooks_online.addresses import on_this_machine

LIVE = "https://app.qbo.intuit.com"
SANDBOX = "https://app.sandbox.qbo.intuit.com"
#: QuickBooks' own page of each form, and what the test company calls the form.
_PAGES: Mapping[str, tuple[str, str]] = {
    Invoice.kind: ("app/invoice?txnId=", "invoice"),
    SalesReceipt.kind: ("app/salesreceipt?txnId=", "salesreceipt"),
    Payment.kind: ("app/recvpayment?txnId=", "payment"),
    CreditMemo.kind: ("app/creditmemo?txnId=", "creditmemo"),
    RefundReceipt.kind: ("app/refundreceipt?txnId=", "refundreceipt"),
    JournalEntry.kind: ("app/journal?txnId=", "journalentry"),
    NewCustomer.kind: ("app/customerdetail?nameId=", ""),
}


def link_into_quickbooks(company: Company, form: str, quickbooks_id: str, *, realm: str) -> str:
    """The address of a transaction or a customer in the company's QuickBooks Online.

    Args:
        company: Whose QuickBooks is meant; a test company's is at the test company's own address.
        form: The form that the document took in QuickBooks, such as `invoice`.
        quickbooks_id: Empty while nothing was posted.
        realm: The id of the company's QuickBooks company; a test company program keeps several.

    Returns:
        Empty where QuickBooks has no page for the form, or nothing was posted.
    """
    page, name = _PAGES.get(form, ("", ""))
    if not page or not quickbooks_id:
        return ""
    if on_this_machine(company):
        here = f"companies/{realm}/transactions/{name}" if name else f"companies/{realm}/customers"
        return f"{settings.TIEOUT_REHEARSAL_URL}/{here}/{quickbooks_id}" if settings.TIEOUT_REHEARSAL_URL else ""
    sandbox = company.is_rehearsal or settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "sandbox"
    return f"{SANDBOX if sandbox else LIVE}/{page}{quickbooks_id}"
