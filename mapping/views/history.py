"""What has been decided in this company, by whom, newest first?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mapping.access import Right, company_view
from mapping.histories import history_page
from mapping.models import Company


@company_view(Right.VIEW)
def history(request: HttpRequest, company: Company) -> HttpResponse:
    """Every change of a mapping, a setting or a membership, with what stood there before."""
    page = history_page(company, place=request.GET.get("before", ""))
    context = {"title": _("History"), "page": page, "company": company, "whole_company": True}
    return render(request, "mapping/history.html", context)
