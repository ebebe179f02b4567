"""What does the source sell, and what is each of it called in QuickBooks?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from books.orders import BY_NAME, BY_SKU
from companies.access import Right, standing
from companies.activation import SetupStep
from companies.admin.base import ScopedChangeList, button
from companies.admin.source_rows import SourceRowsAdmin, SourceRowsList, names_for
from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.forms.products import ProductForm
from mapping.left_to_map import Left, left_to_map
from mapping.models import Product, ProductKind
from mapping.posting_settings import uses_taxable
from mapping.product_states import MappingState, not_in_quickbooks, states, without_mapping
from mapping.source_systems import systems_of
from mapping.undecided import undecided

#: So many products can be edited in one table.
MOST_AT_ONCE = 100
_COUNTED = 1000


class StateFilter(SimpleListFilter):
    """What still has to be done."""

    title = gettext_lazy("mapping")
    parameter_name = "mapping"
    WITHOUT = "without"
    NOT_FOUND = "not-in-quickbooks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(self.WITHOUT, _("Not mapped")), (self.NOT_FOUND, _("Name not in QuickBooks"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        company = standing(request).company
        narrowed = {self.WITHOUT: without_mapping, self.NOT_FOUND: not_in_quickbooks}.get(self.value() or "")
        return narrowed(undecided(queryset, company), company) if narrowed and company else queryset


class SourceFilter(SimpleListFilter):
    """The source that sells it."""

    title = gettext_lazy("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        company = standing(request).company
        names = names_for(request)
        return [(system, names.called(system)) for system in (systems_of(company, [Product]) if company else ())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return queryset.filter(system=self.value()) if self.value() else queryset


class KindFilter(SimpleListFilter):
    """Product or subscription."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return ProductKind.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> QuerySet[Product]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ProductList(SourceRowsList):
    """A page of products, whose states are looked up for all of its rows together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        company = standing(request).company
        found = states(company, rows) if company else {}
        for row in rows:
            row.mapping_state = found[row.pk]
        self.result_list = rows


@admin.register(Product)
class ProductAdmin(SourceRowsAdmin):
    """Products and subscriptions of the sources, with their two QuickBooks names."""

    is_restorable = True
    setup_step = SetupStep.PRODUCTS
    # A product is here because an order named it, so nobody deletes one
    right_to_change = Right.MAP
    form = ProductForm
    list_display = (
        "name",
        "sku",
        "source",
        "kind",
        "quickbooks_product_name",
        "quickbooks_account_name",
        "state",
    )
    list_filter = (StateFilter, KindFilter, SourceFilter)
    search_fields = ("name", "sku", "quickbooks_product_name", "quickbooks_account_name")
    search_help_text = gettext_lazy("Name, SKU or QuickBooks name")
    ordering = ("name", "pk")
    readonly_fields = ("name", "sku", "kind", "source", "id_in_source", "first_seen_at", "story")
    fieldsets = (
        (gettext_lazy("In the source"), {"fields": (("name", "sku"), ("kind", "source"), ("id_in_source",))}),
        (
            gettext_lazy("QuickBooks information"),
            {"fields": ("quickbooks_product_name", "quickbooks_account_name", "quickbooks_class", "taxable", "story")},
        ),
    )
    actions = ("edit_in_a_table",)
    actions_list = ("open_import", "download_export", "open_copy")
    actions_submit_line = ("save_and_next",)
    list_before_template = "mapping/parts/product_tabs.html"

    @admin.display(description=gettext_lazy("id in the source"))
    def id_in_source(self, row: Product) -> str:
        """The id, or what is used for it where the source gives none."""
        if row.source_key.startswith(BY_SKU):
            return _("None: the product is known by its SKU.")
        if row.source_key.startswith(BY_NAME):
            return _("None: the product is known by its name.")
        return row.source_key

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """As above; without class and tax where the company has none to choose from."""
        found = self.company(request)
        fieldsets: Any = self.fieldsets
        if not ((obj is not None and obj.quickbooks_class) or CompanyLists(found).classes):
            fieldsets = without(fieldsets, "quickbooks_class")
        return fieldsets if uses_taxable(found) else without(fieldsets, "taxable")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ScopedChangeList]:
        return ProductList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> object:
        return super().changelist_view(request, {**(extra_context or {}), "product_tabs": self._tabs(request)})

    def _tabs(self, request: HttpRequest) -> list[dict[str, Any]]:
        """What there is to do, with counts that stop where nobody would read on."""
        company = standing(request).company
        if company is None:
            return []
        chosen = request.GET.get(StateFilter.parameter_name, "")
        counts = _numbers(company)
        labels = {
            "": _("All"),
            StateFilter.WITHOUT: _("Not mapped"),
            StateFilter.NOT_FOUND: _("Name not in QuickBooks"),
        }
        return [
            {
                "title": title,
                "link": f"?{urlencode({StateFilter.parameter_name: key})}" if key else "?",
                "count": _bounded(counts.get(key)),
                "chosen": key == chosen,
            }
            for key, title in labels.items()
        ]

    # What a list and a page show -------------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("state"))
    def state(self, row: Any) -> str:
        found: MappingState = row.mapping_state
        title = " ".join(found.story)
        return format_html('<span class="tie-badge tie-tone-{}" title="{}">{}</span>', found.tone, title, found.words)

    @admin.display(description=gettext_lazy("How it is found"))
    def story(self, row: Product) -> str:
        # Unfold asks five times for what is only read; a form that is refused has entered other names meanwhile
        named = (row.quickbooks_product_name, row.quickbooks_account_name)
        drawn: dict[tuple[str, str], str] = row.__dict__.setdefault("drawn_stories", {})
        if named not in drawn:
            found = states(row.company, [row])[row.pk]
            drawn[named] = render_to_string("mapping/parts/story.html", {"state": found})
        return drawn[named]

    # Saving ----------------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if isinstance(form, ProductForm):
            for sentence in form.corrections():
                messages.warning(request, sentence)
            for sentence in form.remarks():
                messages.warning(request, sentence)

    @button(description=gettext_lazy("Save and open the next unmapped"), permissions=["change"])
    def save_and_next(self, request: HttpRequest, obj: Product) -> None:
        """The button's name; where it leads is said in `response_change`."""

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if "mapping_product_save_and_next" not in request.POST:
            return cast(HttpResponse, super().response_change(request, obj))
        self.message_user(request, _("“%(product)s” was saved.") % {"product": obj}, messages.SUCCESS)
        company = self.company(request)
        others = undecided(self.get_queryset(request).exclude(pk=obj.pk), company)
        left = without_mapping(others, company).order_by("name", "pk")
        following = left.filter(name__gte=obj.name).first() or left.first()
        if following is not None:
            return HttpResponseRedirect(reverse("admin:mapping_product_change", args=[following.pk]))
        messages.info(request, _("Every other product is mapped."))
        return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))

    # Many at once ----------------------------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Edit the selected in one table"), permissions=["change"])
    def edit_in_a_table(self, request: HttpRequest, queryset: QuerySet[Product]) -> HttpResponse | None:
        """Open the two fields of several products at once."""
        chosen = list(queryset.order_by("name", "pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            sentence = ngettext(
                "Choose at most %(number)d product; a spreadsheet takes any number.",
                "Choose at most %(number)d products; a spreadsheet takes any number.",
                MOST_AT_ONCE,
            )
            messages.error(request, sentence % {"number": MOST_AT_ONCE})
            return None
        address = reverse("mapping:products_table", args=[self.company(request).slug])
        return HttpResponseRedirect(f"{address}?{urlencode({'id': chosen}, doseq=True)}")

    @button(description=gettext_lazy("Import"), url_path="import", icon="upload", permissions=["change"])
    def open_import(self, request: HttpRequest) -> HttpResponse:
        """Lead to the spreadsheet import."""
        return HttpResponseRedirect(reverse("mapping:products_import", args=[self.company(request).slug]))

    @button(description=gettext_lazy("Export"), url_path="export", icon="download", permissions=["view"])
    def download_export(self, request: HttpRequest) -> HttpResponse:
        """Lead to the choice of the export's format."""
        return HttpResponseRedirect(reverse("mapping:products_export", args=[self.company(request).slug]))

    @button(
        description=gettext_lazy("Copy from a company"), url_path="copy", icon="content_copy", permissions=["change"]
    )
    def open_copy(self, request: HttpRequest) -> HttpResponse:
        """Lead to taking over another company's decisions."""
        return HttpResponseRedirect(reverse("mapping:copy", args=[self.company(request).slug]))


def without(fieldsets: Any, name: str) -> list[tuple[Any, Any]]:
    """The same fieldsets without one field."""
    return [
        (title, {**options, "fields": tuple(option for option in options["fields"] if option != name)})
        for title, options in fieldsets
    ]


def _numbers(company: Company) -> dict[str, int]:
    """How many products there are under each tab, up to one more than is counted."""
    left = left_to_map(company, Left.WITHOUT_MAPPING, Left.NOT_IN_QUICKBOOKS)
    if left is not None:
        numbers = Counter(row.reason for row in left)
        return {
            StateFilter.WITHOUT: numbers[Left.WITHOUT_MAPPING],
            StateFilter.NOT_FOUND: numbers[Left.NOT_IN_QUICKBOOKS],
        }
    rows = undecided(Product.objects.filter(company=company), company)
    todo = {StateFilter.WITHOUT: without_mapping, StateFilter.NOT_FOUND: not_in_quickbooks}
    return {key: narrowed(rows, company).order_by()[: _COUNTED + 1].count() for key, narrowed in todo.items()}


def _bounded(count: int | None) -> str:
    if count is None:
        return ""
    return f"{_COUNTED}+" if count > _COUNTED else str(count)
