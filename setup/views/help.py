"""Where does a person find help, when, and what can nobody do for them?"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import Right, company_view
from companies.activation import who_can
from companies.models import Company
from companies.screen import show


@require_safe
@company_view(Right.VIEW)
def help_page(request: HttpRequest, company: Company) -> HttpResponse:
    """Support hours, what support cannot do, and who of the company can do what."""
    context = {"title": _("Help"), **support(), "people": _people(company)}
    return show(request, company, "reconciliation/help.html", context)


def support() -> dict[str, str]:
    """The hours and the contact of this installation, as every page says them."""
    return {
        "support_hours": settings.TIEOUT_SUPPORT_HOURS or _("Monday to Friday, 9:00 to 17:00"),
        "support_contact": settings.TIEOUT_SUPPORT_CONTACT or _("the people who run this installation"),
    }


def _people(company: Company) -> list[tuple[str, str]]:
    rights = (
        (_("Approve the activation, connect QuickBooks, go live"), Right.ADMINISTER),
        (_("Decide which account and item everything posts to"), Right.MAP),
        (_("Resolve what is blocked, request the activation"), Right.RESOLVE),
    )
    return [
        (what, ", ".join(one.get_full_name() or one.get_username() for one in who_can(company, right)) or "—")
        for what, right in rights
    ]
