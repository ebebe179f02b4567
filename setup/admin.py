"""Which companies does the person belong to, and how is each of them set up?

Its rows are of `companies`, which is below the mapping: one form with one Save holds settings that name accounts and
terms of QuickBooks, and the switch that asks whether the posting accounts are set.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from books.names import NameRule
from books.outside.texts import row_number
from companies.access import RIGHTS, Right, companies_of, person_of, remember_company, role_in
from companies.admin.base import ScopedAdmin
from companies.forms.base import entered_before
from companies.models import Company, CompanyKind
from companies.screen import ops_address
from companies.signals import announce
from setup.company_form import CompanySettingsForm, names_beyond_the_rule, tests_only

_NEW_ITEMS = (
    gettext_lazy("New items"),
    {"fields": ("creates_items", "new_item_type", "new_item_income_account", "new_item_expense_account")},
)
_CLOSED_POLICIES = ("closed_invoices", "closed_payments", "closed_credits", "closed_refunds")
_FIXED = ("slug", "kind", "is_rehearsal")


@admin.register(Company)
class CompanyAdmin(ScopedAdmin):
    """The settings of a company: read by its members, changed by its administrators, made by superusers."""

    right_to_change = Right.ADMINISTER
    form = CompanySettingsForm
    list_display = ("name", "kind", "home_currency", "switched", "slug")
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    readonly_fields = ("longer_names", "closed_in_quickbooks")
    add_fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "home_currency", "time_zone", "name_rule", "is_rehearsal")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        names = ("name_rule", "longer_names") if self._online_rule_would_help(obj) else ("name_rule",)
        # A file for QuickBooks Desktop is made and carried by a person
        online = ("switched_on", "posts_automatically", "looks_before_posting", "proves_syncs", "approval_above")
        posting = online if obj.kind == CompanyKind.ONLINE else ("switched_on",)
        read = ("closed_in_quickbooks",) if obj.kind == CompanyKind.ONLINE else ()
        closed = (*read, "books_closed_through", *_CLOSED_POLICIES)
        return (
            (gettext_lazy("Company"), {"fields": ("name", "slug", "kind", "is_rehearsal", "time_zone", "date_style")}),
            (gettext_lazy("Posting"), {"fields": posting}),
            (gettext_lazy("Names"), {"fields": names}),
            (gettext_lazy("Closed periods"), {"fields": closed}),
            (gettext_lazy("Currency"), {"fields": ("home_currency",)}),
            (gettext_lazy("Invoices"), {"fields": ("default_terms",)}),
            *((_NEW_ITEMS,) if obj.kind == CompanyKind.ONLINE else ()),
        )

    def get_prepopulated_fields(self, request: HttpRequest, obj: object = None) -> object:
        return {"slug": ("name",)} if obj is None else {}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, object]:
        return {"is_rehearsal": tests_only(), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> object:
        fixed = () if obj is None or person_of(request).is_superuser else _FIXED
        return (*self.readonly_fields, *fixed)

    @admin.display(description=gettext_lazy("sync enabled"), ordering="switched_on", boolean=True)
    def switched(self, row: Company) -> bool:
        return row.switched_on

    @admin.display(description=gettext_lazy("longer names"))
    def longer_names(self, row: Company) -> str:
        number = names_beyond_the_rule(row)
        sentence = ngettext(
            "QuickBooks' lists hold %(number)d name that is longer than this rule allows.",
            "QuickBooks' lists hold %(number)d names that are longer than this rule allows.",
            number,
        )
        rule = NameRule.AT_MOST_100
        return format_html(
            '<span>{}</span> <a class="tie-button tie-button-offer" href="?name_rule={}" data-fill="id_name_rule"'
            ' data-value="{}">{}</a>',
            sentence % {"number": number},
            rule.value,
            rule.value,
            _("Use QuickBooks Online's rule: %(rule)s") % {"rule": _(rule.label)},
        )

    @admin.display(description=gettext_lazy("closed in QuickBooks through"))
    def closed_in_quickbooks(self, row: Company) -> str:
        day = row.quickbooks_closed_through
        return date_format(day, "SHORT_DATE_FORMAT") if day else _("No closing date")

    # Whose rows, and who may what: here every row is a company of its own --------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        return companies_of(person_of(request)).order_by(*self.ordering)

    def allows(self, request: HttpRequest, right: Right | None, obj: object = None) -> bool:
        if not isinstance(obj, Company):
            return super().allows(request, right)
        return right is not None and right in RIGHTS.get(role_in(request.user, obj) or "", ())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(person_of(request).is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return super().has_view_permission(request, obj) or self.has_add_permission(request)

    def history_company(self, request: HttpRequest, pk: int) -> Company:
        return self.get_queryset(request).filter(pk=pk).first() or self.company(request)

    # Saving ----------------------------------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, object] | None = None,
    ) -> object:
        number = row_number(object_id)
        found = self.get_queryset(request).filter(pk=number).first() if number is not None else None
        if found is not None:  # opening a company's settings is working in that company
            remember_company(request, found)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: object = None, change: bool = False, **kwargs: Any) -> object:
        made = super(ScopedAdmin, self).get_form(request, obj, change=change, **kwargs)
        given = {"company": obj, "proposed": request.GET.dict(), "kept": entered_before(request)}
        return type(made.__name__, (made,), given)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if change and not form.has_changed():
            return
        obj._history_user = request.user
        super(ScopedAdmin, self).save_model(request, obj, form, change)
        remember_company(request, obj)
        if change:
            # sync prepares again what is not sent, reconciliation gathers the issues
            announce(obj, by=person_of(request))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """On to its setup, which leads from step to step."""
        if "_addanother" in request.POST or "_continue" in request.POST:
            answer: HttpResponse = super().response_add(request, obj, post_url_continue)
            return answer
        messages.success(request, _("%(company)s was added. It is off until it is set up.") % {"company": obj})
        return redirect(ops_address(obj, "setup"))

    def _is_of_another_company(self, request: HttpRequest) -> bool:
        return False  # the address names the company

    def _online_rule_would_help(self, company: Company) -> bool:
        if company.kind != CompanyKind.ONLINE or company.rule is NameRule.AT_MOST_100:
            return False
        return names_beyond_the_rule(company) > 0
