"""Which account is meant? Fixes of paths that mapping gives to products, line types and posting accounts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.answers import PostingRole
from companies.access import Right
from companies.models import Company
from mapping.account_uses import PAYMENT_METHOD, POSTING, AccountUse
from mapping.company_lists import CompanyLists
from mapping.forms.base import PickedNameField, pick_url
from mapping.matching.names import OFFERED
from mapping.models import ACCOUNT_LENGTH, PostingAccounts
from mapping.name_checks import CheckedName, check_account
from reconciliation.fixes.base import Fix, Offer
from reconciliation.models import Issue
from reconciliation.resolutions import (
    Slot,
    account_slots,
    fill,
    method_of,
    posting_field,
    set_method_account,
    set_method_money,
    set_posting_account,
    slots_of,
)


class PicksAccount(Fix):
    """A fix that asks for an account, which may have to serve in several places at once."""

    right = Right.MAP
    picks = "account"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.lists = CompanyLists(self.company)
        self.uses = self.uses_of()
        field = PickedNameField(
            check=self._check,
            describe=self.lists.describe_account,
            url=pick_url(self.company, "accounts", self.uses[0]),
            label=gettext_lazy("QuickBooks account"),
            max_length=ACCOUNT_LENGTH,
        )
        field.required = True
        self.fields["account"] = field

    def uses_of(self) -> list[AccountUse]:
        """The places where the account has to serve; at least one."""
        raise NotImplementedError

    @property
    def types(self) -> tuple[str, ...]:
        """The types that every one of the places accepts."""
        return tuple(kind for kind in self.uses[0].types if all(kind in use.types for use in self.uses))

    def offered(self, text: str) -> tuple[Offer, ...]:
        """Accounts like a text, the likeliest first; where only few can serve at all, every one of them."""
        types = self.types
        near = [account.text for account in self.lists.like_account(text, types)]
        serving = [account.path for account in self.lists.accounts if account.active and account.account_type in types]
        chosen = [*near, *(serving if len(serving) <= OFFERED else ())]
        return tuple(Offer(value=path, detail=self.lists.describe_account(path)) for path in dict.fromkeys(chosen))

    def _check(self, text: str) -> CheckedName:
        findings = [check_account(text, self.lists, use) for use in self.uses]
        return next((finding for finding in findings if finding.error), findings[0])


class ReplaceAccount(PicksAccount):
    """An account that does not exist, or cannot serve, gives way wherever the company names it."""

    name = "replace-account"
    title = gettext_lazy("Replace the account")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """Where the account is; one of the wrong type only where it cannot serve."""
        path, wrong = str(issue.facts.get("account", "")), issue.code == "account-of-wrong-type"
        found = account_slots(company, path)
        return [slot for slot in found if _named(slot, str(issue.facts["used_by"]))] if wrong else found

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    def uses_of(self) -> list[AccountUse]:
        return list({slot.use.key: slot.use for slot in self._slots if slot.use}.values())

    @cached_property
    def _slots(self) -> list[Slot]:
        return self.slots(self.company, self.issue)

    @property
    def help(self) -> str:  # type: ignore[override]
        """Where it is replaced."""
        return _places(self._slots)

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.offered(self.fact("account"))

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), self.cleaned_data["account"], by=by, why=self.why)


class SetPostingAccount(PicksAccount):
    """One of the seven posting accounts is set."""

    name = "set-posting-account"
    title = gettext_lazy("Set the account")
    help = gettext_lazy("It is used for this and every later order.")

    @classmethod
    def role(cls, issue: Issue) -> PostingRole | None:
        """The posting account that is not set."""
        return next((role for role in PostingRole if role.label == issue.facts.get("setting")), None)

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.role(issue) is not None

    def uses_of(self) -> list[AccountUse]:
        role = self.role(self.issue)
        assert role is not None, "fits() was asked"
        return [POSTING[role]]

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.offered(self.fact("setting"))

    def decides_on(self) -> list[tuple[Model, str]]:
        role = self.role(self.issue)
        row = PostingAccounts.objects.filter(company=self.company).first() or PostingAccounts(company=self.company)
        return [(row, posting_field(role))] if role else []

    def apply(self, *, by: User) -> str:
        role = self.role(self.issue)
        assert role is not None, "fits() was asked"
        return set_posting_account(self.company, role, self.cleaned_data["account"], by=by, why=self.why)


class SetMethodAccount(PicksAccount):
    """A payment method that is not plainly money gets its account."""

    name = "set-method-account"
    title = gettext_lazy("Choose the account of the method")
    help = gettext_lazy(
        "For gift cards and store credit, the liability account in which they were sold. It is used for this and every "
        "later payment of the method."
    )

    def uses_of(self) -> list[AccountUse]:
        return [PAYMENT_METHOD]

    @property
    def offers(self) -> tuple[Offer, ...]:
        near = self.offered(self.fact("method"))
        owed = [
            account.path
            for account in self.lists.accounts
            if account.active and account.account_type == "Other Current Liability"
        ]
        more = (Offer(value=path, detail=self.lists.describe_account(path)) for path in owed[:OFFERED])
        return tuple({offer.value: offer for offer in (*near, *more)}.values())[:OFFERED]

    def decides_on(self) -> list[tuple[Model, str]]:
        return [(method_of(self.company, self.fact("method")), "account")]

    def apply(self, *, by: User) -> str:
        return set_method_account(self.company, self.fact("method"), self.cleaned_data["account"], by=by, why=self.why)


class MethodIsMoney(Fix):
    """A payment method is money after all."""

    name = "method-is-money"
    right = Right.MAP
    title = gettext_lazy("It is money")
    help = gettext_lazy("These payments brought money in. They go to the Payment Debit Account.")
    save_label = gettext_lazy("It is money")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return not method_of(company, str(issue.facts.get("method", ""))).is_money

    def decides_on(self) -> list[tuple[Model, str]]:
        method = method_of(self.company, self.fact("method"))
        return [(method, "is_money"), (method, "account")]

    def apply(self, *, by: User) -> str:
        return set_method_money(self.company, self.fact("method"), by=by, why=self.why)


class UseItemAccount(Fix):
    """The mapped account gives way to the one that QuickBooks posts the item to."""

    name = "use-item-account"
    right = Right.MAP
    title = gettext_lazy("Use the item's account")
    save_label = gettext_lazy("Use the item's account")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """Where the other account is mapped."""
        found = slots_of(company, str(issue.facts.get("used_by_key", "")), str(issue.facts.get("mapped", "")))
        return [slot for slot in found if slot.use is not None]

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    @property
    def help(self) -> str:  # type: ignore[override]
        """What it comes to."""
        facts = {"mapped": self.fact("mapped"), "of_item": self.fact("of_item"), "item": self.fact("item")}
        sentence = _(
            "“%(mapped)s” is taken out of the mapping, so that “%(item)s” posts to its own account in QuickBooks, now "
            "“%(of_item)s”."
        )
        return sentence % facts

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), "", by=by, why=self.why)


def _named(slot: Slot, used_by: str) -> bool:
    """Whether a problem's words for a place mean this one."""
    names = (
        f"product {slot.row}",
        f"line type {slot.row}",
        f"payment method {slot.row}",
        slot.use.label if slot.use else "",
    )
    return used_by in map(str, names)


def _places(slots: Iterable[Slot]) -> str:
    names = [str(slot) for slot in slots]
    shown = "; ".join(names[:5])
    if len(names) <= 5:
        return _("It is replaced in: %(places)s.") % {"places": shown}
    facts = {"places": shown, "number": len(names) - 5}
    return _("It is replaced in: %(places)s; and in %(number)d more places.") % facts
