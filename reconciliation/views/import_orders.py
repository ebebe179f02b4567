"""How do orders come in from a file that a person has at hand?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import back, show
from sync.jobs.begin import begin_import
from sync.models import Run, RunKind
from sync.readiness import reading_stops
from sync.sources.base import Layout, ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS, layout_of
from sync.staging.import_file import ImportReport, import_file, prepare_imported

#: Rows, or orders of a file without rows: what a person can wait for. A command reads any number.
MOST_ROWS = 50_000
#: A file of more bytes is left to a worker, if there is one: it takes longer than a person looks at a blank page.
LARGE = 1024 * 1024
#: So many notices of a file are said at once.
_TOLD = 5
_UNTOLD = ("", gettext_lazy("As the file says"))


class OrdersForm(forms.Form):
    """A file of orders, what it looks like, and answers to what it can leave open."""

    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("At most 64 MB and 50,000 rows."))
    layout = forms.ChoiceField(
        label=gettext_lazy("File format"),
        required=False,
        choices=lambda: [
            ("", gettext_lazy("Recognize it by the file")),
            *((layout.name, layout.label) for layout in LAYOUTS.values()),
        ],
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates"),
        required=False,
        choices=[
            _UNTOLD,
            ("mdy", gettext_lazy("03/04/2026 is March 4")),
            ("dmy", gettext_lazy("03/04/2026 is April 3")),
            ("ymd", gettext_lazy("2026/03/04 is March 4")),
        ],
    )
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Amounts"),
        required=False,
        choices=[
            _UNTOLD,
            (".", gettext_lazy("1,234.00 (comma for thousands)")),
            (",", gettext_lazy("1,234 = 1.234 (comma for decimals)")),
        ],
    )

    def options(self, company: Company) -> ReadOptions:
        """For the reader of the file."""
        return ReadOptions(
            currency=company.home_currency,
            time_zone=company.time_zone,
            date_order=self.cleaned_data["date_order"] or None,
            decimal_mark=self.cleaned_data["decimal_mark"] or None,
            most=MOST_ROWS,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.PRODUCTS)
@company_view(Right.RESOLVE)
def import_orders(request: HttpRequest, company: Company) -> HttpResponse:
    """Import a file of orders: good ones are staged and prepared, what is wrong is on the page of the run."""
    form = OrdersForm(request.POST or None, request.FILES or None)
    stops = reading_stops(company)
    if stops is None and request.method == "POST" and form.is_valid():
        run = _left_to_a_worker(request, company, form)
        if run is not None:
            return redirect("reconciliation:sync_run", company.slug, run.pk)
        report = _import(request, company, form)
        if report is not None:
            return _told(request, company, report)
    context = {
        "title": _("Import orders"),
        "above": back(company, "reconciliation:orders", _("Orders"))
        if company.live_since
        else back(company, "setup:setup", _("Setup")),
        "form": form,
        "stops": stops.worded(_) if stops else "",
    }
    return show(request, company, "reconciliation/import_orders.html", context)


def _left_to_a_worker(request: HttpRequest, company: Company, form: OrdersForm) -> Run | None:
    """A large file is imported by a worker where one is alive, and its page shows how far it is."""
    file: Any = form.cleaned_data["file"]
    if file.size <= LARGE:
        return None
    layout = _layout(form, file)
    return begin_import(
        company, layout, file.file, name=file.name, options=form.options(company), by=person_of(request)
    )


def _layout(form: OrdersForm, file: Any) -> Layout:
    chosen = form.cleaned_data["layout"]
    return LAYOUTS[chosen] if chosen else layout_of(file.file)


def _import(request: HttpRequest, company: Company, form: OrdersForm) -> ImportReport | None:
    """None where the file cannot be read at all; the form says why."""
    file: Any = form.cleaned_data["file"]
    layout = _layout(form, file)
    try:
        return import_file(
            company, layout, file.file, name=file.name, options=form.options(company), by=person_of(request)
        )
    except UnreadableFile as fault:
        form.add_error("file", str(fault))
        return None


def _told(request: HttpRequest, company: Company, report: ImportReport) -> HttpResponse:
    counts = report.counts
    _tell_numbers(request, report)
    for what, _times in report.notices[:_TOLD]:  # all of them are on the page of the run
        messages.warning(request, what)
    if counts.older:
        words = ngettext(
            "%(number)d order in the file is older than what is known of it, and changed nothing.",
            "%(number)d orders in the file are older than what is known of them, and changed nothing.",
            counts.older,
        )
        messages.warning(request, words % {"number": counts.older})
    _tell_statuses(request, report)
    prepare_imported(company, by=person_of(request))
    if not (counts.errors or counts.left_out or counts.undecided):
        return redirect("reconciliation:orders" if company.live_since else "setup:setup", company.slug)
    run = Run.objects.filter(company=company, kind=RunKind.IMPORT).latest("pk")
    if not counts.errors:
        return redirect("reconciliation:sync_run", company.slug, run.pk)
    wrong = ngettext(
        "%(number)d row could not be read; it is listed below.",
        "%(number)d rows could not be read; they are listed below.",
        counts.rejected,
    )
    messages.warning(request, wrong % {"number": counts.rejected})
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _tell_numbers(request: HttpRequest, report: ImportReport) -> None:
    """Say what the file brought; that nothing is new is said with how many orders it has that are known."""
    counts = report.counts
    if counts.new or not (counts.changed or counts.unchanged):
        words = ngettext("%(number)d new order was imported.", "%(number)d new orders were imported.", counts.new)
        (messages.success if counts.new else messages.info)(request, words % {"number": counts.new})
    if counts.changed:
        words = ngettext("%(number)d order was changed.", "%(number)d orders were changed.", counts.changed)
        messages.success(request, words % {"number": counts.changed})
    if counts.unchanged:
        words = ngettext(
            "%(number)d order of the file is here already, unchanged.",
            "%(number)d orders of the file are here already, unchanged.",
            counts.unchanged,
        )
        messages.info(request, words % {"number": counts.unchanged})


def _tell_statuses(request: HttpRequest, report: ImportReport) -> None:
    """Say which orders are not posted by their status, or wait until someone says what it means."""
    counts = report.counts
    if counts.left_out:
        words = ngettext(
            "%(number)d order is not posted because of its status.",
            "%(number)d orders are not posted because of their status.",
            counts.left_out,
        )
        messages.warning(request, words % {"number": counts.left_out})
    if counts.undecided:
        words = ngettext(
            "%(number)d order has a status that is not known and waits: choose what it means in Issues.",
            "%(number)d orders have a status that is not known and wait: choose what it means in Issues.",
            counts.undecided,
        )
        messages.warning(request, words % {"number": counts.undecided})
