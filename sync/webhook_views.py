"""Where do QuickBooks and sources tell of what has happened? At addresses for programs, which are let in by a secret.

What is told is kept and answered at once. Reading follows by itself, soon and once for many events.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sync.fetching.highlevel.events import receive
from sync.fetching.hooks import receive_hook
from sync.jobs.wake import wake
from sync.lists.told import receive_changes

#: Bytes. A thousand objects, which is the most that is told at once, have a fifth of it.
_LARGEST = 1_000_000

P = ParamSpec("P")


def webhook(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """An address for programs: it takes what is sent, up to a size that no event has."""

    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(view)
    def taking(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return view(request, *args, **kwargs)

    return taking


@webhook
def highlevel_webhook(request: HttpRequest) -> HttpResponse:
    """An event of HighLevel."""
    answer = receive(request.body, request.headers, now=timezone.now())
    wake(answer.wakes)
    return HttpResponse(status=answer.status)


@webhook
def keap_webhook(request: HttpRequest, token: str) -> HttpResponse:
    """A hook of Keap, or its handshake, at the address of one connection."""
    answer = receive_hook(token, request.body, request.headers, now=timezone.now())
    wake(answer.wakes)
    return HttpResponse(status=answer.status, headers=dict(answer.headers))


@webhook
def quickbooks_webhook(request: HttpRequest) -> HttpResponse:
    """What QuickBooks tells of changes, of any of the companies."""
    answer = receive_changes(request.body, request.headers, now=timezone.now())
    wake(answer.wakes)
    return HttpResponse(status=answer.status)
