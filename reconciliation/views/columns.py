"""Which column of a file is which? Said once, kept at the source, and read so from then on."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from companies.access import Right, company_view, person_of, require
from companies.models import Company
from companies.screen import rights
from reconciliation.column_choice import choice_of, shown_choice
from reconciliation.views.import_items import look_at_file
from reconciliation.views.import_orders import SentFile, import_sent
from reconciliation.views.source import found_source, shown_source
from sync.models import ColumnPreset, Connection, FileToUnderstand
from sync.sources.base import UnreadableFile
from sync.sources.files import LAYOUTS
from sync.sources.files.file_columns import FILE_COLUMNS, ITEM_FILE
from sync.staging.columns import NameTaken, file_to_understand, opened, presets_of, rename_columns, save_columns


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.RESOLVE)
def choose_columns(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Ask which column of a file that waits is which; keep the answer, and go on with the file."""
    waiting = file_to_understand(company, pk, by=person_of(request))
    if waiting is None:
        messages.error(request, _("The file is not kept any more. Send it again."))
        return redirect("reconciliation:import_items", company.slug)
    form = choice_of(waiting, request.POST) if request.method == "POST" else choice_of(waiting)
    if request.method != "POST" or not form.is_valid():
        return shown_choice(request, company, waiting, form)
    name = form.cleaned_data["name"]
    columns = FILE_COLUMNS[waiting.kind]
    try:
        save_columns(company, waiting.system, columns, name=name, meanings=form.meanings(), by=person_of(request))
    except NameTaken:
        form.add_error("name", _taken(name))
        return shown_choice(request, company, waiting, form)
    messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return _gone_on(request, company, waiting)


def _gone_on(request: HttpRequest, company: Company, waiting: FileToUnderstand) -> HttpResponse:
    """What the file leads to, now that its columns are known."""
    columns = FILE_COLUMNS[waiting.kind]
    file, options = opened(waiting, columns)
    try:
        if columns is ITEM_FILE:
            answer = look_at_file(
                request,
                company,
                file,
                name=waiting.name,
                system=waiting.system,
                options=options,
                size=len(waiting.data),
            )
        else:
            sent = SentFile(
                file=file,
                name=waiting.name,
                size=len(waiting.data),
                layout=LAYOUTS[waiting.kind],
                options=options,
                source=waiting.system,
            )
            answer = import_sent(request, company, sent)
    except UnreadableFile as fault:
        messages.error(request, fault.message.worded(_))
        return shown_choice(request, company, waiting, choice_of(waiting))
    waiting.delete()
    return answer


class PresetNameForm(forms.Form):
    """Another name for saved columns."""

    name = forms.CharField(max_length=100)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def source_columns(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """The tab Columns: how files of the source are read whose columns a person chose; renamed and removed here."""
    found = found_source(company, system)
    if request.method == "POST":
        require(request.user, company, Right.RESOLVE)
        _change(request, company, found)
        return redirect("reconciliation:source_columns", company.slug, system)
    presets = [
        {
            "preset": preset,
            "by": _("saved by %(who)s") % {"who": preset.saved_by.get_username()} if preset.saved_by else "",
            "of": _(FILE_COLUMNS[preset.kind].label) if preset.kind in FILE_COLUMNS else preset.kind,
            "read": [(heading, _(label)) for heading, label in preset.meanings if label],
            "unread": [heading for heading, label in preset.meanings if not label and heading],
        }
        for preset in presets_of(company, system).select_related("saved_by")
    ]
    context: dict[str, object] = {"presets": presets, "may_change": Right.RESOLVE in rights(request, company)}
    return shown_source(request, company, found, "source_columns", context)


def _change(request: HttpRequest, company: Company, found: Connection) -> None:
    """Remove what is saved, or call it otherwise."""
    removes = "remove" in request.POST
    number = row_number(request.POST.get("remove" if removes else "rename", "")) or 0
    preset = get_object_or_404(ColumnPreset, company=company, system=found.system, pk=number)
    if removes:
        preset.delete()
        messages.success(request, _("“%(name)s” was removed. What was read with it stays.") % {"name": preset.name})
        return
    form = PresetNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter a name of at most 100 characters."))
        return
    name = form.cleaned_data["name"]
    try:
        rename_columns(preset, name)
    except NameTaken:
        messages.error(request, _taken(name))
        return
    messages.success(request, _("It is called “%(name)s” now.") % {"name": name})


def _taken(name: str) -> str:
    return _("The columns of other headings are saved as “%(name)s”. Choose another name.") % {"name": name}
