"""Does what simulators share serve one that is no QuickBooks company?"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from functools import partial
from typing import Literal
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.exceptions import HTTPException

from simulators.common.clock import Clock
from simulators.common.control import Control
from simulators.common.faults import Call, Fault, FaultPlan, RefusalWords, Work
from simulators.common.http import Reply, Request
from simulators.common.logins import BadGrant, Logins, LoginShapes, LoginWords
from simulators.common.request_log import RequestLog
from simulators.common.routes import Routes, route
from simulators.common.server import Listening, Server

SOLD_OUT = RefusalWords(code="sold-out", message="There are no more things", status=409)


class Rules:
    """The login rules of the shop."""

    access_token_seconds = 60
    refresh_token_rotation: Literal["always", "daily"] = "always"
    refresh_reuse_revokes = False
    refresh_grace_seconds = 0


class Shop:
    """A simulator with one list, which grows."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.log, self.faults = RequestLog(), FaultPlan(refusal=SOLD_OUT)
        self.logins = Logins(Rules(), lambda: self.clock.now().timestamp(), scope="things")
        self.kept = 0
        self.things: list[str] = []

    def respond(self, request: Request) -> Reply:
        view, told = ROUTES.view_of(request)
        return view(self, request, **told)

    def refuse(self, problem: HTTPException, request: Request | None) -> Reply:
        return Reply.of({"problem": problem.name}, status=problem.code or 500)

    def most_bytes(self, path: str) -> int:
        return 100

    def keep_logins(self) -> None:
        self.kept += 1

    def add(self, request: Request) -> Reply:
        call = Call(operation="create", entity="Thing")

        def done() -> Reply:
            self.things.append(request.json["name"])
            return Reply.of({"things": self.things})

        work = Work(stopped=lambda: None, done=done, broken=broken, expire_logins=self.logins.expire_access_tokens)
        reply = work.under(self.faults.take(call, request.method))
        self.log.note(request, reply, call, moment=self.clock.stamp(), took=0.0)
        return reply


def broken(fault: Fault) -> Reply:
    if fault.kind == "refuse":
        return Reply.of({"code": fault.code, "message": fault.message}, status=fault.status)
    return Reply.of({"broken": fault.kind}, status=500)


CONTROL = Control({("GET", "things"): lambda shop, request: shop.things})
ROUTES = Routes(
    route("/things", Shop.add, "POST"),
    route("/control", CONTROL.respond),
    route("/control/<path:call>", CONTROL.respond),
)


@pytest.fixture
def shop() -> Iterator[Listening]:
    with Listening(Server("127.0.0.1", 0), Shop()) as listening:
        yield listening


def post(shop: Listening, name: str) -> requests.Response:
    return requests.post(f"{shop.base_url}/things", json={"name": name}, timeout=10)


def things(shop: Listening) -> list[str]:
    found: list[str] = requests.get(f"{shop.base_url}/control/things", timeout=10).json()
    return found


def test_a_connection_stays_open_from_one_request_to_the_next(shop: Listening):
    address = urlsplit(shop.base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    sockets = []
    for name in ("kiln", "wheel"):
        connection.request("POST", "/things", body=f'{{"name": "{name}"}}')
        assert connection.getresponse().read().endswith(f'"{name}"]}}'.encode())
        sockets.append(connection.sock)
    assert sockets[0] is sockets[1] is not None
    connection.close()


def test_a_lost_answer_has_happened_and_a_dropped_request_has_not(shop: Listening):
    requests.post(
        f"{shop.base_url}/control/faults", json=[{"kind": "lost_answer"}, {"kind": "drop_before"}], timeout=10
    )
    for name in ("kiln", "wheel"):
        with pytest.raises(requests.ConnectionError):
            post(shop, name)
    assert things(shop) == ["kiln"]
    log = requests.get(f"{shop.base_url}/control/log", timeout=10).json()
    assert (log["requests"], [entry["delivered"] for entry in log["entries"]]) == (2, ["nothing", "nothing"])


def test_a_broken_answer_has_the_form_of_its_simulator(shop: Listening):
    requests.post(f"{shop.base_url}/control/faults", json={"kind": "500"}, timeout=10)
    assert post(shop, "kiln").json() == {"broken": "500"}
    assert requests.get(f"{shop.base_url}/things", timeout=10).json() == {"problem": "Method Not Allowed"}
    assert requests.post(f"{shop.base_url}/things", data=b"x" * 101, timeout=10).status_code == 413
    assert post(shop, "wheel").json() == {"things": ["wheel"]}


def test_a_refusal_is_worded_as_its_system_words_it_unless_the_order_says_otherwise(shop: Listening):
    faults = [{"kind": "refuse"}, {"kind": "refuse", "code": "late", "status": 422}]
    requests.post(f"{shop.base_url}/control/faults", json=faults, timeout=10)

    refused, late = post(shop, "kiln"), post(shop, "kiln")

    assert (refused.status_code, refused.json()) == (409, {"code": "sold-out", "message": "There are no more things"})
    assert (late.status_code, late.json()) == (422, {"code": "late", "message": "There are no more things"})
    assert things(shop) == []


def test_keys_and_tokens_look_as_their_system_makes_them():
    shapes = LoginShapes(
        new_client_id=lambda: "shop-1", new_access_token=lambda: "open-1", new_code=lambda: "code-1", code_seconds=60
    )
    seconds = [0.0]
    logins = Logins(Rules(), lambda: seconds[0], scope="things", shapes=shapes)

    assert (logins.client_id, logins.latest_access(logins.first)) == ("shop-1", "open-1")
    assert not logins.first.refresh_token.startswith("RT1-"), "without a shape nothing looks like Intuit's"
    assert logins.allow("http://shop.example/", "things") == "code-1"
    seconds[0] = 61.0
    with pytest.raises(BadGrant, match="invalid_grant"):
        logins.exchange("code-1", "http://shop.example/")


def test_what_is_wrong_with_a_grant_is_said_in_the_words_of_its_system():
    def refused(logins: Logins) -> list[str | None]:
        access = logins.latest_access(logins.first)
        said = []
        asked = (partial(logins.exchange, "x", ""), partial(logins.refresh, "x"), partial(logins.refresh, access))
        for ask in asked:
            with pytest.raises(BadGrant, match="invalid_grant") as refusal:
                ask()
            said.append(refusal.value.description)
        return said

    shop = LoginWords(bad_code="no such code", bad_refresh_token="no such token", not_a_refresh_token="of another kind")
    told = Logins(Rules(), lambda: 0.0, scope="things", shapes=LoginShapes(words=shop))
    silent = Logins(Rules(), lambda: 0.0, scope="things")

    assert refused(told) == ["no such code", "no such token", "of another kind"]
    assert refused(silent) == [None, None, None]


def test_a_fault_that_only_another_simulator_knows_cannot_be_ordered(shop: Listening):
    answer = requests.post(f"{shop.base_url}/control/faults", json={"kind": "fault_without_code"}, timeout=10)
    assert (answer.status_code, answer.json()["error"].split(";")[0]) == (400, "there is no fault 'fault_without_code'")


def test_control_is_closed_to_other_names_and_other_sites(shop: Listening):
    for headers in ({"Host": "shop.example"}, {"Origin": "http://elsewhere.example"}):
        assert requests.get(f"{shop.base_url}/control/things", headers=headers, timeout=10).status_code == 403
