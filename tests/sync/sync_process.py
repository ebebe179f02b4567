"""`manage.py sync --json` in a process of its own, for a rehearsal company."""

from __future__ import annotations

import django

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after the set-up
from django.core.management import call_command  # noqa: E402


def main(url: str) -> None:
    """Sync the studio."""
    settings.TIEOUT_REHEARSAL_URL = url
    call_command("sync", "--company", "studio", "--json")
