"""Which address leads to which room?"""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from config import views

urlpatterns = [
    path("admin/login/", views.admin_login),
    path("admin/", admin.site.urls),
    path("login/", views.LoginPage.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", views.choose_language, name="set_language"),
    path("healthz", views.healthz, name="healthz"),
    path("mapping/", include("mapping.urls")),
    path("sync/", include("sync.urls")),
    path("", include("setup.urls")),
    path("", include("reconciliation.urls")),
]
