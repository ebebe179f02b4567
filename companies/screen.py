"""What is around the content of every screen, by whose clock does it tell the time, and who may come in?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from companies.access import MOST_IN_MENU, RIGHTS, Right, companies_of_menu, company_of, role_in, standing
from companies.models import Company


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


def back(company: Company, screen: str, title: object) -> dict[str, object]:
    """The link to the list that a page belongs to, by the name of its address."""
    return {"link": reverse(screen, args=[company.slug]), "title": title}


def ops_address(company: Company, screen: str, *args: object) -> str:
    """The address of a screen of a higher room, by its name; which room has it is said in the settings."""
    return reverse(settings.OPS_SCREENS[screen], args=[company.slug, *args])


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


#: What of a page's look follows from the person, the company or the page; the other things are the same everywhere.
_OF_EACH_PAGE = frozenset(
    {
        "has_permission",
        "available_apps",
        "is_popup",
        "is_nav_sidebar_enabled",
        "log_entries",
        "environment",
        "show_languages",
        "sidebar_navigation",
    }
)


class TieoutAdminSite(UnfoldAdminSite):
    """Open to every member of a company; what they may do there is said by their role, screen by screen."""

    index_title = _("Settings")
    enable_nav_sidebar = True
    _look: dict[str, object] | None = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the person is active, and a member of any company or a superuser."""
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        return bool(user.is_superuser) or standing(request).company is not None

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead on: every screen is in the menu, so a page that only lists them again is none."""
        company = standing(request).company
        if company is None:  # a superuser before the first company
            return HttpResponseRedirect(reverse("admin:companies_company_add"))
        return HttpResponseRedirect(ops_address(company, "home"))

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Lead on to the first screen of the room."""
        first = {"mapping": "admin:mapping_product_changelist", "auth": "admin:auth_user_changelist"}
        return HttpResponseRedirect(reverse(first.get(app_label, "admin:index")))

    def search(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Unfold's search over all models is closed: it keeps answers by person, and a person has several companies."""
        raise Http404

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Nothing: no page shows the list of all models, and to make it took a tenth of the time of each page."""
        return []

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The menu as it is said: Unfold would copy it and ask which entry is open, which is known already."""
        unfold: Any = settings.UNFOLD
        menu: list[dict[str, Any]] = import_string(unfold["SIDEBAR"]["navigation"])(request)
        return menu

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        """What every page gets: the company that the person works in, and those they can change to.

        The rest of the look is the same on all pages, so it is made once: for each, Unfold would put its settings
        together anew some forty times.
        """
        unfold: Any = settings.UNFOLD
        if self._look is None:
            whole = super().each_context(request)
            self._look = {name: value for name, value in whole.items() if name not in _OF_EACH_PAGE}
        return {
            **AdminSite.each_context(self, request),
            **self._look,
            "environment": import_string(unfold["ENVIRONMENT"])(request),
            "show_languages": import_string(unfold["SHOW_LANGUAGES"])(request),
            "sidebar_navigation": self.get_sidebar_list(request) if self.has_permission(request) else [],
            **company_menu(request),
        }


def company_menu(request: HttpRequest) -> dict[str, object]:
    """The company that is open, the companies of the menu, and whether there are more than it can hold."""
    if not request.user.is_authenticated:
        return {"working_company": None, "working_companies": [], "more_companies": False}
    found = companies_of_menu(request.user)
    company = standing(request).company
    shown = found[:MOST_IN_MENU]
    if company and company not in shown:
        shown.insert(0, company)
    return {"working_company": company, "working_companies": shown, "more_companies": len(found) > MOST_IN_MENU}
