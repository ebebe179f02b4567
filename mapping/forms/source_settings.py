"""How does a person name a source and turn its switches?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.forms.base import OpenedForm
from mapping.models import SourceSettings

#: The switches, in the order of the page.
SWITCHES = ("invoice_creation", "item_sync", "customer_sync")
NAME_LENGTH = 60


class SourceSettingsForm(OpenedForm):
    """The settings of one source."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("What this source is called on every screen, such as the name of the shop."),
    )

    class Meta:
        model = SourceSettings
        fields = (*SWITCHES, "number_prefix")

    field_order = ("name", *SWITCHES, "number_prefix")

    def __init__(self, *args: Any, name: str, without_lists: bool, **kwargs: Any) -> None:
        """Show the settings.

        Args:
            args: As for any form of a row.
            name: What the source is called now.
            without_lists: Nothing of QuickBooks has been read yet, so its switches cannot be turned.
            kwargs: As for any form of a row.
        """
        super().__init__(*args, **kwargs)
        self.initial["name"] = name
        for field in self.fields.values():
            field.label = capfirst(str(field.label))
        if without_lists:
            for switch in SWITCHES:
                self.fields[switch].disabled = True

    @property
    def switches(self) -> list[forms.BoundField]:
        """The fields that are on or off."""
        return [self[name] for name in SWITCHES]

    def clean_number_prefix(self) -> str:
        """Without blanks around it; QuickBooks shows it as it is."""
        prefix = str(self.cleaned_data["number_prefix"]).strip()
        if not prefix.isprintable():
            raise forms.ValidationError(_("Write it with letters, digits and signs that can be seen."))
        return prefix
