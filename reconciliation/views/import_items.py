"""How do a source's items come in from a file: looked at first, then taken?"""

from __future__ import annotations

from typing import Any, BinaryIO

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import show
from companies.source_names import SourceNames
from mapping.source_systems import systems_of
from reconciliation.column_choice import ChooseField, asked_for_columns
from sync.jobs.begin import begin_catalogue
from sync.models import CatalogueFile
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import read_catalogue
from sync.sources.files.catalogue_columns import COLUMNS
from sync.sources.files.file_columns import ITEM_FILE
from sync.staging.catalogue import CataloguePlan, ChangedMeanwhile, plan_catalogue, take_catalogue
from sync.staging.catalogue_file import (
    LARGE,
    ask_to_take,
    keep_catalogue,
    read_kept,
    waiting_catalogues,
)
from sync.staging.catalogue_preview import CataloguePreview
from sync.staging.columns import with_saved_columns

#: The source of files, which every company can have.
_FILES = "files"


class ItemsForm(forms.Form):
    """A file of items, the source that sells them, and answers to what it can leave open."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX, at most 64 MB and 100,000 items. Nothing is taken before you have seen it."
        ),
    )
    system = forms.ChoiceField(
        label=gettext_lazy("Source"), help_text=gettext_lazy("Which source sells the items: its orders name them.")
    )
    decimal_mark = forms.ChoiceField(
        label=gettext_lazy("Prices"),
        required=False,
        choices=[
            ("", gettext_lazy("As the file says")),
            (".", gettext_lazy("1,234.00 (comma for thousands)")),
            (",", gettext_lazy("1,234 = 1.234 (comma for decimals)")),
        ],
    )

    choose_columns = ChooseField()

    def __init__(self, *args: Any, company: Company) -> None:
        super().__init__(*args)
        systems = sorted({*systems_of(company), _FILES})
        names = SourceNames(company)
        self.fields["system"].choices = [(system, names.called(system)) for system in systems]  # type: ignore[attr-defined]
        self.fields["system"].initial = _FILES
        self.company = company

    def options(self) -> ReadOptions:
        """For the reader of the file."""
        return ReadOptions(
            currency=self.company.home_currency,
            time_zone=self.company.time_zone,
            decimal_mark=self.cleaned_data["decimal_mark"] or None,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.PRODUCTS)
@company_view(Right.RESOLVE)
def import_items(request: HttpRequest, company: Company) -> HttpResponse:
    """Show what a file of items would change; take it when the person says so. A large one is read meanwhile."""
    if request.method == "POST" and "take" in request.POST:
        return _take(request, company)
    if request.method != "POST" and "file" in request.GET:
        return _kept(request, company)
    form = ItemsForm(request.POST or None, request.FILES or None, company=company)
    if request.method == "POST" and form.is_valid():
        answer = _looked_at(request, company, form)
        if answer is not None:
            return answer
    return _page(request, company, form)


def _page(request: HttpRequest, company: Company, form: ItemsForm, **more: Any) -> HttpResponse:
    """The form, with a line about a large file of the person that is being read or waits to be taken."""
    waiting = waiting_catalogues(company, by=person_of(request)).filter(in_background=True, fault="").defer("data")
    context = {"title": _("Import items"), "form": form, "columns": COLUMNS, "waiting": waiting.first(), **more}
    return show(request, company, "reconciliation/import_items.html", context)


def _looked_at(request: HttpRequest, company: Company, form: ItemsForm) -> HttpResponse | None:
    """What a file would do, or the page on which a large one is being read; None where it cannot be read."""
    file: Any = form.cleaned_data["file"]
    system, options = form.cleaned_data["system"], form.options()
    wanted = form.cleaned_data["choose_columns"]
    facts = {"name": file.name, "system": system, "options": options}
    asked = asked_for_columns(request, company, file.file, **facts, kind=ITEM_FILE.kind, wanted=wanted)
    if asked is not None:
        return asked
    facts["options"] = with_saved_columns(options, company, system, ITEM_FILE)
    try:
        return look_at_file(request, company, file.file, **facts, size=file.size)
    except UnreadableFile as fault:
        form.add_error("file", fault.message.worded(_))
        return None


def look_at_file(
    request: HttpRequest, company: Company, file: BinaryIO, *, name: str, system: str, options: ReadOptions, size: int
) -> HttpResponse:
    """What a file would do, or the page on which a large one is being read.

    Args:
        request: Of the person.
        company: Whose products.
        file: Able to seek.
        name: Of the file.
        system: The source that sells the items.
        options: How it is read, saved columns included.
        size: Bytes.

    Raises:
        UnreadableFile: It cannot be read.
    """
    by = person_of(request)
    if size > LARGE:
        kept = keep_catalogue(company, file, name=name, system=system, options=options, by=by, large=True)
        begin_catalogue(kept)
        return redirect(_address(company, kept))
    catalogue = read_catalogue(file, options=options)
    kept = keep_catalogue(company, file, name=name, system=system, options=options, by=by)
    return _preview(request, company, kept, plan_catalogue(company, kept.system, catalogue))


def _address(company: Company, kept: CatalogueFile) -> str:
    return f"{reverse('reconciliation:import_items', args=[company.slug])}?file={kept.pk}"


def _kept(request: HttpRequest, company: Company) -> HttpResponse:
    """How far the reading of a large file is; then what the file would do, or why it cannot be read."""
    waiting = waiting_catalogues(company, by=person_of(request)).filter(in_background=True).defer("data")
    kept = waiting.filter(pk=row_number(request.GET["file"]) or 0).first()
    if kept is None:
        return _out_of_date(request, company)
    if kept.fault:
        form = ItemsForm(company=company)
        form.initial = {"system": kept.system, "decimal_mark": kept.options["decimal_mark"] or ""}
        return _page(request, company, form, refused=kept)
    if kept.preview is not None:
        return _shown(request, company, kept, CataloguePreview.read(kept.preview))
    begin_catalogue(kept)  # again, where whatever was reading it has died
    context = {"title": _("Import items"), "above": _above(company), "kept": kept} | _of_file(company, kept)
    return show(request, company, "reconciliation/import_items_reading.html", context)


def _preview(request: HttpRequest, company: Company, kept: CatalogueFile, plan: CataloguePlan) -> HttpResponse:
    return _shown(request, company, kept, CataloguePreview.of(plan))


def _shown(request: HttpRequest, company: Company, kept: CatalogueFile, preview: CataloguePreview) -> HttpResponse:
    context = {"title": _("Import items"), "above": _above(company), "plan": preview} | _of_file(company, kept)
    return show(request, company, "reconciliation/import_items_preview.html", context)


def _above(company: Company) -> dict[str, str]:
    return {"title": _("Import items"), "link": reverse("reconciliation:import_items", args=[company.slug])}


def _of_file(company: Company, kept: CatalogueFile) -> dict[str, Any]:
    return {"kept": kept, "source": SourceNames(company).called(kept.system)}


def _out_of_date(request: HttpRequest, company: Company) -> HttpResponse:
    messages.error(request, _("The preview is out of date. Send the file again."))
    return redirect("reconciliation:import_items", company.slug)


def _take(request: HttpRequest, company: Company) -> HttpResponse:
    number = row_number(request.POST.get("take", ""))
    seen = request.POST.get("seen", "")
    kept = waiting_catalogues(company, by=person_of(request)).filter(pk=number or 0).first()
    if kept is None:
        return _out_of_date(request, company)
    if kept.in_background:
        return _take_in_the_background(request, company, kept, seen=seen)
    catalogue = read_kept(kept)
    try:
        plan, run = take_catalogue(company, kept.system, catalogue, name=kept.name, by=person_of(request), seen=seen)
    except ChangedMeanwhile:
        messages.error(request, _("Nothing was taken: something has changed since the preview was made. Look again."))
        return _preview(request, company, kept, plan_catalogue(company, kept.system, catalogue))
    kept.delete()
    _tell(request, plan)
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _take_in_the_background(request: HttpRequest, company: Company, kept: CatalogueFile, *, seen: str) -> HttpResponse:
    run = ask_to_take(kept, seen=seen, by=person_of(request))
    if run is None:
        messages.error(request, _("Nothing was taken: something has changed since the preview was made. Look again."))
        return redirect(_address(company, kept))
    begin_catalogue(run.catalogue_file)
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _tell(request: HttpRequest, plan: CataloguePlan) -> None:
    if plan.new:
        words = ngettext("%(number)d new item was taken.", "%(number)d new items were taken.", len(plan.new))
        messages.success(request, words % {"number": len(plan.new)})
    if plan.changed:
        words = ngettext("%(number)d item was changed.", "%(number)d items were changed.", len(plan.changed))
        messages.success(request, words % {"number": len(plan.changed)})
    if not plan.does_anything:
        messages.info(request, _("Nothing was changed."))
    if plan.rejected:
        words = ngettext(
            "%(number)d row was rejected; it is listed below.",
            "%(number)d rows were rejected; they are listed below.",
            plan.rejected,
        )
        messages.warning(request, words % {"number": plan.rejected})
