"""Django's door to the mapping app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """What is this called in the books?"""

    name = "mapping"
    verbose_name = _("Mapping")
