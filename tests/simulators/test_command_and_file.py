"""Does the command keep its contract, and do the books in a file survive a restart and a kill -9?"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.common.journal import UnreadableBooks
from simulators.quickbooks.server import start
from tests.simulators.driver import Books, an_invoice


@contextlib.contextmanager
def command(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The command, running; killed at the end if it still is."""
    with subprocess.Popen(
        [sys.executable, "-m", "simulators.quickbooks", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def send(ready: dict[str, str], method: str, path: str, **how: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    url = f"{ready['base_url']}/v3/company/{ready['company_id']}/{path}"
    return requests.request(method, url, headers=headers, timeout=30, **how)


def count(ready: dict[str, str], entity: str) -> int:
    answer = send(ready, "GET", "query", params={"query": f"select count(*) from {entity}"})
    return int(answer.json()["QueryResponse"]["totalCount"])


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_one_line_when_it_is_ready_and_ends_cleanly(how: signal.Signals):
    with command("--company-id", "4620816365000000000", "--seed-books", "empty") as (process, ready):
        assert {"base_url", "company_id", "access_token", "refresh_token", "client_id", "client_secret"} <= set(ready)
        assert ready["company_id"] == "4620816365000000000"
        assert ready["base_url"].startswith("http://127.0.0.1:")
        assert count(ready, "Account") == 11
        process.send_signal(how)
        assert process.wait(10) == 0
        assert process.stdout
        assert process.stdout.read() == ""


def test_a_company_whose_starter_is_killed_frees_its_port():
    starter = (
        "import subprocess, sys; "
        "subprocess.Popen([sys.executable, '-m', 'simulators.quickbooks', '--port', '0', '--seed-books', 'empty', "
        "'--until-input-ends'], stdin=subprocess.PIPE).wait()"
    )
    with subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        assert count(ready, "Account") == 11
        process.kill()
        assert process.stdout.read() == ""  # the company held the pipe too, and has ended
    with pytest.raises(requests.ConnectionError):
        count(ready, "Account")


def test_a_killed_company_has_every_write_that_was_answered(tmp_path: Path):
    data = str(tmp_path / "books.jsonl")
    answered: list[str] = []
    with command("--data", data) as (process, first):

        def write(thread: int) -> None:
            for number in range(1000):
                body = json.loads(json.dumps(an_invoice("10", DocNumber=f"K{thread}-{number}"), default=str))
                try:
                    answer = send(first, "POST", "invoice", json=body, params={"requestid": f"{thread}-{number}"})
                except requests.exceptions.ConnectionError:
                    return
                answered.append(answer.json()["Invoice"]["DocNumber"])

        threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        while len(answered) < 40 and threads[0].is_alive():
            threads[0].join(0.01)
        process.kill()
        for thread in threads:
            thread.join()
    with command("--data", data) as (_, second):
        assert second["company_id"] == first["company_id"]
        assert second["client_secret"] == first["client_secret"]
        kept = count(second, "Invoice") - 12
        assert len(answered) <= kept <= len(answered) + 3  # at most one write in flight for each thread
        query = {"query": "select * from Invoice where DocNumber like 'K%' maxresults 1000"}
        rows = send(second, "GET", "query", params=query).json()["QueryResponse"]["Invoice"]
        numbers = {row["DocNumber"] for row in rows}
        assert set(answered) <= numbers
        body = {"CustomerRef": {"value": "6"}, "Line": [], "DocNumber": "other"}
        repeat = send(second, "POST", "invoice", json=body, params={"requestid": answered[-1][1:]})
        assert repeat.json()["Invoice"]["DocNumber"] == answered[-1]
        old_token = {**second, "access_token": first["access_token"]}
        assert send(old_token, "GET", "preferences").status_code == 200
        ledger = requests.get(f"{second['control_url']}/ledger", timeout=10).json()
        assert ledger["total"] == "0.00"


def test_books_in_a_file_come_back_as_they_were(tmp_path: Path):
    with start(data=tmp_path / "books.jsonl") as running:
        books = Books(running)
        invoice = books.invoice("100")
        books.payment("60", (invoice, "60"))
        books.delete("Invoice", books.invoice("5"))
        books.control("close-books", {"date": "2026-07-31"})
        before = (books.ledger(), books.read("Invoice", invoice["Id"]), running.ready()["refresh_token"])
        books.close()
    for _ in range(2):
        with start(data=tmp_path / "books.jsonl") as running:
            books = Books(running)
            after = (books.ledger(), books.read("Invoice", invoice["Id"]), running.ready()["refresh_token"])
            assert after == before
            assert (
                books.ask("GET", "preferences")["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] == "2026-07-31"
            )
            assert int(books.customer(f"Number {_}")["Id"]) > 33
            books.close()


def test_books_in_another_currency_come_back_as_they_were(tmp_path: Path):
    euros = {"value": "EUR"}

    def seen(books: Books) -> Any:
        account = books.find("Account", "Name = 'Accounts Receivable (A/R) - EUR'")
        return books.ledger(), account["CurrentBalance"], books.query("select * from Customer where Balance > '90'")

    with start(data=tmp_path / "books.jsonl") as running:
        books = Books(running)
        books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
        books.write("CompanyCurrency", {"Code": "EUR"})
        books.write("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-07-01", "Rate": "1.1"})
        guest = books.customer("Élodie Marchetti", CurrencyRef=euros)["Id"]
        invoice = books.invoice("100", customer=guest, CurrencyRef=euros)
        assert books.query("select * from TaxCode")["maxResults"] == 2
        before = seen(books)
        books.close()
    for _ in range(2):
        with start(data=tmp_path / "books.jsonl") as running:
            books = Books(running)
            assert seen(books) == before
            assert books.query("select * from TaxCode")["maxResults"] == 2
            if _:
                books.payment("100", (invoice, "100"), customer=guest, CurrencyRef=euros)
                assert "Accounts Receivable (A/R) - EUR" not in books.ledger()
            books.close()


def test_a_file_of_something_else_is_refused(tmp_path: Path):
    other = tmp_path / "notes.txt"
    other.write_text("dear diary\nhello\n")
    with pytest.raises(UnreadableBooks, match="line 1"):
        start(data=other)
    assert other.read_text() == "dear diary\nhello\n"


def test_a_file_of_another_company_is_refused(tmp_path: Path):
    start(data=tmp_path / "books.jsonl", company_id="111").stop()
    with pytest.raises(ValueError, match="belong to company 111"):
        start(data=tmp_path / "books.jsonl", company_id="222")


@pytest.mark.parametrize("wrong", [["--company-id", "abc"], ["--latency-ms", "-1"], ["--seed-books", "huge"]])
def test_a_command_line_that_makes_no_sense_is_explained(wrong: list[str]):
    found = subprocess.run(
        [sys.executable, "-m", "simulators.quickbooks", *wrong], capture_output=True, text=True, timeout=30, check=False
    )
    assert found.returncode == 2
    assert wrong[0].strip("-") in found.stderr or "milliseconds" in found.stderr


def test_a_port_that_is_taken_is_said_and_not_a_traceback(tmp_path: Path):
    with start() as running:
        port = str(running.server.server_address[1])
        found = subprocess.run(
            [sys.executable, "-m", "simulators.quickbooks", "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert found.returncode == 2
    assert found.stderr.startswith("The test company cannot start: ")


@pytest.mark.parametrize("simulator", ["quickbooks", "keap", "highlevel"])
def test_without_werkzeug_one_sentence_says_what_to_run(simulator: str):
    without = (
        "import runpy, sys; sys.modules['werkzeug'] = None; "
        f"runpy.run_module('simulators.{simulator}', run_name='__main__')"
    )
    found = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, timeout=30, check=False)
    assert found.returncode == 2
    assert found.stderr == "The simulators need werkzeug: run pip install -r requirements-dev.lock\n"
