"""Decisions out to a spreadsheet and in again: a preview of every change, an error for every row, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminFileFieldWidget

from books.outside.nesting import json_of
from books.outside.spoiled import Spoiled
from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from mapping.sheets.export import csv_of, workbook
from mapping.sheets.kinds import COLUMNS, KINDS, PRODUCTS
from mapping.sheets.save import save, seen_of
from mapping.sheets.swapped import refuse_swapped
from mapping.sheets.validate import Part, RowReport, judge, parts_of
from mapping.sheets.workbook import Sheet, SheetRow, UnreadableSheet, read_book

#: A preview that lies around for longer has to be made again: the lists may have changed.
KEPT_SECONDS = 4 * 3600
_SALT = "mapping.sheets.import"
_TITLE = gettext_lazy("Import the mapping")
# Django refuses a form of more than 2.5 MB
_LARGEST_TOKEN = 2_000_000
_SHOWN = 500
_LONGEST_ANSWER = 10_000
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class SheetForm(forms.Form):
    """The file to import."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy(
            "XLSX or CSV (UTF-8), with the columns of the export. Nothing is saved before you have seen every change."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class SheetPreview:
    """What a sheet would do, sorted by what a person looks for."""

    reports: Sequence[RowReport]
    #: Names of sheets that hold no decisions.
    aside: Sequence[str] = ()
    #: What the sheets hide, each with the sheet's name where there are several.
    notes: Sequence[tuple[str, str]] = ()

    @property
    def faulty(self) -> list[RowReport]:
        return [report for report in self.reports if report.errors]

    @property
    def changing(self) -> list[RowReport]:
        return [report for report in self.reports if report.changes and not report.errors]

    @property
    def remarked(self) -> list[RowReport]:
        return [report for report in self.reports if (report.corrections or report.warnings) and not report.errors]

    @property
    def unchanged(self) -> int:
        return sum(not report.changes and not report.errors for report in self.reports)

    @property
    def taken(self) -> bool:
        """Whether names that were perhaps meant can be taken: the sheet on the screen then differs from the file."""
        return any(error.suggestions for row in self.faulty for error in row.errors)

    def shown(self, rows: list[RowReport]) -> tuple[list[RowReport], int]:
        """As many rows as a page can hold, and how many more there are."""
        return rows[:_SHOWN], max(0, len(rows) - _SHOWN)


@require_safe
@part_of(SetupStep.PRODUCTS)
@company_view(Right.VIEW)
def products_export(request: HttpRequest, company: Company) -> HttpResponse:
    """Send every decision as a workbook (`format=xlsx`), or those of one kind as CSV (`format=csv&sheet=line-types`).

    Without a format the person is asked.
    """
    form = request.GET.get("format", "")
    kind = next((candidate for candidate in KINDS if candidate.key == request.GET.get("sheet", PRODUCTS.key)), None)
    if not form:
        context = {"title": _("Export the mapping"), "above": _back(), "kinds": KINDS, "company": company}
        return render(request, "mapping/products_export.html", context)
    if form not in FORMATS or kind is None:
        raise Http404(_("There is no such format."))
    content = workbook(company) if form == "xlsx" else csv_of(company, kind)
    what = "mapping" if form == "xlsx" else kind.key
    name = f"{company.slug}-{what}-{timezone.localdate(timezone=company.zone):%Y-%m-%d}.{form}"
    return HttpResponse(content, FORMATS[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@part_of(SetupStep.PRODUCTS)
@company_view(Right.MAP)
def products_import(request: HttpRequest, company: Company) -> HttpResponse:
    """Take a sheet, show what it would do, and do it when the person says so."""
    if request.method == "POST" and "accept" in request.POST:
        return _accept(request, company)
    if request.method == "POST" and "confirmed" in request.POST:
        return _confirm(request, company)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    context: dict[str, Any] = {"title": _TITLE, "above": _back(), "company": company}
    if request.method == "POST" and form.is_valid():
        file = cast("UploadedFile[Any]", form.cleaned_data["sheet"])
        try:
            parts, aside = parts_of(read_book(file.read(), columns=COLUMNS))
            refuse_swapped(company, parts)
            preview = _preview(company, parts, aside)
            token = _token(request, company, [part.sheet for part in parts])
        except UnreadableSheet as error:
            form.add_error("sheet", str(error))
        else:
            return render(request, "mapping/products_import.html", context | _shown(preview, token, file.name or ""))
    return render(request, "mapping/products_import.html", context | {"form": form, "kinds": KINDS})


def _preview(company: Company, parts: Sequence[Part], aside: Sequence[str]) -> SheetPreview:
    notes = [(part.sheet.title, note) for part in parts for note in part.sheet.notes]
    return SheetPreview(reports=judge(company, parts), aside=aside, notes=notes)


def _confirm(request: HttpRequest, company: Company) -> HttpResponse:
    token, name = request.POST.get("confirmed", ""), request.POST.get("name", "")
    try:
        parts, _aside = parts_of(_sheets(request, company, token))
    except (signing.BadSignature, UnreadableSheet):
        messages.error(request, _("The preview is out of date. Send the sheet again."))
        return HttpResponseRedirect(request.path)
    seen = request.POST.get("seen", "")
    preview = SheetPreview(reports=save(company, parts, by=person_of(request), seen=seen))
    if preview.faulty or (
        seen and seen != seen_of(preview.reports)
    ):  # the lists, or the decisions, are not what they were when the preview was made
        messages.error(request, _("Nothing was saved: something has changed since the preview was made."))
        context = {"title": _TITLE, "above": _back(), "company": company}
        return render(request, "mapping/products_import.html", context | _shown(preview, token, name))
    messages.success(request, _said(preview, parts))
    return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))


def _accept(request: HttpRequest, company: Company) -> HttpResponse:
    """Put the name that was perhaps meant into its cell, and show the preview of that."""
    name = request.POST.get("name", "")
    try:
        title, number, column, text = json_of(request.POST["accept"], longest=_LONGEST_ANSWER, deepest=1)
        sheets = [
            _with(sheet, title, number, column, text)
            for sheet in _sheets(request, company, request.POST.get("seen", ""))
        ]
        parts, aside = parts_of(sheets)
        token = _token(request, company, sheets)
    except (signing.BadSignature, UnreadableSheet, ValueError, TypeError):
        messages.error(request, _("The preview is out of date. Send the sheet again."))
        return HttpResponseRedirect(request.path)
    preview = _preview(company, parts, aside)
    context = {"title": _TITLE, "above": _back(), "company": company}
    return render(request, "mapping/products_import.html", context | _shown(preview, token, name))


def _with(sheet: Sheet, title: str, number: int, column: str, text: str) -> Sheet:
    """The sheet with one cell changed; the same where it has no such cell."""
    if sheet.title != title or column not in sheet.columns:
        return sheet
    rows = (_taken(row, column, str(text)) if row.number == number else row for row in sheet.rows)
    return replace(sheet, rows=tuple(rows))


def _taken(row: SheetRow, column: str, text: str) -> SheetRow:
    spoiled = {name: how for name, how in row.spoiled.items() if name != column}
    return replace(row, cells=row.cells | {column: text}, spoiled=spoiled)


def _said(preview: SheetPreview, parts: Sequence[Part]) -> str:
    number = len(preview.changing)
    if [part.kind for part in parts] == [PRODUCTS]:
        sentence = ngettext(
            "The mapping of %(number)d product was saved.", "The mappings of %(number)d products were saved.", number
        )
    else:
        sentence = ngettext("%(number)d row was saved.", "%(number)d rows were saved.", number)
    return sentence % {"number": number}


def _shown(preview: SheetPreview, token: str, name: str) -> dict[str, object]:
    return {
        "preview": preview,
        "faulty": preview.shown(preview.faulty),
        "changing": preview.shown(preview.changing),
        "remarked": preview.shown(preview.remarked),
        "token": token,
        "seen": seen_of(preview.reports),
        "file_name": name,
    }


def _token(request: HttpRequest, company: Company, sheets: Sequence[Sheet]) -> str:
    """The sheets themselves, signed: the confirmation needs no file kept anywhere, and fits only this person."""
    plain = [
        [sheet.title, list(sheet.columns), list(sheet.notes), [_plain_row(row, sheet.columns) for row in sheet.rows]]
        for sheet in sheets
    ]
    token = signing.dumps([_owner(request, company), plain], salt=_SALT, compress=True)
    if len(token) > _LARGEST_TOKEN:
        raise UnreadableSheet(_("The sheet is too large to be previewed at once. Split it into several."))
    return token


def _plain_row(row: SheetRow, columns: Sequence[str]) -> list[object]:
    spoiled = {column: how.name for column, how in row.spoiled.items()}
    return [row.number, row.too_long, spoiled, *(row.cells.get(column, "") for column in columns)]


def _sheets(request: HttpRequest, company: Company, token: str) -> tuple[Sheet, ...]:
    owner, sheets = signing.loads(token, salt=_SALT, max_age=KEPT_SECONDS)
    if owner != _owner(request, company):
        raise signing.BadSignature
    return tuple(_sheet(title, columns, notes, rows) for title, columns, notes, rows in sheets)


def _sheet(title: str, columns: Sequence[str], notes: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sheet:
    found = (
        SheetRow(
            number=number,
            too_long=too_long,
            cells=dict(zip(columns, cells, strict=True)),
            spoiled={column: Spoiled[how] for column, how in spoiled.items()},
        )
        for number, too_long, spoiled, *cells in rows
    )
    return Sheet(columns=tuple(columns), rows=tuple(found), title=title, notes=tuple(notes))


def _owner(request: HttpRequest, company: Company) -> list[object]:
    return [request.user.pk, company.pk]


def _back() -> dict[str, str]:
    return {"title": _("Products"), "link": reverse("admin:mapping_product_changelist")}
