"""Does paging by keys show every row exactly once, in order, forwards and backwards?"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.models import Company
from reconciliation.paging import Count, Page, Sort, bounded_count, chosen_sort, count_around, keyset_page
from sync.models import Connection, StagedOrder
from tests.factories import a_company

pytestmark = pytest.mark.django_db

BY_DATE = Sort(name="date", field="placed_on", descending=True)
BY_TOTAL = Sort(name="total", field="total")
BY_NUMBER = Sort(name="number", field="number")
NEWEST = Sort(name="at", field="pk", descending=True)


def orders(company: Company, number: int) -> None:
    """Orders of which many share a day, a total and a name."""
    source = Connection.objects.create(company=company, system="keap", name="Keap")
    StagedOrder.objects.bulk_create(
        StagedOrder(
            company=company,
            connection=source,
            source_id=str(place),
            number=f'{place % 7} é|"{place}',
            placed_on=date(2026, 1, 1) + timedelta(days=place % 5),
            total=Decimal(place % 4),
            currency="USD",
        )
        for place in range(number)
    )


def walked(sort: Sort, *, size: int, backwards: bool = False) -> list[int]:
    """Every row by walking through all pages, from either end."""
    rows, found = StagedOrder.objects.all(), []
    page: Page[StagedOrder] = keyset_page(rows, sort, size=size)
    if backwards:
        while page.after:
            page = keyset_page(rows, sort, page.after, size=size)
    while True:
        found += [row.pk for row in page.rows] if not backwards else [row.pk for row in reversed(page.rows)]
        place = page.before if backwards else page.after
        if not place:
            return found
        page = keyset_page(rows, sort, place, size=size)


@pytest.mark.parametrize("sort", [BY_DATE, BY_TOTAL, BY_NUMBER, NEWEST], ids=lambda one: one.parameter)
@pytest.mark.parametrize("size", [1, 3, 23, 24, 100])
def test_walking_forwards_shows_every_row_once_in_the_order_of_the_database(sort: Sort, size: int) -> None:
    orders(a_company(), 24)
    sign = "-" if sort.descending else ""

    everything = list(StagedOrder.objects.order_by(f"{sign}{sort.field}", f"{sign}pk").values_list("pk", flat=True))

    assert walked(sort, size=size) == everything


@pytest.mark.parametrize("sort", [BY_DATE, BY_TOTAL, NEWEST], ids=lambda one: one.parameter)
def test_walking_back_from_the_end_shows_the_same_rows_in_reverse(sort: Sort) -> None:
    orders(a_company(), 24)

    assert walked(sort, size=5, backwards=True) == walked(sort, size=5)[::-1]


def test_the_first_page_has_nothing_before_it_and_the_last_nothing_after() -> None:
    orders(a_company(), 10)
    rows = StagedOrder.objects.all()

    first = keyset_page(rows, BY_DATE, size=6)
    last = keyset_page(rows, BY_DATE, first.after, size=6)

    assert (first.before, bool(first.after)) == ("", True)
    assert (bool(last.before), last.after) == (True, "")
    assert [row.pk for row in keyset_page(rows, BY_DATE, last.before, size=6).rows] == [row.pk for row in first.rows]


def test_a_page_is_one_query_and_counts_nothing(django_assert_num_queries: object) -> None:
    orders(a_company(), 10)
    first = keyset_page(StagedOrder.objects.all(), BY_DATE, size=4)

    with django_assert_num_queries(1) as captured:  # type: ignore[operator]
        keyset_page(StagedOrder.objects.all(), BY_DATE, first.after, size=4)

    assert "COUNT" not in captured.captured_queries[0]["sql"]
    assert "OFFSET" not in captured.captured_queries[0]["sql"]


def test_a_row_that_vanished_meanwhile_does_not_lose_the_place() -> None:
    orders(a_company(), 10)
    rows = StagedOrder.objects.all()
    first = keyset_page(rows, NEWEST, size=4)
    rows.filter(pk=first.rows[-1].pk).delete()

    page = keyset_page(rows, NEWEST, first.after, size=4)

    assert not page.lost
    assert page.rows[0].pk == first.rows[-1].pk - 1


@given(place=st.text(max_size=60) | st.sampled_from(["W10", "bnVsbA", "WyItZGF0ZSIsICJ4IiwgMSwgZmFsc2Vd", "é", "===="]))
def test_a_place_that_cannot_be_read_is_the_first_page_and_says_so(place: str) -> None:
    page = keyset_page(StagedOrder.objects.all(), BY_DATE, place)

    assert page.lost is bool(place)
    assert list(page.rows) == []


def test_a_place_of_another_sort_is_not_mistaken_for_one_of_this() -> None:
    orders(a_company(), 10)
    first = keyset_page(StagedOrder.objects.all(), BY_DATE, size=4)

    page = keyset_page(StagedOrder.objects.all(), BY_TOTAL, first.after, size=4)

    assert page.lost
    assert not page.before


def test_what_stands_on_one_page_is_counted_without_a_query(django_assert_num_queries: object) -> None:
    orders(a_company(), 10)
    rows = StagedOrder.objects.all()
    whole, part = keyset_page(rows, BY_DATE, size=10), keyset_page(rows, BY_DATE, size=9)

    with django_assert_num_queries(0):  # type: ignore[operator]
        assert count_around(whole, rows) == Count(number=10)
    assert count_around(part, rows) == count_around(part, rows, along=BY_DATE) == Count(number=10)


def test_a_count_stops_at_its_limit() -> None:
    orders(a_company(), 12)
    rows = StagedOrder.objects.all()

    assert bounded_count(rows, limit=10) == Count(number=10, more=True)
    assert bounded_count(rows, limit=12) == Count(number=12)
    assert not bounded_count(rows.none())


@pytest.mark.parametrize(
    ("count", "words"),
    [(Count(number=0), "0"), (Count(number=9_999), "9,999"), (Count(number=10_000, more=True), "10,000+")],
)
def test_a_count_is_written_with_its_thousands_and_a_sign_that_there_is_more(count: Count, words: str) -> None:
    assert str(count) == words


@pytest.mark.parametrize(
    ("text", "field", "descending"),
    [("total", "total", False), ("-total", "total", True), ("", "placed_on", True), ("--total", "placed_on", True)],
)
def test_a_sort_that_is_unknown_is_the_default(text: str, field: str, descending: bool) -> None:
    sort = chosen_sort(text, {"total": "total", "date": "placed_on"}, default="-date")

    assert (sort.field, sort.descending) == (field, descending)
