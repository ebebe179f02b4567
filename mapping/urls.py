"""Which address leads to which screen of mapping?"""

from __future__ import annotations

from django.urls import path

from companies import views
from mapping.views import copying, decisions, history, picking, products_table, spreadsheets

app_name = "mapping"
urlpatterns = [
    path("company/", views.choose, name="choose_company"),
    path("<slug:company>/line-types/", decisions.line_types, name="line-types"),
    path("<slug:company>/posting-accounts/", decisions.posting_accounts, name="posting-accounts"),
    path("<slug:company>/document-forms/", decisions.document_forms, name="document-forms"),
    path("<slug:company>/products/table/", products_table.products_table, name="products-table"),
    path("<slug:company>/products/import/", spreadsheets.import_products, name="products-import"),
    path("<slug:company>/products/export/", spreadsheets.export_products, name="products-export"),
    path("<slug:company>/copy/", copying.copy_from, name="copy"),
    path("<slug:company>/pick/<slug:what>/", picking.pick, name="pick"),
    path("<slug:company>/history/", history.history, name="history"),
    path("<slug:company>/history/<slug:letter>/<int:number>/restore/", history.restore_entry, name="restore"),
]
