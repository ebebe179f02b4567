"""Another company's decisions taken over: chosen, seen as a preview, confirmed."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.access import Right, companies_of, company_or_404, company_view, person_of, require
from companies.activation import SetupStep, part_of
from companies.models import Company
from mapping.copying.copy import are_twins, copy_decisions
from mapping.copying.report import CopyReport

_SHOWN = 500


@part_of(SetupStep.PRODUCTS)
@company_view(Right.MAP)
def copy(request: HttpRequest, company: Company) -> HttpResponse:
    """Copy another company's decisions to this one: `from` is the other's short name, `same` that both read one source.

    Without `from` the person chooses; with it they see every change; a POST with the preview's `seen` copies.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if not asked.get("from"):
        return _choose(request, company)
    source = company_or_404(request.user, asked["from"])
    require(request.user, source, Right.VIEW)
    if source == company:
        return _choose(request, company)
    same = asked.get("same") == "on"
    report = copy_decisions(source, company, by=_person(request), dry_run=True, same_records=same)
    if request.method == "POST" and asked.get("seen") == _digest(report):
        return _copied(request, company, source, same=same)
    if request.method == "POST":
        messages.error(request, _("Nothing was copied: a decision changed since the preview was made. Look again."))
    return _preview(request, company, source, report, same=same)


def _choose(request: HttpRequest, company: Company) -> HttpResponse:
    others = companies_of(request.user).exclude(pk=company.pk)
    twins = [other.slug for other in others if are_twins(other, company)]
    return render(request, "mapping/copy.html", _context(company) | {"others": others, "twins": twins})


def _preview(
    request: HttpRequest, company: Company, source: Company, report: CopyReport, *, same: bool
) -> HttpResponse:
    lists = {"changes": report.changes, "missing": report.missing, "stayed": report.stayed, "added": report.added}
    shown = {name: rows[:_SHOWN] for name, rows in lists.items()}
    more = {name: max(0, len(rows) - _SHOWN) for name, rows in lists.items()}
    found = {"source": source, "report": report, "shown": shown, "more": more, "same": same, "seen": _digest(report)}
    return render(request, "mapping/copy.html", _context(company) | found)


def _copied(request: HttpRequest, company: Company, source: Company, *, same: bool) -> HttpResponse:
    report = copy_decisions(source, company, by=_person(request), same_records=same)
    if number := len(report.changes):
        sentence = ngettext(
            "%(number)d decision was copied from %(company)s.",
            "%(number)d decisions were copied from %(company)s.",
            number,
        )
        messages.success(request, sentence % {"number": number, "company": source})
    if added := len(report.added):
        sentence = ngettext(
            "%(number)d product or customer was added.", "%(number)d products and customers were added.", added
        )
        messages.success(request, sentence % {"number": added})
    if left := len(report.missing) + len(report.stayed):
        sentence = ngettext("%(number)d was not copied.", "%(number)d were not copied.", left)
        messages.warning(request, sentence % {"number": left})
    return HttpResponseRedirect(reverse("admin:mapping_product_changelist"))


def _digest(report: CopyReport) -> str:
    """The same for two reports that say the same: what is confirmed must be what was seen."""
    return hashlib.sha256(repr(report).encode()).hexdigest()


def _context(company: Company) -> dict[str, object]:
    above = {"title": _("Products"), "link": reverse("admin:mapping_product_changelist")}
    return {"title": _("Copy mapping from another company"), "above": above, "company": company}


def _person(request: HttpRequest) -> User:
    return person_of(request)
