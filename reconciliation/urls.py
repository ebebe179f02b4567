"""Which address leads to which screen of reconciliation?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reconciliation.views import (
    desktop,
    desktop_files,
    documents,
    home,
    iif,
    import_orders,
    integrations,
    issues,
    match_customers,
    match_several,
    new_items,
    order_statuses,
    orders,
    records,
    resync,
    search,
    source,
    sync_history,
    tie_outs,
    what_if,
)

app_name = "reconciliation"

of_company = [
    path("", home.home, name="home"),
    path("documents/", documents.documents, name="documents"),
    path("documents/export/", documents.documents_export, name="documents_export"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/restore/", records.document_restore, name="document_restore"),
    path("documents/<int:pk>/again/", records.document_again, name="document_again"),
    path("orders/", orders.orders, name="orders"),
    path("orders/statuses/", order_statuses.order_statuses, name="order_statuses"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("import-orders/", import_orders.import_orders, name="import_orders"),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/connect/", integrations.connect, name="integrations_connect"),
    path("integrations/<slug:system>/", source.source, name="source"),
    path("integrations/<slug:system>/items/", source.source_items, name="source_items"),
    path("integrations/<slug:system>/customers/", source.source_customers, name="source_customers"),
    path("integrations/<slug:system>/invoices/", source.source_invoices, name="source_invoices"),
    path("integrations/<slug:system>/disconnect/", source.source_disconnect, name="source_disconnect"),
    path("integrations/<slug:system>/connect/", source.source_connect, name="source_connect"),
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:pk>/", issues.issue, name="issue"),
    path("issues/<int:pk>/fix/<slug:name>/", issues.issue_fix, name="issue_fix"),
    path("match-customers/", match_customers.match_customers, name="match_customers"),
    path("match-customers/several/", match_several.match_several, name="match_several"),
    path("match-customers/decisions/<int:pk>/", match_customers.customer_decisions, name="customer_decisions"),
    path("new-items/", new_items.new_items, name="new_items"),
    path("resync/", resync.resync, name="resync"),
    path("sync-history/", sync_history.sync_history, name="sync_history"),
    path("sync-history/<int:pk>/", sync_history.sync_run, name="sync_run"),
    path("sync-history/<int:pk>/advance/", sync_history.sync_run_advance, name="sync_run_advance"),
    path("sync-history/<int:pk>/stop/", sync_history.sync_run_stop, name="sync_run_stop"),
    path("desktop/", desktop.desktop, name="desktop"),
    path("desktop/export/", desktop.desktop_export, name="desktop_export"),
    path("desktop/lists/", iif.desktop_lists, name="desktop_lists"),
    path("desktop/check/", iif.desktop_check, name="desktop_check"),
    path("desktop/files/<int:number>/", desktop_files.desktop_file, name="desktop_file"),
    path("desktop/files/<int:number>/download/", desktop_files.desktop_file_download, name="desktop_file_download"),
    path(
        "desktop/files/<int:number>/acknowledge/",
        desktop_files.desktop_file_acknowledge,
        name="desktop_file_acknowledge",
    ),
    path("desktop/files/<int:number>/report/", desktop_files.desktop_file_report, name="desktop_file_report"),
    path("desktop/files/<int:number>/errors/", desktop_files.desktop_file_errors, name="desktop_file_errors"),
    path("desktop/files/<int:number>/withdraw/", desktop_files.desktop_file_withdraw, name="desktop_file_withdraw"),
    path("desktop/files/<int:number>/repeat/", desktop_files.desktop_file_repeat, name="desktop_file_repeat"),
    path("desktop/files/<int:number>/reverse/", desktop_files.desktop_file_reverse, name="desktop_file_reverse"),
    path("what-if/<slug:page>/", what_if.what_if, name="what_if"),
    path("what-if/product/<int:pk>/", what_if.what_if_product, name="what_if_product"),
    path("tie-out/", tie_outs.tie_outs, name="tie_outs"),
    path("tie-out/<int:pk>/", tie_outs.tie_out, name="tie_out"),
    path("search/", search.search, name="search"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("<slug:company>/", include(of_company)),
]
