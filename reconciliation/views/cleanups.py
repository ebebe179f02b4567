"""What is wrong in QuickBooks already, entered by Tieout or by others? Read, shown with its money, never changed."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from companies.access import Right, allowed, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from reconciliation.background import begin_cleanup
from reconciliation.cleanup.finding import CleanupKind
from reconciliation.cleanup.report import DAYS, begin_report
from reconciliation.cleanup.shown import CLEANUP_WORDS, cleanup_sums, shown_cases
from reconciliation.cleanup_models import CleanupReport
from reconciliation.look_models import TieOutState
from reconciliation.looks import LookNotBegun
from reconciliation.paging import Sort, keyset_page
from reconciliation.tie_out.comparing import Period
from reconciliation.views.tie_outs import TieOutForm, last_month

_NEWEST_FIRST = Sort(name="started", field="pk", descending=True)
_MOST_MONEY_FIRST = Sort(name="amount", field="amount", descending=True)


class CleanupForm(TieOutForm):
    """The period, and after how many days money should have been deposited."""

    days = forms.IntegerField(
        label=gettext_lazy("Days until money is deposited"),
        min_value=0,
        max_value=366,
        help_text=gettext_lazy("Money that is in Undeposited Funds for longer is listed as a missing deposit."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def cleanups(request: HttpRequest, company: Company) -> HttpResponse:
    """The reports so far, and the form that starts one."""
    initial = {**last_month(timezone.localdate(timezone=company.zone)), "days": DAYS}
    form = CleanupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        period = Period(first=form.cleaned_data["first"], last=form.cleaned_data["last"])
        try:
            started = begin_report(company, period, days=form.cleaned_data["days"], by=person_of(request))
        except LookNotBegun as why:
            form.add_error(None, str(why))
        else:
            begin_cleanup(started)
            return redirect("reconciliation:cleanup", company.slug, started.pk)
    reports = CleanupReport.objects.filter(company=company).select_related("by")
    context = {
        "title": _("Cleanup"),
        "address": "reconciliation:cleanup",
        "above": back(company, "reconciliation:tie_outs", _("Tie-out")),
        "form": form if allowed(request.user, company, Right.RESOLVE) else None,
        "desktop": company.kind == CompanyKind.DESKTOP,
        "page": keyset_page(reports, _NEWEST_FIRST, request.GET.get("place", "")),
        "sort": _NEWEST_FIRST,
    }
    return show(request, company, "reconciliation/cleanups.html", context)


@require_safe
@company_view(Right.VIEW)
def cleanup(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One report: what each kind comes to, and the cases of one kind, the most money first."""
    report = get_object_or_404(CleanupReport.objects.select_related("by"), company=company, pk=pk)
    sums = cleanup_sums(report) if report.state == TieOutState.FINISHED else []
    chosen = next((part.kind for part in sums if part.cases), CleanupKind.TWICE)
    if request.GET.get("kind") in CLEANUP_WORDS:
        chosen = CleanupKind(request.GET["kind"])
    page = keyset_page(report.findings.filter(kind=chosen), _MOST_MONEY_FIRST, request.GET.get("place", ""))
    first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (report.first, report.last))
    context = {
        "title": _("Cleanup, %(first)s to %(last)s") % {"first": first, "last": last},
        "above": back(company, "reconciliation:cleanups", _("Cleanup")),
        "report": report,
        "sums": sums,
        "kind": chosen,
        "words": CLEANUP_WORDS[chosen],
        "page": page,
        "sort": _MOST_MONEY_FIRST,
        "cases": shown_cases(company, report, page.rows),
        "runs_on": report.state == TieOutState.RUNNING,
    }
    return show(request, company, "reconciliation/cleanup.html", context)
