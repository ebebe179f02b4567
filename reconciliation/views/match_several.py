"""Many customers at once: a reason and a score, a preview of exactly the rows, and one button that links them."""

from __future__ import annotations

import time

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from books.outside.texts import row_number
from companies.access import Right, company_view, person_of
from companies.models import Company
from companies.screen import back, show
from mapping.matching.customer_candidates import LEAST_SCORE
from reconciliation.desk.ahead import renew_suggestions
from reconciliation.desk.settle import MatchOutcome
from reconciliation.desk.several import AT_ONCE, SCORE, By, Several, link_several, several

#: So many seconds a person waits for suggestions that no sync has worked out yet.
_WAITS = 10.0
_NAMED = 10


class ByForm(forms.Form):
    """The reason and the least score."""

    reason = forms.ChoiceField(label=gettext_lazy("Link those with"), required=False)
    also = forms.ChoiceField(label=gettext_lazy("and also"), required=False)
    score = forms.IntegerField(
        label=gettext_lazy("Score at least"), min_value=LEAST_SCORE, max_value=100, initial=SCORE, required=False
    )

    def __init__(self, data: QueryDict | None = None, *, found: Several) -> None:
        """Offer the reasons that the customers who wait have."""
        super().__init__(data)
        offered = [(reason, f"{_(reason)} ({number})") for reason, number in found.reasons.items()]
        for name in ("reason", "also"):
            self.fields[name].choices = [("", "—"), *offered]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.RESOLVE)
def match_several(request: HttpRequest, company: Company) -> HttpResponse:
    """Choose a reason, see exactly who would be linked to whom, and link them once."""
    sent = request.POST if request.method == "POST" else request.GET
    by = By(reason=sent.get("reason", ""), also=sent.get("also", ""), score=row_number(sent.get("score", "")) or SCORE)
    if request.method == "POST":
        settled = link_several(company, by, _shown(sent), person=person_of(request))
        _tell(request, settled)
        return HttpResponseRedirect(request.get_full_path())
    until = time.monotonic() + _WAITS
    renew_suggestions(company, over=lambda: time.monotonic() > until)
    found = several(company, by)
    form = ByForm(request.GET if "reason" in request.GET else None, found=found)
    valid = form.is_valid() if form.is_bound else True
    context = {
        "title": _("Match several at once"),
        "above": back(company, "reconciliation:match_customers", _("Match customers")),
        "form": form,
        "by": by,
        "found": found if valid else Several(reasons=found.reasons),
        "asked": bool(by.reason) and valid,
        "most": AT_ONCE,
    }
    return show(request, company, "reconciliation/match_several.html", context)


def _shown(sent: QueryDict) -> dict[int, str]:
    """The rows that were left in, each with the fingerprint that it was shown with."""
    pairs = (text.partition(":") for text in sent.getlist("row")[:AT_ONCE])
    return {number: mark for key, _colon, mark in pairs if (number := row_number(key))}


def _tell(request: HttpRequest, settled: MatchOutcome) -> None:
    linked = len(settled.decisions)
    if linked:
        sentence = ngettext("%(number)d customer was linked.", "%(number)d customers were linked.", linked)
        messages.success(request, f"{sentence % {'number': linked}} {settled.consequences}".strip())
    if settled.refused:
        number, names = len(settled.refused), list(settled.refused.values())
        sentence = ngettext(
            "%(number)d customer was left as it is, because something changed since the preview: %(names)s.",
            "%(number)d customers were left as they are, because something changed since the preview: %(names)s.",
            number,
        )
        more = ", …" if number > _NAMED else ""
        messages.warning(request, sentence % {"number": number, "names": ", ".join(names[:_NAMED]) + more})
    if not linked and not settled.refused:
        messages.warning(request, _("No row was chosen, so nothing was saved."))
