"""How is a cleanup report shown: each kind with its sums, and each case with its links into QuickBooks?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from books.documents import CreditMemo, Invoice, NewCustomer, Payment, RefundReceipt, SalesReceipt
from books.money import ZERO
from companies.models import Company
from reconciliation.cleanup.finding import CleanupKind
from reconciliation.cleanup_models import CleanupFinding, CleanupReport
from sync.quickbooks_online.addresses import link_into_quickbooks
from sync.quickbooks_online.login import quickbooks_of


@dataclass(frozen=True, kw_only=True)
class CleanupWords:
    """A kind of case: what it is called, what it means, and what is done about it in QuickBooks."""

    title: StrPromise
    meaning: StrPromise


CLEANUP_WORDS: Mapping[CleanupKind, CleanupWords] = {
    CleanupKind.TWICE: CleanupWords(
        title=gettext_lazy("Entered twice"),
        meaning=gettext_lazy(
            "Same customer and total, and the numbers or the dates are alike. Look at them: two equal sales may both "
            "be real. The amount is what would be too much. Void or delete the one that is not."
        ),
    ),
    CleanupKind.UNAPPLIED: CleanupWords(
        title=gettext_lazy("Payments not applied"),
        meaning=gettext_lazy("The customer has paid this, and an invoice still looks unpaid. Apply it to its invoice."),
    ),
    CleanupKind.UNUSED: CleanupWords(
        title=gettext_lazy("Credits not used"),
        meaning=gettext_lazy("The customer still has this credit. Apply it to an invoice, or refund it."),
    ),
    CleanupKind.UNDEPOSITED: CleanupWords(
        title=gettext_lazy("Deposits missing"),
        meaning=gettext_lazy(
            "The money is still in Undeposited Funds. Put it on the bank deposit that it came in with; where the "
            "deposit was entered as income separately, that income is there twice."
        ),
    ),
    CleanupKind.CUSTOMERS: CleanupWords(
        title=gettext_lazy("Customers twice"),
        meaning=gettext_lazy(
            "Names, addresses or telephone numbers are alike. If it is one customer, merge the two in QuickBooks. The "
            "amount is what both were sold in the period."
        ),
    ),
}


@dataclass(frozen=True, kw_only=True)
class CleanupSum:
    """The cases of one kind."""

    kind: CleanupKind
    words: CleanupWords
    cases: int = 0
    #: By currency.
    money: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """A transaction or a customer of a case."""

    title: str
    number: str
    quickbooks_id: str
    in_quickbooks: str
    name: str
    dated: date | None
    amount: Decimal
    is_ours: bool


@dataclass(frozen=True, kw_only=True)
class ShownCase:
    """One case."""

    entries: tuple[ShownEntry, ...]
    reasons: str
    amount: Decimal
    currency: str
    #: For how many days it has been open, when the report was made; None where that says nothing.
    age: int | None


def cleanup_sums(report: CleanupReport) -> list[CleanupSum]:
    """Every kind, those without a case too; one query."""
    found: dict[str, list[tuple[int, Decimal, str]]] = {}
    rows = report.findings.order_by("currency").values_list("kind", "currency")
    for kind, currency, number, amount in rows.annotate(number=Count("pk"), sum=Sum("amount")):
        found.setdefault(kind, []).append((number, amount or ZERO, currency))
    return [
        CleanupSum(
            kind=kind,
            words=words,
            cases=sum(number for number, _amount, _currency in found.get(kind, ())),
            money=tuple((amount, currency) for _number, amount, currency in found.get(kind, ())),
        )
        for kind, words in CLEANUP_WORDS.items()
    ]


def shown_cases(company: Company, report: CleanupReport, findings: Iterable[CleanupFinding]) -> list[ShownCase]:
    """The cases of one page."""
    connection = quickbooks_of(company)
    realm = connection.external_id if connection else ""
    return [shown_case(report, finding, realm=realm) for finding in findings]


def shown_case(report: CleanupReport, finding: CleanupFinding, *, realm: str) -> ShownCase:
    """One case; its links lead into the QuickBooks company of that id, and where that is empty nowhere."""
    return ShownCase(
        entries=tuple(_entry(report.company, record, realm) for record in finding.records),
        reasons=", ".join(_(reason) for reason in finding.reasons),
        amount=finding.amount,
        currency=finding.currency,
        age=_age(report, finding) if finding.kind in _AGING else None,
    )


def _entry(company: Company, record: Mapping[str, str], realm: str) -> ShownEntry:
    form, identifier = record["form"], record["id"]
    return ShownEntry(
        title=_(_TITLES[form]),
        number=record["number"],
        quickbooks_id=identifier,
        in_quickbooks=link_into_quickbooks(company, form, identifier, realm=realm) if realm else "",
        name=record["name"],
        dated=date.fromisoformat(record["dated"]) if record["dated"] else None,
        amount=Decimal(record["amount"]),
        is_ours=bool(record["ours"]),
    )


#: What QuickBooks calls each form.
_TITLES: Mapping[str, str] = {
    form.kind: form.title for form in (NewCustomer, Invoice, SalesReceipt, Payment, CreditMemo, RefundReceipt)
}
_AGING = (CleanupKind.UNAPPLIED, CleanupKind.UNUSED, CleanupKind.UNDEPOSITED)


def _age(report: CleanupReport, finding: CleanupFinding) -> int:
    made_on = timezone.localdate(report.started_at, timezone=report.company.zone)
    return (made_on - date.fromisoformat(finding.records[0]["dated"])).days
