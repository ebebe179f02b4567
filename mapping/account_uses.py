"""Where can an account be named, and of which types may it be there?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from books.answers import PostingRole
from mapping.answering import LINE_TYPE_ACCOUNT_TYPES, POSTING_TYPES, PROFIT_AND_LOSS_TYPES, TENDER_TYPES

#: QuickBooks' account types, as it writes them, with the words for a reader.
ACCOUNT_TYPES: Mapping[str, object] = {
    "Bank": gettext_lazy("Bank"),
    "Accounts Receivable": gettext_lazy("Accounts receivable (A/R)"),
    "Other Current Asset": gettext_lazy("Other Current Asset"),
    "Fixed Asset": gettext_lazy("Fixed Asset"),
    "Other Asset": gettext_lazy("Other Asset"),
    "Accounts Payable": gettext_lazy("Accounts payable (A/P)"),
    "Credit Card": gettext_lazy("Credit Card"),
    "Other Current Liability": gettext_lazy("Other Current Liability"),
    "Long Term Liability": gettext_lazy("Long Term Liability"),
    "Equity": gettext_lazy("Equity"),
    "Income": gettext_lazy("Income"),
    "Cost of Goods Sold": gettext_lazy("Cost of Goods Sold"),
    "Expense": gettext_lazy("Expense"),
    "Other Income": gettext_lazy("Other Income"),
    "Other Expense": gettext_lazy("Other Expense"),
}


@dataclass(frozen=True, kw_only=True)
class AccountUse:
    """One place where an account is named."""

    #: What the picker's address calls it.
    key: str
    label: object
    #: As QuickBooks writes them.
    types: tuple[str, ...]

    def __str__(self) -> str:
        return str(self.label)


PRODUCT = AccountUse(key="product", label=gettext_lazy("QuickBooks Account Name"), types=PROFIT_AND_LOSS_TYPES)
LINE_TYPE = AccountUse(key="line-type", label=gettext_lazy("Item Account Default"), types=LINE_TYPE_ACCOUNT_TYPES)
POSTING: Mapping[PostingRole, AccountUse] = {
    role: AccountUse(key=role.value, label=gettext_lazy(role.label), types=POSTING_TYPES[role]) for role in PostingRole
}
PAYMENT_METHOD = AccountUse(key="payment-method", label=gettext_lazy("Account of the method"), types=TENDER_TYPES)
# An item needs the accounts that its sales and its purchases are posted to: never a receivable or payable one
NEW_ITEM_INCOME = AccountUse(
    key="new-item-income", label=gettext_lazy("Income account of new items"), types=("Income", "Other Income")
)
NEW_ITEM_EXPENSE = AccountUse(
    key="new-item-expense",
    label=gettext_lazy("Expense account of new items"),
    types=("Expense", "Cost of Goods Sold", "Other Expense"),
)
USES: Mapping[str, AccountUse] = {
    use.key: use for use in (PRODUCT, LINE_TYPE, PAYMENT_METHOD, NEW_ITEM_INCOME, NEW_ITEM_EXPENSE, *POSTING.values())
}


def type_label(account_type: str) -> str:
    """The words for an account type; QuickBooks' own where it has one that is not known here."""
    return str(ACCOUNT_TYPES.get(account_type, account_type))


def type_labels(types: Iterable[str]) -> str:
    """The words for several account types, with commas."""
    return ", ".join(map(type_label, types))
