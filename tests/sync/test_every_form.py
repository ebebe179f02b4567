"""Does QuickBooks, over real HTTP, end up with the debits and credits that each form of document predicts?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company
from mapping.models import SourceDimensions
from sync.lists.refresh import refresh_lists
from sync.models import Document
from tests.factories import SYSTEM, document_of, prepared
from tests.simulators.driver import Books
from tests.sync.every_form import Amounts, choose, moved, nothing_more_is_sent, post, stored
from tests.sync.pushing import push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.criterion("A40", "A41", "A42", "A43", "B37", "B38", "B39")
def test_quickbooks_own_forms(studio: Company, quickbooks: Books) -> None:
    choose(
        studio,
        accounts={"refund_credit": "Checking"},
        sales_receipts=True,
        credit_item="Goodwill Credit",
        refund_item="Goodwill Credit",
    )

    forms, changed = post(studio, quickbooks, "2026-08-14  order 61\nWT-101  199.00\npaid 2026-08-14  Card  199.00")
    assert forms == ["sales-receipt"]
    assert changed == {"Undeposited Funds": Decimal(199), "Services:Training:Classes": Decimal(-199)}
    assert stored(quickbooks, document_of(studio, "61", "sales-receipt"), "SalesReceipt")["Balance"] == 0

    text = "2026-08-14  order 62\nWT-101  199.00\npaid 2026-08-15  Card  150.00\ncredit 2026-08-16  Comp  30.00"
    forms, changed = post(studio, quickbooks, text)
    assert forms == ["invoice", "payment", "credit-memo", "credit-application"]
    assert changed["Accounts Receivable"] == 19
    assert stored(quickbooks, document_of(studio, "62"), "Invoice")["Balance"] == 19
    assert stored(quickbooks, document_of(studio, "62", "credit"), "CreditMemo")["RemainingCredit"] == 0

    text = "2026-08-14  order 63\nKIT-CLAY  49.00\npaid 2026-08-14  Card  49.00\nrefund 2026-08-20  Broken  9.50"
    forms, changed = post(studio, quickbooks, text)
    assert forms == ["sales-receipt", "refund-receipt"]
    assert (changed["Checking"], changed["Refunds & Allowances"]) == (Decimal("-9.50"), Decimal("9.50"))

    forms, changed = post(
        studio, quickbooks, "2026-09-03  order 64\nKIT-CLAY  -2 x 24.50\nBK-POT  18.00\nshipping  -8.00"
    )
    assert forms == ["credit-memo"]
    assert changed["Accounts Receivable"] == -39
    assert stored(quickbooks, document_of(studio, "64", "return"), "CreditMemo")["RemainingCredit"] == 39
    nothing_more_is_sent(studio)


@pytest.mark.criterion("A42", "A43", "A50", "B39")
def test_credits_and_refunds_as_journal_entries(studio: Company, quickbooks: Books) -> None:
    text = "2026-08-14  order 65\nWT-101  199.00\npaid 2026-08-15  Card  100.00\ncredit 2026-08-16  Comp  99.00"
    forms, changed = post(studio, quickbooks, text)

    assert forms == ["invoice", "payment", "journal-entry", "credit-application"]
    assert changed == {
        "Undeposited Funds": Decimal(100),
        "Refunds & Allowances": Decimal(99),
        "Services:Training:Classes": Decimal(-199),
    }
    assert stored(quickbooks, document_of(studio, "65"), "Invoice")["Balance"] == 0

    forms, changed = post(studio, quickbooks, "2026-08-14  order 66\nWT-101  50.00\nrefund 2026-08-20  Moved  20.00")
    assert forms == ["invoice", "journal-entry"]
    assert changed["Accounts Receivable"] == 30  # what is owed for the order, less the refund
    entry = stored(quickbooks, document_of(studio, "66", "refund"), "JournalEntry")
    named = [line["JournalEntryLineDetail"].get("Entity", {}).get("Type") for line in entry["Line"]]
    assert named == [None, "Customer"]

    choose(studio, accounts={"refund_credit": "Checking", "payment_credit": "Wholesale Receivables"})
    text = "2026-08-14  order 72\nWT-101  50.00\npaid 2026-08-15  Card  50.00\nrefund 2026-08-20  Moved  20.00"
    forms, changed = post(studio, quickbooks, text)
    assert forms == ["invoice", "journal-entry", "journal-entry"]
    assert (changed["Accounts Receivable"], changed["Wholesale Receivables"], changed["Checking"]) == (
        Decimal(50),
        Decimal(-50),
        Decimal(-20),
    )
    nothing_more_is_sent(studio)


@pytest.mark.criterion("A47")
def test_an_invoice_on_another_receivable_is_settled_by_its_payment_and_its_credit(
    studio: Company, quickbooks: Books
) -> None:
    other = "Wholesale Receivables"
    choose(studio, accounts={"invoice_debit": other, "payment_credit": other, "credit_credit": other})
    text = """
        2026-08-14         order 67  #7 Sam Doe <sam@example.com>
        WT-101             199.00
        BK-POT             0.00
        order-discount     Friends  -9.00
        paid 2026-08-15    Card     100.00
        credit 2026-08-16  Comp     60.00
    """

    forms, changed = post(studio, quickbooks, text)

    assert forms == ["customer", "journal-entry", "payment", "journal-entry", "credit-application"]
    assert changed[other] == 30
    customer = stored(quickbooks, document_of(studio, "67", "customer"), "Customer")
    assert customer["Balance"] == 30
    payment = stored(quickbooks, document_of(studio, "67", "payment"), "Payment")
    assert payment["UnappliedAmt"] == 0
    assert payment["Line"][0]["LinkedTxn"][0]["TxnType"] == "JournalEntry"
    nothing_more_is_sent(studio)


def test_tax_with_a_code_a_discount_line_a_class_and_a_location(studio: Company, quickbooks: Books) -> None:
    quickbooks.control("preferences", {"TaxPrefs": {"UsingSalesTax": True}})
    quickbooks.control(
        "preferences", {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}}
    )
    quickbooks.write("Class", {"Name": "Online"})
    quickbooks.write("Department", {"Name": "Denver"})
    agency = quickbooks.write("TaxAgency", {"DisplayName": "City of Denver"})["Id"]
    rates = [
        {"TaxRateName": name, "RateValue": percent, "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
        for name, percent in (("State of CO", "2.9"), ("Denver city", "5.91"))
    ]
    quickbooks.ask("POST", "taxservice/taxcode", body={"TaxCode": "Denver", "TaxRateDetails": rates})
    assert not refresh_lists(studio).failed
    choose(studio, sales_tax_as="quickbooks", sales_tax_code="Denver", discounts_as="line", sales_receipts=True)
    SourceDimensions.objects.create(
        company=studio, system=SYSTEM, quickbooks_class="Online", quickbooks_location="Denver"
    )
    order = """
        2026-08-14      order 68
        KIT-CLAY        2 x 24.50
        KIT-GLAZE       20.00
        shipping        8.00
        order-discount  Returning student  -9.00
        tax             5.29
    """

    forms, changed = post(studio, quickbooks, order)
    assert forms == ["invoice"]
    assert changed == {
        "Accounts Receivable": Decimal("73.29"),
        "Sales:Kits": Decimal(-69),
        "Shipping Income": Decimal(-8),
        "Discounts Given": Decimal(9),
        "Sales Tax Payable": Decimal("-5.29"),
    }
    invoice = stored(quickbooks, document_of(studio, "68"), "Invoice")
    assert (invoice["Balance"], invoice["DepartmentRef"]["name"]) == (Decimal("73.29"), "Denver")
    assert invoice["TxnTaxDetail"]["TotalTax"] == Decimal("5.29")
    sold = [line["SalesItemLineDetail"] for line in invoice["Line"] if "SalesItemLineDetail" in line]
    assert [detail["TaxCodeRef"]["value"] for detail in sold] == ["TAX", "TAX", "NON"]
    off = [line["DiscountLineDetail"] for line in invoice["Line"] if "DiscountLineDetail" in line]
    assert {detail["ClassRef"]["name"] for detail in (*sold, *off)} == {"Online"}

    forms, _ = post(
        studio, quickbooks, "2026-08-14  order 69\nKIT-CLAY  10.00\ntax  0.88\npaid 2026-08-14  Card  10.88"
    )
    assert forms == ["sales-receipt"]
    forms, _ = post(studio, quickbooks, "2026-09-14  order 70\nKIT-CLAY  -10.00\ntax  -0.88")
    assert forms == ["credit-memo"]

    choose(studio, accounts={"invoice_debit": "Wholesale Receivables"}, discounts_as="line")
    forms, _ = post(studio, quickbooks, "2026-09-14  order 71\nKIT-CLAY  20.00\norder-discount  Friends  -2.00")
    assert forms == ["journal-entry"]
    entry = stored(quickbooks, document_of(studio, "71"), "JournalEntry")
    details = [line["JournalEntryLineDetail"] for line in entry["Line"]]
    assert {detail["DepartmentRef"]["name"] for detail in details} == {"Denver"}
    assert [detail.get("ClassRef", {}).get("name") for detail in details] == [None, "Online", "Online"]
    nothing_more_is_sent(studio)


def test_quickbooks_adds_no_tax_of_its_own_to_what_the_source_has_taxed_or_not(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.control("preferences", {"TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True}})
    agency = quickbooks.write("TaxAgency", {"DisplayName": "City of Denver"})["Id"]
    rate = {"TaxRateName": "Denver", "RateValue": "8", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
    quickbooks.ask("POST", "taxservice/taxcode", body={"TaxCode": "Denver", "TaxRateDetails": [rate]})
    for name in ("Wheel Throwing 101", "Goodwill Credit"):
        quickbooks.change("Item", quickbooks.find("Item", f"Name = '{name}'"), Taxable=True)
    choose(studio, accounts={"refund_credit": "Checking"}, credit_item="Goodwill Credit", refund_item="Goodwill Credit")
    text = """
        2026-08-14         order 73
        WT-101             100.00
        tax                8.00
        paid 2026-08-15    Card   50.00
        credit 2026-08-16  Comp   20.00
        refund 2026-08-17  Moved  10.00
    """

    forms, changed = post(studio, quickbooks, text)

    assert set(forms) == {"invoice", "payment", "credit-memo", "credit-application", "refund-receipt"}
    assert changed["Accounts Receivable"] == 38
    forms, changed = post(studio, quickbooks, "2026-09-14  order 74\nWT-101  -100.00")
    assert changed["Accounts Receivable"] == -100


def follows(company: Company, books: Books, before: Amounts, *texts: str, asked: tuple[str, ...] = ()) -> set[str]:
    """Send what these orders have become; the states of the documents, whose postings QuickBooks agrees with.

    Args:
        company: Which posts.
        books: What QuickBooks holds.
        before: By account, its balance before all of it.
        texts: The orders.
        asked: The documents that a person has to decide about.
    """
    prepared(company, *texts)
    push(company)
    rows = list(Document.objects.exclude(kind="customer"))
    predicted: dict[str, Decimal] = {}
    for row in rows:
        for posting in row.value().postings if row.state == "posted" else ():
            predicted[posting.account.path] = predicted.get(posting.account.path, Decimal(0)) + posting.amount
    assert moved(before, books.ledger()) == {path: amount for path, amount in predicted.items() if amount}
    assert tuple(str(row) for row in rows if row.pending) == asked
    nothing_more_is_sent(company)
    return {f"{row.form} {row.state}" for row in rows}


@pytest.mark.criterion("C43", "C45")
def test_every_form_follows_its_order_and_goes_with_it(studio: Company, quickbooks: Books) -> None:
    choose(
        studio,
        accounts={"refund_credit": "Checking"},
        sales_receipts=True,
        credit_item="Goodwill Credit",
        refund_item="Goodwill Credit",
    )
    sold = (
        "2026-08-14  order 81\nWT-101  199.00\npaid 2026-08-14  Card  199.00",
        "2026-08-14  order 82\nWT-101  199.00\npaid 2026-08-15  Card  150.00\ncredit 2026-08-16  Comp  30.00",
        "2026-08-14  order 83\nKIT-CLAY  49.00\npaid 2026-08-15  Card  49.00\nrefund 2026-08-20  Broken  9.50",
        "2026-09-03  order 84\nKIT-CLAY  -2 x 24.50\nBK-POT  18.00",
    )
    before = quickbooks.ledger()
    assert {follow.partition(" ")[2] for follow in follows(studio, quickbooks, before, *sold)} == {"posted"}
    first = dict(Document.objects.values_list("key", "quickbooks_id"))

    changed = (
        sold[0].replace("199.00", "210.00"),
        sold[1].replace("30.00", "40.00"),
        sold[2].replace("9.50", "12.00"),
        sold[3].replace("18.00", "17.00"),
    )
    follows(studio, quickbooks, before, *changed)
    assert dict(Document.objects.values_list("key", "quickbooks_id")) == first

    gone = (changed[0].replace("paid", "voided"), changed[1], changed[2].replace("12.00", "49.00"), changed[3])
    # Money of a canceled order that went back is no allowance, and a refund receipt cannot become an entry
    cancelled = (f"{text}\nstatus  cancelled" for text in gone)
    states = follows(studio, quickbooks, before, *cancelled, asked=("Refund RF-83-2",))
    assert states == {
        "sales-receipt voided",
        "invoice voided",
        "credit-memo voided",
        "credit-application voided",
        "payment posted",
        "refund-receipt posted",
    }


def all_payments(books: Books) -> list[Any]:
    """QuickBooks' payments, the oldest first."""
    return list(books.query("SELECT * FROM Payment ORDERBY Id")["Payment"])


TWICE = """
    2026-08-14          order 91
    KIT-CLAY            48.00
    paid 2026-08-20     Card  48.00
    paid 2026-08-20     Card  48.00
"""


@pytest.mark.parametrize("item", ["", "Goodwill Credit"])
def test_a_duplicate_payment_that_went_back_is_tied_to_its_refund(
    studio: Company, quickbooks: Books, item: str
) -> None:
    choose(studio, accounts={"refund_credit": "Checking"}, refund_item=item)

    forms, changed = post(studio, quickbooks, TWICE + "refund 2026-08-22  Duplicate  48.00")

    assert forms == ["invoice", "payment", "payment", "journal-entry"]
    assert changed == {"Undeposited Funds": Decimal(96), "Sales:Kits": Decimal(-48), "Checking": Decimal(-48)}
    assert [all_payment["UnappliedAmt"] for all_payment in all_payments(quickbooks)[-2:]] == [0, 0]
    assert stored(quickbooks, document_of(studio, "91"), "Invoice")["Balance"] == 0
    nothing_more_is_sent(studio)


def test_a_refund_that_comes_or_changes_later_is_tied_and_let_go_of(studio: Company, quickbooks: Books) -> None:
    choose(studio, accounts={"refund_credit": "Checking"})
    before = quickbooks.ledger()
    follows(studio, quickbooks, before, TWICE)

    for amount, unapplied in (("48.00", 0), ("30.00", 18), ("60.00", 0)):
        follows(studio, quickbooks, before, TWICE + f"refund 2026-08-22  Duplicate  {amount}")
        assert all_payments(quickbooks)[-1]["UnappliedAmt"] == unapplied
    assert moved(before, quickbooks.ledger())["Refunds & Allowances"] == 12


def test_a_return_and_a_credit_that_were_paid_out_are_used_on_their_refunds(studio: Company, quickbooks: Books) -> None:
    choose(studio, accounts={"refund_credit": "Checking"}, credit_item="Goodwill Credit")

    forms, changed = post(
        studio, quickbooks, "2026-09-03  order 92\nKIT-CLAY  -24.50\nrefund 2026-09-04  Paid out  24.50"
    )
    assert changed == {"Sales:Kits": Decimal("24.50"), "Checking": Decimal("-24.50")}
    assert forms == ["credit-memo", "journal-entry", "credit-application"]
    assert stored(quickbooks, document_of(studio, "92", "return"), "CreditMemo")["RemainingCredit"] == 0

    text = "2026-08-14  order 93\nWT-101  199.00\npaid 2026-08-15  Card  199.00\ncredit 2026-08-16  Comp  30.00"
    forms, changed = post(studio, quickbooks, text + "\nrefund 2026-08-17  Comp  30.00")
    assert forms == ["invoice", "payment", "credit-memo", "journal-entry", "credit-application"]
    assert changed["Refunds & Allowances"] == 30
    assert changed["Checking"] == -30
    assert stored(quickbooks, document_of(studio, "93", "credit"), "CreditMemo")["RemainingCredit"] == 0
    nothing_more_is_sent(studio)


def test_what_was_an_allowance_is_none_once_its_order_is_cancelled(studio: Company, quickbooks: Books) -> None:
    choose(studio, accounts={"refund_credit": "Checking"})
    before = quickbooks.ledger()
    sold = "2026-08-14  order 94\nKIT-CLAY  48.00\npaid 2026-08-15  Card  48.00\nrefund 2026-08-20  Back  48.00"
    follows(studio, quickbooks, before, sold)
    assert moved(before, quickbooks.ledger())["Refunds & Allowances"] == 48

    follows(studio, quickbooks, before, f"{sold}\nstatus  cancelled")

    assert moved(before, quickbooks.ledger()) == {"Undeposited Funds": Decimal(48), "Checking": Decimal(-48)}
    assert all_payments(quickbooks)[-1]["UnappliedAmt"] == 0


def test_an_inventory_item_at_a_price_of_many_decimals_is_sold_with_its_quantity(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.control("preferences", {"ProductAndServicesPrefs": {"QuantityOnHand": True}})
    asset = quickbooks.write(
        "Account", {"Name": "Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"}
    )
    cost = quickbooks.write(
        "Account", {"Name": "Cost", "AccountType": "Cost of Goods Sold", "AccountSubType": "SuppliesMaterialsCogs"}
    )
    kit = quickbooks.find("Item", "Name = 'Starter Clay Kit'")
    quickbooks.change("Item", kit, Name="Old kit", Sku="OLD", Active=False)
    accounts = {"IncomeAccountRef": kit["IncomeAccountRef"]}
    accounts |= {"AssetAccountRef": {"value": asset["Id"]}, "ExpenseAccountRef": {"value": cost["Id"]}}
    stock = {"TrackQtyOnHand": True, "QtyOnHand": 50, "InvStartDate": "2026-08-01"}
    quickbooks.write("Item", {"Name": "Starter Clay Kit", "Type": "Inventory", **accounts, **stock})
    assert not refresh_lists(studio).failed

    prepared(studio, "2026-08-14  order 95\nKIT-CLAY  3 x 3.3333333333")
    push(studio)

    line = stored(quickbooks, document_of(studio, "95"), "Invoice")["Line"][0]
    sold = line["SalesItemLineDetail"]
    assert (line["Amount"], sold["Qty"], sold["UnitPrice"]) == (10, 3, Decimal("3.3333333"))
    assert quickbooks.find("Item", "Name = 'Starter Clay Kit'")["QtyOnHand"] == 47


def test_only_the_products_that_were_taxed_bear_the_code_and_the_tax_is_the_one_charged(
    studio: Company, quickbooks: Books
) -> None:
    quickbooks.control("preferences", {"TaxPrefs": {"UsingSalesTax": True}})
    agency = quickbooks.write("TaxAgency", {"DisplayName": "City of Denver"})["Id"]
    rates = [
        {"TaxRateName": name, "RateValue": percent, "TaxAgencyId": agency, "TaxApplicableOn": "Sales"}
        for name, percent in (("State of CO", "2.9"), ("Denver city", "5.91"))
    ]
    quickbooks.ask("POST", "taxservice/taxcode", body={"TaxCode": "Denver", "TaxRateDetails": rates})
    assert not refresh_lists(studio).failed
    choose(studio, sales_tax_as="quickbooks", sales_tax_code="Denver")

    def posted(number: str, rows: str) -> tuple[list[str], Decimal, Decimal]:
        prepared(studio, f"2026-08-14  order {number}\n{rows}")
        push(studio)
        invoice = stored(quickbooks, document_of(studio, number), "Invoice")
        details = [line["SalesItemLineDetail"] for line in invoice["Line"] if "SalesItemLineDetail" in line]
        codes = [detail["TaxCodeRef"]["value"] for detail in details]
        return codes, invoice["TxnTaxDetail"]["TotalTax"], invoice["TotalAmt"]

    mixed = posted("96", "KIT-CLAY  48.00\nWT-101  240.00\ntax  4.23")
    assert mixed == (["TAX", "NON"], Decimal("4.23"), Decimal("292.23"))
    by_line = posted("97", "KIT-CLAY  1.99\nBK-POT  1.99\nKIT-CLAY  1.99\ntax  0.54")
    assert by_line == (["TAX", "TAX", "TAX"], Decimal("0.54"), Decimal("6.51"))
    assert {row.state for row in Document.objects.all()} == {"posted"}
    nothing_more_is_sent(studio)
