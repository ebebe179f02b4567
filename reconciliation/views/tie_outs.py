"""Do source and books agree for a period, and what explains every cent between them?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.access import Right, allowed, company_view, person_of
from companies.models import Company, CompanyKind
from companies.screen import back, show
from reconciliation.background import begin_tie_out, take_up
from reconciliation.evidence_pack.pack import newest_pack, packs_of
from reconciliation.models import SignOff, TieOut, TieOutState
from reconciliation.paging import Sort, keyset_page
from reconciliation.tie_out.account_rows import account_rows_of, is_explained
from reconciliation.tie_out.accounts import TiedAccount
from reconciliation.tie_out.comparing import DRIFT, Period, Reason, Row
from reconciliation.tie_out.progress import end
from reconciliation.tie_out.run import NotTiedOut, begin, rows_of
from reconciliation.tie_out.shown import ShownRow, lines_of, shown_lines
from reconciliation.tie_out.shown_accounts import ShownAccount, account_of, account_words, without_accounts
from reconciliation.tie_out.sign_off import changed_since, in_the_way, moved_since, standing_sign_off
from reconciliation.tie_out.statement import statement
from reconciliation.tie_out.statement_pdf import statement_pdf
from reconciliation.tie_out.unread import unread_at
from reconciliation.tie_out.words import AFTER, BEFORE, COLUMNS
from reconciliation.views.sign_offs import SignForm, WithdrawForm

_NEWEST_FIRST = Sort(name="started", field="pk", descending=True)
_SIGNED = Prefetch("sign_offs", SignOff.objects.filter(withdrawn_at=None), to_attr="signed")
#: What a person looks at first, where there is any.
_CHANGED = "changed-in-quickbooks"
_IN_ORDER = Sort(name="line", field="pk")
#: A year of QuickBooks' pages is what a person can wait for.
_LONGEST = timedelta(days=366)
#: Records of a signed period that changed since; the number of the others is said.
_MOST_CHANGED = 20
#: So long the making of an evidence pack may take.
_LONGEST_PACK = timedelta(hours=1)
#: Accounts that a page shows; the workbook has every one.
_MOST_ACCOUNTS = 200
#: Evidence packs of a period that are listed.
_MOST_PACKS = 5
#: A browser's own field for a day takes no other form.
_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TieOutForm(forms.Form):
    """The first and the last day that are compared."""

    first = forms.DateField(label=gettext_lazy("From"), widget=_DAY)
    last = forms.DateField(label=gettext_lazy("To"), widget=_DAY)

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or is longer than a year."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        elif first and last and last - first > _LONGEST:
            self.add_error("last", _("A tie-out covers a year at most. Choose a shorter period."))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@company_view(Right.VIEW)
def tie_outs(request: HttpRequest, company: Company) -> HttpResponse:
    """The tie-outs so far, and the form that starts one."""
    form = TieOutForm(request.POST or None, initial=last_month(timezone.localdate(timezone=company.zone)))
    if request.method == "POST" and form.is_valid():
        period = Period(first=form.cleaned_data["first"], last=form.cleaned_data["last"])
        try:
            started = begin(company, period, by=person_of(request))
        except NotTiedOut as why:
            form.add_error(None, str(why))
        else:
            begin_tie_out(started)
            return redirect("reconciliation:tie_out", company.slug, started.pk)
    tied = TieOut.objects.filter(company=company).select_related("by").prefetch_related(_SIGNED)
    page = keyset_page(tied, _NEWEST_FIRST, request.GET.get("place", ""))
    context = {
        "title": _("Tie-out"),
        "form": form if allowed(request.user, company, Right.RESOLVE) else None,
        "desktop": company.kind == CompanyKind.DESKTOP,
        "page": page,
        "sort": _NEWEST_FIRST,
    }
    return show(request, company, "reconciliation/tie_outs.html", context)


@require_safe
@company_view(Right.VIEW)
def tie_out(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """One period: every kind from the source's total to QuickBooks', and the records that do not match."""
    found = get_object_or_404(TieOut.objects.select_related("by"), company=company, pk=pk)
    take_up(found)
    rows, accounts = rows_of(found), account_rows_of(found)
    drift = sum(part.records for row in rows for reason, part in row.sums.items() if reason in DRIFT)
    adopted = any(Reason.ADOPTED in row.sums for row in rows)
    # Few companies have adopted anything, and the table is as wide as a screen without that
    before = [column for column in BEFORE if column.name != "adopted" or adopted]
    column = COLUMNS.get(request.GET.get("column", _CHANGED if drift else ""))
    kind, currency, account = (request.GET.get(name, "") for name in ("kind", "currency", "account"))
    lines = lines_of(found, column=column, kind=kind, currency=currency, account=account)
    page = keyset_page(lines, _IN_ORDER, request.GET.get("place", ""))
    context = {
        "title": _("Tie-out %(first)s to %(last)s") % {"first": _shown(found.first), "last": _shown(found.last)},
        "above": back(company, "reconciliation:tie_outs", _("Tie-out")),
        "tie_out": found,
        "before": before,
        "after": AFTER,
        "rows": [ShownRow.of(row, before=before) for row in rows],
        "explained": is_explained(rows, accounts),
        "drift": drift,
        "unread": unread_at(found),
        "page": page,
        "sort": _IN_ORDER,
        "lines": shown_lines(company, page.rows, account),
        "may_decide": column is not None and column.name == _CHANGED,
        **_by_account(found, rows, accounts, account),
        **_signed(found, rows, accounts),
        **_evidence(found),
        "column": column,
        "columns": (*BEFORE, *AFTER),
    }
    context["runs_on"] = found.state == TieOutState.RUNNING or context["evidence_runs"]
    return show(request, company, "reconciliation/tie_out.html", context)


@require_POST
@company_view(Right.RESOLVE)
def tie_out_stop(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """End a tie-out, wherever it is worked at."""
    found = get_object_or_404(TieOut, company=company, pk=pk)
    if end(found, by=person_of(request)):
        messages.success(request, _("The tie-out was stopped."))
    else:
        messages.info(request, _("It had ended already."))
    return redirect("reconciliation:tie_out", company.slug, found.pk)


def _evidence(tie_out: TieOut) -> dict[str, Any]:
    """The evidence packs of the period so far, and whether one is being made."""
    packs = list(packs_of(tie_out.company, Period(first=tie_out.first, last=tie_out.last))[:_MOST_PACKS])
    newest = packs[0].state if packs else ""
    # One that is made for so long has died with its server: it can be made again
    silent = bool(packs) and packs[0].started_at < timezone.now() - _LONGEST_PACK
    return {
        "evidence_packs": [pack for pack in packs if pack.state == TieOutState.FINISHED],
        "evidence_runs": newest == TieOutState.RUNNING and not silent,
        "evidence_failed": packs[0].message if newest == TieOutState.FAILED else "",
    }


def _by_account(tie_out: TieOut, rows: list[Row], accounts: list[TiedAccount], account: str) -> dict[str, Any]:
    """The accounts of the period, what has none yet, and the one whose records are listed."""
    names = {row.account: row.name for row in accounts}
    chosen = account_of(account)
    return {
        "accounts": [ShownAccount.of(row) for row in accounts[:_MOST_ACCOUNTS]],
        "accounts_left_out": max(0, len(accounts) - _MOST_ACCOUNTS),
        "accounts_kept": tie_out.read_by_account is not None,
        "without_accounts": without_accounts(rows),
        "account": account_words(chosen, names.get(chosen, chosen)) if account else "",
    }


def _signed(tie_out: TieOut, rows: list[Row], accounts: list[TiedAccount]) -> dict[str, Any]:
    """Who signed the period off, and what has changed since."""
    sign_off = standing_sign_off(tie_out)
    if sign_off is None:
        return {"sign_form": None if in_the_way(tie_out, rows, accounts) else SignForm()}
    changed = changed_since(sign_off)
    return {
        "sign_off": sign_off,
        "withdraw_form": WithdrawForm(),
        "moved": moved_since(sign_off, rows) if sign_off.tie_out_id != tie_out.pk else [],
        "changed": list(changed[:_MOST_CHANGED]),
        "changed_number": changed.count(),
    }


@require_safe
@company_view(Right.VIEW)
def tie_out_statement(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """The statement of a finished tie-out as a workbook, to be put into the file of the period."""
    found, evidence = _finished(company, pk)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(found, statement(found, evidence=evidence), kind=kind, ending="xlsx")


@require_safe
@company_view(Right.VIEW)
def tie_out_statement_pdf(request: HttpRequest, company: Company, pk: int) -> HttpResponse:
    """The same statement as pages to print and sign."""
    found, evidence = _finished(company, pk)
    return _file(found, statement_pdf(found, evidence=evidence), kind="application/pdf", ending="pdf")


def _finished(company: Company, pk: int) -> tuple[TieOut, str]:
    """The tie-out, and the hash of its period's newest evidence pack."""
    tied = TieOut.objects.select_related("by", "company")
    found = get_object_or_404(tied, company=company, pk=pk, state=TieOutState.FINISHED)
    pack = newest_pack(company, Period(first=found.first, last=found.last))
    return found, pack.chain if pack else ""


def _file(tie_out: TieOut, content: bytes, *, kind: str, ending: str) -> HttpResponse:
    name = f"tie-out-{tie_out.company.slug}-{tie_out.first.isoformat()}-{tie_out.last.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def last_month(today: date) -> dict[str, date]:
    """The first and the last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return {"first": last.replace(day=1), "last": last}


def _shown(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
