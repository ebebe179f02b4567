"""What has been decided in this company, by whom, newest first; and how is an earlier state brought back?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import Right, allowed, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.history import history_page
from companies.models import Company
from mapping.models import (
    DocumentForms,
    LineTypeDefault,
    PaymentMethod,
    PostingAccounts,
    Product,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
)
from mapping.restore import RESTORABLE, Restoring, restore, restoring
from mapping.views.decisions import one_at_a_time

#: The pages on which rows are decided that have none of their own.
_PAGES = {
    LineTypeDefault: "mapping:line_types",
    PostingAccounts: "mapping:posting_accounts",
    PaymentMethod: "mapping:posting_accounts",
    DocumentForms: "mapping:transaction_types",
    SourceDimensions: "mapping:transaction_types",
    SourceCustomerRules: "mapping:customer_rules",
    SourceItemRules: "mapping:item_rules",
    SourceEvent: "mapping:document_events",
}


@require_safe
@company_view(Right.VIEW)
def history(request: HttpRequest, company: Company) -> HttpResponse:
    """Every change of a mapping, a setting or a membership, with what was there before."""
    page = history_page(company, place=request.GET.get("before", ""))
    context = {
        "title": _("History"),
        "page": page,
        "company": company,
        "whole_company": True,
        "restorable": RESTORABLE if allowed(request.user, company, Right.MAP) else (),
    }
    return render(request, "mapping/history.html", context)


@part_of(SetupStep.PRODUCTS)
@company_view(Right.MAP)
def history_restore(request: HttpRequest, company: Company, kind: str, number: int) -> HttpResponse:
    """Show what going back to one entry of the history changes; do it when the person says so."""
    with one_at_a_time(company):
        found = restoring(company, kind, number)
        if found is None:
            raise Http404(_("There is no such entry."))
        if request.method == "POST" and request.POST.get("seen", found.seen) != found.seen:
            messages.error(request, _("Nothing was restored: it was changed after you opened the page. Look again."))
        elif request.method == "POST" and found.possible:
            restore(found, by=person_of(request))
            messages.success(request, _("Restored: %(name)s.") % {"name": found.name})
            return HttpResponseRedirect(_page_of(found))
    context = {
        "title": _("Restore an earlier state"),
        "above": {"title": _("History"), "link": reverse("mapping:history", args=[company.slug])},
        "company": company,
        "found": found,
        "form_link": "" if found.was_deleted else _form_of(found),
    }
    return render(request, "mapping/history_restore.html", context)


def _page_of(found: Restoring) -> str:
    """The screen on which the row is decided."""
    if found.model is Product:
        return reverse("admin:mapping_product_change", args=[found.row.pk])
    page = _PAGES.get(found.model)
    # A page of a later room is known to the admin, which leads there
    if page is None:
        return reverse(f"admin:{found.model._meta.app_label}_{found.model._meta.model_name}_changelist")
    return reverse(page, args=[found.company.slug])


def _form_of(found: Restoring) -> str:
    """The same screen with the earlier state filled in, for a person to change what cannot come back as it was."""
    prefix = f"{found.row.section}-" if found.model is LineTypeDefault else ""
    prefix = (
        f"{found.row.system}-"
        if found.model in (SourceDimensions, SourceCustomerRules, SourceItemRules, SourceEvent)
        else prefix
    )
    proposed = {f"{prefix}{field.name}": field.value for field in found.fields if isinstance(field.value, str)}
    return f"{_page_of(found)}?{urlencode(proposed)}"
