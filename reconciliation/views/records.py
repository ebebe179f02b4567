"""What may a person decide about one record, beside its issue?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from books.messages import Message
from books.translation import gettext_noop
from companies.access import Right, company_view, person_of
from companies.models import Company
from sync.models import Document, DocumentState
from sync.preparing.prepare import prepare_orders
from sync.pushing.decisions import PostAgain, post_again, restore
from sync.pushing.undoing import post_undone_again
from sync.readiness import destination_of
from sync.resync import start


@require_POST
@company_view(Right.RESOLVE)
def document_restore(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Stop ignoring a document, or let one that was undone be posted again; it is prepared again at once."""
    document = get_object_or_404(Document.objects.select_related("order", "company"), company=company, pk=pk)
    if document.state == DocumentState.UNDONE:
        again = post_undone_again(document, by=person_of(request))
        prepare_orders(company, [document.order], by=person_of(request))
        if again:
            messages.success(request, _("%(document)s is to be posted again.") % {"document": document})
        else:
            messages.info(request, _("%(document)s is reversed by an entry. Undo the entry.") % {"document": document})
    elif document.state == DocumentState.IGNORED:
        restore(document, by=person_of(request))
        messages.success(request, _("%(document)s is no longer ignored.") % {"document": document})
    else:
        messages.info(request, _("%(document)s is not ignored.") % {"document": document})
    return redirect("reconciliation:order", company.slug, document.order_id)


_NOT_AGAIN = {
    PostAgain.STILL_THERE: gettext_noop("%(document)s is still in QuickBooks, so it is not posted again."),
    PostAgain.UNCLEAR: gettext_noop(
        "QuickBooks did not say whether it has %(document)s. Nothing was changed; try again later."
    ),
    PostAgain.NOT_POSTED: gettext_noop("%(document)s is not posted, so there is nothing to post again."),
}


@require_POST
@company_view(Right.RESOLVE)
def document_again(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Post a document anew that someone deleted in QuickBooks; QuickBooks is asked first."""
    document = get_object_or_404(Document.objects.select_related("order", "company"), company=company, pk=pk)
    destination = destination_of(company, by=person_of(request))
    if isinstance(destination, Message):
        messages.error(request, destination.worded(_))
        return redirect("reconciliation:order", company.slug, document.order_id)
    outcome = post_again(document, destination=destination, by=person_of(request))
    if outcome is PostAgain.READY:
        run = start(company, [document.order_id], by=person_of(request))
        return redirect("reconciliation:sync_run", company.slug, run.pk)
    messages.info(request, _(_NOT_AGAIN[outcome]) % {"document": document})
    return redirect("reconciliation:order", company.slug, document.order_id)
