"""What keeps records out of the books, and how is it cleared, here and now?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from books.problems import TrialBalanceDiffers
from companies.access import Right, company_view, person_of, require
from companies.forms.base import OPENED, entered_before
from companies.models import Company
from companies.screen import back, rights, show
from mapping.forms.base import corrections
from reconciliation.apply_fix import Solved, solve, solve_and_resync
from reconciliation.filters import IssueFilter
from reconciliation.fixes import FIXES, Fix, fixes_of
from reconciliation.issue_page import NEWEST_FIRST, issue_page, offered
from reconciliation.issues import named_records
from reconciliation.models import Issue, IssueState
from reconciliation.paging import Sort, count_around, keyset_page
from reconciliation.tables import IssueTable
from sync.models import RunState

MOST_MONEY_FIRST = Sort(name="money", field="money", descending=True)


@require_safe
@company_view(Right.VIEW)
def issues(request: HttpRequest, company: Company) -> HttpResponse:
    """The list of issues, the most money first."""
    filtered = IssueFilter(request.GET, company=company)
    page = keyset_page(filtered.qs, MOST_MONEY_FIRST, request.GET.get("place", ""))
    context = {
        "title": _("Issues"),
        "filter": filtered,
        "page": page,
        "sort": MOST_MONEY_FIRST,
        "table": IssueTable(page.rows, records=named_records(company, page.rows), company=company),
        "count": count_around(page, filtered.qs),
        "anything": bool(page.rows) or filtered.in_use,
    }
    return show(request, company, "reconciliation/issues.html", context)


@require_safe
@company_view(Right.VIEW)
def issue(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One issue: what happened, what it blocks, what to do, and the fix on the spot."""
    row = _issue(company, pk)
    fixes = fixes_of(company, row)
    filled_in = _entered_before(request, company, row, fixes)
    return _show(request, company, row, fixes_of(company, row, instead=filled_in) if filled_in else fixes)


def _entered_before(request: HttpRequest, company: Company, row: Issue, fixes: Sequence[Fix]) -> Fix | None:
    """The fix that was filled in when its author was signed out, with what they entered."""
    for fix in fixes:
        address = reverse("reconciliation:issue_fix", args=[company.slug, row.pk, fix.name])
        if data := entered_before(request, sent_to=address):
            return type(fix)(data, company=company, issue=row)
    return None


@require_POST
@company_view(Right.VIEW)
def issue_fix(request: HttpRequest, company: Company, pk: int, name: str) -> HttpResponse:
    """Apply one fix of an issue: prepare what it blocked again, and push it at once if that was asked for."""
    row = _issue(company, pk)
    kind = next((fix for fix in fixes_of(company, row) if fix.name == name), None)
    if kind is None:
        return _no_longer(request, company, row, name)
    require(request.user, company, kind.right)
    form = type(kind)(request.POST, company=company, issue=row)
    if not form.is_valid():
        return _show(request, company, row, fixes_of(company, row, instead=form))
    if form.goes_out and "confirmed" not in request.POST:
        return _confirm(request, company, row, form)
    for correction in corrections(form.fields.values()):
        messages.info(request, correction)
    if "resync" in request.POST:
        run = solve_and_resync(row, form, by=person_of(request))
        return redirect("reconciliation:sync_run", company.slug, run.pk)
    _tell(request, solve(row, form, by=person_of(request)))
    return redirect("reconciliation:issue", company.slug, row.pk)


def _confirm(request: HttpRequest, company: Company, row: Issue, form: Fix) -> HttpResponse:
    """What is about to be written to QuickBooks, for a person to say yes or no."""
    sent = [(name, value) for name in form.fields for value in [request.POST.get(name, "")] if value]
    picked = [(name, request.POST[name]) for name in ("pick", OPENED) if request.POST.get(name)]
    context = {
        "title": str(form.title),
        "above": back(company, "reconciliation:issues", _("Issues")),
        "issue": row,
        "form": form,
        "sent": [*sent, *picked],
        "resync": "resync" in request.POST,
    }
    return show(request, company, "reconciliation/issue_fix.html", context)


def _no_longer(request: HttpRequest, company: Company, row: Issue, name: str) -> HttpResponse:
    """The fix is not offered: the issue is solved, or never had such a fix.

    Raises:
        Http404: It never had one.
    """
    if row.state != IssueState.OPEN:
        messages.info(request, _("This issue is solved already; nothing was changed."))
    elif name in {kind.name for kind in FIXES.get(row.code, ())}:
        sentence = _("Nothing was saved: what this would have changed was changed by another person in the meantime.")
        messages.warning(request, sentence)
    else:
        raise Http404(_("This issue has no such fix."))
    return redirect("reconciliation:issue", company.slug, row.pk)


def _tell(request: HttpRequest, solved: Solved) -> None:
    settled = solved.issue.state == IssueState.SOLVED or solved.run is not None
    level = messages.SUCCESS if settled else messages.WARNING
    messages.add_message(request, level, solved.words)


def _show(request: HttpRequest, company: Company, row: Issue, fixes: list[Fix]) -> HttpResponse:
    shown = issue_page(company, row, request.GET.get("place", ""))
    context: dict[str, Any] = {
        "title": shown.words.title,
        "above": back(company, "reconciliation:issues", _("Issues")),
        "issue": row,
        "blocks": row.code != TrialBalanceDiffers.code,
        "preparing": row.under_way if row.under_way and row.under_way.state == RunState.RUNNING else None,
        "told": shown.words,
        "named": named_records(company, [row]).get(row.cause, ""),
        "fixes": offered(fixes, rights(request, company)),
        "ways": shown.ways,
        "affected": shown.affected,
        "sides": shown.sides,
        "media": sum((fix.media for fix in fixes), Media()),
        "page": shown.page,
        "sort": NEWEST_FIRST,
        "table": shown.table,
    }
    return show(request, company, "reconciliation/issue.html", context)


def _issue(company: Company, pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("solved_by", "under_way"), company=company, pk=pk)
