"""Where is this order, document or customer?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.access import Right, company_view
from companies.models import Company
from companies.screen import show
from reconciliation.actions import actions_of
from reconciliation.search import find
from reconciliation.tables import DocumentTable, OrderTable
from reconciliation.views.orders import documents_of


@require_safe
@company_view(Right.VIEW)
def search(request: HttpRequest, company: Company) -> HttpResponse:
    """What was found in this company; a single hit is opened at once."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = find(company, words)
    if found.only_order is not None:
        return redirect("reconciliation:order", company.slug, found.only_order)
    orders = OrderTable(found.orders, documents=documents_of(found.orders), company=company)
    documents = DocumentTable(
        found.documents, actions=actions_of(company, found.documents), company=company, exclude=("chosen",)
    )
    context = {
        "title": _("Search"),
        "searched": words,
        "found": found,
        "orders": orders,
        "documents": documents,
    }
    return show(request, company, "reconciliation/search.html", context)
