"""Signing a period off, and taking that back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from companies.access import Right, company_view, person_of
from companies.models import Company
from reconciliation.models import TieOut
from reconciliation.tie_out.sign_off import NotSigned, sign, standing_sign_off, withdraw

_LONGEST = 1000


class SignForm(forms.Form):
    """What the person who signs has to say about it."""

    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=_LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class WithdrawForm(forms.Form):
    """Why a sign-off is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=_LONGEST, widget=forms.TextInput)


@require_POST
@company_view(Right.SIGN)
def tie_out_sign(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Sign the period of a tie-out off."""
    tie_out = get_object_or_404(TieOut.objects.select_related("company"), company=company, pk=pk)
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            sign(tie_out, note=form.cleaned_data["note"], by=person_of(request))
        except NotSigned as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("The period is signed off."))
    else:
        messages.error(request, _("The note is too long."))
    return redirect("reconciliation:tie_out", company.slug, tie_out.pk)


@require_POST
@company_view(Right.SIGN)
def tie_out_withdraw(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """Take the sign-off of a tie-out's period back."""
    tie_out = get_object_or_404(TieOut.objects.select_related("company"), company=company, pk=pk)
    found = standing_sign_off(tie_out)
    form = WithdrawForm(request.POST)
    if found is None:
        messages.warning(request, _("This period is not signed off."))
    elif not form.is_valid():
        messages.error(request, _("Say why the sign-off is taken back."))
    elif withdraw(found, reason=form.cleaned_data["reason"], by=person_of(request)):
        messages.success(request, _("The sign-off is taken back. It stays on record."))
    return redirect("reconciliation:tie_out", company.slug, tie_out.pk)
