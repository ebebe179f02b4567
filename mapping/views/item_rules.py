"""How are the products of each source found in QuickBooks? One page, in the order in which it happens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from companies.access import Right, company_view, require
from companies.activation import SetupStep, part_of
from companies.forms.base import entered_before
from companies.models import Company
from mapping.forms.item_rules import item_rules_forms
from mapping.views.decisions import all_valid, for_role, may_change, one_at_a_time, save_changed


@part_of(SetupStep.PRODUCTS)
@company_view(Right.VIEW)
def item_rules(request: HttpRequest, company: Company) -> HttpResponse:
    """By what products are matched with QuickBooks' items, in which order."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            forms = item_rules_forms(company, request.POST)
            if all_valid(forms):
                save_changed(request, company, forms)
                return HttpResponseRedirect(request.path)
    else:
        forms = item_rules_forms(company, entered_before(request), request.GET.dict())
    for_role(request, company, forms)
    context = {"title": _("Item rules"), "forms": forms, "company": company}
    return render(request, "mapping/item_rules.html", context | may_change(request, company))
