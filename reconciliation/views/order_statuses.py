"""What does each status of the sources mean? One table, seen by everyone and changed by who may decide."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from books.statuses import OrderStage
from companies.access import Right, allowed, company_view, person_of, require
from companies.forms.base import ScopedForm
from companies.models import Company
from companies.screen import back, show
from companies.signals import announce
from companies.source_names import SourceNames
from mapping.models import SourceEvent, StatusMeaning, StatusWord
from reconciliation.fixes.statuses import meanings
from reconciliation.paging import COUNT_LIMIT, Count
from sync.models import Run, RunKind, RunState, StagedOrder
from sync.preparing.prepare import decide_status


class StatusForm(ScopedForm):
    """What one status means."""

    class Meta:
        model = StatusWord
        fields = ("meaning", "stage")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.meaning == StatusMeaning.UNKNOWN
        unknown = [(StatusMeaning.UNKNOWN.value, StatusMeaning.UNKNOWN.label)] if kept else []
        cast(Any, self.fields["meaning"]).choices = [*unknown, *meanings()]
        if self.instance.system not in self.later:
            del self.fields["stage"]

    #: Sources whose documents a later event than the order makes: only there it matters how far an order has come.
    later: ClassVar[Collection[str]] = ()
    #: How many orders have it, and the name of its source.
    orders: Count = Count(number=0)
    source: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def order_statuses(request: HttpRequest, company: Company) -> HttpResponse:
    """Each status of the sources with its meaning, those that wait for a decision first."""
    if request.method == "POST":
        require(request.user, company, Right.MAP)
        with transaction.atomic():
            rows = list(_rows(company).select_for_update())
            forms = [form for form in _forms(company, rows, request.POST) if form.is_bound]
            wrong = [form for form in forms if not form.is_valid()]  # every one is asked, so that every error is shown
            if not wrong:
                changed = _save(request, forms)
                done = True
            else:
                forms, done = _forms(company, rows, request.POST), False
        if done:
            if changed:  # sync prepares what is not sent: some now, the others in the background; issues are gathered
                announce(company, by=person_of(request))
            return redirect("reconciliation:order_statuses", company.slug)
    else:
        forms = _forms(company, list(_rows(company)), None)
    may = allowed(request.user, company, Right.MAP)
    for form in forms:
        for field in form.fields.values():
            field.disabled = not may
    context = {
        "title": _("Order statuses"),
        "above": back(company, "reconciliation:orders", _("Orders")),
        "forms": forms,
        "has_stages": any("stage" in form.fields for form in forms),
        "under_way": Run.objects.filter(company=company, kind=RunKind.PREPARE, state=RunState.RUNNING).first(),
        "waiting": StagedOrder.objects.filter(company=company).exclude(waits_for="").count(),
        "may_change": may,
    }
    return show(request, company, "reconciliation/order_statuses.html", context)


def _rows(company: Company) -> QuerySet[StatusWord]:
    return StatusWord.objects.filter(company=company).order_by("system", "word", "pk")


def _forms(company: Company, rows: list[StatusWord], data: Any) -> list[StatusForm]:
    """One form for each status; a status that came in after the page was opened was not sent, and stays as it is."""
    events = SourceEvent.objects.filter(company=company).exclude(event=OrderStage.PLACED)
    later = frozenset(events.values_list("system", flat=True))
    made = type("StatusForm", (StatusForm,), {"company": company, "later": later})
    found, names, numbers = [], SourceNames(company), _numbers(company)
    for row in sorted(rows, key=lambda row: row.is_decided):
        prefix = f"status-{row.pk}"
        form = made(data if data is not None and f"{prefix}-meaning" in data else None, instance=row, prefix=prefix)
        form.orders, form.source = Count.up_to(numbers[row.pk], COUNT_LIMIT), names.called(row.system)
        found.append(form)
    return found


class _OrdersOf(Subquery):
    """How many orders a subquery finds; more than are counted are not walked through."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _numbers(company: Company) -> dict[int, int]:
    """How many orders have each status, by its number; one query, and one place more than is counted to at most."""
    of_company = StagedOrder.objects.filter(company=company).exclude(status_key="")
    having = of_company.filter(connection__system=OuterRef("system"), status_key=OuterRef("name_compared"))
    words = StatusWord.objects.filter(company=company)
    return dict(words.annotate(number=_OrdersOf(having.values("pk")[: COUNT_LIMIT + 1])).values_list("pk", "number"))


def _save(request: HttpRequest, forms: list[StatusForm]) -> bool:
    """Save what changed, and tell the person; whether anything did."""
    by, follow, kept = cast(User, request.user), 0, 0
    changed = [form for form in forms if form.has_changed()]
    for form in changed:
        stage = form.cleaned_data.get("stage", "")
        followed = decide_status(form.instance, form.cleaned_data["meaning"], by=by, stage=stage)
        follow += len(followed.orders)
        kept += followed.kept
    if not changed:
        messages.success(request, _("Nothing was changed."))
        return False
    words = ngettext("Saved. It applies to %(number)d order.", "Saved. It applies to %(number)d orders.", follow)
    messages.success(request, words % {"number": follow})
    if kept:
        words = ngettext(
            "%(number)d order is in QuickBooks already and stays as it is until the source changes it.",
            "%(number)d orders are in QuickBooks already and stay as they are until the source changes them.",
            kept,
        )
        messages.warning(request, words % {"number": kept})
    return True
