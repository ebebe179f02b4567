"""Where does a person make files for QuickBooks Desktop? Seen as debits and credits first, rehearsed, then exported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from books.documents import KINDS, NewCustomer
from books.messages import Message
from companies.access import Right, company_view, person_of, require
from companies.activation import SetupStep, part_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from reconciliation.paging import Sort, keyset_page
from sync.models import BatchKind, Document, ExportBatch
from sync.quickbooks_desktop.batches.create_batch import cannot_make, make_batch, rehearsed
from sync.quickbooks_desktop.batches.export_request import Wish
from sync.quickbooks_desktop.batches.exportable import exportable
from sync.quickbooks_desktop.batches.preview import ExportPreview, blocks, preview

NEWEST_FIRST = Sort(name="number", field="pk", descending=True)
BY_DATE = Sort(name="date", field="dated")
BLOCKS = 20


class PeriodForm(forms.Form):
    """Which documents: those of a period, or all that is ready."""

    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        return cleaned


def desktop_only(company: Company) -> None:
    """Let other companies have no such page.

    Raises:
        Http404: The company keeps its books in QuickBooks Online.
    """
    if company.kind != CompanyKind.DESKTOP:
        raise Http404(_("This company keeps its books in QuickBooks Online."))


@require_safe
@part_of(SetupStep.REHEARSAL)
@company_view(Right.VIEW)
def desktop(request: HttpRequest, company: Company) -> HttpResponse:
    """The files that were made, and how many documents wait for the next one."""
    desktop_only(company)
    rows = ExportBatch.objects.filter(company=company).select_related("made_by")
    context = {
        "title": _("Export files"),
        "page": keyset_page(rows, NEWEST_FIRST, request.GET.get("place", "")),
        "sort": NEWEST_FIRST,
        "waiting": exportable(company).exclude(kind=NewCustomer.kind).count(),
        "open": rows.filter(state__in=("made", "downloaded")).exclude(kind=BatchKind.REHEARSAL).count(),
        "rehearsed": rehearsed(company),
    }
    return show(request, company, "reconciliation/desktop.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.REHEARSAL)
@company_view(Right.VIEW)
def desktop_export(request: HttpRequest, company: Company) -> HttpResponse:
    """See what a file of a period would hold, block by block; make it as a rehearsal or for the live books."""
    desktop_only(company)
    if request.method == "POST":
        require(request.user, company, Right.RESOLVE)
        return _make(request, company)
    form = PeriodForm(request.GET or None)
    period = form.cleaned_data if form.is_valid() else {}
    since, until = period.get("since"), period.get("until")
    valid = not form.is_bound or form.is_valid()
    found = preview(company, since=since, until=until) if valid else None
    rows = exportable(company, since=since, until=until).exclude(kind=NewCustomer.kind)
    rows = rows.select_related("frozen", "depends_on")
    page = keyset_page(rows if valid else Document.objects.none(), BY_DATE, request.GET.get("place", ""), size=BLOCKS)
    wish = Wish(kind=BatchKind.LIVE, since=since, until=until, backup_confirmed=True)
    cannot, cannot_rehearse = cannot_make(company, wish), cannot_make(company, Wish(kind=BatchKind.REHEARSAL))
    context = {
        "title": _("Make a file"),
        "above": back(company, "reconciliation:desktop", _("Export files")),
        "form": form,
        "since": since,
        "until": until,
        "found": found,
        "kinds": _kinds(found),
        "first_fault": _first_fault(found),
        "page": page,
        "sort": BY_DATE,
        "blocks": list(blocks(company, list(page.rows), _)),
        "cannot": cannot.worded(_) if cannot else "",
        "cannot_rehearse": cannot_rehearse.worded(_) if cannot_rehearse else "",
    }
    return show(request, company, "reconciliation/desktop_export.html", context)


def _make(request: HttpRequest, company: Company) -> HttpResponse:
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("reconciliation:desktop_export", company.slug)
    live = request.POST.get("kind") == BatchKind.LIVE
    wish = Wish(
        kind=BatchKind.LIVE if live else BatchKind.REHEARSAL,
        since=form.cleaned_data["since"],
        until=form.cleaned_data["until"],
        by=person_of(request),
        backup_confirmed=request.POST.get("backup") == "yes",
    )
    made = make_batch(company, wish)
    if isinstance(made, Message):
        messages.error(request, made.worded(_))
        return redirect(f"{request.path}?since={request.POST.get('since', '')}&until={request.POST.get('until', '')}")
    number = made.batch.without_customers
    sentence = ngettext(
        "A file with %(number)d document was made.", "A file with %(number)d documents was made.", number
    )
    messages.success(request, sentence % {"number": number})
    if faults := made.written.faults:
        words = ngettext(
            "%(number)d document was left out and stays ready. The first: %(why)s",
            "%(number)d documents were left out and stay ready. The first: %(why)s",
            faults,
        )
        messages.warning(request, words % {"number": faults, "why": made.written.left_out[0].message.worded(_)})
    return redirect("reconciliation:desktop_file", company.slug, made.batch.number)


def _first_fault(found: ExportPreview | None) -> str:
    return found.written.left_out[0].message.worded(_) if found and found.written and found.written.faults else ""


def _kinds(found: ExportPreview | None) -> list[tuple[str, str, int, object]]:
    kinds = found.kinds if found else ()
    return [(_(KINDS.get(kind, kind)), currency, number, money) for kind, currency, number, money in kinds]
