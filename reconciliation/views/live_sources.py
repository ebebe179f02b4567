"""How is a source connected that is asked over the internet, and read, paused and connected again?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from books.messages import Message
from companies.access import Right, company_view, person_of, remember_company, require
from companies.models import Company
from companies.screen import back, show
from companies.source_names import SourceNames
from mapping.forms.source_settings import NAME_LENGTH
from mapping.models import PREFIX_LENGTH
from sync.begun_logins import answered_login, begin_login
from sync.fetching.agency import AgencyLogin
from sync.fetching.connecting import (
    Connected,
    NewSource,
    connect_by_answer,
    connect_by_key,
    file_sources,
    permission_page,
)
from sync.fetching.kinds import LIVE_KINDS, LiveKind
from sync.fetching.planning import waits_for_start
from sync.jobs.begin import begin_reading
from sync.models import Connection, LiveSource, sources_of

#: The button that leads to the source's own sign-in page.
SIGN_IN = "sign-in"
_LONGEST_KEY = 2000


class KeyForm(forms.Form):
    """The key that a person made at the source; left empty by those who sign in there."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=_LONGEST_KEY,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kind: LiveKind, **kwargs: Any) -> None:
        """Say how a key is made at this kind of source."""
        super().__init__(*args, **kwargs)
        self.fields["key"].help_text = _(kind.key_help)


class NewLiveSourceForm(KeyForm):
    """A source that is connected for the first time."""

    joins = forms.ChoiceField(
        label=gettext_lazy("Its orders so far"),
        required=False,
        help_text=gettext_lazy(
            "Where files of this account were imported already, choose their source: an order that came in a file and "
            "comes in again is then one order, and the source keeps its name and numbers. As a new source it would be "
            "another one."
        ),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Orders from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Orders placed before that day are never read, also when they change later."),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("What it is called on every screen, such as the shop. It can be left empty."),
    )
    number_prefix = forms.CharField(
        label=gettext_lazy("Document numbers begin with"),
        required=False,
        max_length=PREFIX_LENGTH,
        help_text=gettext_lazy("Where two sources count alike, so that both have an order 1042. It can be left empty."),
    )
    field_order = ("joins", "starts_on", "name", "number_prefix", "key")

    def __init__(self, *args: Any, kind: LiveKind, company: Company, **kwargs: Any) -> None:
        """Offer the sources that read files of this kind so far, the first of them chosen."""
        super().__init__(*args, kind=kind, **kwargs)
        names = SourceNames(company)
        files = [(source.system, names.called(source.system)) for source in file_sources(company, kind.kind)]
        field: Any = self.fields["joins"]
        field.choices = [*files, ("", _("None: a new source"))]
        if files:
            self.initial["joins"] = files[0][0]
        else:
            del self.fields["joins"]

    def clean_starts_on(self) -> date:
        """A day that can be read from."""
        day: date = self.cleaned_data["starts_on"]
        if day > timezone.localdate() + timedelta(days=366):
            raise forms.ValidationError(_("That is more than a year ahead."))
        if day.year < 2000:
            raise forms.ValidationError(_("Choose a day after the year 2000."))
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.ADMINISTER)
def connect_live(request: HttpRequest, company: Company, vendor: str) -> HttpResponse:
    """Connect a source for the first time: from which day, called what, and by a key or by signing in."""
    live = _kind(vendor)
    today = timezone.localdate(timezone=company.zone)
    form = NewLiveSourceForm(request.POST or None, kind=live, company=company, initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = NewSource(
            kind=vendor,
            starts_on=given["starts_on"],
            name=given["name"],
            prefix=given["number_prefix"].strip(),
            joins=given.get("joins", ""),
        )
        if SIGN_IN in request.POST:
            facts = {
                "starts_on": wanted.starts_on.isoformat(),
                "name": wanted.name,
                "prefix": wanted.prefix,
                "joins": wanted.joins,
            }
            gone = _sent_to_sign_in(request, company, vendor, facts)
        else:
            gone = told_of(request, company, connect_by_key(company, wanted, key=given["key"], by=person_of(request)))
        if gone is not None:
            return gone
    context = {
        "title": _("Connect %(name)s") % {"name": live.name},
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "name": live.name,
        "form": form,
        "may_sign_in": live.app().is_set,
    }
    return show(request, company, "reconciliation/connect_live.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.ADMINISTER)
def source_login(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Connect a source again, to the same account, with another key or by signing in."""
    source = live_source(company, system)
    live = _kind(source.kind)
    form = KeyForm(request.POST or None, kind=live)
    if request.method == "POST" and form.is_valid():
        if SIGN_IN in request.POST:
            gone = _sent_to_sign_in(request, company, source.kind, {"system": system})
        else:
            made = connect_by_key(company, source, key=form.cleaned_data["key"], by=person_of(request))
            gone = told_of(request, company, made)
        if gone is not None:
            return gone
    context = {
        "title": _("Connect %(name)s again") % {"name": SourceNames(company).called(system)},
        "above": back(company, "reconciliation:integrations", _("Integrations")),
        "name": live.name,
        "source": source,
        "account": source.live.account_name or source.external_id,
        "form": form,
        "may_sign_in": live.app().is_set,
    }
    return show(request, company, "reconciliation/source_login.html", context)


@require_safe
def live_callback(request: HttpRequest, vendor: str) -> HttpResponse:
    """Take the answer of a source's sign-in page: once, from the session that asked."""
    live = _kind(vendor)
    begun = answered_login(request)
    if begun is None or begun.facts.get("kind") != vendor:
        messages.error(
            request,
            _(
                "This answer from %(name)s belongs to no connection that you began here in the last half hour, or it "
                "was used already. Nothing was connected. Try it again."
            )
            % {"name": live.name},
        )
        return redirect("/")
    company, facts = begun.company, begun.facts
    remember_company(request, company)
    require(request.user, company, Right.ADMINISTER)
    made = connect_by_answer(
        company,
        wanted_by(company, facts),
        answer=request.GET.dict(),
        redirect_uri=_redirect_uri(vendor),
        by=person_of(request),
    )
    if isinstance(made, AgencyLogin):
        places = [(place.id, ", ".join(filter(None, (place.name, place.address)))) for place in made.places]
        state = begin_login(request, company, **facts, sealed=made.sealed, places=places)
        return redirect(f"{reverse('reconciliation:live_place', args=[vendor])}?state={state}")
    return told_of(request, company, made) or redirect("reconciliation:integrations", company.slug)


@require_POST
@company_view(Right.RESOLVE)
def source_read(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Read the source on now."""
    source = live_source(company, system)
    if waits_for_start(source):
        messages.error(request, _("Its first reading waits to be started: press Start reading."))
        return redirect("reconciliation:source", company.slug, system)
    LiveSource.objects.filter(pk=source.pk).update(paused=False)
    if not begin_reading(source, by=person_of(request)):
        messages.error(request, _("The company is not activated, so nothing is read for it."))
    else:
        messages.success(request, _("It is being read. You may leave this page."))
    return redirect("reconciliation:source", company.slug, system)


@require_POST
@company_view(Right.RESOLVE)
def source_pause(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Read nothing more of the source until a person says so."""
    source = live_source(company, system)
    LiveSource.objects.filter(pk=source.pk).update(paused=True)
    messages.success(request, _("It is paused: nothing more is read until you press Go on. What is ready is sent."))
    return redirect("reconciliation:source", company.slug, system)


def wanted_by(company: Company, facts: Mapping[str, Any]) -> NewSource | Connection:
    """What a sign-in is for that was begun with these facts."""
    if "system" in facts:
        return live_source(company, facts["system"])
    begins = date.fromisoformat(facts["starts_on"])
    return NewSource(
        kind=facts["kind"], starts_on=begins, name=facts["name"], prefix=facts["prefix"], joins=facts["joins"]
    )


def live_source(company: Company, system: str) -> Connection:
    """A source of the company that is asked over the internet.

    Raises:
        Http404: There is none of that name.
    """
    found = sources_of(company).filter(system=system, live__isnull=False).select_related("company", "live").first()
    if found is None:
        raise Http404(_("There is no such source."))
    return found


def _kind(kind: str) -> LiveKind:
    if kind not in LIVE_KINDS:
        raise Http404(_("There is no such source."))
    return LIVE_KINDS[kind]


def _redirect_uri(kind: str) -> str:
    return str(settings.TIEOUT_SOURCES[kind].redirect_uri)


def _sent_to_sign_in(request: HttpRequest, company: Company, kind: str, facts: dict[str, str]) -> HttpResponse | None:
    state = begin_login(request, company, kind=kind, **facts)
    page = permission_page(kind, state=state, redirect_uri=_redirect_uri(kind))
    if isinstance(page, Message):
        messages.error(request, page.worded(_))
        return None
    return redirect(page)


def told_of(request: HttpRequest, company: Company, made: Connected | Message) -> HttpResponse | None:
    """Say what came of it, and begin to read; None where it was not connected."""
    if isinstance(made, Message):
        messages.error(request, made.worded(_))
        return None
    source = made.source
    name = SourceNames(company).called(source.system)
    waits = waits_for_start(source)
    words = _("%(name)s is connected. Its orders are being read.")
    if waits:
        words = _("%(name)s is connected. Look at what there is to read, then start.")
    messages.success(request, words % {"name": name})
    for warned in made.warnings:
        messages.warning(request, warned.worded(_))
    begin_reading(source, by=person_of(request))
    return redirect("reconciliation:source", company.slug, source.system)
