"""Can a person do on the pages what people do in QuickBooks, and see the reports there?"""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.simulators.driver import Books


def press(books: Books, verb: str, **fields: str) -> requests.Response:
    return requests.post(f"{books.running.base_url}/do/{verb}", data=fields, timeout=10)


def test_a_document_is_edited_voided_and_deleted_with_buttons(books: Books):
    page = requests.get(f"{books.running.base_url}/transactions/invoice/12", timeout=10).text
    for button in ("Save", "Void", "Delete"):
        assert f">{button}</button>" in page
    known = {"entity": "Invoice", "id": "12", "back": "/transactions/invoice/12"}
    assert "The document was changed." in press(books, "edit", **known, DocNumber="1012-B", PrivateNote="by hand").text
    edited = books.read("Invoice", "12")
    assert (edited["DocNumber"], edited["PrivateNote"], edited["SyncToken"]) == ("1012-B", "by hand", "1")
    assert "The document was voided." in press(books, "void", **known).text
    assert books.read("Invoice", "12")["TotalAmt"] == 0
    assert "was deleted" in press(books, "delete", **{**known, "back": "/transactions"}).text
    assert books.count("Invoice") == 11


def test_a_customer_is_invoiced_and_pays_in_parts_with_buttons(books: Books):
    assert ">Make invoice</button>" in requests.get(f"{books.running.base_url}/customers/5", timeout=10).text
    form = {"customer": "5", "item": "1", "back": "/customers/5"}
    assert "the amount must be a number" in press(books, "new-invoice", **form, amount="much").text
    assert "the amount must be above 0" in press(books, "new-invoice", **form, amount="0").text
    assert "was made." in press(books, "new-invoice", **form, amount="1,200.00").text
    made = books.query("select * from Invoice where CustomerRef = '5' orderby Id desc")["Invoice"][0]
    assert (made["TotalAmt"], made["Balance"]) == (1200, 1200)
    here = f"/transactions/invoice/{made['Id']}"
    known = {"entity": "Invoice", "id": made["Id"], "back": here}
    assert ">Receive payment</button>" in requests.get(books.running.base_url + here, timeout=10).text
    assert "The payment was received; 700.00 is still open." in press(books, "receive", **known, amount="500").text
    assert "The payment was received; 0.00 is still open." in press(books, "receive", **known).text
    assert books.read("Invoice", made["Id"])["Balance"] == 0
    assert ">Receive payment</button>" not in requests.get(books.running.base_url + here, timeout=10).text


def test_names_are_renamed_merged_and_made_inactive_with_buttons(books: Books):
    known = {"entity": "Customer", "id": "5", "back": "/customers/5"}
    press(books, "rename", **known, name="Amara L.")
    assert books.read("Customer", "5")["DisplayName"] == "Amara L."
    press(books, "inactivate", **known)
    assert books.read("Customer", "5")["Active"] is False
    press(books, "activate", **known)
    assert books.read("Customer", "5")["Active"] is True
    told = press(books, "merge", **{"from": "5", "into": "6", "back": "/customers"})
    assert "The customers were merged." in told.text
    assert books.read("Customer", "5")["DisplayName"] == "Amara L. (deleted)"
    item = {"entity": "Item", "id": "2", "back": "/items/2"}
    assert "It is now called Throwing" in press(books, "rename", **item, name="Throwing").text


def test_the_books_are_closed_and_opened_with_a_button(books: Books):
    assert "closed through 2026-08-31" in press(books, "close-books", date="2026-08-31", back="/").text
    assert "Books closed through 2026-08-31" in requests.get(books.running.base_url, timeout=10).text
    assert "The books are open." in press(books, "close-books", back="/").text


@pytest.mark.parametrize(
    "fields",
    [
        {"entity": "Customer", "id": "5", "name": "Priya Natarajan", "back": "/customers/5"},
        {"entity": "Customer", "id": "999", "name": "X", "back": "/customers/5"},
        {"entity": "Shoe", "id": "5", "back": "//elsewhere.example.com"},
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(books: Books, fields: dict[str, str]):
    before = books.control("ledger", method="GET")
    answer = press(books, "rename", **fields)
    assert answer.url.startswith(books.running.base_url)
    assert 'role="alert"' in answer.text
    assert books.control("ledger", method="GET") == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example.com"},
        {"Host": "127.0.0.1.evil.example.com:8765"},
        {"Host": "localhost.evil.example.com"},
        {"Host": "[::1"},
        {"Origin": "http://elsewhere.example.com"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_control_is_closed_to_strange_names_and_to_other_sites_pages(books: Books, headers: dict[str, str]):
    url = f"{books.running.base_url}/control/reset"
    before = books.control("ledger", method="GET")
    assert requests.post(url, json={"seed": "empty"}, headers=headers, timeout=10).status_code == 403
    assert books.control("ledger", method="GET") == before


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8765", "127.9.9.9"])
def test_control_answers_under_every_name_of_this_machine(books: Books, host: str):
    url = f"{books.running.base_url}/control"
    assert requests.get(url, headers={"Host": host}, timeout=10).status_code == 200


def test_the_pages_too_are_for_this_machines_own_name(books: Books):
    url = f"{books.running.base_url}/customers"
    assert requests.get(url, timeout=10).status_code == 200
    strange = requests.get(url, headers={"Host": "evil.example.com"}, timeout=10)
    assert "Umber" not in strange.text


@pytest.mark.parametrize("header", [{"Origin": "http://elsewhere.example.com"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_does_nothing(books: Books, header: dict[str, Any]):
    answer = requests.post(
        f"{books.running.base_url}/do/delete",
        data={"entity": "Invoice", "id": "12"},
        headers=header,
        timeout=10,
    )
    assert answer.status_code == 403
    assert books.count("Invoice") == 12


def test_every_report_has_a_page_with_its_figures(books: Books):
    base = books.running.base_url
    first = requests.get(f"{base}/reports", timeout=10).text
    for name, title in (("BalanceSheet", "Balance sheet"), ("GeneralLedger", "General ledger")):
        assert f'href="/reports/{name}">{title}</a>' in first
    dates = {"start_date": "2026-06-01", "end_date": "2026-07-31"}
    cash = requests.get(f"{base}/reports/ProfitAndLoss", params={**dates, "accounting_method": "Cash"}, timeout=10).text
    assert "cash basis" in cash
    assert "2,261.00" in cash
    for name in (
        "TrialBalance",
        "BalanceSheet",
        "GeneralLedger",
        "TransactionList",
        "CustomerBalance",
        "AgedReceivables",
    ):
        assert "2,664.25" in requests.get(f"{base}/reports/{name}", params=dates, timeout=10).text or name in (
            "TransactionList",
            "GeneralLedger",
        )
    detail = requests.get(f"{base}/reports/CustomerBalanceDetail", params=dates, timeout=10).text
    assert '<th class="n">Open Balance</th>' in detail
    assert '<td class="n"><span class="minus">−55.00</span></td>' in detail
    assert "format YYYY-MM-DD" in requests.get(f"{base}/reports/BalanceSheet?end_date=soon", timeout=10).text
    assert requests.get(f"{base}/reports/Shoes", timeout=10).status_code == 400


def test_a_document_in_another_currency_shows_both_amounts(books: Books):
    books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    books.write("CompanyCurrency", {"Code": "EUR"})
    customer = books.customer("Élodie Marchetti", CurrencyRef={"value": "EUR"})["Id"]
    invoice = books.invoice("80", customer=customer, CurrencyRef={"value": "EUR"}, ExchangeRate="1.5")
    page = requests.get(f"{books.running.base_url}/transactions/invoice/{invoice['Id']}", timeout=10).text
    assert "EUR 80.00" in page
    assert "120.00" in page
    assert "EUR" in requests.get(f"{books.running.base_url}/customers", timeout=10).text


def test_a_report_can_be_seen_month_by_month(books: Books):
    asked = {"start_date": "2026-06-01", "end_date": "2026-07-31", "summarize_column_by": "Month"}
    page = requests.get(f"{books.running.base_url}/reports/ProfitAndLoss", params=asked, timeout=10).text
    assert "Jun 2026" in page
    assert "Jul 2026" in page


def test_a_customer_is_made_with_a_button_and_once(books: Books):
    assert ">Make customer</button>" in requests.get(f"{books.running.base_url}/customers", timeout=10).text
    told = {"DisplayName": "Brook Pottery", "GivenName": "Maya", "email": "maya@example.com", "phone": "555-0107"}
    assert "Brook Pottery was made." in press(books, "new-customer", **told, back="/customers").text
    made = books.find("Customer", "DisplayName = 'Brook Pottery'")
    assert (made["GivenName"], made["PrimaryEmailAddr"]["Address"]) == ("Maya", "maya@example.com")
    assert made["PrimaryPhone"]["FreeFormNumber"] == "555-0107"
    assert "Brook Pottery" in press(books, "new-customer", **told, back="/customers").text  # the name is taken
    assert books.query("select count(*) from Customer where DisplayName = 'Brook Pottery'")["totalCount"] == 1
