"""Do export_iif, check_iif and sync say and do for a Desktop company what the contract of commands promises?"""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from companies.models import Company
from sync.models import Document, DocumentState, ExportBatch, StagedOrder
from sync.quickbooks_desktop.reading.read import read_iif
from sync.resync import advance, start
from tests.factories import document_of, order_of, prepared, the_studio
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company, a_person, with_orders

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    """The studio on QuickBooks Desktop, with two orders prepared."""
    return with_orders(a_desktop_company())


def run(name: str, *args: Any) -> tuple[int, str]:
    """The exit code of a command, and what it said."""
    said = StringIO()
    try:
        call_command(name, *args, stdout=said, stderr=said)
    except SystemExit as left:
        return int(str(left.code)), said.getvalue()
    except CommandError as fault:
        return fault.returncode, f"{said.getvalue()}{fault}"
    return 0, said.getvalue()


def export(tmp_path: Path, *args: Any, name: str = "out.iif") -> tuple[int, str]:
    return run("export_iif", "--company", "desktop", "--output", tmp_path / name, *args)


@pytest.mark.criterion("B11", "B12", "B18")
def test_the_file_moves_what_the_crm_sold(company: Company, tmp_path: Path):
    export(tmp_path, "--rehearsal", name="rehearsal.iif")
    code, said = export(tmp_path, "--backup-confirmed")
    report = read_iif((tmp_path / "out.iif").read_bytes())
    orders = [staged_order.current().read() for staged_order in StagedOrder.objects.filter(company=company)]

    assert code == 0
    assert "4 documents written" in said
    sums = {account: debit - credit for account, (debit, credit) in report.account_totals.items()}
    sold = sum(order.total for order in orders)
    paid = sum(payment.amount for order in orders for payment in order.payments)
    assert sums.pop("Undeposited Funds") == paid
    assert sums.pop("Accounts Receivable") == sold - paid
    assert sum(sums.values()) == -sold
    assert sums["Sales Tax Payable"] == Decimal("-4.17")


@pytest.mark.criterion("B20", "B21")
def test_without_a_confirmed_backup_it_reminds_and_writes_nothing(company: Company, tmp_path: Path):
    export(tmp_path, "--rehearsal", name="rehearsal.iif")
    code, said = export(tmp_path)

    assert code == 2
    assert "Back Up Company" in said
    assert not (tmp_path / "out.iif").exists()
    assert set(Document.objects.values_list("state", flat=True)) == {DocumentState.READY}

    export(tmp_path, "--backup-confirmed")
    batch = ExportBatch.objects.get(kind="live")
    assert batch.backup_confirmed_as
    assert batch.backup_confirmed_at


@pytest.mark.criterion("B27", "B28", "B29")
def test_a_rehearsal_comes_first_needs_no_backup_and_leaves_no_mark(company: Company, tmp_path: Path):
    code, said = export(tmp_path, "--backup-confirmed")
    assert (code, "No test file was made" in said) == (2, True)

    code, _ = export(tmp_path, "--rehearsal")
    assert code == 0
    assert b"REHEARSAL" in (tmp_path / "out.iif").read_bytes()
    assert set(Document.objects.values_list("state", flat=True)) == {DocumentState.READY}


@pytest.mark.criterion("B40")
def test_running_it_again_exports_nothing_twice(company: Company, tmp_path: Path):
    export(tmp_path, "--rehearsal", name="rehearsal.iif")
    export(tmp_path, "--backup-confirmed")
    code, said = export(tmp_path, "--backup-confirmed", name="again.iif")

    assert code == 2
    assert "nothing to export" in said
    assert not (tmp_path / "again.iif").exists()


def test_json_holds_the_same_in_one_object(company: Company, tmp_path: Path):
    code, said = export(tmp_path, "--rehearsal", "--json", "--since", "2026-08-01", "--until", "2026-08-31")
    told = json.loads(said)

    assert code == told["exit_code"] == 0
    assert told["documents"] == 2
    assert {kind: counted["count"] for kind, counted in told["kinds"].items()} == {
        "customer": 1,
        "invoice": 1,
        "payment": 1,
    }
    assert told["accounts"]["Accounts Receivable"] == {"debit": "256.00", "credit": "100.00"}
    assert told["bytes"] == (tmp_path / "out.iif").stat().st_size


def test_it_ends_with_1_and_names_what_was_left_out(company: Company, tmp_path: Path):
    company.quickbookscustomer_set.update(display_name="Zoë Natarajan", name_compared="zoë natarajan")
    prepared(company, SOLD.replace("1042", "1070").replace("Wren Halloran <wren@", "Priya Natarajan <priya.natarajan@"))
    code, said = export(tmp_path, "--rehearsal")

    assert code == 1
    assert "Left out: keap:source-1070:invoice" in said
    assert document_of(company, "1070").state == DocumentState.READY


def test_a_file_that_is_there_is_not_written_over(company: Company, tmp_path: Path):
    (tmp_path / "out.iif").write_text("mine")
    code, said = export(tmp_path, "--rehearsal")

    assert (code, "already" in said) == (2, True)
    assert (tmp_path / "out.iif").read_text() == "mine"
    assert not ExportBatch.objects.exists()


def test_a_folder_that_is_not_there_marks_nothing(company: Company, tmp_path: Path):
    assert export(tmp_path, "--rehearsal", name="nowhere/out.iif")[0] == 2
    assert not ExportBatch.objects.exists()


def test_an_online_company_has_no_files(tmp_path: Path):
    the_studio(slug="online")
    code, said = run("export_iif", "--company", "online", "--output", tmp_path / "out.iif", "--rehearsal")

    assert (code, "QuickBooks Online" in said) == (2, True)


@pytest.mark.criterion("B11")
def test_sync_prepares_and_says_how_many_wait_for_a_file(company: Company):
    prepared(company)
    code, said = run("sync", "--company", "desktop")

    assert code == 0
    assert "5 documents wait to be exported" in said
    assert "export_iif --company desktop" in said


def test_a_re_sync_prepares_again_and_pushes_nothing(company: Company):
    finished = advance(start(company, [order_of(company, "1042").pk], by=a_person()))

    assert (finished.state, finished.counts["done"]) == ("finished", 1)
    assert document_of(company, "1042").state == DocumentState.READY


def test_check_iif_passes_our_own_file_and_names_the_lines_of_a_bad_one(company: Company, tmp_path: Path):
    export(tmp_path, "--rehearsal")
    assert run("check_iif", tmp_path / "out.iif")[0] == 0

    bad = (tmp_path / "out.iif").read_bytes().replace(b"\t256.00\t", b"\t255.99\t")
    (tmp_path / "bad.iif").write_bytes(bad)
    code, said = run("check_iif", tmp_path / "bad.iif", "--json")
    (error,) = [load for load in json.loads(said)["findings"] if load["severity"] == "error"]

    assert code == 1
    assert (error["code"], error["line"]) == (
        "not-balanced",
        bad.splitlines().index(next(row for row in bad.splitlines() if b"255.99" in row)) + 1,
    )


def test_check_iif_says_which_file_it_cannot_open(tmp_path: Path):
    code, said = run("check_iif", tmp_path / "none.iif")

    assert (code, "cannot be opened" in said) == (2, True)


#: Everything that a sale can bring: paid, credited, refunded; and one that was given back as a whole.
ALL_KINDS = (
    """
    2026-08-14  order 1100  Priya Natarajan <priya.natarajan@example.com>
    WT-101      199.00
    paid 2026-08-20  Credit Card  150.00
    credit 2026-08-22  Welcome back  20.00
    refund 2026-08-25  Credit Card  50.00
    """,
    """
    2026-08-15  order 1101  Priya Natarajan <priya.natarajan@example.com>
    WT-101      -199.00
    """,
)


@pytest.mark.criterion("B13", "B14", "B15", "B16", "B17", "B18")
def test_every_kind_of_record_goes_into_the_file_as_desktop_keeps_it(tmp_path: Path):
    company = a_desktop_company()
    prepared(company, *ALL_KINDS)
    export(tmp_path, "--rehearsal", name="rehearsal.iif")
    code, said = export(tmp_path, "--backup-confirmed")
    report = read_iif((tmp_path / "out.iif").read_bytes())
    blocks = {(block.trnstype, block.amount) for block in report.blocks}

    assert code == 0, said
    assert blocks == {
        ("INVOICE", Decimal("199.00")),
        ("PAYMENT", Decimal("150.00")),
        ("CREDIT MEMO", Decimal("-20.00")),
        ("CHECK", Decimal("-50.00")),
        ("CREDIT MEMO", Decimal("-199.00")),
    }
    sums = {account: debit - credit for account, (debit, credit) in report.account_totals.items()}
    assert sums == {
        "Accounts Receivable": Decimal("-170.00"),
        "Checking": Decimal("-50.00"),
        "Refunds & Allowances": Decimal("70.00"),
        "Services:Training:Classes": Decimal("0.00"),
        "Undeposited Funds": Decimal("150.00"),
    }


def test_lists_over_the_network_are_not_for_a_desktop_company():
    a_desktop_company()

    assert run("refresh_lists")[0] == 0
    code, said = run("refresh_lists", "--company", "desktop")
    assert (code, "import_lists" in said) == (2, True)
