"""Who buys, and which QuickBooks customer is each of them?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from books.customer_fields import FIELDS_BY_KEY, name_key
from books.names import judge_customer_name
from books.outside.texts import key_text
from companies.access import Right, person_of, standing
from companies.activation import SetupStep
from companies.admin.source_rows import SourceRowsAdmin
from companies.screen import ops_address
from mapping.admin.folded_search import FoldedSearch
from mapping.customer_decisions import remember
from mapping.forms.customers import SourceCustomerForm
from mapping.models import QuickBooksCustomer, SourceCustomer


class CustomerStateFilter(SimpleListFilter):
    """What still has to be resolved."""

    title = _("QuickBooks customer")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("chosen", _("Chosen")),
            ("not-chosen", _("Not chosen")),
            ("no-email", _("No billing email")),
            ("shared", _("Email shared with another customer")),
            ("gone", _("Chosen, and inactive in QuickBooks")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "shared":
            return queryset.filter(email_compared__in=_shared_emails(request))
        narrowed: dict[str, dict[str, Any]] = {
            "chosen": {"quickbooks_customer__isnull": False},
            "not-chosen": {"quickbooks_customer__isnull": True},
            "no-email": {"email_compared": "", "quickbooks_customer__isnull": True},
            "gone": {"quickbooks_customer__active": False},
        }
        return queryset.filter(**narrowed.get(self.value() or "", {}))


@admin.register(SourceCustomer)
class SourceCustomerAdmin(SourceRowsAdmin, FoldedSearch):
    """Customers of the sources, with what people decided about them. They come with orders; nobody adds them here."""

    setup_step = SetupStep.CUSTOMERS
    right_to_change = Right.RESOLVE
    form = SourceCustomerForm
    list_display = ("__str__", "email", "email_given", "quickbooks_name", "source")
    list_select_related = ("quickbooks_customer",)
    list_filter = (CustomerStateFilter,)
    search_fields = ("name_compared", "email_compared", "source_key")
    search_help_text = _("Name, email or id in the source")
    ordering = ("-pk",)
    list_before_template = "mapping/parts/customer_tabs.html"
    readonly_fields = ("name", "email", "source", "id_in_source", "told_otherwise", "decided")
    fieldsets = (
        (_("In the source"), {"fields": (("name", "email"), ("source", "id_in_source"))}),
        (
            _("In QuickBooks"),
            {"fields": ("quickbooks_customer", "email_given", "name_given", "told_otherwise", "decided")},
        ),
    )

    @admin.display(description=_("id in the source"))
    def id_in_source(self, row: SourceCustomer) -> str:
        """The id, or what the customer is known by where the source gives none."""
        if "@" in row.source_key:
            return gettext("None: the customer is known by the email.")
        if row.source_key == name_key(key_text(row.name)):
            return gettext("None: the customer is known by the name.")
        return row.source_key

    @admin.display(description=_("QuickBooks customer"), ordering="quickbooks_customer__display_name")
    def quickbooks_name(self, row: SourceCustomer) -> str | None:
        return row.quickbooks_customer.display_name if row.quickbooks_customer else None

    @admin.display(description=_("Changed for QuickBooks"))
    def told_otherwise(self, row: SourceCustomer) -> str:
        """What people entered or left out on an issue, and a name that QuickBooks does not take as it is."""
        in_order = [key for key in FIELDS_BY_KEY if key in row.fields_given]  # PostgreSQL keeps the keys in its own
        unknown = sorted(row.fields_given.keys() - FIELDS_BY_KEY.keys())
        given = [
            f"{gettext(FIELDS_BY_KEY[key].label) if key in FIELDS_BY_KEY else key}: "
            f"{row.fields_given[key] or gettext('left out')}"
            for key in [*in_order, *unknown]
        ]
        corrected = judge_customer_name(row.name).corrected
        if corrected and not row.name_given and row.quickbooks_customer is None:
            sentence = gettext("The name would be “%(name)s”: QuickBooks takes no colon or line break in it.")
            given.append(sentence % {"name": corrected})
        return " · ".join(given) or "—"

    @admin.display(description=_("Decisions"))
    def decided(self, row: SourceCustomer) -> str:
        """The way to who decided what about the customer, and to undo it."""
        address = ops_address(row.company, "customer_decisions", row.pk)
        return format_html('<a class="tie-link" href="{}">{}</a>', address, gettext("Earlier decisions, and undo"))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        if "quickbooks_customer" in form.changed_data:
            linked = obj.quickbooks_customer is not None
            obj.linked_by = request.user if linked else None
            obj.linked_at = timezone.now() if linked else None
            before = QuickBooksCustomer.objects.filter(source_customers=obj).first()
            remember(obj, before, by=person_of(request))
        super().save_model(request, obj, form, change)


def _shared_emails(request: HttpRequest) -> QuerySet[Any]:
    rows = SourceCustomer.objects.filter(company=standing(request).company).exclude(email_compared="")
    emails = rows.order_by().values("email_compared").annotate(number=Count("pk")).filter(number__gt=1)
    return emails.values("email_compared")
