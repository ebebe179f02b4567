"""How is a batch written, and how is its answer read, item by item?"""

from __future__ import annotations

import simplejson

from books.outcomes import TryLater, Unknown
from sync.pushing.destination import Sending
from sync.quickbooks_online.batch import item_replies, of_the_whole, render_batch, render_queries
from sync.quickbooks_online.session import Reply, reply_of

SENT = [
    Sending(form="invoice", body=b'{"DocNumber":"1","TotalAmt":10.00}', request_id="r-1", batch_item="1"),
    Sending(form="payment", body=b'{"TotalAmt":5}', request_id="r-2", batch_item="2"),
]


def answer(body: object, status: int = 200) -> Reply:
    text = body if isinstance(body, str) else simplejson.dumps(body)
    return reply_of(status=status, text=text, headers={"intuit_tid": "1-abc"}, took=12)


def fault(code: str, kind: str = "ValidationFault") -> dict[str, object]:
    return {"Fault": {"Error": [{"Message": "No", "Detail": "", "code": code}], "type": kind}}


def test_a_batch_carries_the_committed_bytes_of_each_document() -> None:
    written = render_batch(SENT)

    assert b'"Invoice":{"DocNumber":"1","TotalAmt":10.00}}' in written
    items = simplejson.loads(written)["BatchItemRequest"]
    assert [(item["bId"], item["operation"]) for item in items] == [("1", "create"), ("2", "create")]
    assert [set(item) - {"bId", "operation"} for item in items] == [{"Invoice"}, {"Payment"}]


def test_questions_are_named_by_their_place() -> None:
    items = simplejson.loads(render_queries(["select 'a\"b'", "select b"]))["BatchItemRequest"]

    assert items == [{"bId": "0", "Query": "select 'a\"b'"}, {"bId": "1", "Query": "select b"}]


def test_each_item_is_read_as_if_it_had_been_sent_alone_whatever_the_order() -> None:
    told = answer({"BatchItemResponse": [{**fault("2500"), "bId": "2"}, {"Invoice": {"Id": "7"}, "bId": "1"}]})

    replies = item_replies(told)

    assert of_the_whole(told) is None
    assert (replies["1"].status, replies["1"].json) == (200, {"Invoice": {"Id": "7"}})
    assert (replies["2"].status, replies["2"].intuit_tid) == (400, "1-abc")
    assert '"7"' in replies["1"].text
    assert '"7"' not in replies["2"].text


def test_a_batch_that_is_rejected_as_a_whole_is_told_from_one_nobody_knows_about() -> None:
    rejected = of_the_whole(answer(fault("2010"), 400))
    assert isinstance(rejected, TryLater)
    assert rejected.alone

    throttled = of_the_whole(answer(fault("3001", "SERVICE"), 429))
    assert isinstance(throttled, TryLater)
    assert not throttled.alone
    assert throttled.wait >= 60

    assert isinstance(of_the_whole(answer("<html>busy</html>", 503)), Unknown)
    assert isinstance(of_the_whole(answer({"time": "now"})), Unknown)
    assert isinstance(of_the_whole(answer({"BatchItemResponse": {}})), Unknown)
    assert of_the_whole(lost := Unknown(reason="No answer.")) is lost


def test_items_that_are_no_items_are_passed_over() -> None:
    assert item_replies(answer({"BatchItemResponse": [3, {"bId": 4}, None, {"Invoice": {}}]})) == {}


def test_an_item_that_is_answered_twice_leaves_open_what_became_of_it() -> None:
    stored, refused = {"Invoice": {"Id": "7"}, "bId": "1"}, {**fault("2500"), "bId": "1"}
    other = {"Payment": {"Id": "8"}, "bId": "2"}

    assert set(item_replies(answer({"BatchItemResponse": [stored, other, refused]}))) == {"2"}
    assert set(item_replies(answer({"BatchItemResponse": [refused, stored, other]}))) == {"2"}


def test_a_batch_that_is_too_large_goes_document_by_document() -> None:
    too_large = of_the_whole(answer("<html>Request Entity Too Large</html>", 413))

    assert isinstance(too_large, TryLater)
    assert too_large.alone
