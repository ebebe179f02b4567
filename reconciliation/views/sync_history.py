"""What did the last runs do, and how far is this one?"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies.access import Right, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from reconciliation.filters import RunFilter
from reconciliation.paging import Sort, count_around, keyset_page
from reconciliation.proof_shown import shown_proof
from reconciliation.sync_history import Progress, count_of, did_nothing, errors_of, result_of
from reconciliation.tables import RunTable
from sync.jobs.begin import begin_catalogue, begin_import_again, begin_resync, is_worked_on
from sync.lists.items.many import advance as create_some
from sync.models import CatalogueFile, Run, RunKind, RunState
from sync.resync import advance, end, is_being_proven
from sync.staging.catalogue_file import stop_taking
from sync.staging.waiting_file import may_start_again

NEWEST_FIRST = Sort(name="started", field="pk", descending=True)
#: What is done in small steps, from its page.
_IN_STEPS = (RunKind.RESYNC, RunKind.ITEMS)
#: Whose orders or documents can be undone together.
_POSTS = (RunKind.SYNC, RunKind.IMPORT, RunKind.RESYNC)
#: How long one step of a Re-sync may take; a browser asks for the next one at once.
STEP_SECONDS = 3.0


@require_safe
@company_view(Right.VIEW)
def sync_history(request: HttpRequest, company: Company) -> HttpResponse:
    """The list of runs."""
    filtered = RunFilter(request.GET, company=company)
    page = keyset_page(filtered.qs, NEWEST_FIRST, request.GET.get("place", ""))
    context = {
        "title": _("Sync history"),
        "filter": filtered,
        "page": page,
        "sort": NEWEST_FIRST,
        "table": RunTable(page.rows, company=company),
        "count": count_around(page, filtered.qs),
        "anything": bool(page.rows) or filtered.in_use,
    }
    return show(request, company, "reconciliation/sync_history.html", context)


@require_safe
@company_view(Right.VIEW)
def sync_run(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One run: how far it is, what it came to, what went wrong and where."""
    runs = Run.objects.select_related("asked_by", "proof__settled_by", "proof__company")
    found = get_object_or_404(runs, company=company, pk=pk)
    taking = _being_taken(found)
    stopped = found.kind == RunKind.CATALOGUE and found.state == RunState.FINISHED and not found.counts
    context = {
        "title": str(found),
        "above": back(company, "reconciliation:sync_history", _("Sync history")),
        "run": found,
        "progress": Progress.of(found),
        "errors": errors_of(found),
        "has_stuck": any(count_of(found, name) for name in ("blocked", "refused", "differs")),
        "nothing_done": found.state == RunState.FINISHED and did_nothing(found),
        "results": result_of(company, found),
        "runs_on": found.state == RunState.RUNNING,
        "is_resync": found.kind in _IN_STEPS,
        "step_title": _("Creating items") if found.kind == RunKind.ITEMS else _("Re-syncing"),
        "is_import": found.kind == RunKind.IMPORT,
        "of_a_file": found.kind in (RunKind.IMPORT, RunKind.CATALOGUE) and not stopped,
        "stopped": stopped,
        "reads_on": found.state == RunState.RUNNING and found.kind in (RunKind.IMPORT, RunKind.CATALOGUE),
        "read": taking.read if taking else count_of(found, "read"),
        "taking": taking,
        "may_start_again": may_start_again(found),
        "proof": shown_proof(found),
        "undo": found.undos.first() if found.kind == RunKind.UNDO else None,
        "may_undo": company.kind == CompanyKind.ONLINE and found.state != RunState.RUNNING and _may_have_posted(found),
    }
    return show(request, company, "reconciliation/sync_run.html", context)


def _may_have_posted(run: Run) -> bool:
    """Whether documents were posted by it, or of what it brought; one that broke off does not say all."""
    if run.kind not in _POSTS:
        return False
    posts = ("new", "changed") if run.kind == RunKind.IMPORT else ("posted", "adopted")
    return run.state == RunState.FAILED or any(count_of(run, name) for name in posts)


def _being_taken(run: Run) -> CatalogueFile | None:
    """The file of items that a run takes, until it has; it is begun again where whatever took it has died."""
    if run.kind != RunKind.CATALOGUE or run.state != RunState.RUNNING:
        return None
    kept = CatalogueFile.objects.filter(run=run).select_related("run").defer("data").first()
    if kept is not None:
        begin_catalogue(kept)
    return kept


@require_POST
@company_view(Right.RESOLVE)
def sync_run_stop(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """End a Re-sync or an import, wherever it is worked at; what is in hand is finished, and of items none is taken."""
    kinds = (*_IN_STEPS, RunKind.IMPORT, RunKind.CATALOGUE)
    found = get_object_or_404(Run, company=company, pk=pk, kind__in=kinds)
    if found.kind == RunKind.CATALOGUE:
        if stop_taking(found, by=person_of(request)):
            messages.success(request, _("It was stopped. Nothing was taken."))
        else:
            messages.info(request, _("It had ended already."))
    elif end(found, by=person_of(request)):
        if is_being_proven(found):
            begin_resync(found)
        messages.success(request, _("It was stopped. What is in hand is finished."))
    else:
        messages.info(request, _("It had ended already."))
    return redirect("reconciliation:sync_run", company.slug, found.pk)


@require_POST
@company_view(Right.RESOLVE)
def sync_run_again(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Read the file of an import once more that broke off again and again; what it had brought does not come twice."""
    found = get_object_or_404(Run.objects.select_related("company"), company=company, pk=pk, kind=RunKind.IMPORT)
    if not begin_import_again(found):
        messages.info(request, _("It was started again already, or its file is not kept any more."))
    return redirect("reconciliation:sync_run", company.slug, found.pk)


@require_POST
@company_view(Right.RESOLVE)
def sync_run_advance(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Do the next seconds of a Re-sync; a script gets figures, a plain form the page."""
    found = get_object_or_404(Run, company=company, pk=pk, kind__in=_IN_STEPS)
    if found.kind == RunKind.ITEMS:
        found = create_some(found, seconds=STEP_SECONDS)
    elif found.state == RunState.RUNNING and not is_worked_on(found):
        found = advance(found, seconds=STEP_SECONDS)
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect("reconciliation:sync_run", company.slug, found.pk)
    progress = Progress.of(found)
    return JsonResponse(
        {
            "running": found.state == RunState.RUNNING,
            "done": progress.done,
            "total": progress.total,
            "words": progress.words,
        }
    )
