"""Which documents are there, and what has to be done about each?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from books.money import rounded
from companies.access import Right, company_view
from companies.models import Company
from companies.screen import rights, show
from reconciliation.actions import actions_of, with_actions
from reconciliation.csv_export import csv_response
from reconciliation.filters import NEEDS_A_FIX, DocumentFilter
from reconciliation.paging import chosen_sort, count_around, keyset_page
from reconciliation.tables import DocumentTable
from sync.models import Document, DocumentState
from sync.models.documents import forms, kinds

#: The states that a person looks for most.
STATE_TABS = (
    (NEEDS_A_FIX, gettext_lazy("Needs attention")),
    *((state.value, state.label) for state in (DocumentState.BLOCKED, DocumentState.REFUSED, DocumentState.READY)),
    (DocumentState.POSTED.value, DocumentState.POSTED.label),
    (DocumentState.IGNORED.value, DocumentState.IGNORED.label),
)


@require_safe
@company_view(Right.VIEW)
def documents(request: HttpRequest, company: Company) -> HttpResponse:
    """The list of documents."""
    filtered = DocumentFilter(request.GET, company=company)
    sort = chosen_sort(request.GET.get("sort", ""), DocumentTable.sorts, default=DocumentTable.default_sort)
    page = keyset_page(filtered.qs, sort, request.GET.get("place", ""))
    hidden = () if Right.RESOLVE in rights(request, company) else ("chosen",)
    table = DocumentTable(page.rows, actions=actions_of(company, page.rows), company=company, sort=sort, exclude=hidden)
    context = {
        "title": _("Documents"),
        "filter": filtered,
        "page": page,
        "sort": sort,
        "table": table,
        "count": count_around(page, filtered.qs, along=sort if request.GET.get("customer") else None),
        "states": STATE_TABS,
        "by_date": sort.name == "date",
        "anything": bool(page.rows) or filtered.in_use or Document.objects.filter(company=company).exists(),
    }
    return show(request, company, "reconciliation/documents.html", context)


@require_safe
@company_view(Right.VIEW)
def document(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Lead to the document on the page of its order."""
    found = get_object_or_404(Document, company=company, pk=pk)
    return redirect(f"{reverse('reconciliation:order', args=[company.slug, found.order_id])}#document-{found.pk}")


@require_safe
@company_view(Right.VIEW)
def documents_export(request: HttpRequest, company: Company) -> HttpResponseBase:
    """The filtered list as a CSV file, every page of it, in the order of the screen."""
    filtered = DocumentFilter(request.GET, company=company)
    sort = chosen_sort(request.GET.get("sort", ""), DocumentTable.sorts, default=DocumentTable.default_sort)
    sign = "-" if sort.descending else ""
    rows = filtered.qs.annotate(order_number=F("order__number")).order_by(f"{sign}{sort.field}", f"{sign}pk")
    return csv_response(f"{company.slug}-documents", _header(), _rows(company, rows))


def _header() -> list[str]:
    return [
        _("Kind"),
        _("Number"),
        _("Date"),
        _("Customer"),
        _("Total"),
        _("Currency"),
        _("State"),
        _("Action"),
        _("QuickBooks id"),
        _("Order"),
        _("Posted"),
        _("Form in QuickBooks"),
    ]


#: What a line of the file shows, and what its action follows from.
_SHOWN = (
    *("company_id", "kind", "form", "state", "number", "dated", "customer_name", "currency", "total"),
    *("pending", "depends_on_id", "quickbooks_id", "posted_at", "order_id"),
)


def _rows(company: Company, documents: QuerySet[Document]) -> Iterator[list[object]]:
    # Looked up once: Django builds the choices of a column again for each value
    kind_words, form_words, state_words = (
        {value: str(words) for value, words in choices} for choices in (kinds(), forms(), DocumentState.choices)
    )
    zone = company.zone
    for row, actions in with_actions(company, documents.only(*_SHOWN)):
        yield [
            kind_words.get(row.kind, row.kind),
            row.number,
            row.dated,
            row.customer_name,
            rounded(row.total, row.currency),
            row.currency,
            state_words.get(row.state, row.state),
            " ".join(map(str, actions)),
            row.quickbooks_id,
            row.order_number,  # type: ignore[attr-defined]  # by the query
            row.posted_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if row.posted_at else "",
            form_words.get(row.form, row.form),
        ]
