"""As whom does this request work, in which company, with which rights, and by whose clock and calendar?

Asked many times, looked up once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone, translation

from companies.access import RIGHTS, Right, companies_of, current_company, role_in
from companies.models import Company

_KEPT = "_tieout_standing"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The company a person works in, and what they may do there."""

    company: Company | None
    role: str | None

    def may(self, right: Right) -> bool:
        """Whether the role has the right."""
        return right in RIGHTS.get(self.role or "", frozenset())


def standing(request: HttpRequest) -> Standing:
    """The standing of a request; looked up again when the person or the chosen company changes on the way."""
    key = (request.user.pk, request.session.get("company"))
    kept = getattr(request, _KEPT, None)
    if kept is None or kept[0] != key:
        company = current_company(request)
        role = role_in(request.user, company) if company else None
        kept = (key, Standing(company=company, role=role))
        setattr(request, _KEPT, kept)
    found: Standing = kept[1]
    return found


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page behind the login."""
    return cast(User, request.user)


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

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
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
