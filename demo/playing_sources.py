"""Do the books follow what people do in Keap and in HighLevel, to the cent? Played in test accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import requests
from django.db.models import Count, Sum

from books.translation import gettext_noop
from companies.models import Company
from demo.check import Figure, balances, predicted
from simulators.highlevel.amounts import Discount, SoldLine
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.models import Document, DocumentState, LiveSource, StagedOrder
from sync.run import sync_company
from sync.sync_report import SyncReport

_AMARA = "amara.lindqvist@example.org"
#: What is said of a source, and by the kind of document what is said of what was posted.
_AT = {"Keap": gettext_noop("Keap: %(what)s"), "HighLevel": gettext_noop("HighLevel: %(what)s")}
_POSTED = {
    "invoice": gettext_noop("invoices posted"),
    "sales-receipt": gettext_noop("sales-receipts posted"),
    "payment": gettext_noop("payments posted"),
    "credit": gettext_noop("credits posted"),
    "refund": gettext_noop("refunds posted"),
    "return": gettext_noop("returns posted"),
}


def play_keap(company: Company, keap: RunningKeap, books: Mapping[str, Any]) -> list[Figure]:
    """Orders are placed, paid in parts, refunded, changed, canceled and deleted in Keap; the books follow."""
    before = balances(books)
    keap.company.new_contact("Amara", "Lindqvist", email=_AMARA)
    keap.company.new_product("Wheel Throwing 101", "199.00", sku="WT-101")

    paid, changed, canceled, deleted = (
        keap.company.place_order(_AMARA, [("WT-101", 1, "199.00")], on=date(2026, 11, 2)) for _ in range(4)
    )
    _sync(company)
    keap.company.pay(paid, "99.00", "Check", on=date(2026, 11, 3))
    _sync(company)
    keap.company.pay(paid, "100.00", "Cash", on=date(2026, 11, 4))
    keap.company.edit_line(changed, keap.company.order(changed).lines[0].id, quantity=2)
    keap.company.cancel(canceled)
    _sync(company)
    keap.company.refund(paid, "60.00", on=date(2026, 11, 5))
    keap.company.delete_order(deleted)
    LiveSource.objects.filter(connection__company=company).update(compared_at=None)
    report = _sync(company)
    again = _sync(company)
    after = balances(books)
    # Keap has no canceled orders: what is owed is written off, so the invoice stays and a credit settles it
    kinds = {"invoice": "3 of 796.00", "payment": "2 of 199.00", "credit": "1 of 199.00", "refund": "1 of 60.00"}
    figures = [*_kinds(company, kinds), *_whole(company, report, again, orders=4, gone=1)]
    return [_of("Keap", figure) for figure in (*figures, *predicted(company, before, after))]


def play_highlevel(company: Company, agency: RunningAgency, books: Mapping[str, Any]) -> list[Figure]:
    """One invoice is sent, discounted and paid in parts, one voided; courses are sold, a membership renewed."""
    before = balances(books)
    crm = agency.company
    contact = crm.new_contact(firstName="Amara", lastName="Lindqvist", email=_AMARA)
    wheel = SoldLine(name="Wheel Throwing 101", amount=Decimal(199))
    draft, sent, voided = (crm.new_invoice(contact, [wheel]) for _ in range(3))
    _sync(company)
    crm.send_invoice(sent)
    crm.send_invoice(voided)
    _sync(company)
    crm.change_invoice(sent, discount=Discount(value=Decimal(10), percentage=True))
    crm.record_payment(sent, Decimal(100), mode="cash")
    crm.void_invoice(voided)
    _sync(company)
    crm.record_payment(sent)
    sale = crm.sell_by_order_form(contact, [wheel])
    member = crm.sell_subscription(contact, [SoldLine(name="Studio Membership", amount=Decimal(65), recurring=True)])
    crm.sell_calendar(contact, [SoldLine(name="Coaching Hour", amount=Decimal(85))])
    crm.sell_by_order_form(contact, [wheel], status="failed")
    _sync(company)
    crm.take_renewal(member.subscription)
    crm.refund(sale.transaction, Decimal(60))
    crm.change_invoice(draft, lines=[wheel, wheel])
    _create_customer(books, "Ngaire Holt", email="ngaire.holt@example.com")
    report = _sync(company)
    again = _sync(company)
    after = balances(books)
    # Of two invoices the voided one is no longer posted; the draft is none, and what failed counts as canceled
    kinds = {"invoice": "1 of 179.10", "payment": "2 of 179.10", "sales-receipt": "4 of 414.00", "refund": "1 of 60.00"}
    figures = [*_kinds(company, kinds), *_whole(company, report, again, orders=8, gone=2), _contacts(agency)]
    return [_of("HighLevel", figure) for figure in (*figures, *predicted(company, before, after))]


def _create_customer(books: Mapping[str, Any], name: str, *, email: str) -> None:
    """What a bookkeeper does in QuickBooks: a customer who has bought nothing yet."""
    answer = requests.post(
        f"{books['base_url']}/v3/company/{books['company_id']}/customer",
        json={"DisplayName": name, "PrimaryEmailAddr": {"Address": email}},
        params={"requestid": "demo-new-customer"},
        headers={"Authorization": f"Bearer {books['access_token']}", "Accept": "application/json"},
        timeout=30,
    )
    answer.raise_for_status()


def _contacts(agency: RunningAgency) -> Figure:
    """Who is in HighLevel: the one who bought there, and the one who was created in QuickBooks, each once."""
    names = sorted(str(person["name"]) for person in agency.company.tables.all("contacts"))
    return Figure(what=gettext_noop("contacts"), expected="Amara Lindqvist, Ngaire Holt", found=", ".join(names))


def _of(source: str, figure: Figure) -> Figure:
    return Figure(what=_AT[source] % {"what": figure.what}, expected=figure.expected, found=figure.found)


def _sync(company: Company) -> SyncReport:
    report = sync_company(company)
    if report.stopped or report.cannot_run:
        raise RuntimeError(report.stopped or str(report.cannot_run))
    return report


def _kinds(company: Company, expected: Mapping[str, str]) -> Iterator[Figure]:
    """How many documents of each kind are posted, and of how much."""
    posted = Document.objects.filter(company=company, state=DocumentState.POSTED).exclude(
        kind__in=("customer", "credit-application")
    )
    money = dict(posted.order_by().values_list("kind").annotate(Sum("total")))
    numbers = dict(posted.order_by().values_list("kind").annotate(Count("pk")))
    found = {kind: f"{numbers[kind]} of {money[kind]:.2f}" for kind in numbers}
    for kind in sorted({*expected, *found}):
        yield Figure(what=_POSTED[kind], expected=expected.get(kind, ""), found=found.get(kind, ""))


def _whole(company: Company, report: SyncReport, again: SyncReport, *, orders: int, gone: int) -> Iterator[Figure]:
    read = StagedOrder.objects.filter(company=company)
    yield Figure(what=gettext_noop("sales read"), expected=str(orders), found=str(read.count()))
    canceled = read.filter(status="cancelled").count()
    yield Figure(what=gettext_noop("voided or deleted there"), expected=str(gone), found=str(canceled))
    blocked = ", ".join(str(cause["code"]) for cause in report.causes)
    yield Figure(what=gettext_noop("what is blocked"), expected="", found=blocked)
    yield Figure(what=gettext_noop("posted by syncing again"), expected="0", found=str(again.counts.get("posted", 0)))
