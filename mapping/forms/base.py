"""What do the forms that name something of QuickBooks have in common? Names are picked, and checked.

A name is typed into a plain text field that a list opens under; without JavaScript it stays a text field. What is typed
is checked when the form is sent; near names are offered below the field, each one click away, and none is ever taken
unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextInputWidget

from companies.forms.base import ScopedForm
from companies.models import Company
from mapping.account_uses import AccountUse
from mapping.company_lists import CompanyLists, like_customer
from mapping.models import QuickBooksCustomer
from mapping.name_checks import CheckedName, check_account, check_item

#: Check a text, and say what there is to say about it.
Check = Callable[[str], CheckedName]
#: What a person is told about a name that exists, such as an account's type.
Describe = Callable[[str], str]


class PicksNames(ScopedForm):
    """A form with fields that name items and accounts of QuickBooks."""

    #: The fields that take an item's name or number.
    item_fields: ClassVar[tuple[str, ...]] = ()
    #: The fields that take an account's path, and the place each of them is.
    account_fields: ClassVar[Mapping[str, AccountUse]] = {}
    #: The company's lists, shared by all forms of a page; read again for a form that is alone.
    shared_lists: ClassVar[CompanyLists | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.picked_names:
            self.fields[name] = self._picked(name)
            if not self.is_bound:
                self._show(name)

    @cached_property
    def lists(self) -> CompanyLists:
        return self.shared_lists or CompanyLists(self.company)

    @property
    def picked_names(self) -> list[str]:
        """The fields that name something of QuickBooks, as far as this form has them."""
        return [name for name in (*self.item_fields, *self.account_fields) if name in self.fields]

    def corrections(self) -> list[str]:
        """What was corrected on the way in."""
        return corrections(self.fields.values())

    def remarks(self) -> list[str]:
        """What was left as it is, although QuickBooks does not have it."""
        return remarks(self.fields.values())

    def _picked(self, name: str) -> PickedNameField:
        given = self.fields[name]
        kept: str = getattr(self.instance, name)
        use = self.account_fields.get(name)
        check: Callable[[str], Any] = (
            partial(check_account, lists=self.lists, use=use) if use else partial(check_item, lists=self.lists)
        )
        return PickedNameField(
            check=check,
            describe=self.lists.describe_account if use else self.lists.describe_item,
            url=pick_url(self.company, "accounts", use) if use else pick_url(self.company, "items"),
            kept=kept,
            label=given.label,
            help_text=given.help_text,
            max_length=self.instance._meta.get_field(name).max_length,
        )

    def _show(self, name: str) -> None:
        field = self.fields[name]
        assert isinstance(field, PickedNameField)
        key = self.add_prefix(name)
        if key in self.proposed:
            self.initial[name] = self.proposed[key]
        if value := str(self.initial.get(name) or ""):
            field.look_at(value)


def pick_url(company: Company, what: str, use: AccountUse | None = None) -> str:
    """The address of a company's picker for `items`, `accounts`, `customers` or `terms`."""
    address = reverse("mapping:pick", args=[company.slug, what])
    return f"{address}?use={use.key}" if use else address


@dataclass(frozen=True, kw_only=True)
class OfferedName:
    """One name as the field offers it."""

    text: str
    reason: str = ""
    detail: str = ""


class PickerInput(UnfoldAdminTextInputWidget):
    """A text field; the script opens the list that `url` answers with."""

    template_name = "mapping/widgets/picker.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, url: str = "") -> None:
        """`url` is the picker's address, to which the script adds what was typed."""
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.url = url
        self.offers: tuple[OfferedName, ...] = ()
        #: What the present value is in QuickBooks: a type, an email address.
        self.detail = ""
        #: A sentence about the present value that is no error.
        self.remark = ""

    class Media:
        js = ["tieout/picker.js"]

    def get_context(self, name: str, value: object, attrs: dict[str, object] | None) -> dict[str, object]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {"url": self.url, "offers": self.offers, "detail": self.detail, "remark": self.remark}
        return context


class PickedNameField(forms.CharField):
    """The name of an item or the path of an account, as QuickBooks writes it; empty for none."""

    widget: PickerInput

    def __init__(self, *, check: Check, describe: Describe, url: str, kept: str = "", **options: Any) -> None:
        """Make the field for one company.

        Args:
            check: What to ask about a text.
            describe: What to say about a name that exists.
            url: The picker's address.
            kept: What is stored now. It is never refused, so that one name that went stale in QuickBooks does not
                keep a person from saving the rest of the page; it is remarked on instead.
            options: Those of a text field.
        """
        super().__init__(required=False, strip=False, widget=PickerInput(url=url), **options)
        self._check, self._describe, self._kept = check, describe, kept
        self.finding = CheckedName(text="")

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        self.finding = found = self._check(text)
        self.widget.offers = self.offered(found)
        if found.error and text != self._kept:
            raise ValidationError(found.error, code="not-in-quickbooks")
        return found.text

    def look_at(self, value: str) -> None:
        """Say beside the field what its present value is in QuickBooks."""
        found = self._check(value)
        self.widget.detail = "" if found.error else self._describe(found.text)
        self.widget.remark = found.error or found.warning
        self.widget.offers = self.offered(found)

    def offered(self, finding: CheckedName) -> tuple[OfferedName, ...]:
        """The finding's suggestions, with what each of them is."""
        return tuple(
            OfferedName(text=suggestion.text, reason=_(suggestion.reason), detail=self._describe(suggestion.text))
            for suggestion in finding.suggestions
        )


class PickedCustomerField(forms.CharField):
    """A QuickBooks customer by their exact name there; empty for none."""

    widget: PickerInput

    def __init__(self, *, company: Company, url: str, kept: QuickBooksCustomer | None, **options: Any) -> None:
        """`kept` is the customer that is linked now; it stays, even where QuickBooks has made it inactive since."""
        super().__init__(required=False, widget=PickerInput(url=url), **options)
        self._company, self._kept = company, kept

    def clean(self, value: Any) -> Any:
        name: str = super().clean(value)
        if not name:
            return None
        if self._kept and name == self._kept.display_name:
            return self._kept
        found = list(QuickBooksCustomer.objects.filter(company=self._company, display_name=name, active=True)[:2])
        if len(found) == 1:
            return found[0]
        near = like_customer(self._company, name)
        self.widget.offers = tuple(
            OfferedName(text=suggestion.text, reason=_(suggestion.reason)) for suggestion in near
        )
        raise ValidationError(self._refusal(name, several=bool(found)), code="not-in-quickbooks")

    def _refusal(self, name: str, *, several: bool) -> str:
        if several:
            return _("More than one QuickBooks customer is named “%(name)s”.") % {"name": name}
        if QuickBooksCustomer.objects.filter(company=self._company, display_name=name).exists():
            return _("“%(name)s” is inactive in QuickBooks. Make it active there, or choose another.") % {"name": name}
        return _("QuickBooks has no active customer named “%(name)s”.") % {"name": name}


def corrections(fields: Iterable[forms.Field]) -> list[str]:
    """What was corrected in these fields, as sentences for a message."""
    named = (field for field in fields if isinstance(field, PickedNameField))
    return [field.finding.correction for field in named if field.finding.correction and not field.finding.error]


def remarks(fields: Iterable[forms.Field]) -> list[str]:
    """What is saved and still not right in these fields, as sentences for a warning."""
    named = (field for field in fields if isinstance(field, PickedNameField))
    return [text for field in named if (text := field.finding.error or field.finding.warning)]
