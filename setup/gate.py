"""What happens when somebody opens the screen of a later step of setup by its address? They are led to the open one.

Holds while a company has never gone live; afterwards every screen is open.
Source: docs/decisions/0022-setup-and-rehearsal.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import ResolverMatch
from django.utils.translation import gettext as _

from companies.activation import Gate, gate_of
from companies.local import company_of
from companies.models import Company
from setup.going_live import setup_of
from setup.steps import StepName, open_step

#: Screens by their step. A screen that stands nowhere here is open from the beginning.
_BY_NAME: Mapping[str, StepName] = {
    "sync:quickbooks": StepName.CONNECT,
    "sync:quickbooks_connect": StepName.CONNECT,
    "sync:quickbooks_disconnect": StepName.CONNECT,
    "sync:quickbooks_refresh": StepName.CONNECT,
    "sync:quickbooks_own_rule": StepName.CONNECT,
    "reconciliation:desktop_lists": StepName.LISTS,
    "mapping:posting-accounts": StepName.POSTING_ACCOUNTS,
    "mapping:line-types": StepName.LINE_TYPES,
    "reconciliation:setup_orders": StepName.PRODUCTS,
    "reconciliation:setup_rehearsal": StepName.REHEARSAL,
    "reconciliation:setup_rehearsal_make": StepName.REHEARSAL,
    "reconciliation:setup_rehearsal_leave_out": StepName.REHEARSAL,
    "reconciliation:setup_rehearsal_connect": StepName.CONNECT,
    "reconciliation:setup_go_live": StepName.GO_LIVE,
}
_BY_BEGINNING: Mapping[str, StepName] = {
    "admin:mapping_postingaccounts_": StepName.POSTING_ACCOUNTS,
    "admin:mapping_linetypedefault_": StepName.LINE_TYPES,
    "admin:mapping_product_": StepName.PRODUCTS,
    "admin:mapping_sourcecustomer_": StepName.CUSTOMERS,
    "reconciliation:desktop": StepName.REHEARSAL,
    "reconciliation:batch": StepName.REHEARSAL,
}
#: Of mapping's own screens these hold no decision.
_NO_DECISION = ("mapping:choose_company", "mapping:pick", "mapping:history")


class SetupOrderMiddleware:
    """Closes the screens of later steps while a company is being set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Lead to Setup, or let the view answer."""
        name = step_of_screen(request.resolver_match)
        if name is None or not request.user.is_authenticated:
            return None
        company = company_of(request)
        if company is None or company.live_since:
            return None
        step = next(one for one in setup_of(company) if one.name is name)
        if not step.is_closed:
            return None
        messages.warning(request, _why(company, step.name))
        return redirect("reconciliation:setup", company.slug)


def step_of_screen(match: ResolverMatch | None) -> StepName | None:
    """The step that a screen belongs to; None for one that is always open."""
    if match is None:
        return None
    name = match.view_name
    if name in _BY_NAME:
        return _BY_NAME[name]
    begun = next((step for beginning, step in _BY_BEGINNING.items() if name.startswith(beginning)), None)
    if begun is None and name.startswith("mapping:") and name not in _NO_DECISION:
        return StepName.PRODUCTS
    return begun


def _why(company: Company, name: StepName) -> str:
    facts = {"step": name.label}
    if gate_of(company) is not Gate.ACTIVE:
        return _("“%(step)s” opens once this company is activated and the introduction is read.") % facts
    waiting = open_step(setup_of(company))
    if waiting is None:
        return _("“%(step)s” opens once the introduction is read.") % facts
    sentence = _("“%(step)s” opens when the steps before it are done. Now: %(now)s.")
    return sentence % {**facts, "now": waiting.name.label}
