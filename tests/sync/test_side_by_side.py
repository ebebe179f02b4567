"""Do two processes, a dry run and a person get along, with each document in QuickBooks once?"""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from books.problems import NumberUsedTwice
from companies.models import Company
from mapping.models import QuickBooksItem
from reconciliation.models import Issue
from simulators.quickbooks.server import Running
from sync.models import CompanyLease, Document, OrderEvent, Push, Run
from sync.preparing.prepare import prepare_new, prepare_orders
from sync.pushing.decisions import ignore
from sync.pushing.lease import LEASE, leased
from tests.children import begin
from tests.factories import document_of, prepared, staged, the_studio
from tests.simulators.driver import Books
from tests.sync.commands import run_json
from tests.sync.fake_destination import FakeDestination, push_to
from tests.sync.pushing import NEW
from tests.sync.sales import SOLD, of_order

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_syncs_at_once_while_orders_are_prepared_post_each_document_once(
    studio: Company, quickbooks: Books, rehearsal: Running, child_environment: dict[str, str], tmp_path: Path
) -> None:
    staged(studio, *(NEW.replace("3001", str(number)) for number in range(3001, 3007)))

    log = tmp_path / "syncs.log"
    children = [
        begin("tests.sync.sync_process", rehearsal.base_url, environment=child_environment, log=log) for _ in range(2)
    ]
    while any(child.is_alive() for child in children):
        prepare_orders(studio, studio.orders.all())
        time.sleep(0.05)
    codes = [child.wait() for child in children]

    assert set(codes) <= {0, 2}, log.read_text()
    assert 0 in codes, log.read_text()
    run_json("sync", "--company", "studio")
    assert quickbooks.query("select count(*) from Invoice where DocNumber >= '3001'")["totalCount"] == 6
    assert set(Document.objects.values_list("state", flat=True)) == {"posted"}
    assert Push.objects.count() == Document.objects.count() == 13


def test_a_dry_run_keeps_no_issue_no_event_and_no_run(studio: Company, quickbooks: Books) -> None:
    QuickBooksItem.objects.filter(company=studio, name="Starter Clay Kit").update(active=False)
    staged(studio, NEW, "2026-08-14  order 3002\nKIT-CLAY  9.00")
    before = (OrderEvent.objects.count(), Run.objects.count())

    code, result = run_json("sync", "--dry-run")

    assert code == 1
    assert len(result["companies"][0]["causes"]) == 1
    assert (Document.objects.count(), Issue.objects.count(), Push.objects.count()) == (0, 0, 0)
    assert (OrderEvent.objects.count(), Run.objects.count()) == before
    assert quickbooks.count("Invoice") == 12


def test_ignoring_an_invoice_gives_its_number_to_the_order_that_waited_for_it() -> None:
    company = the_studio()
    prepared(company, SOLD)
    staged(company, SOLD, system="files")
    prepare_new(company)
    waiting = Document.objects.get(problems__code=NumberUsedTwice.code)

    ignore(Document.objects.get(order__number="1", state="ready"), reason="Entered by hand", by=None)
    prepare_new(company)

    waiting.refresh_from_db()
    assert waiting.state == "ready"


def test_what_was_posted_changed_and_then_went_waits_to_be_voided_and_no_longer_to_be_changed() -> None:
    company = the_studio()
    prepared(company, SOLD)
    push_to(company, FakeDestination())
    prepared(company, SOLD.replace("199.00", "99.00"))

    prepared(company, SOLD + "\nstatus  cancelled")

    document = document_of(company, "1")
    assert (document.pending, document.change.operation) == ("void", "void")


def test_a_lease_from_a_clock_that_ran_ahead_is_not_kept_for_ever() -> None:
    company = the_studio()
    CompanyLease.objects.create(company=company, holder="somebody", until=timezone.now() + 100 * LEASE)

    with leased(company) as lease:
        assert lease is not None


@pytest.mark.parametrize(
    ("currency", "price", "posted"),
    [("JPY", "1500", "1500"), ("KWD", "3 x 1.005", "3.015"), ("USD", "3 x 0.335", "1.01")],
)
def test_every_currency_keeps_its_own_smallest_unit_from_the_order_to_the_books(
    currency: str, price: str, posted: str
) -> None:
    company = the_studio()
    Company.objects.update(home_currency=currency)
    company.refresh_from_db()
    prepared(company, f"2026-08-14  order 1 in {currency}\nWT-101  {price}\npaid 2026-08-15  Cash  {posted}")

    push_to(company, FakeDestination())

    invoice, payment = document_of(company, "1"), document_of(company, "1", "payment")
    assert (invoice.state, payment.state) == ("posted", "posted")
    assert invoice.total == payment.total == invoice.value().total == Decimal(posted)
    assert invoice.order.total == Decimal(posted)


def test_a_prepared_hundred_is_sent_whole() -> None:
    company = the_studio()
    prepared(company, *(of_order(number, SOLD + "\npaid 2026-08-15  Cash  199.00") for number in range(1, 101)))

    counts = push_to(company, FakeDestination())

    assert dict(counts.outcomes) == {"posted": 200}
