"""The evidence of a tie-out's period as an archive: made by those who sign, downloaded by everybody who may look."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from companies.access import Right, company_view, person_of
from companies.models import Company
from reconciliation.background import begin_evidence
from reconciliation.evidence_pack.pack import begin_pack
from reconciliation.models import EvidencePack, EvidencePart, TieOut, TieOutState
from reconciliation.tie_out.comparing import Period


@require_POST
@company_view(Right.SIGN)
def tie_out_evidence(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Begin the pack of a tie-out's period; its page shows when it is there."""
    tie_out = get_object_or_404(TieOut, company=company, pk=pk, state=TieOutState.FINISHED)
    pack = begin_pack(company, Period(first=tie_out.first, last=tie_out.last), by=person_of(request))
    begin_evidence(pack)
    return redirect("reconciliation:tie_out", company.slug, tie_out.pk)


@require_safe
@company_view(Right.VIEW)
def evidence_pack(request: HttpRequest, company: Company, pk: int) -> HttpResponseBase:
    """Hand out a pack that is kept: the same bytes each time."""
    kept = EvidencePart.objects.filter(pack__company=company).values("pack")
    rows = EvidencePack.objects.select_related("company").filter(company=company, state=TieOutState.FINISHED)
    pack = get_object_or_404(rows, pk=pk, pk__in=kept)
    answer = StreamingHttpResponse(pack.content(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{pack.file_name}"'
    answer["Content-Length"] = str(pack.size)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
