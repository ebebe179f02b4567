"""How does a person say which event makes the documents of a source?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.text import capfirst

from companies.forms.base import OpenedForm
from companies.models import Company
from mapping.forms.document_forms import name_sources
from mapping.models import SourceEvent
from mapping.source_systems import systems_of


class SourceEventForm(OpenedForm):
    """The event of one source."""

    #: What its source is called.
    source_name = ""

    class Meta:
        model = SourceEvent
        fields = ("event",)
        widgets: ClassVar = {"event": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event"].label = capfirst(str(self.fields["event"].label))
        proposed = self.proposed.get(self.add_prefix("event"))
        if not self.is_bound and proposed:
            self.initial["event"] = proposed

    def corrections(self) -> list[str]:
        """Nothing: what is chosen needs none."""
        return []

    def remarks(self) -> list[str]:
        """Nothing: it names nothing of QuickBooks."""
        return []


def event_forms(company: Company, data: Any, proposed: Mapping[str, str] | None = None) -> list[SourceEventForm]:
    """One form per source that orders came from; `proposed` are values of a link, shown and not saved."""
    made = type("SourceEventForm", (SourceEventForm,), {"proposed": proposed or {}})
    stored = {row.system: row for row in SourceEvent.objects.filter(company=company)}
    rows = [stored.get(system) or SourceEvent(company=company, system=system) for system in systems_of(company)]
    forms_of_sources: list[SourceEventForm] = [made(data, instance=row, prefix=row.system) for row in rows]
    name_sources(company, forms_of_sources)
    return forms_of_sources
