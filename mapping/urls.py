"""Which address leads to which screen of mapping?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "mapping"
urlpatterns: list[URLPattern | URLResolver] = []
