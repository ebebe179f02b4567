"""Which language does a person read? The one they chose, wherever they sign in; else that of the browser.

Where the browser asks for none that there is, it is the language of the installation.

It is kept with the person, and in the session from the login on, so that no page asks the database for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from companies.models import PersonLanguage

_IN_SESSION = "language"


def remember_language(request: HttpRequest, code: str) -> None:
    """Keep what a person chose; for a visitor who is not signed in, the cookie of the browser keeps it.

    Args:
        request: Of the person.
        code: One of `LANGUAGES`.
    """
    if request.user.is_authenticated:
        PersonLanguage.objects.update_or_create(person=request.user, defaults={"language": code})
        request.session[_IN_SESSION] = code


def recall_language(request: HttpRequest, user: Any, **_signal: object) -> None:
    """Speak to a person who signs in the language that they chose once."""
    found = PersonLanguage.objects.filter(person=user).values_list("language", flat=True).first()
    if found:
        request.session[_IN_SESSION] = found


class PersonLanguageMiddleware:
    """Speaks the language that the person chose, else what the browser asks for, else that of the installation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the way to the view."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.session.get(_IN_SESSION)
        if chosen not in known and not _asks_for_one_of(known, request):
            chosen = settings.TIEOUT_LANGUAGE
        if chosen in known:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


def _asks_for_one_of(known: Mapping[str, object], request: HttpRequest) -> bool:
    """Whether the cookie or the browser names one of these languages: Django has chosen it then."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    asked = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *(code for code, _weight in accepted)]
    return any(code.partition("-")[0].lower() in known for code in asked)
