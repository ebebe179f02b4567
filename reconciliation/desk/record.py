"""What does a person see of one unmatched customer, and of those in QuickBooks who could be meant?

A fixed number of queries, whatever the lists hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _

from books.money import ZERO
from books.orders import Address
from companies.models import Company
from mapping.customer_lookup import customer_named
from mapping.kept_suggestions import offered_to
from mapping.matching.customers import NotFound
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerRules
from reconciliation.fixes import Fix
from reconciliation.fixes.customers import CreateCustomer
from reconciliation.models import Issue
from reconciliation.wording import ProblemWords, tell
from sync.models import Document, DocumentState, OrderVersion, StagedOrder

Amounts = Sequence[tuple[Decimal, str]]

#: What a document adds to what its customer has bought, and to what they owe, by its kind.
_BOUGHT = {"invoice": 1, "sales-receipt": 1, "return": -1}
_OWED = {"invoice": 1, "payment": -1, "credit": -1, "return": -1, "refund": 1}
#: Forms that are paid at once, so that no one owes anything by them.
_PAID = ("sales-receipt", "refund-receipt", "credit-application")
_IN_BOOKS = (DocumentState.POSTED, DocumentState.DIFFERS)


@dataclass(frozen=True, kw_only=True)
class OfferedCustomer:
    """A QuickBooks customer who could be meant."""

    #: 1 to 5: the key that takes it.
    key: int
    row: QuickBooksCustomer
    score: int
    #: In the reader's language, the strongest first.
    reasons: Sequence[str]
    #: As far as Tieout has posted it; empty where it has posted nothing.
    bought: Amounts = ()
    owes: Amounts = ()


@dataclass(frozen=True, kw_only=True)
class DeskRecord:
    """One customer who waits, with everything that helps to decide."""

    issue: Issue
    customer: SourceCustomer
    words: ProblemWords
    #: Orders of the customer, and what they add up to.
    orders: int
    ordered: Amounts
    billing: Sequence[str]
    shipping: Sequence[str]
    #: What is kept with a decision: who was offered.
    offered: Sequence[Mapping[str, Any]]
    candidates: Sequence[OfferedCustomer]
    #: The standard customer of the source, where its rules send such orders there.
    standard: QuickBooksCustomer | None
    #: The form of a new customer.
    create: Fix


def record_of(company: Company, issue: Issue, customer: SourceCustomer) -> DeskRecord:
    """Read it."""
    offered = offered_to(customer)
    orders = StagedOrder.objects.filter(
        company=company, customer_key=customer.source_key, connection__system=customer.system
    )
    sums = orders.order_by().values("currency").annotate(number=Count("pk"), money=Sum("total"), newest=Max("pk"))
    rows = sorted(sums, key=lambda row: (row["currency"] != company.home_currency, row["currency"]))
    billing, shipping = _addresses(max((row["newest"] for row in rows), default=None))
    return DeskRecord(
        issue=issue,
        customer=customer,
        words=tell(issue.code, issue.facts),
        orders=sum(row["number"] for row in rows),
        ordered=[(row["money"], row["currency"]) for row in rows],
        billing=billing,
        shipping=shipping,
        offered=offered,
        candidates=_candidates(company, offered),
        standard=_standard(company, customer),
        create=CreateCustomer(company=company, issue=issue),
    )


def _candidates(company: Company, offered: Sequence[Mapping[str, Any]]) -> list[OfferedCustomer]:
    """Those who are offered and active now, with what Tieout has posted for them."""
    ids = [offer["id"] for offer in offered]
    rows = {row.quickbooks_id: row for row in QuickBooksCustomer.objects.filter(company=company, quickbooks_id__in=ids)}
    there = [offer for offer in offered if offer["id"] in rows and rows[offer["id"]].active]
    figures = _posted(company, [rows[offer["id"]].display_name for offer in there])
    return [
        OfferedCustomer(
            key=key,
            row=rows[offer["id"]],
            score=offer["score"],
            reasons=[_(reason) for reason in offer["reasons"]],
            bought=figures[rows[offer["id"]].display_name][0],
            owes=figures[rows[offer["id"]].display_name][1],
        )
        for key, offer in enumerate(there, start=1)
    ]


def _posted(company: Company, names: Sequence[str]) -> Mapping[str, tuple[Amounts, Amounts]]:
    """What was posted for customers of these names: what they bought, and what of it is owed, by currency."""
    documents = Document.objects.filter(company=company, customer_name__in=names, state__in=_IN_BOOKS)
    rows = documents.order_by().values("customer_name", "kind", "form", "currency").annotate(money=Sum("total"))
    bought: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    owes: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for row in rows:
        name, currency, money = row["customer_name"], row["currency"], row["money"] or ZERO
        bought[name][currency] += _BOUGHT.get(row["kind"], 0) * money
        if row["form"] not in _PAID:
            owes[name][currency] += _OWED.get(row["kind"], 0) * money
    return {name: (_amounts(bought[name]), _amounts(owes[name])) for name in names}


def _amounts(by_currency: Mapping[str, Decimal]) -> Amounts:
    return [(money, currency) for currency, money in sorted(by_currency.items()) if money]


def _addresses(newest: int | None) -> tuple[Sequence[str], Sequence[str]]:
    """Where the newest order is billed and sent, line by line."""
    version = (
        OrderVersion.objects.filter(order=newest).order_by("-version").defer("payload").first() if newest else None
    )
    if version is None:
        return (), ()
    customer = version.read().customer
    billing, shipping = lines_of(customer.billing), lines_of(customer.shipping)
    return billing, () if shipping == billing else shipping


def lines_of(address: Address) -> Sequence[str]:
    """An address as it is written on an envelope."""
    place = " ".join(filter(None, (address.city, address.region, address.postal_code)))
    return [line for line in (address.line1, address.line2, place, address.country) if line]


def _standard(company: Company, customer: SourceCustomer) -> QuickBooksCustomer | None:
    rules = SourceCustomerRules.objects.filter(company=company, system=customer.system).first()
    if rules is None or rules.not_found != NotFound.STANDARD or not rules.standard_customer:
        return None
    found = customer_named(company, rules.standard_customer)
    return found if found and found.active else None
