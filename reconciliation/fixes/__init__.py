"""How can each cause be cleared on the spot? The registry of fixes, by the code of the problem."""

from __future__ import annotations

from collections.abc import Mapping

from companies.models import Company
from reconciliation.fixes.accounts import (
    MethodIsMoney,
    ReplaceAccount,
    SetMethodAccount,
    SetPostingAccount,
    UseItemAccount,
)
from reconciliation.fixes.arriving import (
    AdoptIt,
    CreateCustomerAnyway,
    ItIsAnother,
    PostAnyway,
    TakeThatCustomer,
    ThisIsIt,
)
from reconciliation.fixes.base import Fix, Offer
from reconciliation.fixes.changes import KeepTheirs, LeaveDeleted, Overwrite, PostDeletedAgain, VoidAnyway
from reconciliation.fixes.customer_fields import EnterField, LeaveFieldOut
from reconciliation.fixes.customers import ChooseCustomer, CreateAsNamed, CreateCustomer, GiveEmail, PickCustomer
from reconciliation.fixes.in_quickbooks import ChangeItemAccount, CreateItem
from reconciliation.fixes.items import (
    ChooseItem,
    ChooseLineTypeItem,
    EnterGoodName,
    ReplaceItem,
    SellAnotherItem,
    UseAnotherItem,
)
from reconciliation.fixes.names import UseNewName
from reconciliation.fixes.numbers import EnterNumber
from reconciliation.fixes.orders_without_customer import ChooseCustomerOfOrder, CreateCustomerOfOrder
from reconciliation.fixes.proofs import SettleProof
from reconciliation.fixes.records import IgnoreRecords, KeepTheirsInstead, SettleRecords, SettleRefusedChange
from reconciliation.fixes.statuses import SayStatus
from reconciliation.models import Issue, IssueState

__all__ = ["FIXES", "Fix", "Offer", "fixes_of"]

#: What is offered for each cause, the likeliest first.
FIXES: Mapping[str, tuple[type[Fix], ...]] = {
    "product-without-mapping": (ChooseItem, CreateItem),
    "line-type-without-mapping": (ChooseLineTypeItem,),
    "item-not-in-quickbooks": (UseNewName, ReplaceItem),
    "item-is-ambiguous": (ReplaceItem,),
    "item-without-income-account": (SellAnotherItem,),
    "account-not-in-quickbooks": (UseNewName, ReplaceAccount),
    "account-of-wrong-type": (ReplaceAccount,),
    "posting-account-not-set": (SetPostingAccount,),
    "payment-method-not-decided": (SetMethodAccount, MethodIsMoney),
    "status-not-decided": (SayStatus,),
    "money-not-shown": (IgnoreRecords,),
    "item-account-differs": (UseItemAccount, ChangeItemAccount, UseAnotherItem),
    "name-breaks-rule": (EnterGoodName, CreateCustomer, ChooseCustomer),
    "customer-without-email": (GiveEmail, ChooseCustomer, CreateCustomer),
    "customers-share-email": (PickCustomer,),
    "several-customers-fit": (PickCustomer,),
    "customer-not-found": (ChooseCustomer, CreateAsNamed, GiveEmail),
    "customer-name-taken": (ChooseCustomer, CreateCustomer),
    "name-of-another-list": (CreateCustomer, ChooseCustomer),
    "new-customers-share-name": (CreateCustomer, ChooseCustomer),
    "customer-field-too-long": (EnterField, LeaveFieldOut, ChooseCustomer),
    "customer-inactive": (ChooseCustomer, CreateCustomer),
    "linked-customer-gone": (ChooseCustomer, CreateCustomer),
    "perhaps-posted": (ThisIsIt, ItIsAnother),
    "perhaps-entered": (AdoptIt, PostAnyway),
    "perhaps-their-customer": (TakeThatCustomer, CreateCustomerAnyway),
    "refused-by-quickbooks": (
        ChooseCustomer,
        CreateCustomer,
        IgnoreRecords,
        KeepTheirsInstead,
        SettleRefusedChange,
    ),
    "changed-after-posting": (SettleRecords, VoidAnyway),
    "moves-nothing": (SettleRecords, VoidAnyway),
    "changed-in-quickbooks": (KeepTheirs, Overwrite, SettleRecords),
    "deleted-in-quickbooks": (PostDeletedAgain, LeaveDeleted),
    "tax-differs": (IgnoreRecords,),
    "number-used-twice": (IgnoreRecords,),
    "number-unusable": (EnterNumber, IgnoreRecords),
    "needs-ignored-record": (IgnoreRecords,),
    "no-customer": (ChooseCustomerOfOrder, CreateCustomerOfOrder, IgnoreRecords),
    "totals-differ": (IgnoreRecords,),
    "dated-far-ahead": (IgnoreRecords,),
    "negative-total": (IgnoreRecords,),
    "foreign-currency": (IgnoreRecords,),
    "in-closed-period": (IgnoreRecords,),
    "change-in-closed-period": (SettleRecords,),
    "trial-balance-differs": (SettleProof,),
}


def fixes_of(company: Company, issue: Issue, *, instead: Fix | None = None) -> list[Fix]:
    """The fixes that an issue has now, as forms.

    Args:
        company: The issue's.
        issue: A solved one has none.
        instead: A form that was sent and has errors; it takes the place of the empty one.
    """
    if issue.state != IssueState.OPEN:
        return []
    fitting = [kind for kind in FIXES.get(issue.code, ()) if kind.fits(company, issue)]
    return [instead if instead and type(instead) is kind else kind(company=company, issue=issue) for kind in fitting]
