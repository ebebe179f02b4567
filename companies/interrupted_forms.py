"""What did a person enter who was signed out while they filled in a form? It is shown again after they sign in.

It travels through the login page as a signed field, and waits in the new session for the one page that it was entered
on. Nothing is stored for a person who is not signed in, and nothing is saved that they do not save again.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

#: The field of the login page that carries it.
FIELD = "kept"
_SESSION_KEY = "entered_before"
_SALT = "companies.interrupted_forms"
# Longer than a person looks for their password; and as much as the widest table of products needs
_SECONDS = 3600
_LONGEST = 400_000


def keep(request: HttpRequest, *, page: str) -> str:
    """What was sent, as text for the login page; empty where it is too much.

    Args:
        request: A POST of a person who is signed out.
        page: The path of the page that the form is on.
    """
    entered = request.POST.copy()
    for name in [name for name in entered if "password" in name or name == "csrfmiddlewaretoken"]:
        del entered[name]
    text = entered.urlencode()
    if len(text) > _LONGEST:
        return ""
    return signing.dumps({"page": page, "sent_to": request.path, "text": text}, salt=_SALT, compress=True)


def carry_over(request: HttpRequest) -> None:
    """After the login: put what the login page carried where the form's page finds it."""
    token = request.POST.get(FIELD, "")
    if not token:
        return
    sentence = _("You were signed out before your last step was saved, and nothing was changed.")
    messages.warning(request, sentence)
    try:
        request.session[_SESSION_KEY] = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return


def entered_before(request: HttpRequest, *, sent_to: str = "") -> QueryDict | None:
    """What was entered in the form of this page before its sender was signed out, once; None where nothing was.

    Args:
        request: Of the page with the form.
        sent_to: The address of the form, where that is not the page's own.
    """
    cached: Any = getattr(request, "_entered_before", None)
    if cached is None:
        cached = request._entered_before = _taken_out(request)  # type: ignore[attr-defined]
    if not cached or cached["sent_to"] != (sent_to or request.path):
        return None
    if not cached.get("told"):
        cached["told"] = True
        messages.warning(request, _("What you entered is shown again. Check it, and save it."))
    return QueryDict(cached["text"])


def _taken_out(request: HttpRequest) -> dict[str, object]:
    waiting = request.session.get(_SESSION_KEY)
    if request.method != "GET" or not isinstance(waiting, dict) or waiting.get("page") != request.path:
        return {}
    del request.session[_SESSION_KEY]
    return waiting
