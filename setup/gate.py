"""What happens when someone opens the screen of a later step of setup by its address? They are led to the open one.

Holds while a company has never gone live; afterwards every screen is open.
Source: docs/decisions/0022-setup-and-rehearsal.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import company_of
from companies.activation import Gate, SetupStep, gate_of, step_of
from companies.models import Company
from setup.going_live import setup_of
from setup.steps import open_step


class SetupOrderMiddleware:
    """Closes the screens of later steps while a company is being set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Lead to Setup, or let the view answer."""
        name = step_of(view)
        if name is None or not request.user.is_authenticated:
            return None
        company = company_of(request)
        if company is None or company.live_since:
            return None
        step = next(step for step in setup_of(company) if step.name is name)
        if not step.is_closed:
            return None
        messages.warning(request, _why(company, step.name))
        return redirect("setup:setup", company.slug)


def _why(company: Company, name: SetupStep) -> str:
    facts = {"step": name.label}
    if gate_of(company) is not Gate.ACTIVE:
        return _("“%(step)s” opens once this company is activated and the introduction is read.") % facts
    waiting = open_step(setup_of(company))
    if waiting is None:
        return _("“%(step)s” opens once the introduction is read.") % facts
    sentence = _("“%(step)s” opens when the steps before it are done. Now: %(now)s.")
    return sentence % {**facts, "now": waiting.name.label}
