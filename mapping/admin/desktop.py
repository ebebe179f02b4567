"""Where does an accountant set what files for QuickBooks Desktop look like? On one page, for Desktop companies only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy

from companies.access import Right, standing
from companies.admin.base import ScopedAdmin
from companies.models import CompanyKind
from companies.screen import ops_address
from mapping.forms.desktop import DesktopSettingsForm
from mapping.models import DesktopSettings


@admin.register(DesktopSettings)
class DesktopSettingsAdmin(ScopedAdmin):
    """The one row of the company; there is no list of them."""

    right_to_change = Right.MAP
    right_to_add = Right.MAP
    decides = False
    form = DesktopSettingsForm
    fieldsets = (
        (
            gettext_lazy("File"),
            {"fields": (("date_format", "code_page"), "memo_pattern", ("refunds_as", "payment_methods"))},
        ),
        (
            gettext_lazy("Sales tax"),
            {"fields": ("sales_tax_on", "sales_tax_item", ("sales_tax_agency", "sales_tax_account"))},
        ),
        (
            gettext_lazy("Lists at the beginning of the file"),
            {"fields": (("write_customers", "write_items"), ("write_terms", "write_accounts"), "write_tax_agency")},
        ),
    )

    def allows(self, request: HttpRequest, right: Right | None, obj: object = None) -> bool:
        company = standing(request).company
        return company is not None and company.kind == CompanyKind.DESKTOP and super().allows(request, right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.get_queryset(request).exists()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        row = self.get_queryset(request).first()
        if row is None and not self.has_add_permission(request):
            return HttpResponseRedirect(ops_address(self.company(request), "desktop"))
        name = "admin:mapping_desktopsettings_change" if row else "admin:mapping_desktopsettings_add"
        return HttpResponseRedirect(reverse(name, args=[row.pk] if row else []))
