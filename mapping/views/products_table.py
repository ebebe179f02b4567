"""Several products side by side, for an accountant who maps them in one go."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from books.outside.texts import row_numbers
from companies.access import Right, company_view
from companies.activation import SetupStep, part_of
from companies.forms.base import entered_before
from companies.models import Company
from mapping.company_lists import CompanyLists
from mapping.forms.products import ProductForm
from mapping.models import Product
from mapping.product_states import states
from mapping.views.decisions import all_valid, one_at_a_time, save_changed

MOST_AT_ONCE = 100
NAMES = ("quickbooks_product_name", "quickbooks_account_name", "quickbooks_class", "taxable")


@part_of(SetupStep.PRODUCTS)
@company_view(Right.MAP)
def products_table(request: HttpRequest, company: Company) -> HttpResponse:
    """The fields of the products whose numbers the address gives as `id`; saved together or not at all."""
    products = _chosen(request, company)
    if not products:
        messages.error(request, _("Choose the products in the list first."))
        return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))
    if request.method == "POST" and "fill" not in request.POST:
        with one_at_a_time(company):
            products = _chosen(request, company)
            forms = _forms(request, company, products, data=request.POST)
            if all_valid(forms):
                save_changed(request, company, forms)
                return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))
    else:
        forms = _forms(request, company, products, data=entered_before(request))
    found = states(company, products)
    context = {
        "title": _("Edit products in one table"),
        "above": {"title": _("Products"), "link": reverse("admin:mapping_product_changelist")},
        "rows": [(form, found[form.instance.pk]) for form in forms],
        "fill": _fill_form(company),
        "columns": [field.label for field in forms[0]],
        "media": forms[0].media,
        "query": urlencode({"id": [product.pk for product in products]}, doseq=True),
        "company": company,
    }
    return render(request, "mapping/products_table.html", context)


def _chosen(request: HttpRequest, company: Company) -> list[Product]:
    numbers = row_numbers(request.GET.getlist("id"), most=MOST_AT_ONCE)
    return list(Product.objects.filter(company=company, pk__in=numbers).order_by("name", "pk"))


def _forms(request: HttpRequest, company: Company, products: Iterable[Product], *, data: object) -> list[ProductForm]:
    products = list(products)
    shared = {"company": company, "shared_lists": CompanyLists(company), "proposed": _proposed(request, products)}
    made = type("ProductForm", (ProductForm,), shared)
    forms = [made(data, instance=product, prefix=_prefix(product)) for product in products]
    _same_columns(forms)
    for form in forms:
        for name in form.fields:
            form.fields[name].widget.attrs["aria-label"] = f"{form.fields[name].label}, {form.instance}"
    return forms


def _same_columns(forms: Iterable[ProductForm]) -> None:
    """The class is in every row or in none: a product may keep one that the company has no more."""
    forms = list(forms)
    if not all("quickbooks_class" in form.fields for form in forms):
        for form in forms:
            form.fields.pop("quickbooks_class", None)


def _proposed(request: HttpRequest, products: Iterable[Product]) -> dict[str, str]:
    """What a link proposes for one field, or what “fill in” proposes for all rows; nothing of it is saved yet."""
    if "fill" not in request.POST:
        return request.GET.dict()
    kept: dict[str, str] = request.POST.dict()
    every = {name: kept.get(f"all-{name}", "").strip() for name in NAMES}
    return kept | {f"{_prefix(product)}-{name}": text for product in products for name, text in every.items() if text}


def _fill_form(company: Company) -> ProductForm:
    made = type("ProductForm", (ProductForm,), {"company": company, "proposed": {}})
    form: ProductForm = made(prefix="all")
    return form


def _prefix(product: Product) -> str:
    return f"p{product.pk}"
