"""How does the studio's accountant close a month? Tied out, decided, signed off; one invoice is changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User

from books.money import ZERO
from books.translation import gettext_noop
from companies.models import Company
from demo.check import Figure
from demo.sample_company import expected
from demo.sample_orders.month_end_story import CHANGED_SINCE, FIRST, KEPT, LAST, NOTE, REASON, SIGNER, Repriced
from demo.story import Say
from reconciliation.models import SignOff, TieOut, TieOutState
from reconciliation.tie_out.comparing import DRIFT, Period, Reason
from reconciliation.tie_out.deciding import Counts, decide_lines, to_decide
from reconciliation.tie_out.run import begin, carry_out, rows_of
from reconciliation.tie_out.shown import ShownRow
from reconciliation.tie_out.sign_off import moved_since, sign
from sync.models import Document

_TYING_OUT = gettext_noop("Tying out and signing off August")
_MONTH_END = gettext_noop("Month end: %(what)s")
#: Columns of the tie-out, by their name on the screens.
_COLUMNS = {
    "blocked-ignored": gettext_noop("Blocked or ignored"),
    "kept-in-quickbooks": gettext_noop("Kept as in QuickBooks"),
    "not-posted-yet": gettext_noop("Not posted yet"),
    "changed-in-quickbooks": gettext_noop("Changed in QuickBooks"),
}


def tell_month_end(company: Company, rehearsal: Mapping[str, Any], *, say: Say) -> None:
    """Close August, unless it was signed off before; what is there already stays as people changed it.

    Args:
        company: The studio, after its first sync.
        rehearsal: What its test company printed when it was ready.
        say: Told what is done, in words.

    Raises:
        RuntimeError: A tie-out failed that cannot fail with a test company that runs.
    """
    if SignOff.objects.filter(company=company, first=FIRST, last=LAST).exists():
        return
    say(_TYING_OUT)
    accountant = get_user_model().objects.get(username=SIGNER)
    _reprice(company, rehearsal, KEPT)
    found = _tied_out(company, by=accountant)
    lines = found.lines.filter(document__order__number=KEPT.number, kind="invoice").values_list("pk", flat=True)
    decide_lines(company, to_decide(found, map(str, lines)), Counts.THEIRS, reason=REASON, by=accountant)
    sign(_tied_out(company, by=accountant), note=NOTE, by=accountant)
    _reprice(company, rehearsal, CHANGED_SINCE)
    _tied_out(company, by=accountant)


def _tied_out(company: Company, *, by: User) -> TieOut:
    tie_out = carry_out(begin(company, Period(first=FIRST, last=LAST), by=by))
    if tie_out.state != TieOutState.FINISHED:
        raise RuntimeError(tie_out.message)
    return tie_out


def _reprice(company: Company, rehearsal: Mapping[str, Any], change: Repriced) -> None:
    """What a bookkeeper does in QuickBooks; nothing where the line is another by now, or the invoice is gone."""
    document = Document.objects.get(company=company, order__number=change.number, kind="invoice")
    answer = requests.get(
        f"{rehearsal['base_url']}/v3/company/{rehearsal['company_id']}/invoice/{document.quickbooks_id}",
        headers={"Authorization": f"Bearer {rehearsal['access_token']}", "Accept": "application/json"},
        timeout=30,
    )
    held = answer.json().get("Invoice", {}).get("Line", [])
    lines = [line for line in held if line["DetailType"] != "SubTotalLineDetail"]
    line = next((line for line in lines if round(line["Amount"] * 100) == change.cents), None)
    if line is None:
        return
    detail, becomes = line["SalesItemLineDetail"], change.becomes / 100
    line["Amount"], detail["UnitPrice"] = becomes, becomes / detail.get("Qty", 1)
    body = {"entity": "Invoice", "id": document.quickbooks_id, "fields": {"Line": lines}}
    requests.post(f"{rehearsal['control_url']}/edit", json=body, timeout=30).raise_for_status()


def month_end_figures(company: Company) -> Iterator[Figure]:
    """What the last tie-out of August shows of its invoices, and what has moved since the sign-off."""
    wanted = expected()["month_end"]
    tied_out = TieOut.objects.filter(company=company, first=FIRST, last=LAST).order_by("-pk")
    signed = SignOff.objects.filter(company=company, first=FIRST, last=LAST, withdrawn_at=None)
    (tie_out, *_earlier), (sign_off,) = tied_out, signed
    rows = rows_of(tie_out)
    (row,) = (ShownRow.of(row) for row in rows if row.kind == "invoice")
    amounts = {figure.column.name: figure.amount for figure in (*row.before, *row.after)}
    told = tie_out.lines.filter(reason__in=(Reason.KEPT, *DRIFT)).values_list("document__order__number", "reason")
    must = {
        "blocked-ignored": wanted["blocked"],
        "kept-in-quickbooks": wanted["kept"],
        "not-posted-yet": "0.00",
        "changed-in-quickbooks": wanted["changed"],
    }
    yield _of(gettext_noop("Source"), wanted["source"], f"{row.source:.2f}")
    for name, title in _COLUMNS.items():
        yield _of(title, must[name], f"{amounts[name]:.2f}")
    unexplained = sum((row.unexplained for row in rows), ZERO)
    yield _of(gettext_noop("Unexplained"), "0.00", f"{unexplained:.2f}")
    yield _of(gettext_noop("Signed off by"), SIGNER, sign_off.name)
    moved = ", ".join(f"{total.moved:.2f}" for total in moved_since(sign_off, rows))
    yield _of(gettext_noop("Changed since the sign-off"), wanted["changed"], moved)
    records = ", ".join(f"{number} {reason}" for number, reason in sorted(told))
    yield _of(gettext_noop("Records that differ"), wanted["records"], records)


def _of(what: str, wanted: str, found: str) -> Figure:
    return Figure(what=_MONTH_END % {"what": what}, expected=wanted, found=found)
