"""Do classes, locations, currencies, estimates and opening balances follow QuickBooks' rules?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.driver import Books, a_line, a_payment, an_invoice, refused


@pytest.mark.parametrize(("entity", "child"), [("Class", "SubClass"), ("Department", "SubDepartment")])
def test_classes_and_locations_nest_to_five_levels_and_follow_a_rename(books: Books, entity: str, child: str):
    parent = top = books.write(entity, {"Name": "North"})
    for level in range(4):
        parent = books.write(entity, {"Name": f"L{level}", "ParentRef": {"value": parent["Id"]}})
        assert parent[child] is True
    assert parent["FullyQualifiedName"] == "North:L0:L1:L2:L3"
    with refused("6180"):
        books.write(entity, {"Name": "Deep", "ParentRef": {"value": parent["Id"]}})
    books.change(entity, top, Name="South")
    assert books.read(entity, parent["Id"])["FullyQualifiedName"] == "South:L0:L1:L2:L3"
    with refused("6240"):
        books.write(entity, {"Name": "south"})
    with refused("2040"):
        books.write(entity, {"Name": "a:b"})
    gone = books.change(entity, books.read(entity, top["Id"]), Active=False)
    assert gone["Name"] == "South (deleted)"


def test_classes_and_locations_count_only_where_the_preferences_track_them(books: Books):
    studio, shop = (books.write(entity, {"Name": "Studio"})["Id"] for entity in ("Class", "Department"))
    refs = {"ClassRef": {"value": studio}, "DepartmentRef": {"value": shop}}
    body = {**an_invoice("10"), **refs, "Line": [a_line("10", ClassRef={"value": studio})]}

    def kept(form: dict[str, Any]) -> tuple[bool, bool, bool]:
        made = books.write("Invoice", form)
        return "ClassRef" in made, "ClassRef" in made["Line"][0]["SalesItemLineDetail"], "DepartmentRef" in made

    assert kept(body) == (False, False, False)
    assert kept({**body, "DepartmentRef": {"value": "99"}}) == (False, False, False)
    preferences = books.ask("GET", "preferences")["Preferences"]
    books.change("Preferences", preferences, AccountingInfoPrefs={"ClassTrackingPerTxn": True})
    assert kept(body) == (True, False, False)
    books.control("preferences", {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}})
    assert kept(body) == (True, True, True)
    with refused("2500") as refusal:
        books.write("Invoice", {**body, "DepartmentRef": {"value": "99"}})
    assert "Depts element id 99" in refusal.value.detail
    with refused("2500") as refusal:
        books.write("Invoice", an_invoice("10", ClassRef={"value": "99"}))
    assert "Klasses element id 99" in refusal.value.detail
    lines = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}, **refs},
        }
        for side, account in (("Debit", "30"), ("Credit", "1"))
    ]
    entry = books.write("JournalEntry", {"Line": lines})
    assert entry["Line"][0]["JournalEntryLineDetail"]["DepartmentRef"] == {"value": shop, "name": "Studio"}


def test_other_currencies_are_there_only_with_multicurrency(books: Books):
    with refused("6000"):
        books.write("CompanyCurrency", {"Code": "EUR"})
    books.control("preferences", {"CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    assert books.write("CompanyCurrency", {"Code": "eur"})["Name"] == "Euro"
    with refused("6240"):
        books.write("CompanyCurrency", {"Code": "EUR"})
    with refused("2220"):
        books.write("CompanyCurrency", {"Code": "1€3"})


def test_an_estimate_posts_nothing_and_its_invoice_closes_it(books: Books):
    before = books.ledger()
    estimate = books.write("Estimate", an_invoice("80", ExpirationDate="2026-12-01", DocNumber="E-1"))
    assert (estimate["TotalAmt"], estimate["TxnStatus"], books.ledger()) == (80, "Pending", before)
    link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
    invoice = books.invoice("80", LinkedTxn=link)
    assert invoice["LinkedTxn"] == link
    closed = books.read("Estimate", estimate["Id"])
    assert (closed["TxnStatus"], closed["LinkedTxn"]) == ("Closed", [{"TxnId": invoice["Id"], "TxnType": "Invoice"}])
    assert books.change("Invoice", invoice, PrivateNote="kept")["LinkedTxn"] == link
    books.delete("Invoice", books.read("Invoice", invoice["Id"]))
    assert books.read("Estimate", estimate["Id"])["TxnStatus"] == "Pending"
    with refused("6000") as refusal:
        books.invoice("80", LinkedTxn=[{"TxnId": "999", "TxnType": "Estimate"}])
    assert "Estimate 999 that you are trying to link does not exist" in refusal.value.detail
    with refused("6000"):
        books.invoice("80", customer="7", LinkedTxn=link)
    assert books.invoice("80", LinkedTxn=[{"TxnId": "13", "TxnType": "Payment"}])["LinkedTxn"] == []
    with refused("2170"):
        books.write("Estimate", an_invoice("1", TxnStatus="Perhaps"))
    assert books.delete("Estimate", books.read("Estimate", estimate["Id"]))["status"] == "Deleted"


def test_a_customer_begins_with_an_opening_balance(books: Books):
    made = books.customer("Old Debtor", Balance=150, OpenBalanceDate="2026-08-01")
    assert books.read("Customer", made["Id"])["Balance"] == 150
    (invoice,) = books.query(f"select * from Invoice where CustomerRef = '{made['Id']}'")["Invoice"]
    assert (invoice["TotalAmt"], invoice["TxnDate"], invoice["PrivateNote"]) == (150, "2026-08-01", "Opening Balance")
    assert books.ledger()["Opening Balance Equity"] == -150
    changed = books.change("Invoice", invoice, PrivateNote="seen")
    assert changed["TotalAmt"] == 150
    assert books.ledger()["Opening Balance Equity"] == -150
    books.payment("150", (invoice, "150"), customer=made["Id"])
    assert books.read("Customer", made["Id"])["Balance"] == 0
    with refused("6060"):
        books.customer("No Date", Balance=1)
    with refused("2140"):
        books.customer("Below", Balance=-1, OpenBalanceDate="2026-08-01")
    with refused("6210"):
        books.customer("Closed", Balance=1, OpenBalanceDate="2026-06-01")


def journal(books: Books, side: str, amount: str, **fields: Any) -> Any:
    name = {"Type": "Customer", "EntityRef": {"value": "6"}}
    other = "Credit" if side == "Debit" else "Debit"
    lines = [
        {
            "Amount": Decimal(amount),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": {"value": account}, **more},
        }
        for posting, account, more in ((side, "4", {"Entity": name}), (other, "26", {}))
    ]
    return books.write("JournalEntry", {"Line": lines, **fields})


def on(entry: Any, amount: str) -> dict[str, Any]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": entry["Id"], "TxnType": "JournalEntry"}]}


def test_a_payment_is_applied_to_the_receivable_line_of_a_journal_entry(books: Books):
    entry = journal(books, "Debit", "100")
    payment = books.write("Payment", {**a_payment("100"), "Line": [on(entry, "60")]})
    assert (payment["UnappliedAmt"], books.read("Customer", "6")["Balance"]) == (40, 0)
    assert books.read("JournalEntry", entry["Id"])["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    with refused("6000"):
        books.write("Payment", {**a_payment("100"), "Line": [on(entry, "41")]})
    with refused("6000"):
        books.write("Payment", {**a_payment("100", customer="7"), "Line": [on(entry, "1")]})
    with refused("6000"):
        books.change("JournalEntry", books.read("JournalEntry", entry["Id"]), Line=entry["Line"][1:])
    books.delete("JournalEntry", books.read("JournalEntry", entry["Id"]))
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == 100


def test_a_credit_of_a_journal_entry_pays_an_invoice(books: Books):
    entry, invoice = journal(books, "Credit", "30"), books.invoice("50")
    body = a_payment("0", (invoice, "30"))
    made = books.write("Payment", {**body, "Line": [*body["Line"], on(entry, "30")]})
    assert (made["UnappliedAmt"], books.read("Invoice", invoice["Id"])["Balance"]) == (0, 20)
    with refused("6000"):
        books.delete("JournalEntry", books.read("JournalEntry", entry["Id"]))
    books.delete("Payment", made)
    books.delete("JournalEntry", books.read("JournalEntry", entry["Id"]))


def test_a_journal_entry_without_a_receivable_line_cannot_be_paid(books: Books):
    lines = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, account in (("Debit", "30"), ("Credit", "1"))
    ]
    entry = books.write("JournalEntry", {"Line": lines})
    with refused("6000"):
        books.write("Payment", {**a_payment("5"), "Line": [on(entry, "5")]})
