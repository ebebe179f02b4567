"""Django's door to the setup app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SetupConfig(AppConfig):
    """How does a company get from nothing to its first posted invoice?"""

    name = "setup"
    verbose_name = _("Setup")
