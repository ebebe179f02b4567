"""Does an import say everything it decided, and leave nothing half-done when it breaks or meets another one?"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from itertools import repeat
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from django.db import connection, connections

from books.messages import Message
from mapping.models import SourceCustomer
from sync.models import Document, OrderEvent, OrderVersion, Run, RunState, StagedOrder
from sync.preparing.prepare import prepare_orders
from sync.sources.base import OrderRead, Place, RowError
from sync.staging.intake import MOST_ERRORS, stage
from sync.staging.sources import connection_of
from tests.factories import a_company, document_of, order_of, prepared, staged, the_studio
from tests.sample_orders import an_order
from tests.sync.commands import BAD, GOOD, HEADER, run, run_json

pytestmark = pytest.mark.django_db(transaction=True)

KEAP = {
    "orders": [
        {
            "id": number, "order_date": "2026-08-14T18:00:00Z", "total": 10, "payments": [], "total_paid": 0,
            "contact": {"id": 7, "first_name": "Sam", "last_name": "Doe", "email": "sam@example.com"},
            "order_items": [{"id": 1, "name": "Gift", "type": "GIFT", "price": 10, "quantity": 1}],
        }
        for number in (1, 2)
    ]
}  # fmt: skip


def imported(file: Path, layout: str) -> tuple[int, str]:
    """Import a file into the studio."""
    return run("import_orders", str(file), "--company", "studio", "--layout", layout)


def test_what_was_left_out_of_the_file_is_said_and_kept_with_the_run(tmp_path: Path) -> None:
    a_company()
    file = tmp_path / "orders.csv"
    file.write_text(f"{HEADER},Favorite glaze\n{GOOD},Celadon\n", encoding="utf-8")

    code, text = imported(file, "orders-csv")

    assert code == 0
    assert "Notice: " in text
    assert "Favorite glaze" in text
    assert "Favorite glaze" in Run.objects.get().notices[0]["what"]


def test_what_was_decided_about_single_orders_is_said_once_and_stands_in_the_history_of_each(tmp_path: Path) -> None:
    a_company()
    file = tmp_path / "orders.json"
    file.write_text(json.dumps(KEAP), encoding="utf-8")

    code, text = imported(file, "keap-orders-json")

    assert (code, text.count("GIFT"), "(2 times)" in text) == (0, 1, True)
    assert Run.objects.get().notices[0]["times"] == 2
    assert OrderEvent.objects.filter(step="noticed").count() == 2
    assert imported(file, "keap-orders-json")[0] == 0
    assert OrderEvent.objects.filter(step="noticed").count() == 2


def test_an_error_carries_its_code_its_order_and_the_option_that_answers_it(tmp_path: Path) -> None:
    a_company()
    file = tmp_path / "orders.csv"
    file.write_text("\n".join((HEADER, BAD, GOOD.replace("2026-08-14", "03/04/2026"))), encoding="utf-8")

    _, result = run_json("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")

    assert [error["order"] for error in result["errors"]] == ["M-2", "M-1"]
    assert result["errors"][1]["code"] == "ambiguous-date"
    assert result["errors"][1]["option"] == "date_order"
    assert Run.objects.get().errors == result["errors"]


def test_an_import_that_breaks_in_the_middle_goes_on_there_the_next_time() -> None:
    company = a_company()
    source = connection_of(company, "keap", name="Keap export")
    orders = [an_order(f"2026-08-14  order {number}\nWT-101  10.00") for number in range(1, 501)]

    def reading(breaks: bool) -> Iterator[OrderRead]:
        for number, order in enumerate(orders, start=1):
            if breaks and number == 450:
                raise OSError("the disk is gone")
            yield OrderRead(order=order, payload={}, place=Place(order=number))

    with pytest.raises(OSError, match="disk"):
        stage(source, reading(True))
    assert StagedOrder.objects.count() == 400

    counts = stage(source, reading(False))

    assert (counts.unchanged, counts.new, OrderVersion.objects.count()) == (400, 100, 500)


def at_the_same_time(*works: object) -> list[BaseException]:
    """Do several things at once; what they raised."""
    failures: list[BaseException] = []
    together = threading.Barrier(len(works))

    def work(one: object) -> None:
        try:
            together.wait(timeout=30)
            one()  # type: ignore[operator]
        except BaseException as fault:
            failures.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(orders,)) for orders in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failures


def test_two_imports_of_one_file_at_the_same_time_stage_each_order_once() -> None:
    company = a_company()
    orders = [f"2026-08-14  order {number}  #{number} Guest {number}\nWT-101  10.00" for number in range(1, 60)]
    connection_of(company, "keap", name="Keap export")

    failures = at_the_same_time(*(lambda: staged(company, *orders) for _ in range(3)))

    assert failures == []
    assert (StagedOrder.objects.count(), OrderVersion.objects.count(), SourceCustomer.objects.count()) == (59, 59, 59)


def test_two_preparations_at_the_same_time_share_one_new_customer_and_one_issue() -> None:
    company = the_studio()
    text = "2026-08-14  order 1  #7 Sam Doe <sam@example.com>\nWT-101  10.00\ntotal  11.00"
    staged(company, *(text.replace("order 1", f"order {number}") for number in range(1, 40)))

    orders = list(StagedOrder.objects.order_by("pk"))
    parts = [orders[start::3] for start in range(3)]

    failures = at_the_same_time(*(partial(prepare_orders, company, part) for part in parts))

    assert failures == []
    assert Document.objects.filter(kind="customer").count() == 1
    assert Document.objects.filter(kind="invoice").count() == 39
    assert company.issues.count() == 39


def test_an_email_that_the_source_has_by_now_cures_the_earlier_order_of_the_same_customer() -> None:
    company = the_studio()
    prepared(company, "2026-08-14  order 1  #7 Sam Doe\nWT-101  10.00")
    assert document_of(company, "1").state == "blocked"

    prepared(company, "2026-08-15  order 2  #7 Sam Doe <sam@example.com>\nWT-101  10.00")

    assert document_of(company, "1").state == document_of(company, "2").state == "ready"
    assert order_of(company, "1").version == 1


def test_a_run_that_breaks_is_kept_as_failed(tmp_path: Path) -> None:
    company = a_company()
    file = tmp_path / "orders.csv"
    file.write_text("\n".join((HEADER, GOOD)), encoding="utf-8")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sync_orderversion RENAME TO sync_orderversion_away")
    try:
        with pytest.raises(Exception, match="sync_orderversion"):
            imported(file, "orders-csv")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sync_orderversion_away RENAME TO sync_orderversion")

    assert (Run.objects.get(company=company).state, StagedOrder.objects.count()) == (RunState.FAILED, 0)


@pytest.mark.parametrize("price", ["123456789012345678.00", "99999999999999999999999999999.00"])
def test_an_amount_that_is_too_long_keeps_back_no_other_order(tmp_path: Path, price: str) -> None:
    a_company()
    file = tmp_path / "orders.csv"
    file.write_text("\n".join((HEADER, GOOD.replace("M-1", "M-9").replace("199.00", price), GOOD)), encoding="utf-8")

    code, text = imported(file, "orders-csv")

    assert code == 1, text
    assert list(StagedOrder.objects.values_list("number", flat=True)) == ["M-1"]


@pytest.mark.parametrize("content", ["hello, this is no workbook\n", "Name,Telephone\nAda,1\n", "[1, 2]"])
def test_a_file_that_is_only_called_a_workbook_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    the_studio()
    file = tmp_path / "Orders.XLSX"
    file.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match="The name of the file says Excel, but the file is not an Excel workbook"):
        imported(file, "orders-csv")


def test_errors_of_a_file_are_counted_to_the_end_and_kept_as_far_as_a_person_reads() -> None:
    source = connection_of(the_studio(), "files", name="Files")
    error = RowError(code="empty", place=Place(row=2), message=Message(sentence="It is empty."))

    counts = stage(source, repeat(error, MOST_ERRORS + 5))

    assert (counts.rejected, len(counts.errors)) == (MOST_ERRORS + 5, MOST_ERRORS)
