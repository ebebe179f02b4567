"""Whose clock and calendar does a page use? Those of the company that is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from companies.access import companies_of
from companies.models import Company
from companies.request_context import standing

ENGLISH = "en"


class CompanyClockMiddleware:
    """Shows moments in the company's time zone, and dates as its country writes them, on every page of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language()
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
            translation.activate(language or ENGLISH)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Set both before the view runs; a language other than English has a way of its own to write dates."""
        if request.user.is_authenticated:
            company = company_of(request)
            if company is not None:
                timezone.activate(company.zone)
                if translation.get_language() == ENGLISH:
                    translation.activate(company.language)
        return None


def company_of(request: HttpRequest) -> Company | None:
    """The company of the address, else the one that the person works in; none that is not theirs."""
    slug = request.resolver_match.kwargs.get("company") if request.resolver_match else None
    if slug is None:
        return standing(request).company
    here = standing(request).company
    return here if here is not None and here.slug == slug else companies_of(request.user).filter(slug=slug).first()
