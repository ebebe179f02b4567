"""What becomes of a form that is sent after its sender was signed out? It is kept, and the login page says so."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from companies.forms.base import KEPT_FIELD, keep


class SignedOutMiddleware(LoginRequiredMiddleware):
    """Asks strangers to sign in, as Django does; what a person entered who was signed in before is not lost by it."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """Lead to the login page, with what was entered."""
        # A browser forgets the cookie of a session when the session ends, and that of forms lasts. Without either
        # nobody had a page of ours open, and what is sent is not worth keeping
        ours = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
        if request.method != "POST" or ours.isdisjoint(request.COOKIES):
            answer: HttpResponseBase = super().handle_no_permission(request, view_func)
            return answer
        return _login_page(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form that carries no valid mark of its page: cookies are off, or it was open in another browser.

    A proxy that does not hand on the address it was asked at makes every form look like another site's.
    """
    address, browser_is_at = f"{request.scheme}://{request.get_host()}", request.headers.get("Origin", "")
    context = {
        "title": _("Nothing was saved"),
        "address": address,
        "browser_is_at": browser_is_at if browser_is_at != address and "://" in browser_is_at else "",
    }
    return render(request, "csrf.html", context, status=403)


def _login_page(request: HttpRequest) -> HttpResponseBase:
    from config.views import LoginPage  # the views of the admin need the apps, and middleware comes before

    page = _page_of(request)
    way = urlencode({"next": page})
    login = LoginPage()
    login.setup(request)
    context = login.get_context_data(
        form=LoginPage.authentication_form(request),
        app_path=f"{reverse('login')}?{way}",
        signed_out=True,
        **{KEPT_FIELD: keep(request, page=urlsplit(page).path)},
    )
    return login.render_to_response(context)


def _page_of(request: HttpRequest) -> str:
    """The page that the form is on, as the browser says; else the address that it was sent to."""
    before = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}):
        parts = urlsplit(before)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
