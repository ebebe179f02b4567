"""Which address leads to which screen of reconciliation?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from reconciliation.views import (
    batches,
    desktop,
    documents,
    home,
    iif,
    import_orders,
    issues,
    new_items,
    order_statuses,
    orders,
    records,
    resync,
    search,
    sync_history,
    what_if,
)
from setup.views import activation, help, setup

app_name = "reconciliation"

of_company = [
    path("", home.home, name="home"),
    path("documents/", documents.documents, name="documents"),
    path("documents/export/", documents.export, name="documents_export"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/restore/", records.restore_document, name="document_restore"),
    path("documents/<int:pk>/again/", records.post_document_again, name="document_again"),
    path("orders/", orders.orders, name="orders"),
    path("orders/statuses/", order_statuses.order_statuses, name="order_statuses"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:pk>/", issues.issue, name="issue"),
    path("issues/<int:pk>/fix/<slug:name>/", issues.fix, name="fix"),
    path("items/new/", new_items.new_items, name="new_items"),
    path("resync/", resync.resync, name="resync"),
    path("runs/", sync_history.runs, name="runs"),
    path("runs/<int:pk>/", sync_history.run, name="run"),
    path("runs/<int:pk>/advance/", sync_history.advance_run, name="run_advance"),
    path("desktop/", desktop.desktop, name="desktop"),
    path("desktop/export/", desktop.export, name="desktop_export"),
    path("desktop/lists/", iif.lists, name="desktop_lists"),
    path("desktop/check/", iif.checker, name="iif_checker"),
    path("desktop/files/<int:number>/", batches.batch, name="batch"),
    path("desktop/files/<int:number>/file/", batches.file, name="batch_file"),
    path("desktop/files/<int:number>/acknowledge/", batches.acknowledge_batch, name="batch_acknowledge"),
    path("desktop/files/<int:number>/report/", batches.report, name="batch_report"),
    path("desktop/files/<int:number>/errors/", batches.errors, name="batch_errors"),
    path("desktop/files/<int:number>/withdraw/", batches.withdraw_batch, name="batch_withdraw"),
    path("desktop/files/<int:number>/repeat/", batches.repeat, name="batch_repeat"),
    path("desktop/files/<int:number>/reverse/", batches.reverse_batch, name="batch_reverse"),
    path("what-would-it-do/<slug:page>/", what_if.what_if, name="what_if"),
    path("what-would-it-do/<slug:page>/<int:pk>/", what_if.what_if, name="what_if_product"),
    path("search/", search.search, name="search"),
    path("activation/", activation.activation, name="activation"),
    path("help/", help.help_start, name="help"),
    path("help/<path:path>", help.help_document, name="help_page"),
    path("setup/", setup.setup, name="setup"),
    path("setup/introduction/", setup.introduction, name="setup_introduction"),
    path("setup/orders/", import_orders.import_orders, name="setup_orders"),
    path("setup/rehearsal/", setup.rehearsal, name="setup_rehearsal"),
    path("setup/rehearsal/make/", setup.rehearsal_make, name="setup_rehearsal_make"),
    path("setup/rehearsal/leave-out/", setup.rehearsal_leave_out, name="setup_rehearsal_leave_out"),
    path("setup/go-live/", setup.live, name="setup_go_live"),
    path("setup/go-on/<slug:step>/", setup.go_on, name="setup_go_on"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="start"),
    path("<slug:company>/", include(of_company)),
]
