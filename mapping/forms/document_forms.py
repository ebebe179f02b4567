"""How does a person say which forms documents take, and which class and location they carry?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from companies.forms.base import OpenedForm
from companies.models import Company, CompanyKind
from companies.source_names import SourceNames
from mapping.company_lists import LISTED, names_of, tax_codes
from mapping.forms.base import PickedNameField, PicksNames, pick_url
from mapping.models import DocumentForms, SourceDimensions, TaxAs
from mapping.name_checks import check_item_name
from mapping.posting_settings import POSTING_ITEMS, PostingItems
from mapping.source_systems import systems_of

#: What a file for QuickBooks Desktop cannot carry, or says in another way.
NOT_ON_DESKTOP = ("discounts_as", "sales_tax_as", "sales_tax_code", "refund_item")


class DocumentFormsForm(PicksNames):
    """The choices about forms."""

    item_fields = tuple(POSTING_ITEMS)

    class Meta:
        model = DocumentForms
        fields = ("sales_receipts", "discounts_as", "sales_tax_as", "sales_tax_code", *POSTING_ITEMS)
        widgets: ClassVar = {
            "discounts_as": forms.RadioSelect,
            "sales_tax_as": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.posting_items = PostingItems(self.company)
        super().__init__(*args, **kwargs)
        kept = str(self.instance.sales_tax_code)
        self.fields["sales_tax_code"] = choice_of(self.fields["sales_tax_code"], tax_codes(self.company), kept)
        if self.company.kind == CompanyKind.DESKTOP:
            for name in NOT_ON_DESKTOP:
                del self.fields[name]
        if not self.is_bound:
            self.initial.update({name: text for name, text in self.proposed.items() if name in self.fields})

    def outcomes(self) -> dict[str, str]:
        """What credits and refunds become under the choices as they are stored: a sentence by field."""
        stored = DocumentForms.objects.filter(company=self.company).first() or DocumentForms()
        return {
            name: self.posting_items.follows(kind, getattr(stored, name))
            for name, kind in POSTING_ITEMS.items()
            if name in self.fields
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # One that was chosen and refused has said why already
        chosen = cleaned.get("sales_tax_code") or "sales_tax_code" in self.errors
        if cleaned.get("sales_tax_as") == TaxAs.QUICKBOOKS and not chosen:
            self.add_error("sales_tax_code", _("Needed while tax is QuickBooks' own sales tax."))
        return cleaned

    def _picked(self, name: str) -> PickedNameField:
        """As everywhere, with the item's income account beside it: it decides which form follows."""
        made, kind = super()._picked(name), POSTING_ITEMS[name]
        made._check = lambda text: check_item_name(text, self.lists)
        made._describe = lambda text: self.posting_items.describe(kind, text)
        made.widget.url = pick_url(self.company, name.replace("_", "-") + "s")
        return made


class SourceDimensionsForm(OpenedForm):
    """The class and the location of everything that one source sells, as far as the company has such lists."""

    class Meta:
        model = SourceDimensions
        fields = ("quickbooks_class", "quickbooks_location")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, listed in (("quickbooks_class", LISTED["class"]), ("quickbooks_location", LISTED["location"])):
            names = names_of(self.instance.company, listed)
            kept = str(getattr(self.instance, name))
            if not names and not kept:
                del self.fields[name]
            else:
                self.fields[name] = choice_of(self.fields[name], [(choice, choice) for choice in names], kept)

    def corrections(self) -> list[str]:
        """Nothing: what is chosen from a list needs none."""
        return []

    def remarks(self) -> list[str]:
        """Nothing: what is chosen from a list is in QuickBooks."""
        return []


def choice_of(
    given: forms.Field, choices: Iterable[tuple[str, str]], kept: str, *, empty: str = ""
) -> forms.ChoiceField:
    """A choice from a list in place of a text; what is stored and gone from QuickBooks can be left as it is."""
    offered = [("", empty or _("None")), *choices]
    if kept and kept not in dict(offered):
        offered.append((kept, _("%(name)s (not in QuickBooks)") % {"name": kept}))
    return forms.ChoiceField(
        choices=offered,
        required=False,
        label=capfirst(str(given.label)),
        help_text=given.help_text,
        widget=UnfoldAdminSelectWidget,
    )


def dimension_forms(company: Company, data: object) -> list[SourceDimensionsForm]:
    """One form per source that has sold anything; none where the company has neither classes nor locations."""
    if company.kind == CompanyKind.DESKTOP:
        return []
    stored = {row.system: row for row in SourceDimensions.objects.filter(company=company)}
    rows = [stored.get(system) or SourceDimensions(company=company, system=system) for system in systems_of(company)]
    made = [SourceDimensionsForm(data, instance=row, prefix=row.system) for row in rows]
    name_sources(company, made)
    return [form for form in made if form.fields]


def name_sources(company: Company, of_sources: Iterable[Any]) -> None:
    """Say on each form of a source what that is called; one query for all of them."""
    names = SourceNames(company)
    for form in of_sources:
        form.source_name = names.called(form.instance.system)
