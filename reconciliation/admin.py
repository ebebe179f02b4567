"""Which rows of lower rooms are decided on a screen of this room? The admin keeps their history and leads there."""

from __future__ import annotations

from django.contrib import admin

from mapping.admin.decisions import PageAdmin
from mapping.models import StatusWord
from sync.models import CrmUpdates


@admin.register(StatusWord)
class StatusWordAdmin(PageAdmin):
    """What each status of the sources means."""

    page = "reconciliation:order_statuses"


@admin.register(CrmUpdates)
class CrmUpdatesAdmin(PageAdmin):
    """What goes back to the CRM of each source; the switches are on the page of the source."""

    is_restorable = False
    page = "reconciliation:integrations"
