"""How does a person say what files for QuickBooks Desktop look like?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from companies.forms.base import ScopedForm
from mapping.models import DesktopSettings, QuickBooksAccount, QuickBooksItem

_NEEDED = ("sales_tax_item", "sales_tax_agency", "sales_tax_account")


class DesktopSettingsForm(ScopedForm):
    """Dates, characters, sales tax, and which lists go along."""

    class Meta:
        model = DesktopSettings
        fields = (
            "date_format",
            "code_page",
            "memo_pattern",
            "refunds_as",
            "payment_methods",
            "sales_tax_on",
            *_NEEDED,
            "write_accounts",
            "write_items",
            "write_customers",
            "write_terms",
            "write_tax_agency",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in _NEEDED:
            cleaned[name] = str(cleaned.get(name, "")).strip()
            if cleaned.get("sales_tax_on") and not cleaned[name]:
                self.add_error(name, _("Needed while QuickBooks keeps sales tax: its tax row names this."))
        self._check("sales_tax_item", QuickBooksItem, _("QuickBooks has no active item named “%(name)s”."))
        self._check("sales_tax_account", QuickBooksAccount, _("QuickBooks has no active account named “%(name)s”."))
        return cleaned

    def _check(self, field: str, model: Any, sentence: str) -> None:
        """The name must be in the imported lists, as far as there are any."""
        name = self.cleaned_data.get(field, "")
        rows = model.objects.filter(company=self.company)
        if name and rows.exists() and not rows.filter(full_name=name, active=True).exists():
            self.add_error(field, sentence % {"name": name})
