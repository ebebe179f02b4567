"""How is the reading of many orders counted and started, and how does a person say that none are expected?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from books.messages import Message
from companies.access import Right, company_view, person_of
from companies.models import Company
from reconciliation.views.live_sources import live_source
from sync.fetching.kinds import AddressUnsafe, reader_for
from sync.fetching.planning import leave_plan, replan, start_reading
from sync.fetching.silence import expect_none_until
from sync.jobs.begin import begin_reading
from sync.models import Connection


class FirstDayForm(forms.Form):
    """From which day on orders are read."""

    day = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Know which day it is where the company is."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """A day that has come."""
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError(_("That day has not come yet."))
        return day


class QuietForm(forms.Form):
    """Before which day no orders are expected."""

    until = forms.DateField(
        label=gettext_lazy("No orders are expected before"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Know which day it is where the company is."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date | None:
        """A day ahead, within a year; none switches the alarm on."""
        day: date | None = self.cleaned_data["until"]
        if day is not None and not self.today < day <= self.today + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day ahead, within a year."))
        return day


@require_POST
@company_view(Right.RESOLVE)
def source_start(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Start the reading that was counted."""
    source = live_source(company, system)
    if start_reading(source, by=person_of(request)):
        _read(request, source)
    else:
        messages.info(request, _("There is nothing to start: it was started already."))
    return redirect("reconciliation:source", company.slug, system)


@require_POST
@company_view(Right.RESOLVE)
def source_again(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Count what there is from a day on; a first reading that waits begins with that day, else it is read again."""
    source = live_source(company, system)
    form: Any = FirstDayForm(request.POST, today=timezone.localdate(timezone=company.zone))
    gone = redirect("reconciliation:source", company.slug, system)
    if not form.is_valid():
        messages.error(request, _faults(form))
        return gone
    try:
        plan = replan(source, reader_for(source), begins_on=form.cleaned_data["day"], by=person_of(request))
    except AddressUnsafe as unsafe:
        messages.error(request, unsafe.message.worded(_))
        return gone
    if isinstance(plan, Message):
        messages.error(request, plan.worded(_))
    elif plan.started_at:
        _read(request, source)
    else:
        messages.success(request, _("It was counted: look at what there is to read, then start."))
    return gone


@require_POST
@company_view(Right.RESOLVE)
def source_leave(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Do not read again what was counted."""
    source = live_source(company, system)
    leave_plan(source)
    messages.success(request, _("Nothing is read again."))
    return redirect("reconciliation:source", company.slug, system)


@require_POST
@company_view(Right.RESOLVE)
def source_quiet(request: HttpRequest, company: Company, system: str) -> HttpResponse:
    """Expect no orders before a day; without a day, expect them again."""
    source = live_source(company, system)
    form = QuietForm(request.POST, today=timezone.localdate(timezone=company.zone))
    if not form.is_valid():
        messages.error(request, _faults(form))
    else:
        day = form.cleaned_data["until"]
        expect_none_until(source.live, day)
        words = _("No orders are expected before that day.") if day else _("Orders are expected again.")
        messages.success(request, words)
    return redirect("reconciliation:source", company.slug, system)


def _faults(form: forms.Form) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _read(request: HttpRequest, source: Connection) -> None:
    if not begin_reading(source, by=person_of(request)):
        messages.error(request, _("The company is not activated, so nothing is read for it."))
    else:
        messages.success(request, _("It is being read. You may leave this page."))
