"""Do the figures of Home agree with the documents behind them?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.utils import timezone as now

from companies.models import Company
from reconciliation.filters import DocumentFilter
from reconciliation.home import Overview, Side, start_of
from reconciliation.home_tiles import tiles
from reconciliation.issues import gather, named_records
from reconciliation.models import Issue
from sync.causes import open_causes
from sync.models import Document, DocumentState, PendingChange
from sync.quickbooks_desktop.batches.acknowledge import acknowledge
from tests.factories import document_of, prepared, the_studio
from tests.quickbooks_desktop.factories import a_desktop_company, exported, with_orders
from tests.reconciliation.factories import an_unmapped_product, posted, refused

pytestmark = pytest.mark.django_db

ORDER = "2026-08-14  order 1042\nWT-101  199.00\npaid 2026-08-20  Cash  50.00"


@pytest.fixture
def studio() -> Company:
    return the_studio()


def overview(company: Company) -> Overview:
    return Overview(company, now.now())


def test_counts_and_money_stand_by_state(studio: Company) -> None:
    prepared(studio, ORDER)
    an_unmapped_product(studio, "2001", "2002")

    states = overview(studio).states

    assert (states[DocumentState.READY].number, states[DocumentState.READY].amounts) == (
        2,
        [(Decimal("199"), "USD", Side.SALES), (Decimal("50"), "USD", Side.RECEIVED)],
    )
    assert (states[DocumentState.BLOCKED].number, states[DocumentState.BLOCKED].amounts) == (
        2,
        [(Decimal("72"), "USD", Side.SALES)],
    )
    assert states[DocumentState.REFUSED].number == 0


def test_stuck_money_is_what_is_blocked_refused_or_different(studio: Company) -> None:
    prepared(studio, ORDER, "2026-08-15  order 1043\nWT-101  100.00", "2026-08-15  order 1044\nWT-101  10.00")
    for number, state in (("1042", DocumentState.DIFFERS), ("1043", DocumentState.REFUSED)):
        Document.objects.filter(pk=document_of(studio, number).pk).update(state=state)

    assert overview(studio).stuck.number == 2
    assert overview(studio).stuck.amounts == [(Decimal("299"), "USD", Side.SALES)]


def test_what_is_posted_on_desktop_is_what_was_confirmed_as_imported_and_no_customer() -> None:
    company = with_orders(a_desktop_company())
    batch = exported(company)
    assert (overview(company).posted.number, overview(company).states[DocumentState.EXPORTED].number) == (0, 4)

    acknowledge(batch, by=None)

    tile = tiles(overview(company))[-1]
    assert (tile.tally.number, tile.note) == (4, "confirmed as imported in the last 30 days")
    assert tile.amounts == [
        (Decimal("316.07"), "USD", "sales"),
        (Decimal("160.07"), "USD", "received"),
    ]
    assert DocumentFilter(QueryDict(urlsplit(tile.link).query), company=company).qs.count() == 4
    assert (batch.without_customers, batch.documents) == (4, 5)


def test_currencies_are_never_added_up(studio: Company) -> None:
    prepared(studio, "2026-08-15  order 1043 in EUR\nWT-101  100.00", "2026-08-15  order 1044  #9 Nora\nWT-101  10.00")

    assert overview(studio).stuck.amounts == [
        (Decimal("100"), "EUR", Side.SALES),
        (Decimal("10"), "USD", Side.SALES),
    ]


def test_what_one_cause_holds_up_in_two_currencies_is_two_amounts(studio: Company) -> None:
    prepared(
        studio,
        "2026-08-15  order 1043 in EUR  #9 Nora\nWT-101  100.00",
        "2026-08-15  order 1044  #9 Nora\nWT-101  10.00",
    )
    gather(studio)

    issue = Issue.objects.get(code="customer-without-email")
    assert (issue.records, issue.amounts) == (2, [(Decimal(10), "USD"), (Decimal(100), "EUR")])
    assert Issue.objects.get(code="foreign-currency").amounts == [(Decimal(100), "EUR")]
    told = {cause["code"]: (cause["documents"], cause["money"]) for cause in open_causes(studio)}
    assert told == {"customer-without-email": (2, "10.00 USD, 100.00 EUR"), "foreign-currency": (1, "100.00 EUR")}


def test_a_rejected_customer_is_no_transaction_that_waits(studio: Company) -> None:
    prepared(studio, "2026-08-15  order 1044  #7 Zoë <zoe@example.com>\nWT-101  10.00")
    issue = refused(document_of(studio, "1044", "customer"))

    assert (issue.records, issue.amounts) == (0, [(Decimal(0), "USD")])
    assert [(cause["documents"], cause["money"]) for cause in open_causes(studio)] == [(0, "0.00 USD")]
    assert named_records(studio, [issue]) == {issue.cause: "Customer Zoë"}


def test_what_needs_attention_is_said_by_its_states(studio: Company) -> None:
    numbers = ("1044", "1045", "1046")
    prepared(studio, *(f"2026-08-15  order {number}\nWT-101  10.00" for number in numbers))
    states = (DocumentState.BLOCKED, DocumentState.DIFFERS, DocumentState.POSTED)
    for number, state in zip(numbers, states, strict=True):
        held = PendingChange.HELD if state == DocumentState.POSTED else ""
        Document.objects.filter(pk=document_of(studio, number).pk).update(state=state, pending=held)

    tile = tiles(overview(studio))[0]

    assert (tile.tally.number, tile.note) == (3, "1 blocked, 1 differs, 1 change held")


def test_every_tile_opens_the_documents_that_it_counts(studio: Company) -> None:
    numbers = [str(number) for number in range(1042, 1048)]
    prepared(studio, *(f"2026-08-15  order {number}\nWT-101  10.00" for number in numbers))
    today = overview(studio)
    first = start_of(today.first_day, studio.zone)
    states = ("posted", "posted", "posted", "differs", "refused", "ready")
    moments = (first, first - timedelta(seconds=1), today.now, today.now, None, None)
    for number, state, moment in zip(numbers, states, moments, strict=True):
        Document.objects.filter(pk=document_of(studio, number).pk).update(state=state, posted_at=moment)

    shown = {str(tile.name): (tile.tally.number, listed(studio, tile.link)) for tile in tiles(overview(studio))}

    assert shown["Posted"] == (3, 3)  # the fourth was posted before the last 30 days
    assert shown["Needs attention"] == (2, 2)
    assert [name for name, (counted, in_list) in shown.items() if counted != in_list] == []


def listed(company: Company, address: str) -> int:
    """How many documents the list at an address has."""
    return DocumentFilter(QueryDict(urlsplit(address).query), company=company).qs.count()


def test_nothing_that_needs_attention_needs_no_words(studio: Company) -> None:
    assert tiles(overview(studio))[0].note == ""


def test_an_invoice_and_the_money_for_it_are_never_added_up(studio: Company) -> None:
    rows = "\ncredit 2026-08-21  Comp  9.00\nrefund 2026-08-22  Refund  5.00"
    prepared(studio, ORDER + rows, "2026-08-15  order 1043\nWT-101  -1 x 19.00")
    overall = overview(studio)

    tile = next(tile for tile in tiles(overall) if tile.name == DocumentState.READY.label)

    assert [(amount, words) for amount, _, words in tile.amounts] == [
        (Decimal(199), "sales"),
        (Decimal(50), "received"),
        (Decimal(33), "refunded"),
    ]


def test_customers_are_no_money_and_are_left_out(studio: Company) -> None:
    prepared(studio, "2026-08-15  order 1043  #7 Zoë <zoe@example.com>\nWT-101  100.00")

    assert Document.objects.filter(company=studio, kind="customer").count() == 1
    assert overview(studio).states[DocumentState.READY].number == 1


def test_a_posting_late_in_the_evening_counts_for_the_companys_own_day(studio: Company) -> None:
    prepared(studio, ORDER)
    posted(document_of(studio, "1042"))
    # 23:30 in Denver on the 14th is the 15th in UTC
    Document.objects.update(posted_at=datetime(2026, 8, 15, 5, 30, tzinfo=UTC))

    there = Overview(studio, datetime(2026, 8, 15, 6, 30, tzinfo=UTC))

    assert there.posted_by_day[date(2026, 8, 14)].number == 1
    assert there.chart.bars[-1].day.on == date(2026, 8, 15)
    assert there.chart.bars[-2].day.posted == 1


def test_what_was_posted_longer_ago_than_the_chart_shows_is_left_out(studio: Company) -> None:
    prepared(studio, ORDER)
    posted(document_of(studio, "1042"))
    Document.objects.update(posted_at=now.now() - timedelta(days=31))

    assert overview(studio).posted.number == 0


def test_blocked_documents_stand_on_the_day_they_were_prepared(studio: Company) -> None:
    an_unmapped_product(studio, "2001", "2002")

    assert overview(studio).chart.bars[-1].day.blocked == 2


def test_the_oldest_unsent_document_is_the_one_with_the_earliest_date(studio: Company) -> None:
    prepared(studio, ORDER, "2026-07-01  order 1030\nWT-101  100.00", "2026-06-01  order 1020\nWT-101  100.00")
    posted(document_of(studio, "1020"))

    assert overview(studio).oldest_unsent == document_of(studio, "1030")


def test_an_empty_company_has_no_figures_and_says_so(studio: Company) -> None:
    there = overview(studio)

    assert there.oldest_unsent is None
    assert there.chart.is_empty
    assert there.stuck.number == 0
    assert not there.has_orders
    assert there.has_lists
    assert not there.is_connected


def test_figures_of_other_companies_stay_there(studio: Company) -> None:
    other = the_studio("Lindqvist Pottery", "lindqvist")
    an_unmapped_product(other, "2001")

    there = overview(studio)

    assert there.stuck.number == 0
    assert list(there.issues) == []
    assert there.chart.is_empty


def test_each_tile_leads_to_the_list_that_it_counts(studio: Company) -> None:
    an_unmapped_product(studio, "2001", "2002")
    shown = {str(tile.name): tile for tile in tiles(overview(studio))}

    assert shown["Needs attention"].tally.number == 2
    assert shown["Needs attention"].link == "/studio/documents/?state=stuck"
    assert shown["Blocked"].link == "/studio/documents/?state=blocked"
    assert "Differs" not in shown


def test_states_that_are_rare_have_a_tile_when_there_is_something(studio: Company) -> None:
    prepared(studio, ORDER)
    Document.objects.filter(pk=document_of(studio, "1042").pk).update(state=DocumentState.DIFFERS)

    assert "Differs" in {str(tile.name) for tile in tiles(overview(studio))}


def test_every_figure_together_takes_a_fixed_number_of_queries(studio: Company, django_assert_num_queries: Any) -> None:
    prepared(studio, ORDER)
    an_unmapped_product(studio, "2001", "2002")
    there = overview(studio)

    with django_assert_num_queries(11):
        tiles(there)
        read = (there.chart, there.oldest_unsent, there.issues, there.runs, there.connection)
        assert not there.quiet_sources
        first = (there.has_orders, there.has_lists)

    assert len(read) == 5
    assert first == (True, True)
