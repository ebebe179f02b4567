"""Which records does a person want prepared and pushed again, now?"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from books.documents import NewCustomer
from books.outside.texts import row_number, row_numbers
from companies.access import Right, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import show
from reconciliation.filters import DocumentFilter
from reconciliation.models import Issue
from sync.jobs.begin import begin_resync
from sync.models import Document, StagedOrder
from sync.preparing.prepare import orders_of_cause
from sync.resync import start

#: A Re-sync of more orders than this says first what it will do.
ASKS_FROM = 50


class NothingMeant(ValueError):
    """The form does not say which records; the message says what to do."""


@require_POST
@company_view(Right.RESOLVE)
def resync(request: HttpRequest, company: Company) -> HttpResponse:
    """Begin to re-sync what the form names, and follow it on its page.

    The form says in `scope` what it means: `chosen` documents, all that a filter shows (`shown`), one `order`, or
    all that an `issue` blocks.
    """
    try:
        orders = list(_orders(request, company))
    except NothingMeant as why:
        messages.warning(request, str(why))
        return redirect(_back(request, company))
    if len(orders) > ASKS_FROM and "confirmed" not in request.POST:
        return _ask(request, company, orders)
    run = start(company, orders, by=person_of(request))
    begin_resync(run)
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _ask(request: HttpRequest, company: Company, orders: list[int]) -> HttpResponse:
    """What a large Re-sync will do, for a person to say yes or no."""
    documents = Document.objects.filter(company=company, order__in=orders).exclude(kind=NewCustomer.kind)
    numbers = dict(documents.order_by().values_list("state").annotate(number=Count("pk")))
    numbers["changes"] = documents.exclude(pending="").count()
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "title": _("Re-sync"),
        "orders": len(orders),
        "numbers": numbers,
        "sent": [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"],
        "back": _back(request, company),
        "desktop": company.kind == CompanyKind.DESKTOP,
    }
    return show(request, company, "reconciliation/resync_confirm.html", context)


def _orders(request: HttpRequest, company: Company) -> Iterable[int]:
    """The numbers of the orders that are meant; never one of another company.

    Raises:
        NothingMeant: There are none.
    """
    scope = request.POST.get("scope", "")
    finders = {"chosen": _of_chosen, "shown": _of_filter, "order": _of_order, "issue": _of_issue}
    if scope not in finders:
        raise NothingMeant(_("The form does not say what to re-sync. Open the list again and choose."))
    return finders[scope](request.POST, company)


def _of_chosen(form: QueryDict, company: Company) -> Iterable[int]:
    numbers = row_numbers(form.getlist("document"))
    found = list(_distinct_orders(Document.objects.filter(company=company, pk__in=numbers).values_list("order_id")))
    if not found:
        raise NothingMeant(_("Choose at least one document, then press Re-sync."))
    return found


def _of_filter(form: QueryDict, company: Company) -> Iterable[int]:
    filtered = DocumentFilter(QueryDict(form.get("filter", "")), company=company)
    if not filtered.is_valid():
        raise NothingMeant(_("The filter cannot be read, so nothing was re-synced. Correct it, then try again."))
    found = list(_distinct_orders(filtered.qs.values_list("order_id")))
    if not found:
        raise NothingMeant(_("The filter shows no document, so there is nothing to re-sync."))
    return found


def _of_order(form: QueryDict, company: Company) -> Iterable[int]:
    number = form.get("order", "")
    return [get_object_or_404(StagedOrder, company=company, pk=row_number(number) or 0).pk]


def _of_issue(form: QueryDict, company: Company) -> Iterable[int]:
    number = form.get("issue", "")
    issue = get_object_or_404(Issue, company=company, pk=row_number(number) or 0)
    found = list(orders_of_cause(company, issue.cause).values_list("pk", flat=True))
    if not found:
        raise NothingMeant(_("This issue blocks nothing any more."))
    return found


def _distinct_orders(rows: Iterable[tuple[int]]) -> Iterable[int]:
    return dict.fromkeys(row[0] for row in rows)


def _back(request: HttpRequest, company: Company) -> str:
    """The page that the form came from, if it is one of ours."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if ours and came_from else f"/{company.slug}/documents/"
