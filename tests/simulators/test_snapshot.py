"""Does a snapshot of a live company take its lists, read only, into a file that a rehearsal starts from?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import simplejson

from simulators.quickbooks.server import start
from simulators.quickbooks.snapshot import main
from tests.simulators.driver import Books


def arguments(books: Books, data: Path, **other: str) -> list[str]:
    ready = books.running.ready()
    told = {
        "base-url": ready["base_url"],
        "company-id": ready["company_id"],
        "access-token": ready["access_token"],
        "data": str(data),
        **other,
    }
    return [word for name, value in told.items() for word in (f"--{name}", value)]


def test_a_rehearsal_starts_from_the_lists_of_a_live_company(books: Books, tmp_path: Path):
    child = books.customer("A Job", Job=True, ParentRef={"value": "6"}, SalesTermRef={"value": "2"})
    data = tmp_path / "books.jsonl"
    command = [sys.executable, "-m", "simulators.quickbooks.snapshot", *arguments(books, data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert simplejson.loads(done.stdout)["records"]["Account"] == 32
    with start(data=data) as running:
        copy = Books(running)
        assert running.company.company_id == books.running.company.company_id
        for entity in ("Account", "Item", "Customer", "Vendor", "Employee", "Term", "PaymentMethod"):
            text = f"select * from {entity} where Active in (true, false) maxresults 1000"
            there, here = (company.query(text)[entity] for company in (books, copy))
            for record in (*there, *here):
                for name in ("Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts"):
                    record.pop(name, None)
            assert here == there
        assert copy.ledger() == {}
        assert copy.count("Invoice") == 0
        assert copy.customer("Somebody New")["Id"] == str(int(child["Id"]) + 1)
        invoice = copy.invoice("10", customer=child["Id"])
        assert invoice["CustomerRef"]["name"] == "A Job"
        copy.payment("10", (invoice, "10"), customer="6")
        copy.close()


def test_a_snapshot_only_reads(books: Books, tmp_path: Path):
    books.control("log", method="DELETE")
    assert main(arguments(books, tmp_path / "books.jsonl")) == 0
    log = books.control("log?last=1000", method="GET")
    assert {entry["method"] for entry in log["entries"]} == {"GET"}
    assert {entry["operation"] for entry in log["entries"]} == {"query", "read"}
    assert log["writes"] == {}


@pytest.mark.parametrize("other", [{"access-token": "wrong"}, {"company-id": "1"}, {"base-url": "http://127.0.0.1:9"}])
def test_a_snapshot_that_fails_says_why_and_leaves_no_file(
    books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str], other: dict[str, str]
):
    data = tmp_path / "books.jsonl"
    assert main(arguments(books, data, **other)) == 1
    assert "No snapshot was taken: " in capsys.readouterr().err
    assert not data.exists()


def test_a_snapshot_never_overwrites(books: Books, tmp_path: Path):
    data = tmp_path / "books.jsonl"
    data.write_text("mine")
    with pytest.raises(SystemExit):
        main(arguments(books, data))
    assert data.read_text() == "mine"
