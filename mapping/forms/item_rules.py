"""How does a person say by which rules the products of a source are found in QuickBooks?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from companies.forms.base import OpenedForm
from companies.models import Company, CompanyKind
from mapping.forms.document_forms import name_sources
from mapping.models import SourceItemRules
from mapping.source_systems import systems_of

STEPS = ("match_first", "match_second", "match_third")


class ItemRulesForm(OpenedForm):
    """The rules of one source."""

    #: What its source is called.
    source_name = ""

    class Meta:
        model = SourceItemRules
        fields = (*STEPS, "create_items")
        widgets: ClassVar = dict.fromkeys(STEPS, UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(str(field.label))
        for name in STEPS:
            choices = [choice for choice in self.fields[name].choices if choice[0]]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", _("None")), *choices]  # type: ignore[attr-defined]
        for name in STEPS[1:]:
            self.fields[name].label = _("Then by")
        if self.on_desktop:
            del self.fields["create_items"]
        if not self.is_bound:
            keys = {name: self.add_prefix(name) for name in self.fields}
            self.initial.update({name: self.proposed[key] for name, key in keys.items() if key in self.proposed})

    @property
    def steps(self) -> list[Any]:
        """The fields of the steps, in their order."""
        return [self[name] for name in STEPS]

    @property
    def on_desktop(self) -> bool:
        """Whether items are made in QuickBooks Desktop itself."""
        return bool(self.instance.company.kind == CompanyKind.DESKTOP)

    def corrections(self) -> list[str]:
        """Nothing: what is chosen from a list needs none."""
        return []

    def remarks(self) -> list[str]:
        """Nothing: what is chosen from a list is known."""
        return []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [cleaned[name] for name in STEPS if cleaned.get(name)]
        for name in STEPS:
            if chosen.count(cleaned.get(name)) > 1:
                self.add_error(name, _("Chosen twice. Each way to find an item is tried once."))
        return cleaned


def item_rules_forms(company: Company, data: Any, proposed: Mapping[str, str] | None = None) -> list[ItemRulesForm]:
    """One form per source that has sold anything; `proposed` are values of a link, shown and not saved."""
    made = type("ItemRulesForm", (ItemRulesForm,), {"proposed": proposed or {}})
    stored = {row.system: row for row in SourceItemRules.objects.filter(company=company)}
    rows = [stored.get(system) or SourceItemRules(company=company, system=system) for system in systems_of(company)]
    forms_of_sources = [made(data, instance=row, prefix=row.system) for row in rows]
    name_sources(company, forms_of_sources)
    return forms_of_sources
