"""What do the forms that name something of QuickBooks have in common? Names are picked, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar

from django.urls import reverse

from companies.forms.base import ScopedForm
from companies.models import Company
from mapping.account_uses import AccountUse
from mapping.company_lists import CompanyLists
from mapping.forms.fields import PickedNameField, corrections, remarks
from mapping.name_checks import check_account, check_item


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
