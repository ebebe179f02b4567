"""What happens once, when the application starts? The checks are registered, and the admin gets its site."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils import translation


class TieoutConfig(AppConfig):
    """The project itself: its checks of the environment."""

    name = "config"
    verbose_name = "Tieout"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers them

        # What commands say. A page has the language of its person, and a job of a worker words nothing
        if settings.TIEOUT_LANGUAGE != settings.LANGUAGE_CODE:
            translation.activate(settings.TIEOUT_LANGUAGE)


class AdminConfig(DjangoAdminConfig):
    """Django's admin, with a door and a look of its own."""

    default_site = "companies.screen.TieoutAdminSite"
