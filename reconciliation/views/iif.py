"""Which files does a person bring from QuickBooks Desktop or elsewhere? Lists to import, and any IIF file to check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldAdminFileFieldWidget

from companies.access import Right, company_view, person_of, require
from companies.activation import SetupStep, part_of
from companies.models import Company
from companies.screen import show
from mapping.models import QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm, desktop_settings_of
from reconciliation.views.desktop import desktop_only
from sync.lists.doubted import NEARLY_EMPTY, doubted_lists
from sync.models import Run, RunKind
from sync.quickbooks_desktop.list_import import ListsImported, import_lists
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.reading.references import KnownNames

_SHOWN = 200


class FileForm(forms.Form):
    """One IIF file."""

    file = forms.FileField(label=gettext_lazy("IIF file"), widget=UnfoldAdminFileFieldWidget)

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > settings.LARGEST_FILE:  # a list of 100,000 names has about 20 MB
            raise forms.ValidationError(_("The file is larger than 64 MB."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@part_of(SetupStep.LISTS)
@company_view(Right.VIEW)
def desktop_lists(request: HttpRequest, company: Company) -> HttpResponse:
    """Take the lists that QuickBooks Desktop exported; a file that cannot be trusted changes nothing and says why."""
    desktop_only(company)
    form, findings = FileForm(), []
    if request.method == "POST":
        require(request.user, company, Right.RESOLVE)
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            came = import_lists(company, file.read(), name=file.name, by=person_of(request))
            if isinstance(came, ListsImported):
                _tell(request, came)
                return redirect("reconciliation:desktop_lists", company.slug)
            findings = list(came.findings)
    context = {
        "title": _("Import lists"),
        "form": form,
        "findings": [
            (finding.line, finding.severity.value, finding.message.worded(_)) for finding in findings[:_SHOWN]
        ],
        "more": max(0, len(findings) - _SHOWN),
        "lists": _lists(company),
        "doubted": doubted_lists(company),
        "last": Run.objects.filter(company=company, kind=RunKind.REFRESH).order_by("-pk").first(),
    }
    return show(request, company, "reconciliation/desktop_lists.html", context, status=422 if findings else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW, writes=False)
def desktop_check(request: HttpRequest, company: Company) -> HttpResponse:
    """Read any IIF file strictly, and show everything that is wrong with it. None of it is kept."""
    desktop_only(company)
    form, context = FileForm(), dict[str, Any]()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            context = _checked(company, form.cleaned_data["file"])
    return show(
        request, company, "reconciliation/desktop_check.html", {"title": _("Check a file"), "form": form, **context}
    )


def _checked(company: Company, file: Any) -> dict[str, Any]:
    accounts = QuickBooksAccount.objects.filter(company=company).values_list("full_name", "account_type")
    order: Any = desktop_settings_of(company).date_format
    report = read_iif(file.read(), date_order=order, known=KnownNames(accounts=dict(accounts)))
    return {
        "report": report,
        "name": file.name,
        "findings": [
            (finding.line, finding.severity.value, finding.message.worded(_)) for finding in report.findings[:_SHOWN]
        ],
        "more": max(0, len(report.findings) - _SHOWN),
        "accounts": [(path, debit, credit) for path, (debit, credit) in report.account_totals.items()],
        "sections": list(report.sections.items()),
    }


def _tell(request: HttpRequest, came: ListsImported) -> None:
    numbers = [number for counts in came.lists.values() for number in (counts.new, counts.changed, counts.gone)]
    if not any(numbers) and not any(counts.missing for counts in came.lists.values()):
        messages.success(request, _("The lists were read. They are what they were before."))
    for name, counts in came.lists.items():
        if counts.anything:
            words = _("%(list)s: %(new)d new, %(changed)d changed, %(gone)d gone.")
            facts = {"list": _NAMES[name], "new": counts.new, "changed": counts.changed, "gone": counts.gone}
            messages.success(request, words % facts)
        if counts.missing:
            messages.warning(request, _(NEARLY_EMPTY) % {"missing": counts.missing, "list": _NAMES[name].lower()})
    if came.longer_than_rule:
        words = ngettext(
            "%(number)d name is longer than the company's rule allows; a product mapped to it would be blocked.",
            "%(number)d names are longer than the company's rule allows; products mapped to them would be blocked.",
            came.longer_than_rule,
        )
        messages.warning(request, words % {"number": came.longer_than_rule})
    for warning in came.warnings[:5]:
        place = _("Line %(line)s: ") % {"line": warning.line} if warning.line else ""
        messages.warning(request, f"{place}{warning.message.worded(_)}")


_NAMES = {
    "accounts": gettext_lazy("Accounts"),
    "items": gettext_lazy("Items"),
    "terms": gettext_lazy("Terms"),
    "customers": gettext_lazy("Customers"),
    "vendors": gettext_lazy("Vendors"),
    "employees": gettext_lazy("Employees"),
    "other names": gettext_lazy("Other names"),
}


def _lists(company: Company) -> list[tuple[object, int]]:
    """How many active names each list has, with the list's name."""
    models: tuple[Any, ...] = (QuickBooksAccount, QuickBooksItem, QuickBooksCustomer, QuickBooksTerm)
    return [
        (model._meta.verbose_name_plural, model.objects.filter(company=company, active=True).count())
        for model in models
    ]
