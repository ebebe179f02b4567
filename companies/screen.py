"""What does every ops screen need around its own content?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from companies.access import RIGHTS, Right, role_in
from companies.models import Company
from companies.request_context import standing


def show(
    request: HttpRequest, company: Company, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Draw a screen of one company.

    Args:
        request: Whose rights decide which buttons are drawn.
        company: Already opened for the person.
        template: In `templates/`, such as `reconciliation/home.html`.
        context: At least `title`; `above` is the way back, see `back`.
        status: Of the answer.
    """
    may = {right.value: right in rights(request, company) for right in Right}
    return render(request, template, {"company": company, "may": may, **context}, status=status)


def rights(request: HttpRequest, company: Company) -> frozenset[Right]:
    """What the person may do in the company."""
    here = standing(request)
    role = here.role if here.company == company else role_in(request.user, company)
    return RIGHTS.get(role or "", frozenset())


def back(company: Company, screen: str, title: Any) -> dict[str, Any]:
    """The link to the list that a page belongs to, by the name of its address."""
    return {"link": reverse(screen, args=[company.slug]), "title": title}


def ops_address(company: Company, screen: str, *args: object) -> str:
    """The address of a screen of a higher room, by its name; which room has it is said in the settings."""
    return reverse(settings.OPS_SCREENS[screen], args=[company.slug, *args])
