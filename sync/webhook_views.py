"""Where do sources tell of what has happened? Addresses for programs: a signature is the way in, not a login."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sync.fetching.highlevel.events import receive


@csrf_exempt
@login_not_required
@require_POST
def highlevel_webhook(request: HttpRequest) -> HttpResponse:
    """An event of HighLevel. It is kept and answered at once; reading follows by itself."""
    return HttpResponse(status=receive(request.body, request.headers, now=timezone.now()))
