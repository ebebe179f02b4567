"""Which sub-account of the agency is it, for which a person has just signed in?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from companies.access import Right, person_of, remember_company, require
from companies.screen import back, show
from reconciliation.views.live_sources import told_of, wanted_by
from sync.begun_logins import answered_login, open_login
from sync.fetching.connecting import connect_by_agency
from sync.fetching.kinds import LIVE_KINDS


class SubAccountForm(forms.Form):
    """One sub-account of an agency."""

    place = forms.ChoiceField(label=gettext_lazy("Sub-account"))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        """Offer those in which the app is installed."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.choices = [("", "—"), *places]


@require_http_methods(["GET", "HEAD", "POST"])
def live_place(request: HttpRequest, vendor: str) -> HttpResponse:
    """Choose one, and connect it; the agency's login is kept sealed in the session until then."""
    begun = open_login(request)
    if begun is None or begun.facts.get("kind") != vendor or "sealed" not in begun.facts or vendor not in LIVE_KINDS:
        messages.error(request, _("This sign-in is over: it took too long, or was used already. Sign in again."))
        return redirect("/")
    company, facts = begun.company, begun.facts
    remember_company(request, company)
    require(request.user, company, Right.ADMINISTER)
    places = [(str(identifier), str(name)) for identifier, name in facts["places"]]
    form = SubAccountForm(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        answered_login(request)
        made = connect_by_agency(
            company,
            wanted_by(company, facts),
            sealed=facts["sealed"],
            account=form.cleaned_data["place"],
            by=person_of(request),
        )
        return told_of(request, company, made) or redirect("reconciliation:integrations", company.slug)
    context = {
        "title": _("Choose a sub-account"),
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "name": LIVE_KINDS[vendor].name,
        "form": form,
    }
    return show(request, company, "reconciliation/live_place.html", context)
