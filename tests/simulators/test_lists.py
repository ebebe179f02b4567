"""Do accounts, items, customers, terms and payment methods follow QuickBooks' rules?"""

from __future__ import annotations

import pytest

from tests.simulators.driver import Books, a_line, refused

INCOME = {"value": "18"}  # Sales


def test_a_customer_gets_its_defaults_as_in_the_recording(books: Books):
    made = books.customer("Doe5, Jane")
    assert made["FullyQualifiedName"] == made["DisplayName"] == made["PrintOnCheckName"] == "Doe5, Jane"
    assert (made["Taxable"], made["Job"], made["BillWithParent"], made["Active"]) == (True, False, False, True)
    assert (made["Balance"], made["BalanceWithJobs"]) == (0, 0)
    assert made["CurrencyRef"] == {"value": "USD", "name": "United States Dollar"}
    assert made["PreferredDeliveryMethod"] == "Print"
    assert (made["SyncToken"], made["sparse"], made["domain"]) == ("0", False, "QBO")


def test_a_display_name_is_built_from_the_parts_of_a_name(books: Books):
    assert books.write("Customer", {"GivenName": "Ada", "FamilyName": "Byron"})["DisplayName"] == "Ada Byron"


def test_a_customer_without_any_name_is_refused(books: Books):
    with refused("6080"):
        books.write("Customer", {"Notes": "nobody"})


@pytest.mark.parametrize("name", ["Priya Natarajan", "PRIYA natarajan", "  Priya Natarajan "])
def test_a_name_that_the_same_list_has_is_refused_with_the_id_of_its_holder(books: Books, name: str):
    with refused("6240") as refusal:
        books.customer(name)
    assert refusal.value.detail == "The name supplied already exists. : Id=1"


@pytest.mark.parametrize("name", ["Harbor Print Co", "dana whitfield"])
def test_a_name_of_a_vendor_or_an_employee_is_refused_to_a_customer(books: Books, name: str):
    with refused("6240") as refusal:
        books.customer(name)
    assert "Another customer, vendor or employee is already using this name" in refusal.value.detail


@pytest.mark.parametrize("name", ["a:b", "a\tb", "a\nb"])
def test_a_name_with_a_forbidden_character_is_refused(books: Books, name: str):
    with refused("2040"):
        books.customer(name)


def test_a_name_may_have_500_characters_and_not_one_more(books: Books):
    assert len(books.customer("é" * 500)["DisplayName"]) == 500
    with refused("2050") as refusal:
        books.customer("x" * 501)
    assert "Min:0 Max:500 supported. Supplied length:501" in refusal.value.detail
    assert refusal.value.error["element"] == "DisplayName"


@pytest.mark.parametrize("address", ["nobody", "a@b", "@example.com", "a b@example.com", "a@.com."])
def test_an_email_without_its_shape_is_refused(books: Books, address: str):
    if address == "a@.com.":
        address = "a@com."
    with refused("2210"):
        books.customer("Somebody", PrimaryEmailAddr={"Address": address})


def test_a_full_update_empties_what_it_omits_and_a_sparse_one_keeps_it(books: Books):
    made = books.customer("Otto Plum", Notes="likes blue", PrimaryEmailAddr={"Address": "otto@example.com"})
    kept = books.change("Customer", made, CompanyName="Plum & Co")
    assert (kept["Notes"], kept["CompanyName"], kept["SyncToken"]) == ("likes blue", "Plum & Co", "1")
    emptied = books.write("Customer", {"Id": kept["Id"], "SyncToken": kept["SyncToken"], "DisplayName": "Otto Plum"})
    assert "Notes" not in emptied
    assert "CompanyName" not in emptied
    assert "PrimaryEmailAddr" not in emptied
    assert emptied["CurrencyRef"]["value"] == "USD"


def test_an_empty_text_empties_a_field_in_a_sparse_update(books: Books):
    made = books.customer("Otto Plum", Notes="likes blue")
    assert "Notes" not in books.change("Customer", made, Notes="")


def test_an_update_that_changes_nothing_keeps_the_token(books: Books):
    made = books.customer("Otto Plum", Notes="likes blue")
    assert books.change("Customer", made, Notes="likes blue")["SyncToken"] == "0"


def test_a_stale_token_is_refused(books: Books):
    made = books.customer("Otto Plum")
    books.change("Customer", made, Notes="first")
    with refused("5010") as refusal:
        books.change("Customer", made, Notes="second")
    assert refusal.value.detail.startswith("Stale Object Error : You and ")
    assert books.read("Customer", made["Id"])["Notes"] == "first"


def test_an_update_without_a_token_is_refused(books: Books):
    with refused("2020"):
        books.write("Customer", {"Id": "1", "sparse": True, "Notes": "x"})


def test_an_unknown_id_is_not_found(books: Books):
    with refused("610"):
        books.read("Customer", "99999")
    with refused("610"):
        books.write("Customer", {"Id": "99999", "SyncToken": "0", "Notes": "x"})


def test_an_id_that_is_no_number_is_refused(books: Books):
    with refused("2030") as refusal:
        books.read("Customer", "1.5")
    assert refusal.value.detail == "Id should be a valid number. Supplied value:1.5"


def test_an_unknown_property_is_refused_and_named(books: Books):
    with refused("2010") as refusal:
        books.write("Invoice", {"BadJson": True})
    assert 'Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Invoice)' in refusal.value.detail


def test_a_property_that_quickbooks_knows_and_this_company_does_not_keep_is_dropped(books: Books):
    made = books.customer("Otto Plum", Organization=True, CustomerTypeRef={"value": "3"}, Source="QBO", IsProject=False)
    assert not {"Organization", "Source", "IsProject"} & set(made)
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "Received": 0, "UOM": "kg"}
    detail = {"ItemRef": {"value": "1"}, "MarkupInfo": {"PercentBased": True}, "DeferredRevenue": False}
    sale = {"CustomerRef": {"value": made["Id"]}, "PONumber": "P-1", "TxnSource": "web", "EInvoiceStatus": "Sent"}
    invoice = books.write("Invoice", {**sale, "Line": [{**line, "SalesItemLineDetail": detail}]})
    assert invoice["TotalAmt"] == 10
    for body in ({**sale, "Hue": 1}, {**sale, "Organization": True}):
        with refused("2010"):
            books.write("Invoice", {**body, "Line": [{**line, "SalesItemLineDetail": detail}]})
    with refused("2010"):
        books.write("Invoice", {**sale, "Line": [{**line, "SalesItemLineDetail": {**detail, "Colour": "red"}}]})


@pytest.mark.parametrize(
    "day", ["2026-08-14T00:00:00-07:00", "2026-08-14T23:59:59.999Z", "2026-08-14-07:00", "2026-08-14Z", "2026-08-14"]
)
def test_a_date_may_come_with_a_time_and_an_offset(books: Books, day: str):
    assert books.invoice("10", TxnDate=day)["TxnDate"] == "2026-08-14"


@pytest.mark.parametrize("day", ["2026-08-14x", "2026-8-14", "2026-02-30T00:00:00Z", "2026-08-14T7", "٢٠٢٦-08-14"])
def test_what_only_looks_like_a_date_is_refused(books: Books, day: str):
    with refused("2060"):
        books.invoice("10", TxnDate=day)


def test_read_only_fields_are_ignored(books: Books):
    made = books.customer("Otto Plum", FullyQualifiedName="Somebody:Else", BalanceWithJobs=12, Level=3)
    assert (made["FullyQualifiedName"], made["BalanceWithJobs"]) == ("Otto Plum", 0)


def test_a_sub_customer_needs_its_parent_and_carries_the_path(books: Books):
    with refused("6150"):
        books.customer("Kitchen", Job=True)
    made = books.customer("Kitchen", Job=True, ParentRef={"value": "1"})
    assert made["FullyQualifiedName"] == "Priya Natarajan:Kitchen"
    assert (made["DisplayName"], made["Level"]) == ("Kitchen", 1)
    books.change("Customer", books.read("Customer", "1"), DisplayName="Priya N.")
    assert books.read("Customer", made["Id"])["FullyQualifiedName"] == "Priya N.:Kitchen"


def test_a_customer_that_becomes_inactive_is_renamed_and_hidden_and_its_name_is_free(books: Books):
    made = books.customer("Otto Plum")
    gone = books.change("Customer", made, Active=False)
    assert gone["DisplayName"] == gone["FullyQualifiedName"] == "Otto Plum (deleted)"
    assert books.query("select * from Customer where DisplayName = 'Otto Plum (deleted)'") == {}
    hidden = books.find("Customer", "DisplayName = 'Otto Plum (deleted)' and Active = false")
    assert hidden["Id"] == made["Id"]
    assert books.customer("Otto Plum")["Id"] != made["Id"]


def test_a_customer_that_becomes_active_again_gets_its_name_back(books: Books):
    made = books.change("Customer", books.customer("Otto Plum"), Active=False)
    assert books.change("Customer", made, Active=True)["DisplayName"] == "Otto Plum"


def test_a_customer_with_an_open_balance_cannot_be_made_inactive(books: Books):
    with refused("6220"):
        books.change("Customer", books.read("Customer", "1"), Active=False)


def test_an_account_needs_a_type_or_a_sub_type_and_gets_the_other(books: Books):
    with refused("6010"):
        books.write("Account", {"Name": "Petty"})
    by_type = books.write("Account", {"Name": "Petty", "AccountType": "Bank"})
    assert (by_type["AccountSubType"], by_type["Classification"]) == ("Checking", "Asset")
    by_sub_type = books.write("Account", {"Name": "Fees", "AccountSubType": "BankCharges"})
    assert (by_sub_type["AccountType"], by_sub_type["Classification"]) == ("Expense", "Expense")
    with refused("2170"):
        books.write("Account", {"Name": "Odd", "AccountType": "Piggy Bank"})


def test_account_names_are_unique_among_siblings_only(books: Books):
    kits = books.write(
        "Account", {"Name": "Kits", "AccountType": "Income", "SubAccount": True, "ParentRef": {"value": "13"}}
    )
    assert kits["FullyQualifiedName"] == "Services:Kits"
    with refused("6240") as refusal:
        books.write("Account", {"Name": "kits", "AccountType": "Income", "SubAccount": True, "ParentRef": INCOME})
    assert refusal.value.detail.endswith("Id=19")


@pytest.mark.parametrize("name", ['Say "cheese"', "a:b"])
def test_account_names_have_neither_quotes_nor_colons(books: Books, name: str):
    with refused("2040"):
        books.write("Account", {"Name": name, "AccountType": "Income"})


def test_accounts_nest_five_levels_and_a_rename_reaches_the_lowest(books: Books):
    parent, ids = None, []
    for level in range(5):
        under: dict[str, object] = {"SubAccount": True, "ParentRef": {"value": parent}} if parent else {}
        made = books.write("Account", {"Name": f"L{level}", "AccountType": "Income", **under})
        parent = made["Id"]
        ids.append(parent)
    assert made["FullyQualifiedName"] == "L0:L1:L2:L3:L4"
    with refused("6180"):
        books.write("Account", {"Name": "L5", "AccountType": "Income", "ParentRef": {"value": parent}})
    books.change("Account", books.read("Account", ids[0]), Name="Top")
    assert books.read("Account", ids[4])["FullyQualifiedName"] == "Top:L1:L2:L3:L4"
    with refused("900"):
        books.change("Account", books.read("Account", ids[0]), SubAccount=True, ParentRef={"value": ids[4]})


def test_a_sub_account_has_the_type_of_its_parent(books: Books):
    with refused("6000"):
        books.write("Account", {"Name": "Odd", "AccountType": "Expense", "ParentRef": INCOME, "SubAccount": True})


def test_the_accounts_that_quickbooks_needs_cannot_be_made_inactive(books: Books):
    with refused("6000"):
        books.change("Account", books.find("Account", "Name = 'Undeposited Funds'"), Active=False)


def test_a_service_needs_an_income_account_of_a_type_that_can_be_one(books: Books):
    with refused("2020") as refusal:
        books.write("Item", {"Name": "Repair", "Type": "Service"})
    assert refusal.value.error["element"] == "IncomeAccountRef"
    with refused("6430"):
        books.write("Item", {"Name": "Repair", "Type": "Service", "IncomeAccountRef": {"value": "1"}})
    with refused("2500") as refusal:
        books.write("Item", {"Name": "Repair", "Type": "Service", "IncomeAccountRef": {"value": "777"}})
    assert refusal.value.detail == "Invalid Reference Id : Accounts element id 777 not found"


def test_item_names_are_unique_by_their_path_and_by_a_switch_everywhere(books: Books):
    category = books.write("Item", {"Name": "Evening", "Type": "Category"})
    body = {"Name": "Glaze Chemistry", "Type": "Service", "IncomeAccountRef": INCOME}
    with refused("6240") as refusal:
        books.write("Item", body)
    assert refusal.value.detail.endswith("Id=3")
    below = {**body, "SubItem": True, "ParentRef": {"value": category["Id"]}}
    books.control("options", {"item_names": "everywhere"})
    with refused("6240"):
        books.write("Item", below)
    books.control("options", {"item_names": "by_path"})
    assert books.write("Item", below)["FullyQualifiedName"] == "Evening:Glaze Chemistry"


def test_a_reference_to_something_inactive_is_refused(books: Books):
    account = books.write("Account", {"Name": "Old Income", "AccountType": "Income"})
    books.change("Account", account, Active=False)
    with refused("610"):
        books.write("Item", {"Name": "Repair", "Type": "Service", "IncomeAccountRef": {"value": account["Id"]}})


def test_terms_are_standard_or_date_driven(books: Books):
    assert books.write("Term", {"Name": "Net 45", "DueDays": 45})["Type"] == "STANDARD"
    assert books.write("Term", {"Name": "The 10th", "DayOfMonthDue": 10})["Type"] == "DATE_DRIVEN"
    with refused("2020"):
        books.write("Term", {"Name": "Some day"})
    with refused("2240"):
        books.write("Term", {"Name": "Long", "DueDays": 1000})
    with refused("6240"):
        books.write("Term", {"Name": "net 30", "DueDays": 30})


def test_company_info_and_preferences_can_be_read_and_queried(books: Books):
    info = books.read("CompanyInfo", books.running.company.company_id)
    assert (info["CompanyName"], info["Country"], info["Id"]) == ("Bramble & Birch Studio", "US", "1")
    assert books.query("select * from CompanyInfo")["CompanyInfo"] == [info]
    preferences = books.ask("GET", "preferences")["Preferences"]
    assert preferences["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2026-06-30"
    assert preferences["TaxPrefs"]["UsingSalesTax"] is False
    assert preferences["CurrencyPrefs"]["MultiCurrencyEnabled"] is False
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == "USD"


def test_a_category_holds_items_and_cannot_be_sold(books: Books):
    category = books.write("Item", {"Name": "Evening", "Type": "Category"})
    assert "UnitPrice" not in category
    with refused("2500") as refusal:
        books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [a_line("5", item=category["Id"])]})
    assert "is set up as a category instead of a product or service" in refusal.value.detail
    with refused("6000"):
        books.write("Item", {"Name": "X", "Type": "Service", "IncomeAccountRef": INCOME, "ParentRef": {"value": "1"}})
    with refused("5030"):
        books.write("Item", {"Name": "Pot", "Type": "Inventory", "IncomeAccountRef": INCOME})
    with refused("2170"):
        books.write("Item", {"Name": "Pot", "Type": "Gadget", "IncomeAccountRef": INCOME})


def test_preferences_can_be_changed_but_not_the_closing_date(books: Books):
    preferences = books.ask("GET", "preferences")["Preferences"]
    changed = books.change(
        "Preferences",
        preferences,
        SalesFormsPrefs={"CustomTxnNumbers": False},
        AccountingInfoPrefs={"BookCloseDate": "2020-01-01", "UseAccountNumbers": True},
    )
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is False
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    assert changed["AccountingInfoPrefs"]["BookCloseDate"] == "2026-06-30"
    account = books.write("Account", {"Name": "Petty", "AccountType": "Bank", "AcctNum": "1010"})
    assert account["AcctNum"] == "1010"
    with refused("6240"):
        books.write("Account", {"Name": "Other", "AccountType": "Bank", "AcctNum": "1010"})
    with refused("2050"):
        books.write("Account", {"Name": "Third", "AccountType": "Bank", "AcctNum": "10101010"})


def test_preferences_have_every_group_that_was_recorded(books: Books):
    preferences = books.ask("GET", "preferences")["Preferences"]
    assert preferences["EmailMessagesPrefs"]["InvoiceMessage"]["Subject"] == "Invoice from Bramble & Birch Studio"
    assert preferences["SalesFormsPrefs"]["DefaultTerms"] == {"value": books.find("Term", "Name = 'Net 30'")["Id"]}
    other = {pair["Name"]: pair["Value"] for pair in preferences["OtherPrefs"]["NameValue"]}
    assert (other["DateFormatMnemonic"], other["WarnDuplicateJournalNumber"]) == ("MMDDYYYY_SEP_SLASH", "true")
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    sold = books.write("Invoice", {"CustomerRef": {"value": "6"}, "Line": [line]})["Line"][0]["SalesItemLineDetail"]
    assert sold["ItemRef"]["value"] == other["SalesFormsPrefs.DefaultItem"]


def test_preferences_take_flags_and_texts_as_other_fields_do(books: Books):
    preferences = books.ask("GET", "preferences")["Preferences"]
    changed = books.change(
        "Preferences",
        preferences,
        SalesFormsPrefs={
            "DefaultCustomerMessage": "See you soon",
            "EmailCopyToCompany": "true",
            "IPNSupportEnabled": True,
        },
        TimeTrackingPrefs={"UseServices": True},
    )
    sales = changed["SalesFormsPrefs"]
    assert (sales["DefaultCustomerMessage"], sales["EmailCopyToCompany"]) == ("See you soon", True)
    assert sales["IPNSupportEnabled"] is False
    assert changed["TimeTrackingPrefs"]["UseServices"] is True
    with refused("2230"):
        books.change("Preferences", changed, SalesFormsPrefs={"AllowDiscount": "maybe"})
    body = "<Preferences><Id>1</Id><SyncToken>1</SyncToken><SalesFormsPrefs><AllowDiscount>false</AllowDiscount>"
    told = books.ask(
        *("POST", "preferences"),
        data=f"{body}</SalesFormsPrefs></Preferences>",
        headers={"Content-Type": "application/xml"},
    )
    assert told["Preferences"]["SalesFormsPrefs"]["AllowDiscount"] is False


def test_an_account_number_is_dropped_while_numbers_are_off(books: Books):
    assert "AcctNum" not in books.write("Account", {"Name": "Petty", "AccountType": "Bank", "AcctNum": "1010"})


def test_vendors_and_employees_have_their_own_fields(books: Books):
    vendor = books.write("Vendor", {"DisplayName": "Clay Direct", "AcctNum": "C-7", "TermRef": {"value": "3"}})
    assert (vendor["AcctNum"], vendor["TermRef"]["name"], vendor["Vendor1099"]) == ("C-7", "Net 30", False)
    employee = books.write("Employee", {"GivenName": "Rae", "FamilyName": "Stone", "HiredDate": "2026-01-05"})
    assert (employee["DisplayName"], employee["HiredDate"]) == ("Rae Stone", "2026-01-05")
    with refused("6240"):
        books.customer("rae stone")


def test_web_addresses_and_phone_numbers_are_checked(books: Books):
    made = books.customer("A", WebAddr={"URI": "https://example.com/a"}, PrimaryPhone={"FreeFormNumber": "1" * 30})
    assert made["WebAddr"] == {"URI": "https://example.com/a"}
    with refused("2200"):
        books.customer("B", WebAddr={"URI": "not a site"})
    with refused("2050"):
        books.customer("B", PrimaryPhone={"FreeFormNumber": "1" * 31})
    with refused("2050"):
        books.customer("B", BillAddr={f"Line{n}": "x" * 450 for n in range(1, 6)})
