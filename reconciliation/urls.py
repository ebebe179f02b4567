"""Which address leads to which screen of reconciliation?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reconciliation.views import documents, home, issues, orders, records, resync, runs, search

app_name = "reconciliation"

of_company = [
    path("", home.home, name="home"),
    path("documents/", documents.documents, name="documents"),
    path("documents/export/", documents.export, name="documents_export"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/restore/", records.restore_document, name="document_restore"),
    path("documents/<int:pk>/again/", records.post_document_again, name="document_again"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:pk>/", issues.issue, name="issue"),
    path("issues/<int:pk>/fix/<slug:name>/", issues.fix, name="fix"),
    path("resync/", resync.resync, name="resync"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/advance/", runs.advance_run, name="run_advance"),
    path("search/", search.search, name="search"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("<slug:company>/", include(of_company)),
]
