"""The thin layer over python-quickbooks: exact bytes out, the whole answer back, a request id on every write."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
import requests
from requests.adapters import HTTPAdapter

from books.outcomes import TryLater, Unknown
from simulators.quickbooks.server import Running, start
from sync.quickbooks_online.faults import THROTTLED
from sync.quickbooks_online.gateway import FixedLogin, Gateway
from sync.quickbooks_online.limits import UNLIMITED, Window
from sync.quickbooks_online.pacing import RequestKind
from sync.quickbooks_online.session import ApiSession, Reply, Timeouts
from tests.quickbooks_online.pretended_clock import Clock
from tests.quickbooks_online.rehearsal import HASTY, QUICK, control, fault, holds, log


@pytest.fixture
def running() -> Iterator[Running]:
    with start() as company:
        yield company


def a_gateway(running: Running, window: Window = UNLIMITED, *, timeouts: Timeouts = QUICK) -> Gateway:
    ready = running.ready()
    return Gateway(
        api_url=ready["base_url"],
        company_id=ready["company_id"],
        login=FixedLogin(token=ready["access_token"]),
        window=window,
        session=ApiSession(timeouts=timeouts),
    )


@pytest.mark.parametrize("body", ["xml", "json", "empty"])
def test_a_call_refused_for_haste_keeps_the_next_one_back(running: Running, body: str) -> None:
    clock = Clock()
    fault(running, "429", operation="read", body=body)
    gateway = a_gateway(running, clock.window())
    refused = gateway.company_info()
    begun = clock.now
    let_in = gateway.company_info()
    gateway.close()

    assert isinstance(refused, Reply)
    assert refused.status == 429
    assert isinstance(let_in, Reply)
    assert let_in.status == 200
    assert clock.now - begun == timedelta(seconds=THROTTLED)


def test_a_rest_that_is_too_long_is_said_and_nothing_is_sent(running: Running) -> None:
    clock = Clock()
    window = clock.window()
    window.rest(RequestKind.SINGLE, 600)
    gateway = a_gateway(running, window)
    answer = gateway.company_info()
    gateway.close()

    assert isinstance(answer, TryLater)
    assert answer.wait == 600
    assert log(running) == []


def test_what_comes_back_is_the_whole_answer(running: Running) -> None:
    reply = a_gateway(running).company_info()

    assert isinstance(reply, Reply)
    assert reply.status == 200
    assert reply.json["CompanyInfo"]["CompanyName"] == "Bramble & Birch Studio"
    assert '"CompanyName"' in reply.text
    assert reply.intuit_tid
    assert reply.took >= 0


def test_a_write_is_exactly_these_bytes_under_exactly_this_id(running: Running) -> None:
    body = '{"DisplayName":"Ünïçødé & Söhne","Notes":"1.50"}'.encode()

    reply = a_gateway(running).write("Customer", body, request_id="first")

    assert isinstance(reply, Reply)
    assert reply.status == 200, reply.text
    (entry,) = log(running)
    assert entry["body"].encode() == body
    assert entry["query"] == {"minorversion": "75", "requestid": "first"}


def test_the_request_id_of_one_write_never_leaks_into_the_next_call(running: Running) -> None:
    gateway = a_gateway(running)
    gateway.write("Customer", b'{"DisplayName":"One"}', request_id="first")
    gateway.write("Customer", b'{"DisplayName":"Two"}', request_id="second")
    gateway.ask("select * from Term")
    gateway.company_info()

    assert [entry["query"].get("requestid") for entry in log(running)] == ["first", "second", None, None]


@pytest.mark.parametrize("request_id", ["", "x" * 51])
def test_a_write_without_a_usable_request_id_is_a_defect_and_is_not_sent(running: Running, request_id: str) -> None:
    with pytest.raises(ValueError, match="request id"):
        a_gateway(running).write("Customer", b'{"DisplayName":"One"}', request_id=request_id)
    with pytest.raises(ValueError, match="request id"):
        a_gateway(running).post(f"{running.api_url}/customer", "{}")

    assert log(running) == []


def test_the_same_request_twice_writes_once(running: Running) -> None:
    gateway = a_gateway(running)
    before = len(holds(running, "Customer"))

    first = gateway.write("Customer", b'{"DisplayName":"One"}', request_id="first")
    second = gateway.write("Customer", b'{"DisplayName":"One"}', request_id="first")

    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert first.json["Customer"]["Id"] == second.json["Customer"]["Id"]
    assert len(holds(running, "Customer")) == before + 1


@pytest.mark.parametrize("kind", ["lost_answer", "drop_before", "timeout_before", "timeout_after"])
def test_bytes_that_left_without_an_answer_are_unknown(running: Running, kind: str) -> None:
    fault(running, kind, entity="Customer", seconds=60)

    answer = a_gateway(running, timeouts=HASTY).write("Customer", b'{"DisplayName":"One"}', request_id="first")

    assert isinstance(answer, Unknown)
    assert answer.exchange.status is None
    assert answer.exchange.reply


def test_a_name_that_leads_nowhere_and_a_closed_door_are_certain_that_nothing_left(running: Running) -> None:
    gateway = a_gateway(running)
    for address in ("http://127.0.0.1:9", "http://quickbooks.invalid"):
        gateway.api_url_v3 = f"{address}/v3"
        answer = gateway.write("Customer", b'{"DisplayName":"One"}', request_id="first")
        assert isinstance(answer, TryLater), address
        assert not answer.needs_login


@contextmanager
def dripping(answer: bytes, *, at_once: int = 0) -> Iterator[str]:
    """The address of a server that takes any request and answers one byte each 50 ms, after some at once."""

    def drip(listener: socket.socket) -> None:
        sock, _ = listener.accept()
        with sock, suppress(OSError):
            sock.recv(65536)
            sock.sendall(answer[:at_once])
            for byte in answer[at_once:]:
                sock.sendall(bytes([byte]))
                time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfa0\r\n"
UNSAID = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "at_once"),
    [
        (HEAD + b" " * 4000, len(HEAD)),
        (CHUNKED + b" " * 4000, len(CHUNKED)),
        (UNSAID + b" " * 4000, len(UNSAID)),
        (HEAD + b" " * 4000, 0),
    ],
    ids=["body", "chunks", "no-length", "headers"],
)
def test_a_server_that_drips_its_answer_holds_nobody_longer_than_the_time_out(answer: bytes, at_once: int) -> None:
    begun = time.monotonic()
    with dripping(answer, at_once=at_once) as address:
        gateway = Gateway(
            api_url=address,
            company_id="1",
            login=FixedLogin(token="a token"),
            window=UNLIMITED,
            session=ApiSession(timeouts=HASTY),
        )
        told = gateway.write("Customer", b'{"DisplayName":"One"}', request_id="first")
        took = time.monotonic() - begun
        gateway.close()

    assert isinstance(told, Unknown)
    assert 0.5 <= took < 60  # the whole answer takes three minutes and more


def test_an_answer_that_is_slow_and_complete_in_time_is_an_answer() -> None:
    head = HEAD.replace(b"4000", b"2")
    with dripping(head + b"{}", at_once=len(head)) as address, ApiSession(timeouts=Timeouts(read=60)) as session:
        assert session.get(address).json() == {}


def test_an_answer_cut_off_in_the_middle_is_unknown(running: Running) -> None:
    fault(running, "truncated_json", entity="Customer")

    answer = a_gateway(running).write("Customer", b'{"DisplayName":"One"}', request_id="first")

    assert isinstance(answer, Unknown) or (isinstance(answer, Reply) and answer.json is None)


def test_connections_are_kept_open_between_calls(running: Running) -> None:
    gateway = a_gateway(running)
    for _ in range(5):
        gateway.company_info()

    adapter = gateway.session.get_adapter("http://")
    assert isinstance(adapter, HTTPAdapter)
    pools = adapter.poolmanager.pools
    (pool,) = [pools[key] for key in pools.keys()]  # noqa: SIM118 - it is no dict
    assert (pool.num_connections, pool.num_requests) == (1, 5)


def test_nothing_on_the_machine_changes_whom_we_talk_to(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere.pem")

    assert isinstance(a_gateway(running).company_info(), Reply)


def test_a_redirect_is_not_followed(running: Running) -> None:
    gateway = a_gateway(running)
    answer = gateway.make_request("GET", f"{running.base_url}/connect/oauth2?client_id=x")

    assert isinstance(answer, Reply)
    assert answer.status in (302, 400)
    assert gateway.session.request("GET", f"{running.base_url}/").history == []


def test_two_companies_in_many_threads_never_mix(running: Running) -> None:
    with start(company_id="9341000000000000002") as other:
        gateways = {running: a_gateway(running), other: a_gateway(other)}

        def work(company: Running, number: int) -> None:
            body = f'{{"DisplayName":"{company.company.company_id} {number}"}}'.encode()
            assert isinstance(gateways[company].write("Customer", body, request_id=f"request-{number}"), Reply)

        threads = [
            threading.Thread(target=work, args=(gateway, number)) for number in range(40) for gateway in gateways
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        for company in gateways:
            own = company.company.company_id
            new = [hold["DisplayName"] for hold in holds(company, "Customer") if hold["DisplayName"][0].isdigit()]
            assert sorted(new) == sorted(f"{own} {number}" for number in range(40))


def test_the_librarys_own_calls_come_through_the_same_way(running: Running) -> None:
    gateway = a_gateway(running)
    info = gateway.get_single_object("Term", "1")

    assert isinstance(info, Reply)
    assert info.status == 200


def test_no_answer_is_ever_an_exception_of_the_library(running: Running) -> None:
    gateway = a_gateway(running)
    for kind in ("500", "503_html", "xml_body", "fault_without_code", "empty_fault_list", "empty_body", "stale_login"):
        fault(running, kind, when="before", operation="query")
        answer = gateway.ask("select * from Term")
        assert isinstance(answer, Reply | TryLater), kind
    control(running, "faults", method="DELETE")


def test_the_gateway_is_closed_without_a_trace(running: Running) -> None:
    gateway = a_gateway(running)
    gateway.company_info()
    gateway.close()

    assert isinstance(gateway.company_info(), Reply)
    gateway.close()
    assert isinstance(gateway.session, requests.Session)
