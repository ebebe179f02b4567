"""Where does a person connect QuickBooks and let go of it, and see how the login and the installation are doing?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from books.json_types import Json
from books.messages import Message
from books.names import NameRule
from companies.access import Right, allowed, company_view, person_of, remember_company, require
from companies.activation import SetupStep, part_of
from companies.models import Company, CompanyKind
from companies.screen import ops_address
from companies.signals import announce
from companies.stored_texts import retold
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from sync.begun_logins import answered_login, begin_login
from sync.jobs.begin import begin_first_load
from sync.jobs.status import FREE_READS, CompanyStatus, Condition, JobsOf, read_status
from sync.lists.doubted import confirm_gone, doubted_lists
from sync.lists.refresh import longer_than_rule
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.login_lease import LoginBusy
from sync.models import Connection, ConnectionState
from sync.quickbooks_online import connecting
from sync.quickbooks_online.addresses import AddressRefused, addresses_of, on_this_machine
from sync.quickbooks_online.login import quickbooks_of

_LOOKS = {
    ConnectionState.CONNECTED: "good",
    ConnectionState.CONNECTING: "note",
    ConnectionState.NEEDS_ATTENTION: "bad",
    ConnectionState.DISCONNECTED: "wait",
}


@require_safe
@part_of(SetupStep.CONNECT)
@company_view(Right.VIEW)
def quickbooks(request: HttpRequest, company: Company) -> HttpResponse:
    """The card of the company's QuickBooks; QuickBooks Desktop has files in place of a login."""
    if company.kind == CompanyKind.DESKTOP:
        return redirect(ops_address(company, "desktop"))
    connection = quickbooks_of(company)
    state = ConnectionState(connection.state) if connection else ConnectionState.DISCONNECTED
    context = {
        "title": _("QuickBooks Online"),
        "company": company,
        "connection": connection,
        "state": state,
        "look": _LOOKS[state],
        "may_connect": allowed(request.user, company, Right.ADMINISTER),
        "may_refresh": allowed(request.user, company, Right.RESOLVE),
        "error": _(connection.last_error) if connection and connection.last_error else "",
        "lists": _lists(company),
        "doubted": doubted_lists(company),
        "address": _address(request, company),
        "on_this_machine": on_this_machine(company),
        "in_setup": company.live_since is None,
        **_names(company, connection),
    }
    return render(request, "sync/quickbooks.html", context)


@require_POST
@part_of(SetupStep.CONNECT)
@company_view(Right.ADMINISTER)
def quickbooks_connect(request: HttpRequest, company: Company) -> HttpResponse:
    """Send the person to Intuit, with a state that only this session knows."""
    state = begin_login(request, company)
    page = connecting.permission_page(company, redirect_uri=_redirect_uri(request, company), state=state)
    if isinstance(page, Message):
        messages.error(request, page.worded(_))
        return redirect("sync:quickbooks", company.slug)
    return redirect(page)


@require_safe
def quickbooks_callback(request: HttpRequest) -> HttpResponse:
    """Take Intuit's answer: once, from the session that asked, for the company that it was asked for."""
    begun = answered_login(request)
    if begun is None:
        messages.error(
            request,
            _(
                "This answer from QuickBooks belongs to no connection that you began here in the last half hour, or it "
                "was used already. Nothing was connected. Press QB Connect again."
            ),
        )
        return redirect("/")
    company = begun.company
    remember_company(request, company)
    require(request.user, company, Right.ADMINISTER)
    made = connecting.connect(
        company, answer=request.GET.dict(), redirect_uri=_redirect_uri(request, company), person=person_of(request)
    )
    if isinstance(made, Message):
        messages.error(request, made.worded(_))
    else:
        messages.success(request, _("%(name)s is connected. Its lists are being read.") % {"name": made.name})
        begin_first_load(company, by=person_of(request))
    return redirect("sync:quickbooks", company.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.CONNECT)
@company_view(Right.ADMINISTER)
def quickbooks_disconnect(request: HttpRequest, company: Company) -> HttpResponse:
    """Ask whether it is meant, then stop everything and revoke the login."""
    connection = quickbooks_of(company)
    if connection is None or connection.state == ConnectionState.DISCONNECTED:
        messages.info(request, _("QuickBooks is not connected; there is nothing to disconnect."))
        return redirect("sync:quickbooks", company.slug)
    if request.method != "POST":
        context = {"title": _("Disconnect QuickBooks"), "company": company, "connection": connection}
        return render(request, "sync/quickbooks_disconnect.html", context)
    _tell_disconnected(request, connection)
    return redirect("sync:quickbooks", company.slug)


@require_POST
@part_of(SetupStep.CONNECT)
@company_view(Right.RESOLVE)
def quickbooks_refresh(request: HttpRequest, company: Company) -> HttpResponse:
    """Read the lists again: after a change in QuickBooks, or to see whether a login works again."""
    counts = refresh_and_prepare(company, by=person_of(request))
    if counts.failed:
        messages.error(request, _(counts.failed))
    for warned in counts.warnings:
        messages.warning(request, warned.worded(_))
    if not counts.failed:
        changes = sum(listed.new + listed.changed + listed.gone for listed in counts.lists.values())
        words = ngettext(
            "The lists are up to date: %(number)d name is different from before.",
            "The lists are up to date: %(number)d names are different from before.",
            changes,
        )
        messages.success(request, words % {"number": changes})
    return redirect("sync:quickbooks", company.slug)


@require_POST
@part_of(SetupStep.LISTS)
@company_view(Right.RESOLVE)
def quickbooks_confirm_missing(request: HttpRequest, company: Company, doubted: int) -> HttpResponse:
    """A person says that the names which a list left out are gone from QuickBooks."""
    gone = confirm_gone(company, doubted, by=person_of(request))
    if gone is None:
        messages.info(request, _("The list was read again in the meantime. Nothing was changed; look at it once more."))
    else:
        words = ngettext("%(number)d name is inactive now.", "%(number)d names are inactive now.", gone)
        messages.success(request, words % {"number": gone})
    if company.kind == CompanyKind.DESKTOP:
        return redirect(ops_address(company, "desktop_lists"))
    return redirect("sync:quickbooks", company.slug)


@require_POST
@part_of(SetupStep.CONNECT)
@company_view(Right.ADMINISTER)
def quickbooks_own_rule(request: HttpRequest, company: Company) -> HttpResponse:
    """Measure names as QuickBooks Online itself does."""
    company.name_rule = NameRule.AT_MOST_100.value
    company.save()
    # sync prepares again what is not sent, reconciliation gathers the issues
    announce(company, by=person_of(request))
    messages.success(request, _("Names may now have up to 100 characters at each level, as in QuickBooks Online."))
    return redirect("sync:quickbooks", company.slug)


def _tell_disconnected(request: HttpRequest, connection: Connection) -> None:
    try:
        ended = connecting.disconnect(connection)
    except LoginBusy:
        messages.warning(
            request,
            _(
                "Nothing is sent any more, but the login is being renewed at this moment and could not be ended. "
                "Wait a minute and press QB Disconnect again."
            ),
        )
        return
    if ended:
        messages.success(request, _("QuickBooks is disconnected. What was posted, and its history, stays."))
    else:
        messages.warning(
            request,
            _(
                "QuickBooks is disconnected here and the login is deleted, but Intuit did not confirm that it has "
                "ended it. In QuickBooks, open Apps and disconnect Tieout there."
            ),
        )


def _lists(company: Company) -> list[tuple[str, int]]:
    """How many active names each list has, with the list's name."""
    models: tuple[Any, ...] = (QuickBooksAccount, QuickBooksItem, QuickBooksCustomer, QuickBooksTerm)
    return [
        (str(model._meta.verbose_name_plural), model.objects.filter(company=company, active=True).count())
        for model in models
    ]


def _names(company: Company, connection: Connection | None) -> dict[str, Any]:
    """How many names are longer than the company's rule, where QuickBooks' own rule is a longer one."""
    wide = company.name_rule == NameRule.AT_MOST_100.value
    number = 0 if wide or connection is None else longer_than_rule(company)
    return {"long_names": number, "rule": _(company.rule.label), "own_rule": _(NameRule.AT_MOST_100.label)}


def _address(request: HttpRequest, company: Company) -> dict[str, str]:
    """Where the company's QuickBooks is, or why nowhere; the settings are named to those who run Tieout."""
    try:
        return {"url": addresses_of(company).api, "refused": "", "setting": ""}
    except AddressRefused as refused:
        setting = refused.setting if getattr(request.user, "is_superuser", False) else ""
        return {"url": "", "refused": refused.message.worded(_), "setting": setting}


def _redirect_uri(request: HttpRequest, company: Company) -> str:
    """Where Intuit sends people back to: as registered there; a rehearsal sends them to wherever they came from."""
    if on_this_machine(company):
        return request.build_absolute_uri(reverse("sync:quickbooks_callback"))
    return settings.TIEOUT_QUICKBOOKS_REDIRECT_URI


_TASKS = {
    "sync": gettext_lazy("Sync"),
    "resync": gettext_lazy("Re-sync"),
    "import": gettext_lazy("Import"),
    "load-lists": gettext_lazy("First reading of the lists"),
    "read-source": gettext_lazy("Reading of a source"),
    "catalogue": gettext_lazy("Import of items"),
    "tie-out": gettext_lazy("Tie-out"),
    "undo": gettext_lazy("Undo"),
    "evidence": gettext_lazy("Evidence pack"),
    "adoption": gettext_lazy("Already in QuickBooks"),
}
#: In words, and the tone of its badge.
_CONDITIONS = {
    Condition.FAILING: (gettext_lazy("Cannot be served"), "bad"),
    Condition.RESTING: (gettext_lazy("Waiting for a while"), "wait"),
    Condition.AT_WORK: (gettext_lazy("At work"), "note"),
    Condition.WAITING: (gettext_lazy("Waiting"), "wait"),
    Condition.UP_TO_DATE: (gettext_lazy("Up to date"), "good"),
}


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How the installation is doing.

    Raises:
        Http404: The person does not run the installation: it shows every company.
    """
    if not getattr(request.user, "is_superuser", False):
        raise Http404
    read = read_status()
    context = {
        "title": _("Status"),
        "status": read,
        "share": f"{read.requests.share:.1%}",
        "free": FREE_READS,
        "alive": sum(worker.alive for worker in read.workers or ()),
        "queue": [_jobs(jobs) for jobs in read.queue],
        "companies": [_company(company) for company in read.companies],
    }
    return render(request, "sync/status.html", context)


def _jobs(jobs: JobsOf) -> Json:
    return {"title": _TASKS.get(jobs.task, jobs.task), "jobs": jobs}


def _company(company: CompanyStatus) -> Json:
    words, tone = _CONDITIONS[company.condition]
    home = reverse(settings.OPS_SCREENS["home"], args=[company.slug])
    return {"company": company, "home": home, "words": words, "tone": tone, "message": retold(company.message)}
