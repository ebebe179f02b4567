"""What do the books look like, and where does a person begin?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import Right, company_view, standing
from companies.activation import is_activated
from companies.models import Company, CompanyKind
from companies.screen import show
from reconciliation.home import Overview
from reconciliation.home_tiles import tiles
from reconciliation.issues import named_records
from reconciliation.tables import IssueTable, RunTable
from setup.going_live import setup_of
from setup.steps import open_step
from sync.readiness import reading_stops

#: Where a person says how this company reaches its QuickBooks.
_QUICKBOOKS: dict[str, str] = {
    CompanyKind.ONLINE: "sync:quickbooks",
    CompanyKind.DESKTOP: "reconciliation:desktop",
}


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
    """How one company's books are doing."""
    overview = Overview(company, timezone.now())
    records = named_records(company, overview.issues)
    issues = IssueTable(overview.issues, records=records, company=company, exclude=("state", "opened_at"))
    lost_names = IssueTable(overview.lost_names, records={}, company=company, exclude=("state", "opened_at", "money"))
    runs = RunTable(overview.runs, company=company, exclude=("asked_by",))
    context = {
        "title": _("Home"),
        "overview": overview,
        "tiles": tiles(overview),
        "connection_link": reverse(_QUICKBOOKS[company.kind], args=[company.slug]),
        "issues": issues,
        "lost_names": lost_names,
        "runs": runs,
    }
    return show(request, company, "reconciliation/home.html", context | _setup(company))


def _setup(company: Company) -> dict[str, object]:
    """How far setting up has come; of a company that has gone live only whether anything stops it."""
    if company.live_since:
        active = is_activated(company)
        stops = None if active else reading_stops(company)
        return {"is_activated": active, "stops": stops.worded(_) if stops else ""}
    steps, stops = setup_of(company), reading_stops(company)
    return {
        "steps": steps,
        "next": open_step(steps),
        "number_done": sum(step.is_done for step in steps),
        "stops": stops.worded(_) if stops else "",
    }
