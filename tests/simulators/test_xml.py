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
    found = {item.get("bId"): item for item in root.findall("i:BatchItemResponse", NS)}
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


PREFIXED = (
    f'<q:Invoice xmlns:q="{SCHEMA}"><q:Line><q:LineEx><q:NameValue><q:Name>a</q:Name><q:Value>1</q:Value></q:NameValue>'
    "</q:LineEx><q:SalesItemLineDetail><q:ItemRef>1</q:ItemRef></q:SalesItemLineDetail>"
    "<q:DetailType>SalesItemLineDetail</q:DetailType><q:Amount>5.00</q:Amount></q:Line>"
    "<q:CustomerRef>6</q:CustomerRef></q:Invoice>"
)
TYPED = (
    '<Invoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Invoice"><CustomerRef>6</CustomerRef>'
    '<PrivateNote xsi:nil="true"/><LinkedTxn xsi:nil="true"/><FinanceCharge>false</FinanceCharge>'
    "<Line><Amount>5</Amount><DetailType>SalesItemLineDetail</DetailType>"
    "<SalesItemLineDetail><ItemRef>1</ItemRef></SalesItemLineDetail></Line></Invoice>"
)
PLAIN = (
    "<Invoice><CustomerRef>6</CustomerRef><PrivateNote>Zoë</PrivateNote><Line><Amount>5</Amount>"
    "<DetailType>SalesItemLineDetail</DetailType>"
    "<SalesItemLineDetail><ItemRef>1</ItemRef></SalesItemLineDetail></Line></Invoice>"
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PREFIXED.encode(), id="other order, prefixes, no declaration, LineEx"),
        pytest.param(TYPED.encode(), id="schema attributes, nil, what is known and not kept"),
        pytest.param(b'\n  <?xml version="1.0"?>\n' + PLAIN.encode(), id="blanks before the declaration"),
        pytest.param(b"\xef\xbb\xbf" + PLAIN.encode(), id="byte order mark"),
        pytest.param(b'<?xml version="1.0" encoding="ISO-8859-1"?>' + PLAIN.encode("latin-1"), id="Latin 1"),
        pytest.param(PLAIN.encode("utf-16"), id="UTF-16"),
        pytest.param(b"<!-- by hand --><?style x?>" + PLAIN.encode(), id="comments and instructions"),
    ],
)
@pytest.mark.parametrize("content_type", ["text/xml; charset=utf-8", "application/xml"])
def test_xml_may_be_written_as_any_parser_takes_it(books: Books, body: bytes, content_type: str):
    answer = books.send("POST", "invoice", data=body, headers={"Content-Type": content_type})
    assert answer.status_code == 200, answer.text
    invoice = answer.json()["Invoice"]
    assert invoice["TotalAmt"] == 5
    assert invoice.get("PrivateNote") in (None, "Zoë")


def test_xml_is_known_by_its_looks_where_no_content_type_is_told(books: Books):
    answer = books.send("POST", "customer", data=b"<Customer><DisplayName>Yes</DisplayName></Customer>")
    assert answer.json()["Customer"]["DisplayName"] == "Yes"


def test_a_report_in_xml_has_its_cells_as_attributes(books: Books):
    answer = books.send("GET", "reports/BalanceSheet", headers={"Accept": "application/xml"})
    root = ElementTree.fromstring(answer.text)
    assert root.tag == f"{{{SCHEMA}}}Report"
    assert (text(root, "Header/ReportName"), text(root, "Columns/Column/ColType")) == ("BalanceSheet", "Account")
    (assets, rest) = root.findall("i:Rows/i:Row", NS)
    assert assets.attrib == {"type": "Section", "group": "TotalAssets"}
    totals = [[cell.get("value") for cell in part.findall("i:Summary/i:ColData", NS)] for part in (assets, rest)]
    assert (
        totals[0][1]
        == totals[1][1]
        == str(books.ask("GET", "reports/BalanceSheet")["Rows"]["Row"][0]["Summary"]["ColData"][1]["value"])
    )
    checking = next(cell for cell in assets.iter(f"{{{SCHEMA}}}ColData") if cell.get("value") == "Checking")
    assert checking.get("id") == "1"


def test_what_a_payment_line_tells_of_its_document_is_pairs_in_xml(books: Books):
    invoice = books.invoice("7", DocNumber="X-7")
    paid = books.payment("7", (invoice, "7"))
    answer = books.send("GET", f"payment/{paid['Id']}", headers={"Accept": "application/xml"})
    pairs = ElementTree.fromstring(answer.text).findall("i:Payment/i:Line/i:LineEx/i:NameValue", NS)
    assert [(text(pair, "Name"), text(pair, "Value")) for pair in pairs] == [
        ("txnId", invoice["Id"]),
        ("txnOpenBalance", "7.00"),
        ("txnReferenceNumber", "X-7"),
    ]


def upload(books: Books, metadata: str, content_type: str = "application/xml") -> Any:
    parts = {
        "file_metadata_01": ("", metadata, content_type),
        "file_content_01": ("receipt.txt", b"paid", "text/plain"),
    }
    (told,) = books.ask("POST", "upload", files=parts)["AttachableResponse"]
    return told


@pytest.mark.parametrize("content_type", ["application/xml", "text/plain"])
def test_what_an_upload_says_of_a_file_may_be_xml(books: Books, content_type: str):
    ref = '<AttachableRef><EntityRef type="Customer">6</EntityRef><IncludeOnSend>true</IncludeOnSend></AttachableRef>'
    metadata = f'<Attachable xmlns="{SCHEMA}">{ref}<FileName>a.txt</FileName><Note>kept</Note></Attachable>'
    told = upload(books, metadata, content_type)["Attachable"]
    assert (told["FileName"], told["Note"], told["Size"]) == ("a.txt", "kept", 4)
    assert told["AttachableRef"] == [{"EntityRef": {"value": "6", "type": "Customer"}, "IncludeOnSend": True}]


@pytest.mark.parametrize(("metadata", "code"), [("<Attachable>", "2010"), ("<Customer/>", "6040")])
def test_what_an_upload_cannot_say_in_xml_is_refused_alone(books: Books, metadata: str, code: str):
    assert upload(books, metadata)["Fault"]["Error"][0]["code"] == code
    assert books.count("Attachable") == 0
