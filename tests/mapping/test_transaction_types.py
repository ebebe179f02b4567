"""Does the accountant choose the forms of documents from the company's own lists, and see what follows from it?"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, CompanyKind
from mapping.copying.copy import copy_decisions
from mapping.models import (
    DocumentForms,
    PostingAccounts,
    Product,
    QuickBooksAccount,
    QuickBooksClass,
    QuickBooksItem,
    QuickBooksLocation,
    QuickBooksTaxCode,
    QuickBooksTaxRate,
    SourceDimensions,
)
from mapping.sheets.export import csv_of
from mapping.sheets.kinds import COLUMNS, PRODUCTS
from mapping.sheets.save import save
from mapping.sheets.validate import RowReport, parts_of
from mapping.sheets.workbook import read_book
from tests.factories import document_of, prepared, the_studio
from tests.mapping.people import MAPPERS, READERS, field_value, offers_of, signed_in, text_of, told

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/transaction-types/"
NOTHING = {"discounts_as": "items", "sales_tax_as": "line"}
CREDITED = """
    2026-08-14  order 1042
    WT-101      199.00
    paid 2026-08-14  Credit Card  150.00
    credit 2026-08-20  Comp  49.00
    refund 2026-08-25  Refund  50.00
"""


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    an_item(company, "Goodwill", "Refunds & Allowances")
    PostingAccounts.objects.filter(company=company).update(refund_credit="Checking")
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def an_item(company: Company, name: str, account: str, *, sku: str = "") -> None:
    income = QuickBooksAccount.objects.get(company=company, full_name=account)
    QuickBooksItem.objects.create(
        company=company,
        quickbooks_id=str(900 + QuickBooksItem.objects.count()),
        name=name,
        full_name=name,
        sku=sku,
        sku_compared=sku.casefold(),
        item_type="Service",
        income_account_id=income.quickbooks_id,
        changed_at=timezone.now(),
    )


def listed(model: Any, company: Company, *names: str, **facts: Any) -> None:
    for number, name in enumerate(names, start=1):
        full = {} if model in (QuickBooksTaxCode, QuickBooksTaxRate) else {"full_name": name}
        model.objects.create(
            company=company,
            quickbooks_id=facts.get("quickbooks_id", str(number)),
            name=name.rpartition(":")[2],
            changed_at=timezone.now(),
            **full,
            **{key: value for key, value in facts.items() if key != "quickbooks_id"},
        )


def send(client: Client, **values: str) -> Any:
    """Send the page; choices that are not named are the first, fields that are not named are empty."""
    return client.post(PAGE, {**NOTHING, **values})


def stored() -> DocumentForms:
    return DocumentForms.objects.get()


def test_every_choice_has_its_first_value_until_someone_decides(client: Client) -> None:
    page = client.get(PAGE)

    assert not DocumentForms.objects.exists()
    assert 'name="sales_receipts"' in page.content.decode()
    assert re.search(r'value="items"[^>]*checked', page.content.decode())
    assert "Credits become journal entries, because no item is chosen for credits." in text_of(page)
    assert "Refunds become journal entries, because no item is chosen for refunds." in text_of(page)


def test_what_is_saved_is_kept_with_its_history(client: Client) -> None:
    send(client, sales_receipts="on", discounts_as="line", credit_item="Goodwill")
    send(client, discounts_as="line", credit_item="Goodwill")

    row = stored()
    text = text_of(client.get(f"/admin/mapping/documentforms/{row.pk}/history/"))
    assert (row.sales_receipts, row.discounts_as, row.credit_item) == (False, "line", "Goodwill")
    assert "accountant-of-studio" in text
    assert "Sales receipts for orders paid at once Yes → No" in text
    assert "On QuickBooks' discount line" in text_of(client.get("/mapping/studio/history/"))


@pytest.mark.criterion("A49")
def test_an_item_on_the_debit_account_makes_credits_and_refunds_quickbooks_own_forms(
    client: Client, studio: Company, django_capture_on_commit_callbacks: Any
) -> None:
    prepared(studio, CREDITED)
    Product.objects.update(quickbooks_product_name="Wheel Throwing 101")
    before = [document_of(studio, "1042", kind).form for kind in ("credit", "refund")]

    with django_capture_on_commit_callbacks(execute=True):
        send(client, credit_item="Goodwill", refund_item="Goodwill")

    page = text_of(client.get(PAGE))
    assert "Credits become QuickBooks credit memos." in page
    assert "Refunds become QuickBooks refund receipts." in page
    assert page.count("Income account: Refunds & Allowances, the Credit Debit Account.") == 1
    assert before == ["journal-entry", "journal-entry"]
    assert [document_of(studio, "1042", kind).form for kind in ("credit", "refund")] == [
        "credit-memo",
        "refund-receipt",
    ]


@pytest.mark.criterion("A47", "A49")
@pytest.mark.parametrize(
    ("account", "path", "item", "sentence"),
    [
        (
            "credit_debit",
            "Discounts Given",
            "Goodwill",
            "Credits become journal entries, because the income account of “Goodwill” is Refunds & Allowances, and the "
            "Credit Debit Account is Discounts Given.",
        ),
        (
            "credit_credit",
            "Wholesale Receivables",
            "Goodwill",
            "Credits become journal entries, because the Credit Credit Account is Wholesale Receivables, and "
            "QuickBooks' own credit memos credit Accounts Receivable.",
        ),
        ("credit_debit", "", "Goodwill", "No credit is posted until the Credit Debit Account is set."),
        (
            "credit_debit",
            "Wholesale Receivables",
            "",
            "No credit is posted: Credit Debit Account and Credit Credit Account are both receivable accounts",
        ),
    ],
)
def test_the_page_says_why_credits_are_journal_entries_or_are_not_posted(
    client: Client, studio: Company, account: str, path: str, item: str, sentence: str
) -> None:
    PostingAccounts.objects.filter(company=studio).update(**{account: path})

    send(client, credit_item=item)

    assert sentence in text_of(client.get(PAGE))


@pytest.mark.criterion("A49", "A50")
def test_the_page_says_that_refunds_from_receivables_are_journal_entries(client: Client, studio: Company) -> None:
    PostingAccounts.objects.filter(company=studio).update(refund_credit="Accounts Receivable")

    send(client, refund_item="Goodwill")

    assert (
        "Refunds become journal entries, because the Refund Credit Account, Accounts Receivable, is not a bank account."
        in text_of(client.get(PAGE))
    )


def test_the_picker_of_credits_says_which_income_account_each_item_has(client: Client) -> None:
    answer = client.get("/mapping/studio/pick/credit-items/", {"q": "Goodwill"}).json()
    other = client.get("/mapping/studio/pick/refund-items/", {"q": "Discount"}).json()

    assert answer["choices"] == [
        {"value": "Goodwill", "detail": "Income account: Refunds & Allowances, the Credit Debit Account."}
    ]
    assert other["choices"][0]["detail"] == "Income account: Discounts Given, not the Refund Debit Account."


def test_an_item_that_quickbooks_does_not_have_is_refused_and_a_near_one_offered(client: Client) -> None:
    refused = send(client, credit_item="Goodwil")

    assert not DocumentForms.objects.exists()
    assert "QuickBooks has no item with the name or SKU “Goodwil”." in text_of(refused)
    assert "Goodwill" in offers_of(refused)


def test_an_item_is_named_here_and_a_number_is_refused_with_its_name(client: Client, studio: Company) -> None:
    an_item(studio, "Comps", "Refunds & Allowances", sku="COMP-1")

    refused = send(client, credit_item="COMP-1")

    assert not DocumentForms.objects.exists()
    assert "“COMP-1” is the number of the item “Comps”. Here the item is named." in text_of(refused)


def test_a_tax_code_is_chosen_from_the_active_ones_with_their_percent(client: Client, studio: Company) -> None:
    listed(QuickBooksTaxRate, studio, "State", quickbooks_id="7", percent="2.90000")
    listed(QuickBooksTaxRate, studio, "County", quickbooks_id="8", percent="1.45000")
    listed(QuickBooksTaxCode, studio, "Larimer", quickbooks_id="3", rate_ids="7,8")
    listed(QuickBooksTaxCode, studio, "Gone", quickbooks_id="4", rate_ids="7", active=False)
    page = client.get(PAGE).content.decode()

    without = send(client, sales_tax_as="quickbooks")
    unknown = send(client, sales_tax_as="quickbooks", sales_tax_code="Gone")
    send(client, sales_tax_as="quickbooks", sales_tax_code="Larimer")

    assert "Larimer · 4.35 %" in page
    assert "Gone" not in page
    assert "Needed while tax is QuickBooks' own sales tax." in text_of(without)
    assert "Select a valid choice" in text_of(unknown)
    assert (stored().sales_tax_as, stored().sales_tax_code) == ("quickbooks", "Larimer")
    assert "4.35 %" in text_of(client.get("/admin/mapping/quickbookstaxcode/"))


def test_class_and_location_are_asked_for_only_where_the_company_has_such_lists(
    client: Client, studio: Company
) -> None:
    prepared(studio, CREDITED)  # so that there is a source
    none = client.get(PAGE).content.decode()
    listed(QuickBooksClass, studio, "Retail", "Retail:Web")
    classes = client.get(PAGE).content.decode()
    listed(QuickBooksLocation, studio, "Denver")

    send(client, **{"keap-quickbooks_class": "Retail:Web", "keap-quickbooks_location": "Denver"})

    assert "quickbooks_class" not in none
    assert 'name="keap-quickbooks_class"' in classes
    assert "quickbooks_location" not in classes
    row = SourceDimensions.objects.get()
    assert (row.system, row.quickbooks_class, row.quickbooks_location) == ("keap", "Retail:Web", "Denver")
    assert "Retail:Web" in text_of(client.get("/admin/mapping/quickbooksclass/"))
    assert "Denver" in text_of(client.get("/admin/mapping/quickbookslocation/"))
    assert "accountant-of-studio" in text_of(client.get(f"/admin/mapping/sourcedimensions/{row.pk}/history/"))


def test_a_product_has_a_class_where_the_company_has_classes(client: Client, studio: Company) -> None:
    prepared(studio, CREDITED)
    product = Product.objects.get()
    address = f"/admin/mapping/product/{product.pk}/change/"
    table = f"/mapping/studio/products/table/?id={product.pk}"
    assert "quickbooks_class" not in client.get(address).content.decode()
    assert "quickbooks_class" not in client.get(table).content.decode()
    listed(QuickBooksClass, studio, "Classes in the studio", "Retail")

    client.post(address, {"quickbooks_product_name": "WT-101", "quickbooks_class": "Retail", "_company": studio.slug})
    assert Product.objects.get().quickbooks_class == "Retail"

    prefix = f"p{product.pk}"
    client.post(
        table,
        {
            f"{prefix}-quickbooks_product_name": "WT-101",
            f"{prefix}-quickbooks_account_name": "",
            f"{prefix}-quickbooks_class": "Classes in the studio",
        },
    )
    assert Product.objects.get().quickbooks_class == "Classes in the studio"


@pytest.mark.criterion("B34")
def test_for_quickbooks_desktop_nothing_is_asked_that_its_file_does_not_carry(client: Client, studio: Company) -> None:
    prepared(studio, CREDITED)
    listed(QuickBooksClass, studio, "Retail")
    listed(QuickBooksLocation, studio, "Denver")
    Company.objects.update(kind=CompanyKind.DESKTOP)

    page = client.get(PAGE).content.decode()

    assert 'name="sales_receipts"' in page
    assert 'name="credit_item"' in page
    for name in ("discounts_as", "sales_tax_as", "sales_tax_code", "refund_item", "_class", "_location"):
        assert f'{name}"' not in page
    product = client.get(f"/admin/mapping/product/{Product.objects.get().pk}/change/").content.decode()
    assert "quickbooks_class" not in product
    client.post(PAGE, {"sales_receipts": "on"})
    assert stored().sales_receipts


def test_the_choices_are_copied_to_another_company_as_far_as_it_has_the_names(studio: Company) -> None:
    other = the_studio("Other studio", "other")
    listed(QuickBooksClass, studio, "Retail")
    DocumentForms.objects.create(company=studio, sales_receipts=True, discounts_as="line", credit_item="Goodwill")
    SourceDimensions.objects.create(company=studio, system="keap", quickbooks_class="Retail")

    report = copy_decisions(studio, other, by=None, same_records=True)

    row = DocumentForms.objects.get(company=other)
    assert (row.sales_receipts, row.discounts_as, row.credit_item) == (True, "line", "")
    assert {missing.wanted for missing in report.missing} == {"Goodwill", "Retail"}
    assert "On QuickBooks' discount line" in {change.after for change in report.changes}


def test_an_earlier_choice_can_be_restored(client: Client, studio: Company) -> None:
    send(client, sales_receipts="on", credit_item="Goodwill")
    first = DocumentForms.history.get()
    send(client)

    done = client.post(f"/mapping/studio/history/documentforms/{first.history_id}/restore/")

    assert done["Location"] == PAGE
    assert (stored().sales_receipts, stored().credit_item) == (True, "Goodwill")


@pytest.mark.criterion("A75", "B25")
def test_the_help_describes_and_recommends_nothing(client: Client, studio: Company) -> None:
    text = text_of(client.get(PAGE))

    assert "an order that one payment of the same day paid in full becomes a sales receipt" in text
    assert "Left empty, they are journal entries." in text
    assert not re.search(r"\b(should|recommend|advise|we suggest|best practice)", text, flags=re.I)


@pytest.mark.criterion("B26")
def test_only_those_who_map_decide(studio: Company) -> None:
    for role in MAPPERS:
        assert send(signed_in(studio, role)).status_code == 302
    for role in READERS:
        reader = signed_in(studio, role)
        assert reader.get(PAGE).status_code == 200
        assert send(reader, sales_receipts="on").status_code == 403
    assert not DocumentForms.objects.filter(sales_receipts=True).exists()


def test_saving_says_so_and_stands_in_the_menu(client: Client) -> None:
    assert told(send(client, sales_receipts="on")) == ["Saved."]
    assert f'href="{PAGE}"' in client.get("/admin/mapping/product/").content.decode()
    assert field_value(client.get(PAGE + "?credit_item=Goodwill"), "credit_item") == "Goodwill"


def test_the_spreadsheet_has_the_class_where_the_company_has_classes(studio: Company) -> None:
    prepared(studio, CREDITED)
    without_classes = csv_of(studio, PRODUCTS).decode()
    listed(QuickBooksClass, studio, "Retail")
    sheet = csv_of(studio, PRODUCTS).decode("utf-8-sig").splitlines()
    place = next(csv.reader(sheet)).index("Class")

    def sent(name: str) -> list[RowReport]:
        header, row = csv.reader(sheet)
        text = io.StringIO()
        csv.writer(text).writerows([header, [*row[:place], name, *row[place + 1 :]]])
        return save(studio, parts_of(read_book(text.getvalue().encode(), columns=COLUMNS))[0], by=None)

    refused = sent("Retial")
    assert "Class" not in without_classes
    assert [(error.column, error.words) for error in refused[0].errors] == [
        ("Class", "QuickBooks has no active class “Retial”.")
    ]
    assert [error.text for error in refused[0].errors[0].suggestions] == ["Retail"]
    assert sent("Retail")[0].changes == [("Class", "", "Retail")]
    assert Product.objects.get().quickbooks_class == "Retail"
