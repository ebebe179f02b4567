"""Product mappings out to a sheet and in again: a preview of every change, an error for every row, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from mapping.access import Right, company_view
from mapping.models import Company
from mapping.resources import COLUMNS, ProductMappings, RowReport, check_columns
from mapping.signals import announce
from mapping.spreadsheets import Sheet, SheetRow, UnreadableSheet, read_sheet

#: A preview that lies around for longer has to be made again: the lists may have changed.
KEPT_SECONDS = 4 * 3600
_SALT = "mapping.products.import"
# Django refuses a form of more than 2.5 MB
_LARGEST_TOKEN = 2_000_000
_SHOWN = 500
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
            "CSV (UTF-8) or XLSX, with the columns of the export. Nothing is saved before you have seen every change."
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a sheet would do, sorted by what a person looks for."""

    reports: Sequence[RowReport]

    @property
    def faulty(self) -> list[RowReport]:
        return [one for one in self.reports if one.errors]

    @property
    def changing(self) -> list[RowReport]:
        return [one for one in self.reports if one.changes and not one.errors]

    @property
    def remarked(self) -> list[RowReport]:
        return [one for one in self.reports if (one.corrections or one.warnings) and not one.errors]

    @property
    def unchanged(self) -> int:
        return sum(not one.changes and not one.errors for one in self.reports)

    def shown(self, rows: list[RowReport]) -> tuple[list[RowReport], int]:
        """As many rows as a page can hold, and how many more there are."""
        return rows[:_SHOWN], max(0, len(rows) - _SHOWN)


@company_view(Right.VIEW)
def export_products(request: HttpRequest, company: Company) -> HttpResponse:
    """Send every product with its mapping: `format` is csv or xlsx; without one, the person is asked."""
    kind = request.GET.get("format", "")
    if not kind:
        context = {"title": _("Export product mappings"), "above": _back(), "columns": COLUMNS, "company": company}
        return render(request, "mapping/products_export.html", context)
    if kind not in FORMATS:
        raise Http404(_("There is no such format."))
    body = ProductMappings(company).sheet().export(kind)
    # Excel takes a CSV for UTF-8 only when it begins with this mark
    content = body if isinstance(body, bytes) else f"\ufeff{body}".encode()
    name = f"{company.slug}-products-{timezone.localdate(timezone=company.zone):%Y-%m-%d}.{kind}"
    return HttpResponse(content, FORMATS[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@company_view(Right.MAP)
def import_products(request: HttpRequest, company: Company) -> HttpResponse:
    """Take a sheet, show what it would do, and do it when the person says so."""
    if request.method == "POST" and "confirmed" in request.POST:
        return _confirm(request, company)
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    context: dict[str, Any] = {"title": _("Import product mappings"), "above": _back(), "company": company}
    if request.method == "POST" and form.is_valid():
        file = cast("UploadedFile[Any]", form.cleaned_data["sheet"])
        try:
            sheet = read_sheet(file.read(), columns=COLUMNS)
            check_columns(sheet)
            preview = Preview(reports=ProductMappings(company).report(sheet))
            token = _token(request, company, sheet)
        except UnreadableSheet as error:
            form.add_error("sheet", str(error))
        else:
            return render(request, "mapping/products_import.html", context | _shown(preview, token, file.name or ""))
    return render(request, "mapping/products_import.html", context | {"form": form, "columns": COLUMNS})


def _confirm(request: HttpRequest, company: Company) -> HttpResponse:
    token, name = request.POST.get("confirmed", ""), request.POST.get("name", "")
    try:
        sheet = _sheet(request, company, token)
    except signing.BadSignature:
        messages.error(request, _("The preview is out of date. Send the sheet again."))
        return HttpResponseRedirect(request.path)
    by = cast(User, request.user)
    with transaction.atomic():
        preview = Preview(reports=ProductMappings(company, by=by).save(sheet))
        if not preview.faulty and preview.changing:
            announce(company, by=by)
    if preview.faulty:  # the lists, or the products, are not what they were when the preview was made
        messages.error(request, _("Nothing was saved: what QuickBooks has changed since the preview was made."))
        context = {"title": _("Import product mappings"), "above": _back(), "company": company}
        return render(request, "mapping/products_import.html", context | _shown(preview, token, name))
    number = len(preview.changing)
    sentence = ngettext(
        "The mapping of %(number)d product was saved.", "The mappings of %(number)d products were saved.", number
    )
    messages.success(request, sentence % {"number": number})
    return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))


def _shown(preview: Preview, token: str, name: str) -> dict[str, Any]:
    return {
        "preview": preview,
        "faulty": preview.shown(preview.faulty),
        "changing": preview.shown(preview.changing),
        "remarked": preview.shown(preview.remarked),
        "token": token,
        "file_name": name,
    }


def _token(request: HttpRequest, company: Company, sheet: Sheet) -> str:
    """The sheet itself, signed: the confirmation needs no file kept anywhere, and fits only this person and company."""
    rows = [[row.number, row.too_long, *(row.cells.get(column, "") for column in sheet.columns)] for row in sheet.rows]
    token = signing.dumps([_owner(request, company), list(sheet.columns), rows], salt=_SALT, compress=True)
    if len(token) > _LARGEST_TOKEN:
        raise UnreadableSheet(_("The sheet is too large to be previewed at once. Split it into several."))
    return token


def _sheet(request: HttpRequest, company: Company, token: str) -> Sheet:
    owner, columns, rows = signing.loads(token, salt=_SALT, max_age=KEPT_SECONDS)
    if owner != _owner(request, company):
        raise signing.BadSignature
    found = (
        SheetRow(number=number, too_long=too_long, cells=dict(zip(columns, cells, strict=True)))
        for number, too_long, *cells in rows
    )
    return Sheet(columns=tuple(columns), rows=tuple(found))


def _owner(request: HttpRequest, company: Company) -> list[Any]:
    return [request.user.pk, company.pk]


def _back() -> dict[str, str]:
    return {"title": _("Products"), "link": reverse("admin:mapping_product_changelist")}
