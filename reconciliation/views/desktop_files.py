"""What is in one file for QuickBooks Desktop, and what became of it?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from books.documents import KINDS
from books.messages import Message
from books.outside.texts import row_numbers
from books.translation import worded
from companies.access import Right, company_view, person_of
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import back, show
from companies.stored_texts import retold
from reconciliation.desktop_undo import shown_reversal
from reconciliation.paging import Sort, keyset_page
from reconciliation.states import EXPORTED_TONES
from reconciliation.views.desktop import desktop_only
from sync.models import BatchKind, BatchState, ExportBatch, ExportedState
from sync.quickbooks_desktop.batches.acknowledge import (
    acknowledge,
    arrived_without,
    not_in_quickbooks,
    note_download,
    withdraw,
)
from sync.quickbooks_desktop.batches.create_batch import Made, make_batch
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.reports import ReportMatch, take_errors, take_report
from sync.quickbooks_desktop.batches.reversal_plan import to_reverse

IN_ORDER = Sort(name="number", field="pk")
_SHOWN = 100


@require_safe
@part_of(SetupStep.REHEARSAL)
@company_view(Right.VIEW)
def desktop_file(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """One file: its totals per account, its documents, and what a person can do about it."""
    desktop_only(company)
    row = _batch(company, number)
    exported = row.exported.select_related("document", "document__order")
    state = request.GET.get("state", "")
    rows = exported.filter(state=state) if state in ExportedState.values else exported
    page = keyset_page(rows, IN_ORDER, request.GET.get("place", ""))
    can = _can(row)
    context = {
        "title": str(row),
        "above": back(company, "reconciliation:desktop", _("Export files")),
        "batch": row,
        "kinds": [
            (_(KINDS.get(kind, kind)), counted["count"], Decimal(counted["total"]))
            for kind, counted in row.kinds.items()
        ],
        "accounts": [(path, Decimal(debit), Decimal(credit)) for path, (debit, credit) in row.accounts.items()],
        "debits": sum((Decimal(debit) for debit, _credit in row.accounts.values()), Decimal(0)),
        "credits": sum((Decimal(credit) for _debit, credit in row.accounts.values()), Decimal(0)),
        "changed": row.changed[:_SHOWN],
        "page": page,
        "sort": IN_ORDER,
        "state": state,
        "states": _states(row),
        "tones": EXPORTED_TONES,
        "reversals": row.reversals.exclude(state=BatchState.WITHDRAWN).order_by("number"),
        "word": worded(row.closed_with, {}, translate=_) if row.closed_with else "",
        "can": can,
        "undoing": shown_reversal(row) if can["reverse"] else None,
        "known_missing": not_in_quickbooks(row) if row.is_open else 0,
    }
    return show(request, company, "reconciliation/desktop_file.html", context)


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_download(request: HttpRequest, company: Company, number: int) -> HttpResponseBase:
    """Hand out the file: the same bytes each time, and each time it is noted."""
    row = _batch(company, number)
    note_download(row, by=person_of(request))
    answer = StreamingHttpResponse(row.content(), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{row.file_name}"'
    answer["Content-Length"] = str(row.size)
    return answer


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_acknowledge(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """Take the user's word that all of it was imported."""
    row = _batch(company, number)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Look in QuickBooks first, and say that everything is there."))
        return redirect("reconciliation:desktop_file", company.slug, number)
    cannot = acknowledge(row, by=person_of(request))
    if cannot is None and (left := not_in_quickbooks(row)):
        sentence = ngettext(
            "%(file)s is acknowledged: %(there)d of %(all)d are in QuickBooks Desktop, %(left)d is not.",
            "%(file)s is acknowledged: %(there)d of %(all)d are in QuickBooks Desktop, %(left)d are not.",
            left,
        )
        whole = row.exported.count()
        facts = {"file": row.file_name, "there": whole - left, "all": whole, "left": left}
        messages.warning(request, sentence % facts)
        _tell_of_orphans(request, row)
        return redirect("reconciliation:desktop_file", company.slug, number)
    return _told(request, row, cannot, _("%(file)s is acknowledged: all of it is in QuickBooks Desktop."))


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_report(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """Take Desktop's transaction report: what it names has arrived, what it does not is missing."""
    return _uploaded(request, _batch(company, number), take_report)


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_errors(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """Take the file of errors that QuickBooks 2019 and later leaves: its messages appear on the documents."""
    return _uploaded(request, _batch(company, number), take_errors)


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_withdraw(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """A person says that it was never imported."""
    row, reason = _batch(company, number), request.POST.get("reason", "").strip()
    if request.POST.get("sure") != "yes" or not reason:
        messages.error(request, _("Say that it was not imported, and why it will not be."))
        return redirect("reconciliation:desktop_file", company.slug, number)
    cannot = withdraw(row, by=person_of(request), reason=reason)
    return _told(request, row, cannot, _("%(file)s is withdrawn. Its documents are ready for another file."))


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_repeat(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """Export chosen documents of this file again, in a file that is marked as a repeat."""
    row = _batch(company, number)
    chosen = row_numbers(request.POST.getlist("chosen"))
    if not chosen:
        messages.error(request, _("Choose the documents to export again."))
        return redirect("reconciliation:desktop_file", company.slug, number)
    documents = list(row.exported.filter(pk__in=chosen).values_list("document_id", flat=True))
    wish = Wish(kind=BatchKind.REPEAT, documents=documents, **_asked(request))
    return _made(request, row, make_batch(company, wish))


@require_POST
@part_of(SetupStep.REHEARSAL)
@company_view(Right.RESOLVE)
def desktop_file_reverse(request: HttpRequest, company: Company, number: int) -> HttpResponse:
    """Make a file that undoes this one."""
    row = _batch(company, number)
    wish = Wish(
        kind=BatchKind.REVERSAL,
        reverses=row,
        reverse_closed=request.POST.get("reverse_closed") == "yes",
        closed_shown=request.POST.get("closed_shown", ""),
        **_asked(request),
    )
    return _made(request, row, make_batch(company, wish))


def _batch(company: Company, number: int) -> ExportBatch:
    people = ("company", "made_by", "backup_confirmed_by", "downloaded_by", "closed_by", "reverses")
    return get_object_or_404(ExportBatch.objects.select_related(*people), company=company, number=number)


def _asked(request: HttpRequest) -> dict[str, Any]:
    return {
        "by": request.user,
        "reason": request.POST.get("reason", "").strip(),
        "backup_confirmed": request.POST.get("backup") == "yes",
    }


def _can(row: ExportBatch) -> dict[str, bool]:
    """What a person can still do about the file."""
    live = row.kind in (BatchKind.LIVE, BatchKind.REPEAT)
    return {
        "close": row.is_open,
        "report": row.kind != BatchKind.REHEARSAL and (row.is_open or _misses(row)),
        "errors": row.kind != BatchKind.REHEARSAL and row.state != BatchState.WITHDRAWN,
        "repeat": live and row.state != BatchState.WITHDRAWN,
        "reverse": live and row.state == BatchState.ACKNOWLEDGED and to_reverse(row).exists(),
    }


def _misses(row: ExportBatch) -> bool:
    return row.exported.filter(state=ExportedState.MISSING).exists()


def _states(row: ExportBatch) -> list[tuple[str, object, int]]:
    counted = dict(row.exported.order_by().values_list("state").annotate(number=Count("pk")))
    return [(state.value, state.label, counted[state.value]) for state in ExportedState if counted.get(state.value)]


def _told(request: HttpRequest, row: ExportBatch, cannot: Message | None, done: str) -> HttpResponse:
    if cannot:
        messages.error(request, cannot.worded(_))
    else:
        messages.success(request, done % {"file": row.file_name})
    return redirect("reconciliation:desktop_file", row.company.slug, row.number)


def _tell_of_orphans(request: HttpRequest, row: ExportBatch) -> None:
    """Name each payment that arrived although its invoice did not."""
    for payment, invoice in arrived_without(row):
        sentence = _("%(payment)s arrived without %(invoice)s: look in QuickBooks what it was applied to.")
        messages.warning(request, sentence % {"payment": payment, "invoice": invoice})


def _uploaded(
    request: HttpRequest, row: ExportBatch, take: Callable[..., ReportMatch | Message | list[str]]
) -> HttpResponse:
    """Read what was sent; a file that cannot be read changes nothing, and each of its faults is said."""
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile) or (sent.size or 0) > settings.LARGEST_FILE:
        messages.error(request, _("Choose the file first; it may have at most 64 MB."))
        return redirect("reconciliation:desktop_file", row.company.slug, row.number)
    came = take(row, sent.read(), name=sent.name or "", by=person_of(request))
    if isinstance(came, Message):
        messages.error(request, came.worded(_))
    elif isinstance(came, list):
        messages.error(request, " ".join([_("Nothing was changed."), *map(retold, came)]))
    else:
        for sentence in came.sentences(_, ngettext):
            messages.success(request, sentence)
        for sentence in came.warnings(_, ngettext):
            messages.warning(request, sentence)
        _tell_of_orphans(request, row)
    return redirect("reconciliation:desktop_file", row.company.slug, row.number)


def _made(request: HttpRequest, row: ExportBatch, made: Made | Message) -> HttpResponse:
    if isinstance(made, Message):
        messages.error(request, made.worded(_))
        return redirect("reconciliation:desktop_file", row.company.slug, row.number)
    messages.success(request, _("%(file)s was made.") % {"file": made.batch.file_name})
    if made.left:
        sentence = ngettext(
            "%(number)d document is left, because its period is closed; the page of the file that is undone names it.",
            "%(number)d documents are left, because their period is closed; the page of the file that is undone names "
            "them.",
            made.left,
        )
        messages.warning(request, sentence % {"number": made.left})
    return redirect("reconciliation:desktop_file", row.company.slug, made.batch.number)
