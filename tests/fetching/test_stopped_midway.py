"""Does a reading that is under way end where a person pauses or disconnects its source, and is what was read kept?"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from companies.activation import withdraw
from companies.models import Role
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from sync.fetching.fetch import fetch_source
from sync.models import Connection, ConnectionState, LiveSource, OrderVersion, Run, RunState, StagedOrder
from sync.run import sync_company
from tests.factories import the_studio
from tests.fetching.highlevel_agency import agency, key_of, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import an_order, keap
from tests.fetching.live_keap import connected as connected_keap
from tests.fetching.meanwhile import meanwhile
from tests.mapping.people import signed_in

__all__ = ["agency", "keap"]
pytestmark = pytest.mark.django_db(transaction=True)

#: What is asked for while a vendor's first page of something new is read, and the request that begins the second one.
IN_FIRST = {"keap": ("/crm/rest/v2/orders", 1), "highlevel": ("/payments/orders/", 1)}
IN_SECOND = {"keap": ("/crm/rest/v2/sales/payments", 2), "highlevel": ("/payments/orders/", 26)}
#: Orders, and versions of them, after the first page and after all of them.
AFTER_FIRST = {"keap": (3, 3), "highlevel": (25, 25)}
AFTER_ALL = {"keap": (3, 4), "highlevel": (27, 27)}


def kept() -> tuple[int, int]:
    return StagedOrder.objects.count(), OrderVersion.objects.count()


def of_keap(keap: RunningKeap) -> Connection:
    """Two orders were read; a payment of the earlier one, and another order, came since: a page each."""
    first = an_order(keap)
    keap.company.clock.advance(3 * 3600)
    an_order(keap)
    source = connected_keap(the_studio(), keap)
    fetch_source(source)
    keap.company.clock.advance(3600)
    keap.company.pay(first, "50.00")
    an_order(keap)
    return source


def of_highlevel(agency: RunningAgency) -> Connection:
    """Two payments more than a page holds."""
    contact = agency.company.new_contact(firstName="Maya", email="maya.brook@example.com")
    for _number in range(27):
        agency.company.sell_by_order_form(contact, [wheel()])
    return connected_highlevel(agency, the_studio())


@pytest.fixture(params=["keap", "highlevel"])
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def running(vendor: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("keap" if vendor == "keap" else "agency")


@pytest.fixture
def source(vendor: str, running: Any) -> Connection:
    return of_keap(running) if vendor == "keap" else of_highlevel(running)


@pytest.fixture
def person(source: Connection) -> Client:
    return signed_in(source.company, Role.ADMINISTRATOR)


def page(source: Connection, *parts: str) -> str:
    return "/".join(["", source.company.slug, "integrations", source.system, *parts, ""])


def read_to_the_end() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("fetch-"):
            thread.join(60)


def test_paused_it_ends_after_the_page_in_hand_and_says_so_and_goes_on_there(
    vendor: str, running: Any, source: Connection, person: Client
) -> None:
    shown: list[str] = []

    def pauses() -> None:
        person.post(page(source, "pause"))
        shown.append(person.get(page(source)).content.decode())

    with meanwhile(running, IN_FIRST[vendor], pauses):
        report = fetch_source(source)

    assert kept() == AFTER_FIRST[vendor]
    assert (report.paused, report.complete, report.goes_on, report.stopped) == (True, False, False, "")
    assert "Pausing" in shown[0]
    assert "and then nothing else" in shown[0]
    run = Run.objects.latest("pk")
    assert "It was paused" in person.get(f"/{source.company.slug}/sync-history/{run.pk}/").content.decode()
    with meanwhile(running, ("", 0), list) as front:
        assert fetch_source(source).paused  # as by a sync that had listed its sources before
    assert front.after == 0

    person.post(page(source, "read"))
    read_to_the_end()
    assert kept() == AFTER_ALL[vendor]


@pytest.mark.criterion("C07")
def test_disconnected_nothing_more_is_asked_and_connected_again_it_goes_on_there(
    vendor: str, running: Any, source: Connection, person: Client
) -> None:
    with meanwhile(running, IN_SECOND[vendor], lambda: person.post(page(source, "disconnect"))) as front:
        report = fetch_source(source)
    source.refresh_from_db()

    assert front.after == 0
    assert (source.state, source.secret, source.last_error) == (ConnectionState.DISCONNECTED, "", "")
    assert "is not connected" in report.stopped
    assert kept() == AFTER_FIRST[vendor]

    key = running.ready()["api_key"] if vendor == "keap" else key_of(running)
    person.post(page(source, "login"), {"key": key})
    read_to_the_end()
    assert kept() == AFTER_ALL[vendor]


def test_paused_while_numbers_are_compared_nothing_more_is_asked(
    vendor: str, running: Any, source: Connection, person: Client
) -> None:
    fetch_source(source)
    LiveSource.objects.update(compared_at=None, products_read_at=None)
    # Keap: the orders that changed, those of the newest payments, then all of them
    listing = {"keap": ("/crm/rest/v2/orders", 2), "highlevel": ("/invoices/", 2)}[vendor]

    with meanwhile(running, listing, lambda: person.post(page(source, "pause"))) as front:
        report = fetch_source(source)

    assert (front.left, report.paused, report.complete) == (0, True, True)
    assert LiveSource.objects.get().products_read_at is None


def test_switched_off_while_it_is_read_nothing_is_staged_and_that_is_no_defect(
    vendor: str, running: Any, source: Connection, person: Client
) -> None:
    by = User.objects.get(memberships__role=Role.ADMINISTRATOR)

    with meanwhile(running, IN_SECOND[vendor], lambda: withdraw(source.company, by=by, reason="We stop.")):
        report = sync_company(source.company)

    assert "switched off meanwhile" in report.fetched[0].stopped
    assert report.cannot_run
    assert kept() == AFTER_FIRST[vendor]
    assert Run.objects.latest("pk").state == RunState.FINISHED
