"""Which receivable account does QuickBooks itself post invoices to? Pure: told from the company's own list.

Intuit documents no field of an invoice that names its receivable account, so QuickBooks Online takes its own: the only
one, or the one it made and named, or the oldest. Source: docs/accounting/posting-accounts.md
"""

from __future__ import annotations

from collections.abc import Iterable

from books.answers import AccountRef
from books.names import levels

RECEIVABLE_TYPES = ("Accounts Receivable",)
#: QuickBooks Desktop's name for the receivable account it makes, and QuickBooks Online's.
OWN_NAMES = ("Accounts Receivable", "Accounts Receivable (A/R)")


def own_receivable(accounts: Iterable[AccountRef]) -> AccountRef | None:
    """QuickBooks' own receivable account among active accounts; None when there is no receivable at all."""
    found = [account for account in accounts if account.account_type in RECEIVABLE_TYPES]
    return min(found, key=_age, default=None)


def _age(account: AccountRef) -> tuple[bool, int, str]:
    """QuickBooks' own name first, then the smallest number: ids are digits that grow with time."""
    named = levels(account.path)[-1] in OWN_NAMES
    return not named, len(account.quickbooks_id), account.quickbooks_id
