"""Do invoices, payments and the other forms follow QuickBooks' rules, and post what they should?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.driver import Books, Refusal, a_line, a_payment, an_invoice, refused

BY_HAND = Decimal("100.00")


def movements(books: Books, before: dict[str, Decimal]) -> dict[str, Decimal]:
    after = books.ledger()
    moved = {account: after.get(account, 0) - before.get(account, 0) for account in {*before, *after}}
    return {account: Decimal(amount) for account, amount in moved.items() if amount}


def test_an_invoice_has_what_quickbooks_adds(books: Books):
    made = books.invoice("100", DocNumber="B-1", TxnDate="2026-08-03")
    assert (made["TotalAmt"], made["Balance"], made["LinkedTxn"]) == (BY_HAND, BY_HAND, [])
    assert made["Line"][-1] == {"Amount": BY_HAND, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    line = made["Line"][0]
    assert (line["Id"], line["LineNum"], line["SalesItemLineDetail"]["TaxCodeRef"]) == ("1", 1, {"value": "NON"})
    assert made["TxnTaxDetail"] == {"TotalTax": 0}
    assert (made["PrintStatus"], made["EmailStatus"], made["AllowIPNPayment"]) == ("NeedToPrint", "NotSet", False)
    assert made["DueDate"] == "2026-09-02"  # thirty days, as recorded without a term
    assert made["BillAddr"]["City"] == "Greeley"


def test_amounts_in_the_answer_have_two_decimals_and_quantities_are_trimmed(books: Books):
    line = a_line("112.5", Qty="4.50", UnitPrice="25.00")
    text = books.send("POST", "invoice", body={"CustomerRef": {"value": "6"}, "Line": [line]}).text
    assert '"Amount":112.50' in text
    assert '"TotalAmt":112.50' in text
    assert '"Qty":4.5,"UnitPrice":25' in text


@pytest.mark.parametrize(
    ("sold_on", "customer", "fields", "due"),
    [
        ("2026-08-03", "1", {}, "2026-08-18"),  # the customer's Net 15
        ("2026-08-03", "1", {"SalesTermRef": {"value": "1"}}, "2026-08-03"),
        ("2026-08-03", "6", {"SalesTermRef": {"value": "3"}}, "2026-09-02"),
        ("2026-08-03", "6", {"SalesTermRef": {"value": "3"}, "DueDate": "2026-12-24"}, "2026-12-24"),
    ],
)
def test_the_due_date_follows_the_term(books: Books, sold_on: str, customer: str, fields: dict, due: str):
    assert books.invoice("10", customer=customer, TxnDate=sold_on, **fields)["DueDate"] == due


def test_an_invoice_posts_to_receivables_and_to_the_income_of_its_items(books: Books):
    before = books.ledger()
    books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [a_line("240"), a_line("48", item="7")]})
    assert movements(books, before) == {
        "Accounts Receivable": Decimal("288.00"),
        "Services:Training:Classes": Decimal("-240.00"),
        "Sales:Kits": Decimal("-48.00"),
    }
    assert books.read("Customer", "6")["Balance"] == Decimal("288.00")


def test_a_discount_line_lowers_the_total_and_debits_its_account(books: Books):
    before = books.ledger()
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    made = books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [a_line("50"), discount]})
    assert [line["DetailType"] for line in made["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert (made["TotalAmt"], made["Line"][2]["Amount"]) == (Decimal("45.00"), Decimal("5.00"))
    assert movements(books, before)["Discounts Given"] == Decimal("5.00")


def test_a_discount_line_without_amount_or_percent_is_refused(books: Books):
    line = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {}}
    with refused("6090"):
        books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [a_line("50"), line]})


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        ({"Line": [a_line("1")]}, "2020", "CustomerRef"),
        ({"CustomerRef": {"value": "6"}}, "2020", "Line"),
        ({"CustomerRef": {"value": "6"}, "Line": []}, "2020", "Line"),
        ({"CustomerRef": {"value": "6"}, "Line": [{"DetailType": "SubTotalLineDetail"}]}, "2020", "Line"),
        (an_invoice("1", DocNumber="x" * 22), "2050", "DocNumber"),
        (an_invoice("1", TxnDate="03/08/2026"), "2060", "TxnDate"),
        (an_invoice("1", BillEmail={"Address": "nobody"}), "2210", "BillEmail"),
        (an_invoice("1", EmailStatus="NeedToSend"), "6420", None),
        (an_invoice("1", customer="999"), "2500", None),
        (an_invoice("1", item="999"), "2500", None),
        (an_invoice("1", customer="30"), "610", ""),  # the inactive gallery
        (an_invoice("1", PrivateNote="x" * 4001), "2050", "PrivateNote"),
        (an_invoice("1", CurrencyRef={"value": "EUR"}), "6000", ""),
        (an_invoice("-1"), "6000", ""),
    ],
)
def test_an_invoice_that_breaks_a_rule_is_refused_and_nothing_changes(
    books: Books, body: dict, code: str, element: str | None
):
    before = (books.ledger(), books.count("Invoice"))
    with refused(code) as refusal:
        books.write("Invoice", body)
    assert refusal.value.error.get("element") == element
    assert (books.ledger(), books.count("Invoice")) == before


def test_a_line_must_multiply_out_with_half_a_cent_rounded_up(books: Books):
    good = a_line("1861.08", Qty="14.50", UnitPrice="128.35")
    assert books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [good]})["TotalAmt"] == Decimal("1861.08")
    with refused("6070") as refusal:
        bad = a_line("1861.07", Qty="14.50", UnitPrice="128.35")
        books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [bad]})
    assert refusal.value.detail == "Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07"
    assert refusal.value.error["element"] == "Line.Amount"


def test_a_quantity_and_price_of_zero_count_as_not_given(books: Books):
    line = a_line("100", Qty=0, UnitPrice=0, ServiceDate="", TaxInclusiveAmt=0)
    assert books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [line]})["TotalAmt"] == BY_HAND


def test_negative_lines_are_legal_while_the_total_is_not_below_zero(books: Books):
    made = books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [a_line("50"), a_line("-50", item="16")]})
    assert made["TotalAmt"] == 0


def test_a_number_that_is_taken_is_refused_with_the_id_of_its_holder(books: Books):
    with refused("6140") as refusal:
        books.invoice("1", DocNumber="1001")
    assert "DocNumber=1001 is assigned to TxnType=Invoice with TxnId=1" in refusal.value.detail
    body = an_invoice("1", DocNumber="1001")
    assert books.write("Invoice", body, include="allowduplicatedocnum")["DocNumber"] == "1001"


def test_a_number_is_accepted_twice_when_nobody_asked_for_the_warning(books: Books):
    books.control("options", {"warn_duplicate_numbers": False})
    assert books.invoice("1", DocNumber="1001")["DocNumber"] == "1001"


def test_quickbooks_gives_numbers_itself_when_custom_numbers_are_off(books: Books):
    assert "DocNumber" not in books.invoice("1")
    books.control("preferences", {"SalesFormsPrefs": {"CustomTxnNumbers": False}})
    assert [books.invoice("1")["DocNumber"] for _ in range(2)] == ["1013", "1014"]


def test_a_day_in_a_closed_period_is_refused_for_every_write(books: Books):
    with refused("6210") as refusal:
        books.invoice("1", TxnDate="2026-06-30")
    assert "cannot be updated through through the QBO Services API" in refusal.value.detail
    old = books.find("Invoice", "DocNumber = '1001'")
    with refused("6210"):
        books.change("Invoice", old, TxnDate="2026-08-01")
    with refused("6210"):
        books.delete("Invoice", old)
    assert books.invoice("1", TxnDate="2026-07-01")["TxnDate"] == "2026-07-01"
    books.control("close-books", {"date": "2026-09-30"})
    with refused("6210"):
        books.invoice("1", TxnDate="2026-09-30")


def test_a_payment_is_applied_and_shows_on_both_sides(books: Books):
    invoice = books.invoice("100", DocNumber="B-1")
    before = books.ledger()
    payment = books.payment("60", (invoice, "60"), DepositToAccountRef={"value": "1"}, PaymentRefNum="c-1")
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (Decimal("60.00"), 0)
    facts = {fact["value"]["Name"]: fact["value"]["Value"] for fact in payment["Line"][0]["LineEx"]["any"]}
    assert facts == {"txnId": invoice["Id"], "txnOpenBalance": "100.00", "txnReferenceNumber": "B-1"}
    paid = books.read("Invoice", invoice["Id"])
    assert paid["Balance"] == Decimal("40.00")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert int(paid["SyncToken"]) > int(invoice["SyncToken"])
    assert movements(books, before) == {"Checking": Decimal("60.00"), "Accounts Receivable": Decimal("-60.00")}


def test_a_payment_goes_to_undeposited_funds_unless_it_says_otherwise(books: Books):
    payment = books.payment("10")
    assert payment["DepositToAccountRef"] == {"value": "3", "name": "Undeposited Funds"}
    assert payment["UnappliedAmt"] == Decimal("10.00")


def test_a_payment_above_the_open_balance_is_refused_or_by_a_switch_left_unapplied(books: Books):
    invoice = books.invoice("100")
    with refused("6000"):
        books.payment("150", (invoice, "150"))
    books.control("options", {"payment_over_balance": "leave_unapplied"})
    payment = books.payment("150", (invoice, "150"))
    assert (payment["UnappliedAmt"], payment["Line"][0]["Amount"]) == (Decimal("50.00"), BY_HAND)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"TotalAmt": None}, "6000"),
        ({"CustomerRef": None}, "2020"),
        ({"TotalAmt": Decimal("10")}, "6000"),  # less than its lines
        ({"DepositToAccountRef": {"value": "18"}}, "6430"),
        ({"ARAccountRef": {"value": "1"}}, "6430"),
        ({"ARAccountRef": {"value": "5"}}, "6000"),  # another receivable account than the invoice's
        ({"CustomerRef": {"value": "7"}}, "6000"),  # another customer's invoice
        ({"PaymentRefNum": "x" * 22}, "2050"),
        ({"TxnDate": "2026-06-01"}, "6210"),
        ({"TotalAmt": Decimal("-5")}, "6000"),
    ],
)
def test_a_payment_that_breaks_a_rule_is_refused_and_nothing_changes(books: Books, change: dict, code: str):
    body = a_payment("100", (books.invoice("100"), "100"))
    before = books.ledger()
    with refused(code):
        books.write("Payment", {**body, **change})
    assert books.ledger() == before


def test_a_payment_to_a_document_that_is_not_there_is_refused(books: Books):
    with refused("6000") as refusal:
        books.payment("10", ({"Id": "4711"}, "10"))
    assert "The entity Invoice 4711 that you are trying to link does not exist." in refusal.value.detail


def test_a_payment_that_leaves_a_line_out_is_unlinked_from_it(books: Books):
    invoice = books.invoice("100")
    payment = books.payment("100", (invoice, "100"))
    changed = books.change("Payment", payment, Line=[])
    assert changed["UnappliedAmt"] == BY_HAND
    assert books.read("Invoice", invoice["Id"])["Balance"] == BY_HAND


def test_the_parent_pays_an_invoice_of_its_sub_customer(books: Books):
    job = books.customer("Kitchen", Job=True, ParentRef={"value": "6"})
    invoice = books.invoice("100", customer=job["Id"])
    assert books.read("Customer", "6")["BalanceWithJobs"] == BY_HAND
    books.payment("100", (invoice, "100"))
    assert books.read("Customer", job["Id"])["Balance"] == 0


def test_a_voided_invoice_keeps_its_number_and_frees_its_payment(books: Books):
    invoice = books.invoice("100", DocNumber="B-1")
    payment = books.payment("100", (invoice, "100"))
    now = books.read("Invoice", invoice["Id"])
    voided = books.write("Invoice", {"Id": now["Id"], "SyncToken": now["SyncToken"]}, operation="void")
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    assert (voided["DocNumber"], voided["LinkedTxn"], "status" in voided) == ("B-1", [], False)
    assert all(line["Amount"] == 0 for line in voided["Line"])
    freed = books.read("Payment", payment["Id"])
    assert (freed["UnappliedAmt"], freed["Line"]) == (BY_HAND, [])


def test_a_void_sends_the_note_behind_the_word(books: Books):
    invoice = books.invoice("100", PrivateNote="kept")
    body = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
    assert books.write("Invoice", body, operation="void")["PrivateNote"] == "Voided - kept"


def test_a_voided_payment_restores_the_invoice(books: Books):
    invoice = books.invoice("100")
    payment = books.payment("100", (invoice, "100"))
    body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    voided = books.write("Payment", body, operation="update", include="void")
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    assert books.read("Invoice", invoice["Id"])["Balance"] == BY_HAND


def test_a_deleted_document_is_gone_and_leaves_the_ledger_as_it_was(books: Books):
    before = books.ledger()
    invoice = books.invoice("100")
    payment = books.payment("100", (invoice, "100"))
    assert books.delete("Payment", payment) == {"domain": "QBO", "status": "Deleted", "Id": payment["Id"]}
    books.delete("Invoice", books.read("Invoice", invoice["Id"]))
    assert books.ledger() == before
    with refused("610") as refusal:
        books.read("Invoice", invoice["Id"])
    assert refusal.value.detail == "Object Not Found : Another user has deleted this transaction."


def test_an_invoice_below_what_was_applied_gives_the_surplus_back_as_credit(books: Books):
    invoice = books.invoice("100")
    payment = books.payment("100", (invoice, "100"))
    lower = books.change("Invoice", books.read("Invoice", invoice["Id"]), Line=[a_line("70")])
    assert (lower["TotalAmt"], lower["Balance"]) == (Decimal("70.00"), 0)
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == Decimal("30.00")


def test_a_line_without_its_id_gets_a_new_one(books: Books):
    invoice = books.invoice("100")
    changed = books.change("Invoice", invoice, Line=[a_line("70"), {**a_line("30"), "Id": "1"}])
    assert [line["Id"] for line in changed["Line"] if "Id" in line] == ["2", "1"]


def test_a_credit_memo_is_applied_through_a_payment_of_nothing(books: Books):
    invoice = books.invoice("100")
    memo = books.write("CreditMemo", an_invoice("40"))
    assert (memo["RemainingCredit"], memo["Balance"]) == (Decimal("40.00"), Decimal("40.00"))
    payment = books.payment("0", (invoice, "40"), (memo, "40"))
    assert (payment["TotalAmt"], payment["UnappliedAmt"]) == (0, 0)
    assert books.read("Invoice", invoice["Id"])["Balance"] == Decimal("60.00")
    assert books.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0


def test_receipts_refunds_and_journal_entries_post_what_they_say(books: Books):
    before = books.ledger()
    sold = {**an_invoice("80"), "DepositToAccountRef": {"value": "1"}}
    assert books.write("SalesReceipt", {**sold, "DocNumber": "SR-1"})["Balance"] == 0
    books.write("RefundReceipt", {**sold, "Line": [a_line("30")]})
    lines = [
        {
            "Amount": 5,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}},
        }
        for side, account in (("Debit", "30"), ("Credit", "1"))
    ]
    assert books.write("JournalEntry", {"Line": lines})["TotalAmt"] == 0
    assert movements(books, before) == {
        "Checking": Decimal("45.00"),
        "Services:Training:Classes": Decimal("-50.00"),
        "Bank Charges": Decimal("5.00"),
    }


def test_a_journal_entry_that_does_not_balance_is_refused(books: Books):
    line = {
        "Amount": 5,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "30"}},
    }
    with refused("6000"):
        books.write("JournalEntry", {"Line": [line]})
    books.control("options", {"unbalanced_journal_code": "2300"})
    with refused("2300"):
        books.write("JournalEntry", {"Line": [line]})


def test_a_payment_in_a_bank_deposit_is_locked_until_the_deposit_is_gone(books: Books):
    payment = books.payment("75")
    link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
    body = {"DepositToAccountRef": {"value": "1"}, "Line": [{"Amount": 75, "LinkedTxn": [link]}]}
    before = books.ledger()
    deposit = books.write("Deposit", body)
    assert movements(books, before) == {"Checking": Decimal("75.00"), "Undeposited Funds": Decimal("-75.00")}
    held = books.read("Payment", payment["Id"])
    assert held["LinkedTxn"] == [{"TxnId": deposit["Id"], "TxnType": "Deposit"}]
    with refused("6540"):
        books.delete("Payment", held)
    books.delete("Deposit", deposit)
    books.delete("Payment", held)


def test_with_the_preference_open_credits_are_applied_to_a_new_invoice(books: Books):
    books.control("preferences", {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    before = books.ledger()
    unapplied = books.payment("30")
    memo = books.write("CreditMemo", an_invoice("20"))
    made = books.invoice("100")
    assert (made["Balance"], len(made["LinkedTxn"])) == (50, 2)
    assert books.read("Payment", unapplied["Id"])["UnappliedAmt"] == 0
    assert books.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    moved = movements(books, before)
    assert moved["Accounts Receivable"] == 50
    changed = books.change("Invoice", made, PrivateNote="on the token of the answer")
    assert changed["Balance"] == 50


def test_shipping_is_charged_where_the_preference_allows_it(books: Books):
    lines = [a_line("50"), a_line("8", item="SHIPPING_ITEM_ID")]
    with refused("2500"):
        books.invoice(Line=lines)
    books.control("preferences", {"SalesFormsPrefs": {"AllowShipping": True}})
    before = books.ledger()
    made = books.invoice(Line=lines)
    assert (made["TotalAmt"], made["Line"][1]["SalesItemLineDetail"]["ItemRef"]["value"]) == (58, "SHIPPING_ITEM_ID")
    assert movements(books, before)["Shipping Income"] == -8
    books.write("Invoice", {"Id": made["Id"], "SyncToken": made["SyncToken"]}, operation="void")
    assert movements(books, before) == {}


def test_a_deposit_holds_journal_entries_and_gives_cash_back(books: Books):
    entry = books.write("JournalEntry", {"Line": [a_side("Debit", "3", "60"), a_side("Credit", "26", "60")]})
    link = [{"TxnId": entry["Id"], "TxnType": "JournalEntry", "TxnLineId": "0"}]
    before = books.ledger()
    cash = {"AccountRef": {"value": "30"}, "Amount": 20, "Memo": "Petty cash"}
    into = {"DepositToAccountRef": {"value": "1"}, "Line": [{"Amount": 60, "LinkedTxn": link}]}
    made = books.write("Deposit", {**into, "CashBack": cash})
    assert (made["TotalAmt"], made["CashBack"]["Memo"]) == (40, "Petty cash")
    after = books.ledger()
    assert after["Checking"] - before["Checking"] == 40
    assert "Undeposited Funds" not in after or before["Undeposited Funds"] - after["Undeposited Funds"] == 60
    with refused("6540"):
        books.delete("JournalEntry", books.read("JournalEntry", entry["Id"]))
    for wrong in ({"Amount": 20}, {"Amount": -1, "AccountRef": {"value": "30"}}):
        with refused("6000"):
            books.write("Deposit", {**into, "Line": [on_account("26")], "CashBack": wrong})
    with refused("6000"):
        books.write("Deposit", {**into, "Line": [on_account("4")]})


def on_account(account: str) -> dict[str, Any]:
    return {"Amount": 50, "DepositLineDetail": {"AccountRef": {"value": account}}}


def a_side(side: str, account: str, amount: str) -> dict[str, Any]:
    told = {"PostingType": side, "AccountRef": {"value": account}}
    return {"Amount": Decimal(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": told}


def test_journal_entries_are_numbered_whatever_the_sales_forms_do(books: Books):
    numbers = [
        books.write("JournalEntry", {**given, "Line": [a_side("Debit", "1", "1"), a_side("Credit", "26", "1")]})
        for given in ({}, {}, {"DocNumber": "70"}, {})
    ]
    assert [number["DocNumber"] for number in numbers] == ["1", "2", "70", "71"]
    assert "DocNumber" not in books.invoice("1")


def test_the_companys_own_fields_are_kept_on_sales_forms(books: Books):
    used = [{"Name": "SalesFormsPrefs.UseSalesCustom1", "Type": "BooleanType", "BooleanValue": True}]
    named = [{"Name": "SalesFormsPrefs.SalesCustomName1", "Type": "StringType", "StringValue": "Kiln"}]
    defined = [{"CustomField": used}, {"CustomField": named}]
    said = {"DefinitionId": "1", "StringValue": "North"}
    with refused("3000"):
        books.invoice("1", CustomField=[said])
    books.control("preferences", {"SalesFormsPrefs": {"CustomField": defined}})
    kept = {"DefinitionId": "1", "Name": "Kiln", "Type": "StringType"}
    assert books.invoice("1")["CustomField"] == [kept]
    made = books.invoice("1", CustomField=[said])
    assert made["CustomField"] == [{**kept, "StringValue": "North"}]
    assert books.change("Invoice", made, PrivateNote="x")["CustomField"] == made["CustomField"]
    with refused("2050"):
        books.invoice("1", CustomField=[{**said, "StringValue": "x" * 32}])


def test_a_fault_names_its_type_and_its_time(books: Books):
    answer = books.send("POST", "invoice", body={})
    assert answer.status_code == 400
    body = answer.json()
    assert body["Fault"]["type"] == "ValidationFault"
    assert set(body) == {"Fault", "time"}
    assert isinstance(Refusal(400, body["Fault"]).code, str)
    assert answer.headers["intuit_tid"]


def test_a_refusal_halfway_undoes_what_was_done_before_it(books: Books):
    invoice = books.invoice("100", DocNumber="B-1")
    payment = books.payment("100", (invoice, "100"))
    before = (books.ledger(), books.read("Payment", payment["Id"]), books.read("Invoice", invoice["Id"]))
    with refused("6140"):  # the surplus was taken back from the payment before the number was looked at
        books.change("Invoice", before[2], Line=[a_line("70")], DocNumber="1001")
    assert (books.ledger(), books.read("Payment", payment["Id"]), books.read("Invoice", invoice["Id"])) == before
    assert books.count("Payment") == 8
    assert books.find("Payment", f"Id = '{payment['Id']}' and TotalAmt = 100")["UnappliedAmt"] == 0
