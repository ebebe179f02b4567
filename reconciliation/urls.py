"""Which address leads to which screen of reconciliation?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "reconciliation"
urlpatterns: list[URLPattern | URLResolver] = []
