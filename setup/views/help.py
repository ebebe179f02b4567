"""Where does a person find help, when, and what can nobody do for them?"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import Right, company_view
from companies.activation import who_can
from companies.models import Company
from companies.screen import back, show
from setup.help_pages import START, files_of, page_of


@require_safe
@company_view(Right.VIEW)
def help(request: HttpRequest, company: Company) -> HttpResponse:
    """Support hours, what support cannot do, and who of the company can do what."""
    context = {"title": _("Help"), **support(), "people": _people(company)}
    return show(request, company, "setup/help.html", context)


@require_safe
@company_view(Right.VIEW)
def help_page(request: HttpRequest, company: Company, path: str) -> HttpResponse:
    """A page of the documentation, or a picture on it.

    Raises:
        Http404: The documentation has no such file, whatever else is on the disk.
    """
    folder = settings.TIEOUT_DOCS
    page = page_of(folder, path, address=lambda name: reverse("setup:help_page", args=[company.slug, name]))
    if page is not None:
        above = back(company, "setup:help", _("Help"))
        context = {"title": page.title, "above": above, "page": page, "start": START if path != START else ""}
        return show(request, company, "setup/help_page.html", context)
    file = files_of(folder).get(path)
    if file is None:
        raise Http404(_("There is no such page in the documentation."))
    return HttpResponse(file.read_bytes(), content_type="image/png")


def support() -> dict[str, str]:
    """The hours and the contact of this installation, as every page says them."""
    return {
        "support_hours": settings.TIEOUT_SUPPORT_HOURS or _("Monday to Friday, 9:00 AM to 5:00 PM"),
        "support_contact": settings.TIEOUT_SUPPORT_CONTACT or _("the people who run this installation"),
    }


def _people(company: Company) -> list[tuple[str, str]]:
    rights = (
        (_("Approve the activation, connect QuickBooks, go live"), Right.ADMINISTER),
        (_("Decide which account and item everything posts to"), Right.MAP),
        (_("Resolve what is blocked, request the activation"), Right.RESOLVE),
    )
    return [
        (what, ", ".join(user.get_full_name() or user.get_username() for user in who_can(company, right)) or "—")
        for what, right in rights
    ]
