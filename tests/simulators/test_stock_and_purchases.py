"""Do inventory items, bundles and purchases move quantities and money as QuickBooks does?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.driver import Books, a_line, an_invoice, refused
from tests.simulators.stock import POT

ASSET, COGS, EQUITY = "Inventory Asset", "Cost of Goods Sold", "Opening Balance Equity"


def pot(books: Books, **fields: Any) -> Any:
    books.control("preferences", {"ProductAndServicesPrefs": {"QuantityOnHand": True}})
    return books.write("Item", {**POT, **fields})


def sell(books: Books, item: Any, count: int, day: str = "2026-07-10", entity: str = "Invoice") -> Any:
    line = a_line(str(9 * count), item=item["Id"], Qty=count, UnitPrice=9)
    return books.write(entity, {**an_invoice(TxnDate=day), "Line": [line]})


def buy(books: Books, item: Any, count: int, cost: str, day: str, **fields: Any) -> Any:
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": count, "UnitPrice": Decimal(cost)}
    line = {
        "Amount": count * Decimal(cost),
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": detail,
    }
    head = {"PaymentType": "Cash", "AccountRef": {"value": "1"}, "TxnDate": day}
    return books.write("Purchase", {**head, "Line": [line], **fields})


def held(books: Books, item: Any) -> tuple[Any, ...]:
    ledger = books.ledger()
    quantity = books.read("Item", item["Id"])["QtyOnHand"]
    return quantity, ledger.get(ASSET, Decimal(0)), ledger.get(COGS, Decimal(0))


def test_an_inventory_item_begins_as_an_asset(books: Books):
    item = pot(books)
    assert held(books, item) == (10, 40, 0)
    assert books.ledger()[EQUITY] == -40


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"TrackQtyOnHand": False}, "2600"),
        ({"QtyOnHand": None}, "6520"),
        ({"InvStartDate": None}, "2020"),
        ({"AssetAccountRef": None}, "2020"),
        ({"AssetAccountRef": {"value": "1"}}, "6430"),
        ({"IncomeAccountRef": {"value": "13"}}, "6430"),
        ({"ExpenseAccountRef": {"value": "29"}}, "6430"),
        ({"InvStartDate": "2026-06-01"}, "6210"),
    ],
)
def test_an_inventory_item_that_lacks_something_is_refused(books: Books, fields: dict[str, Any], code: str):
    books.control("preferences", {"ProductAndServicesPrefs": {"QuantityOnHand": True}})
    with refused(code):
        books.write("Item", {**POT, **fields})


def test_a_sale_takes_the_oldest_first_and_posts_what_they_cost(books: Books):
    item = pot(books)
    buy(books, item, 5, "6", "2026-07-05")
    assert held(books, item) == (15, 70, 0)
    sold = sell(books, item, 12)
    assert held(books, item) == (3, 18, 52)  # ten at 4 and two at 6
    back = sell(books, item, 1, entity="CreditMemo")
    assert held(books, item)[0] == 4
    books.delete("CreditMemo", back)
    books.write("Invoice", {"Id": sold["Id"], "SyncToken": sold["SyncToken"]}, operation="void")
    assert held(books, item) == (15, 70, 0)


def test_an_earlier_sale_changes_what_later_ones_cost(books: Books):
    item = pot(books)
    buy(books, item, 10, "7", "2026-07-08")
    later = sell(books, item, 10, "2026-07-20")
    assert held(books, item) == (10, 70, 40)
    sell(books, item, 5, "2026-07-10")
    assert held(books, item) == (5, 35, 75)
    assert books.read("Invoice", later["Id"])["SyncToken"] == "0"


def test_what_is_sold_before_it_is_there_costs_what_fills_the_gap(books: Books):
    item = pot(books)
    sell(books, item, 12)
    assert held(books, item) == (-2, -8, 48)
    buy(books, item, 5, "6", "2026-07-20")
    assert held(books, item) == (3, 18, 52)


def test_a_sale_of_an_inventory_item_without_a_quantity_is_refused(books: Books):
    item = pot(books)

    with refused("6520"):
        books.write("Invoice", {**an_invoice(TxnDate="2026-07-10"), "Line": [a_line("10", item=item["Id"])]})
    assert held(books, item)[0] == item["QtyOnHand"]


def test_a_sale_before_the_start_is_refused(books: Books):
    item = pot(books, InvStartDate="2026-08-01")
    with refused("6270"):
        sell(books, item, 1, "2026-07-10")
    with refused("6270"):
        buy(books, item, 1, "4", "2026-07-10")


def bundle_of(*parts: tuple[str, int]) -> dict[str, Any]:
    lines = [{"ItemRef": {"value": item}, "Qty": quantity} for item, quantity in parts]
    return {"Name": "Pot and Class", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": lines}}


def test_a_bundle_is_made_and_sold_by_its_components(books: Books):
    item = pot(books)
    bundle = books.write("Item", bundle_of((item["Id"], 2), ("1", 1)))
    assert bundle["ItemGroupDetail"]["ItemGroupLine"][0]["ItemRef"]["name"] == "Pot"
    line = {
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": bundle["Id"]}, "Quantity": 3},
    }
    made = books.write("Invoice", {**an_invoice(), "Line": [line]})
    inside = made["Line"][0]["GroupLineDetail"]["Line"]
    assert [part["Amount"] for part in inside] == [54, 720]
    assert made["TotalAmt"] == made["Line"][0]["Amount"] == 774
    assert held(books, item) == (4, 16, 24)
    with refused("6440"):
        books.write("Invoice", {**an_invoice(), "Line": [{"DetailType": "GroupLineDetail", "GroupLineDetail": {}}]})
    with refused("6000"):
        books.invoice("5", item=bundle["Id"])


def test_a_bundle_changes_and_holds_products_and_services_only(books: Books):
    bundle = books.write("Item", bundle_of(("1", 1)))
    changed = books.change("Item", bundle, ItemGroupDetail=bundle_of(("1", 2), ("7", 1))["ItemGroupDetail"])
    assert [part["Qty"] for part in changed["ItemGroupDetail"]["ItemGroupLine"]] == [2, 1]
    category = books.write("Item", {"Name": "Evening", "Type": "Category"})
    before = books.count("Item")
    for part, code in ((bundle["Id"], "6000"), (category["Id"], "6000"), ("999", "2500")):
        with refused(code):
            books.write("Item", {**bundle_of((part, 1)), "Name": "Wrong"})
    with refused("2020"):
        books.write("Item", {**bundle_of(), "Name": "Empty"})
    assert books.count("Item") == before


def test_with_the_switch_bundles_are_made_in_quickbooks_only(books: Books):
    books.control("options", {"bundles_over_api": "refuse"})
    with refused("5030"):
        books.write("Item", bundle_of(("1", 1)))
    bundle = books.control("create", {"entity": "Item", "fields": bundle_of(("1", 1))})["Item"]
    assert bundle["Type"] == "Group"


def spend(account: str = "30", amount: str = "25", **fields: Any) -> dict[str, Any]:
    line = {
        "Amount": Decimal(amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }
    return {"PaymentType": "Cash", "AccountRef": {"value": "1"}, "Line": [line], **fields}


def test_a_purchase_posts_from_the_bank_to_the_expense(books: Books):
    before = books.ledger()["Checking"]
    vendor = books.find("Vendor", "DisplayName = 'Harbor Print Co'")["Id"]
    made = books.write("Purchase", spend(EntityRef={"value": vendor}, DocNumber="P-1"))
    assert made["EntityRef"] == {"value": vendor, "name": "Harbor Print Co", "type": "Vendor"}
    assert books.ledger()["Checking"] == before - 25
    assert books.ledger()["Bank Charges"] == 25
    assert books.query("select * from Purchase where PaymentType = 'Cash'")["Purchase"][0]["Id"] == made["Id"]
    back = books.write("Purchase", spend(Credit=True, amount="10"))
    assert books.ledger()["Bank Charges"] == 15
    books.delete("Purchase", back)
    books.delete("Purchase", made)
    assert "Bank Charges" not in books.ledger()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (spend(PaymentType=None), "2020"),
        (spend(AccountRef=None), "2020"),
        (spend(Line=[]), "2020"),
        (spend(PaymentType="Gold"), "2170"),
        (spend(PaymentType="CreditCard"), "6430"),
        (spend(EntityRef={"value": "999"}), "2500"),
        (spend(amount="-5"), "6000"),
        (spend(Line=[{"Amount": 1, "DetailType": "AccountBasedExpenseLineDetail"}]), "6440"),
        (spend(Line=[{"Amount": 1, "DetailType": "ItemBasedExpenseLineDetail"}]), "6440"),
        (spend(Line=[{"DetailType": "AccountBasedExpenseLineDetail"}]), "2020"),
        (spend(Line=[{"Amount": 1}]), "2020"),
        (spend(TxnDate="2026-06-01"), "6210"),
        (spend(Shoe=1), "2010"),
    ],
)
def test_a_purchase_that_breaks_a_rule_is_refused(books: Books, body: dict[str, Any], code: str):
    before = books.ledger()
    with refused(code):
        books.write("Purchase", body)
    assert books.ledger() == before
