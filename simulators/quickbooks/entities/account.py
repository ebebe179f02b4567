"""What does QuickBooks demand of an account?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from .. import refusals
from ..fields import Currency, Field, Flag, Record, Ref, Shape, Text, ignored
from .account_types import BALANCE_SHEET, CLASSIFICATION, DEBIT_NATURED, SPECIAL, SUB_TYPES, TYPE_OF_SUB_TYPE
from .base import COMMON, Column, column, key_of
from .exchange import check_known
from .trees import Tree

if TYPE_CHECKING:
    from ..books import Books

IN_OTHER_CURRENCIES = ("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable")
NAME_BANS = {'"': "double quotes", ":": "colons", "\t": "tabs", "\n": "new lines"}


class Account(Tree):
    """An account of the chart of accounts."""

    name = "Account"
    label = "Account"
    counter = "account"
    child_flag = "SubAccount"
    shape = Shape(
        type_name="Account",
        fields={
            **COMMON,
            "Name": Field(kind=Text(most=100, least=1, banned=NAME_BANS, trimmed=True), sticky=True),
            "SubAccount": Field(kind=Flag(), default=False),
            "ParentRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
            "Description": Field(kind=Text(most=100)),
            "Active": Field(kind=Flag(), default=True),
            "AccountType": Field(kind=Text(most=60), sticky=True),
            "AccountSubType": Field(kind=Text(most=60), sticky=True),
            "AcctNum": Field(kind=Text(most=7, banned={":": "colons"})),
            "CurrencyRef": Field(kind=Currency(), fixed=True),
            **ignored(
                *("FullyQualifiedName", "Classification", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
                *("OpeningBalance", "OpeningBalanceDate", "AcctNumExtn", "BankNum", "TaxAccount", "TaxCodeRef"),
                *("TxnLocationType", "LinesExt", "AccountAlias", "OnlineBankingEnabled", "FIName", "JournalCodeRef"),
                *("AccountEx",),
            ),
        },
    )
    columns = {
        "Name": column("text", "Name", index="Name"),
        "FullyQualifiedName": column("text", "FullyQualifiedName", index="FullyQualifiedName"),
        "AccountType": column("text", "AccountType", index="AccountType"),
        "AccountSubType": column("text", "AccountSubType", index="AccountSubType"),
        "Classification": column("text", "Classification"),
        "AcctNum": column("text", "AcctNum"),
        "Active": column("flag", "Active"),
        "SubAccount": column("flag", "SubAccount"),
        "Description": column("text", "Description"),
        "CurrentBalance": Column(kind="number", value=lambda record, books: natural_balance(books, record)),
    }
    indexes = {
        name: key_of(name) for name in ("Name", "FullyQualifiedName", "AccountType", "AccountSubType", "ParentRef")
    }
    needed: ClassVar[frozenset[str]] = SPECIAL

    def complete(self, books: Books, draft: Record, old: Record | None, switches: frozenset[str]) -> None:
        if "Name" not in draft:
            raise refusals.missing("Name")
        self._set_type(draft, old)
        self._set_parent(books, draft)
        if not draft["Active"] and (old is None or old["Active"]):
            self._refuse_needed(books, draft, old)
        self.mark_inactive(draft, old)
        self.place(books, draft, old)
        self.refuse_duplicate(books, draft, old, "FullyQualifiedName")
        self._check_number(books, draft, old)
        check_known(books, draft.setdefault("CurrencyRef", books.home_currency))
        if draft["CurrencyRef"] != books.home_currency and draft["AccountType"] not in IN_OTHER_CURRENCIES:
            raise refusals.business(f"An account of the type {draft['AccountType']} is in the home currency.")

    def _set_type(self, draft: Record, old: Record | None) -> None:
        kind, sub_type = draft.get("AccountType"), draft.get("AccountSubType")
        if kind is None and sub_type is None:
            raise refusals.coded(
                6010, "Account Type or Account Sub Type required", "AccountType or AccountSubType must be given."
            )
        if sub_type is not None and sub_type not in TYPE_OF_SUB_TYPE:
            raise refusals.invalid_enumeration(sub_type, "AccountSubType")
        if kind is not None and kind not in CLASSIFICATION:
            raise refusals.invalid_enumeration(kind, "AccountType")
        if kind is not None and sub_type is not None and TYPE_OF_SUB_TYPE[sub_type] != kind:
            if old is not None and old["AccountType"] == kind:
                raise refusals.business(f"The detail type {sub_type} does not belong to the account type {kind}.")
            sub_type = None if old is not None and old["AccountSubType"] == sub_type else sub_type
            if sub_type is not None:
                raise refusals.business(f"The detail type {sub_type} does not belong to the account type {kind}.")
        kind = kind or TYPE_OF_SUB_TYPE[str(sub_type)]
        draft["AccountType"], draft["AccountSubType"] = kind, sub_type or SUB_TYPES[kind][0]
        draft["Classification"] = CLASSIFICATION[kind]

    def _set_parent(self, books: Books, draft: Record) -> None:
        parent = books.get("Account", draft.get("ParentRef"))
        if draft["SubAccount"] and parent is None:
            raise refusals.coded(6150, "ParentRef required", "A sub-account needs a ParentRef.", "ParentRef")
        draft["SubAccount"] = parent is not None
        if parent is None:
            return
        if {draft["AccountSubType"], parent["AccountSubType"]} & SPECIAL:
            raise refusals.business(
                "An account that QuickBooks itself needs can be neither a parent nor a sub-account."
            )
        if parent["AccountType"] != draft["AccountType"]:
            raise refusals.business("A sub-account must have the same account type as its parent account.")

    def _refuse_needed(self, books: Books, draft: Record, old: Record | None) -> None:
        same = books.under("Account", "AccountType", draft["AccountType"].lower())
        sole = [account["Id"] for account in same if account["CurrencyRef"] == draft["CurrencyRef"]]
        only_one = draft["AccountType"] in ("Accounts Receivable", "Accounts Payable") and old and sole == [old["Id"]]
        if draft["AccountSubType"] in SPECIAL or only_one:
            raise refusals.business("You can't make this account inactive, because QuickBooks uses it by default.")

    def _check_number(self, books: Books, draft: Record, old: Record | None) -> None:
        number = draft.get("AcctNum")
        if not books.preferences["AccountingInfoPrefs"].get("UseAccountNumbers"):
            draft.pop("AcctNum", None)
        elif number is not None:
            for other in books.all("Account"):
                if other.get("AcctNum") == number and (old is None or other["Id"] != old["Id"]):
                    raise refusals.duplicate_name(other["Id"])

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        if record["AccountType"] in BALANCE_SHEET:
            shown["CurrentBalance"] = natural_balance(books, record)
            shown["CurrentBalanceWithSubAccounts"] = self.with_subs(books, record)
        else:
            shown["CurrentBalance"] = shown["CurrentBalanceWithSubAccounts"] = 0

    def with_subs(self, books: Books, record: Record) -> Decimal:
        """The balance of an account together with all below it, in its natural sign."""
        below = (self.with_subs(books, child) for child in self.children(books, record["Id"]))
        return sum(below, natural_balance(books, record))


def natural_balance(books: Books, record: Record) -> Decimal:
    """The balance in the account's own currency and natural sign: a liability that is owed is positive."""
    return _natural(record, books.own_balance(record["Id"]))


def home_balance(books: Books, record: Record) -> Decimal:
    """The same in the home currency."""
    return _natural(record, books.account_balance(record["Id"]))


def _natural(record: Record, balance: Decimal) -> Decimal:
    return balance if record["AccountType"] in DEBIT_NATURED else -balance
