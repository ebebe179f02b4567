"""Are the orders and the books the same after kill -9 at any step of a fetch as without it?"""

from __future__ import annotations

import signal
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from companies.models import Company
from simulators.highlevel.server import RunningAgency
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.models import Connection, Document, LiveSource, OrderVersion, Run, RunKind, RunState, StagedOrder
from sync.run import sync_company
from tests.children import begin
from tests.faults.killing import taken_over
from tests.fetching.highlevel_agency import agency, wheel
from tests.fetching.highlevel_agency import connected as connected_highlevel
from tests.fetching.live_keap import an_order, keap
from tests.fetching.live_keap import connected as connected_keap
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "keap", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
#: More writes than any fetch of one order has.
_MOST = 120


def killed_ever_later(
    company: Company, sell: Callable[[], str], environment: dict[str, str], log: Path, *, first: int
) -> int:
    """Something is sold before each fetch, which dies two writes later than the one before; how many were sold.

    It ends with the first fetch that comes to its end. What is done with a page is the same for both sources, so one of
    them dies at the writes with odd numbers, the other at the even ones.
    """
    for sold, writes in enumerate(count(first, 2), start=1):
        assert writes < _MOST
        sell()
        code = begin("tests.faults.fetch_until", str(writes), environment=environment, log=log).wait()
        taken_over(company)
        if code == 0:
            return sold
        assert code == -signal.SIGKILL, log.read_text()
    raise AssertionError


def at(source: Connection, address: str) -> None:
    """Another process finds the account there."""
    LiveSource.objects.filter(pk=source.pk).update(address=address)


def assert_once(company: Company, quickbooks: Books, sold: int, amount: Decimal) -> None:
    """Each order is here once, in one version, and each has one invoice in QuickBooks."""
    sync_company(company)

    assert (StagedOrder.objects.count(), OrderVersion.objects.count()) == (sold, sold)
    invoices = quickbooks.query("SELECT * FROM Invoice WHERE TotalAmt > '0' MAXRESULTS 1000")["Invoice"]
    numbers = {f"{prefix}{number}" for prefix, number in StagedOrder.objects.values_list("number_prefix", "number")}
    ours = [row for row in invoices if row["DocNumber"] in numbers]
    assert len(ours) == len({row["DocNumber"] for row in ours}) == sold
    assert {row["TotalAmt"] for row in ours} == {amount}
    documents = Document.objects.filter(company=company, kind="invoice")
    assert (documents.count(), set(documents.values_list("state", flat=True))) == (sold, {"posted"})
    assert not Run.objects.filter(kind=RunKind.FETCH, state=RunState.RUNNING).exists()


@pytest.mark.long
def test_a_fetch_of_keap_that_is_killed_at_any_write_leaves_each_order_once(
    studio: Company,
    rehearsal: Running,
    quickbooks: Books,
    keap: RunningKeap,
    child_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    at(connected_keap(studio, keap), keap.ready()["api_url"])

    sold = killed_ever_later(studio, lambda: an_order(keap), child_environment, tmp_path / "log", first=1)

    assert sold > 5  # so many writes were cut off; how many there are is up to the database
    assert_once(studio, quickbooks, sold, Decimal("199.00"))


@pytest.mark.long
def test_a_fetch_of_highlevel_that_is_killed_at_any_write_leaves_each_invoice_once(
    studio: Company,
    rehearsal: Running,
    quickbooks: Books,
    agency: RunningAgency,
    child_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    crm = agency.company
    contact = crm.new_contact(firstName="Maya", lastName="Brook", email="maya.brook@example.com")
    at(connected_highlevel(agency, studio), agency.ready()["base_url"])

    def sell() -> str:
        invoice = crm.new_invoice(contact, [wheel()])
        crm.send_invoice(invoice)
        return str(invoice)

    sold = killed_ever_later(studio, sell, child_environment, tmp_path / "log", first=2)

    assert sold > 5  # so many writes were cut off; how many there are is up to the database
    assert_once(studio, quickbooks, sold, Decimal(199))
