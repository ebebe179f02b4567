"""What does the HighLevel simulator do under limits and faults, and does its file keep everything?"""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from simulators.highlevel.amounts import Discount, LineTax, SoldLine
from simulators.highlevel.broken import FAULT_KINDS
from simulators.highlevel.invoice_parts import Extras
from simulators.highlevel.options import HighLevelOptions
from simulators.highlevel.server import RunningAgency, start
from tests.simulators.highlevel_client import HighLevelClient

KIT = SoldLine(name="Clay Kit", amount=Decimal("48.10"), taxes=(LineTax("State", Decimal("2.9")),), tax_inclusive=True)


def test_the_hundred_and_first_request_within_ten_seconds_is_refused_and_the_headers_say_so():
    with start(seed="empty", options=HighLevelOptions(limits=True)) as running:
        client = HighLevelClient(running)
        first = client.send("GET", f"/locations/{client.location}")
        assert {name: value for name, value in first.headers.items() if name.startswith("X-RateLimit")} == {
            "X-RateLimit-Limit-Daily": "200000",
            "X-RateLimit-Daily-Remaining": "199999",
            "X-RateLimit-Interval-Milliseconds": "10000",
            "X-RateLimit-Max": "100",
            "X-RateLimit-Remaining": "99",
        }
        running.app.limits.take(client.location)  # so that the burst is whole, whatever this machine's pace
        for _ in range(98):
            running.app.limits.take(client.location)
        refused = client.send("GET", f"/locations/{client.location}")
        assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (429, "0")
        assert "Retry-After" not in refused.headers
        running.agency.clock.advance(10)
        assert client.send("GET", f"/locations/{client.location}").status_code == 200


def test_a_fresh_agency_at_the_same_address_knows_nothing_of_the_former(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    highlevel.company.new_contact(firstName="Ida")
    client.control("POST", "options", {"duplicate_contacts": "allow"})
    highlevel.begin_again(seed="empty")
    assert client.send("GET", f"/locations/{client.location}").status_code == 401
    assert highlevel.company.tables.count("contacts") == 0
    assert HighLevelClient(highlevel).control("GET", "options")["duplicate_contacts"] == "refuse"


def test_without_limits_no_header_tells_of_them(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    reply = client.send("GET", f"/locations/{client.location}")
    assert not any(name.startswith("X-RateLimit") for name in reply.headers)


@pytest.mark.parametrize(
    ("kind", "status", "starts"),
    [
        ("429", 429, '{"statusCode":429'),
        ("500", 500, '{"statusCode":500'),
        ("401", 401, '{"statusCode":401'),
        ("503_html", 503, "<html>"),
        ("200_html", 200, "<!doctype html>"),
        ("error_without_json", 502, "upstream connect error"),
        ("empty_body", 200, ""),
    ],
)
def test_a_fault_breaks_one_answer(highlevel: RunningAgency, kind: str, status: int, starts: str):
    client = HighLevelClient(highlevel)
    client.control("POST", "faults", {"kind": kind})
    broken = client.send("GET", f"/locations/{client.location}")
    assert (broken.status_code, broken.text[: len(starts)]) == (status, starts)
    assert client.send("GET", f"/locations/{client.location}").status_code == 200


def test_json_can_be_cut_short_and_an_answer_lost_after_the_write(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    client.control("POST", "faults", [{"kind": "truncated_json", "operation": "read"}])
    with pytest.raises(requests.JSONDecodeError):
        client.send("GET", f"/locations/{client.location}").json()
    client.control("POST", "faults", [{"kind": "lost_answer", "entity": "contact"}])
    with pytest.raises(requests.ConnectionError):
        client.send("POST", "/contacts/", {"locationId": client.location, "email": "ida@example.com"})
    assert highlevel.company.duplicate_of(email="ida@example.com") is not None
    told = client.control("GET", "log")
    assert told["writes"] == {"contact.create": 1}
    assert [entry["delivered"] for entry in told["entries"]][-1] == "nothing"


def test_a_record_can_be_shown_as_none_should_be(highlevel: RunningAgency):
    company, client = highlevel.company, HighLevelClient(highlevel)
    contact = company.new_contact(firstName="Ida")
    invoice = company.new_invoice(contact, [KIT])
    payment = company.sell_by_order_form(contact, [KIT]).transaction
    client.control("POST", "spoil", {"id": invoice, "fields": {"total": None, "currency": "XQZ", "invoiceNumber": 7}})
    company.spoil(payment, entitySourceType="telepathy", amount="a lot")
    for row in (client.of_location(f"/invoices/{invoice}"), client.invoices()[0]):
        assert (row["total"], row["currency"], row["invoiceNumber"]) == (None, "XQZ", 7)
    (listed,) = client.of_location("/payments/transactions")["data"]
    assert (listed["entitySourceType"], listed["amount"]) == ("telepathy", "a lot")
    client.control("POST", "spoil", {"id": invoice})
    assert client.of_location(f"/invoices/{invoice}")["total"] == 48.1


def test_every_fault_can_be_ordered_and_none_that_there_is_not(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    for kind in FAULT_KINDS:
        client.control("POST", "faults", {"kind": kind, "times": 1})
    assert len(client.control("GET", "faults")["faults"]) == len(FAULT_KINDS)
    strange = requests.post(f"{highlevel.base_url}/control/faults", json={"kind": "rain"}, timeout=10)
    assert strange.status_code == 400


def test_a_fault_without_a_name_spares_the_login(highlevel: RunningAgency):
    client, ready = HighLevelClient(highlevel), highlevel.ready()
    client.control("POST", "faults", {"kind": "500"})
    form = {name: ready[name] for name in ("client_id", "client_secret", "refresh_token")}
    reply = requests.post(ready["token_url"], data={**form, "grant_type": "refresh_token"}, timeout=10)
    assert reply.status_code == 200
    assert client.send("GET", f"/locations/{client.location}").status_code == 500
    assert client.control("GET", "log")["logins"] == {"refresh_token.200": 1}


def test_an_address_that_there_is_not_and_a_body_that_is_no_json(highlevel: RunningAgency):
    client = HighLevelClient(highlevel)
    lost = client.send("GET", "/invoices/a/b")
    assert (lost.status_code, lost.json()["message"]) == (404, "Cannot GET /invoices/a/b")
    address = f"{highlevel.base_url}/contacts/"
    broken = requests.post(address, data="{", headers=client.headers, timeout=10)
    assert (broken.status_code, broken.json()["error"]) == (400, "Bad Request")


def _state(client: HighLevelClient) -> list[Any]:
    orders = client.get("/payments/orders", altId=client.location, limit="100")["data"]
    paid = client.of_location("/payments/transactions", limit="100")["data"]
    return [client.invoices(), orders, paid, client.of_location("/products/inventory")["inventory"]]


def test_the_file_keeps_records_logins_and_keys(tmp_path: Path):
    file = tmp_path / "agency.jsonl"
    with start(data=file) as running:
        company = running.company
        contact = company.new_contact(firstName="Ida")
        invoice = company.new_invoice(
            contact,
            [KIT],
            discount=Discount(value=Decimal(5), percentage=True),
            extras=Extras(late_fee=Decimal(2), fees=(("Fee", Decimal("0.35")),)),
        )
        company.delete_invoice(company.new_invoice(contact, [KIT]))
        before, ready = _state(HighLevelClient(running)), running.ready()
    with start(data=file) as running:
        assert _state(HighLevelClient(running, ready["access_token"])) == before
        same = ("client_id", "client_secret", "location_id", "company_id", "webhook_public_key", "private_token")
        assert {name: running.ready()[name] for name in same} == {name: ready[name] for name in same}
        running.company.change_invoice(invoice, dueDate="2026-12-24")
        row = HighLevelClient(running).of_location(f"/invoices/{invoice}")
        # 48.10 less 5 % is 45.695; the tax inside stays inside, late fee and fee are added
        assert row["total"] == 48.04


def test_a_line_that_a_kill_cut_short_does_not_count(tmp_path: Path):
    file = tmp_path / "agency.jsonl"
    with start(data=file, seed="empty") as running:
        running.company.new_contact(firstName="Ida")
    with file.open("ab") as lines:
        lines.write(b'{"location":"cut')
    with start(data=file) as running:
        assert [row["firstName"] for row in running.company.tables.all("contacts")] == ["Ida"]
        running.company.new_contact(firstName="Wes")
    with start(data=file) as running:
        assert running.company.tables.count("contacts") == 2
    assert b"cut" not in file.read_bytes()


def test_the_command_says_how_to_reach_it_and_ends_with_its_input():
    command = [sys.executable, "-m", "simulators.highlevel", "--port", "0", "--seed", "empty", "--until-input-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {ready['private_token']}", "Version": "2021-07-28"}
        address = f"{ready['base_url']}/locations/{ready['location_id']}"
        assert requests.get(address, headers=headers, timeout=10).status_code == 200
        process.stdin.close()
        assert process.wait(20) == 0


def test_the_command_refuses_what_makes_no_sense(tmp_path: Path):
    file = tmp_path / "other.jsonl"
    file.write_text('{"format": 99}\n')
    for more in (["--access-token-seconds", "0"], ["--data", str(file)]):
        command = [sys.executable, "-m", "simulators.highlevel", "--port", "0", *more]
        assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 2
