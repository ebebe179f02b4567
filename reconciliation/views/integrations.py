"""Which connections does a company have, and how is another one added, step by step?"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from companies.access import Right, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from companies.source_names import kind_name
from mapping.forms.source_settings import NAME_LENGTH
from mapping.models import PREFIX_LENGTH
from reconciliation.integrations import quickbooks_card, source_cards
from reconciliation.review_requests import review_switches
from sync.fetching.kinds import LIVE_KINDS
from sync.models import ConnectionState
from sync.staging.sources import KINDS, add_source

#: The prompts of “Connect”, by what their addresses call them.
QUICKBOOKS, DESKTOP, SOURCE = "quickbooks", "quickbooks-desktop", "source"
_PROMPTS = {
    "": gettext_lazy("What do you want to connect?"),
    QUICKBOOKS: gettext_lazy("QuickBooks"),
    DESKTOP: gettext_lazy("QuickBooks Desktop"),
    SOURCE: gettext_lazy("Add a source of orders"),
}


class NewSourceForm(forms.Form):
    """A source that is added: what it reads, what it is called, and how its numbers begin."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it reads"),
        choices=lambda: [(kind, kind_name(kind)) for kind in KINDS],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("What it is called on every screen, such as the name of the shop. It can be changed."),
    )
    number_prefix = forms.CharField(
        label=gettext_lazy("Document numbers begin with"),
        required=False,
        max_length=PREFIX_LENGTH,
        help_text=gettext_lazy(
            "Where two sources count alike, so that both have an order 1042: K2- makes K2-1042 of it in QuickBooks. "
            "Left empty, the number is the order's."
        ),
    )


@require_safe
@company_view(Right.VIEW)
def integrations(request: HttpRequest, company: Company) -> HttpResponse:
    """A card for QuickBooks and for each source, with its state, its counts and what can be done about it."""
    quickbooks, cards = quickbooks_card(company), source_cards(company)
    context = {
        "title": _("Integrations"),
        "quickbooks": quickbooks,
        "desktop": company.kind == CompanyKind.DESKTOP,
        "sources": cards,
        "review_switches": review_switches(company, [card.source for card in cards]),
        "connecting": quickbooks.state == ConnectionState.CONNECTING,
    }
    return show(request, company, "reconciliation/integrations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.ADMINISTER)
def integrations_connect(request: HttpRequest, company: Company) -> HttpResponse:
    """What do you want to connect? One prompt after the other; the last one connects."""
    what = request.GET.get("what", "")
    what = what if what in (QUICKBOOKS, DESKTOP, SOURCE) else ""
    form = NewSourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _added(request, company, form)
    if request.method == "POST":
        what = SOURCE
    context = {
        "title": _("Connect"),
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "what": what,
        "prompt": _PROMPTS[what],
        "form": form,
        "live_kinds": list(LIVE_KINDS.values()),
        "quickbooks": quickbooks_card(company),
        "desktop": company.kind == CompanyKind.DESKTOP,
        "other_kind": what in (QUICKBOOKS, DESKTOP) and (what == DESKTOP) != (company.kind == CompanyKind.DESKTOP),
    }
    return show(request, company, "reconciliation/integrations_connect.html", context)


@transaction.atomic
def _added(request: HttpRequest, company: Company, form: NewSourceForm) -> HttpResponse:
    given = form.cleaned_data
    source = add_source(
        company, given["kind"], name=given["name"], prefix=given["number_prefix"].strip(), by=person_of(request)
    )
    messages.success(
        request,
        _("%(name)s is added. All of its switches are off: turn them on below, then import its orders.")
        % {"name": _(source.name)},
    )
    return redirect("reconciliation:source", company.slug, source.system)
