"""Which rows of mapping are decided on a screen of this room? The admin keeps their history and leads there."""

from __future__ import annotations

from django.contrib import admin

from mapping.admin.decisions import PageAdmin
from mapping.models import StatusWord


@admin.register(StatusWord)
class StatusWordAdmin(PageAdmin):
    """What each status of the sources means."""

    page = "reconciliation:order_statuses"
