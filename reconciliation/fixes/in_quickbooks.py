"""The item itself is created or changed in QuickBooks, after a person has confirmed exactly what is written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books.names import as_one_level
from companies.access import Right
from companies.models import Company, CompanyKind
from mapping.models import ITEM_LENGTH, Product, QuickBooksAccount, QuickBooksItem
from reconciliation.fixes.base import Fix
from reconciliation.models import Issue
from reconciliation.resolutions import CannotResolve
from sync.lists.items.change import change_income_account
from sync.lists.items.create import create_item, not_allowed, why_no_name
from sync.lists.items.write import CannotWrite

#: What an item's income account may be, as QuickBooks accepts it.
SOLD_TO = ("Income", "Other Income", "Other Current Liability")


class ChangeItemAccount(Fix):
    """The item in QuickBooks gets the account that the mapping names."""

    name = "change-item"
    right = Right.MAP
    goes_out = True
    title = gettext_lazy("Change the item in QuickBooks")
    save_label = gettext_lazy("Change the item in QuickBooks")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        path, item = str(issue.facts.get("mapped", "")), str(issue.facts.get("item", ""))
        accounts = QuickBooksAccount.objects.filter(company=company, full_name=path, active=True)
        items = QuickBooksItem.objects.filter(company=company, full_name=item, active=True)
        # Some accounts can be mapped that QuickBooks accepts of no item: an expense, a cost of goods sold
        serves = accounts.filter(account_type__in=SOLD_TO).exists()
        return company.kind == CompanyKind.ONLINE and serves and items.exists()

    @property
    def help(self) -> str:  # type: ignore[override]
        """What it comes to."""
        sentence = _("The income account of “%(item)s” becomes “%(mapped)s” in QuickBooks itself.")
        return sentence % {"item": self.fact("item"), "mapped": self.fact("mapped")}

    @property
    def consequences(self) -> tuple[str, ...]:
        facts = {name: self.fact(name) for name in ("item", "mapped", "of_item")}
        told = (
            _("The income account of the item “%(item)s” changes from “%(of_item)s” to “%(mapped)s”."),
            _("From then on every sale of it is posted to “%(mapped)s”, also sales that are entered in QuickBooks."),
            _("What is posted already stays where it is."),
        )
        return tuple(sentence % facts for sentence in told)

    def apply(self, *, by: User) -> str:
        item, account = self.fact("item"), self.fact("mapped")
        try:
            change_income_account(self.company, item, account, by=by)
        except CannotWrite as why:
            raise CannotResolve(str(why)) from why
        sentence = _("QuickBooks posts “%(item)s” to “%(account)s” from now on.")
        return sentence % {"item": item, "account": account}


class CreateItem(Fix):
    """An item of the product's name is created, where the company allows it."""

    name = "create-item"
    right = Right.MAP
    goes_out = True
    title = gettext_lazy("Create the item in QuickBooks")
    save_label = gettext_lazy("Create in QuickBooks")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["new_name"] = forms.CharField(
            label=gettext_lazy("Name of the new item"),
            max_length=ITEM_LENGTH,
            strip=True,
            initial=as_one_level(self.fact("product")),
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )

    @classmethod
    def product(cls, company: Company, issue: Issue) -> Product | None:
        """The product that the issue is about."""
        system, _colon, key = str(issue.facts.get("product_key", "")).partition(":")
        return Product.objects.filter(company=company, system=system, source_key=key).first()

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return not not_allowed(company) and cls.product(company, issue) is not None

    @property
    def help(self) -> str:  # type: ignore[override]
        """What it comes to."""
        sentence = _("A %(type)s with the income account “%(income)s” and the expense account “%(expense)s”.")
        return sentence % self._settings

    @property
    def consequences(self) -> tuple[str, ...]:
        facts = self._settings | {"name": self.cleaned_data["new_name"], "product": self.fact("product")}
        told = (
            _("A new item “%(name)s” of type %(type)s is added to the list of products and services."),
            _("Its sales are posted to “%(income)s”, its purchases to “%(expense)s”."),
            _("The product “%(product)s” is mapped to it, for this and every later order."),
            _("An item cannot be deleted in QuickBooks, only made inactive."),
        )
        return tuple(sentence % facts for sentence in told)

    def decides_on(self) -> list[tuple[Model, str]]:
        product = self.product(self.company, self.issue)
        return [(product, "quickbooks_product_name")] if product else []

    def clean_new_name(self) -> str:
        name = str(self.cleaned_data["new_name"])
        product = self.product(self.company, self.issue)
        if why := why_no_name(self.company, name, sku=product.known_sku if product else ""):
            raise ValidationError(why)
        return name

    def apply(self, *, by: User) -> str:
        product = self.product(self.company, self.issue)
        assert product is not None, "fits() was asked"
        try:
            name = create_item(self.company, product, self.cleaned_data["new_name"], by=by)
        except CannotWrite as why:
            raise CannotResolve(str(why)) from why
        sentence = _("“%(name)s” was created in QuickBooks, and “%(product)s” is sold as it.")
        return sentence % {"name": name, "product": product}

    @property
    def _settings(self) -> dict[str, str]:
        return {
            "type": self.company.get_new_item_type_display(),
            "income": self.company.new_item_income_account,
            "expense": self.company.new_item_expense_account,
        }
