"""Do batches, change data capture and reports answer as Intuit's do?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.simulators.driver import Books, an_invoice, refused


def batch(books: Books, *items: dict[str, Any], **params: str) -> list[Any]:
    return list(books.ask("POST", "batch", body={"BatchItemRequest": list(items)}, params=params)["BatchItemResponse"])


def creating(bid: str, **fields: Any) -> dict[str, Any]:
    return {"bId": bid, "operation": "create", "Invoice": an_invoice("10", **fields)}


def test_items_succeed_and_fail_by_themselves(books: Books):
    invoice = books.find("Invoice", "DocNumber = '1012'")
    answers = batch(
        books,
        creating("1", DocNumber="B-1"),
        creating("2", customer="999"),
        {"bId": "3", "operation": "delete", "Invoice": {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}},
        {"bId": "4", "Query": "select * from Term where Name = 'Net 30'"},
        {"bId": "5", "operation": "update", "Customer": {"Id": "5", "SyncToken": "0", "sparse": True, "Notes": "x"}},
        {"bId": "6", "operation": "create", "Shoe": {}},
        {"bId": "7", "operation": "create", "Invoice": an_invoice("1", DocNumber="1001")},
        {
            "bId": "8",
            "operation": "create",
            "Invoice": an_invoice("1", DocNumber="1001"),
            "optionsData": "allowduplicatedocnum",
        },
    )
    assert [answer["bId"] for answer in answers] == list("12345678")
    assert answers[0]["Invoice"]["DocNumber"] == "B-1"
    assert answers[1]["Fault"]["Error"][0]["code"] == "2500"
    assert answers[2]["Invoice"]["status"] == "Deleted"
    assert answers[3]["QueryResponse"]["Term"][0]["Name"] == "Net 30"
    assert answers[4]["Customer"]["Notes"] == "x"
    assert answers[5]["Fault"]["Error"][0]["code"] == "2000"
    assert answers[6]["Fault"]["Error"][0]["code"] == "6140"
    assert answers[7]["Invoice"]["DocNumber"] == "1001"
    assert books.count("Invoice") == 13


def test_a_payment_is_voided_in_a_batch(books: Books):
    payment = books.payment("10")
    body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    (answer,) = batch(books, {"bId": "1", "operation": "update", "optionsData": "void", "Payment": body})
    assert answer["Payment"]["PrivateNote"] == "Voided"


def test_request_id_and_item_id_together_are_the_key(books: Books):
    first = batch(books, creating("1"), creating("2", customer="999"), requestid="b-1")
    again = batch(books, creating("1"), creating("2"), creating("3"), requestid="b-1")
    assert again[0] == first[0]
    assert books.count("Invoice") == 15  # the refused item and the new one were written now
    with refused("2130"):
        batch(books, creating("1"), requestid="x" * 37)
    with refused("2050"):
        batch(books, creating("12345678901"), requestid="b-2")


def test_a_lost_batch_answer_can_be_repeated(books: Books):
    items = [creating(str(number), DocNumber=f"B-{number}") for number in range(30)]
    books.control("faults", {"kind": "500", "when": "after", "operation": "batch"})
    assert books.send("POST", "batch", body={"BatchItemRequest": items}, params={"requestid": "b-1"}).status_code == 500
    assert all("Invoice" in answer for answer in batch(books, *items, requestid="b-1"))
    assert books.count("Invoice") == 42


def test_more_than_thirty_items_are_refused_whole(books: Books):
    with refused("1040"):
        batch(books, *[creating(str(number)) for number in range(31)])
    assert books.count("Invoice") == 12


def test_request_id_and_item_ids_of_a_batch_are_shorter(books: Books):
    items = {"BatchItemRequest": [creating("1")]}
    assert books.send("POST", "batch", body=items, params={"requestid": "x" * 36}).status_code == 200
    with refused("2130"):
        books.ask("POST", "batch", body=items, params={"requestid": "x" * 37})
    long = {"BatchItemRequest": [{**creating("1"), "bId": "x" * 11}]}
    assert "Fault" not in books.ask("POST", "batch", body=long)["BatchItemResponse"][0]
    with refused("2050"):
        books.ask("POST", "batch", body=long, params={"requestid": "short"})


def test_changes_reach_back_thirty_days_and_hold_a_thousand_objects(books: Books):
    company = books.running.company
    for number in range(1100):
        company.make("Term", Name=f"Net {number + 100}", DueDays=number % 999)
    company.keep_changes()
    asked = {"entities": "Term", "changedSince": "2020-01-01T00:00:00-07:00"}
    (answer,) = books.ask("GET", "cdc", params=asked)["CDCResponse"]
    assert len(answer["QueryResponse"][0]["Term"]) == 1000
    books.control("clock", {"seconds": 31 * 86_400})
    company.logins.freshen()
    books.sign_in(books.running.ready()["access_token"])
    assert books.ask("GET", "cdc", params=asked)["CDCResponse"] == [{"QueryResponse": [{}]}]


def test_changes_are_told_with_stubs_of_what_is_gone(books: Books):
    books.control("clock", {"seconds": 600})
    moment = books.running.company.clock.now().isoformat(timespec="seconds")
    kept, gone = books.invoice("1"), books.invoice("2")
    books.delete("Invoice", gone)
    asked = {"entities": "Invoice,Customer", "changedSince": moment}
    (answer,) = books.ask("GET", "cdc", params=asked)["CDCResponse"]
    invoices, customers = answer["QueryResponse"]
    assert customers == {}
    assert [record["Id"] for record in invoices["Invoice"]] == [kept["Id"], gone["Id"]]
    assert invoices["Invoice"][1]["status"] == "Deleted"
    assert (invoices["startPosition"], invoices["maxResults"], invoices["totalCount"]) == (1, 2, 2)
    nothing = books.ask("GET", "cdc", params={**asked, "entities": "Term"})["CDCResponse"]
    assert nothing == [{"QueryResponse": [{}]}]


def test_changes_have_one_member_for_each_entity_asked_in_that_order(books: Books):
    books.control("clock", {"seconds": 600})
    moment = books.running.company.clock.now().isoformat(timespec="seconds")
    made = books.customer("Otto Plum")
    asked = {"entities": "Bill,Invoice,customer,VendorCredit,Term", "changedSince": moment}
    (answer,) = books.ask("GET", "cdc", params=asked)["CDCResponse"]
    bills, invoices, customers, credits, terms = answer["QueryResponse"]
    assert [bills, invoices, credits, terms] == [{}] * 4
    assert [record["Id"] for record in customers["Customer"]] == [made["Id"]]
    with refused("2000"):
        books.ask("GET", "cdc", params={**asked, "entities": "Invoice,Nothing"})


def test_a_query_for_what_quickbooks_has_and_this_company_does_not_keep_finds_nothing(books: Books):
    for name in ("Bill", "bill", "TimeActivity"):
        assert books.ask("GET", "query", params={"query": f"select * from {name}"})["QueryResponse"] == {}
    counted = books.ask("GET", "query", params={"query": "select count(*) from Bill where TotalAmt > '5'"})
    assert counted["QueryResponse"] == {"totalCount": 0}
    with refused("4001"):
        books.ask("GET", "query", params={"query": "select * from Nothing"})


def test_the_trial_balance_adds_up_and_agrees_with_the_ledger(books: Books):
    report = books.ask("GET", "reports/TrialBalance")
    rows = report["Rows"]["Row"]
    told = {
        row["ColData"][0]["value"]: Decimal(row["ColData"][1]["value"] or "0")
        - Decimal(row["ColData"][2]["value"] or "0")
        for row in rows
        if "ColData" in row
    }
    assert told == books.ledger()
    assert rows[-1]["group"] == "GrandTotal"
    _, debit, credit = (cell["value"] for cell in rows[-1]["Summary"]["ColData"])
    assert debit == credit
    assert report["Header"]["Option"] == [{"Name": "NoReportData", "Value": "false"}]


def test_last_years_profit_is_in_retained_earnings(books: Books):
    books.control("close-books", {"date": None})
    books.invoice("100", TxnDate="2025-05-05")
    rows = books.ask("GET", "reports/TrialBalance", params={"end_date": "2026-05-31"})["Rows"]["Row"]
    told = {row["ColData"][0]["value"]: row["ColData"][1:] for row in rows if "ColData" in row}
    assert told == {
        "Accounts Receivable": [{"value": "100.00"}, {"value": ""}],
        "Retained Earnings": [{"value": ""}, {"value": "100.00"}],
    }


def test_profit_and_loss_covers_its_period(books: Books):
    books.invoice("100", TxnDate="2026-09-05")
    dates = {"start_date": "2026-09-01", "end_date": "2026-09-30"}
    rows = books.ask("GET", "reports/ProfitAndLoss", params=dates)["Rows"]["Row"]
    assert [row["group"] for row in rows] == [
        "Income",
        "GrossProfit",
        "NetOperatingIncome",
        "NetOtherIncome",
        "NetIncome",
    ]
    assert rows[0]["Rows"]["Row"] == [
        {"ColData": [{"value": "Services:Training:Classes", "id": "15"}, {"value": "100.00"}], "type": "Data"}
    ]
    assert rows[-1]["Summary"]["ColData"][1] == {"value": "100.00"}
