"""Do the lists of QuickBooks Desktop become ours, all of them or nothing?"""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from companies.models import Company, CompanyKind
from mapping.models import DesktopOtherName, QuickBooksAccount, QuickBooksCustomer, QuickBooksItem, QuickBooksTerm
from reconciliation.issues import gather
from reconciliation.models import Issue
from sync.lists.doubted import confirm_gone
from sync.models import DocumentState, DoubtedList, Run
from sync.preparing.prepare import prepare_unsent
from sync.quickbooks_desktop.batches.acknowledge import acknowledge
from sync.quickbooks_desktop.list_import import ListsImported, ListsRefused, import_lists
from tests.factories import document_of, prepared
from tests.quickbooks_desktop.factories import SOLD, a_desktop_company, a_person, exported, text_of, with_orders
from tests.quickbooks_desktop.list_samples import BAD, SAMPLE
from tests.reconciliation.factories import as_role
from tests.reconciliation.fixing import fix, page

pytestmark = pytest.mark.django_db


def a_company() -> Company:
    return Company.objects.create(name="Desktop", slug="desktop", kind=CompanyKind.DESKTOP)


def taken_over(company: Company, data: bytes = SAMPLE) -> ListsImported:
    came = import_lists(company, data, name="lists.iif")
    assert isinstance(came, ListsImported), came
    return came


def without(keyword: str, name: str) -> bytes:
    """The sample without one row."""
    rows = SAMPLE.split(b"\r\n")
    return b"\r\n".join(row for row in rows if not row.startswith(f"{keyword}\t{name}\t".encode("cp1252")))


def test_every_list_of_the_file_is_read():
    company = a_company()
    came = taken_over(company)

    assert {name: counted.new for name, counted in came.lists.items()} == {
        "accounts": 34,
        "items": 22,
        "terms": 4,
        "customers": 30,
    }
    receivable = QuickBooksAccount.objects.get(company=company, full_name="Accounts Receivable")
    assert (receivable.quickbooks_id, receivable.account_type) == ("Accounts Receivable", "Accounts Receivable")
    assert QuickBooksItem.objects.get(name="Wheel Throwing 101").income_account_id == "Services:Training:Classes"
    assert QuickBooksCustomer.objects.get(email="camille.dufrene@example.net").display_name == "Camille Dufrêne"
    assert QuickBooksTerm.objects.get(name="Net 15").due_days == 15
    assert not QuickBooksAccount.objects.get(full_name="Old Checking").active
    assert Run.objects.get().counts["new"] == 90


def test_a_second_import_changes_nothing():
    company = a_company()
    taken_over(company)

    assert not taken_over(company).anything


def test_what_is_gone_becomes_inactive_and_what_changed_is_said():
    company = a_company()
    taken_over(company)
    coaching = b"\t\tServices:Coaching\t"
    came = taken_over(company, without("INVITEM", "Kiln Shelf").replace(coaching, b"\t\tServices\t"))

    assert (came.lists["items"].gone, came.lists["items"].changed) == (1, 1)
    assert not QuickBooksItem.objects.get(name="Kiln Shelf").active


def test_a_list_that_is_not_in_the_file_stays_as_it_is():
    company = a_company()
    taken_over(company)
    items = SAMPLE[SAMPLE.index(b"!TERMS") : SAMPLE.index(b"!CUST")]
    came = taken_over(company, items)

    assert list(came.lists) == ["terms"]
    assert QuickBooksAccount.objects.filter(active=True).count() == 33


def test_lists_clear_what_was_blocked():
    company = a_desktop_company()
    company.quickbooksaccount_set.filter(full_name="Shipping Income").update(active=False)
    prepared(company, SOLD)
    assert document_of(company, "1042").state == DocumentState.BLOCKED
    taken_over(company)

    assert document_of(company, "1042").state == DocumentState.READY


def test_a_customer_of_our_own_file_stays_though_an_older_list_does_not_have_it():
    company = with_orders(a_desktop_company())
    acknowledge(exported(company), by=a_person())
    taken_over(company)

    assert QuickBooksCustomer.objects.get(company=company, display_name="Wren Halloran").active


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_trusted_changes_nothing_and_says_why(name: str):
    company = a_company()
    spoil, words, line = BAD[name]
    came = import_lists(company, spoil(SAMPLE), name="lists.iif")

    assert isinstance(came, ListsRefused)
    told = [(finding.line, finding.message.worded()) for finding in came.findings]
    assert any(words in sentence and (line is None or where == line) for where, sentence in told), told
    assert not QuickBooksAccount.objects.exists()
    assert not Run.objects.exists()


def command(*args: Any) -> tuple[int, str]:
    """The exit code of import_lists, and what it said."""
    said = StringIO()
    try:
        call_command("import_lists", *args, stdout=said, stderr=said)
    except SystemExit as left:
        return int(str(left.code)), said.getvalue()
    return 0, said.getvalue()


@pytest.mark.criterion("B11")
def test_the_command_says_what_is_new(tmp_path: Path):
    a_company()
    file = tmp_path / "lists.iif"
    file.write_bytes(SAMPLE)

    code, said = command(file, "--company", "desktop")
    assert code == 0
    assert "34 accounts: 34 new, 0 changed, 0 gone" in said


def test_the_command_names_the_faults_and_their_lines(tmp_path: Path):
    a_company()
    file = tmp_path / "lists.iif"
    file.write_bytes(BAD["a shifted row"][0](SAMPLE))

    code, said = command(file, "--company", "desktop")
    assert code == 2
    assert "nothing was changed" in said
    assert "Line 5:" in said


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("!VEND\tNAME\tVTYPE", "VEND\tWren Halloran\tSuppliers"),
        ("!EMP\tNAME\tINIT", "EMP\tWREN HALLORAN\tWH"),
        ("!OTHERNAME\tNAME\tBADDR1", "OTHERNAME\tWren Halloran\t1 Main St"),
    ],
)
def test_a_new_customer_does_not_take_the_name_of_a_vendor_an_employee_or_another_name(header: str, row: str):
    company = with_orders(a_desktop_company())
    exported_names = "\r\n".join((header, row, "")).encode("cp1252")
    taken_over(company, SAMPLE.rstrip(b"\r\n") + b"\r\n" + exported_names)
    gather(company)
    issue, ops = Issue.objects.get(code="name-of-another-list"), as_role(company)
    assert document_of(company, "1042").state == DocumentState.BLOCKED
    assert "“Wren Halloran” is a vendor, an employee or another name" in page(ops, issue)
    assert 'value="Wren Halloran (customer)"' in page(ops, issue)

    assert "Enter another name." in fix(ops, issue, "create-customer", new_name="wren halloran")
    fix(ops, issue, "create-customer", new_name="Wren Halloran (customer)")

    file = text_of(exported(company))
    written = [line.split("\t")[1] for line in file.splitlines() if line.startswith("CUST\tWren")]
    assert written == ["Wren Halloran (customer)"]
    assert "\t1042\t" in file


def only(keyword: str, *names: str) -> bytes:
    """The sample with these rows alone in one list."""
    rows = SAMPLE.split(b"\r\n")
    keep = tuple(f"{keyword}\t{name}\t".encode("cp1252") for name in names)
    return b"\r\n".join(row for row in rows if not row.startswith(f"{keyword}\t".encode()) or row.startswith(keep))


def test_a_file_whose_list_is_nearly_empty_makes_nothing_inactive_and_asks(tmp_path: Path):
    company = a_company()
    taken_over(company)
    active = QuickBooksItem.objects.filter(company=company, active=True)
    before = active.count()
    file = tmp_path / "lists.iif"
    file.write_bytes(only("INVITEM", "Kiln Shelf"))

    code, said = command(file, "--company", "desktop")

    assert code == 0
    assert f"Look at this: QuickBooks left out {before - 1} names of its list of items" in said
    assert active.count() == before
    question = DoubtedList.objects.get(company=company)
    assert confirm_gone(company, question.pk, by=None) == before - 1
    assert [item.name for item in active] == ["Kiln Shelf"]


def test_a_group_of_items_that_was_renamed_is_believed():
    """On Desktop a name is the id, so each renamed row is a new one and an old one that is missing."""
    company = a_company()
    taken_over(company)

    assert taken_over(company, SAMPLE.replace(b"\nINVITEM\t", b"\nINVITEM\tNew ")).lists["items"].missing == 0


VENDORS = "!VEND\tNAME\tVTYPE\r\nVEND\tWren Halloran\tSuppliers\r\nVEND\tClay Depot\tSuppliers\r\n"


def with_vendors(names: str = VENDORS) -> bytes:
    return SAMPLE.rstrip(b"\r\n") + b"\r\n" + names.encode("cp1252")


def test_a_name_that_a_later_list_of_vendors_no_longer_has_is_free_for_a_customer_again():
    company = with_orders(a_desktop_company())
    taken_over(company, with_vendors())
    came = taken_over(company, with_vendors("!VEND\tNAME\tVTYPE\r\nVEND\tClay Depot\tSuppliers\r\n"))

    assert came.lists["vendors"].gone == 1
    written = [line.split("\t")[1] for line in text_of(exported(company)).splitlines() if line.startswith("CUST\tWren")]
    assert written == ["Wren Halloran"]


def test_names_of_vendors_that_were_read_before_are_compared_without_their_capitals_too():
    company = with_orders(a_desktop_company())
    DesktopOtherName.objects.create(company=company, name="WREN Halloran", name_compared="")

    import_module("mapping.migrations.0009_desktop_names_compared").fold(apps, None)
    prepare_unsent(company)

    assert document_of(company, "1042").state == DocumentState.BLOCKED


def test_names_of_vendors_stay_taken_when_a_file_has_no_such_list():
    company = a_company()
    taken_over(company, with_vendors())
    taken_over(company)

    assert set(DesktopOtherName.objects.values_list("name", flat=True)) == {"Wren Halloran", "Clay Depot"}


def test_a_list_of_vendors_that_comes_back_empty_asks_before_their_names_are_free():
    company = a_company()
    taken_over(company, with_vendors())

    assert taken_over(company, with_vendors("!VEND\tNAME\tVTYPE\r\n")).lists["vendors"].missing == 2
    assert DesktopOtherName.objects.count() == 2
    confirm_gone(company, DoubtedList.objects.get(name="vendors").pk, by=None)
    assert not DesktopOtherName.objects.exists()
