"""How do the books stand, and where does a person begin?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mapping.access import Right, company_view
from mapping.models import Company, CompanyKind
from mapping.standing import standing
from reconciliation.home import Overview
from reconciliation.tables import IssueTable, RunTable
from reconciliation.tiles import tiles
from reconciliation.views.screen import show

#: Where a person says how this company reaches its QuickBooks.
_QUICKBOOKS = {CompanyKind.ONLINE: "sync:quickbooks", CompanyKind.DESKTOP: "reconciliation:desktop"}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead a person to the Home of the company they work in, or say that they have none."""
    company = standing(request).company
    if company:
        return redirect("reconciliation:home", company.slug)
    return render(request, "reconciliation/no_company.html", {"title": _("Welcome")})


@require_safe
@company_view(Right.VIEW)
def home(request: HttpRequest, company: Company) -> HttpResponse:
    """The standing of one company."""
    overview = Overview(company, timezone.now())
    issues = IssueTable(overview.issues, company=company, exclude=("state", "opened_at"))
    runs = RunTable(overview.runs, company=company, exclude=("asked_by",))
    context = {
        "title": _("Home"),
        "overview": overview,
        "tiles": tiles(overview),
        "connection_link": reverse(_QUICKBOOKS[company.kind], args=[company.slug]),
        "issues": issues,
        "runs": runs,
    }
    return show(request, company, "home.html", context)
