"""Does a person see what is wrong in QuickBooks, with its money and whose it is, and is nothing changed by it?"""

from __future__ import annotations

import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command

from companies.models import Company, Role
from reconciliation.cleanup_models import CleanupReport
from tests.factories import document_of, prepared
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books
from tests.sync.pushing import push

__all__ = ["quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)

NORA = {"PrimaryEmailAddr": {"Address": "nora@example.com"}}


@pytest.fixture
def messy(studio: Company, quickbooks: Books) -> Company:
    """What Tieout posted, and beside it what others entered wrongly."""
    prepared(
        studio,
        "2026-08-14  order 1042  #9 Nora Quist <nora@example.com>\nKIT-CLAY  48.00\npaid 2026-08-15  Cash  48.00",
    )
    push(studio)
    nora = document_of(studio, "1042").customer_name
    ours = quickbooks.find("Customer", f"DisplayName = '{nora}'")["Id"]
    quickbooks.invoice("48.00", customer=ours, TxnDate="2026-08-16", DocNumber="INV-1042")
    quickbooks.payment("20.00", customer=ours, TxnDate="2026-08-17")
    other = quickbooks.customer("Quist, Nora", **NORA)["Id"]
    quickbooks.invoice("7.00", customer=other, TxnDate="2026-08-18")
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    quickbooks.write("CreditMemo", {"CustomerRef": {"value": other}, "TxnDate": "2026-08-19", "Line": [line]})
    banked = quickbooks.payment("9.00", customer=other, TxnDate="2026-08-20")
    linked = [{"TxnId": banked["Id"], "TxnType": "Payment", "TxnLineId": "0"}]
    deposit = {"Line": [{"Amount": 9, "LinkedTxn": linked}], "DepositToAccountRef": _bank(quickbooks)}
    quickbooks.write("Deposit", deposit)
    return studio


def _bank(quickbooks: Books) -> dict[str, str]:
    return {"value": quickbooks.query("select * from Account where AccountType = 'Bank'")["Account"][0]["Id"]}


def test_each_kind_is_found_with_its_money_and_whose_it_is_and_quickbooks_stays_as_it_was(
    messy: Company, quickbooks: Books
) -> None:
    before = quickbooks.ledger()
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command(
            "reconcile",
            "--company",
            "studio",
            "--from",
            "2026-08-01",
            "--to",
            "2026-09-30",
            "--cleanup",
            "--json",
            stdout=out,
        )
    told = json.loads(out.getvalue())

    assert {
        (case["kind"], case["amount"], tuple(record["ours"] for record in case["records"])) for case in told["cases"]
    } == {
        ("twice", "48.00", (True, False)),
        ("unapplied", "20.00", (False,)),
        ("unapplied", "9.00", (False,)),
        ("unused", "5.00", (False,)),
        ("undeposited", "48.00", (True,)),
        ("undeposited", "20.00", (False,)),
        ("customers", "103.00", (True, False)),
    }
    assert all(record["link"].startswith("http") for case in told["cases"] for record in case["records"])
    assert quickbooks.ledger() == before


def test_a_person_makes_the_report_and_reads_it_kind_by_kind(messy: Company) -> None:
    browser, auditor = as_role(messy, Role.ACCOUNTANT), as_role(messy, Role.AUDITOR)
    form = {"first": "2026-08-01", "last": "2026-08-31", "days": "14"}
    address = browser.post("/studio/cleanups/", form)["Location"]
    for thread in threading.enumerate():
        if thread.name.startswith("cleanup-"):
            thread.join(60)

    kinds = ("", "?kind=unapplied", "?kind=unused")
    twice, unapplied, unused = (" ".join(browser.get(f"{address}{kind}").text.split()) for kind in kinds)

    assert "same customer, total and number" in twice
    assert "Invoice INV-1042" in twice
    assert "open for" in unapplied
    assert "Credit memo" in unused
    assert auditor.post("/studio/cleanups/", form).status_code == 403
    assert "INV-1042" in auditor.get(address).text
    assert CleanupReport.objects.get().by is not None


def test_where_nothing_is_found_the_command_says_so_and_exits_0_and_where_quickbooks_is_silent_2(
    studio: Company, quickbooks: Books
) -> None:
    out, err = StringIO(), StringIO()
    period = ("--from", "2026-08-01", "--to", "2026-08-31", "--cleanup")
    call_command("reconcile", "--company", "studio", *period, stdout=out)
    assert "Payments not applied: 0 cases" in out.getvalue()

    quickbooks.control("faults", {"kind": "500", "times": 99})
    with pytest.raises(SystemExit, match="2"):
        call_command("reconcile", "--company", "studio", *period, stdout=out, stderr=err)
    assert "Nothing was looked through:" in err.getvalue()
