"""Which address leads to which screen of setup?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from setup.views import activation, help, setup

app_name = "setup"

of_company = [
    path("setup/", setup.setup, name="setup"),
    path("setup/introduction/", setup.introduction, name="introduction"),
    path("setup/rehearsal/", setup.rehearsal, name="rehearsal"),
    path("setup/rehearsal/make/", setup.rehearsal_make, name="rehearsal_make"),
    path("setup/rehearsal/leave-out/", setup.rehearsal_leave_out, name="rehearsal_leave_out"),
    path("setup/go-live/", setup.go_live, name="go_live"),
    path("setup/go-on/<slug:step>/", setup.go_on, name="go_on"),
    path("activation/", activation.activation, name="activation"),
    path("help/", help.help, name="help"),
    path("help/<path:path>", help.help_page, name="help_page"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("<slug:company>/", include(of_company))]
