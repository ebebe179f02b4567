"""How does a person say by which rules the customers of a source are found, and what follows when they are not?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from books.customer_fields import OF_A_PERSON, CustomerNameField, NameFormat
from companies.forms.base import OpenedForm
from companies.models import Company, CompanyKind
from mapping.forms.base import PickedNameField, corrections, pick_url, remarks
from mapping.forms.document_forms import name_sources
from mapping.matching.customers import NotFound
from mapping.models import QuickBooksCustomer, SourceCustomerRules
from mapping.name_checks import check_customer
from mapping.source_systems import systems_of

STEPS = ("match_first", "match_second", "match_third", "match_fourth")
_CUSTOMERS = ("standard_customer", "default_customer")


class CustomerRulesForm(OpenedForm):
    """The rules of one source."""

    class Meta:
        model = SourceCustomerRules
        fields = (
            *(*STEPS, "name_format", "name_field", "not_found", "hold_for_review", *_CUSTOMERS),
            *("update_addresses", "address_rule"),
        )
        widgets: ClassVar = {
            **dict.fromkeys(("not_found", "address_rule"), forms.RadioSelect),
            **dict.fromkeys((*STEPS, "name_format", "name_field"), UnfoldAdminSelectWidget),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in STEPS:
            choices = [choice for choice in self.fields[name].choices if choice[0]]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", _("None")), *choices]  # type: ignore[attr-defined]
        self.fields["address_rule"].required = False  # asked only where addresses are updated
        for field in self.fields.values():
            field.label = capfirst(str(field.label))
        for name in STEPS[1:]:
            self.fields[name].label = _("Then by")
        if not self.is_bound:
            keys = {name: self.add_prefix(name) for name in self.fields}
            self.initial.update({name: self.proposed[key] for name, key in keys.items() if key in self.proposed})
        for name in _CUSTOMERS:
            self.fields[name] = self._picked(name)
        if self._on_desktop:
            field_names = self.fields["name_field"]
            field_names.choices = [choice for choice in field_names.choices if choice[0] != CustomerNameField.CHECK]  # type: ignore[attr-defined]
            for name in ("update_addresses", "address_rule"):  # a file cannot change one address and leave the rest
                del self.fields[name]

    #: What its source is called.
    source_name = ""

    @property
    def steps(self) -> list[Any]:
        """The fields of the steps, in their order."""
        return [self[name] for name in STEPS]

    @property
    def fallback(self) -> str:
        """What the stored format takes where a part is empty."""
        return _(NameFormat(self.stored("name_format") or NameFormat.FIRST_LAST).fallback)

    def corrections(self) -> list[str]:
        """What was corrected on the way in."""
        return corrections(self.fields.values())

    def remarks(self) -> list[str]:
        """What was left as it is, although QuickBooks does not have it."""
        return remarks(self.fields.values())

    def clean_address_rule(self) -> str:
        """What was chosen; as it was where nothing was."""
        return self.cleaned_data["address_rule"] or str(self.instance.address_rule)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [(name, cleaned.get(name)) for name in STEPS if cleaned.get(name)]
        for name, step in chosen:
            if [other for _name, other in chosen].count(step) > 1:
                self.add_error(name, _("Chosen twice. Each way to find a customer is tried once."))
        of_a_person = cleaned.get("name_format") in set(OF_A_PERSON)
        if cleaned.get("name_field") == CustomerNameField.PERSON and not of_a_person:
            self.add_error(
                "name_field",
                _("Only the formats “First Last” and “Last, First” can be split into these two fields."),
            )
        needed = cleaned.get("not_found") == NotFound.STANDARD and "standard_customer" not in self.errors
        if needed and not cleaned.get("standard_customer"):
            self.add_error("standard_customer", _("Choose the customer that such orders are recorded under."))
        return cleaned

    @property
    def _on_desktop(self) -> bool:
        return bool(self.instance.company.kind == CompanyKind.DESKTOP)

    def _picked(self, name: str) -> PickedNameField:
        company, given = self.instance.company, self.fields[name]
        kept = str(getattr(self.instance, name))
        field = PickedNameField(
            check=partial(check_customer, company=company),
            describe=partial(_email_of, company),
            url=pick_url(company, "customers"),
            kept=kept,
            label=given.label,
            help_text=given.help_text,
            max_length=given.max_length,  # type: ignore[attr-defined]
        )
        if kept and not self.is_bound:
            field.look_at(kept)
        return field


def _email_of(company: Company, name: str) -> str:
    """What tells a QuickBooks customer from another one of nearly the same name."""
    row = QuickBooksCustomer.objects.filter(company=company, display_name=name, active=True).first()
    return row.email if row else ""


def rules_forms(company: Company, data: Any, proposed: Mapping[str, str] | None = None) -> list[CustomerRulesForm]:
    """One form per source that orders came from; `proposed` are values of a link, shown and not saved."""
    made = type("CustomerRulesForm", (CustomerRulesForm,), {"proposed": proposed or {}})
    stored = {row.system: row for row in SourceCustomerRules.objects.filter(company=company)}
    rows = [stored.get(system) or SourceCustomerRules(company=company, system=system) for system in systems_of(company)]
    forms_of_sources = [made(data, instance=row, prefix=row.system) for row in rows]
    name_sources(company, forms_of_sources)
    return forms_of_sources
