"""Which sign-in at another system did this person begin here? Its answer counts once, for the session that asked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from companies.access import companies_of
from companies.models import Company

_SESSION_KEY = "begun_logins"
#: How long a user may stay on the other page.
_SECONDS = 1800
_AT_ONCE = 5


@dataclass(frozen=True, kw_only=True)
class BegunLogin:
    """A sign-in that was begun, and what it was for."""

    company: Company
    #: What was entered before; plain JSON.
    facts: dict[str, Any] = field(default_factory=dict)


def begin_login(request: HttpRequest, company: Company, **facts: Any) -> str:
    """Keep what a sign-in is for; returns the secret that comes back with its answer."""
    state = secrets.token_urlsafe(32)
    begun: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    newest = dict(list(begun.items())[-(_AT_ONCE - 1) :])
    kept = {"company": company.pk, "at": timezone.now().timestamp(), "by": request.user.pk, "facts": facts}
    request.session[_SESSION_KEY] = {**newest, state: kept}
    return state


def open_login(request: HttpRequest) -> BegunLogin | None:
    """What a sign-in is for that goes on here; it stays open."""
    begun: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    return _known(request, begun.get(request.GET.get("state", "")))


def answered_login(request: HttpRequest) -> BegunLogin | None:
    """What this answer is for; None for one that nobody here asked for. Its secret is forgotten, so it counts once."""
    begun: dict[str, Any] = request.session.get(_SESSION_KEY, {})
    asked = begun.pop(request.GET.get("state", ""), None)
    if asked is not None:
        request.session[_SESSION_KEY] = begun
    return _known(request, asked)


def _known(request: HttpRequest, asked: dict[str, Any] | None) -> BegunLogin | None:
    if asked is None:
        return None
    late = timezone.now().timestamp() - asked["at"] > _SECONDS
    if late or asked["by"] != request.user.pk:
        return None
    company = companies_of(request.user).filter(pk=asked["company"]).first()
    return BegunLogin(company=company, facts=asked["facts"]) if company else None
