"""Which account does an item move, and which do QuickBooks' own forms? Our copy of its lists as one value."""

from __future__ import annotations

from books.answers import AccountRef
from books.movement import UNKNOWN_ACCOUNT, AccountChart
from companies.models import Company
from mapping.models import QuickBooksAccount, QuickBooksItem
from mapping.posting_settings import own_receivable

#: What QuickBooks puts in place of an item on the line of its own field for shipping, and the account it makes for it.
_SHIPPING_ITEM, _SHIPPING_ACCOUNT = "SHIPPING_ITEM_ID", "Shipping Income"


def chart_of(company: Company) -> AccountChart:
    """The accounts of a company with what moves them, inactive ones too; two queries."""
    rows = list(QuickBooksAccount.objects.filter(company=company))
    oldest = sorted((row for row in rows if row.active), key=lambda row: (len(row.quickbooks_id), row.quickbooks_id))
    income = dict(
        QuickBooksItem.objects.filter(company=company)
        .exclude(income_account_id="")
        .values_list("quickbooks_id", "income_account_id")
    )
    receivable = own_receivable(
        AccountRef(quickbooks_id=row.quickbooks_id, path=row.full_name, account_type=row.account_type) for row in oldest
    )

    def first(**wanted: str) -> str:
        found = (row for row in oldest if all(getattr(row, name) == value for name, value in wanted.items()))
        return next((row.quickbooks_id for row in found), UNKNOWN_ACCOUNT)

    return AccountChart(
        names={row.quickbooks_id: row.full_name for row in rows},
        income={_SHIPPING_ITEM: first(full_name=_SHIPPING_ACCOUNT), **income},
        receivable=receivable.quickbooks_id if receivable else UNKNOWN_ACCOUNT,
        undeposited=first(account_subtype="UndepositedFunds"),
        tax_payable=first(account_subtype="SalesTaxPayable") or first(account_subtype="GlobalTaxPayable"),
    )
