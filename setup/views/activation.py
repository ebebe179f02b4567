"""Off until asked for: who asks, what is accepted, and who lets the company in?"""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies import disclaimer
from companies.access import Right, company_view, require
from companies.activation import (
    Gate,
    NotAllowedNow,
    accept_disclaimer,
    approve,
    decline,
    others_who_decide,
    request_activation,
    story_of,
    who_can,
    withdraw,
)
from companies.models import Company
from companies.screen import back, show

_ASKABLE = (Gate.OFF, Gate.DECLINED, Gate.WITHDRAWN)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def activation(request: HttpRequest, company: Company) -> HttpResponse:
    """How far the company's activation is, and the button of a person who can move it on."""
    if request.method == "POST":
        return _act(request, company)
    story = story_of(company)
    of_twin = company.rehearsal_of_id is not None
    waiting = story.gate is Gate.PENDING and not of_twin
    context = {
        "title": _("Activation"),
        "above": back(company, "setup:setup", _("Setup")),
        "story": story,
        "paragraphs": [_(paragraph) for paragraph in disclaimer.PARAGRAPHS],
        "version": disclaimer.VERSION,
        "may_ask": not of_twin and story.gate in _ASKABLE,
        "accepts_only": not of_twin and story.gate in (Gate.OUTDATED, Gate.PENDING) and story.acceptance is None,
        "may_decide": waiting,
        "others": others_who_decide(story.activation, cast(User, request.user)) if waiting else [],
        "may_withdraw": not of_twin and story.gate in (Gate.ACTIVE, Gate.OUTDATED),
        "askers": who_can(company, Right.RESOLVE),
        "deciders": who_can(company, Right.ADMINISTER),
    }
    return show(request, company, "setup/activation.html", context)


def _act(request: HttpRequest, company: Company) -> HttpResponse:
    """One button of the page; a step that cannot be taken now is said and changes nothing."""
    action, by = request.POST.get("action", ""), cast(User, request.user)
    reason = request.POST.get("reason", "")
    require(request.user, company, Right.RESOLVE if action in ("request", "accept") else Right.ADMINISTER)
    try:
        match action:
            case "request" | "accept":
                _accept(request, company, by, ask=action == "request")
            case "approve":
                approve(company, by=by)
                messages.success(request, _("Approved. The company can be set up now."))
            case "decline":
                decline(company, by=by, reason=reason)
                messages.success(request, _("Declined. The reason is on this page, and it can be asked for again."))
            case "withdraw":
                withdraw(company, by=by, reason=reason)
                messages.success(request, _("Withdrawn. Nothing is read or posted any more."))
            case _:
                messages.warning(request, _("Nothing was chosen."))
    except NotAllowedNow as why:
        messages.warning(request, str(why))
    return redirect("setup:activation", company.slug)


def _accept(request: HttpRequest, company: Company, by: User, *, ask: bool) -> None:
    """Accept the text that was on the page, and no newer one, and ask for approval where nobody has yet.

    Raises:
        NotAllowedNow: The box is not ticked, or the text has changed since the page was opened.
    """
    if request.POST.get("accepted") != "on":
        raise NotAllowedNow(_("Tick that you have read the disclaimer and accept it."))
    if request.POST.get("version") != disclaimer.VERSION:
        raise NotAllowedNow(_("The disclaimer has changed since you opened this page. Read it again."))
    accept_disclaimer(company, by=by)
    if ask:
        request_activation(company, by=by)
        messages.success(request, _("Your request waits for an administrator now."))
    else:
        messages.success(request, _("Accepted."))
