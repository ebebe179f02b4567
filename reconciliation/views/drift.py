"""Records that were changed in QuickBooks: which version counts? Asked for several at once, after looking at both."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from companies.access import Right, company_view, person_of
from companies.models import Company
from companies.screen import back, show
from reconciliation.models import TieOut
from reconciliation.tie_out.deciding import Counts, DecidedLines, decide_lines, to_decide

#: More sentences are read by nobody; the others are on the page.
_TOLD = 10


class DecideForm(forms.Form):
    """Which version counts, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stays in the history of each order, with your name."),
    )
    counts = forms.ChoiceField(choices=[(choice.value, choice.value) for choice in Counts], widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.RESOLVE)
def tie_out_decide(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """The chosen records with both versions, and the decision about them."""
    tie_out = get_object_or_404(TieOut.objects.select_related("company"), company=company, pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    chosen = to_decide(tie_out, sent.getlist("line"))
    if not chosen:
        messages.warning(request, _("Choose records first that were changed in QuickBooks and are not decided yet."))
        return redirect("reconciliation:tie_out", company.slug, tie_out.pk)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        counts = Counts(form.cleaned_data["counts"])
        _tell(
            request,
            counts,
            decide_lines(company, chosen, counts, reason=form.cleaned_data["reason"], by=person_of(request)),
        )
        return redirect("reconciliation:tie_out", company.slug, tie_out.pk)
    context = {
        "title": _("Which version counts?"),
        "above": back(company, "reconciliation:tie_outs", _("Tie-out")),
        "tie_out": tie_out,
        "chosen": chosen,
        "lines": sent.getlist("line"),
        "form": form,
    }
    return show(request, company, "reconciliation/tie_out_decide.html", context)


def _tell(request: HttpRequest, counts: Counts, decided: DecidedLines) -> None:
    number = len(decided.done)
    if number and counts is Counts.OURS:
        told = ngettext(
            "The next sync puts %(number)s record back as its order says.",
            "The next sync puts %(number)s records back as their orders say.",
            number,
        )
        messages.success(request, told % {"number": number})
    elif number:
        told = ngettext(
            "%(number)s record stays as it is in QuickBooks.",
            "%(number)s records stay as they are in QuickBooks.",
            number,
        )
        messages.success(request, told % {"number": number})
    for document, why in decided.left[:_TOLD]:
        messages.warning(request, f"{document}: {why}")
