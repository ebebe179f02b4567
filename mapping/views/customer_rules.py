"""How are the customers of each source found in QuickBooks? One page, in the order in which it happens."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from books.customer_fields import NameFormat, name_in
from companies.access import Right, company_view, require
from companies.activation import SetupStep, part_of
from companies.forms.base import entered_before
from companies.models import Company
from mapping.customer_states import parts_of
from mapping.forms.customer_rules import CustomerRulesForm, rules_forms
from mapping.models import SourceCustomer
from mapping.views.decisions import all_valid, for_role, may_change, one_at_a_time, save_changed

#: So many customers of the source are shown with the name that they get.
_PREVIEWED = 10


@dataclass(frozen=True, kw_only=True)
class NamedCustomer:
    """A customer of the source, with the name that the stored format gives."""

    customer: SourceCustomer
    name: str


@part_of(SetupStep.CUSTOMERS)
@company_view(Right.VIEW)
def customer_rules(request: HttpRequest, company: Company) -> HttpResponse:
    """How customers are matched, named and created, and who stands in for those who are not found."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with one_at_a_time(company):
            forms = rules_forms(company, request.POST)
            if all_valid(forms):
                save_changed(request, company, forms)
                return HttpResponseRedirect(request.path)
    else:
        forms = rules_forms(company, entered_before(request), request.GET.dict())
    for_role(request, company, forms)
    context = {
        "title": _("Customer rules"),
        "sources": [(form, _named(company, form)) for form in forms],
        "company": company,
    }
    return render(request, "mapping/customer_rules.html", context | may_change(request, company))


def _named(company: Company, form: CustomerRulesForm) -> list[NamedCustomer]:
    """The newest customers of the source that are known in parts."""
    name_format = NameFormat(form.stored("name_format") or NameFormat.FIRST_LAST)
    rows = SourceCustomer.objects.filter(company=company, system=form.instance.system).order_by("-pk")[:_PREVIEWED]
    return [NamedCustomer(customer=row, name=name_in(parts_of(row), name_format)) for row in rows]
