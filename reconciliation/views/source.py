"""What does one source bring, what is done with it, and what waits for a person? Its tabs, each at its own address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.access import Right, company_view, person_of, require
from companies.forms.base import entered_before
from companies.models import Company, CompanyKind, take_turns
from companies.screen import back, rights, show
from companies.signals import announce
from companies.source_names import SourceNames
from mapping.customer_states import found_customers
from mapping.forms.source_settings import SourceSettingsForm
from mapping.models import Product, SourceCustomer, settings_of
from mapping.product_states import states
from mapping.unmatched import reasons_of
from reconciliation.actions import actions_of
from reconciliation.filters import DocumentFilter
from reconciliation.integrations import customer_issues, kind_of_source, unread_lists, waiting_products, waits_of
from reconciliation.paging import Sort, chosen_sort, count_around, keyset_page
from reconciliation.reading import reading_of
from reconciliation.review_requests import waiting_reviews
from reconciliation.source_tables import ProductTable, SourceCustomerTable
from reconciliation.states import TONES
from reconciliation.tables import DocumentTable
from reconciliation.views.documents import STATE_TABS
from reconciliation.views.planned_reading import FirstDayForm, QuietForm
from sync.crm.switches import updates_of
from sync.crm.writing import can_ask_for_reviews, can_be_written
from sync.fetching.connecting import disconnect_live
from sync.fetching.kinds import LIVE_KINDS, is_live
from sync.models import Connection, ConnectionState, Document, DocumentState, sources_of
from sync.staging.sources import change_prefix, connect_again, disconnect_source, rename_source

#: The tabs in their order: the address's name, and what it is called.
_TABS = (
    ("source", gettext_lazy("General")),
    ("source_items", gettext_lazy("Items")),
    ("source_customers", gettext_lazy("Customers")),
    ("source_invoices", gettext_lazy("Invoices")),
    ("source_columns", gettext_lazy("Columns")),
    ("source_contacts", gettext_lazy("Contacts")),
    ("source_reviews", gettext_lazy("Review requests")),
)
WAITING = "waiting"
_BY_NAME = Sort(name="name", field="name", descending=False)
_NEWEST = Sort(name="newest", field="pk", descending=True)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab of a source."""

    screen: str
    address: str
    label: Any
    #: What waits for a person there; nothing at General.
    waits: Any = None


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def source(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab General: its name, its switches, and the settings of the company that it uses."""
    found = found_source(company, system)
    unread = unread_lists(company)
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with transaction.atomic():
            take_turns(company)
            form = _form(company, found, unread, request.POST)
            if form.is_valid():
                _save(request, company, found, form)
                return redirect("reconciliation:source", company.slug, system)
    else:
        form = _form(company, found, unread, entered_before(request))
    may_change = Right.MAP in rights(request, company)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context = {"form": form, "unread": unread, "may_change": may_change, "desktop": company.kind == CompanyKind.DESKTOP}
    if is_live(found):
        today = timezone.localdate(timezone=company.zone)
        context |= {"live": found.live, "reading": reading_of(found), "day_form": FirstDayForm(today=today)}
        context["quiet_form"] = QuietForm(initial={"until": found.live.quiet_until}, today=today)
    if company.kind == CompanyKind.ONLINE and can_be_written(found):
        context |= {"crm": updates_of(found), "crm_name": LIVE_KINDS[found.kind].name}
    return shown_source(request, company, found, "source", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def source_items(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Items: what the source sells, how each is found in QuickBooks, and what a person has to do."""
    found = found_source(company, system)
    if request.method == "POST":
        return _turn(request, company, found, "item_sync", "source_items")
    only_waiting = request.GET.get("show") == WAITING
    every = Product.objects.filter(company=company, system=system)
    rows = waiting_products(company, system) if only_waiting else every
    page = keyset_page(rows, _BY_NAME, request.GET.get("place", ""))
    found_states, reasons = states(company, page.rows), reasons_of(company, page.rows)
    table = ProductTable(page.rows, states=found_states, reasons=reasons, company=company)
    context = {
        "page": page,
        "table": table,
        "sort": _BY_NAME,
        "count": count_around(page, rows),
        "waiting": only_waiting,
        "switch": _switch(request, company, found, "item_sync"),
    }
    return shown_source(request, company, found, "source_items", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def source_customers(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Customers: who buys, who each is in QuickBooks, and what a person has to do."""
    found = found_source(company, system)
    if request.method == "POST":
        return _turn(request, company, found, "customer_sync", "source_customers")
    rows = SourceCustomer.objects.filter(company=company, system=system)
    issues = customer_issues(company, system)
    only_waiting = request.GET.get("show") == WAITING
    if only_waiting:
        rows = rows.filter(source_key__in=list(issues))
    page = keyset_page(rows.select_related("quickbooks_customer"), _NEWEST, request.GET.get("place", ""))
    in_books = found_customers(company, system, page.rows)
    table = SourceCustomerTable(page.rows, issues=issues, found=in_books, company=company)
    context = {
        "page": page,
        "table": table,
        "sort": _NEWEST,
        "count": count_around(page, rows),
        "waiting": only_waiting,
        "switch": _switch(request, company, found, "customer_sync"),
    }
    return shown_source(request, company, found, "source_customers", context)


@require_safe
@company_view(Right.VIEW)
def source_invoices(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Invoices: every document of the source, created and not created, and what a person has to do."""
    found = found_source(company, system)
    filtered = DocumentFilter(request.GET, company=company, source=system)
    sort = chosen_sort(request.GET.get("sort", ""), DocumentTable.sorts, default=DocumentTable.default_sort)
    page = keyset_page(filtered.qs, sort, request.GET.get("place", ""))
    hidden = () if Right.RESOLVE in rights(request, company) else ("chosen",)
    table = DocumentTable(page.rows, actions=actions_of(company, page.rows), company=company, sort=sort, exclude=hidden)
    asked = request.GET.copy()
    asked["source"] = system
    context = {
        "filter": filtered,
        "page": page,
        "sort": sort,
        "table": table,
        "count": count_around(page, filtered.qs),
        "states": STATE_TABS,
        "by_date": sort.name == "date",
        "asked": asked.urlencode(),
        "settings": settings_of(company, system),
    }
    return shown_source(request, company, found, "source_invoices", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.ADMINISTER)
def source_disconnect(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Ask whether it is meant, then take nothing more from the source and send nothing more of it."""
    found = found_source(company, system)
    name = SourceNames(company).called(system)
    if request.method == "POST":
        if is_live(found):
            disconnect_live(found)
        else:
            disconnect_source(found)
        messages.success(
            request, _("%(name)s is disconnected. What was posted, and its history, stays.") % {"name": name}
        )
        return redirect("reconciliation:source", company.slug, system)
    ready = Document.objects.filter(company=company, order__connection=found, state=DocumentState.READY)
    context = {
        "title": _("Disconnect %(name)s") % {"name": name},
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "source": found,
        "name": name,
        "ready": ready.exclude(kind="customer").count(),
    }
    return show(request, company, "reconciliation/source_disconnect.html", context)


@require_POST
@company_view(Right.ADMINISTER)
def source_connect(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Go on with a source that was disconnected."""
    found = found_source(company, system)
    if is_live(found):
        return redirect("reconciliation:source_login", company.slug, system)
    connect_again(found, by=person_of(request))
    messages.success(request, _("%(name)s is connected again.") % {"name": SourceNames(company).called(system)})
    return redirect("reconciliation:source", company.slug, system)


def found_source(company: Company, system: str) -> Connection:
    """The source of this key; there is no such page where there is none."""
    found = sources_of(company).filter(system=system).select_related("live").first()
    if found is None:
        raise Http404(_("There is no such source."))
    return found


def _form(company: Company, found: Connection, unread: str, data: Any) -> SourceSettingsForm:
    name = SourceNames(company).called(found.system)
    row = settings_of(company, found.system)
    return SourceSettingsForm(data, instance=row, name=name, without_lists=bool(unread))


def _switch(request: HttpRequest, company: Company, found: Connection, name: str) -> dict[str, object]:
    """A switch of the source as its own tab shows it."""
    row = settings_of(company, found.system)
    unread = unread_lists(company)
    field: Any = row._meta.get_field(name)
    return {
        "label": capfirst(str(field.verbose_name)),
        "does": field.help_text,
        "on": getattr(row, name),
        "unread": unread,
        "may_turn": Right.MAP in rights(request, company) and not unread,
    }


def _turn(request: HttpRequest, company: Company, found: Connection, name: str, screen: str) -> HttpResponse:
    """Turn one switch, on the tab of what it is about; what is not sent yet follows."""
    require(request.user, company, Right.MAP)
    by, unread, on = person_of(request), unread_lists(company), request.POST.get("turn") == "on"
    if unread:
        messages.error(request, unread)
        return redirect(f"reconciliation:{screen}", company.slug, found.system)
    with transaction.atomic():
        take_turns(company)
        row = settings_of(company, found.system)
        if getattr(row, name) != on:
            setattr(row, name, on)
            row._history_user = by  # type: ignore[attr-defined]
            row.save()
            announce(company, by=by)
    messages.success(request, _("Saved."))
    return redirect(f"reconciliation:{screen}", company.slug, found.system)


def _save(request: HttpRequest, company: Company, found: Connection, form: SourceSettingsForm) -> None:
    """Keep what was changed, with its author; what is not sent yet follows."""
    by, changed = person_of(request), set(form.changed_data)
    if not changed:
        messages.success(request, _("Nothing was changed."))
        return
    if "name" in changed:
        rename_source(found, form.cleaned_data["name"])
    if changed - {"name"} or form.instance.pk is None:
        form.instance._history_user = by
        form.save()
    if "number_prefix" in changed:
        change_prefix(found, form.cleaned_data["number_prefix"])
    if changed & {"item_sync", "customer_sync", "number_prefix"}:
        announce(company, by=by)
    messages.success(request, _("Saved."))
    if "invoice_creation" in changed and form.cleaned_data["invoice_creation"]:
        _tell_what_goes(request, company, found)


def _tell_what_goes(request: HttpRequest, company: Company, found: Connection) -> None:
    ready = Document.objects.filter(company=company, order__connection=found, state=DocumentState.READY)
    number = ready.exclude(kind="customer").count()
    if not number or not company.live_since:
        return
    if company.kind == CompanyKind.DESKTOP:
        words = ngettext(
            "%(number)d document that waited can go into the next export file.",
            "%(number)d documents that waited can go into the next export file.",
            number,
        )
    elif company.posts_automatically:
        words = ngettext(
            "%(number)d document that waited is sent with the next sync.",
            "%(number)d documents that waited are sent with the next sync.",
            number,
        )
    else:
        words = ngettext(
            "%(number)d document can be posted now with Re-sync.",
            "%(number)d documents can be posted now with Re-sync.",
            number,
        )
    messages.info(request, words % {"number": number})


def shown_source(
    request: HttpRequest, company: Company, found: Connection, screen: str, context: dict[str, object]
) -> HttpResponse:
    """One tab of a source, below its state and the others."""
    waits = waits_of(company, found)
    numbers = {"source_items": waits.items, "source_customers": waits.customers, "source_invoices": waits.invoices}
    has_contacts = company.kind == CompanyKind.ONLINE and can_be_written(found)
    if has_contacts:
        numbers["source_contacts"] = waits.contacts
    asks = company.kind == CompanyKind.ONLINE and can_ask_for_reviews(found)
    if asks:
        numbers["source_reviews"] = waiting_reviews(found)
    left_out = {"source_contacts": not has_contacts, "source_reviews": not asks}
    state = ConnectionState(found.state)
    of_all = {
        "title": SourceNames(company).called(found.system),
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "source": found,
        "kind": kind_of_source(found),
        "state": state,
        "tone": TONES[state],
        "tabs": [
            Tab(
                screen=name,
                address=reverse(f"reconciliation:{name}", args=[company.slug, found.system]),
                label=label,
                waits=numbers.get(name),
            )
            for name, label in _TABS
            if not left_out.get(name)
        ],
        "tab": screen,
    }
    return show(request, company, f"reconciliation/{screen}.html", {**of_all, **context})
