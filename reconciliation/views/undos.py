"""Take what was posted out of QuickBooks again: choose, look at the plan, carry it out, and see each step."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from books.outside.texts import row_numbers
from companies.access import Right, company_view, person_of, require
from companies.models import Company, CompanyKind
from companies.screen import back, show
from companies.stored_texts import retold
from reconciliation.background import begin_undo
from reconciliation.paging import Sort, keyset_page
from reconciliation.proof_shown import shown_proofs
from reconciliation.undo.carrying_out import (
    NotStarted,
    go_on,
    is_at_work,
    post_again,
    start_undo,
    stop,
)
from reconciliation.undo.choosing import (
    Chosen,
    may_be_chosen,
    period_scope,
    scope_of,
    with_closed_reversed,
    words_of_scope,
)
from reconciliation.undo.plan import CannotPlanUndo, begin_plan, make_plan_in_the_background
from reconciliation.undo.runs import proofs_of
from reconciliation.undo.shown import ShownUndo, account_moves, shown_customers, shown_items, shown_steps
from reconciliation.undo_models import Undo, UndoState

_NEWEST_FIRST = Sort(name="planned", field="pk", descending=True)
_IN_ORDER = Sort(name="step", field="position")
_LONGEST = 1000
#: A browser's own field for a day takes no other form.
_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class UndoPeriodForm(forms.Form):
    """The first and the last day whose documents are undone."""

    first = forms.DateField(label=gettext_lazy("From"), widget=_DAY)
    last = forms.DateField(label=gettext_lazy("To"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned

    def scope(self) -> dict[str, str]:
        """The period as a plan keeps it."""
        first: date = self.cleaned_data["first"]
        return period_scope(first, self.cleaned_data["last"])


class ClosedPeriodForm(forms.Form):
    """Whether what is in a closed period is reversed by an entry."""

    by_entry = forms.BooleanField(
        label=gettext_lazy("Reverse by an entry what is in a closed period"),
        help_text=gettext_lazy(
            "It stays in QuickBooks as it is, and a journal entry on the first open day moves the opposite. Kinds of "
            "record that the company enters on the next open day are reversed in any case."
        ),
        required=False,
    )


class StartUndoForm(forms.Form):
    """Why it is undone, and the fingerprint of the plan that was shown."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=_LONGEST, widget=forms.TextInput)
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def undos(request: HttpRequest, company: Company) -> HttpResponse:
    """What was undone so far, and the form that makes a plan."""
    if request.method == "POST":
        require(request.user, company, Right.SIGN)
    scope = _scope_named(company, request.POST if request.method == "POST" else request.GET)
    form = UndoPeriodForm(request.POST if request.method == "POST" and scope is None else None)
    if request.method == "POST":
        if scope is None and form.is_valid():
            scope = form.scope()
        if scope is not None:
            if "by_entry" in request.POST:
                scope = with_closed_reversed(scope)
            try:
                undo = begin_plan(company, scope, by=person_of(request))
            except CannotPlanUndo as why:
                messages.error(request, str(why))
            else:
                make_plan_in_the_background(undo)
                return redirect("reconciliation:undo", company.slug, undo.pk)
    rows = Undo.objects.filter(company=company).select_related("planned_by", "started_by")
    page = keyset_page(rows, _NEWEST_FIRST, request.GET.get("place", ""))
    context = {
        "title": _("Undo"),
        "above": back(company, "reconciliation:sync_history", _("Sync history")),
        "desktop": company.kind == CompanyKind.DESKTOP,
        "form": form,
        "closed": ClosedPeriodForm() if company.closed_periods.through else None,
        "closed_through": company.closed_periods.through,
        "scope": scope,
        "scope_words": words_of_scope(company, scope) if scope else "",
        "page": page,
        "sort": _NEWEST_FIRST,
        "undos": ShownUndo.of_many(company, page.rows),
    }
    return show(request, company, "reconciliation/undos.html", context)


def _scope_named(company: Company, given: MultiValueDict[str, str]) -> dict[str, str] | None:
    """The document, order, run or source that an address names; None where it names none of this company."""
    by, which = given.get("by", ""), given.get("which", "")
    if by not in (Chosen.DOCUMENT, Chosen.ORDER, Chosen.RUN, Chosen.SOURCE):
        return None
    scope = scope_of(Chosen(by), which)
    return scope if may_be_chosen(company, scope) else None


@require_safe
@company_view(Right.VIEW)
def undo(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One undo: its plan, how far it has come, and each document."""
    found = _found(company, pk)
    page = keyset_page(found.steps.select_related("document__order"), _IN_ORDER, request.GET.get("place", ""))
    shown = ShownUndo.of(company, found)
    context = {
        "title": _("Undo %(what)s") % {"what": shown.words},
        "above": back(company, "reconciliation:undos", _("Undo")),
        "undo": found,
        "shown": shown,
        "sums": shown.sums(),
        "moves": account_moves(found),
        "page": page,
        "sort": _IN_ORDER,
        "steps": shown_steps(page.rows),
        "customers": shown_customers(found),
        "items": shown_items(found),
        "proofs": shown_proofs(proofs_of(found)),
        "form": StartUndoForm(initial={"fingerprint": found.fingerprint}),
        "runs_on": found.state in (UndoState.PLANNING, UndoState.RUNNING),
        "broke_off": found.state == UndoState.RUNNING and not is_at_work(found),
    }
    return show(request, company, "reconciliation/undo.html", context)


@require_POST
@company_view(Right.SIGN)
def undo_start(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Carry a plan out, as it was shown."""
    found, form = _found(company, pk), StartUndoForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"fingerprint": found.fingerprint, "reason": ""}
    try:
        start_undo(
            found,
            fingerprint=given["fingerprint"],
            reason=given["reason"],
            by=person_of(request),
            customers=row_numbers(request.POST.getlist("customer")),
            items=row_numbers(request.POST.getlist("item")),
        )
    except NotStarted as why:
        messages.error(request, retold(str(why)))
    else:
        begin_undo(found)
    return redirect("reconciliation:undo", company.slug, found.pk)


@require_POST
@company_view(Right.SIGN)
def undo_stop(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Stop an undo; what is in hand is finished."""
    found = _found(company, pk)
    if stop(found):
        messages.success(request, _("It was stopped. What is in hand is finished."))
    return redirect("reconciliation:undo", company.slug, found.pk)


@require_POST
@company_view(Right.SIGN)
def undo_go_on(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Go on with an undo that was stopped, or that broke off."""
    found = _found(company, pk)
    if go_on(found):
        begin_undo(found)
    return redirect("reconciliation:undo", company.slug, found.pk)


@require_POST
@company_view(Right.SIGN)
def undo_post_again(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Let everything that it took out of QuickBooks be posted again."""
    found = _found(company, pk)
    if found.state not in (UndoState.FINISHED, UndoState.STOPPED):
        messages.info(request, _("It has not ended yet."))
        return redirect("reconciliation:undo", company.slug, found.pk)
    try:
        number = post_again(found, by=person_of(request))
    except NotStarted as why:
        messages.error(request, retold(str(why)))
        return redirect("reconciliation:undo", company.slug, found.pk)
    if number:
        messages.success(request, _("Documents to be posted again: %(number)d.") % {"number": number})
    else:
        messages.info(request, _("It is no longer being undone."))
    return redirect("reconciliation:undo", company.slug, found.pk)


def _found(company: Company, pk: int) -> Undo:
    rows = Undo.objects.select_related("company", "planned_by", "started_by")
    return get_object_or_404(rows, company=company, pk=pk)
