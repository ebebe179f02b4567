"""Can a client speak XML, as those in Ruby, PHP and .NET do by themselves?"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tests.simulators.driver import Books

SCHEMA = "http://schema.intuit.com/finance/v3"
NS = {"i": SCHEMA}
HEADERS = {"Content-Type": "application/xml", "Accept": "application/xml"}
INVOICE = """
<DocNumber>X-1</DocNumber><CustomerRef name="somebody">6</CustomerRef>
<Line><Description>two &amp; a half</Description><Amount>25.00</Amount><DetailType>SalesItemLineDetail</DetailType>
<SalesItemLineDetail><ItemRef>1</ItemRef><UnitPrice>10</UnitPrice><Qty>2.5</Qty></SalesItemLineDetail></Line>
<Line><Amount>5</Amount><DetailType>SalesItemLineDetail</DetailType>
<SalesItemLineDetail><ItemRef>7</ItemRef></SalesItemLineDetail></Line>
<BillEmail><Address>ana@example.com</Address></BillEmail><CustomerMemo>Thanks</CustomerMemo>
"""


def post(books: Books, path: str, name: str, inner: str, status: int = 200, **attributes: str) -> Element:
    told = "".join(f' {key}="{value}"' for key, value in attributes.items())
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<{name} xmlns="{SCHEMA}"{told}>{inner}</{name}>'
    answer = books.send("POST", path, data=body.encode(), headers=HEADERS)
    assert answer.status_code == status, answer.text
    return ElementTree.fromstring(answer.text)


def text(root: Element, path: str) -> str | None:
    return root.findtext("/".join(f"i:{step}" for step in path.split("/")), namespaces=NS)


def code(root: Element) -> Any:
    error = root.find("i:Fault/i:Error", NS)
    assert error is not None
    return error.get("code")


def test_an_invoice_is_created_changed_voided_and_deleted_in_xml(books: Books):
    made = post(books, "invoice", "Invoice", INVOICE)
    assert text(made, "Invoice/TotalAmt") == "30.00"
    assert text(made, "Invoice/Line/Description") == "two & a half"
    assert text(made, "Invoice/BillEmail/Address") == "ana@example.com"
    assert text(made, "Invoice/CustomerMemo") == "Thanks"
    key = f"<Id>{text(made, 'Invoice/Id')}</Id>"
    changed = post(
        books, "invoice", "Invoice", f"{key}<SyncToken>0</SyncToken><PrivateNote>x</PrivateNote>", sparse="true"
    )
    assert (text(changed, "Invoice/PrivateNote"), text(changed, "Invoice/TotalAmt")) == ("x", "30.00")
    assert code(post(books, "invoice", "Invoice", f"{key}<SyncToken>0</SyncToken>", 400, sparse="true")) == "5010"
    voided = post(books, "invoice?operation=void", "Invoice", f"{key}<SyncToken>1</SyncToken>")
    assert text(voided, "Invoice/TotalAmt") == "0.00"
    gone = post(books, "invoice?operation=delete", "Invoice", f"{key}<SyncToken>2</SyncToken>")
    deleted = gone.find("i:Invoice", NS)
    assert deleted is not None
    assert deleted.get("status") == "Deleted"


def test_a_journal_entry_and_a_customer_are_created_in_xml(books: Books):
    name = "<Entity><Type>Customer</Type><EntityRef>6</EntityRef></Entity>"
    lines = "".join(
        f"<Line><Amount>7</Amount><DetailType>JournalEntryLineDetail</DetailType><JournalEntryLineDetail>"
        f"<PostingType>{side}</PostingType>{more}<AccountRef>{account}</AccountRef></JournalEntryLineDetail></Line>"
        for side, account, more in (("Debit", "4", name), ("Credit", "26", ""))
    )
    before = books.ledger()["Accounts Receivable"]
    post(books, "journalentry", "JournalEntry", lines)
    assert books.ledger()["Accounts Receivable"] - before == 7
    address = "<BillAddr><Line1>1 Elm</Line1><City>Reno</City></BillAddr><Taxable>false</Taxable>"
    made = post(books, "customer", "Customer", f"<DisplayName>Zoë &lt;3</DisplayName>{address}")
    assert text(made, "Customer/BillAddr/City") == "Reno"
    kept = books.find("Customer", "DisplayName = 'Zoë <3'")
    assert (kept["Taxable"], kept["BillAddr"]["Line1"]) == (False, "1 Elm")


def test_a_batch_in_xml_has_a_result_for_each_item(books: Books):
    items = (
        f'<BatchItemRequest bId="1" operation="create"><Invoice>{INVOICE}</Invoice></BatchItemRequest>'
        '<BatchItemRequest bId="2" operation="create"><Customer><DisplayName>Priya Natarajan</DisplayName></Customer>'
        '</BatchItemRequest><BatchItemRequest bId="3"><Query>select count(*) from Term</Query></BatchItemRequest>'
    )
    root = post(books, "batch", "IntuitBatchRequest", items)
    found = {each.get("bId"): each for each in root.findall("i:BatchItemResponse", NS)}
    assert list(found) == ["1", "2", "3"]
    assert text(found["1"], "Invoice/DocNumber") == "X-1"
    assert code(found["2"]) == "6240"
    response = found["3"].find("i:QueryResponse", NS)
    assert response is not None
    assert response.get("totalCount") == "3"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "2010"),
        (b"<Invoice>", "2010"),
        (b"\xff\xfe<Invoice/>", "2010"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><Invoice><PrivateNote>&a;</PrivateNote></Invoice>', "2010"),
        (b"<Invoice>" + b"<Line>" * 5000 + b"</Line>" * 5000 + b"</Invoice>", "2010"),
        (b"<Shoe/>", "2000"),
        (b"<Invoice/>", "2020"),
        (b"<Invoice><Shoe>1</Shoe></Invoice>", "2010"),
        (b"<Invoice><CustomerRef><Deep>1</Deep></CustomerRef><Line/></Invoice>", "2020"),
        (b"<Invoice><CustomerRef>6</CustomerRef><Line>text</Line></Invoice>", "2010"),
        (b"<Invoice><CustomerRef>6</CustomerRef><Line><Amount>ten</Amount></Line></Invoice>", "2090"),
        (b"<Customer><DisplayName>Wrong address</DisplayName></Customer>", "2010"),
    ],
)
def test_xml_that_makes_no_sense_gets_a_fault_and_changes_nothing(books: Books, body: bytes, expected: str):
    before = books.control("ledger", method="GET")
    answer = books.send("POST", "invoice", data=body, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == expected
    assert books.control("ledger", method="GET") == before
