"""Django's door to the reconciliation app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReconciliationConfig(AppConfig):
    """Do the books say what the source says?"""

    name = "reconciliation"
    verbose_name = _("Reconciliation")

    def ready(self) -> None:
        """Listen for documents whose problems changed, and for syncs that have time left."""
        from reconciliation import issues
        from reconciliation.desk import ahead
        from reconciliation.undo import taken_up

        issues.connect()
        ahead.connect()
        taken_up.connect()
