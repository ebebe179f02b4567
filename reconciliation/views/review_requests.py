"""Which customers are asked for a review, by whom was that turned on, and what has a person to decide about it?"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from books.messages import Message
from books.outcomes import TryLater
from companies.access import Right, company_view, person_of, require
from companies.models import Company
from companies.screen import rights, show
from companies.source_names import SourceNames
from reconciliation.paging import Sort, count_around, keyset_page
from reconciliation.review_requests import ReviewTable, cause_words, review_switches
from reconciliation.states import TONES
from reconciliation.views.live_sources import live_source
from reconciliation.views.source import WAITING, shown_source
from sync.crm.review_decisions import mark_as_sent, send_again, turn_reviews_off, turn_reviews_on
from sync.crm.writing import Workflow, can_ask_for_reviews, published_workflows
from sync.models import REVIEWS_TO_DECIDE, Connection, ReviewRequest, ReviewState

_NEWEST = Sort(name="newest", field="pk", descending=True)


@require_safe
@company_view(Right.VIEW)
def source_reviews(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Review requests: the switch with its workflow, and every request with what became of it."""
    found = _asking_source(company, system)
    (switch,) = review_switches(company, [found])
    rows = ReviewRequest.objects.filter(connection=found).select_related("connection")
    only_waiting = request.GET.get("show") == WAITING
    if only_waiting:
        rows = rows.filter(state__in=REVIEWS_TO_DECIDE)
    page = keyset_page(rows, _NEWEST, request.GET.get("place", ""))
    may_change = Right.MAP in rights(request, company)
    context: dict[str, object] = {
        "switch": switch,
        "page": page,
        "table": ReviewTable(page.rows, company=company),
        "sort": _NEWEST,
        "count": count_around(page, rows),
        "waiting": only_waiting,
        "may_change": may_change,
        "chooses": may_change and (not switch.is_on or "choose" in request.GET),
    }
    if context["chooses"]:
        context |= _workflows(found)
    return shown_source(request, company, found, "source_reviews", context)


@require_POST
@company_view(Right.MAP)
def source_reviews_switch(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Turn the sending of review requests on or off, from the card of QuickBooks or from the tab."""
    found = _asking_source(company, system)
    by = person_of(request)
    (switch,) = review_switches(company, [found])
    tab = redirect("reconciliation:source_reviews", company.slug, system)
    after = redirect("reconciliation:integrations", company.slug) if request.POST.get("card") else tab
    if request.POST.get("on") != "on":
        if switch.is_on:
            turn_reviews_off(found, by=by)
            messages.success(request, _("Review requests are off. Nothing more is sent."))
        return after
    wanted = request.POST.get("workflow") or switch.updates.workflow_id
    if not wanted:
        messages.error(request, _("Choose the workflow that sends the request. Until then nothing is turned on."))
        return tab
    if switch.is_on and wanted == switch.updates.workflow_id:
        messages.success(request, _("Nothing was changed."))
        return after
    workflow = _published(found, wanted)
    if isinstance(workflow, Message):
        messages.error(request, workflow.worded(_))
        return tab
    turn_reviews_on(found, workflow, by=by)
    if switch.is_on:
        words = _("From now on requests are sent by the workflow “%(workflow)s”.")
    else:
        words = _("Customers whose first invoice is paid from now on are asked by the workflow “%(workflow)s”.")
    messages.success(request, words % {"workflow": workflow.name})
    return after


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def source_review(request: HttpRequest, company: Company, system: str, pk: int) -> HttpResponse:
    """One request: what became of it, and, where a person has to decide, sending it again or marking it as sent."""
    found = _asking_source(company, system)
    asked = get_object_or_404(ReviewRequest.objects.select_related("decided_by"), connection=found, pk=pk)
    if request.method == "POST":
        require(request.user, company, Right.RESOLVE)
        marks = "mark" in request.POST
        refused = (mark_as_sent if marks else send_again)(asked, by=person_of(request))
        if refused:
            messages.error(request, refused.worded(_))
            return redirect("reconciliation:source_review", company.slug, system, pk)
        messages.success(
            request,
            (
                _("The request to %(customer)s is marked as sent.")
                if marks
                else _("The request to %(customer)s goes with the next sync.")
            )
            % {"customer": asked.customer_name},
        )
        return redirect("reconciliation:source_reviews", company.slug, system)
    state = ReviewState(asked.state)
    context = {
        "title": _("Review request to %(customer)s") % {"customer": asked.customer_name},
        "above": {
            "link": reverse("reconciliation:source_reviews", args=[company.slug, system]),
            "title": _("Review requests"),
        },
        "asked": asked,
        "state": state,
        "tone": TONES[state],
        "cause": cause_words(asked),
        "source_name": SourceNames(company).called(system),
        "unclear": state is ReviewState.UNCLEAR,
    }
    return show(request, company, "reconciliation/source_review.html", context)


def _asking_source(company: Company, system: str) -> Connection:
    found = live_source(company, system)
    if not can_ask_for_reviews(found):
        raise Http404(_("Review requests are sent through HighLevel alone."))
    return found


def _workflows(found: Connection) -> dict[str, object]:
    """The workflows to choose from, or why they cannot be read now."""
    workflows = published_workflows(found)
    if isinstance(workflows, Message):
        return {"workflows": (), "unread": workflows.worded(_)}
    if isinstance(workflows, TryLater):
        return {"workflows": (), "unread": _(workflows.reason)}
    return {"workflows": workflows, "unread": ""}


def _published(found: Connection, identifier: str) -> Workflow | Message:
    workflows = published_workflows(found)
    if isinstance(workflows, Message):
        return workflows
    if isinstance(workflows, TryLater):
        return Message(sentence=workflows.reason)
    chosen = next((workflow for workflow in workflows if workflow.id == identifier), None)
    return chosen or Message(
        sentence=_("That workflow is not published in HighLevel. Choose one of those below. Nothing was changed.")
    )
