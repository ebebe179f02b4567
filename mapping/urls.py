"""Which address leads to which screen of mapping?"""

from __future__ import annotations

from django.urls import path

from companies import views
from mapping.views import (
    copying,
    customer_rules,
    decisions,
    document_events,
    history,
    item_rules,
    picking,
    products_table,
    spreadsheets,
)

app_name = "mapping"
urlpatterns = [
    path("choose-company/", views.choose_company, name="choose_company"),
    path("<slug:company>/line-types/", decisions.line_types, name="line_types"),
    path("<slug:company>/posting-accounts/", decisions.posting_accounts, name="posting_accounts"),
    path("<slug:company>/transaction-types/", decisions.transaction_types, name="transaction_types"),
    path("<slug:company>/customer-rules/", customer_rules.customer_rules, name="customer_rules"),
    path("<slug:company>/item-rules/", item_rules.item_rules, name="item_rules"),
    path("<slug:company>/document-events/", document_events.document_events, name="document_events"),
    path("<slug:company>/products/table/", products_table.products_table, name="products_table"),
    path("<slug:company>/products/import/", spreadsheets.products_import, name="products_import"),
    path("<slug:company>/products/export/", spreadsheets.products_export, name="products_export"),
    path("<slug:company>/copy/", copying.copy, name="copy"),
    path("<slug:company>/pick/<slug:what>/", picking.pick, name="pick"),
    path("<slug:company>/history/", history.history, name="history"),
    path("<slug:company>/history/<slug:kind>/<int:number>/restore/", history.history_restore, name="history_restore"),
]
