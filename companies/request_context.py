"""As whom does this request work, in which company, with which rights? Asked many times, looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest

from companies.access import RIGHTS, Right, current_company, role_in
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
