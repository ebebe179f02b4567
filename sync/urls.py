"""Which address leads to which screen of sync?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "sync"
urlpatterns: list[URLPattern | URLResolver] = []
