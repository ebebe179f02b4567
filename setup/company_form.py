"""How does an administrator set a company up?"""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from books.names import levels
from companies.activation import is_activated
from companies.forms.base import ScopedForm
from companies.models import Company
from mapping.account_uses import NEW_ITEM_EXPENSE, NEW_ITEM_INCOME, AccountUse, type_labels
from mapping.company_lists import CompanyLists
from mapping.forms.base import PickedNameField, pick_url
from mapping.matching.names import Names
from mapping.models import QuickBooksAccount, QuickBooksItem, QuickBooksTerm
from mapping.name_checks import CheckedName, check_account
from mapping.posting_settings import missing_to_post
from setup.time_zones import time_zone_choices

#: The accounts that a new item gets.
NEW_ITEM_ACCOUNTS = {"new_item_income_account": NEW_ITEM_INCOME, "new_item_expense_account": NEW_ITEM_EXPENSE}
_ONLY_TESTS = gettext_lazy(
    "This installation has no keys from Intuit: without this, the company cannot be connected to QuickBooks Online."
)
#: What is said of a setting while a company is added, in place of what its settings say of it later.
_WHEN_ADDING = {
    "slug": gettext_lazy("Small letters, digits and hyphens. It is part of every address of the company."),
    "is_rehearsal": gettext_lazy("To practice: it is connected to a QuickBooks test company and never to real books."),
}
#: A company's screens are at `/<short name>/`, beside these.
TAKEN_ADDRESSES = ("admin", "healthz", "language", "login", "logout", "mapping", "media", "static", "sync")


class CompanySettingsForm(ScopedForm):
    """All settings of one company. Switching it on needs the accounts without which nothing can be posted."""

    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        initial=Company._meta.get_field("time_zone").default,
        help_text=Company._meta.get_field("time_zone").help_text,
        choices=time_zone_choices,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Company
        fields = "__all__"

    class Media:
        js = ("tieout/picker.js",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields.get("time_zone")
        if isinstance(zone, forms.ChoiceField):
            zone.choices = time_zone_choices(self.instance.time_zone)
        if "default_terms" in self.fields and not self.instance._state.adding:
            self.fields["default_terms"] = self._terms_field()
        for name, use in NEW_ITEM_ACCOUNTS.items():
            if name in self.fields and not self.instance._state.adding:
                self.fields[name] = self._account_field(name, use)
        if "books_closed_through" in self.fields:
            # The browser's own field for a day, which takes no other form
            given = UnfoldAdminTextInputWidget().attrs
            self.fields["books_closed_through"].widget = forms.DateInput(
                format="%Y-%m-%d", attrs={**given, "type": "date"}
            )
        if self.instance._state.adding:
            self._explain_adding()
        proposed = self.proposed.get("name_rule")
        if proposed and "name_rule" in self.fields:
            self.initial["name_rule"] = proposed

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug in TAKEN_ADDRESSES:
            sentence = _("“%(slug)s” is an address of Tieout itself. Take another short name.")
            raise forms.ValidationError(sentence % {"slug": slug})
        return slug

    def clean_home_currency(self) -> str:
        currency = str(self.cleaned_data["home_currency"]).strip().upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise forms.ValidationError(_("Write the currency with its three letters, as QuickBooks does: USD."))
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("switched_on") and "switched_on" in self.changed_data:
            why = self._why_not()
            if why:
                self.add_error("switched_on", why)
        if cleaned.get("creates_items"):
            for name in NEW_ITEM_ACCOUNTS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Items can be created once both accounts are set."))
        return cleaned

    def _explain_adding(self) -> None:
        for name, sentence in _WHEN_ADDING.items():
            if name in self.fields:
                more = f" {_ONLY_TESTS}" if name == "is_rehearsal" and tests_only() else ""
                self.fields[name].help_text = f"{sentence}{more}"

    def _why_not(self) -> str:
        """What keeps the company from being switched on; empty when nothing does."""
        if self.instance._state.adding or not self.instance.live_since:
            return _("Going live switches it on, at the end of Setup.")
        if not is_activated(self.instance):
            return _("It can be switched on once its activation is approved and the disclaimer accepted.")
        missing = missing_to_post(self.instance)
        names = ", ".join(_(role.label) for role in missing)
        sentence = _("It can be switched on once these posting accounts are set: %(names)s.")
        return sentence % {"names": names} if missing else ""

    def _account_field(self, name: str, use: AccountUse) -> PickedNameField:
        given, lists = self.fields[name], CompanyLists(self.instance)
        accepted = _("Accepts accounts of type: %(types)s.") % {"types": type_labels(use.types)}
        return PickedNameField(
            check=partial(check_account, lists=lists, use=use),
            describe=lists.describe_account,
            url=pick_url(self.instance, "accounts", use),
            kept=getattr(self.instance, name),
            label=given.label,
            help_text=f"{given.help_text} {accepted}",
            max_length=504,
        )

    def _terms_field(self) -> PickedNameField:
        given = self.fields["default_terms"]
        return PickedNameField(
            check=partial(check_terms, company=self.instance),
            describe=lambda name: "",
            url=pick_url(self.instance, "terms"),
            kept=self.instance.default_terms,
            label=given.label,
            help_text=given.help_text,
            max_length=Company._meta.get_field("default_terms").max_length,
        )


def tests_only() -> bool:
    """Whether QuickBooks Online can only be a test company here: there is one, and there are no keys from Intuit."""
    return bool(settings.TIEOUT_REHEARSAL_URL) and not settings.TIEOUT_QUICKBOOKS_CLIENT_ID


def check_terms(text: str, company: Company) -> CheckedName:
    """Whether QuickBooks has active payment terms of exactly this name."""
    name = text.strip()
    rows = QuickBooksTerm.objects.filter(company=company)
    names = list(rows.filter(active=True).values_list("name", flat=True))
    if not name or name in names:
        return CheckedName(text=name)
    if not rows.exists():
        warning = _("“%(name)s” could not be checked: the lists of QuickBooks have not been read yet.")
        return CheckedName(text=name, warning=warning % {"name": name})
    error = _("QuickBooks has no active payment terms named “%(name)s”.") % {"name": name}
    return CheckedName(text=text, error=error, suggestions=Names(names).like(name))


def names_beyond_the_rule(company: Company) -> int:
    """How many active items and accounts have a level that the company's name rule refuses for its length."""
    items = QuickBooksItem.objects.filter(company=company, active=True).values_list("full_name", flat=True)
    accounts = QuickBooksAccount.objects.filter(company=company, active=True).values_list("full_name", flat=True)
    longest = company.rule.longest
    return sum(any(len(level) > longest for level in levels(name)) for names in (items, accounts) for name in names)
