"""What does a person see at an address that leads nowhere? Tieout's own page, on a development machine too.

Django answers with a list of every address pattern while DEBUG is on, as in the demo:
nothing that a bookkeeper can use.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found

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
