"""Django's door to the companies app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Who works for whom, with which rights?"""

    name = "companies"
    verbose_name = _("Companies")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from companies.languages import recall_language

        user_logged_in.connect(recall_language, dispatch_uid="companies.recall_language")
