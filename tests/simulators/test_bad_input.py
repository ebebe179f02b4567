"""Does bad input of every kind get Intuit's fault shape, and change nothing?"""

from __future__ import annotations

import http.client
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulators.driver import Books

JSON = {"Content-Type": "application/json"}


def state(books: Books) -> Any:
    return books.control("ledger", method="GET")


def is_fault(answer: requests.Response, status: int = 400) -> dict[str, str]:
    assert answer.status_code == status
    fault = answer.json()["Fault"]
    assert set(fault) == {"Error", "type"}
    (error,) = fault["Error"]
    assert {"Message", "Detail", "code"} <= set(error)
    assert "Traceback" not in answer.text
    assert answer.headers["intuit_tid"]
    return dict(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{}",
        b"\xff\xfe\x00",
        b'{"Line": NaN}',
        b'{"Line": Infinity}',
        b"[" * 100_000,
        b'{"Line":' * 200 + b"1" + b"}" * 200,
        b'{"TotalAmt": ' + b"9" * 5000 + b"}",
        b'{"CustomerRef": 1e999999999}',
        b'{"CustomerRef": {"value": {"value": 1}}, "Line": [{}]}',
        b'{"CustomerRef": {"value": "6", "shoe": 1}, "Line": []}',
        b'{"CustomerRef": {"value": "6"}, "Line": {"Amount": 1}}',
        b'{"CustomerRef": {"value": "6"}, "Line": [[1]]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "SubtotalLineDetail", "Amount": 1}]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"SubtotalLineDetail": {}, "Amount": 1}]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "GroupLineDetail", "Amount": 1}]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "SalesItemLineDetail", "Amount": "ten"}]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "SalesItemLineDetail", "Amount": 1e25}]}',
        b'{"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "SalesItemLineDetail", "Amount": true}]}',
        b'{"Id": "1", "SyncToken": "x", "CustomerRef": {"value": "6"}}',
        b'{"Id": {"a": 1}, "SyncToken": "0"}',
        b'{"Id": "1\\u0000", "SyncToken": "0"}',
        b'{"Id": "\xc2\xb2", "SyncToken": "\xc2\xb2"}',
        b'{"DocNumber": ["x"], "CustomerRef": {"value": "6"}}',
        b'{"TxnDate": "2026-02-30", "CustomerRef": {"value": "6"}}',
        b'{"sparse": "perhaps", "CustomerRef": {"value": "6"}}',
    ],
)
def test_a_body_that_makes_no_sense_gets_a_fault(books: Books, body: bytes):
    before = state(books)
    old = ("invoice", "payment", "customer", "item", "account", "journalentry", "deposit", "batch")
    new = ("estimate", "purchase", "class", "department", "taxagency", "companycurrency", "attachable")
    for entity in (*old, *new, "taxservice/taxcode"):
        is_fault(books.session.post(f"{books.url}/{entity}", data=body, headers=JSON, timeout=30))
    assert state(books) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "customer/1/5"),
        ("GET", "customer"),
        ("GET", "shoes/1"),
        ("GET", ""),
        ("PUT", "customer"),
        ("DELETE", "customer/1"),
        ("PATCH", "invoice/1"),
        ("POST", "customer/1"),
        ("GET", "batch"),
        ("POST", "cdc"),
        ("GET", "reports/Shoes"),
        ("GET", "taxservice/taxcode"),
        ("POST", "taxservice/shoe"),
        ("GET", "upload"),
        ("POST", "download/1"),
        ("GET", "invoice/1/shoe"),
        ("POST", "invoice/1/pdf"),
        ("GET", "invoice/1/send"),
        ("POST", "companyinfo"),
        ("DELETE", "query"),
    ],
)
def test_an_address_or_a_method_that_is_not_there_gets_a_fault(books: Books, method: str, path: str):
    error = is_fault(books.send(method, path, body={"x": 1} if method == "POST" else None))
    assert error["code"] in ("500", "2010")
    if method == "GET" and path == "customer/1/5":
        assert error["Message"] == "Unsupported Operation"
        assert error["Detail"].startswith("Operation Could not find resource for relative : /v3/company/")


def test_an_address_outside_the_api_gets_a_fault_too(books: Books):
    is_fault(requests.get(f"{books.running.base_url}/wp-admin", timeout=10))
    is_fault(requests.post(books.running.base_url, data=b"x", timeout=10))


@pytest.mark.parametrize(
    ("entity", "params"),
    [("customer", "delete"), ("term", "delete"), ("account", "void"), ("creditmemo", "void"), ("journalentry", "void")],
)
def test_an_operation_that_an_entity_does_not_have_gets_a_fault(books: Books, entity: str, params: str):
    answer = books.send("POST", entity, body={"Id": "1", "SyncToken": "0"}, params={"operation": params})
    assert is_fault(answer)["code"] in ("500", "610")


def test_another_content_type_gets_a_fault(books: Books):
    answer = books.session.post(f"{books.url}/invoice", data="a=b", headers={"Content-Type": "text/csv"}, timeout=10)
    assert is_fault(answer)["code"] == "1050"


def test_a_huge_body_gets_a_fault_and_the_company_goes_on(books: Books):
    before = state(books)
    answer = books.session.post(f"{books.url}/invoice", data=b"x" * (9 * 1024 * 1024), headers=JSON, timeout=30)
    is_fault(answer, 413)
    assert state(books) == before


@pytest.mark.parametrize(
    "sent",
    [
        b"NONSENSE\r\n\r\n",
        b"BREW /v3 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /v3/company/1/invoice HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v3/company/1/invoice HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}",
    ],
)
def test_what_is_not_http_does_no_harm(books: Books, sent: bytes):
    address = urlsplit(books.running.base_url)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"Traceback" not in answer
    assert b'"Fault"' in answer or b'"fault"' in answer
    assert books.count("Term") == 3


def test_a_chunked_body_is_read(books: Books):
    address = urlsplit(books.running.base_url)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    authorization = {"Authorization": str(books.session.headers["Authorization"]), **JSON}
    pieces = iter([b'{"DisplayName":', b'"In Pieces"}'])
    connection.request(
        "POST",
        f"{address.path}{urlsplit(books.url).path}/customer",
        body=pieces,
        headers=authorization,
        encode_chunked=True,
    )
    answer = connection.getresponse()
    assert answer.status == 200
    assert b"In Pieces" in answer.read()
    connection.close()


WORDS = st.sampled_from(
    [
        "Id",
        "SyncToken",
        "sparse",
        "CustomerRef",
        "Line",
        "Amount",
        "DetailType",
        "SalesItemLineDetail",
        "ItemRef",
        "value",
        "Qty",
        "UnitPrice",
        "TxnDate",
        "DocNumber",
        "TotalAmt",
        "LinkedTxn",
        "TxnId",
        "TxnType",
        "DisplayName",
        "Active",
        "ParentRef",
        "Job",
        "Name",
        "Type",
        "BillEmail",
        "Address",
        "IncomeAccountRef",
        "AccountType",
        "PaymentType",
        "AccountRef",
        "EntityRef",
        "type",
        "TxnTaxDetail",
        "TotalTax",
        "TaxLine",
        "GroupLineDetail",
        "GroupItemRef",
        "AccountBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail",
        "AttachableRef",
        "Note",
        "Balance",
        "OpenBalanceDate",
        *("CurrencyRef", "ExchangeRate", "Code", "SourceCurrencyCode", "AsOfDate", "Rate", "CustomField", "CashBack"),
        *("TaxInclusiveAmt", "GlobalTaxCalculation", "DepositToAccountRef", "DepositLineDetail", "PostingType"),
        *("JournalEntryLineDetail", "Entity", "SalesFormsPrefs", "CompanyName", "DueDays"),
    ]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 40),
    st.sampled_from(
        [
            "",
            "1",
            "6",
            "SalesItemLineDetail",
            "Invoice",
            "Service",
            "Income",
            "2026-08-01",
            "x@y.zz",
            "−1",
            "GroupLineDetail",
            "AccountBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail",
            "Cash",
            "TAX",
            "Vendor",
            *("USD", "EUR", "TaxInclusive", "DepositLineDetail", "JournalEntryLineDetail", "Debit", "Customer"),
        ]
    ),
    st.text(max_size=8),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 2)),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=5)),
    max_leaves=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entity=st.sampled_from(
        [
            "invoice",
            "payment",
            "customer",
            "item",
            "account",
            "salesreceipt",
            "journalentry",
            "term",
            "estimate",
            "purchase",
            "class",
            "department",
            "taxagency",
            *("attachable", "taxservice/taxcode", "companycurrency", "exchangerate", "creditmemo", "refundreceipt"),
            *("deposit", "vendor", "employee", "paymentmethod", "preferences", "companyinfo"),
        ]
    ),
    body=st.dictionaries(WORDS, ANYTHING, max_size=6),
    operation=st.sampled_from(["", "delete", "void", "update"]),
)
def test_no_body_at_all_breaks_the_company(books: Books, entity: str, body: dict[str, Any], operation: str):
    preferences = books.running.company.books.preferences  # so that tax and currencies are read too
    preferences["TaxPrefs"]["UsingSalesTax"] = preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] = True
    answer = books.session.post(f"{books.url}/{entity}", json=body, params={"operation": operation}, timeout=30)
    if answer.status_code != 200:
        is_fault(answer)
    assert state(books)["total"] == "0.00"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.sampled_from(
            ["select", "*", "from", "Customer", "Invoice", "where", "and", "Id", "=", "in", "(", ")", "'1'"]
        )
        | st.sampled_from(
            ["orderby", "order", "by", "Balance", "like", "'%a%'", "desc", "maxresults", "1", "startposition"]
        )
        | st.text(max_size=5),
        max_size=12,
    )
)
def test_no_query_at_all_breaks_the_company(books: Books, parts: list[str]):
    answer = books.session.post(f"{books.url}/query", data=" ".join(parts).encode("utf-8", "replace"), timeout=30)
    if answer.status_code != 200:
        is_fault(answer)
