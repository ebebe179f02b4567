"""What stops a client of the Keap account? Limits with their headers, and whatever a rehearsal orders to go wrong."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from simulators.keap.limits import KeapLimits, Kind
from tests.simulators.keap_driver import KeapClient

ORDERS = "/v2/orders"


def left(answer: requests.Response, family: str, fact: str = "available") -> str:
    return answer.headers[f"x-keap-{family}-{fact}"]


def order_fault(keap: KeapClient, **fault: Any) -> None:
    told = requests.post(f"{keap.running.base_url}/control/faults", json=fault, timeout=10)
    assert told.status_code == 200, told.text


def test_every_answer_tells_what_is_left_in_three_families(keap: KeapClient):
    keap.get(ORDERS)
    answer = keap.ask("GET", ORDERS)

    assert (left(answer, "product-quota", "limit"), left(answer, "product-quota")) == ("30000", "29998")
    assert (left(answer, "product-throttle", "limit"), left(answer, "product-throttle")) == ("240", "238")
    assert (left(answer, "tenant-throttle", "limit"), left(answer, "tenant-throttle")) == (
        "10000|250000",
        "9998|249998",
    )
    assert answer.headers["x-keap-tenant-id"] == keap.account.tenant_id
    assert keap.ask("GET", "/v2/orders/77").headers["x-keap-product-throttle-used"] == "3"


def test_an_app_that_logged_in_has_more_room_than_a_key_and_room_of_its_own(keap: KeapClient):
    keap.get(ORDERS)
    token = {"X-Keap-API-Key": "", "Authorization": f"Bearer {keap.running.ready()['access_token']}"}
    answer = keap.ask("GET", ORDERS, headers=token)

    assert (left(answer, "product-throttle", "limit"), left(answer, "product-throttle", "used")) == ("1500", "1")
    assert left(answer, "tenant-throttle", "used") == "2|2"


def test_with_limits_off_no_number_of_calls_is_too_many(keap: KeapClient):
    keap.account.options.minute_limit = 2

    assert [keap.ask("GET", ORDERS).status_code for _ in range(4)] == [200] * 4


@pytest.mark.parametrize(
    ("switch", "code", "seconds"),
    [
        ("minute_limit", "policies.ratelimit.QuotaViolation", 60),
        ("day_limit", "policies.ratelimit.QuotaViolation", 86_400),
        ("tenant_minute_limit", "policies.ratelimit.QuotaViolation", 60),
        ("spike_limit", "policies.ratelimit.SpikeArrestViolation", 1),
    ],
)
def test_one_call_too_many_gets_429_until_the_window_has_rolled_on(
    keap: KeapClient, switch: str, code: str, seconds: int
):
    keap.account.options.limits = keap.account.options.retry_after = True
    keap.account.options.change(switch, 2)
    keap.get(ORDERS)
    keap.get(ORDERS)

    refused = keap.ask("GET", ORDERS)
    assert refused.status_code == 429
    assert refused.json()["fault"]["detail"]["errorcode"] == code
    assert 1 <= int(refused.headers["Retry-After"]) <= seconds
    keap.account.clock.advance(seconds)
    assert keap.ask("GET", ORDERS).status_code == 200


@pytest.mark.parametrize(("by_login", "most"), [(False, 10), (True, 25)])
def test_the_spike_guard_lets_through_ten_of_a_key_and_twenty_five_of_an_app(
    keap: KeapClient, by_login: bool, most: int
):
    keap.account.options.limits = True
    kind: Kind = "oauth" if by_login else "key"
    limits = KeapLimits(keap.account.options, lambda: 1000.0)  # a second that does not pass while it is asked

    answers = [limits.refusal("a client", kind) for _ in range(most + 1)]

    assert answers[:-1] == [None] * most
    assert answers[-1] is not None
    assert answers[-1].status_code == 429


def test_the_other_429_that_was_seen_comes_with_a_switch_and_no_retry_after(keap: KeapClient):
    keap.account.options.change("throttle_body", "json")
    order_fault(keap, kind="429")

    refused = keap.ask("GET", ORDERS)
    assert (refused.status_code, refused.json()["code"]) == (429, 429)
    assert "Retry-After" not in refused.headers


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "500"}, 500),
        ({"kind": "503_html"}, 503),
        ({"kind": "html"}, 200),
        ({"kind": "empty_body"}, 200),
        ({"kind": "fault_401"}, 401),
        ({"kind": "refuse", "status": 403, "message": "No"}, 403),
        ({"kind": "stale_login"}, 200),  # of a key, which does not grow stale
    ],
)
def test_a_fault_breaks_the_next_answer_and_no_other(keap: KeapClient, fault: dict[str, Any], status: int):
    order_fault(keap, **fault)

    broken = keap.ask("GET", ORDERS)
    assert broken.status_code == status
    assert broken.headers["x-keap-product-quota-limit"]
    assert keap.ask("GET", ORDERS).json() == {"orders": []}


def test_a_stale_login_is_refused_from_then_on(keap: KeapClient):
    order_fault(keap, kind="stale_login")
    token = {"X-Keap-API-Key": "", "Authorization": f"Bearer {keap.running.ready()['access_token']}"}

    assert [keap.ask("GET", ORDERS, headers=token).status_code for _ in range(2)] == [401, 401]


def test_a_fault_can_be_for_one_list_and_one_of_its_pages(keap: KeapClient):
    order_fault(keap, kind="truncated_json", entity="payments", operation="read", skip=1)
    keap.get(ORDERS)
    keap.get("/v2/sales/payments")

    with pytest.raises(requests.JSONDecodeError):
        keap.ask("GET", "/v2/sales/payments").json()


def test_an_answer_can_be_lost(keap: KeapClient):
    order_fault(keap, kind="drop_before")

    with pytest.raises(requests.ConnectionError):
        keap.ask("GET", ORDERS)


def test_the_log_knows_what_was_asked(keap: KeapClient):
    keap.get(ORDERS, filter="id==1", page_size=2)
    keap.ask("GET", "/v1/hooks")

    told = requests.get(f"{keap.running.base_url}/control/log", timeout=10).json()
    first, second = told["entries"]
    assert (first["method"], first["path"], first["status"]) == ("GET", "/crm/rest/v2/orders", 200)
    assert first["query"] == {"filter": "id==1", "page_size": "2"}
    assert (first["entity"], first["shown"], second["shown"]) == ("orders", "v2/orders", "v1/hooks")
    assert keap.running.log.requests == 2
    keap.running.log.clear()
    assert keap.running.log.requests == 0


def test_people_act_by_control_calls_too(keap: KeapClient):
    def do(call: str, **told: Any) -> Any:
        answer = requests.post(f"{keap.running.base_url}/control/{call}", json=told, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json().get("id")

    do("new-product", name="Kit", price="48.00", sku="KIT")
    do("new-contact", given_name="Amara", email="amara@example.org")
    order = do("place-order", customer="1", lines=[["KIT", 2], ["TIP", 1, "4.00"]])
    do("pay", which=order, amount="60.00", method="Cash", on="2026-02-03")
    do("refund", which=order, amount="10.00", on="2026-02-04T10:00:00Z")
    do("options", hook_delay_seconds=5)
    do("distort", table="orders", id=order, path="status", value="ODD")

    assert keap.get(f"/v2/orders/{order}")["status"] == "ODD"
    times = [payment["payment_time"] for payment in keap.get("/v2/sales/payments")["payments"]]
    assert times == ["2026-02-03T00:00:00Z", "2026-02-04T10:00:00Z"]
    assert keap.account.options.hook_delay_seconds == 5


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("pay", {"which": "77"}),
        ("pay", {}),
        ("pay", {"which": "1", "colour": "red"}),
        ("options", {"limits": "on"}),
        ("options", {"colour": "red"}),
        ("profile", {"colour": "red"}),
        ("faults", {"kind": "earthquake"}),
    ],
)
def test_a_control_call_that_makes_no_sense_is_refused(keap: KeapClient, call: str, told: dict[str, Any]):
    answer = requests.post(f"{keap.running.base_url}/control/{call}", json=told, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_another_zone_and_currency_are_told_from_then_on(keap: KeapClient):
    keap.account.set_profile(zone="Europe/Berlin", currency="EUR", name="Töpferei")

    profile = keap.get("/v2/businessProfile")
    assert (profile["time_zone"], profile["currency_code"], profile["name"]) == ("Europe/Berlin", "EUR", "Töpferei")
    assert keap.account.today() == keap.account.clock.today()
