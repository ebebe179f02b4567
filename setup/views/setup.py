"""How far has setting up come, and what comes next? The introduction, the eight steps, and the word for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.access import Right, company_view
from companies.activation import INTRODUCTION, NotAllowedNow, SetupStep, mark, part_of, story_of, who_can
from companies.models import Company, CompanyKind, Membership, SetupMark
from companies.screen import back, ops_address, show
from setup import going_live
from setup.going_live import go_on_with, leave_out_rehearsal, setup_of
from setup.links import links_of
from setup.rehearsal import MOST_ORDERS, make_rehearsal, twin_of
from setup.steps import open_step
from setup.views.help import support
from sync.models import ConnectionState
from sync.quickbooks_online.login import quickbooks_of


@require_safe
@company_view(Right.VIEW)
def setup(request: HttpRequest, company: Company) -> HttpResponse:
    """The steps of the company; before anything else the introduction, until someone has read it."""
    read = introduced(company)
    if read is None and not company.live_since:
        return introduction_page(request, company, read)
    steps = setup_of(company)
    context = {
        "title": _("Setup"),
        "steps": [{"step": step, "links": links_of(company, step.name)} for step in steps],
        "next": open_step(steps),
        "number_done": sum(step.is_done for step in steps),
        "story": story_of(company),
        "read": read,
        "deciders": who_can(company, Right.ADMINISTER),
        "mappers": who_can(company, Right.MAP),
        "connects_here": _connects_here(company),
        "has_users": Membership.objects.filter(company=company.rehearsal_of_id or company.pk).exists(),
        **support(),
    }
    return show(request, company, "setup/setup.html", context)


def _connects_here(company: Company) -> bool:
    """Whether the step *Connect QuickBooks* has its button on the page itself: there is no login yet, or none now."""
    connection = quickbooks_of(company)
    online = company.kind == CompanyKind.ONLINE
    return online and (connection is None or connection.state == ConnectionState.DISCONNECTED)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def introduction(request: HttpRequest, company: Company) -> HttpResponse:
    """What to know before the first use. Acknowledged once; open to everybody at any time."""
    read = introduced(company)
    if request.method == "POST":
        if read is None:
            mark(company, INTRODUCTION, by=cast(User, request.user))
        return redirect("setup:setup", company.slug)
    return introduction_page(request, company, read)


def introduction_page(request: HttpRequest, company: Company, read: SetupMark | None) -> HttpResponse:
    """The introduction, with the button to acknowledge it while nobody has."""
    context: dict[str, Any] = {
        "title": _("Before you begin"),
        "read": read,
        "readers": who_can(company, Right.RESOLVE),
        "labels": [name.label for name in SetupStep],
        **support(),
    }
    if read is not None:
        context["above"] = back(company, "setup:setup", _("Setup"))
    return show(request, company, "setup/introduction.html", context)


def introduced(company: Company) -> SetupMark | None:
    """Who acknowledged the introduction, and when."""
    return SetupMark.objects.filter(company=company, step=INTRODUCTION).select_related("person").order_by("pk").first()


@require_POST
@company_view(Right.MAP)
def go_on(request: HttpRequest, company: Company, step: str) -> HttpResponse:
    """Go on with what is open in a step."""
    if step not in set(SetupStep):
        raise Http404
    _try(request, lambda by: go_on_with(company, SetupStep(step), by=by), _("Noted: setup goes on."))
    return redirect("setup:setup", company.slug)


@require_safe
@part_of(SetupStep.REHEARSAL)
@company_view(Right.VIEW)
def rehearsal(request: HttpRequest, company: Company) -> HttpResponse:
    """How to rehearse, how far the rehearsal is, and how to go on without one."""
    steps = setup_of(company)
    context = {
        "title": _("Test company"),
        "above": back(company, "setup:setup", _("Setup")),
        "step": next(step for step in steps if step.name is SetupStep.REHEARSAL),
        "twin": twin_of(company),
        "most_orders": MOST_ORDERS,
        "links": links_of(company, SetupStep.REHEARSAL),
        "deciders": who_can(company, Right.ADMINISTER),
    }
    return show(request, company, "setup/rehearsal.html", context)


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.ADMINISTER)
def rehearsal_make(request: HttpRequest, company: Company) -> HttpResponse:
    """Make the twin, and go there."""
    try:
        made = make_rehearsal(company, by=cast(User, request.user))
    except NotAllowedNow as why:
        messages.warning(request, str(why))
        return redirect("setup:rehearsal", company.slug)
    words = _("%(twin)s was made, with %(orders)d orders and every decision of %(company)s.")
    facts = {"twin": made.company, "orders": made.orders, "company": company}
    messages.success(request, words % facts)
    if made.orders_left_out:
        left = _("The newest %(most)d orders were copied; %(left)d older ones were left out.")
        messages.info(request, left % {"most": MOST_ORDERS, "left": made.orders_left_out})
    for gap in made.decisions.missing:
        messages.warning(request, f"{gap.name}, {gap.field}: {gap.wanted}. {gap.why}")
    return redirect("setup:rehearsal", made.company.slug)


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.ADMINISTER)
def rehearsal_leave_out(request: HttpRequest, company: Company) -> HttpResponse:
    """Go on without a rehearsal, with a reason."""
    reason = request.POST.get("reason", "")
    _try(request, lambda by: leave_out_rehearsal(company, by=by, reason=reason), _("Noted, with your reason."))
    return redirect("setup:setup", company.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.GO_LIVE)
@company_view(Right.ADMINISTER)
def go_live(request: HttpRequest, company: Company) -> HttpResponse:
    """Ask whether it is meant, then let the company post."""
    if request.method == "POST":
        automatic = request.POST.get("automatic") == "on"
        if _try(request, lambda by: _go_live(company, by, automatic), _live_now(company, automatic=automatic)):
            return redirect(ops_address(company, "home"))
        return redirect("setup:setup", company.slug)
    if company.live_since:
        return redirect("setup:setup", company.slug)
    context = {"title": _("Go live"), "above": back(company, "setup:setup", _("Setup")), "steps": setup_of(company)}
    return show(request, company, "setup/go_live.html", context)


def _live_now(company: Company, *, automatic: bool) -> str:
    """That it is done, and how the first document gets into the books."""
    if company.kind == CompanyKind.DESKTOP:
        return _("This company is live. Export a file to bring what is ready into QuickBooks Desktop.")
    if automatic:
        return _("This company is live. The next sync posts what is ready.")
    return _("This company is live. Open an order and press Re-sync to post it; Documents shows all that is ready.")


def _go_live(company: Company, by: User, automatic: bool) -> None:
    going_live.go_live(company, by=by)
    if automatic != company.posts_automatically:
        company.posts_automatically = automatic
        company._history_user = by  # type: ignore[attr-defined]
        company.save()


def _try(request: HttpRequest, act: Callable[[User], object], said: str) -> bool:
    """Do it and say so; or say why not."""
    try:
        act(cast(User, request.user))
    except NotAllowedNow as why:
        messages.warning(request, str(why))
        return False
    messages.success(request, said)
    return True
