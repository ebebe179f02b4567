"""Does one order with a null where an amount belongs hold up no other, and is it told by its number and its field?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.exceptions import HTTPException

from simulators.common.http import Reply, Request
from simulators.common.server import Application
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.fetch import fetch_source
from sync.fetching.unread import unread_of
from sync.models import OrderVersion, StagedOrder
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import an_order, keap
from tests.fetching.live_keap import connected as connected_keap

__all__ = ["agency", "keap"]
pytestmark = pytest.mark.django_db(transaction=True)


class _Edited:
    """Hands everything on to the account, and edits the records of its answers on their way back."""

    def __init__(self, behind: Application, path: str, edit: Callable[[dict[str, Any]], None]) -> None:
        self.behind, self.path, self.edit = behind, path, edit

    def respond(self, request: Request) -> Reply:
        reply = self.behind.respond(request)
        if not request.path.startswith(self.path) or reply.status_code != 200:
            return reply
        told = json.loads(reply.get_data())
        lists = [value for value in told.values() if isinstance(value, list)]
        for record in [told, *(row for rows in lists for row in rows if isinstance(row, dict))]:
            self.edit(record)
        return Reply.of(told)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        return self.behind.refuse(problem, request)

    def most_bytes(self, path: str) -> int:
        return self.behind.most_bytes(path)


@contextmanager
def edited(running: Any, path: str, edit: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Answers to requests of a path come back edited."""
    behind = running.server.application
    running.server.application = _Edited(behind, path, edit)
    try:
        yield
    finally:
        running.server.application = behind


def null_price(number: str) -> Callable[[dict[str, Any]], None]:
    def edit(record: dict[str, Any]) -> None:
        if str(record.get("id")) == number and record.get("order_items"):
            record["order_items"][0]["price_per_unit"]["amount"] = None

    return edit


def null_payment(number: str) -> Callable[[dict[str, Any]], None]:
    def edit(record: dict[str, Any]) -> None:
        if "amount" in record and number in map(str, record.get("order_ids") or ()):
            record["amount"] = None

    return edit


@pytest.mark.parametrize(
    ("path", "edit", "field"),
    [
        ("/crm/rest/v2/orders", null_price, "order_items[0].price_per_unit"),
        ("/crm/rest/v2/sales/payments", null_payment, "payments[0].amount"),
    ],
)
def test_keap_tells_null_for_one_amount(
    keap: RunningKeap, path: str, edit: Callable[[str], Callable[[dict[str, Any]], None]], field: str
) -> None:
    spoiled, sound = an_order(keap), an_order(keap)
    for number in (spoiled, sound):
        keap.company.pay(number, "50.00")
    source = connected_keap(the_studio(), keap)

    with edited(keap, path, edit(spoiled)):
        report = fetch_source(source)

    assert (report.complete, report.unread) == (True, 1)
    assert [row.number for row in StagedOrder.objects.all()] == [sound]
    (unread,) = unread_of(source)
    assert (unread.number, field in unread.what) == (spoiled, True)
    assert "fetch the order again" in unread.cure


@pytest.mark.parametrize(
    ("path", "name", "field"),
    [("/invoices/", "total", "total"), ("/payments/transactions", "amount", "transactions[0].amount")],
)
def test_highlevel_tells_null_for_one_amount(agency: RunningAgency, path: str, name: str, field: str) -> None:
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", lastName="Brook", email="maya.brook@example.com")
    source = connected_highlevel(agency, the_studio())
    for _ in range(2):
        invoice = crm.new_invoice(contact, [wheel()])
        crm.send_invoice(invoice)
        crm.record_payment(invoice)
    spoiled = str(invoice)

    def edit(record: dict[str, Any]) -> None:
        if spoiled in (record.get("_id"), record.get("entityId")) and name in record:
            record[name] = None

    with edited(agency, path, edit):
        report = fetch_source(source)

    assert (report.complete, report.unread, StagedOrder.objects.count()) == (True, 1, 1)
    (unread,) = unread_of(source)
    assert (unread.source_id, field in unread.what) == (f"invoice-{spoiled}", True)


def test_ids_of_keap_that_turn_from_text_into_numbers_make_no_order_another_one(keap: RunningKeap) -> None:
    number = an_order(keap)
    keap.company.pay(number, "50.00")
    source = connected_keap(the_studio(), keap)
    fetch_source(source)
    keap.company.options.ids_as_numbers = True
    source.live.compared_at = source.live.products_read_at = None
    source.live.save()

    report = fetch_source(source)

    assert (report.complete, report.unread, report.gone, report.counts.changed) == (True, 0, 0, 0)
    assert StagedOrder.objects.count() == OrderVersion.objects.count() == 1


def test_an_order_of_keap_without_an_id_is_told_and_stops_nothing(keap: RunningKeap) -> None:
    spoiled, sound = an_order(keap), an_order(keap)
    source = connected_keap(the_studio(), keap)

    def edit(record: dict[str, Any]) -> None:
        if str(record.get("id")) == spoiled:
            record["id"] = None

    with edited(keap, "/crm/rest/v2/orders", edit):
        report = fetch_source(source)

    assert (report.complete, report.stopped) == (True, "")
    assert ["id" in error.message.worded() for error in report.counts.errors] == [True]
    assert [row.number for row in StagedOrder.objects.all()] == [sound]
