"""Links of customers out to a spreadsheet and in again: every change is previewed, every refused row has its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from companies.access import Right, company_view, person_of
from companies.models import Company
from companies.screen import back, show
from mapping.models import DecidedOn
from mapping.sheets.workbook import UnreadableSheet, read_sheet
from reconciliation.desk.settle import MatchAnswer, settle
from reconciliation.desk.sheet import COLUMNS, LinkRow, csv_of_links, judged, workbook_of_links

#: A preview that lies around for longer has to be made again.
KEPT_SECONDS = 4 * 3600
_SALT = "reconciliation.customer_links"
# Django refuses a form of more than 2.5 MB
_LARGEST_TOKEN = 2_000_000
_SHOWN = 500
_NAMED = 10
FORMATS = {
    "csv": ("text/csv; charset=utf-8", csv_of_links),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook_of_links),
}


class LinkSheetForm(forms.Form):
    """The file to import."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=gettext_lazy(
            "XLSX or CSV (UTF-8), with the columns of the export. Nothing is saved before you have seen every change."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.RESOLVE)
def match_customers_sheet(request: HttpRequest, company: Company) -> HttpResponse:
    """Send the links as a file (`format`), show what a file would change, and do it when the person says so."""
    wanted = request.GET.get("format", "")
    if request.method != "POST" and wanted in FORMATS:
        return _file(company, wanted, every=request.GET.get("which") == "all")
    if "confirmed" in request.POST:
        return _confirm(request, company)
    form = LinkSheetForm(request.POST, request.FILES) if request.method == "POST" else LinkSheetForm()
    context: dict[str, Any] = {
        "title": _("Customer links in a spreadsheet"),
        "above": back(company, "reconciliation:match_customers", _("Match customers")),
        "form": form,
        "columns": COLUMNS,
    }
    if form.is_bound and form.is_valid():
        file = cast("UploadedFile[Any]", form.cleaned_data["sheet"])
        try:
            rows = judged(company, read_sheet(file.read(), columns=COLUMNS))
            context |= _previewed(request, company, rows)
        except UnreadableSheet as error:
            form.add_error("sheet", str(error))
    return show(request, company, "reconciliation/match_customers_sheet.html", context)


def _file(company: Company, wanted: str, *, every: bool) -> HttpResponse:
    kind, write = FORMATS[wanted]
    name = f"{company.slug}-customer-links-{timezone.localdate(timezone=company.zone):%Y-%m-%d}.{wanted}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(company, every=every), kind, headers=disposition)


def _previewed(request: HttpRequest, company: Company, rows: Sequence[LinkRow]) -> dict[str, Any]:
    changing, faulty = [row for row in rows if row.answer], [row for row in rows if row.error]
    answers = [asdict(row.answer) for row in changing if row.answer]
    token = signing.dumps([request.user.pk, company.pk, answers], salt=_SALT, compress=True)
    if len(token) > _LARGEST_TOKEN:
        raise UnreadableSheet(_("The sheet is too large to be previewed at once. Split it into several."))
    return {
        "previewed": True,
        "changing": changing[:_SHOWN],
        "number": len(changing),
        "faulty": faulty[:_SHOWN],
        "refused": len(faulty),
        "unchanged": len(rows) - len(changing) - len(faulty),
        "token": token,
    }


def _confirm(request: HttpRequest, company: Company) -> HttpResponse:
    """Do what was previewed. What another person decided since is refused row by row."""
    try:
        person, number, plain = signing.loads(request.POST["confirmed"], salt=_SALT, max_age=KEPT_SECONDS)
        if (person, number) != (request.user.pk, company.pk):
            raise signing.BadSignature
    except signing.BadSignature:
        messages.error(request, _("The preview is out of date. Send the sheet again."))
        return HttpResponseRedirect(request.path)
    answers = [MatchAnswer(**answer) for answer in plain]
    settled = settle(company, answers, by=person_of(request), decided_on=DecidedOn.SHEET, why=_("Spreadsheet"))
    linked = len(settled.decisions)
    sentence = ngettext("%(number)d customer was linked.", "%(number)d customers were linked.", linked)
    messages.success(request, f"{sentence % {'number': linked}} {settled.consequences}".strip())
    for words in list(settled.refused.values())[:_NAMED]:
        messages.warning(request, words)
    if len(settled.refused) > _NAMED:
        more = len(settled.refused) - _NAMED
        messages.warning(request, _("And %(number)d more were rejected for such reasons.") % {"number": more})
    return HttpResponseRedirect(request.path)
