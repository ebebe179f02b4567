"""Which event makes the documents of each source: the order, its payment, its packing or its shipping?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from books.statuses import OrderStage
from companies.access import Right, company_view, require
from companies.activation import SetupStep, part_of
from companies.forms.base import entered_before
from companies.models import Company
from companies.screen import ops_address
from mapping.forms.document_events import event_forms
from mapping.models import StatusWord
from mapping.views.decisions import all_valid, for_role, may_change, one_at_a_time, save_changed


@part_of(SetupStep.PRODUCTS)
@company_view(Right.VIEW)
def document_events(request: HttpRequest, company: Company) -> HttpResponse:
    """One choice for each source, with the statuses that say that an order has come so far."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            forms = event_forms(company, request.POST)
            if all_valid(forms):
                save_changed(request, company, forms)
                return HttpResponseRedirect(request.path)
    else:
        forms = event_forms(company, entered_before(request), request.GET.dict())
    for_role(request, company, forms)
    words = _words(company)
    context = {
        "title": _("When documents are made"),
        "above": {"title": _("Orders"), "link": ops_address(company, "orders")},
        "sources": [(form, words.get(form.instance.system, [])) for form in forms],
        "company": company,
    }
    return render(request, "mapping/document_events.html", context | may_change(request, company))


def _words(company: Company) -> dict[str, list[tuple[str, list[str]]]]:
    """By source, the later stages with the statuses that mean them."""
    found: dict[str, dict[str, list[str]]] = {}
    rows = StatusWord.objects.filter(company=company).exclude(stage=OrderStage.PLACED)
    for system, stage, word in rows.order_by("word", "pk").values_list("system", "stage", "word"):
        found.setdefault(system, {}).setdefault(stage, []).append(word)
    return {
        system: [(_(stage.label), stages[stage]) for stage in OrderStage if stage in stages]
        for system, stages in found.items()
    }
