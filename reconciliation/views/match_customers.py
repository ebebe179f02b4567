"""The desk: customers who wait, one after another, each with those in QuickBooks who could be meant; a key decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.messages import constants as level
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from companies.access import Right, company_view, person_of, require
from companies.forms.base import OPENED, opened_input, read_opened
from companies.models import Company
from companies.screen import back, show
from mapping.customer_decisions import CannotUndo, last_of
from mapping.models import DecidedOn, SourceCustomer
from reconciliation.desk.answers import AnotherCustomer, NotAnAnswer, answer_of
from reconciliation.desk.queue import MOST_MONEY_FIRST, customers_of, waiting
from reconciliation.desk.record import record_of
from reconciliation.desk.settle import MatchOutcome, seen_of, settle, take_back
from reconciliation.desk.undoing import decisions_of, posted_under
from reconciliation.fixes.customers import CreateCustomer
from reconciliation.models import Issue, IssueState
from reconciliation.paging import COUNT_LIMIT, Page, keyset_page, page_of
from reconciliation.wording import title_of
from sync.models import Run, RunKind, RunState

#: Sent by the script of the page: only the part that changes is asked for.
PART = "X-Tieout-Part"
#: So many are skipped at most; then the oldest come round again.
_MOST_SKIPPED = 500

Said = Sequence[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def match_customers(request: HttpRequest, company: Company) -> HttpResponse:
    """One customer who waits, and who it could be; a POST says who it is and is answered with the next one."""
    if request.method != "POST":
        return _desk(request, company)
    sent = request.POST
    if "undo" in sent:
        return _undo_last(request, company)
    if "again" in sent:
        request.session[_skipped_key(company)] = []
        return _answer(request, company, ())
    issue = Issue.objects.filter(company=company, pk=row_number(sent.get("issue", "")) or 0).first()
    customer = customers_of(company, [issue]).get(issue.pk) if issue else None
    if issue is None or customer is None:
        return _answer(request, company, [(level.WARNING, _("This customer does not wait any more."))])
    if "skip" in sent:
        skipped = [*_skipped(request, company), issue.pk]
        request.session[_skipped_key(company)] = skipped[-_MOST_SKIPPED:]
        return _answer(request, company, ())
    return _decide(request, company, issue, customer)


def _decide(request: HttpRequest, company: Company, issue: Issue, customer: SourceCustomer) -> HttpResponse:
    if issue.state != IssueState.OPEN and read_opened(request.POST.get(OPENED)) == seen_of(customer):
        words = _("Nothing was saved: %(customer)s was found in QuickBooks in the meantime.") % {"customer": customer}
        return _answer(request, company, [(level.WARNING, words)])
    try:
        asked = answer_of(request.POST, company, issue, customer)
    except NotAnAnswer as refused:
        return _desk(request, company, said=[(level.ERROR, str(refused))], filled=refused.form, at=issue)
    why = _("Issue: %(title)s") % {"title": title_of(issue.code)}
    settled = settle(company, [asked], by=person_of(request), decided_on=DecidedOn.DESK, why=why)
    return _answer(request, company, _told(settled), at=issue if settled.refused else None)


def _undo_last(request: HttpRequest, company: Company) -> HttpResponse:
    """Undo this person's last decision; one under which something was posted is shown first."""
    decision = last_of(company, person_of(request))
    if decision is None:
        return _answer(request, company, [(level.INFO, _("There is no decision of yours to undo."))])
    if posted_under(decision):
        address = reverse("reconciliation:customer_decisions", args=[company.slug, decision.customer_id])
        return HttpResponseRedirect(f"{address}?undo={decision.pk}")
    try:
        settled = take_back(decision, by=person_of(request))
    except CannotUndo as why:
        return _answer(request, company, [(level.WARNING, str(why))])
    return _answer(request, company, _told(settled), at=_issue_of(company, decision.customer))


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def customer_decisions(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Every decision about one customer: who, when, who was offered, what was posted under it; each can be undone."""
    customer = get_object_or_404(SourceCustomer, company=company, pk=pk)
    if request.method == "POST":
        require(request.user, company, Right.RESOLVE)
        decision = get_object_or_404(
            decisions_of(company, customer), pk=row_number(request.POST.get("decision", "")) or 0
        )
        try:
            settled = take_back(decision, by=person_of(request))
        except CannotUndo as why:
            messages.warning(request, str(why))
        else:
            for rank, words in _told(settled):
                messages.add_message(request, rank, words)
        return redirect("reconciliation:customer_decisions", company.slug, customer.pk)
    rows = list(decisions_of(company, customer)[:_DECISIONS])
    asked = row_number(request.GET.get("undo", ""))
    context = {
        "title": _("Decisions about %(customer)s") % {"customer": customer},
        "above": back(company, "reconciliation:match_customers", _("Match customers")),
        "customer": customer,
        "decisions": [{"row": row, "posted": posted_under(row), "asked": row.pk == asked} for row in rows],
    }
    return show(request, company, "reconciliation/customer_decisions.html", context)


#: So many decisions about one customer are shown.
_DECISIONS = 20


# The page ------------------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, company: Company, said: Said, *, at: Issue | None = None) -> HttpResponse:
    """The next record, or the one of an issue: at once as a part for the script, else as a page of its own."""
    place = request.POST.get("place", "")
    if request.headers.get(PART):
        return _desk(request, company, place=place, said=said, at=at)
    for rank, words in said:
        messages.add_message(request, rank, words)
    wanted = {"issue": at.pk} if at else {"place": place} if place else {}
    address = reverse("reconciliation:match_customers", args=[company.slug])
    return HttpResponseRedirect(f"{address}?{urlencode(wanted)}" if wanted else address)


def _desk(
    request: HttpRequest,
    company: Company,
    *,
    place: str | None = None,
    said: Said = (),
    filled: Form | None = None,
    at: Issue | None = None,
) -> HttpResponse:
    skipped = _skipped(request, company)
    rows = waiting(company, left_out=skipped)
    wanted = row_number(request.GET.get("issue", ""))
    if number := at.pk if at else wanted:
        at = waiting(company).filter(pk=number).first()
    place = request.GET.get("place", "") if place is None else place
    page: Page[Issue] = page_of(at, MOST_MONEY_FIRST) if at else keyset_page(rows, MOST_MONEY_FIRST, place, size=1)
    if place and not page.rows:  # behind the last one
        page = keyset_page(rows, MOST_MONEY_FIRST, size=1)
    issue = page.rows[0] if page.rows else None
    customer = customers_of(company, [issue]).get(issue.pk) if issue else None
    record = record_of(company, issue, customer) if issue and customer else None
    context: dict[str, Any] = {
        "title": _("Match customers"),
        "record": record,
        "page": page,
        "place": page_of(issue, MOST_MONEY_FIRST).after if issue else "",
        "count": rows[: COUNT_LIMIT + 1].count(),
        "most": COUNT_LIMIT,
        "skipped": len(skipped),
        "said": [{"words": words, "tone": _TONES.get(rank, "note")} for rank, words in said],
        "last": last_of(company, person_of(request)),
        "under_way": Run.objects.filter(company=company, kind=RunKind.PREPARE, state=RunState.RUNNING).first(),
        "another": filled if isinstance(filled, AnotherCustomer) else AnotherCustomer(company=company),
    }
    if record:
        context["create"] = filled if isinstance(filled, CreateCustomer) else record.create
        context["opened"] = opened_input(OPENED, seen_of(record.customer))
    part = request.headers.get(PART)
    template = "reconciliation/parts/desk.html" if part else "reconciliation/match_customers.html"
    return show(request, company, template, context)


_TONES = {level.ERROR: "bad", level.WARNING: "wait", level.SUCCESS: "good"}


def _told(settled: MatchOutcome) -> Said:
    said: list[tuple[int, str]] = [(level.WARNING, words) for words in settled.refused.values()]
    if settled.words:
        said.append((level.SUCCESS, " ".join(filter(None, (*settled.words, settled.consequences)))))
    return said


def _issue_of(company: Company, customer: SourceCustomer) -> Issue | None:
    """The issue of a customer, where one waits again."""
    key = f"{customer.system}:{customer.source_key}"
    return waiting(company).filter(facts__customer_key=key).first()


def _skipped(request: HttpRequest, company: Company) -> list[int]:
    found: list[int] = request.session.get(_skipped_key(company), [])
    return found


def _skipped_key(company: Company) -> str:
    return f"customers_skipped_{company.pk}"
