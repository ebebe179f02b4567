"""What is done to every request and every answer, whatever the view: limits, headers, and a page of our own for faults?

A page may load only what this application serves, its forms lead here or to Intuit's login page, and no one keeps a
copy of it. While the database is away, full or closed to writing, there is one plain page, status 503. At an address
that leads nowhere Django answers with a list of every address pattern while DEBUG is on, as in the demo: nothing that a
bookkeeper can use.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from companies.database_faults import DatabaseFault, database_fault, disk_fault

HEADER = "Content-Security-Policy"


class RequestSizeMiddleware:
    """Refuses what is larger than any file that Tieout takes, before a byte of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and len(length) < 20 and int(length) <= settings.LARGEST_REQUEST:
            return self.get_response(request)
        return render(request, "413.html", {"megabytes": settings.LARGEST_FILE // 1024**2}, status=413)


class NoCopiesMiddleware:
    """No browser and no proxy keeps what a view answered: a page behind the login is gone with the login.

    Static files, which are the same for everybody, are answered before this and stay cached.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_cache_control(response, no_store=True, private=True)
        return response


class ContentSecurityPolicyMiddleware:
    """Adds the policy to every answer that does not bring its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, content_security_policy())
        return response


def content_security_policy() -> str:
    """The policy as one header value.

    Two allowances are the admin theme's: Alpine makes functions out of attributes ('unsafe-eval'), and colors and
    widths are in style attributes ('unsafe-inline', for styles only). No script may be in a page itself.
    """
    pages = [settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL, settings.TIEOUT_REHEARSAL_URL]
    pages += [at.authorize_url for at in settings.TIEOUT_SOURCES.values() if at.client_id]
    logins = {_origin(page) for page in pages} - {""}
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "frame-ancestors 'none'",
            # Browsers follow a form through its redirects: "Connect" ends at the login page of Intuit or of a source
            " ".join(["form-action 'self'", *sorted(logins)]),
        )
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


# In place of an answer that no one could use --------------------------------------------------------------------------


#: When a browser, or a program, may ask again.
_SECONDS = 30
_KEPT = "_tieout_database_fault"

logger = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """Answers in place of a view, or of the middleware below, that could not use the database.

    A view saves all of a step or nothing of it, so nothing is half done.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        fault = getattr(request, _KEPT, None)
        return unavailable(request, fault) if fault else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view that was stopped by the database; any other error is nothing of ours."""
        fault = database_fault(error) or disk_fault(error)
        if fault is None:
            return None
        logger.error("%s %s: the database or the disk cannot be used: %s", request.method, request.path, error)
        return unavailable(request, fault)


@receiver(got_request_exception)
def remember(request: HttpRequest | None = None, **_: object) -> None:
    """Keep with its request that the database, or a full disk, stopped what is no view: the session, a file."""
    fault = database_fault(sys.exc_info()[1]) or disk_fault(sys.exc_info()[1])
    if request is not None and fault is not None:
        setattr(request, _KEPT, fault)


def unavailable(request: HttpRequest, fault: DatabaseFault) -> HttpResponse:
    """The page, or one JSON object for those who ask for it. Nothing in it can fail a second time."""
    told = {"sentence": _(fault.sentence), "cure": _(fault.cure), "safe": _(fault.safe)}
    response: HttpResponse
    if "application/json" in request.headers.get("Accept", ""):
        response = JsonResponse({"status": "unavailable", **told}, status=503)
    else:
        was_sent = request.method not in ("GET", "HEAD")
        response = HttpResponse(render_to_string("503.html", {**told, "was_sent": was_sent}), status=503)
    response["Retry-After"] = str(_SECONDS)
    return response


#: What only Django's own page says.
_OF_DJANGO = b"<code>DEBUG = True</code>"


class OwnNotFoundMiddleware:
    """Puts the page that production shows in place of Django's technical one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and not response.streaming and _OF_DJANGO in response.content:
            return page_not_found(request, Http404())
        return response
