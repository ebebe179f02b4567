"""Which posting accounts are there, which are set, and which receivable account does QuickBooks itself post to?

Intuit documents no field of an invoice that names its receivable account, so QuickBooks Online takes its own: the only
one, or the one it made and named, or the oldest. Source: docs/accounting/posting-accounts.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from books.answers import AccountRef, PostingRole
from books.names import levels
from companies.models import Company
from mapping.answering import RECEIVABLE_TYPES
from mapping.models import PostingAccounts, QuickBooksAccount

#: By field of the stored row, what the account is for.
FIELDS: Mapping[str, PostingRole] = {role.value.replace("-", "_"): role for role in PostingRole}
#: What has to be set before a company can be switched on.
NEEDED_TO_POST = (PostingRole.INVOICE_DEBIT, PostingRole.PAYMENT_DEBIT, PostingRole.PAYMENT_CREDIT)
#: QuickBooks Desktop's name for the receivable account it makes, and QuickBooks Online's.
OWN_NAMES = ("Accounts Receivable", "Accounts Receivable (A/R)")


def posting_paths(company: Company) -> dict[PostingRole, str]:
    """The path of each posting account, empty where it is not set; nothing for a company that never set any."""
    row = PostingAccounts.objects.filter(company=company).first()
    return {role: getattr(row, name) for name, role in FIELDS.items()} if row else {}


def missing_to_post(company: Company) -> list[PostingRole]:
    """The posting accounts without which nothing can be posted, as far as they are not set."""
    paths = posting_paths(company)
    return [role for role in NEEDED_TO_POST if not paths.get(role)]


def default_receivable(company: Company) -> str:
    """The path of the receivable account that QuickBooks itself uses: the only one, or the one by its own name."""
    rows = QuickBooksAccount.objects.filter(company=company, active=True, account_type__in=RECEIVABLE_TYPES)
    own = own_receivable(
        AccountRef(quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=row.account_type) for row in rows
    )
    return own.path if own else ""


def own_receivable(accounts: Iterable[AccountRef]) -> AccountRef | None:
    """QuickBooks' own receivable account among active accounts; None when there is no receivable at all."""
    receivables = [account for account in accounts if account.account_type in RECEIVABLE_TYPES]
    return min(receivables, key=_age, default=None)


def _age(account: AccountRef) -> tuple[bool, int, str]:
    """QuickBooks' own name first, then the smallest number: ids are digits that grow with time."""
    named = levels(account.path)[-1] in OWN_NAMES
    return not named, len(account.quickbooks_id), account.quickbooks_id
