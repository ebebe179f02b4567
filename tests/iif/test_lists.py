"""Are Desktop's own list exports read as they are, and refused as a whole where a row cannot be trusted?"""

# ruff: noqa: E501 - rows of Desktop's own exports are as long as they are

from __future__ import annotations

import pytest

from sync.quickbooks_desktop.reading.lists import DesktopLists, UnreadableLists, read_lists
from tests.iif.factories import iif

HDR = "!HDR | PROD | VER | REL | IIFVER | DATE | TIME | ACCNTNT | ACCNTNTSPLITTIME\nHDR | QuickBooks Pro | Version 32.0D | Release R1P | 1 | 2026-08-14 | 1786665600 | N | 0\n"
ACCOUNTS = """
    !ACCNT | NAME | REFNUM | TIMESTAMP | ACCNTTYPE | OBAMOUNT | DESC | ACCNUM | SCD | BANKNUM | EXTRA | HIDDEN | DELCOUNT | USEID
    ACCNT | Checking | 1 | 1786665600 | BANK | "9,600.25" | Main account | 1000 | 0 | | | N | 0 | N
    ACCNT | Accounts Receivable | 2 | 1786665600 | AR | 0.00 | | | 0 | | | N | 0 | N
    ACCNT | Undeposited Funds | 3 | 1786665600 | OCASSET | 0.00 | | | 0 | | UNDEPOSIT | N | 0 | N
    ACCNT | Services | 4 | 1786665600 | INC | 0.00 | | 4000 | 0 | | | N | 0 | N
    ACCNT | Services:Training | 5 | 1786665600 | INC
    ACCNT | Old income | 6 | 1786665600 | EXINC | 0.00 | | | 0 | | | Y | 0 | N
    ACCNT | Estimates | 7 | 1786665600 | NONPOSTING | 0.00 | | | 0 | | ESTIMATE | N | 0 | N | | | |
"""
TERMS = """
    !TERMS | NAME | REFNUM | TIMESTAMP | DUEDAYS | MINDAYS | DISCPER | DISCDAYS | TERMSTYPE | HIDDEN
    TERMS | Net 30 | 1 | 1786665600 | 30 | 0 | 0.00% | 0 | 0 | N
    TERMS | 15th of the month | 2 | 1786665600 | 15 | 5 | 0.00% | 0 | 1 | N
"""
ITEMS = """
    !INVITEM | NAME | REFNUM | TIMESTAMP | INVITEMTYPE | DESC | PURCHASEDESC | ACCNT | ASSETACCNT | COGSACCNT | QNTY | QNTY | PRICE | COST | TAXABLE | SALESTAXCODE | HIDDEN | DELCOUNT
    INVITEM | Class | 1 | 1786665600 | SERV | "Class, 6 weeks" | | Services:Training | | | | | 120 | 0 | N | Non | N | 0
    INVITEM | Class:Evening | 2 | 1786665600 | SERV | | | Services:Training | | | | | 90.00 | 0 | N | Non | N | 0
    INVITEM | Clay | 3 | 1786665600 | PART | 25 lb\\n bag | | Services | | | 4 | 4 | 18.5 | 9 | Y | Tax | Y | 0
    !INVITEM | NAME | REFNUM | TIMESTAMP | INVITEMTYPE | DESC | TOPRINT | EXTRA | QNTY | QNTY
    INVITEM | Beginner set | 4 | 1786665600 | GRP | Everything | N | | |
    INVITEM | Class | 1 | 1786665600 | SERV | | N | | 1 | 1
    INVITEM | Clay | 3 | 1786665600 | PART | | N | ENDGRP | 2 | 2
    ENDGRP
"""
CUSTOMERS = """
    !CUST | NAME | REFNUM | TIMESTAMP | BADDR1 | BADDR2 | BADDR3 | EMAIL | PHONE1 | TERMS | TAXABLE | COMPANYNAME | FIRSTNAME | LASTNAME | HIDDEN | DELCOUNT
    CUST | "Ortega, Marie" | 1 | 1786665600 | Marie Ortega | 12 Elm St | "Mesa, AZ 85201" | m.ortega@example.com | 480-555-0100 | Net 30 | Y | | Marie | Ortega | N | 0
    CUST | Café Noë | 2 | 1786665600 | | | | | | | N | Café Noë | | | N | 0
    CUST | Café Noë:Kiln | 3 | 1786665600 | | | | | | | N | | | | Y | 0
    !VEND | NAME | VTYPE
    VEND | Dept of Revenue | Tax agency
"""
WHOLE = HDR + ACCOUNTS + TERMS + ITEMS + CUSTOMERS


def read(text: str | bytes) -> DesktopLists:
    lists = read_lists(text if isinstance(text, bytes) else iif(text))
    assert isinstance(lists, DesktopLists), [(finding.line, finding.message.worded()) for finding in lists.findings]
    return lists


def refused(data: bytes) -> list[tuple[int | None, str]]:
    lists = read_lists(data)
    assert isinstance(lists, UnreadableLists)
    assert all("%(" not in finding.message.worded() for finding in lists.findings)
    return [(finding.line, finding.code) for finding in lists.findings]


@pytest.mark.criterion("B11")
def test_accounts_come_with_quickbooks_types_numbers_marks_and_whether_they_are_active():
    accounts = {account.name: account for account in read(WHOLE).accounts}

    assert {name: account.account_type for name, account in accounts.items()} == {
        "Checking": "Bank",
        "Accounts Receivable": "Accounts Receivable",
        "Undeposited Funds": "Other Current Asset",
        "Services": "Income",
        "Services:Training": "Income",
        "Old income": "Other Income",
        "Estimates": "Non-Posting",
    }
    assert (accounts["Checking"].number, accounts["Checking"].reference) == ("1000", "1")
    assert accounts["Undeposited Funds"].mark == "UNDEPOSIT"
    assert [name for name, account in accounts.items() if not account.active] == ["Old income"]


@pytest.mark.criterion("B11")
def test_items_come_with_their_account_and_a_group_once_without_its_members():
    items = read(WHOLE).items

    assert [(item.name, item.item_type, item.account, item.active) for item in items] == [
        ("Class", "Service", "Services:Training", True),
        ("Class:Evening", "Service", "Services:Training", True),
        ("Clay", "NonInventory", "Services", False),
        ("Beginner set", "Group", "", True),
    ]
    assert items[0].description == "Class, 6 weeks"


@pytest.mark.criterion("B11")
def test_customers_come_with_email_terms_and_address_in_windows_1252():
    customers = read(WHOLE).customers

    assert [(customer.name, customer.active) for customer in customers] == [
        ("Ortega, Marie", True),
        ("Café Noë", True),
        ("Café Noë:Kiln", False),
    ]
    assert (customers[0].email, customers[0].terms, customers[0].given_name) == (
        "m.ortega@example.com",
        "Net 30",
        "Marie",
    )
    assert customers[0].billing == ("Marie Ortega", "12 Elm St", "Mesa, AZ 85201")


def test_terms_by_day_of_the_month_have_no_due_days():
    assert [(term.name, term.due_days) for term in read(WHOLE).terms] == [("Net 30", 30), ("15th of the month", None)]


def test_names_of_vendors_are_known_to_be_taken():
    assert read(WHOLE).other_names == {"VEND": ("Dept of Revenue",)}


def test_a_file_says_which_lists_it_has():
    assert read(WHOLE).present == ("ACCNT", "TERMS", "INVITEM", "CUST")
    assert read(TERMS).present == ("TERMS",)
    assert read("!CUST | NAME | HIDDEN").customers == ()


def test_what_quickbooks_own_exports_always_have_is_no_finding():
    assert read(WHOLE).findings == ()


def test_an_export_of_quickbooks_for_mac_is_read():
    mac = b'!HDR\tPROD\tVER\r\nHDR\tQuickBooks\t"Version\t19"\r\n' + iif(ACCOUNTS)

    assert len(read(mac).accounts) == 7
    assert len(read(mac.replace(b"\r\n", b"\r")).accounts) == 7


def test_a_list_that_nobody_asked_for_is_passed_over_and_named():
    lists = read(TERMS + "!NEWLIST | NAME\nNEWLIST | Something\n")

    assert [(finding.line, finding.code) for finding in lists.findings] == [(4, "unknown-list")]


def test_an_unknown_type_of_item_is_kept_and_told():
    lists = read(ACCOUNTS + ITEMS.replace("| SERV |", "| RENTAL |", 1))

    assert lists.items[0].item_type == "RENTAL"
    assert [finding.code for finding in lists.findings] == ["unknown-item-type"]


def test_a_name_that_another_list_of_the_file_lacks_is_told():
    lists = read(WHOLE.replace("Net 30 | Y |", "Net 31 | Y |"))

    assert [(finding.code, dict(finding.facts)["name"]) for finding in lists.findings] == [("not-in-a-list", "Net 31")]


WHOLE_BYTES = iif(WHOLE)
BAD = {
    "empty": (b"", "empty"),
    "a workbook": (b"PK\x03\x04" + b"x" * 50, "not-text"),
    "UTF-16": (WHOLE.encode("utf-16"), "utf-16"),
    "UTF-8 with its mark": (b"\xef\xbb\xbf" + WHOLE_BYTES, "utf-8-bom"),
    "UTF-8": (WHOLE_BYTES.decode("cp1252").encode(), "utf-8"),
    "another code page": (WHOLE_BYTES.replace(b"Caf\xe9", b"Caf\x81"), "other-code-page"),
    "commas instead of tabs": (WHOLE_BYTES.replace(b"\t", b","), "comma-file"),
    "a CSV file": (b"Name,Type,Balance\r\nChecking,Bank,1.00\r\n", "another-kind"),
    "transactions": (iif("!TRNS | TRNSTYPE | DATE | ACCNT | AMOUNT"), "transactions-not-lists"),
    "other lists": (iif("!CLASS | NAME\nCLASS | West"), "no-lists"),
    "cut off in a row": (WHOLE_BYTES[: WHOLE_BYTES.index(b"Tax agency") - 1], "cut-off"),
    "cut off in a keyword": (WHOLE_BYTES[: WHOLE_BYTES.index(b"CUST\t\"Ort") + 2], "cut-off"),
    "cut off in quotes": (WHOLE_BYTES[: WHOLE_BYTES.index(b"AZ 85201")], "quote"),
    "a field too many": (WHOLE_BYTES.replace(b"INC\t0.00", b"INC\t\t0.00", 1), "long-row"),
    "a field lost": (WHOLE_BYTES.replace(b"Checking\t1\t", b"Checking\t", 1), "unknown-account-type"),
    "a header lost": (WHOLE_BYTES.replace(b"ACCNTTYPE\t", b"", 1), "missing-column"),
    "no header": (iif("ACCNT | Checking | BANK"), "no-header"),
    "a name twice": (iif(TERMS + "TERMS | net 30 | 3 | 0 | 30"), "repeated-name"),
    "a name without": (iif("!CUST | NAME | HIDDEN\nCUST | | N"), "blank-value"),
    "no parent": (iif("!ACCNT | NAME | ACCNTTYPE\nACCNT | A:B | INC"), "no-parent"),
    "days that are no number": (iif("!TERMS | NAME | DUEDAYS\nTERMS | Net 30 | N"), "not-a-number"),
    "neither hidden nor not": (iif("!CUST | NAME | HIDDEN\nCUST | Marie | 0"), "not-yes-no"),
    "a control character": (iif("!CUST | NAME\nCUST | Ma\x07rie"), "control-character"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_trusted_is_refused_with_its_reason(data, code):
    assert code in [fault for _, fault in refused(data)]


def test_every_fault_is_told_at_once_with_its_line():
    text = "!ACCNT | NAME | ACCNTTYPE | HIDDEN\nACCNT | A | WHAT | N\nACCNT | | INC | N\nACCNT | C | INC | maybe\n"

    assert refused(iif(text)) == [(2, "unknown-account-type"), (3, "blank-value"), (4, "not-yes-no")]
