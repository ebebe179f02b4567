"""Django's door to the demo app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Which story does `make demo` play?"""

    name = "demo"
    verbose_name = _("Demo")
