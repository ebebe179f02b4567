"""Which pages belong to no room of the house? The login, and the answer to "are you well?"."""

from __future__ import annotations

import logging
import math
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language
from unfold.widgets import BASE_INPUT_CLASSES

from companies.database_faults import AWAY, database_fault, older_tables
from companies.forms.base import KEPT_FIELD, carry_over
from companies.languages import remember_language
from config.attempts import GrowingWaits
from config.middleware import unavailable

logger = logging.getLogger(__name__)


class LoginForm(AuthenticationForm):
    """Django's form for everybody, in the look of the admin; unfold's own lets in none but staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)


class LoginPage(LoginView):
    """The login page, in the look of the admin; everybody comes in here, whatever their role."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        carry_over(self.request)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, object]:
        look = {**admin.site.each_context(self.request), KEPT_FIELD: self.request.POST.get(KEPT_FIELD, "")}
        return super().get_context_data(
            **{**look, "title": _("Log in"), "app_path": self.request.get_full_path(), "site_url": None, **kwargs}
        )


def too_many_attempts(
    request: HttpRequest, _answer: HttpResponse, credentials: dict[str, object] | None
) -> HttpResponse:
    """Say for how long nobody may try; the same for a name that exists and for one that does not."""
    wait = GrowingWaits().wait_of(request, credentials)
    seconds = max(1, math.ceil(wait.total_seconds()))
    context = {**admin.site.each_context(request), "title": _("Too many attempts"), "minutes": math.ceil(seconds / 60)}
    answer = render(request, "registration/too_many_attempts.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


@login_not_required
@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Replace the admin's own login page: there is one for everybody.

    Raises:
        PermissionDenied: The person is signed in already, and still may not see the admin: signing in cannot help.
    """
    if request.user.is_authenticated:
        raise PermissionDenied(_("Your role does not open the settings. Ask an administrator of your company."))
    return redirect_to_login(request.GET.get("next", "/"))


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Speak another language from the next page on, in this browser and wherever the person logs in."""
    answer = set_language(request)
    chosen = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if request.method == "POST" and chosen in dict(settings.LANGUAGES):
        remember_language(request, chosen)
    return answer


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell a load balancer whether this process can work: 200 with "ok", or 503 with what is missing.

    One that asks for JSON gets it.
    """
    as_json = "application/json" in request.headers.get("Accept", "")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        fault = older_tables()
    except Error as error:
        logger.error("the database does not answer: %s", error)
        if as_json:
            return unavailable(request, database_fault(error) or AWAY)
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    if fault:
        logger.error("%s %s", fault.sentence, fault.cure)
        if as_json:
            return unavailable(request, fault)
        return HttpResponse(f"{_(fault.sentence)} {_(fault.cure)}\n", content_type="text/plain", status=503)
    if as_json:
        return JsonResponse({"status": "ok"})
    return HttpResponse("ok\n", content_type="text/plain")
