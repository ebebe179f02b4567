"""Do repeated requests write once, and do the failures that a rehearsal orders come as ordered?"""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests

from simulators.quickbooks.limits import Limits
from simulators.quickbooks.options import Options
from tests.simulators.driver import Books, an_invoice, refused, told


def test_a_repeated_request_id_gets_the_first_answer_and_writes_nothing(books: Books):
    body = an_invoice("100", DocNumber="B-1")
    first = books.send("POST", "invoice", body=body, params={"requestid": "r-1", "minorversion": "75"})
    again = books.send("POST", "invoice", body=body, params={"requestid": "r-1", "minorversion": "75"})
    other = books.send("POST", "invoice", body=an_invoice("7"), params={"requestid": "r-1"})
    assert first.content == again.content == other.content
    assert books.count("Invoice") == 13


def test_an_old_request_id_hands_back_a_document_that_is_gone(books: Books):
    body = an_invoice("100")
    made = books.write("Invoice", body, requestid="r-1")
    books.delete("Invoice", made)
    assert books.write("Invoice", body, requestid="r-1") == made
    assert books.count("Invoice") == 12


def test_the_request_ids_of_deletes_and_voids_count_too(books: Books):
    made = books.invoice("100")
    body = {"Id": made["Id"], "SyncToken": "0"}
    answers = [books.write("Invoice", body, operation="void", requestid="v-1") for _ in range(2)]
    assert answers[0] == answers[1]
    body["SyncToken"] = answers[0]["SyncToken"]
    assert len({str(books.write("Invoice", body, operation="delete", requestid="d-1")) for _ in range(2)}) == 1


def test_a_refusal_is_not_remembered_unless_the_switch_says_so(books: Books):
    with refused("2500"):
        books.write("Invoice", an_invoice("1", customer="999"), requestid="r-1")
    assert books.write("Invoice", an_invoice("1"), requestid="r-1")["Id"]
    books.control("options", {"request_id_replays_errors": True})
    with refused("2500"):
        books.write("Invoice", an_invoice("1", customer="999"), requestid="r-2")
    with refused("2500"):
        books.write("Invoice", an_invoice("1"), requestid="r-2")


def test_a_request_id_has_at_most_fifty_characters_and_may_be_empty(books: Books):
    books.write("Invoice", an_invoice("1"), requestid="x" * 50)
    with refused("2130"):
        books.write("Invoice", an_invoice("1"), requestid="x" * 51)
    assert (
        books.write("Invoice", an_invoice("1"), requestid="")["Id"]
        != books.write("Invoice", an_invoice("1"), requestid="")["Id"]
    )


def test_request_ids_can_be_forgotten_at_once_or_after_a_time(books: Books):
    first = books.write("Invoice", an_invoice("1"), requestid="r-1")
    books.control("options", {"request_id_seconds": 60})
    assert books.write("Invoice", an_invoice("1"), requestid="r-1") == first
    books.control("clock", {"seconds": 61})
    assert books.write("Invoice", an_invoice("1"), requestid="r-1")["Id"] != first["Id"]
    books.control("options", {"request_ids": "refuse_600"})
    with refused("600"):
        books.write("Invoice", an_invoice("1"), requestid="r-1")
    books.control("options", {"request_ids": "forget"})
    ids = {books.write("Invoice", an_invoice("1"), requestid="r-3")["Id"] for _ in range(3)}
    assert len(ids) == 3


def test_ten_threads_with_one_request_id_make_one_document(books: Books):
    found: list[str] = []
    headers = dict(books.session.headers)

    def send() -> None:
        body = requests.post(f"{books.url}/invoice?requestid=same", json={**PLAIN}, headers=headers, timeout=30)
        found.append(told(body)["Invoice"]["Id"])

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 10
    assert len(set(found)) == 1
    assert books.count("Invoice") == 13


PLAIN = {
    "CustomerRef": {"value": "6"},
    "Line": [{"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}],
}


def test_a_lost_answer_was_written_and_its_repeat_finds_it(books: Books):
    books.control("faults", {"kind": "lost_answer", "entity": "Invoice"})
    with pytest.raises(requests.exceptions.ConnectionError):
        books.write("Invoice", an_invoice("1", DocNumber="B-1"), requestid="r-1")
    assert books.count("Invoice") == 13
    assert books.write("Invoice", an_invoice("1", DocNumber="B-1"), requestid="r-1")["DocNumber"] == "B-1"
    assert books.count("Invoice") == 13


def test_a_dropped_request_was_not_written(books: Books):
    books.control("faults", {"kind": "drop_before", "entity": "Invoice", "operation": "create"})
    with pytest.raises(requests.exceptions.ConnectionError):
        books.invoice("1")
    assert books.count("Invoice") == 12
    assert books.invoice("1")


@pytest.mark.parametrize(("kind", "written"), [("timeout_before", 12), ("timeout_after", 13)])
def test_a_timeout_before_or_after_the_write(books: Books, kind: str, written: int):
    books.control("faults", {"kind": kind, "entity": "Invoice", "seconds": 60})
    with pytest.raises((requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError)):
        books.session.post(f"{books.url}/invoice", json=PLAIN, timeout=0.1)
    until = time.monotonic() + 60
    while not any(entry["method"] == "POST" for entry in books.control("log", method="GET")["entries"]):
        assert time.monotonic() < until, "the request never came"
    assert books.count("Invoice") == written


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("kind", "status", "start"),
    [
        ("429", 429, "<?xml"),
        ("500", 500, '{"Fault"'),
        ("503_html", 503, "<html>"),
        ("xml_body", 200, "<?xml"),
        ("fault_without_code", 400, '{"Fault":{"Error":[{"Message":"message=InternalServerError"'),
        ("empty_fault_list", 400, '{"Fault":{"Error":[]'),
        ("empty_body", 200, ""),
    ],
)
def test_a_broken_answer_comes_once_before_or_after_the_write(
    books: Books, kind: str, status: int, start: str, when: str
):
    books.control("faults", {"kind": kind, "when": when, "operation": "create"})
    answer = books.send("POST", "invoice", body=PLAIN)
    assert answer.status_code == status
    assert answer.text.startswith(start)
    assert answer.headers["intuit_tid"]
    assert books.count("Invoice") == (12 if when == "before" else 13)
    assert books.send("POST", "invoice", body=PLAIN).status_code == 200


def test_a_truncated_answer_was_written(books: Books):
    books.control("faults", {"kind": "truncated_json"})
    answer = books.send("POST", "invoice", body=PLAIN)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert books.count("Invoice") == 13


def test_a_429_comes_as_xml_json_or_nothing_with_or_without_retry_after(books: Books):
    for body, kind in (("xml", "application/xml"), ("json", "application/json"), ("empty", "text/plain")):
        books.control("faults", {"kind": "429", "body": body})
        answer = books.send("GET", "preferences")
        assert (answer.status_code, answer.headers["Content-Type"]) == (429, kind)
        assert "Retry-After" not in answer.headers
        assert ("3001" in answer.text) == (body != "empty")
    books.control("options", {"retry_after": True})
    books.control("faults", {"kind": "429"})
    assert books.send("GET", "preferences").headers["Retry-After"] == "60"


def test_a_fault_may_let_some_pass_and_come_several_times(books: Books):
    books.control("faults", {"kind": "500", "entity": "Invoice", "skip": 1, "times": 2})
    statuses = [books.send("POST", "invoice", body=PLAIN).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert books.control("faults", method="GET") == {"faults": []}


def test_a_stale_login_is_told_once_and_a_refresh_cures_it(books: Books):
    books.control("faults", {"kind": "stale_login"})
    assert books.send("GET", "preferences").status_code == 401
    ready = books.running.ready()
    form = {"grant_type": "refresh_token", "refresh_token": ready["refresh_token"]}
    pair = requests.post(ready["token_url"], data=form, auth=(ready["client_id"], ready["client_secret"]), timeout=10)
    books.sign_in(pair.json()["access_token"])
    assert books.send("GET", "preferences").status_code == 200


def test_a_refusal_of_our_own_can_be_ordered(books: Books):
    books.control("faults", {"kind": "refuse", "code": "6190", "message": "Invalid Company Status", "detail": "ended"})
    with refused("6190"):
        books.invoice("1")
    assert books.count("Invoice") == 12


@pytest.mark.parametrize(
    "fault", [{}, {"kind": "flood"}, {"kind": "500", "times": "two"}, {"kind": "500", "colour": "red"}, [1], "x"]
)
def test_an_order_that_makes_no_sense_is_explained(books: Books, fault: Any):
    answer = books.session.post(f"{books.running.base_url}/control/faults", json=fault, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_an_answer_waits_as_long_as_it_was_told(books: Books):
    books.control("options", {"latency_ms": 60, "batch_item_ms": 20})
    began = time.monotonic()
    books.read("Term", "1")
    assert time.monotonic() - began >= 0.06
    began = time.monotonic()
    items = [{"bId": str(number), "Query": "select * from Term"} for number in range(3)]
    books.ask("POST", "batch", body={"BatchItemRequest": items})
    assert time.monotonic() - began >= 0.12


@pytest.mark.parametrize(
    "change", [{"shoes": 1}, {"limits": "on"}, {"latency_ms": -1}, {"latency_ms": True}, {"throttle_body": "pdf"}]
)
def test_a_switch_that_is_not_there_or_does_not_take_the_value_is_explained(books: Books, change: dict[str, Any]):
    answer = books.session.post(f"{books.running.base_url}/control/options", json=change, timeout=10)
    assert answer.status_code == 400
    assert next(iter(change)) in answer.json()["error"]


def test_characters_outside_latin_1_are_refused_when_the_switch_says_so(books: Books):
    assert books.customer("Мария 🙂")["DisplayName"] == "Мария 🙂"
    books.control("options", {"characters": "latin-1"})
    with refused("2040"):
        books.customer("Иван")
    assert books.customer("Crème Brûlée")["Id"]


def test_an_invoice_posts_to_the_receivable_account_it_names_only_by_a_switch(books: Books):
    before = books.ledger().get("Wholesale Receivables", 0)
    books.invoice("10", ARAccountRef={"value": "5"})
    assert books.ledger().get("Wholesale Receivables", 0) == before
    books.control("options", {"invoice_receivable_account": "as_given"})
    invoice = books.invoice("10", ARAccountRef={"value": "5"})
    assert books.ledger()["Wholesale Receivables"] == 10
    books.payment("10", (invoice, "10"))
    assert "Wholesale Receivables" not in books.ledger()


def test_numbers_are_shared_by_the_sales_forms_or_by_a_switch_kept_apart(books: Books):
    body = {**an_invoice("1", DocNumber="1001"), "DepositToAccountRef": {"value": "1"}}
    with refused("6140"):
        books.write("SalesReceipt", body)
    books.control("options", {"document_number_scope": "form"})
    assert books.write("SalesReceipt", body)["DocNumber"] == "1001"


def test_limits_let_ten_a_second_through(books: Books):
    books.control("options", {"limits": True})
    statuses = [books.send("GET", "term/1").status_code for _ in range(14)]
    assert statuses[:10] == [200] * 10
    assert 429 in statuses[10:]


@pytest.mark.parametrize(("batch", "most"), [(False, 500), (True, 40)])
def test_limits_let_so_many_through_in_a_minute(batch: bool, most: int):
    clock = [0.0]
    limits = Limits(Options(limits=True), lambda: clock[0])
    admitted = 0
    while clock[0] < 59.95:
        admitted += limits.admits(batch=batch)
        clock[0] += 0.11
    assert admitted == most
    clock[0] = 60.2
    assert limits.admits(batch=batch)


def test_what_takes_too_long_is_cut_off_by_the_gateway_and_has_happened(books: Books):
    books.control("options", {"limits": True, "time_out_seconds": 0, "batch_item_ms": 20})
    items = [{"bId": "1", "operation": "create", "Customer": {"DisplayName": "Late"}}]
    answer = books.send("POST", "batch", body={"BatchItemRequest": items})
    assert (answer.status_code, answer.text) == (504, "stream timeout")
    assert books.find("Customer", "DisplayName = 'Late'")


def test_someone_edits_deletes_renames_and_closes_behind_our_back(books: Books):
    invoice = books.invoice("100", DocNumber="B-1", TxnDate="2026-08-01")
    books.control("close-books", {"date": "2026-08-31"})
    edited = books.control("edit", {"entity": "Invoice", "id": invoice["Id"], "fields": {"PrivateNote": "by hand"}})
    assert edited["Invoice"]["SyncToken"] == "1"
    with refused("5010"):
        books.change("Invoice", invoice, PrivateNote="by us")
    books.control("delete", {"entity": "Invoice", "id": invoice["Id"]})
    with refused("610"):
        books.read("Invoice", invoice["Id"])
    books.control("rename", {"entity": "Item", "id": "1", "name": "Throwing I"})
    assert books.read("Item", "1")["Name"] == "Throwing I"
    assert books.read("Invoice", "2")["Line"][0]["SalesItemLineDetail"]["ItemRef"]["name"] == "Throwing I"
    books.control("inactivate", {"entity": "Item", "id": "2"})
    with refused("610"):
        books.invoice("1", item="2")


def test_someone_merges_two_customers(books: Books):
    owed = books.read("Customer", "1")["Balance"] + books.read("Customer", "2")["Balance"]
    books.control("merge", {"from": "2", "into": "1"})
    assert books.read("Customer", "1")["Balance"] == owed
    merged = books.read("Customer", "2")
    assert (merged["Active"], merged["DisplayName"], merged["Balance"]) == (False, "O'Malley & Daughters (deleted)", 0)
    assert books.find("Invoice", "DocNumber = '1011'")["CustomerRef"]["value"] == "1"
    assert books.ledger()


def test_a_merge_takes_along_what_a_parent_has_paid(books: Books):
    jobs = [books.customer(f"Job {number}", Job=True, ParentRef={"value": "6"}) for number in range(2)]
    books.payment("60", (books.invoice("100", customer=jobs[0]["Id"]), "60"))
    books.control("merge", {"from": jobs[0]["Id"], "into": jobs[1]["Id"]})
    assert [books.read("Customer", job["Id"])["Balance"] for job in jobs] == [0, 40]


def test_the_log_keeps_requests_with_their_bodies_and_counts_writes(books: Books):
    books.invoice("100", DocNumber="B-1")
    with refused("2500"):
        books.invoice("1", customer="999")
    log = books.control("log?last=2", method="GET")
    good, bad = log["entries"]
    assert (good["method"], good["entity"], good["operation"], good["status"]) == ("POST", "Invoice", "create", 200)
    assert '"DocNumber": "B-1"' in good["body"]
    assert '"DocNumber":"B-1"' in good["response"]
    assert bad["status"] == 400
    assert log["writes"] == {"Invoice.create": 1}
    assert books.running.ready()["access_token"] not in str(log)


def test_a_reset_brings_the_sample_books_back_and_keeps_the_login(books: Books):
    books.invoice("100")
    books.control("reset", {})
    assert books.count("Invoice") == 12
    books.control("reset", {"seed": "empty"})
    assert books.count("Customer") == 0
