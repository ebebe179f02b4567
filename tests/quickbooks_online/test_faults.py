"""Every answer of QuickBooks becomes one of the outcomes, by a closed table."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from books.outcomes import Refused, TryLater, Unknown
from sync.quickbooks_online.fault_table import FAULTS, RULES, TEXTS, Class
from sync.quickbooks_online.faults import InTheWay, NotAccepted, faults_of, verdict_on
from sync.quickbooks_online.session import Reply, reply_of
from tests.quickbooks_online import fault_page

# Intuit's own list, and the codes that were seen without being on it
LISTED = """
    100 110 120 130 140 150 500 600 610 620 630 700 800 900 1000 1010 1020 1040 1050
    2000 2010 2020 2030 2040 2050 2060 2070 2080 2090 2100 2110 2120 2130 2140 2150 2160 2170 2180 2190
    2200 2210 2220 2230 2240 2250 2260 2270 2280 2290 2300 2500 2600 3000 3200 3202 4000 4001 4002
    5000 5010 5020 5030 6000 6010 6020 6030 6040 6041 6050 6060 6070 6080 6090 6100 6110 6120 6130 6140 6150 6160 6170
    6180 6190 6200 6210 6220 6230 6240 6250 6270 6280 6290 6300 6310 6320 6330 6340 6350 6360 6370 6380 6390 6400
    6420 6430 6440 6450 6460 6470 6480 6490 6500 6510 6520 6530 6540 10000 10100 10200
"""
SEEN = "3001 3100"

EXPIRED = "message=AuthenticationFailed; errorCode=003200; statusCode=401"
THROTTLED = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse time="2019-01-01T00:00:00.000-08:00" '
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001"><Message>message=Throttle'
    "Exceeded; errorCode=003001; statusCode={status}</Message><Detail>The request limit was reached.</Detail></Error>"
    "</Fault></IntuitResponse>"
)


def answered(status: int, body: Any = "", **headers: str) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return reply_of(status=status, text=text, headers=headers, took=12)


def error(code: str | None, message: str = "Message", detail: str = "Detail") -> dict[str, str]:
    return {"Message": message, "Detail": detail} | ({} if code is None else {"code": code})


def faulty(*errors: dict[str, str], status: int = 400) -> Reply:
    return answered(status, {"Fault": {"Error": list(errors), "type": "ValidationFault"}, "time": "2026-08-14"})


def verdict(reply: Reply, record: str = "") -> NotAccepted | None:
    return verdict_on(reply, record=record)


def test_every_code_that_is_known_is_in_the_table_once() -> None:
    known = (LISTED + SEEN).split()

    assert [code for code, times in Counter(rule.code for rule in RULES).items() if times > 1] == []
    assert sorted(FAULTS) == sorted(known)


def test_every_row_says_what_to_do() -> None:
    assert [rule for rule in RULES if len(rule.cure) < 20] == []
    assert [rule for rule in TEXTS if len(rule.cure) < 20] == []


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_every_code_becomes_the_outcome_of_its_class(code: str) -> None:
    outcome = verdict(faulty(error(code)), "keap:1:invoice")

    match FAULTS[code].kind:
        case Class.DATA:
            assert isinstance(outcome, Refused)
        case Class.ADOPT:
            assert isinstance(outcome, InTheWay)
        case Class.AUTH | Class.RECONNECT:
            assert isinstance(outcome, TryLater)
            assert outcome.needs_login
        case Class.THROTTLE:
            assert isinstance(outcome, TryLater)
            assert (outcome.wait, outcome.needs_login) == (60, False)
        case Class.BUSY:
            assert isinstance(outcome, TryLater)
            assert outcome.wait > 0
            assert not outcome.needs_login
        case Class.UNKNOWN:
            assert isinstance(outcome, Unknown)


def test_the_reference_page_is_the_table() -> None:
    written = fault_page.PAGE.read_text(encoding="utf-8")

    assert written == fault_page.page(), "run: python -m tests.quickbooks_online.fault_page"


def test_an_answer_without_a_fault_is_nothing_wrong() -> None:
    assert verdict(answered(200, {"Invoice": {"Id": "1"}})) is None
    assert verdict(answered(200, {"QueryResponse": {}})) is None


def test_all_faults_of_an_answer_are_kept() -> None:
    outcome = verdict(faulty(error("2020", detail="Line"), error("2050", detail="DocNumber"), error("9999")))

    assert isinstance(outcome, Refused)
    assert [problem.facts()["fault"] for problem in outcome.problems] == ["2020", "2050", "9999"]


def test_what_may_have_happened_decides_before_what_was_refused() -> None:
    assert isinstance(verdict(faulty(error("2020"), error("10000"))), Unknown)
    assert isinstance(verdict(faulty(error("6140"), error("2020"))), Refused)


def test_a_refusal_of_something_else_beside_a_taken_number_is_never_adopted() -> None:
    assert not isinstance(verdict(faulty(error("6140"), error("7777"))), InTheWay)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"Fault": {"Error": [error("10000")], "type": "SystemFault"}}),
        (500, {"Fault": {"Error": [error("2020")], "type": "ValidationFault"}}),
        (500, ""),
        (502, "<html><body>Bad gateway</body></html>"),
        (503, "<html><body>Service Unavailable</body></html>"),
        (504, "stream timeout"),
        (400, "<html><body>Bad request</body></html>"),
        (302, ""),
        (200, '{"Invoice":{"Id":"1","DocNum'),
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, "<IntuitResponse/>"),
        (201, {"Invoice": {"Id": "1"}}),
        (400, {"Fault": {"Error": [], "type": "ValidationFault"}}),
        (400, {"Fault": {"type": "ValidationFault"}}),
        (400, {"Fault": "broken"}),
        (400, {"Fault": {"Error": [error(None)], "type": "SystemFault"}}),
        (400, {"Fault": {"Error": [error("2020"), error(None)], "type": "SystemFault"}}),
        (200, {"Fault": {"Error": [error("10000")], "type": "SystemFault"}}),
        (400, {"Invoice": {"Id": "1"}}),
        (400, THROTTLED.replace("3001", "2020").format(status=400)),
    ],
)
def test_an_answer_that_does_not_say_what_happened_leaves_it_unknown(status: int, body: Any) -> None:
    outcome = verdict(answered(status, body))

    assert isinstance(outcome, Unknown)
    assert outcome.exchange.status == status


@pytest.mark.parametrize(
    "reply",
    [
        answered(429, THROTTLED.format(status=429)),
        answered(403, THROTTLED.format(status=403)),
        answered(429, {"Fault": {"Error": [error("3001")], "type": "SERVICE"}}),
        answered(429, ""),
        answered(403, {"fault": {"error": [{"message": "throttled", "code": "3001"}], "type": "SERVICE"}}),
    ],
)
def test_throttled_in_any_shape_is_tried_later(reply: Reply) -> None:
    outcome = verdict(reply)

    assert isinstance(outcome, TryLater)
    assert (outcome.wait, outcome.needs_login) == (60, False)


@pytest.mark.parametrize(("asked", "wait"), [("5", 60), ("90", 90), ("soon", 60), ("-3", 60), ("99999999", 3600)])
def test_an_answer_may_ask_for_a_longer_pause_and_not_for_a_shorter_one(asked: str, wait: int) -> None:
    outcome = verdict(answered(429, "", **{"retry-after": asked}))

    assert isinstance(outcome, TryLater)
    assert outcome.wait == wait


def test_maintenance_is_a_clear_refusal_also_with_a_5xx_status() -> None:
    outcome = verdict(faulty(error("150"), status=503))

    assert isinstance(outcome, TryLater)
    assert outcome.wait == 300


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [(401, EXPIRED, "3200"), (403, "message=ApplicationAuthorizationFailed", "3100"), (401, "Authorization", "120")],
)
def test_the_gateways_lower_case_envelope_is_read_too(status: int, message: str, code: str) -> None:
    errors = [{"message": message, "detail": None, "code": code, "element": None}]
    reply = answered(status, {"warnings": None, "fault": {"error": errors, "type": "SERVICE"}, "time": 1601391072830})

    assert [(fault.code, fault.message) for fault in faults_of(reply) or []] == [(code, message)]
    outcome = verdict(reply)
    assert isinstance(outcome, TryLater)
    assert outcome.needs_login
    assert outcome.reason == FAULTS[code].cure


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_without_a_word_needs_a_login(status: int) -> None:
    outcome = verdict(answered(status, "<html>no</html>"))

    assert isinstance(outcome, TryLater)
    assert outcome.needs_login


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("Business Validation Error: You can only add or edit one name at a time. Please try again.", TryLater),
        ("another user was creating a transaction with inventory products at exactly the same time", TryLater),
        ("Business Validation Error: An unexpected error occurred while accessing or saving your data.", Unknown),
        ("Business Validation Error: Unexpected Internal Error. (-30000)", Unknown),
        ("Business Validation Error: You must set a transaction amount.", Refused),
        ("Une erreur inattendue", Refused),
    ],
)
def test_the_catch_all_code_is_told_apart_by_its_words(detail: str, kind: type) -> None:
    assert isinstance(verdict(faulty(error("6000", detail=detail))), kind)


def test_the_words_of_the_catch_all_count_for_no_other_code() -> None:
    assert isinstance(verdict(faulty(error("2020", detail="only add or edit one name at a time"))), Refused)


def test_what_is_too_large_is_rejected_with_its_cure_and_not_sent_for_ever() -> None:
    refused = verdict(answered(413, "<html>Request Entity Too Large</html>"), record="keap:2041:invoice")

    assert isinstance(refused, Refused)
    (problem,) = refused.problems
    assert (problem.facts()["fault"], problem.facts()["record"]) == ("413", "keap:2041:invoice")
    assert "Shorten it in the source" in str(problem.words)


def test_an_unknown_code_says_that_it_is_unknown_and_is_a_cause_of_its_own() -> None:
    first, second = verdict(faulty(error("7777")), "a"), verdict(faulty(error("7777")), "b")

    assert isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert "does not know this code" in first.problems[0].advise()
    assert first.problems[0].cause != second.problems[0].cause


@pytest.mark.parametrize(("code", "together"), [("6210", True), ("2500", True), ("2050", False), ("6140", False)])
def test_one_issue_is_what_one_fix_clears(code: str, together: bool) -> None:
    causes = set()
    for record in ("keap:1:invoice", "keap:2:invoice"):
        outcome = verdict(faulty(error(code)), record)
        refused = outcome.refused if isinstance(outcome, InTheWay) else outcome
        assert isinstance(refused, Refused)
        causes.add(refused.problems[0].cause)

    assert len(causes) == (1 if together else 2)


def test_no_token_stays_in_what_is_kept_of_an_answer() -> None:
    detail = "Token expired: AB016abcdef"
    text = json.dumps({"fault": {"error": [{"message": EXPIRED, "detail": detail, "code": "3200"}]}, "echo": "tok-1"})

    reply = reply_of(status=401, text=text, headers={"intuit-tid": "gw-1"}, took=3, token="tok-1")

    assert "AB016" not in reply.exchange.reply
    assert "tok-1" not in reply.exchange.reply
    assert (reply.intuit_tid, reply.took) == ("gw-1", 3)


def test_what_no_database_can_keep_is_taken_out_of_an_answer() -> None:
    page, cut = (
        answered(502, "<html>\0</html>"),
        answered(400, r'{"a": "x\ud83d", "b": ["\u0000", "\ud83d\ude00 \\u0000"]}'),
    )

    assert page.exchange.reply == "<html>\ufffd</html>"
    assert cut.json == {"a": "x?", "b": ["\ufffd", "😀 \\u0000"]}
    assert cut.text.isascii()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": NaN}', "\x00", '{"Fault": null}'])
def test_strange_json_never_raises(text: str) -> None:
    assert isinstance(verdict(answered(400, text)), Unknown)
