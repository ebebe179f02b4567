"""Are the sample books as agreed, and does a person see them on the pages?"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
import requests
import time_machine

from simulators.quickbooks.company import Company
from simulators.quickbooks.options import Options
from simulators.quickbooks.seeds import SEEDS
from simulators.quickbooks.server import start
from tests.simulators.driver import Books, Refusal

PAGES = (
    "/",
    "/accounts",
    "/accounts/4",
    "/customers",
    "/customers/2",
    "/items",
    "/items/1",
    "/transactions",
    "/transactions/invoice/1",
    "/transactions/payment/13",
    "/trial-balance",
    "/requests",
)


def test_the_sample_books_are_those_of_bramble_and_birch(books: Books):
    accounts = books.query("select * from Account orderby Id maxresults 1000")["Account"]
    assert [account["Id"] for account in accounts] == [str(number) for number in range(1, 33)]
    assert accounts[14]["FullyQualifiedName"] == "Services:Training:Classes"
    assert (accounts[8]["AccountType"], accounts[8]["AccountSubType"]) == ("Other Current Liability", "SalesTaxPayable")
    items = books.query("select * from Item orderby Id")["Item"]
    assert (len(items), items[0]["Sku"], items[21]["Name"]) == (22, "WT-101", "Goodwill Credit")
    assert books.find("Item", "Sku = 'TAX'")["IncomeAccountRef"]["name"] == "Sales Tax Payable"
    customers = books.query("select * from Customer where Active in (true,false)")["Customer"]
    assert len(customers) == 30
    assert books.read("Customer", "1")["SalesTermRef"]["name"] == "Net 15"
    assert (
        len(books.query("select * from Customer where PrimaryEmailAddr = 'family.okafor@example.com'")["Customer"]) == 2
    )
    assert customers[29]["DisplayName"] == "Old Town Gallery (deleted)"
    with pytest.raises(Refusal, match="Another customer, vendor or employee"):
        books.customer("Harbor Print Co")
    assert [method["Name"] for method in books.query("select * from PaymentMethod")["PaymentMethod"]] == [
        "Cash",
        "Check",
        "Credit Card",
        "PayPal",
    ]
    numbers = [invoice["DocNumber"] for invoice in books.query("select * from Invoice orderby Id")["Invoice"]]
    assert numbers == [str(number) for number in range(1001, 1013)]
    assert books.ledger()["Accounts Receivable"] == Decimal("2664.25")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_later_company_begins_with_the_same_books_at_its_own_moment(seed: str) -> None:
    first = _begun(seed)
    with time_machine.travel("2031-05-01T12:00:00-06:00"):
        later = _begun(seed)
    later.make("Customer", DisplayName="Harper Lund")

    assert _books_of(first) == _books_of(_begun(seed)) != _books_of(later)
    assert len(_books_of(later, "Customer")) == len(_books_of(first, "Customer")) + 1
    moments = {record["LastUpdatedTime"] for record in _books_of(later, "Account", "CompanyInfo").values()}
    assert moments == {"2031-05-01T12:00:00-06:00"}


def _begun(seed: str) -> Company:
    return Company(company_id="9341452000000001", options=Options(item_names="everywhere"), data=None, seed=SEEDS[seed])


def _books_of(company: Company, *entities: str) -> dict[str, Any]:
    """The records of these entities, or all that its file would hold, without logins and moments."""
    if entities:
        tables = {entity: company.store.tables[entity].records for entity in entities}
        return {f"{entity} {number}": row for entity, table in tables.items() for number, row in table.items()}
    lines = (line for line in company.snapshot() if "logins" not in line)
    return {re.sub(r"[-0-9]+T[:0-9]+[-+][:0-9]+", "moment", repr(line)): line.keys() for line in lines}


def test_the_empty_books_have_what_a_sale_needs():
    with start(seed="empty") as running:
        books = Books(running)
        assert books.query("select count(*) from Customer") == {"totalCount": 0}
        customer = books.customer("First One")
        income = {"value": books.find("Account", "Name = 'Services'")["Id"]}
        item = books.write("Item", {"Name": "Advice", "Type": "Service", "IncomeAccountRef": income})
        assert books.invoice("10", customer=customer["Id"], item=item["Id"])["TotalAmt"] == 10
        books.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_and_needs_nothing_from_outside(books: Books, path: str):
    answer = requests.get(books.running.base_url + path, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Bramble &amp; Birch Studio" in answer.text
    for outside in ('src="http', 'href="http', "url(", "@import", "<script"):
        assert outside not in answer.text


def test_a_page_shows_a_document_with_its_postings_and_the_request_that_made_it(books: Books):
    made = books.invoice("1234.50", DocNumber="B-1", PrivateNote="<script>alert(1)</script>")
    page = requests.get(f"{books.running.base_url}/transactions/invoice/{made['Id']}", timeout=10).text
    assert "1,234.50" in page
    assert "Services:Training:Classes" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    log = requests.get(f"{books.running.base_url}/requests/1", timeout=10).text
    assert "B-1" in log
    assert "What was asked" in log


@pytest.mark.parametrize("path", ["/accounts/999", "/transactions/invoice/999", "/transactions/shoe/1", "/requests/77"])
def test_a_page_that_is_not_there_gets_a_fault(books: Books, path: str):
    assert requests.get(books.running.base_url + path, timeout=10).status_code == 400
