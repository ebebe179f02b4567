"""What would the mapping on this page do? The screen that answers before anything is saved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from books.customer_addresses import AddressRule
from books.outside.texts import row_number
from companies.access import Right, company_view
from companies.forms.base import plain, stored_words
from companies.models import Company
from companies.screen import show
from mapping.forms.decision_pages import ProposedForm, proposed_forms
from sync.preparing.what_if import addresses_ahead, effect_of

DAYS = (7, 30, 90, 365)
_PAGES = {
    "line-types": "mapping:line_types",
    "posting-accounts": "mapping:posting_accounts",
    "transaction-types": "mapping:transaction_types",
    "customer-rules": "mapping:customer_rules",
    "item-rules": "mapping:item_rules",
    "document-events": "mapping:document_events",
}


@company_view(Right.MAP)
def what_if(request: HttpRequest, company: Company, page: str) -> HttpResponse:
    """How the orders of the last days would post under what was typed on a page of decisions, and how they do now."""
    return _answer(request, company, page)


@company_view(Right.MAP)
def what_if_product(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """The same for the form of one product."""
    return _answer(request, company, "product", pk)


def _answer(request: HttpRequest, company: Company, page: str, pk: int | None = None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    try:
        forms = proposed_forms(company, page, data, pk=pk)
    except LookupError:
        raise Http404 from None
    days = _days(request)
    errors = [] if data is None else _errors(forms)
    context: dict[str, Any] = {
        "title": _("What would it do?"),
        "above": _above(company, page, pk),
        "typed": [] if data is None else [(name, request.POST.getlist(name)) for name in _names(request)],
        "proposed": data is not None,
        "days": days,
        "choices": DAYS,
        "errors": errors,
        "changes": [] if data is None or errors else _changes(forms),
    }
    if not errors:
        since = timezone.localdate(timezone=company.zone) - timedelta(days=days)
        ahead = _addresses_ahead(company, forms, since)
        context |= {"since": since, "ahead": ahead, "effect": effect_of(company, lambda: _save(forms), since=since)}
    return show(request, company, "reconciliation/what_if.html", context, status=422 if errors else 200)


def _save(forms: list[ProposedForm]) -> None:
    for form in forms:
        if form.is_bound and form.has_changed():
            form.save()


def _errors(forms: list[ProposedForm]) -> list[str]:
    return [
        f"{form.fields[name].label if name in form.fields else form}: {' '.join(map(str, errors))}"
        for form in forms
        if not form.is_valid()
        for name, errors in form.errors.items()
    ]


def _changes(forms: list[ProposedForm]) -> list[tuple[str, str, str]]:
    """Label, before and after of each field that was typed over."""
    return [
        (
            f"{form.instance} · {form.fields[name].label}",
            stored_words(form.instance, name, form.stored(name)),
            stored_words(form.instance, name, plain(form.cleaned_data[name])),
        )
        for form in forms
        for name in form.changed_data
    ]


def _addresses_ahead(company: Company, forms: list[ProposedForm], since: date) -> list[dict[str, object]]:
    """For each source whose addresses are asked about: how many orders would bring one. No document shows that."""
    found = []
    for form in (form for form in forms if form.is_bound):
        asked = {"update_addresses", "address_rule"} & set(form.changed_data)
        if asked and form.cleaned_data.get("update_addresses"):
            parts = AddressRule(form.cleaned_data["address_rule"]).parts
            ahead = addresses_ahead(company, form.instance.system, parts, since=since)
            complete = [(_(part.label), number) for part, number in ahead.complete.items()]
            found.append({"source": form.instance, "orders": ahead.orders, "complete": complete})
    return found


def _names(request: HttpRequest) -> list[str]:
    return [name for name in request.POST if name not in ("csrfmiddlewaretoken", "days")]


def _days(request: HttpRequest) -> int:
    typed = request.POST.get("days") or request.GET.get("days") or "30"
    days = row_number(typed)
    return days if days in DAYS else 30


def _above(company: Company, page: str, pk: int | None) -> dict[str, object]:
    if page == "product":
        return {"link": reverse("admin:mapping_product_change", args=[pk]), "title": _("Product")}
    titles = {
        "line-types": _("Line types"),
        "posting-accounts": _("Posting accounts"),
        "transaction-types": _("Transaction types"),
        "customer-rules": _("Customer rules"),
        "item-rules": _("Item rules"),
        "document-events": _("When documents are made"),
    }
    return {"link": reverse(_PAGES[page], args=[company.slug]), "title": titles[page]}
