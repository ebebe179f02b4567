"""What does every screen outside the admin need to look like the admin? Its colors, its icon and its menu."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from companies.request_context import standing

_KEPT_ON_REQUEST = "_tieout_look"


def look(request: HttpRequest) -> dict[str, Any]:
    """The context of the shared base template; the admin's own pages bring theirs, so they get nothing twice."""
    if request.resolver_match and "admin" in request.resolver_match.app_names:
        return {}
    if not hasattr(request, _KEPT_ON_REQUEST):  # a table renders its own template, and would ask again
        setattr(request, _KEPT_ON_REQUEST, _look(request))
    kept: dict[str, Any] = getattr(request, _KEPT_ON_REQUEST)
    return kept


def _look(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if user is None:  # an error before anybody could be recognized
        return {}
    site = admin.site
    # Everybody with a login has a menu here; what is in it depends on their roles, not on the admin's door
    return {
        **site.each_context(request),
        "has_permission": user.is_authenticated,
        "is_nav_sidebar_enabled": user.is_authenticated,
        "sidebar_navigation": site.get_sidebar_list(request) if user.is_authenticated else [],  # type: ignore[attr-defined]
        "company": SimpleLazyObject(lambda: standing(request).company),
    }
