"""How do orders come in by themselves? A second company, whose orders are in a Keap account that stands in for Keap."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import requests
from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Count, Sum

from companies.activation import accept_disclaimer, put_practice_to_work
from companies.models import Company
from demo.check import Figure, balances, predicted
from demo.sample_company import add_people, decide_accounts
from mapping.models import SourceSettings
from simulators.keap.server import RunningKeap
from sync.fetching.connecting import Connected, NewSource, connect_by_key
from sync.lists.refresh_in_background import refresh_and_prepare
from sync.models import Connection, Document, DocumentState, LiveSource, StagedOrder, sources_of
from sync.quickbooks_online.connecting import connect_rehearsal
from sync.quickbooks_online.login import quickbooks_of
from sync.run import SyncReport, sync_company

logger = logging.getLogger(__name__)

SLUG = "bramble-birch-online"
_STARTS_ON = date(2026, 1, 1)
#: Seconds between two syncs while a person watches.
_EVERY = 15
_AMARA = "amara.lindqvist@example.org"

Say = Callable[[str], None]


def open_online_studio() -> Company:
    """The demo's company with a live source; what is there already stays as people changed it."""
    company, created = Company.objects.get_or_create(
        slug=SLUG,
        defaults={
            "name": "Bramble & Birch Online",
            "time_zone": "America/Denver",
            "home_currency": "USD",
            "is_rehearsal": True,
            "posts_automatically": True,
        },
    )
    add_people(company)
    admin = get_user_model().objects.get(username="admin")
    if created:
        decide_accounts(company)
        put_practice_to_work(company, by=admin)
    accept_disclaimer(company, by=admin)
    return company


def books_of(company: Company, rehearsal: Mapping[str, Any]) -> dict[str, Any]:
    """The company's own QuickBooks beside the studio's, opened when it is asked for first; its ready line."""
    before = quickbooks_of(company)
    wanted = {"company_id": before.external_id if before else "", "name": company.name}
    answer = requests.post(f"{rehearsal['control_url']}/companies", json=wanted, timeout=30)
    answer.raise_for_status()
    ready: dict[str, Any] = answer.json()
    return ready


def connect_both(company: Company, books: Mapping[str, Any], keap: Mapping[str, Any], *, say: Say) -> None:
    """Connect QuickBooks and Keap, whose address is another one at each start.

    Raises:
        RuntimeError: A step failed that cannot fail with test programs that were just started.
    """
    say("Connecting to QuickBooks and to Keap")
    connect_rehearsal(company, books)
    refreshed = refresh_and_prepare(company)
    if refreshed.failed:
        raise RuntimeError(refreshed.failed)
    source = sources_of(company).filter(live__isnull=False).select_related("live").first()
    wanted: NewSource | Connection = NewSource(kind="keap", starts_on=_STARTS_ON, address=keap["api_url"])
    if source is not None:
        source.live.address = keap["api_url"]
        source.live.save(update_fields=["address"])
        wanted = source
    made = connect_by_key(company, wanted, key=keap["api_key"], by=get_user_model().objects.get(username="admin"))
    if not isinstance(made, Connected):
        raise RuntimeError(made.worded())
    if source is None:
        SourceSettings.objects.filter(company=company, system=made.source.system).update(
            invoice_creation=True, item_sync=True, customer_sync=True
        )


def follow(company: Company) -> threading.Thread:
    """Sync the company again and again, as a scheduler would, while this process lives."""

    def work() -> None:
        while True:
            time.sleep(_EVERY)
            try:
                sync_company(company)
            except Exception:
                logger.exception("the sync of %s broke", company.slug)
            finally:
                connections.close_all()

    thread = threading.Thread(target=work, name="demo-follow", daemon=True)
    thread.start()
    return thread


# What the check plays ------------------------------------------------------------------------------------------------


def play(company: Company, keap: RunningKeap, books: Mapping[str, Any]) -> list[Figure]:
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
    return [
        *_figures(company, report, again),
        *(
            Figure(what=f"Keap: {figure.what}", expected=figure.expected, found=figure.found)
            for figure in predicted(company, before, after)
            if figure.expected != "0.00" or figure.found != "0.00"
        ),
    ]


def _sync(company: Company) -> SyncReport:
    report = sync_company(company)
    if report.stopped or report.cannot_run:
        raise RuntimeError(report.stopped or str(report.cannot_run))
    return report


def _figures(company: Company, report: SyncReport, again: SyncReport) -> Iterator[Figure]:
    posted = Document.objects.filter(company=company, state=DocumentState.POSTED)
    money = dict(posted.order_by().values_list("kind").annotate(Sum("total")))
    numbers = dict(posted.order_by().values_list("kind").annotate(Count("pk")))
    # Keap has no canceled orders: what is owed is written off, so the invoice stays and a credit settles it
    kinds = (("invoice", 3, "796.00"), ("payment", 2, "199.00"), ("credit", 1, "199.00"), ("refund", 1, "60.00"))
    for kind, count, total in kinds:
        found = f"{numbers.get(kind, 0)} of {money.get(kind, 0):.2f}"
        yield Figure(what=f"Keap: {kind}s posted", expected=f"{count} of {total}", found=found)
    orders = StagedOrder.objects.filter(company=company)
    yield Figure(what="Keap: orders read", expected="4", found=str(orders.count()))
    gone = orders.filter(status="cancelled").count()
    yield Figure(what="Keap: orders deleted there", expected="1", found=str(gone))
    yield Figure(
        what="Keap: what is blocked", expected="", found=", ".join(str(cause["code"]) for cause in report.causes)
    )
    yield Figure(what="Keap: posted by syncing again", expected="0", found=str(again.counts.get("posted", 0)))
