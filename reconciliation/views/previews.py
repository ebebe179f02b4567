"""Look at what would be written to QuickBooks, and have exactly that sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.access import Right, company_view, person_of, roles_with
from companies.models import Company, CompanyKind
from companies.screen import back, show
from companies.stored_texts import retold
from reconciliation.paging import Sort, keyset_page
from reconciliation.preview_sending import NotPreviewed, begin_preview, in_the_background, is_at_work, start_sending
from reconciliation.preview_words import PREVIEW_TONES, shown_documents, shown_moves, shown_sums
from sync.held_batches import NotDecided, approve, asks_for, decline
from sync.models import Preview, PreviewState
from sync.preparing.prepare import not_prepared

_NEWEST_FIRST = Sort(name="made", field="pk", descending=True)
_IN_ORDER = Sort(name="order", field="position")


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def previews(request: HttpRequest, company: Company) -> HttpResponse:
    """The previews made so far, and the button that makes one."""
    if request.method == "POST":
        try:
            made = begin_preview(company, by=person_of(request))
        except NotPreviewed as why:
            messages.error(request, retold(str(why)))
        else:
            in_the_background(made)
            return redirect("reconciliation:preview", company.slug, made.pk)
    rows = Preview.objects.filter(company=company).select_related("made_by", "asked_by", "decision__decided_by")
    page = keyset_page(rows, _NEWEST_FIRST, request.GET.get("place", ""))
    context = {
        "title": _("Preview"),
        "above": back(company, "reconciliation:documents", _("Documents")),
        "desktop": company.kind == CompanyKind.DESKTOP,
        "page": page,
        "sort": _NEWEST_FIRST,
        "previews": [(row, PREVIEW_TONES[row.state]) for row in page.rows],
    }
    return show(request, company, "reconciliation/previews.html", context)


@require_safe
@company_view(Right.VIEW)
def preview(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One preview: what becomes of each document, what all of it moves, and the button that sends it."""
    found = _found(company, pk)
    page = keyset_page(found.documents.select_related("document"), _IN_ORDER, request.GET.get("place", ""))
    context = {
        "title": _("Preview"),
        "above": back(company, "reconciliation:previews", _("Previews")),
        "preview": found,
        "tone": PREVIEW_TONES[found.state],
        "sums": shown_sums(found),
        "moves": shown_moves(found),
        "page": page,
        "sort": _IN_ORDER,
        "documents": shown_documents(page.rows),
        "runs_on": found.state == PreviewState.MAKING or (found.state == PreviewState.SENDING and is_at_work(found)),
        "stopped": found.state == PreviewState.SENDING and not is_at_work(found),
        "new_orders": not_prepared(company).exists(),
        "decision": getattr(found, "decision", None),
        "asks_another": asks_for(company, found.amount),
        "is_own": found.asked_by_id == person_of(request).pk,
        "who_may": roles_with(Right.SIGN),
    }
    return show(request, company, "reconciliation/preview.html", context)


@require_POST
@company_view(Right.RESOLVE)
def preview_send(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Send exactly what was shown, by its fingerprint; or go on with what stopped."""
    found = _found(company, pk)
    try:
        if found.state != PreviewState.SENDING:
            start_sending(found, fingerprint=request.POST.get("fingerprint", ""), by=person_of(request))
    except NotPreviewed as why:
        messages.error(request, retold(str(why)))
    else:
        if found.state == PreviewState.WAITING:
            messages.success(request, _("It waits for another person now. Nothing is sent before they approve it."))
        else:
            in_the_background(found)
    return redirect("reconciliation:preview", company.slug, found.pk)


@require_POST
@company_view(Right.SIGN)
def preview_approve(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Approve exactly what is shown, which another person or the scheduler wants to send, and send it."""
    found = _found(company, pk)
    try:
        approve(found, fingerprint=request.POST.get("fingerprint", ""), by=person_of(request))
    except NotDecided as why:
        messages.error(request, retold(str(why)))
    else:
        in_the_background(found)
    return redirect("reconciliation:preview", company.slug, found.pk)


@require_POST
@company_view(Right.SIGN)
def preview_decline(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Say that it is not sent, and why."""
    found = _found(company, pk)
    try:
        decline(found, reason=request.POST.get("reason", ""), by=person_of(request))
    except NotDecided as why:
        messages.error(request, retold(str(why)))
    else:
        messages.success(request, _("It is declined, and nothing was sent. The reason is kept in the history."))
    return redirect("reconciliation:preview", company.slug, found.pk)


def _found(company: Company, pk: int) -> Preview:
    rows = Preview.objects.select_related("company", "made_by", "asked_by", "decision__decided_by")
    return get_object_or_404(rows, company=company, pk=pk)
