"""What keeps records out of the books, and how is it cleared, here and now?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies.access import Right, company_view, require
from companies.forms.opened import OPENED
from companies.interrupted_forms import entered_before
from companies.models import Company
from companies.request_context import person_of
from companies.screen import back, rights, show
from mapping.forms.fields import corrections
from reconciliation.actions import actions_of
from reconciliation.affected_mappings import touched_by
from reconciliation.apply_fix import Solved, solve
from reconciliation.filters import IssueFilter
from reconciliation.fixes import FIXES, Fix, fixes_of
from reconciliation.models import Issue, IssueState
from reconciliation.other_fixes import ways_of
from reconciliation.paging import Sort, count_around, keyset_page
from reconciliation.tables import DocumentTable, IssueTable
from reconciliation.whose import whose
from reconciliation.wording import tell, who_can
from sync.models import Document
from sync.preparing.affected_orders import orders_of_cause
from sync.pushing.resync import carry_on, start

MOST_MONEY_FIRST = Sort(name="money", field="money", descending=True)
_NEWEST_FIRST = Sort(name="prepared", field="pk", descending=True)


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
        "table": IssueTable(page.rows, whose=whose(company, page.rows), company=company),
        "count": count_around(page, filtered.qs),
        "anything": bool(page.rows) or filtered.in_use,
    }
    return show(request, company, "reconciliation/issues.html", context)


@require_safe
@company_view(Right.VIEW)
def issue(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One issue: what happened, what it blocks, what to do, and the fix on the spot."""
    found = get_object_or_404(Issue.objects.select_related("solved_by"), company=company, pk=pk)
    return _show(request, company, found, fixes_of(company, found, instead=_entered_before(request, company, found)))


def _entered_before(request: HttpRequest, company: Company, found: Issue) -> Fix | None:
    """The fix that was filled in when its author was signed out, with what they entered."""
    for one in fixes_of(company, found):
        address = reverse("reconciliation:issue_fix", args=[company.slug, found.pk, one.name])
        if data := entered_before(request, sent_to=address):
            return type(one)(data, company=company, issue=found)
    return None


@require_POST
@company_view(Right.VIEW)
def issue_fix(request: HttpRequest, company: Company, pk: int, name: str) -> HttpResponse:
    """Apply one fix of an issue: prepare what it blocked again, and push it at once if that was asked for."""
    found = get_object_or_404(Issue.objects.select_related("solved_by"), company=company, pk=pk)
    kind = next((one for one in fixes_of(company, found) if one.name == name), None)
    if kind is None:
        return _no_longer(request, company, found, name)
    require(request.user, company, kind.right)
    form = type(kind)(request.POST, company=company, issue=found)
    if not form.is_valid():
        return _show(request, company, found, fixes_of(company, found, instead=form))
    if form.goes_out and "confirmed" not in request.POST:
        return _confirm(request, company, found, form)
    for correction in corrections(form.fields.values()):
        messages.info(request, correction)
    if "resync" in request.POST:
        return _fix_and_resync(request, company, found, form)
    _tell(request, solve(found, form, by=person_of(request)))
    return redirect("reconciliation:issue", company.slug, found.pk)


def _confirm(request: HttpRequest, company: Company, found: Issue, form: Fix) -> HttpResponse:
    """What is about to be written to QuickBooks, for a person to say yes or no."""
    sent = [(name, value) for name in form.fields for value in [request.POST.get(name, "")] if value]
    picked = [(name, request.POST[name]) for name in ("pick", OPENED) if request.POST.get(name)]
    context = {
        "title": str(form.title),
        "above": back(company, "reconciliation:issues", _("Issues")),
        "issue": found,
        "form": form,
        "sent": [*sent, *picked],
        "resync": "resync" in request.POST,
    }
    return show(request, company, "reconciliation/issue_fix.html", context)


def _fix_and_resync(request: HttpRequest, company: Company, found: Issue, form: Fix) -> HttpResponse:
    orders = list(orders_of_cause(company, found.cause).values_list("pk", flat=True))
    solve(found, form, by=person_of(request), prepare=False)
    run = start(company, orders, by=person_of(request))
    carry_on(run)
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _no_longer(request: HttpRequest, company: Company, found: Issue, name: str) -> HttpResponse:
    """The fix is not offered: the issue is solved, or never had such a fix.

    Raises:
        Http404: It never had one.
    """
    if found.state != IssueState.OPEN:
        messages.info(request, _("This issue is solved already; nothing was changed."))
    elif name in {kind.name for kind in FIXES.get(found.code, ())}:
        sentence = _("Nothing was saved: what this would have changed was changed by another person meanwhile.")
        messages.warning(request, sentence)
    else:
        raise Http404(_("This issue has no such fix."))
    return redirect("reconciliation:issue", company.slug, found.pk)


def _tell(request: HttpRequest, solved: Solved) -> None:
    level = messages.SUCCESS if solved.issue.state == IssueState.SOLVED else messages.WARNING
    messages.add_message(request, level, solved.words)


def _show(request: HttpRequest, company: Company, found: Issue, fixes: list[Fix]) -> HttpResponse:
    told, may = tell(found.code, found.facts), rights(request, company)
    blocked = Document.objects.filter(company=company, problems__cause=found.cause)
    page = keyset_page(blocked, _NEWEST_FIRST, request.GET.get("place", ""))
    table = DocumentTable(
        page.rows, actions=actions_of(company, page.rows), company=company, exclude=("chosen", "action")
    )
    context: dict[str, Any] = {
        "title": told.title,
        "above": back(company, "reconciliation:issues", _("Issues")),
        "issue": found,
        "told": told,
        "fixes": [{"form": one, "may": one.right in may, "who": who_can(one.right)} for one in fixes],
        "ways": ways_of(company, found),
        "touched": touched_by(company, found),
        "media": sum((one.media for one in fixes), Media()),
        "page": page,
        "sort": _NEWEST_FIRST,
        "table": table,
    }
    return show(request, company, "reconciliation/issue.html", context)
