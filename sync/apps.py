"""Django's door to the sync app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    """How does it travel?"""

    name = "sync"
    verbose_name = _("Sync")

    def ready(self) -> None:
        """Listen for decisions of the accountant."""
        from sync import receivers

        receivers.connect()
