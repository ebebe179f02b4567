"""How did one order travel, from the source to QuickBooks?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from companies.access import Right, company_view
from companies.models import Company, CompanyKind
from companies.screen import back, show
from reconciliation.desk.record import lines_of
from reconciliation.evidence import differences, pretty
from reconciliation.filters import OrderFilter
from reconciliation.order_page import OrderPage
from reconciliation.paging import Sort, chosen_sort, count_around, keyset_page
from reconciliation.states import PUSH_TONES
from reconciliation.tables import OrderTable
from reconciliation.wording import event_result, event_step, event_words, note_words
from sync.models import AddressUpdate, Document, Push, StagedOrder
from sync.pushing.address_updates import AddressesToCome, addresses_to_come

#: The parts of the page, each at an address of its own, so that the page is as short as what is looked at.
TABS = {
    "": gettext_lazy("Lines and documents"),
    "pushes": gettext_lazy("Sent to QuickBooks"),
    "source": gettext_lazy("Source"),
    "history": gettext_lazy("History"),
}
_NEWEST_FIRST = Sort(name="at", field="pk", descending=True)


@require_safe
@company_view(Right.VIEW)
def orders(request: HttpRequest, company: Company) -> HttpResponse:
    """The list of orders."""
    filtered = OrderFilter(request.GET, company=company)
    sort = chosen_sort(request.GET.get("sort", ""), OrderTable.sorts, default=OrderTable.default_sort)
    page = keyset_page(filtered.qs.select_related("connection"), sort, request.GET.get("place", ""))
    context = {
        "title": _("Orders"),
        "filter": filtered,
        "page": page,
        "sort": sort,
        "table": OrderTable(page.rows, documents=documents_of(page.rows), company=company, sort=sort),
        "count": count_around(page, filtered.qs),
        "by_date": sort.name == "date",
        "anything": bool(page.rows) or filtered.in_use,
    }
    return show(request, company, "reconciliation/orders.html", context)


def documents_of(rows: Sequence[StagedOrder]) -> Mapping[int, Sequence[Document]]:
    """The documents of some orders, in one query."""
    found: dict[int, list[Document]] = defaultdict(list)
    for document in Document.objects.filter(order__in=rows).order_by("pk"):
        found[document.order_id].append(document)
    return found


@require_safe
@company_view(Right.VIEW)
def order(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One order end to end; `?tab=` chooses the part."""
    row = get_object_or_404(StagedOrder.objects.select_related("connection"), company=company, pk=pk)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    context = {
        "title": _("Order %(number)s") % {"number": row.number},
        "above": back(company, "reconciliation:orders", _("Orders")),
        "order": row,
        "source_name": _(row.connection.name),
        "notes": [note_words(note) for note in row.not_posted],
        "tab": tab,
        "tabs": TABS,
        **_PARTS[tab](company, row, request),
    }
    return show(request, company, f"reconciliation/order_{tab or 'documents'}.html", context)


def _documents(company: Company, row: StagedOrder, request: HttpRequest) -> dict[str, object]:
    return {"page": OrderPage(company, row)}


def _pushes(company: Company, row: StagedOrder, request: HttpRequest) -> dict[str, object]:
    pushes = Push.objects.filter(company=company, document__order=row).select_related("document__order", "asked_by")
    shown = [
        {
            "push": push,
            "tone": PUSH_TONES.get(push.state, ""),
            "sent": pretty(push.body),
            "exchanges": [(exchange, pretty(exchange.reply)) for exchange in push.exchanges.all()],
        }
        for push in pushes.prefetch_related("exchanges").order_by("-pk")
    ]
    updates = AddressUpdate.objects.filter(company=company, order=row).select_related("asked_by")
    written = [
        (update, [(exchange, pretty(exchange.body), pretty(exchange.reply)) for exchange in update.exchanges.all()])
        for update in updates.prefetch_related("exchanges").order_by("-pk")
    ]
    coming = addresses_to_come(company, row) if company.kind == CompanyKind.ONLINE else []
    return {"pushes": shown, "address_updates": written, "addresses_to_come": [_coming(told) for told in coming]}


def _coming(told: AddressesToCome) -> dict[str, object]:
    """An address change as it is foretold: whose, and each address with its lines."""
    addresses = [(capfirst(_(part.label)), ", ".join(lines_of(address))) for part, address in told.wanted.items()]
    return {"customer": told.customer, "addresses": addresses}


def _source(company: Company, row: StagedOrder, request: HttpRequest) -> dict[str, object]:
    versions = list(row.versions.select_related("run").order_by("-version"))
    current = next((version for version in versions if version.version == row.version), None)
    counted = [version for version in versions if not version.is_older]
    changes = {newer.pk: differences(older.body, newer.body) for newer, older in pairwise(counted)}
    if current:
        changes |= {older.pk: differences(current.body, older.body) for older in versions if older.is_older}
    shown = [
        {"version": version, "payload": pretty(version.payload), "changes": changes.get(version.pk)}
        for version in versions
    ]
    return {"versions": shown, "customer": current.read().customer if current else None}


def _history(company: Company, row: StagedOrder, request: HttpRequest) -> dict[str, object]:
    page = keyset_page(row.events.select_related("by"), _NEWEST_FIRST, request.GET.get("place", ""), size=200)
    events = [
        {"row": row, "step": event_step(row), "words": event_words(row), **event_result(row)} for row in page.rows
    ]
    return {"events": events, "page": page, "sort": _NEWEST_FIRST}


_PARTS = {"": _documents, "pushes": _pushes, "source": _source, "history": _history}
