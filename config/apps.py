"""What happens once, when the application starts? The checks of the settings are registered."""

from __future__ import annotations

from django.apps import AppConfig


class TieoutConfig(AppConfig):
    """The project itself: its checks of the environment."""

    name = "config"
    verbose_name = "Tieout"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers them
