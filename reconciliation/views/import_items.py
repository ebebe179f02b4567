"""How do a source's items come in from a file: looked at first, then taken?"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import show
from companies.source_names import SourceNames
from mapping.forms.document_forms import systems_of
from sync.models import CatalogueFile
from sync.sources.base import ReadOptions, UnreadableFile
from sync.sources.files.catalogue import Catalogue, read_catalogue
from sync.sources.files.catalogue_columns import COLUMNS
from sync.staging.catalogue import CataloguePlan, ChangedMeanwhile, plan_catalogue, take_catalogue

#: The source of files, which every company can have.
_FILES = "files"
_SHOWN = 200
#: A preview that lies around for longer has to be made again.
_KEPT = timedelta(hours=4)


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
    """Show what a file of items would change; take it when the person says so."""
    if request.method == "POST" and "take" in request.POST:
        return _take(request, company)
    form = ItemsForm(request.POST or None, request.FILES or None, company=company)
    if request.method == "POST" and form.is_valid():
        file, system = form.cleaned_data["file"], form.cleaned_data["system"]
        try:
            catalogue = read_catalogue(file.file, options=form.options())
        except UnreadableFile as fault:
            form.add_error("file", fault.message.worded(_))
        else:
            kept = _keep(request, company, form)
            return _preview(request, company, kept, plan_catalogue(company, system, catalogue))
    context = {"title": _("Import items"), "form": form, "columns": COLUMNS}
    return show(request, company, "reconciliation/import_items.html", context)


def _keep(request: HttpRequest, company: Company, form: ItemsForm) -> CatalogueFile:
    """Keep the file until it is taken; a person's earlier one gives way."""
    file: Any = form.cleaned_data["file"]
    file.seek(0)
    CatalogueFile.objects.filter(company=company, created_at__lt=timezone.now() - _KEPT).delete()
    CatalogueFile.objects.filter(company=company, by=person_of(request)).delete()
    return CatalogueFile.objects.create(
        company=company,
        by=person_of(request),
        name=file.name[:255],
        system=form.cleaned_data["system"],
        options=asdict(form.options()),
        data=file.read(),
    )


def _preview(request: HttpRequest, company: Company, kept: CatalogueFile, plan: CataloguePlan) -> HttpResponse:
    context = {
        "title": _("Import items"),
        "above": {"title": _("Import items"), "link": reverse("reconciliation:import_items", args=[company.slug])},
        "plan": plan,
        "kept": kept,
        "source": SourceNames(company).called(kept.system),
        "new": plan.new[:_SHOWN],
        "changed": plan.changed[:_SHOWN],
        "errors": plan.errors[:_SHOWN],
    }
    return show(request, company, "reconciliation/import_items_preview.html", context)


def _take(request: HttpRequest, company: Company) -> HttpResponse:
    number = row_number(request.POST.get("take", ""))
    kept = CatalogueFile.objects.filter(company=company, by=person_of(request), pk=number or 0).first()
    if kept is None or kept.created_at < timezone.now() - _KEPT:
        messages.error(request, _("The preview is out of date. Send the file again."))
        return redirect("reconciliation:import_items", company.slug)
    catalogue = _read_again(kept)
    try:
        plan, run = take_catalogue(
            company, kept.system, catalogue, name=kept.name, by=person_of(request), seen=request.POST.get("seen", "")
        )
    except ChangedMeanwhile:
        messages.error(request, _("Nothing was taken: something has changed since the preview was made. Look again."))
        return _preview(request, company, kept, plan_catalogue(company, kept.system, catalogue))
    kept.delete()
    _tell(request, plan)
    return redirect("reconciliation:sync_run", company.slug, run.pk)


def _read_again(kept: CatalogueFile) -> Catalogue:
    return read_catalogue(BytesIO(kept.data), options=ReadOptions(**kept.options))


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
