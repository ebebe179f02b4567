"""How do orders come in from a file that a person has at hand?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import back, show
from companies.source_names import SourceNames
from companies.stored_texts import retold
from reconciliation.column_choice import ChooseField, asked_for_columns
from sync.jobs.begin import begin_import
from sync.models import Connection, ConnectionState, Run, RunKind, sources_of
from sync.readiness import reading_stops
from sync.sources.base import Layout, ReadOptions, UnreadableFile
from sync.sources.files import LAYOUTS, layout_of
from sync.sources.files.file_columns import FILE_COLUMNS
from sync.staging.import_file import ImportReport, import_file, prepare_imported
from sync.staging.sources import WhichSource, source_of_file

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
            *((layout.name, gettext_lazy(layout.label)) for layout in LAYOUTS.values()),
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

    source = forms.ChoiceField(
        label=gettext_lazy("Source"),
        required=False,
        help_text=gettext_lazy("Which source the orders are of: each keeps its orders, products and customers apart."),
    )
    choose_columns = ChooseField()
    field_order = ("file", "source", "layout", "date_order", "decimal_mark", "choose_columns")

    def __init__(self, *args: Any, company: Company, source: str = "", **kwargs: Any) -> None:
        """Ask for the source only where there is more than one to choose from.

        Args:
            args: As for any form.
            company: Whose sources.
            source: The key of the one that a link proposes.
            kwargs: As for any form.
        """
        super().__init__(*args, **kwargs)
        sources = list(sources_of(company).exclude(state=ConnectionState.DISCONNECTED))
        if len(sources) < 2:
            del self.fields["source"]
            return
        several = len({reader.kind for reader in sources}) < len(sources)
        first = _("Choose the source") if several else _("The one that reads such files")
        field = cast(forms.ChoiceField, self.fields["source"])
        field.choices = [("", first), *((reader.system, _(reader.name)) for reader in sources)]
        field.initial = source

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
    proposed = request.GET.get("source", "")
    form = OrdersForm(request.POST or None, request.FILES or None, company=company, source=proposed)
    stops = reading_stops(company)
    if stops is None and request.method == "POST" and form.is_valid():
        answer = _imported(request, company, form)
        if answer is not None:
            return answer
    context = {
        "title": _("Import orders"),
        "above": back(company, "reconciliation:orders", _("Orders"))
        if company.live_since
        else back(company, "setup:setup", _("Setup")),
        "form": form,
        "stops": stops.worded(_) if stops else "",
    }
    return show(request, company, "reconciliation/import_orders.html", context)


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file of orders, with the answers of the person who sent it."""

    file: BinaryIO
    name: str
    #: Bytes.
    size: int
    layout: Layout
    options: ReadOptions
    #: The key of the source; empty for the only one that reads such files.
    source: str


def _imported(request: HttpRequest, company: Company, form: OrdersForm) -> HttpResponse | None:
    """Where the file leads to; None where it cannot be read at all, and the form says why."""
    before = set(sources_of(company).values_list("pk", flat=True))
    try:
        sent = _sent(company, form)
        answer = _asked(request, company, form, sent) or import_sent(request, company, sent)
        for source in sources_of(company).exclude(pk__in=before) if before else ():
            _tell_new(request, company, source)
        return answer
    except WhichSource as fault:
        form.add_error("source" if "source" in form.fields else "file", str(fault))
    except UnreadableFile as fault:
        form.add_error("file", str(fault))
    return None


def _sent(company: Company, form: OrdersForm) -> SentFile:
    file: Any = form.cleaned_data["file"]
    chosen = form.cleaned_data["layout"]
    return SentFile(
        file=file.file,
        name=file.name,
        size=file.size,
        layout=LAYOUTS[chosen] if chosen else layout_of(file.file),
        options=form.options(company),
        source=form.cleaned_data.get("source", ""),
    )


def _asked(request: HttpRequest, company: Company, form: OrdersForm, sent: SentFile) -> HttpResponse | None:
    """The page that asks which column is which, where that is not clear."""
    if sent.layout.name not in FILE_COLUMNS:
        return None
    source = source_of_file(company, sent.layout, chosen=sent.source, by=person_of(request))
    return asked_for_columns(
        request,
        company,
        sent.file,
        name=sent.name,
        system=source.system,
        kind=sent.layout.name,
        options=sent.options,
        wanted=form.cleaned_data["choose_columns"],
    )


def import_sent(request: HttpRequest, company: Company, sent: SentFile) -> HttpResponse:
    """Import a file, or leave a large one to a worker; then the page that it leads to.

    Raises:
        UnreadableFile: It cannot be read at all, or it is not clear of which source it is.
    """
    run = _left_to_a_worker(request, company, sent)
    if run:
        return redirect("reconciliation:sync_run", company.slug, run.pk)
    return _told(request, company, _import(request, company, sent))


def _tell_new(request: HttpRequest, company: Company, source: Connection) -> None:
    """A file may be the first of a further source, whose switches are off."""
    link = reverse("reconciliation:source", args=[company.slug, source.system])
    sentence = _("These orders are of a new source, %(name)s. Nothing of it is sent until its switches are on.")
    words = sentence % {"name": SourceNames(company).called(source.system)}
    messages.warning(request, format_html('{} <a href="{}">{}</a>', words, link, _("Open its switches")))


def _left_to_a_worker(request: HttpRequest, company: Company, sent: SentFile) -> Run | None:
    """A large file is imported by a worker where one is alive, and its page shows how far it is."""
    if sent.size <= LARGE:
        return None
    return begin_import(
        company,
        sent.layout,
        sent.file,
        name=sent.name,
        options=sent.options,
        by=person_of(request),
        source=sent.source,
    )


def _import(request: HttpRequest, company: Company, sent: SentFile) -> ImportReport:
    return import_file(
        company,
        sent.layout,
        sent.file,
        name=sent.name,
        options=sent.options,
        by=person_of(request),
        source=sent.source,
    )


def _told(request: HttpRequest, company: Company, report: ImportReport) -> HttpResponse:
    counts = report.counts
    _tell_numbers(request, report)
    for what, _times in report.notices[:_TOLD]:  # all of them are on the page of the run
        messages.warning(request, retold(what))
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
        "The file has %(number)d error, listed below. Its order was not imported.",
        "The file has %(number)d errors, listed below. Their orders were not imported.",
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
