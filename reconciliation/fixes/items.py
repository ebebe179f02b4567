"""Which QuickBooks item is meant? Fixes of names that mapping gives to products and line types."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from books.orders import DEFAULT_SECTIONS, Section
from companies.access import Right
from companies.models import Company
from mapping.answering import NOT_FOR_SALE
from mapping.company_lists import CompanyLists
from mapping.forms.base import PickedNameField, pick_url
from mapping.matching.names import OFFERED
from mapping.models import ITEM_LENGTH, LineTypeDefault, Product, QuickBooksAccount, QuickBooksItem
from mapping.name_checks import check_account, check_item
from reconciliation.fixes.base import Fix, Offer
from reconciliation.models import Issue
from reconciliation.resolutions import Slot, fill, item_slot, item_slots, map_product, set_line_type, slots_of


def item_field(lists: CompanyLists, **options: Any) -> PickedNameField:
    """A field that takes the name or number of one of the company's items."""
    field = PickedNameField(
        check=partial(check_item, lists=lists),
        describe=lists.describe_item,
        url=pick_url(lists.company, "items"),
        max_length=ITEM_LENGTH,
        **options,
    )
    field.required = True
    return field


class PicksItem(Fix):
    """A fix that asks for an item."""

    right = Right.MAP
    picks = "item"
    save_label = _("Save")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.lists = CompanyLists(self.company)
        self.fields["item"] = item_field(self.lists, label=_("QuickBooks item: its name or SKU"))

    def offered(self, *texts: str) -> tuple[Offer, ...]:
        """Items like these texts, the likeliest first, none twice."""
        same = [text for text in texts if text and not check_item(text, self.lists).error and self.lists.items]
        near = [item for text in texts if text for item in self.lists.like_item(text)]
        names = [*same, *(item.text for item in sorted(near, key=lambda item: -item.likeness))]
        best = list(dict.fromkeys(names))[:OFFERED]
        return tuple(Offer(value=name, detail=self.lists.describe_item(name)) for name in best)


class ChooseItem(PicksItem):
    """A product is sold as an item."""

    name = "choose-item"
    title = _("Choose the QuickBooks item")
    help = _("It is kept as the QuickBooks Product Name of the product, for this and every later order.")

    @classmethod
    def product(cls, company: Company, issue: Issue) -> Product | None:
        """The product that the issue is about."""
        system, _colon, key = str(issue.facts.get("product_key", "")).partition(":")
        return Product.objects.filter(company=company, system=system, source_key=key).first()

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return cls.product(company, issue) is not None

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.offered(self.fact("product"), self.fact("sku"))

    def decides_on(self) -> list[tuple[Model, str]]:
        product = self.product(self.company, self.issue)
        return [(product, "quickbooks_product_name")] if product else []

    def apply(self, *, by: User) -> str:
        product = self.product(self.company, self.issue)
        assert product is not None, "fits() was asked"
        return map_product(product, self.cleaned_data["item"], by=by, why=self.why)


class ChooseLineTypeItem(PicksItem):
    """A line type gets its Item Name Default."""

    name = "choose-line-type-item"
    title = _("Set the Item Name Default")
    help = _("It is used for every line of this type that has no item name of its own.")

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return issue.facts.get("section_key") in {section.value for section in DEFAULT_SECTIONS}

    @property
    def offers(self) -> tuple[Offer, ...]:
        return self.offered(self.fact("section"))

    def decides_on(self) -> list[tuple[Model, str]]:
        section = self.fact("section_key")
        row = LineTypeDefault.objects.filter(company=self.company, section=section).first()
        return [(row or LineTypeDefault(company=self.company, section=section), "item_name_default")]

    def apply(self, *, by: User) -> str:
        section = Section(self.fact("section_key"))
        return set_line_type(self.company, section, self.cleaned_data["item"], by=by, why=self.why)


class ReplaceItem(PicksItem):
    """A name that is no item, or fits two, gives way to one that is."""

    name = "replace-item"
    title = _("Replace the name")
    help = _("It is replaced where it is, for this and every later order.")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """Where the name is: everywhere for one that is no item, in one place for one that fits two."""
        name = str(issue.facts.get("item", ""))
        if issue.code == "item-not-in-quickbooks":
            return item_slots(company, name)
        used_by = str(issue.facts.get("used_by_key", ""))
        found = [slot for slot in slots_of(company, used_by, name) if slot.use is None]
        # A product that is found by its SKU or its name names no item yet
        by_rule = item_slot(company, used_by, name) if used_by.startswith("product:") else []
        return found or [slot for slot in by_rule if not slot.value]

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    @property
    def offers(self) -> tuple[Offer, ...]:
        if candidates := self.issue.facts.get("candidates"):
            return tuple(Offer(value=candidate, detail=self.lists.describe_item(candidate)) for candidate in candidates)
        return self.offered(self.fact("item"))

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), self.cleaned_data["item"], by=by, why=self.why)


class SellAnotherItem(PicksItem):
    """An item that cannot be sold gives way to one that QuickBooks has an income account for."""

    name = "sell-another-item"
    title = _("Choose another item")
    help = _("It is used in its place, for this and every later order.")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """The field that says, or can say, which item it is."""
        return item_slot(company, str(issue.facts.get("used_by_key", "")), str(issue.facts.get("item", "")))

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    @property
    def offers(self) -> tuple[Offer, ...]:
        return tuple(offer for offer in self.offered(self.fact("item")) if self._can_be_sold(offer.value))

    def decides_on(self) -> list[tuple[Model, str]]:
        return [(slot.row, slot.field) for slot in self.slots(self.company, self.issue)]

    def clean_item(self) -> str:
        text = str(self.cleaned_data["item"])
        if not self._can_be_sold(text):
            sentence = gettext("QuickBooks has no active income account for “%(item)s” either.")
            raise ValidationError(sentence % {"item": text})
        return text

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), self.cleaned_data["item"], by=by, why=self.why)

    def _can_be_sold(self, text: str) -> bool:
        found = self.lists.items_by_name.get(text) or self.lists.items_by_number.get(text.strip().casefold(), ())
        accounts = QuickBooksAccount.objects.filter(company=self.company, active=True).values("quickbooks_id")
        items = QuickBooksItem.objects.filter(company=self.company, full_name__in=[item.full_name for item in found])
        return items.filter(income_account_id__in=accounts).exists()


class UseAnotherItem(PicksItem):
    """Where the mapped account is not the item's, another item gives way: one that QuickBooks posts to the account."""

    name = "use-another-item"
    title = _("Use another item")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """The field that says which item it is."""
        return item_slot(company, str(issue.facts.get("used_by_key", "")), str(issue.facts.get("item", "")))

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    @property
    def help(self) -> str:  # type: ignore[override]
        """Which items can serve."""
        return gettext("One that QuickBooks posts to “%(account)s”.") % {"account": self.fact("mapped")}

    @property
    def offers(self) -> tuple[Offer, ...]:
        posting = posted_to(self.company, self.fact("mapped"))
        near = [item.text for item in self.lists.like_item(self.fact("item"), limit=len(self.lists.items) or 1)]
        best = [*(name for name in near if name in posting), *sorted(posting - set(near))][:OFFERED]
        return tuple(Offer(value=name, detail=self.lists.describe_item(name)) for name in best)

    def decides_on(self) -> list[tuple[Model, str]]:
        return [(slot.row, slot.field) for slot in self.slots(self.company, self.issue)]

    def clean_item(self) -> str:
        text = str(self.cleaned_data["item"])
        found = self.lists.items_by_name.get(text) or self.lists.items_by_number.get(text.strip().casefold(), ())
        if not {item.full_name for item in found} & posted_to(self.company, self.fact("mapped")):
            sentence = gettext("QuickBooks does not post “%(item)s” to “%(account)s” either.")
            raise ValidationError(sentence % {"item": text, "account": self.fact("mapped")})
        return text

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), self.cleaned_data["item"], by=by, why=self.why)


def posted_to(company: Company, path: str) -> set[str]:
    """Full names of the usable items whose income account has this path."""
    accounts = QuickBooksAccount.objects.filter(company=company, full_name=path, active=True)
    rows = QuickBooksItem.objects.filter(company=company, active=True).exclude(item_type__in=NOT_FOR_SALE)
    found = rows.filter(income_account_id__in=accounts.values_list("quickbooks_id", flat=True))
    return set(found.values_list("full_name", flat=True))


class EnterGoodName(Fix):
    """A name that QuickBooks cannot have gives way to one that it has."""

    name = "enter-good-name"
    right = Right.MAP
    title = _("Enter a valid name")
    help = _("A name that QuickBooks has. Spaces around a colon are corrected.")
    picks = "good"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.lists = CompanyLists(self.company)
        slot = self.slots(self.company, self.issue)[0]
        self.use = slot.use
        if slot.use is None:
            self.fields["good"] = item_field(self.lists, label=str(slot))
        else:
            self.fields["good"] = PickedNameField(
                check=partial(check_account, lists=self.lists, use=slot.use),
                describe=self.lists.describe_account,
                url=pick_url(self.company, "accounts", slot.use),
                label=str(slot),
            )
            self.fields["good"].required = True
        self.initial["good"] = self.fact("corrected") or self.fact("name")

    @classmethod
    def slots(cls, company: Company, issue: Issue) -> list[Slot]:
        """Where the name is."""
        return slots_of(company, str(issue.facts.get("used_by_key", "")), str(issue.facts.get("name", "")))

    @classmethod
    def fits(cls, company: Company, issue: Issue) -> bool:
        return bool(cls.slots(company, issue))

    @property
    def offers(self) -> tuple[Offer, ...]:
        lists, name = self.lists, self.fact("corrected") or self.fact("name")
        if self.use is None:
            return tuple(
                Offer(value=item.text, detail=lists.describe_item(item.text)) for item in lists.like_item(name)
            )
        near = lists.like_account(name, self.use.types)
        return tuple(Offer(value=account.text, detail=lists.describe_account(account.text)) for account in near)

    def apply(self, *, by: User) -> str:
        return fill(self.slots(self.company, self.issue), self.cleaned_data["good"], by=by, why=self.why)
