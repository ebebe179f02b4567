"""Did the demo come to what the samples must give? Every figure, from our database and from QuickBooks itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import requests
from django.db.models import Count, Sum

from books.money import ZERO
from books.translation import gettext_noop
from companies.models import Company
from demo.sample_company import expected
from sync.models import Document, DocumentProblem, DocumentState, StagedOrder

#: Balances of the sample books before the first sync are in the trial balance of the rehearsal company too.
Balances = Mapping[str, Decimal]

#: By the kind of document, what its number and its money are called. In English, as every figure is; the
#: command tells it in another language.
_POSTED = {
    "invoice": (gettext_noop("invoices posted"), gettext_noop("invoices posted, money")),
    "payment": (gettext_noop("payments posted"), gettext_noop("payments posted, money")),
    "credit": (gettext_noop("credits posted"), gettext_noop("credits posted, money")),
    "refund": (gettext_noop("refunds posted"), gettext_noop("refunds posted, money")),
    "return": (gettext_noop("returns posted"), gettext_noop("returns posted, money")),
}
BLOCKED, _BLOCKED_MONEY = gettext_noop("blocked: %(cause)s"), gettext_noop("blocked: %(cause)s, money")
_MOVED = gettext_noop("QuickBooks moved %(account)s")
_TRIAL_BALANCE = gettext_noop("Trial balance, %(account)s")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure, as it must be and as it is."""

    what: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        """Whether the two are the same, to the cent."""
        return self.expected == self.found


def balances(ready: Mapping[str, object]) -> dict[str, Decimal]:
    """The trial balance of the rehearsal company, as any program gets it by the API; by account, debit positive.

    Args:
        ready: What the rehearsal company printed when it was ready.

    Source:
        Intuit's report TrialBalance
    """
    answer = requests.get(
        f"{ready['base_url']}/v3/company/{ready['company_id']}/reports/TrialBalance",
        # The samples are of one year, so that no profit has moved to retained earnings
        params={"start_date": "2026-01-01", "end_date": "2026-12-31", "accounting_method": "Accrual"},
        headers={"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"},
        timeout=30,
    )
    answer.raise_for_status()
    rows = [row["ColData"] for row in answer.json()["Rows"].get("Row", []) if "ColData" in row]
    return {name["value"]: _amount(debit) - _amount(credit) for name, debit, credit in rows}


def _amount(cell: Mapping[str, str]) -> Decimal:
    return Decimal(cell["value"] or "0")


def figures(company: Company, before: Balances, after: Balances) -> list[Figure]:
    """Every figure of `demo/samples/expected.json` beside what was found.

    Args:
        company: The studio, after its first sync.
        before: The trial balance of the rehearsal company before anything was posted.
        after: The same afterwards.
    """
    wanted = expected()
    return [
        *_orders(company, wanted),
        *_posted(company, wanted),
        *_blocked(company, wanted),
        *_movements(wanted, before, after),
        *predicted(company, before, after),
    ]


def _orders(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    staged = StagedOrder.objects.filter(company=company)
    yield Figure(what=gettext_noop("orders staged"), expected=str(wanted["orders"]["total"]), found=str(staged.count()))
    nothing = staged.exclude(not_posted=[]).exclude(documents__isnull=False).order_by("number")
    yield Figure(
        what=gettext_noop("orders that post nothing"),
        expected=", ".join(f"{order['order']} {order['why']}" for order in wanted["posts_nothing"]),
        found=", ".join(f"{order.number} {order.not_posted[0]['code']}" for order in nothing),
    )


def _posted(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    posted = Document.objects.filter(company=company, state=DocumentState.POSTED)
    customers = posted.filter(kind="customer").count()
    yield Figure(
        what=gettext_noop("customers created"), expected=str(wanted["posted"]["customers"]), found=str(customers)
    )
    used = posted.filter(kind="credit-application").count()
    yield Figure(
        what=gettext_noop("credits and gift cards used up"),
        expected=str(wanted["posted"]["applied_credits"]),
        found=str(used),
    )
    for kind, (what, money) in _POSTED.items():
        must = wanted["posted"][f"{kind}s"]
        found = posted.filter(kind=kind).aggregate(number=Count("pk"), money=Sum("total"))
        yield Figure(what=what, expected=str(must["count"]), found=str(found["number"]))
        yield Figure(what=money, expected=must["total"], found=_cents(found["money"]))


def _blocked(company: Company, wanted: Mapping[str, Any]) -> Iterator[Figure]:
    by_code: dict[str, dict[str, Decimal]] = defaultdict(dict)
    problems = DocumentProblem.objects.filter(company=company, document__kind="invoice")
    for code, number, amount in problems.values_list("code", "document__order__number", "document__total"):
        by_code[code][number] = amount
    for must in wanted["blocked"]:
        found = by_code.pop(must["cause"], {})
        what, money = (words % {"cause": must["cause"]} for words in (BLOCKED, _BLOCKED_MONEY))
        yield Figure(what=what, expected=", ".join(must["orders"]), found=", ".join(sorted(found)))
        yield Figure(what=money, expected=must["invoices"]["total"], found=_cents(sum(found.values(), ZERO)))
    yield Figure(what=gettext_noop("other causes"), expected="", found=", ".join(sorted(by_code)))
    waiting = Document.objects.filter(company=company, kind="payment").exclude(state=DocumentState.POSTED)
    must = wanted["blocked_total"]["payments"]
    yield Figure(what=gettext_noop("payments that wait"), expected=str(must["count"]), found=str(waiting.count()))


def _movements(wanted: Mapping[str, Any], before: Balances, after: Balances) -> Iterator[Figure]:
    """What the sync moved on each account of QuickBooks, by the sums of the samples; nothing on any other."""
    must = {path: Decimal(amount) for path, amount in wanted["moved"].items()}
    for path in sorted({*must, *before, *after}):
        moved = after.get(path, ZERO) - before.get(path, ZERO)
        if path in must or moved:
            what = _MOVED % {"account": path}
            yield Figure(what=what, expected=_cents(must.get(path, ZERO)), found=_cents(moved))


def predicted(company: Company, before: Balances, after: Balances) -> Iterator[Figure]:
    """The trial balance, account by account: what was there, and the postings of everything that was posted."""
    predicted = defaultdict(Decimal, before)
    posted = Document.objects.filter(company=company, state=DocumentState.POSTED).select_related("frozen")
    for posting in (posting for row in posted for posting in row.value().postings):
        predicted[posting.account.path] += posting.amount
    for path in sorted({*predicted, *after}):
        what = _TRIAL_BALANCE % {"account": path}
        yield Figure(what=what, expected=_cents(predicted[path]), found=_cents(after.get(path)))
    yield Figure(
        what=gettext_noop("Trial balance, debits less credits"),
        expected="0.00",
        found=_cents(sum(after.values(), ZERO)),
    )


def _cents(amount: Decimal | None) -> str:
    return f"{amount or ZERO:.2f}".replace("-0.00", "0.00")
