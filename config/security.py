"""What may a page load, and where may its forms lead? Only this application, and Intuit's login page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"


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
    widths stand in style attributes ('unsafe-inline', for styles only). No script may stand in a page itself.
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
