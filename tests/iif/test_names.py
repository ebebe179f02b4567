"""Does every name and number keep its length, stay apart from others, and stay the same from file to file?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from books.answers import CustomerRef
from books.names import desktop_name
from books.orders import Address
from sync.quickbooks_desktop.reading.read import read_iif
from sync.quickbooks_desktop.writing.list_rows import DesktopItem, ListRows
from sync.quickbooks_desktop.writing.settings import IifSettings
from tests.iif.factories import TAX, a_new_customer, a_payment, an_iif_invoice, cells, file_of, rows_of
from tests.sample_books import NET_15
from tests.sample_orders import ACCOUNTS


def of_new(key: str, name: str):
    customer = CustomerRef(name=name, created_by=key)
    return replace(an_iif_invoice(), key=f"invoice:{key}", customer=customer)


def test_a_new_customers_name_is_cleaned_once_and_used_everywhere_and_told():
    file = file_of(a_new_customer("Zoë: Smith"), of_new("customer:1042", "Zoë: Smith"))

    assert cells(file, "CUST", "NAME") == ["Zoe- Smith"]
    assert cells(file, "TRNS", "NAME") == ["Zoe- Smith"]
    assert file.given == {"customer:1042": "Zoe- Smith"}
    assert {(change.document_key, change.field, change.before, change.after) for change in file.changed} >= {
        ("customer:1042", "NAME", "Zoë: Smith", "Zoe- Smith"),
        ("invoice:customer:1042", "NAME", "Zoë: Smith", "Zoe- Smith"),
    }


def test_two_new_customers_whose_names_become_one_are_told_apart():
    file = file_of(
        a_new_customer("Zoë Smith", "c1"), a_new_customer("Zoe Smith", "c2"), a_new_customer("ZOE SMITH", "c3")
    )
    names = cells(file, "CUST", "NAME")

    assert names[0] == "Zoe Smith"
    assert len({name.casefold() for name in names}) == 3
    assert all(name.lower().startswith("zoe smith") for name in names)


def test_a_name_that_desktop_has_on_any_list_is_not_used_again():
    lists = ListRows(taken=frozenset({"Ortega, Marie"}))
    (name,) = cells(file_of(a_new_customer(), lists=lists), "CUST", "NAME")

    assert name.startswith("Marie Ortega ~")


def test_quickbooks_takes_last_first_for_the_same_name():
    assert desktop_name("Ortega, Marie") == desktop_name("marie ortega")
    assert desktop_name("Smith, Jones, and Co") != desktop_name("Smith")


def test_a_name_given_by_an_earlier_file_is_kept():
    lists = ListRows(given={"customer:1042": "Ortega Marie (C1042)"})
    file = file_of(of_new("customer:1042", "Maria Ortega"), lists=lists)

    assert cells(file, "TRNS", "NAME") == ["Ortega Marie (C1042)"]
    assert file.changed[0].after == "Ortega Marie (C1042)"


def test_a_name_of_nothing_printable_still_is_a_name():
    (name,) = cells(file_of(a_new_customer("\u200b\t")), "CUST", "NAME")

    assert name.startswith("Name ~")


def test_a_long_name_is_cut_to_41_characters_and_told():
    file = file_of(a_new_customer("The Extraordinarily Long Name of a Pottery in the North"))

    assert len(cells(file, "CUST", "NAME")[0]) == 41
    assert file.changed[0].field == "NAME"
    assert read_iif(file.content).ok


@pytest.mark.parametrize(
    ("number", "in_file"),
    [("1042", "1042"), ("12345678901", "12345678901"), ("INV-2026-000123", "~026-000123"), ("10;42", "10,42")],
)
def test_a_number_keeps_its_end_within_eleven_characters(number, in_file):
    file = file_of(replace(an_iif_invoice(), number=number))

    assert cells(file, "TRNS", "DOCNUM") == [in_file]
    assert [change.after for change in file.changed if change.field == "DOCNUM"] == (
        [in_file] if number != in_file else []
    )
    assert f"Invoice {number.replace(';', ',')}" in cells(file, "TRNS", "MEMO")[0]


def test_two_long_numbers_with_one_end_stay_apart():
    file = file_of(
        *(replace(an_iif_invoice(), key=number, number=number) for number in ("A-2026-000123", "B-2026-000123"))
    )
    one, two = cells(file, "TRNS", "DOCNUM")

    assert one != two
    assert max(map(len, (one, two))) <= 11


def test_a_payments_number_may_have_twenty_characters():
    file = file_of(replace(a_payment(), number="ch_1234567890abcdefg"))

    assert cells(file, "SPL", "DOCNUM") == ["ch_1234567890abcdefg"]


def test_a_long_address_is_cut_and_told():
    customer = a_new_customer()
    street = "1204 Extraordinarily Long Boulevard of the Potters"
    file = file_of(replace(customer, billing=replace(customer.billing, line1=street)))

    assert cells(file, "CUST", "BADDR2") == ["1204 Extraordinarily Long Boulevard of..."]
    assert [change.field for change in file.changed] == ["BADDR2"]


def test_a_document_of_a_job_is_addressed_to_its_customer():
    job = CustomerRef(quickbooks_id="9", name="O'Malley & Daughters:Kiln")

    assert cells(file_of(replace(an_iif_invoice(), customer=job)), "TRNS", "ADDR1") == ["O'Malley & Daughters"]


def test_customers_that_quickbooks_has_are_named_and_nothing_else_of_them():
    file = file_of(an_iif_invoice(), a_new_customer())

    assert rows_of(file)[:2] == ["!CUST\tNAME", "CUST\tPriya Natarajan"]
    assert rows_of(file)[2].startswith("!CUST\tNAME\tBADDR1")


def test_a_job_stands_below_its_customer():
    job = CustomerRef(quickbooks_id="9", name="O'Malley & Daughters:Kiln")
    file = file_of(replace(an_iif_invoice(), customer=job))

    assert cells(file, "CUST", "NAME") == ["O'Malley & Daughters", "O'Malley & Daughters:Kiln"]


def test_no_list_is_written_but_what_the_company_asks_for_and_the_file_brings_in():
    settings = IifSettings(write_customers=False)
    file = file_of(an_iif_invoice(), a_new_customer(), settings=settings)

    assert cells(file, "CUST", "NAME") == ["Marie Ortega"]
    assert [section.keyword for section in file.sections] == ["CUST"]


def test_lists_stand_before_transactions_parents_before_what_is_below_them():
    settings = IifSettings(
        sales_tax=TAX, write_accounts=True, write_items=True, write_terms=True, write_tax_agency=True
    )
    lists = ListRows(
        account_types={"Services": "Income"},
        account_marks={"Undeposited Funds": "UNDEPOSIT"},
        items={
            "Wheel Throwing 101": DesktopItem(
                name="Wheel Throwing 101", item_type="SERV", account="Services:Training:Classes"
            ),
            "Starter Clay Kit": DesktopItem(name="Starter Clay Kit", item_type="INVENTORY", account="Sales:Kits"),
        },
    )
    invoice = replace(an_iif_invoice(), terms=NET_15)
    file = file_of(invoice, a_payment(), settings=settings, lists=lists)

    assert [section.keyword for section in file.sections] == ["ACCNT", "VTYPE", "VEND", "INVITEM", "TERMS", "CUST"]
    accounts = cells(file, "ACCNT", "NAME")
    assert (
        accounts.index("Services") < accounts.index("Services:Training") < accounts.index("Services:Training:Classes")
    )
    assert rows_of(file)[1 + accounts.index("Undeposited Funds")] == "ACCNT\tUndeposited Funds\tOCASSET\tUNDEPOSIT"
    assert rows_of(file)[1 + accounts.index("Accounts Receivable")] == "ACCNT\tAccounts Receivable\tAR\t"
    assert "VEND\tDept of Revenue\tTax agency" in rows_of(file)
    assert "TERMS\tNet 15\t15\t0" in rows_of(file)
    # An inventory item needs more than a name, and is in QuickBooks already
    assert cells(file, "INVITEM", "NAME") == ["Wheel Throwing 101"]
    assert read_iif(file.content).ok


def test_the_account_of_what_is_below_gives_its_parent_the_type():
    file = file_of(an_iif_invoice(), settings=IifSettings(write_accounts=True))
    types = dict(zip(cells(file, "ACCNT", "NAME"), cells(file, "ACCNT", "ACCNTTYPE"), strict=True))

    assert types["Services:Training"] == "INC"
    assert types["Sales Tax Payable"] == "OCLIAB"
    assert ACCOUNTS["Services:Training"].account_type == "Income"


def test_a_long_city_costs_neither_the_region_nor_the_postal_code():
    city = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysilio"
    town = Address(line1="7 Shields Street", city=city, region="CO", postal_code="80521")

    file = file_of(replace(an_iif_invoice(), billing=town))

    (place,) = cells(file, "TRNS", "ADDR3")
    assert place.endswith(", CO 80521")
    assert len(place) <= 41
    assert [change.before for change in file.changed] == [city]
