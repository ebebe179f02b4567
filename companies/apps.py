"""Django's door to the companies app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Who works for whom, with which rights?"""

    name = "companies"
    verbose_name = _("Companies")
