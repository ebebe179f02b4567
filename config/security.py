"""What may a page load, where may its forms lead, and who keeps a copy of it?

Only this application, and Intuit's login page; and nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

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
    logins = {_origin(settings.TIEOUT_QUICKBOOKS_AUTHORIZE_URL), _origin(settings.TIEOUT_REHEARSAL_URL)} - {""}
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
            # Browsers follow a form through its redirects: "Connect to QuickBooks" ends at Intuit's login page
            " ".join(["form-action 'self'", *sorted(logins)]),
        )
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""
