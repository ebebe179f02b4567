"""What waits on the accounts that money only passes through, and what took the rest to the bank?"""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from companies.access import Right, allowed, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from mapping.models import QuickBooksAccount
from reconciliation.clearing.parts import Ages
from reconciliation.clearing.reading import A_YEAR, MARKABLE, ClearingNotRead, clearing_accounts, read_clearing
from reconciliation.clearing.shown import (
    ages_by_reading,
    may_be_marked,
    parts_of_reading,
    shown_clearings,
    shown_parts,
)
from reconciliation.clearing_models import ClearingMark, ClearingReading
from reconciliation.paging import Sort, keyset_page

_OLDEST_FIRST = Sort(name="date", field="dated")
#: A browser's own field for a day takes no other form.
_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MarkForm(forms.Form):
    """An account that is a clearing account by a person's word."""

    account = forms.ModelChoiceField(QuickBooksAccount.objects.none(), label=gettext_lazy("Account"))


class ReadForm(forms.Form):
    """The first day whose transactions are told one by one."""

    first = forms.DateField(label=gettext_lazy("From"), widget=_DAY)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def clearings(request: HttpRequest, company: Company) -> HttpResponse:
    """Every clearing account with its balance by age, and the form that marks another one."""
    shown = shown_clearings(company)
    form = MarkForm(request.POST or None)
    form.fields["account"].queryset = may_be_marked(company, shown, MARKABLE)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        account: QuickBooksAccount = form.cleaned_data["account"]
        ClearingMark.objects.get_or_create(
            company=company, account=account.quickbooks_id, defaults={"by": person_of(request)}
        )
        return redirect("reconciliation:clearing", company.slug, account.pk)
    context = {
        "title": _("Clearing accounts"),
        "above": back(company, "reconciliation:tie_outs", _("Tie-out")),
        "form": form if allowed(request.user, company, Right.RESOLVE) else None,
        "desktop": company.kind == CompanyKind.DESKTOP,
        "clearings": shown,
    }
    return show(request, company, "reconciliation/clearings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def clearing(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One account: what its balance consists of, oldest first, and the button that reads it from QuickBooks."""
    account = get_object_or_404(QuickBooksAccount, company=company, pk=pk)
    known = clearing_accounts(company)
    marked = account.quickbooks_id in known.marked
    if account not in known.rows:
        return redirect("reconciliation:clearings", company.slug)
    today = timezone.localdate(timezone=company.zone)
    if request.method == "POST" and "unmark" in request.POST:
        ClearingMark.objects.filter(company=company, account=account.quickbooks_id).delete()
        return redirect("reconciliation:clearings", company.slug)
    reading = ClearingReading.objects.filter(company=company, account=account.quickbooks_id).first()
    form = ReadForm(request.POST or None, initial={"first": reading.first if reading else today - A_YEAR})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["first"] > today:
            form.add_error("first", _("This day is still to come."))
        else:
            try:
                read_clearing(company, account, first=form.cleaned_data["first"], today=today, by=person_of(request))
                return redirect("reconciliation:clearing", company.slug, account.pk)
            except ClearingNotRead as why:
                form.add_error(None, str(why))
    context = {
        "title": account.full_name,
        "above": back(company, "reconciliation:clearings", _("Clearing accounts")),
        "account": account,
        "marked": marked,
        "form": form if allowed(request.user, company, Right.RESOLVE) else None,
        "reading": reading,
        **(_parts(request, reading) if reading else {}),
    }
    return show(request, company, "reconciliation/clearing.html", context)


def _parts(request: HttpRequest, reading: ClearingReading) -> dict[str, object]:
    emptied = request.GET.get("show") == "emptied"
    page = keyset_page(parts_of_reading(reading, emptied=emptied), _OLDEST_FIRST, request.GET.get("place", ""))
    return {
        "emptied": emptied,
        "ages": ages_by_reading([reading]).get(reading.pk, Ages()),
        "page": page,
        "sort": _OLDEST_FIRST,
        "parts": shown_parts(reading, page.rows),
    }
