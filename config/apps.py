"""What happens once, when the application starts? The checks are registered, and the admin gets its site."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class TieoutConfig(AppConfig):
    """The project itself: its checks of the environment."""

    name = "config"
    verbose_name = "Tieout"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers them


class AdminConfig(DjangoAdminConfig):
    """Django's admin, with a door and a look of its own."""

    default_site = "companies.screen.TieoutAdminSite"
