"""What stands in the menu, for this person, on this page?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext as _


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the menu, in the shape that unfold draws."""
    return [
        {
            "title": _("Settings"),
            "separator": True,
            "items": [{"title": _("All settings"), "icon": "settings", "link": reverse_lazy("admin:index")}],
        },
    ]


def environment_badge(request: HttpRequest) -> list[str] | None:
    """A label beside the name of the person wherever the books on the screen are not live ones."""
    if settings.TIEOUT_QUICKBOOKS_ENVIRONMENT == "rehearsal":
        return [_("Rehearsal"), "warning"]
    return None if settings.PRODUCTION else [_("Development"), "info"]
