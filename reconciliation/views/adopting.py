"""What of the source is in QuickBooks already, and which of it is adopted?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from books.posted_document import Holding
from books.serialization import read_holding
from companies.access import Right, allowed, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from companies.stored_texts import retold
from reconciliation.adopting.found import MOST, adopt_candidates, amounts_of, open_candidates, source_lines
from reconciliation.adopting.search import begin_search
from reconciliation.background import begin_adoption_search
from reconciliation.looks import LookNotBegun
from reconciliation.models import AdoptionCandidate, AdoptionSearch, TieOutState
from reconciliation.paging import Sort, keyset_page
from reconciliation.tie_out.comparing import Period
from reconciliation.tie_out.shown import kind_words
from reconciliation.views.tie_outs import TieOutForm, last_month
from sync.adopting.adopt import AdoptedRecords
from sync.adopting.matching import Ground
from sync.adopting.undoing import AdoptionStays, rule_out, undo_adoption
from sync.adopting.words import in_words
from sync.models import Document
from sync.quickbooks_online.addresses import link_into_quickbooks
from sync.quickbooks_online.login import quickbooks_of

_NEWEST_FIRST = Sort(name="started", field="pk", descending=True)
#: Records with their candidates on a page.
_A_PAGE = 20
#: Records that could not be adopted and are told one by one.
_TOLD = 10


@dataclass(frozen=True, kw_only=True)
class ShownCandidate:
    """A candidate beside its record."""

    row: AdoptionCandidate
    held: Holding
    grounds: str
    against: str
    total: Decimal
    currency: str
    dated: date
    in_quickbooks: str
    may_adopt: bool


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def adoptions(request: HttpRequest, company: Company) -> HttpResponse:
    """The searches so far, and the form that starts one."""
    form = TieOutForm(request.POST or None, initial=last_month(timezone.localdate(timezone=company.zone)))
    if request.method == "POST" and form.is_valid():
        period = Period(first=form.cleaned_data["first"], last=form.cleaned_data["last"])
        try:
            started = begin_search(company, period, by=person_of(request))
        except LookNotBegun as why:
            form.add_error(None, str(why))
        else:
            begin_adoption_search(started)
            return redirect("reconciliation:adoption", company.slug, started.pk)
    searches = AdoptionSearch.objects.filter(company=company).select_related("by")
    context = {
        "title": _("Already in QuickBooks"),
        "address": "reconciliation:adoption",
        "above": back(company, "reconciliation:tie_outs", _("Tie-out")),
        "form": form if allowed(request.user, company, Right.RESOLVE) else None,
        "desktop": company.kind == CompanyKind.DESKTOP,
        "page": keyset_page(searches, _NEWEST_FIRST, request.GET.get("place", "")),
        "sort": _NEWEST_FIRST,
    }
    return show(request, company, "reconciliation/adoptions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def adoption(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """What one search found: certain ones with a preview, the rest with their candidates side by side."""
    search = get_object_or_404(AdoptionSearch.objects.select_related("by", "company"), company=company, pk=pk)
    if request.method == "POST":
        _decide(request, search)
        return redirect("reconciliation:adoption", company.slug, search.pk)
    certain = list(open_candidates(search, certain=True).order_by("pk")[: MOST + 1])
    others = open_candidates(search, certain=False)
    records = Paginator(others.order_by("document").values_list("document", flat=True).distinct(), _A_PAGE)
    page = records.get_page(request.GET.get("page"))
    listed = others.filter(document__in=list(page.object_list)).order_by("document", "rank")
    shown: dict[Document, list[ShownCandidate]] = {}
    realm = connection.external_id if (connection := quickbooks_of(company)) else ""
    for row in listed:
        shown.setdefault(row.document, []).append(_shown(company, row, realm))
    context = {
        "title": _("Already in QuickBooks, %(first)s to %(last)s")
        % {"first": _day(search.first), "last": _day(search.last)},
        "above": back(company, "reconciliation:adoptions", _("Already in QuickBooks")),
        "search": search,
        "certain": [_shown(company, row, realm) for row in certain[:MOST]],
        "more_certain": len(certain) > MOST,
        "amounts": [
            (kind_words(kind), currency, number, amount)
            for kind, currency, number, amount in amounts_of(certain[:MOST])
        ],
        "records": [(document, source_lines(document), candidates) for document, candidates in shown.items()],
        "page": page,
        "may_decide": allowed(request.user, company, Right.RESOLVE),
        "runs_on": search.state == TieOutState.RUNNING,
    }
    return show(request, company, "reconciliation/adoption.html", context)


def _decide(request: HttpRequest, search: AdoptionSearch) -> None:
    """Adopt what was chosen, or note that it is something else."""
    chosen = [int(number) for number in request.POST.getlist("candidate") if number.isdecimal()]
    rows = [
        row
        for certain in (True, False)
        for row in open_candidates(search, certain=certain).filter(pk__in=chosen).order_by("pk")[:MOST]
    ]
    if not rows:
        messages.warning(request, _("This was decided, or has changed, in the meantime. Nothing was done."))
    elif request.POST.get("act") == "not-this":
        for row in rows:
            rule_out(row.document, row.quickbooks_id, by=person_of(request))
        messages.success(request, _("These are marked as not the same. They are not suggested again."))
    else:
        try:
            _tell(request, adopt_candidates(search, rows, by=person_of(request)))
        except LookNotBegun as why:
            messages.error(request, retold(str(why)))


def _tell(request: HttpRequest, adopted: AdoptedRecords) -> None:
    if number := len(adopted.done):
        told = ngettext(
            "%(number)s record was adopted. Nothing was written to QuickBooks.",
            "%(number)s records were adopted. Nothing was written to QuickBooks.",
            number,
        )
        messages.success(request, told % {"number": number})
    for document, why in adopted.left[:_TOLD]:
        messages.warning(request, f"{document}: {retold(why)}")


def _shown(company: Company, row: AdoptionCandidate, realm: str) -> ShownCandidate:
    held = read_holding(row.holding)
    grounds = [Ground(name) for name in row.grounds]
    against = [ground for ground in grounds if not ground.speaks_for_it]
    return ShownCandidate(
        row=row,
        held=held,
        grounds=in_words((ground for ground in grounds if ground.speaks_for_it), _),
        against=in_words(against, _) if against else "",
        total=held.total,
        currency=held.currency or row.document.currency,
        dated=date.fromisoformat(held.dated),
        in_quickbooks=link_into_quickbooks(company, row.form, row.quickbooks_id, realm=realm) if realm else "",
        may_adopt=Ground.OTHER_FORM not in grounds,
    )


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@require_POST
@company_view(Right.RESOLVE)
def document_not_ours(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """What was adopted is something else after all."""
    document = get_object_or_404(Document.objects.select_related("order", "company"), company=company, pk=pk)
    reason = request.POST.get("reason", "").strip()[:500]
    if not reason:
        messages.error(request, _("Say why. It stays in the history of the order, with your name."))
        return redirect("reconciliation:order", company.slug, document.order_id)
    try:
        undo_adoption(document, reason=reason, by=person_of(request))
    except AdoptionStays as why:
        messages.error(request, retold(str(why)))
    else:
        told = _("%(document)s is not adopted any more. The next sync posts it, unless something blocks it.")
        messages.success(request, told % {"document": document})
    return redirect("reconciliation:order", company.slug, document.order_id)
