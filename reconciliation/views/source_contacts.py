"""What goes back to the CRM of a source? Its switches, the customers that became contacts, and a file of the others."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from books.messages import Message
from companies.access import Right, company_view, person_of
from companies.models import Company, CompanyKind, take_turns
from companies.screen import rights
from companies.source_names import SourceNames
from reconciliation.csv_export import csv_response
from reconciliation.paging import Sort, count_around, keyset_page
from reconciliation.source_tables import CrmContactTable
from reconciliation.views.live_sources import live_source
from reconciliation.views.source import WAITING, shown_source
from sync.crm.contacts import try_again
from sync.crm.export import HEADERS, rows_as_they_come
from sync.crm.switches import turn_contacts, updates_of
from sync.crm.writing import can_be_written
from sync.models import Connection, CrmContact, CrmContactState

_NEWEST = Sort(name="newest", field="pk", descending=True)


class CrmForm(forms.Form):
    """The switches for what goes back to a CRM."""

    adds_contacts = forms.BooleanField(required=False)


@require_safe
@company_view(Right.VIEW)
def source_contacts(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Contacts: QuickBooks customers that became contacts, are about to, or could not."""
    found = _writable(company, system)
    rows = CrmContact.objects.filter(connection=found)
    only_waiting = request.GET.get("show") == WAITING
    if only_waiting:
        rows = rows.filter(state=CrmContactState.ATTENTION)
    page = keyset_page(rows, _NEWEST, request.GET.get("place", ""))
    may_map = Right.MAP in rights(request, company)
    again = reverse("reconciliation:source_contacts_again", args=[company.slug, system]) if may_map else ""
    context = {
        "page": page,
        "table": CrmContactTable(page.rows, company=company, again=again),
        "sort": _NEWEST,
        "count": count_around(page, rows),
        "waiting": only_waiting,
        "updates": updates_of(found),
        "may_map": may_map,
    }
    return shown_source(request, company, found, "source_contacts", context)


@require_POST
@company_view(Right.MAP)
def source_crm(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Turn the switches for what goes back."""
    found = _writable(company, system)
    form = CrmForm(request.POST)
    form.full_clean()
    with transaction.atomic():
        take_turns(company)
        before = updates_of(found).adds_contacts
        updates = turn_contacts(found, on=form.cleaned_data["adds_contacts"], by=person_of(request))
    name = SourceNames(company).called(system)
    if updates.adds_contacts == before:
        messages.success(request, _("Nothing was changed."))
    elif updates.adds_contacts:
        told = _("From now on new QuickBooks customers become contacts in %(name)s. Those that are there now do not.")
        messages.success(request, told % {"name": name})
    else:
        messages.success(request, _("No contact is added to %(name)s any more.") % {"name": name})
    return redirect("reconciliation:source", company.slug, system)


@require_POST
@company_view(Right.MAP)
def source_contacts_again(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Let contacts that need attention be tried once more: one, or all of them."""
    found = _writable(company, system)
    asked = request.POST.get("contact", "")
    number = try_again(found, [int(asked)] if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None)
    words = ngettext(
        "%(number)d contact is tried again with the next sync.",
        "%(number)d contacts are tried again with the next sync.",
        number,
    )
    messages.success(request, words % {"number": number})
    return redirect("reconciliation:source_contacts", company.slug, system)


@require_POST
@company_view(Right.MAP)
def source_contacts_file(request: HttpRequest, company: Company, system: str) -> HttpResponseBase:
    """A file of the QuickBooks customers that are no contacts yet, for the import of the CRM.

    It begins as soon as both lists answer: reading twenty thousand of each to the end takes longer than a page may.
    """
    found = _writable(company, system)
    rows = rows_as_they_come(found)
    if isinstance(rows, Message):
        messages.error(request, rows.worded(_))
        return redirect("reconciliation:source_contacts", company.slug, system)
    return csv_response(f"quickbooks-customers-for-{found.system}", HEADERS[found.kind], rows)


def _writable(company: Company, system: str) -> Connection:
    found = live_source(company, system)
    if company.kind != CompanyKind.ONLINE or not can_be_written(found):
        raise Http404(_("There is no such source."))
    return found
