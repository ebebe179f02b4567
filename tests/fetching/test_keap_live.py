"""Do orders come in from Keap by themselves, each once, as they are now, and does nothing ever go back?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from companies.models import Company, Role
from simulators.keap.server import RunningKeap
from simulators.quickbooks.server import Running
from sync.fetching.fetch import fetch_source
from sync.fetching.report import FetchReport
from sync.models import Document, DocumentState, Fetch, LiveSource, OrderVersion, Run, RunKind, StagedOrder
from sync.run import sync_company
from sync.staging.intake import stage
from tests.factories import the_studio
from tests.fetching.live_keap import an_order, asked, connected, keap
from tests.mapping.people import signed_in
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["keap", "quickbooks", "rehearsal", "studio"]

pytestmark = pytest.mark.django_db(transaction=True)


def facts(report: FetchReport) -> tuple[int, int, int, str]:
    counts = report.counts
    return counts.new, counts.changed, counts.rejected, report.stopped


def many_orders(keap: RunningKeap) -> list[str]:
    """Enough for three pages, one a minute."""
    numbers = []
    for _ in range(230):
        keap.company.clock.advance(60)
        numbers.append(an_order(keap))
    return numbers


@pytest.mark.criterion("C31")
def test_an_order_placed_in_keap_is_in_quickbooks_after_one_sync(
    keap: RunningKeap, rehearsal: Running, studio: Company, quickbooks: Books
) -> None:
    connected(studio, keap)
    number = an_order(keap)
    keap.company.pay(number, method="Check")

    report = sync_company(studio)

    assert report.counts["orders_new"] == 1
    invoice = quickbooks.find("Invoice", f"DocNumber = '{number}'")
    assert (invoice["TotalAmt"], invoice["Balance"]) == (Decimal("199.00"), Decimal(0))
    assert Document.objects.filter(company=studio, state=DocumentState.POSTED, kind="payment").count() == 1


def test_what_was_read_is_read_once_and_what_changed_again(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number = an_order(keap)

    first = fetch_source(source)
    second = fetch_source(source)
    keap.company.edit_line(number, keap.company.order(number).lines[0].id, quantity=2)
    third = fetch_source(source)

    assert [facts(report) for report in (first, second, third)] == [(1, 0, 0, ""), (0, 0, 0, ""), (0, 1, 0, "")]
    order = StagedOrder.objects.get(number=number)
    assert (order.version, order.total) == (2, Decimal("398.00"))


def test_a_payment_entered_for_a_day_long_ago_is_found_though_its_order_did_not_change(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number = an_order(keap, on=date(2026, 3, 2))
    fetch_source(source)
    long_ago = LiveSource.objects.get(pk=source.pk)
    long_ago.cursor = {**long_ago.cursor, "modified": "2026-11-29T00:00:00Z"}
    long_ago.save()
    keap.company.pay(number, "50.00", on=date(2026, 3, 9))

    fetch_source(source)

    payments = StagedOrder.objects.get(number=number).current().read().payments
    assert [(payment.amount, payment.paid_on) for payment in payments] == [(Decimal("50.00"), date(2026, 3, 9))]


def test_a_refund_comes_in_with_its_order(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    number = an_order(keap)
    keap.company.pay(number, method="Credit Card")
    fetch_source(source)
    keap.company.refund(number, "60.00")

    report = fetch_source(source)

    assert facts(report) == (0, 1, 0, "")
    assert [refund.amount for refund in StagedOrder.objects.get().current().read().refunds] == [Decimal("60.00")]


def test_a_credit_that_is_voided_is_taken_back_and_no_money_moves(
    keap: RunningKeap, rehearsal: Running, studio: Company, quickbooks: Books
) -> None:
    connected(studio, keap)
    number = an_order(keap)
    sync_company(studio)
    before = quickbooks.ledger()
    keap.company.credit(number, "20.00")
    sync_company(studio)
    credited = quickbooks.find("Invoice", f"DocNumber = '{number}'")["Balance"]
    keap.company.void(number)
    sync_company(studio)

    assert (credited, quickbooks.find("Invoice", f"DocNumber = '{number}'")["Balance"]) == (179, 199)
    assert quickbooks.ledger() == before
    assert not Document.objects.filter(company=studio, kind="refund").exists()


def test_a_payment_of_two_orders_is_divided_as_keap_divided_it(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    first, second = an_order(keap), an_order(keap)
    keap.company.pay_several({first: "199.00", second: "20.00"})

    report = fetch_source(source)

    assert facts(report) == (2, 0, 0, "")
    paid = {order.number: order.current().read().received for order in StagedOrder.objects.all()}
    assert paid == {first: Decimal("199.00"), second: Decimal("20.00")}


def test_the_contact_comes_in_full_with_phone_company_and_address(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    an_order(keap)

    fetch_source(source)

    customer = StagedOrder.objects.get().current().read().customer
    assert (customer.full_name, customer.email, customer.phone) == (
        "Amara Lindqvist", "amara.lindqvist@example.org", "303-555-0101",
    )  # fmt: skip


def test_nothing_before_the_first_day_is_taken_also_when_it_changes_later(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap, starts_on=date(2026, 11, 1))
    old = an_order(keap, on=date(2026, 10, 30))
    new = an_order(keap, on=date(2026, 11, 2))

    first = fetch_source(source)
    keap.company.pay(old, "10.00")
    keap.company.edit_order(old, notes="She called.")
    second = fetch_source(source)

    assert (first.counts.new, first.too_old) == (1, 1)
    assert (second.counts.staged, second.too_old) == (0, 1)
    assert list(StagedOrder.objects.values_list("number", flat=True)) == [new]


def test_an_order_that_came_from_quickbooks_is_never_sent_back(
    keap: RunningKeap, rehearsal: Running, studio: Company
) -> None:
    connected(studio, keap)
    an_order(keap, source="QUICKBOOKS")

    sync_company(studio)

    assert StagedOrder.objects.count() == 1
    assert not Document.objects.filter(company=studio).exists()


def test_an_order_that_was_deleted_is_canceled_here_and_voided_in_quickbooks(
    keap: RunningKeap, rehearsal: Running, studio: Company, quickbooks: Books
) -> None:
    source = connected(studio, keap)
    number, other = an_order(keap), an_order(keap)
    sync_company(studio)
    keap.company.delete_order(number)
    LiveSource.objects.filter(pk=source.pk).update(compared_at=None)

    report = sync_company(studio)

    assert report.fetched[0].gone == 1
    assert StagedOrder.objects.get(number=number).status == "cancelled"
    canceled, kept = (quickbooks.find("Invoice", f"DocNumber = '{known}'")["TotalAmt"] for known in (number, other))
    assert (canceled, kept) == (Decimal(0), Decimal("199.00"))


def test_where_most_orders_are_not_listed_any_more_nothing_is_canceled(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    numbers = [an_order(keap) for _ in range(25)]
    fetch_source(source)
    for number in numbers[:22]:
        keap.company.delete_order(number)
    LiveSource.objects.filter(pk=source.pk).update(compared_at=None)

    report = fetch_source(source)

    assert "22 of the 25 orders" in report.stopped
    assert not StagedOrder.objects.filter(status="cancelled").exists()


def test_an_order_that_changes_while_the_list_is_read_pushes_no_other_over_the_edge(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    numbers = many_orders(keap)
    seen: list[int] = []

    def change_the_first(words: str) -> None:
        seen.append(StagedOrder.objects.count())
        if len(seen) == 1:
            for number in numbers[:40]:
                keap.company.edit_order(number, notes="Changed in the meantime.")

    report = fetch_source(source, say=change_the_first)

    assert len(seen) > 2, "it was read in one page"
    assert report.complete
    assert StagedOrder.objects.count() == 230


def test_a_fetch_that_dies_between_two_pages_goes_on_and_loses_nothing(
    keap: RunningKeap, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = connected(the_studio(), keap)
    many_orders(keap)
    calls: list[int] = []

    def dies_at_the_second(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return stage(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("sync.fetching.fetch.stage", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        fetch_source(source)
    monkeypatch.undo()
    report = fetch_source(source)

    assert report.complete
    assert StagedOrder.objects.count() == 230
    assert OrderVersion.objects.count() == 230


def test_each_fetch_is_a_run_with_its_counts_its_requests_and_from_where_to_where_it_went(keap: RunningKeap) -> None:
    source = connected(the_studio(), keap)
    an_order(keap)
    before = len(asked(keap))

    fetch_source(source)

    run = Run.objects.get(kind=RunKind.FETCH)
    fetch = Fetch.objects.get(run=run)
    assert run.counts["new"] == 1
    assert (fetch.cursor_before, fetch.complete) == ({}, True)
    assert fetch.cursor_after["modified"] > "2026"
    assert fetch.calls == len(asked(keap)) - before


def test_an_order_that_cannot_be_read_is_shown_until_it_can_and_holds_no_other_up(keap: RunningKeap) -> None:
    company = the_studio()
    source = connected(company, keap)
    broken, whole = an_order(keap), an_order(keap)
    keap.company.distort("orders", broken, "order_items", None)
    client = signed_in(company, Role.OPS)

    first, second = fetch_source(source), fetch_source(source)
    shown = client.get(f"/studio/integrations/{source.system}/").content.decode()
    card = client.get("/studio/integrations/").content.decode()
    keap.company.distorted.clear()
    keap.company.edit_order(broken, notes="Corrected.")
    third = fetch_source(source)

    assert (first.counts.new, first.unread, first.exit_code) == (1, 1, 1)
    assert (second.unread, second.exit_code) == (1, 1)
    assert "1 order could not be read" in shown
    assert "no lines" in shown
    assert "1 order could not be read" in card
    assert (third.counts.new, third.unread, third.exit_code) == (1, 0, 0)
    assert set(StagedOrder.objects.values_list("number", flat=True)) == {broken, whole}


@pytest.mark.criterion("C48")
def test_nothing_but_reads_ever_goes_to_keap(keap: RunningKeap, rehearsal: Running, studio: Company) -> None:
    connected(studio, keap)
    number = an_order(keap)
    keap.company.pay(number, "100.00")
    sync_company(studio)
    keap.company.cancel(number)
    sync_company(studio)

    assert {method for method, _path in asked(keap)} == {"GET"}
