"""Do credits and refunds become QuickBooks' own forms, or journal entries, and why? Told from the decisions alone.

QuickBooks' own forms take the account that they debit from an item, so the item's income account has to be the posting
account. Source: docs/accounting/credit.md, docs/accounting/refund.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from books.answers import AccountRef, PostingRole
from companies.models import Company, CompanyKind
from mapping.answering import DEPOSIT_TYPES, RECEIVABLE_TYPES
from mapping.lookup import NOT_FOR_SALE
from mapping.models import QuickBooksAccount, QuickBooksItem
from mapping.posting_accounts import own_receivable, posting_paths


@dataclass(frozen=True, kw_only=True)
class PostingItem:
    """One of the two choices of an item, and the posting accounts that it has to fit."""

    debit: PostingRole
    credit: PostingRole
    #: Sentences about what the records become.
    own_form: str
    entry: str
    #: What is not posted while a posting account is missing, or while both are receivable accounts.
    nothing: str
    two_receivables: str
    no_item: str


CREDIT_ITEM = PostingItem(
    debit=PostingRole.CREDIT_DEBIT,
    credit=PostingRole.CREDIT_CREDIT,
    own_form=gettext_noop("Credits become QuickBooks credit memos."),
    entry=gettext_noop("Credits become journal entries, because %(why)s"),
    nothing=gettext_noop("No credit is posted until the %(missing)s is set."),
    two_receivables=gettext_noop(
        "No credit is posted: %(debit)s and %(credit)s are both receivable accounts, and a journal entry names the "
        "customer on one line only."
    ),
    no_item=gettext_noop("no item is chosen for credits."),
)
REFUND_ITEM = PostingItem(
    debit=PostingRole.REFUND_DEBIT,
    credit=PostingRole.REFUND_CREDIT,
    own_form=gettext_noop("Refunds become QuickBooks refund receipts."),
    entry=gettext_noop("Refunds become journal entries, because %(why)s"),
    nothing=gettext_noop("No refund is posted until the %(missing)s is set."),
    two_receivables=gettext_noop(
        "No refund is posted: %(debit)s and %(credit)s are both receivable accounts, and a journal entry names the "
        "customer on one line only."
    ),
    no_item=gettext_noop("no item is chosen for refunds."),
)
#: By the field of the document forms.
POSTING_ITEMS: Mapping[str, PostingItem] = {"credit_item": CREDIT_ITEM, "refund_item": REFUND_ITEM}
_DESKTOP = gettext_lazy("Credits are written as credit memos, whose line posts to the %(debit)s.")


class PostingItems:
    """A company's posting accounts and the items that could be chosen for them; few queries for any number of items."""

    def __init__(self, company: Company) -> None:
        """Read nothing yet."""
        self.company = company

    def follows(self, kind: PostingItem, name: str) -> str:
        """What the records become with this item, as a sentence; `name` may be empty, and must else be an item's."""
        if self.company.kind == CompanyKind.DESKTOP:
            return str(_DESKTOP) % {"debit": self._label(kind.debit)}
        if missing := [self._label(role) for role in (kind.debit, kind.credit) if role not in self.accounts]:
            return _(kind.nothing) % {"missing": " / ".join(missing)}
        why = self._why_not(kind, name)
        if not why:
            return _(kind.own_form)
        debit, credit = self.accounts[kind.debit], self.accounts[kind.credit]
        if debit.account_type in RECEIVABLE_TYPES and credit.account_type in RECEIVABLE_TYPES:
            return _(kind.two_receivables) % {"debit": self._label(kind.debit), "credit": self._label(kind.credit)}
        return _(kind.entry) % {"why": why}

    def describe(self, kind: PostingItem, name: str) -> str:
        """Which income account an item has, and whether it is the posting account."""
        income = self.income_of(name)
        if income is None:
            return ""
        words = {"account": income.path, "setting": self._label(kind.debit)}
        debit = self.accounts.get(kind.debit)
        if debit is not None and debit.quickbooks_id == income.quickbooks_id:
            return _("Income account: %(account)s, the %(setting)s.") % words
        return _("Income account: %(account)s, not the %(setting)s.") % words

    def income_of(self, name: str) -> AccountRef | None:
        """The income account of the one active item of that name; None where there is none, or more than one."""
        accounts = self._income.get(name, ())
        return accounts[0] if len(accounts) == 1 else None

    def _why_not(self, kind: PostingItem, name: str) -> str:
        """Why QuickBooks' own form does not fit; empty where it does."""
        credit = self.accounts[kind.credit]
        if not self._credits(kind, credit):
            words = {"setting": self._label(kind.credit), "account": credit.path}
            if kind is REFUND_ITEM:
                return _("the %(setting)s, %(account)s, is no bank account.") % words
            own = self.own_receivable
            words["own"] = own.path if own else ""
            return _("the %(setting)s is %(account)s, and QuickBooks' own credit memos credit %(own)s.") % words
        if not name:
            return _(kind.no_item)
        income, debit = self.income_of(name), self.accounts[kind.debit]
        if income is not None and income.quickbooks_id == debit.quickbooks_id:
            return ""
        words = {"item": name, "setting": self._label(kind.debit), "debit": debit.path}
        if income is None:
            return _("“%(item)s” has no income account that is known, and the %(setting)s is %(debit)s.") % words
        words["account"] = income.path
        return _("the income account of “%(item)s” is %(account)s, and the %(setting)s is %(debit)s.") % words

    def _credits(self, kind: PostingItem, credit: AccountRef) -> bool:
        """Whether QuickBooks' own form can credit this account."""
        if kind is REFUND_ITEM:
            return credit.account_type in DEPOSIT_TYPES
        own = self.own_receivable
        return own is None or own.quickbooks_id == credit.quickbooks_id

    def _label(self, role: PostingRole) -> str:
        return _(role.label)

    @cached_property
    def accounts(self) -> Mapping[PostingRole, AccountRef]:
        """The posting accounts that are set and that QuickBooks has."""
        paths = posting_paths(self.company)
        by_path = {account.path: account for account in self._accounts.values()}
        return {role: by_path[path] for role, path in paths.items() if path in by_path}

    @cached_property
    def own_receivable(self) -> AccountRef | None:
        """The receivable account that QuickBooks' own forms move."""
        return own_receivable(self._accounts.values())

    @cached_property
    def _accounts(self) -> Mapping[str, AccountRef]:
        rows = QuickBooksAccount.objects.filter(company=self.company, active=True)
        return {
            key: AccountRef(quickbooks_id=key, path=path, account_type=kind)
            for key, path, kind in rows.values_list("quickbooks_id", "full_name", "account_type")
        }

    @cached_property
    def _income(self) -> Mapping[str, list[AccountRef | None]]:
        """The income accounts by what an item can be called: its full name, its last level, its number."""
        rows = QuickBooksItem.objects.filter(company=self.company, active=True).exclude(item_type__in=NOT_FOR_SALE)
        by_text: dict[str, list[AccountRef | None]] = {}
        for full, name, sku, key in rows.values_list("full_name", "name", "sku", "income_account_id"):
            for text in {full, name, sku} - {""}:
                by_text.setdefault(text, []).append(self._accounts.get(key))
        return by_text
