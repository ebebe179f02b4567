"""Which address leads to which screen of sync?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sync import views, webhook_views

app_name = "sync"

of_company = [
    path("quickbooks/", views.quickbooks, name="quickbooks"),
    path("quickbooks/connect/", views.quickbooks_connect, name="quickbooks_connect"),
    path("quickbooks/disconnect/", views.quickbooks_disconnect, name="quickbooks_disconnect"),
    path("quickbooks/refresh/", views.quickbooks_refresh, name="quickbooks_refresh"),
    path(
        "quickbooks/confirm-missing/<int:doubted>/", views.quickbooks_confirm_missing, name="quickbooks_confirm_missing"
    ),
    path("quickbooks/own-rule/", views.quickbooks_own_rule, name="quickbooks_own_rule"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("status/", views.status, name="status"),
    # Registered with Intuit, so it is one address for every company
    path("quickbooks/callback/", views.quickbooks_callback, name="quickbooks_callback"),
    path("webhooks/quickbooks/", webhook_views.quickbooks_webhook, name="quickbooks_webhook"),
    # Registered with HighLevel, so it is one address for every company
    path("webhooks/highlevel/", webhook_views.highlevel_webhook, name="highlevel_webhook"),
    # Each connection has one that cannot be guessed
    path("webhooks/keap/<str:token>/", webhook_views.keap_webhook, name="keap_webhook"),
    path("<slug:company>/", include(of_company)),
]
