"""Do the commands do what the contract says: words, counts, JSON, and an exit code that means it?"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError

from companies.models import Company
from mapping.models import Product
from sync.models import Document, Run, StagedOrder
from sync.pushing.claims import rest
from sync.resync import start
from tests.factories import a_company, order_of, prepared, staged
from tests.simulators.driver import Books
from tests.sync.commands import BAD, GOOD, HEADER, run, run_json
from tests.sync.pushing import NEW, in_quickbooks

pytestmark = pytest.mark.django_db(transaction=True)


def a_file(folder: Path, *rows: str) -> str:
    """A spreadsheet of orders."""
    file = folder / "orders.csv"
    file.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return str(file)


def imported(folder: Path, *rows: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
    """Import rows into the studio."""
    return run("import_orders", a_file(folder, *rows), "--company", "studio", "--layout", "orders-csv", *options)


def test_importing_twice_stages_nothing_new(tmp_path: Path) -> None:
    a_company()

    assert imported(tmp_path, GOOD) == (0, "orders.csv: 1 new orders staged, 0 changed, 0 unchanged\n")
    assert imported(tmp_path, GOOD) == (0, "orders.csv: 0 new orders staged, 0 changed, 1 unchanged\n")


def test_a_bad_row_is_reported_with_row_column_and_cure_and_good_rows_go_on(tmp_path: Path) -> None:
    a_company()

    code, text = imported(tmp_path, BAD, GOOD)

    assert code == 1
    assert "row 2, Quantity:" in text
    assert "1 new orders staged" in text
    assert Run.objects.get(kind="import").errors[0]["row"] == 2


def test_a_dry_run_of_an_import_keeps_nothing(tmp_path: Path) -> None:
    a_company()

    code, text = imported(tmp_path, GOOD, BAD, options=("--dry-run",))

    assert (code, StagedOrder.objects.count(), Run.objects.count()) == (1, 0, 0)
    assert "1 new orders would be staged" in text


@pytest.mark.criterion("B07")
def test_nothing_is_read_for_a_company_that_is_switched_off(tmp_path: Path) -> None:
    Company.objects.create(name="Off", slug="off")

    with pytest.raises(CommandError, match="no one has asked for it to be activated") as refused:
        run("import_orders", a_file(tmp_path, GOOD), "--company", "off", "--layout", "orders-csv")

    assert refused.value.returncode == 2
    assert not StagedOrder.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "."), (b"Name,Total\nx,1\n", "Order Number")],
)
def test_a_file_that_cannot_be_read_at_all_says_why_and_stages_nothing(
    tmp_path: Path, content: bytes, says: str
) -> None:
    a_company()
    file = tmp_path / "orders.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=says) as refused:
        run("import_orders", str(file), "--company", "studio", "--layout", "orders-csv")

    assert refused.value.returncode == 2
    assert not StagedOrder.objects.exists()


def test_a_file_that_does_not_exist_and_a_company_that_does_not_exist_are_named() -> None:
    a_company()

    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be opened: No such file"):
        run("import_orders", "nowhere.csv", "--company", "studio", "--layout", "orders-csv")
    with pytest.raises(CommandError, match=r"There is no company “stduio”\. Companies: studio\."):
        run("sync", "--company", "stduio")


def test_sync_posts_and_says_so(studio: Company, quickbooks: Books, tmp_path: Path) -> None:
    imported(tmp_path, GOOD)

    code, text = run("sync", "--company", "studio")

    assert code == 0
    assert "1 order prepared" in text
    assert "1 document posted" in text
    assert quickbooks.count("Invoice") == 13


def test_sync_exits_1_and_names_what_is_blocked(studio: Company, quickbooks: Books, tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    Product.objects.update(quickbooks_account_name="Services:Trainning")

    code, result = run_json("sync")
    (company,) = result["companies"]

    assert code == 1
    assert company["counts"]["blocked"] == 1
    assert company["causes"][0]["title"] == "Account not found in QuickBooks"
    assert company["causes"][0]["money"] == "199.00 USD"


def test_sync_exits_2_when_no_company_is_switched_on() -> None:
    code, text = run("sync")

    assert code == 2
    assert "No company is switched on" in text


def test_a_dry_run_shows_every_posting_and_sends_and_keeps_nothing(
    studio: Company, quickbooks: Books, tmp_path: Path
) -> None:
    imported(tmp_path, GOOD)

    code, result = run_json("sync", "--dry-run")
    (company,) = result["companies"]

    assert code == 0
    assert company["documents"][0]["postings"][0] == {
        "account": "Accounts Receivable", "debit": "199.00", "credit": "", "memo": "Priya Natarajan"
    }  # fmt: skip
    assert company["accounts"] == {"Accounts Receivable": "199.00", "Services:Training:Classes": "-199.00"}
    assert not Document.objects.exists()
    assert quickbooks.count("Invoice") == 12
    assert "Services:Training:Classes" in run("sync", "--dry-run")[1]


def test_since_leaves_older_orders_for_later(studio: Company, quickbooks: Books) -> None:
    staged(studio, NEW, NEW.replace("3001", "3002").replace("2026-08-14", "2026-09-14"))

    run("sync", "--since", "2026-09-01")

    assert in_quickbooks(quickbooks, "3001")[1] == 0
    assert in_quickbooks(quickbooks, "3002")[1] == 1


def test_sync_finishes_a_re_sync_that_a_closed_page_left_behind(studio: Company, quickbooks: Books) -> None:
    studio.posts_automatically = False
    studio.save()
    prepared(studio, NEW)
    left = start(studio, [order_of(studio, "3001").pk], by=None)

    run("sync")

    left.refresh_from_db()
    assert left.state == "finished"
    assert in_quickbooks(quickbooks) == (1, 1, 1)


def test_a_company_that_is_to_be_left_alone_is_taken_up_again_after_the_others(
    studio: Company, quickbooks: Books
) -> None:
    prepared(studio, "2026-08-20  order S1  #31 Priya Natarajan <priya.natarajan@example.com>\nKIT-CLAY  48.00")
    a_company("Next Door", "next-door")
    rest(studio, 2)

    code, said = run("sync")

    first, others, again = said.index("(studio)"), said.index("(next-door)"), said.rindex("(studio)")
    assert first < others < again
    assert "asked Tieout to wait" in said[first:others]
    assert "1 document posted" in said[again:]
    assert code == 2, "the other one is not connected"


def test_what_was_done_before_a_rest_is_counted(studio: Company, quickbooks: Books) -> None:
    order = "2026-08-20  order S{}  #31 Priya Natarajan <priya.natarajan@example.com>\nKIT-CLAY  48.00"
    prepared(studio, order.format(1))
    rest(studio, 2)
    staged(studio, order.format(2))

    _code, said = run_json("sync", "--company", "studio")

    (result,) = said["companies"]
    assert (result["counts"]["prepared_orders"], result["counts"]["posted"], result["stopped"]) == (1, 2, "")
