"""What may a person decide about one record, beside its issue?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mapping.access import Right, company_view
from mapping.models import Company
from sync.deciding import restore
from sync.models import Document, DocumentState


@require_POST
@company_view(Right.RESOLVE)
def restore_document(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Stop ignoring a document; it is prepared again at once."""
    document = get_object_or_404(Document.objects.select_related("order", "company"), company=company, pk=pk)
    if document.state == DocumentState.IGNORED:
        restore(document, by=request.user)
        messages.success(request, _("%(document)s is no longer ignored.") % {"document": document})
    else:
        messages.info(request, _("%(document)s is not ignored.") % {"document": document})
    return redirect("reconciliation:order", company.slug, document.order_id)
