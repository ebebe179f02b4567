"""What is a transaction called that QuickBooks names by its kind and its id, such as `CreditMemo 145`?"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from books.documents import FORMS
from books.translation import gettext_noop
from sync.quickbooks_online.transactions import name_in_quickbooks

_TITLES: Mapping[str, str] = {
    "Bill": gettext_noop("Bill"),
    "BillPayment": gettext_noop("Bill payment"),
    "Deposit": gettext_noop("Deposit"),
    "Estimate": gettext_noop("Estimate"),
    "Purchase": gettext_noop("Expense"),
    "PurchaseOrder": gettext_noop("Purchase order"),
    "RecurringTransaction": gettext_noop("Recurring transaction"),
    "TimeActivity": gettext_noop("Time activity"),
    "Transfer": gettext_noop("Transfer"),
    "VendorCredit": gettext_noop("Vendor credit"),
} | {name_in_quickbooks(form, "").strip(): value.title for form, value in reversed(FORMS.items())}


def transaction_words(name: str) -> str:
    """The name in the reader's words, such as `Credit memo 145`; as it is where its kind is not known."""
    kind, blank, identifier = name.partition(" ")
    return f"{_(_TITLES[kind])}{blank}{identifier}" if kind in _TITLES else name
