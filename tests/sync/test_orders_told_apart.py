"""Is an order of a file never taken for another one, and no sale staged twice because its number is written anew?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from random import Random

import pytest

from companies.models import Company
from sync.models import OrderVersion, StagedOrder
from sync.sources.base import ReadOptions
from sync.sources.files import LAYOUTS
from sync.staging.import_file import ImportReport, import_file
from tests.factories import a_company

pytestmark = pytest.mark.django_db

TOP = "Order Number,Order Date,Customer,Email,Product,Qty,Unit Price"
ADA, BEN = "Ada North,ada@example.com,Kit,1,10.00", "Ben South,ben@example.com,Kit,1,20.00"


@pytest.fixture
def studio() -> Company:
    return a_company()


def imported(company: Company, *rows: str, top: str = TOP) -> ImportReport:
    file = BytesIO("\n".join((top, *rows, "")).encode())
    return import_file(company, LAYOUTS["orders-csv"], file, name="orders.csv", options=ReadOptions())


def known(company: Company) -> list[tuple[str, str, str]]:
    rows = StagedOrder.objects.filter(company=company).order_by("pk")
    return list(rows.values_list("source_id", "number", "customer_name"))


def codes(report: ImportReport) -> list[tuple[str, str]]:
    return [(error.code, error.order) for error in report.counts.errors]


def test_the_number_of_one_order_is_not_taken_for_the_id_of_another(studio: Company) -> None:
    imported(studio, f"1001,2001,2026-08-14,{ADA}", top=f"Order Id,{TOP}")

    report = imported(studio, f"1001,2026-08-15,{BEN}")

    assert codes(report) == [("id-of-another-order", "1001")]
    assert "Order 1001 has the id 1001, by which order 2001 is known already." in str(report.plain()["errors"])
    assert known(studio) == [("1001", "2001", "Ada North")]
    assert OrderVersion.objects.count() == 1


def test_the_id_of_one_order_is_not_taken_for_the_number_of_another(studio: Company) -> None:
    imported(studio, f"1001,2026-08-15,{BEN}")

    report = imported(studio, f"1001,2001,2026-08-14,{ADA}", top=f"Order Id,{TOP}")

    assert codes(report) == [("id-of-another-order", "2001")]
    assert known(studio) == [("1001", "1001", "Ben South")]


def test_an_order_that_gets_another_number_in_its_source_is_the_same_order(studio: Company) -> None:
    imported(studio, f"9001,2001,2026-08-14,{ADA}", top=f"Order Id,{TOP}")

    report = imported(studio, f"9001,2001-B,2026-08-15,{ADA}", top=f"Order Id,{TOP}")

    assert (report.counts.changed, codes(report)) == (1, [])
    assert known(studio) == [("9001", "2001-B", "Ada North")]


WRITTEN = [
    ("1001", "1001.0"), ("00123", "123"), ("123", "00123"), ("1001", "#1001"), ("1001", "\u200b1001"),
    ("SO-1", "so-1"), ("1001", "１００１"), ("#00123", "123"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), WRITTEN)
@pytest.mark.parametrize("together", [True, False], ids=["in one file", "in two files"])
def test_a_number_that_a_spreadsheet_wrote_otherwise_is_said_and_makes_no_second_order(
    studio: Company, first: str, second: str, together: bool
) -> None:
    if together:
        report = imported(studio, f"{first},2026-08-14,{ADA}", f"{second},2026-08-14,{ADA}")
    else:
        imported(studio, f"{first},2026-08-14,{ADA}")
        report = imported(studio, f"{second},2026-08-14,{ADA}")

    assert codes(report) == [("number-written-otherwise", second)]
    assert [number for _id, number, _name in known(studio)] == [first]


def test_numbers_that_are_like_each_other_are_two_orders_of_two_days_or_customers(studio: Company) -> None:
    report = imported(
        studio, f"0123,2026-08-14,{ADA}", f"123,2026-08-15,{ADA}", f"#123,2026-08-14,{BEN}", f"1230,2026-08-14,{ADA}"
    )

    assert (report.counts.new, codes(report)) == (4, [])


WAYS: tuple[Callable[[int], str], ...] = (
    lambda number: f"{number:06d}",
    str,
    lambda number: f"{number}.0",
    lambda number: f"#{number}",
    lambda number: f" {number} ",
)


@pytest.mark.parametrize("seed", range(20))
def test_however_files_write_the_numbers_each_sale_is_staged_once(studio: Company, seed: int) -> None:
    chance = Random(seed)
    sales = {
        number: f"2026-08-{chance.randint(1, 28):02d},{chance.choice((ADA, BEN))}"
        for number in chance.sample(range(1, 400), 12)
    }
    read = rejected = 0
    for _file in range(4):
        way = chance.choice(WAYS)
        chosen = chance.sample(sorted(sales), 8)
        report = imported(studio, *(f"{way(number)},{sales[number]}" for number in chosen))
        read += 8
        rejected += report.counts.rejected
        assert report.counts.new + report.counts.unchanged + report.counts.rejected == 8

    staged = [int(Decimal(number.strip("# "))) for _id, number, _name in known(studio)]
    assert len(staged) == len(set(staged))
    assert read - rejected >= len(staged)
