"""Is every mistake in a sheet of decisions named in its own words, and does a sheet never undo someone's work?"""

from __future__ import annotations

import cProfile
import io
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User

from companies.models import Company
from mapping.models import LineTypeDefault, PostingAccounts, Product, QuickBooksAccount, QuickBooksItem
from mapping.sheets.export import workbook
from mapping.sheets.kinds import COLUMNS, LINE_TYPES, POSTING_ACCOUNTS, PRODUCTS, VERSION
from mapping.sheets.save import save
from mapping.sheets.swapped import refuse_swapped
from mapping.sheets.validate import RowReport, judge, parts_of
from mapping.sheets.workbook import UnreadableSheet, read_book
from tests.factories import the_studio
from tests.mapping.people import a_person
from tests.mapping.sheets import a_csv, edited, judged
from tests.outside.hostile_files import row_of, workbook_of

pytestmark = pytest.mark.django_db
PRODUCT = ("Source", "ID in source", "QuickBooks Product Name", "QuickBooks Account Name", "Version")
LINE_TYPE = ("Line type", "Item Name Default", "Pass Item Description as the Name", "Item Account Default")
SETTING = ("Setting", "Account")


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    for number, name in enumerate(("Wheel", "Glazing", "Raku"), start=1):
        Product.objects.create(company=company, system="keap", source_key=str(number), name=name)
    return company


@pytest.fixture
def person(studio: Company) -> User:
    return a_person("bea")


def a_book(**sheets: Iterable[Sequence[Any]]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(target)
    return target.getvalue()


def saved(company: Company, content: bytes, person: User) -> list[RowReport]:
    return save(company, parts_of(read_book(content, columns=COLUMNS))[0], by=person)


def a_spoiled_company(company: Company) -> None:
    """What some of the mistakes are about: rows that QuickBooks has, but not so."""
    QuickBooksItem.objects.filter(company=company, name="Kiln Shelf").update(active=False)
    QuickBooksItem.objects.filter(company=company, name="Upsell").update(item_type="Category")
    twins = ("Shop:Apron", "Rental:Apron")
    for number, path in enumerate(twins, start=901):
        row = QuickBooksItem.objects.filter(company=company, name="Glaze Sampler").get()
        row.pk, row.quickbooks_id, row.name, row.full_name = None, str(number), "Apron", path
        row.sku, row.sku_compared = "", ""
        row.save()
    QuickBooksAccount.objects.filter(company=company, full_name="Advertising").update(active=False)


#: One row each: the sheet's columns, the row, the column that is to blame, and how the sentence begins.
MISTAKES: dict[str, tuple[Sequence[str], Sequence[str], str, str]] = {
    "no source": (PRODUCT, ("", "1", "Shipping", "", ""), "Source", "The cell is empty."),
    "no id": (PRODUCT, ("keap", "", "Shipping", "", ""), "ID in source", "The cell is empty."),
    "unknown product": (
        PRODUCT,
        ("keap", "99", "", "", ""),
        "ID in source",
        "“keap” has no product with the id “99”.",
    ),
    "a comma too many": (PRODUCT, ("keap", "1", "a", "b", "", "c"), "", "The row has more cells than the header"),
    "unknown item": (
        PRODUCT,
        ("keap", "1", "Wheel Throwing 301", "", ""),
        "QuickBooks Product Name",
        "QuickBooks has no item with the name or SKU “Wheel Throwing 301”.",
    ),
    "other capitals": (
        PRODUCT,
        ("keap", "1", "raku weekend", "", ""),
        "QuickBooks Product Name",
        "QuickBooks writes this “Raku Weekend”.",
    ),
    "too long": (
        PRODUCT,
        ("keap", "1", "n" * 31, "", ""),
        "QuickBooks Product Name",
        f"“{'n' * 31}” has 31 characters",
    ),
    "a forbidden character": (
        PRODUCT,
        ("keap", "1", 'Mug "big"', "", ""),
        "QuickBooks Product Name",
        "The name contains a double quote, which QuickBooks does not accept.",
    ),
    "fits two": (
        PRODUCT,
        ("keap", "1", "Apron", "", ""),
        "QuickBooks Product Name",
        "“Apron” fits more than one item: Rental:Apron, Shop:Apron.",
    ),
    "inactive item": (
        PRODUCT,
        ("keap", "1", "Kiln Shelf", "", ""),
        "QuickBooks Product Name",
        "“Kiln Shelf” is inactive in QuickBooks.",
    ),
    "a category": (
        PRODUCT,
        ("keap", "1", "Upsell", "", ""),
        "QuickBooks Product Name",
        "“Upsell” is a category or bundle in QuickBooks",
    ),
    "unknown account": (
        PRODUCT,
        ("keap", "1", "", "Services:Trainings", ""),
        "QuickBooks Account Name",
        "QuickBooks has no account “Services:Trainings”.",
    ),
    "inactive account": (
        PRODUCT,
        ("keap", "1", "", "Advertising", ""),
        "QuickBooks Account Name",
        "“Advertising” is inactive in QuickBooks.",
    ),
    "no profit and loss account": (
        PRODUCT,
        ("keap", "1", "", "Checking", ""),
        "QuickBooks Account Name",
        "“Checking” is of type Bank.",
    ),
    "an empty level": (
        PRODUCT,
        ("keap", "1", "", "Services::Classes", ""),
        "QuickBooks Account Name",
        "A level of the name is empty",
    ),
    "a spoiled cell": (
        PRODUCT,
        ("keap", "1", "#REF!", "", ""),
        "QuickBooks Product Name",
        "The cell holds the spreadsheet error #REF!.",
    ),
    "a formula": (
        PRODUCT,
        ("keap", "1", "=A1&B1", "", ""),
        "QuickBooks Product Name",
        "The cell holds a formula that was not calculated.",
    ),
    "a spoiled version": (PRODUCT, ("keap", "1", "", "", "1,2E+10"), "Version", "“1,2E+10” is not what was exported."),
    "unknown line type": (
        LINE_TYPE,
        ("Shiping", "Shipping", "No", ""),
        "Line type",
        "“Shiping” is not a line type. They are: Unknown Type, Program, Shipping",
    ),
    "neither yes nor no": (
        LINE_TYPE,
        ("Shipping", "Shipping", "maybe", ""),
        "Pass Item Description as the Name",
        "“maybe” is neither Yes nor No.",
    ),
    "a line type's wrong account": (
        LINE_TYPE,
        ("Shipping", "Shipping", "No", "Accounts Payable"),
        "Item Account Default",
        "“Accounts Payable” is of type Accounts payable (A/P).",
    ),
    "unknown setting": (
        SETTING,
        ("Invoice Credit Account", "Checking"),
        "Setting",
        "“Invoice Credit Account” is not a posting account. They are: Invoice Debit Account,",
    ),
    "a posting account's wrong type": (
        SETTING,
        ("Payment Debit Account", "Accounts Receivable"),
        "Account",
        "“Accounts Receivable” is of type Accounts receivable (A/R). Payment Debit Account accepts: Bank,",
    ),
}


def everything(company: Company) -> list[Any]:
    models = (Product, LineTypeDefault, PostingAccounts)
    return [list(model.objects.filter(company=company).order_by("pk").values()) for model in models]


@pytest.mark.criterion("A09", "A12", "A14", "A15", "A22", "A23", "A29")
def test_every_mistake_has_its_own_error_and_none_of_them_changes_anything(studio: Company, person: User) -> None:
    a_spoiled_company(studio)
    before = everything(studio)

    for mistake, (columns, row, column, sentence) in MISTAKES.items():
        reports = saved(studio, a_csv(columns, row), person)

        errors = [error for report in reports for error in report.errors]
        assert len(errors) == 1, f"{mistake}: {errors}"
        assert errors[0].column == column, mistake
        assert errors[0].words.startswith(sentence), f"{mistake}: {errors[0].words}"
    assert everything(studio) == before
    assert len(MISTAKES) >= 20


def test_one_mistake_among_good_rows_keeps_all_of_them_out(studio: Company, person: User) -> None:
    content = a_book(
        Products=[PRODUCT, ("keap", "1", "Glaze Chemistry", "", "")],
        Posting=[SETTING, ("Refund Credit Account", "Checking"), ("Payment Debit Account", "Nowhere")],
    )
    before = everything(studio)

    reports = saved(studio, content, person)

    assert [(report.sheet, report.number, bool(report.errors)) for report in reports] == [
        ("Products", 2, False),
        ("Posting", 2, False),
        ("Posting", 3, True),
    ]
    assert everything(studio) == before


@pytest.mark.criterion("A26", "A62")
def test_the_workbook_brings_back_every_kind_of_decisions(studio: Company, person: User) -> None:
    content = workbook(studio)
    Product.objects.filter(company=studio).update(quickbooks_product_name="")
    book = openpyxl.load_workbook(io.BytesIO(content))
    titles = ["Products", "Line types", "Posting accounts", "Payment methods", "Order statuses"]
    assert [sheet.title for sheet in book.worksheets] == titles
    products, types, accounts = book.worksheets[:3]
    products["F2"], types["C2"], accounts["B3"] = "Glaze Chemistry", "Yes", "Checking"
    changed = io.BytesIO()
    book.save(changed)

    reports = saved(studio, changed.getvalue(), person)

    assert [report.changes for report in reports if report.changes] == [
        [("QuickBooks Product Name", "", "Glaze Chemistry")],
        [("Pass Item Description as the Name", "No", "Yes")],
        [("Account", "Undeposited Funds", "Checking")],
    ]
    assert Product.objects.get(source_key="2").quickbooks_product_name == "Glaze Chemistry"
    assert LineTypeDefault.objects.get(section="unknown").pass_item_description_as_the_name
    assert PostingAccounts.objects.get(company=studio).payment_debit == "Checking"
    record = PostingAccounts.history.latest()
    assert (record.history_user, record.history_change_reason) == (person, "Spreadsheet")


@pytest.mark.criterion("A26", "D27", "D30")
def test_a_number_or_name_that_a_person_entered_goes_out_and_comes_back(studio: Company, person: User) -> None:
    for key, sku in (("1", "W-1"), ("2", "G-1")):
        Product.objects.filter(company=studio, source_key=key).update(sku=sku, sku_compared=sku.casefold())
    Product.objects.filter(company=studio, source_key="1").update(name_given="Wheel class")
    sheet = edited(studio, PRODUCTS, "3", SKU_entered_here=" r-1 ", Name_for_QuickBooks="Raku  day")
    assert "Wheel class" in sheet.decode()

    assert saved(studio, sheet, person)[2].errors == []
    taken = saved(studio, edited(studio, PRODUCTS, "3", SKU_entered_here="g-1"), person)
    spoiled = saved(studio, edited(studio, PRODUCTS, "3", SKU_entered_here="1.23E+11"), person)

    raku = Product.objects.get(company=studio, source_key="3")
    assert (raku.sku_given, raku.name_given, raku.sku_compared, raku.name_folded) == (
        "r-1", "Raku day", "r-1", "raku day",
    )  # fmt: skip
    assert ["“Glazing” has the SKU “g-1” already" in error.words for row in taken for error in row.errors] == [True]
    assert ["shortened by a spreadsheet" in error.words for row in spoiled for error in row.errors] == [True]


def test_decisions_nobody_has_taken_yet_are_made_by_a_sheet(studio: Company, person: User) -> None:
    PostingAccounts.objects.filter(company=studio).delete()
    LineTypeDefault.objects.filter(company=studio).delete()

    saved(
        studio, a_csv(SETTING, ("Invoice Debit Account", "Accounts Receivable"), ("Refund Credit Account", "")), person
    )
    saved(studio, a_csv(LINE_TYPE, ("Tax", "Sales Tax", "no", "Sales Tax Payable")), person)

    assert PostingAccounts.objects.get(company=studio).invoice_debit == "Accounts Receivable"
    assert LineTypeDefault.objects.get(company=studio).item_account_default == "Sales Tax Payable"


# A sheet that is older than the decisions -----------------------------------------------------------------------------


@pytest.mark.criterion("A26")
def test_a_row_that_someone_changed_after_the_export_is_reported_and_not_overwritten(
    studio: Company, person: User
) -> None:
    content = edited(studio, PRODUCTS, "2", QuickBooks_Product_Name="Glaze Chemistry")
    product = Product.objects.get(company=studio, source_key="2")
    product.quickbooks_product_name = "Glaze Sampler"
    product._history_user = a_person("ines")  # type: ignore[attr-defined]
    product.save()

    report = next(report for report in saved(studio, content, person) if report.errors)

    product.refresh_from_db()
    assert product.quickbooks_product_name == "Glaze Sampler"
    assert report.name == "Glazing"
    sentence = report.errors[0].words
    assert sentence.startswith("Changed after the sheet was exported, so it is not overwritten. ines, ")
    assert "QuickBooks Product Name: Glaze Sampler" in sentence


def test_a_row_that_the_sheet_did_not_touch_stays_as_someone_has_made_it_since(studio: Company, person: User) -> None:
    content = edited(studio, PRODUCTS, "1", QuickBooks_Product_Name="Wheel Throwing 101")
    Product.objects.filter(company=studio, source_key="2").update(quickbooks_product_name="Glaze Sampler")

    reports = saved(studio, content, person)

    assert not [report for report in reports if report.errors]
    assert Product.objects.get(source_key="1").quickbooks_product_name == "Wheel Throwing 101"
    assert Product.objects.get(source_key="2").quickbooks_product_name == "Glaze Sampler"
    assert ["it stays as it is now" in words for report in reports for _column, words in report.warnings] == [True]


def test_to_overwrite_a_newer_row_its_version_is_emptied(studio: Company, person: User) -> None:
    content = edited(studio, POSTING_ACCOUNTS, "Refund Credit Account", Account="Savings", **{VERSION: ""})
    PostingAccounts.objects.filter(company=studio).update(refund_credit="Checking")

    saved(studio, content, person)

    assert PostingAccounts.objects.get(company=studio).refund_credit == "Savings"


def test_a_line_type_changed_since_is_not_overwritten_either(studio: Company, person: User) -> None:
    content = edited(studio, LINE_TYPES, "Shipping", Item_Name_Default="Kiln Shelf")
    LineTypeDefault.objects.filter(company=studio, section="shipping").update(item_name_default="Studio Services")

    saved(studio, content, person)

    assert LineTypeDefault.objects.get(section="shipping").item_name_default == "Studio Services"


# Workbooks ------------------------------------------------------------------------------------------------------------


def test_a_sheet_without_decisions_is_left_aside_and_named(studio: Company) -> None:
    content = a_book(Notes=[("Ask Bea",)], Accounts=[SETTING, ("Refund Credit Account", "Savings")])

    parts, aside = parts_of(read_book(content, columns=COLUMNS))

    assert ([part.kind for part in parts], aside) == ([POSTING_ACCOUNTS], ["Notes"])


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        ({"A": [SETTING], "B": [SETTING]}, "Two sheets of the workbook hold “Posting accounts”."),
        ({"A": [("Setting", "Note")]}, "The sheet has no column “Account”. It has: Setting, Note."),
        ({"A": [("x", "y")], "B": [("z",)]}, "The sheet has no column “Source”. It has: x, y."),
        ({"A": []}, "The workbook is empty."),
    ],
)
def test_a_workbook_that_cannot_be_meant_is_refused(studio: Company, sheets: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnreadableSheet, match=sentence.replace("(", "\\(").replace(".", "\\.")):
        parts_of(read_book(a_book(**sheets), columns=COLUMNS))


def test_a_formula_that_no_program_has_calculated_is_an_error_and_clears_nothing(studio: Company) -> None:
    Product.objects.filter(company=studio, source_key="1").update(quickbooks_product_name="Wheel Throwing 101")
    content = a_book(Products=[PRODUCT, ("keap", "1", "=B1", "", "")])

    report = judged(studio, content)[0]

    assert report.errors[0].words.startswith("The cell holds a formula")


# What a spreadsheet program did to it --------------------------------------------------------------------------------


def a_sheet(*rows: str, before: str = "", state: str = "visible") -> bytes:
    return workbook_of(row_of(1, *PRODUCT[:3]) + "".join(rows), before=before, state=state)


def faults_of(company: Company, content: bytes) -> list[tuple[str, str]]:
    return [(error.column, error.words) for report in judged(company, content) for error in report.errors]


SPOILED = {
    "an error": ('<c t="e"><v>#REF!</v></c>', "QuickBooks Product Name", "The cell holds the spreadsheet error #REF!."),
    "a column too narrow": ("#####", "QuickBooks Product Name", "The cell holds the spreadsheet error #####."),
    "a yes or no": ('<c t="b"><v>1</v></c>', "QuickBooks Product Name", "The spreadsheet has a yes or no here (TRUE)"),
    "a formula": ("<c><f>A1</f></c>", "QuickBooks Product Name", "The cell holds a formula that was not calculated."),
    "a shortened number": ("4.00638E+12", "QuickBooks Product Name", "“4.00638E+12” was shortened by a spreadsheet"),
    "a date": (
        '<c t="d"><v>2026-03-04</v></c>',
        "QuickBooks Product Name",
        "There is a date (2026-03-04) where a text",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_a_spreadsheet_has_spoiled_is_said_as_that(studio: Company, what: str) -> None:
    cell, column, sentence = SPOILED[what]

    ((where, words),) = faults_of(studio, a_sheet(row_of(2, "keap", "1", cell)))

    assert (where, words[: len(sentence)]) == (column, sentence)


def test_an_id_that_a_spreadsheet_shortened_is_said_as_that_and_one_that_exists_is_no_fault(studio: Company) -> None:
    Product.objects.create(company=studio, system="keap", source_key="1E5", name="Known")

    faults = faults_of(studio, a_csv(PRODUCT[:3], ("keap", "4.00638E+12", ""), ("keap", "1E5", "")))

    assert [column for column, _words in faults] == ["ID in source"]
    assert faults[0][1].startswith("“4.00638E+12” was shortened by a spreadsheet")


def test_an_item_whose_name_begins_like_a_formula_comes_back_from_its_export(studio: Company, person: User) -> None:
    QuickBooksItem.objects.filter(company=studio, name="Upsell").update(name="=Upsell", full_name="=Upsell")
    Product.objects.filter(company=studio, source_key="1").update(quickbooks_product_name="=Upsell")

    reports = judged(studio, workbook(studio))

    assert [report.errors for report in reports if report.errors] == []


def test_what_the_sheet_hides_is_named(studio: Company) -> None:
    rows = (row_of(2, "keap", "1", "x", attributes='hidden="1"'), row_of(3, "keap", "2", "x"))
    content = a_sheet(*rows, before='<cols><col min="3" max="3" hidden="1"/></cols>', state="hidden")

    (sheet,) = read_book(content, columns=COLUMNS)

    assert sheet.notes == (
        "The sheet “Orders” is hidden in the workbook and was read like the others.",
        "1 row is hidden in the sheet, by a filter or by hand, and was read like the others: 2.",
        "These columns are hidden in the sheet and were read like the others: “QuickBooks Product Name”.",
    )


@pytest.mark.parametrize(
    ("columns", "rows", "named"),
    [
        (
            ("ID in source", "Source", "QuickBooks Product Name"),
            [("keap", "1", "Glaze Chemistry"), ("keap", "2", "Raku Weekend"), ("keap", "3", "")],
            "“Source” and “ID in source”",
        ),
        (
            ("Source", "ID in source", "QuickBooks Account Name", "QuickBooks Product Name"),
            [("keap", "1", "Glaze Chemistry", "Advertising"), ("keap", "2", "Raku Weekend", "Advertising")],
            "“QuickBooks Product Name” and “QuickBooks Account Name”",
        ),
    ],
)
def test_two_columns_that_changed_places_are_one_sentence(
    studio: Company, columns: Sequence[str], rows: list[Sequence[str]], named: str
) -> None:
    parts, _aside = parts_of(read_book(a_csv(columns, *rows), columns=COLUMNS))

    with pytest.raises(UnreadableSheet, match=f"The columns {named} look swapped"):
        refuse_swapped(studio, parts)


def test_a_sheet_that_is_wrong_in_every_row_is_not_called_swapped(studio: Company) -> None:
    content = a_csv(PRODUCT[:4], *(("keap", str(n), "Nowhere", "Nothing") for n in range(1, 4)))
    parts, _aside = parts_of(read_book(content, columns=COLUMNS))

    refuse_swapped(studio, parts)

    assert all(report.errors for report in judge(studio, parts))


def test_a_row_about_an_unknown_product_costs_the_same_however_many_products_there_are(studio: Company) -> None:
    """By calls and not by seconds: 20,000 rows of another company's sheet took more than a minute and a half."""

    def calls(rows: int) -> int:
        lines = "".join(f"files,unknown-{number},x\n" for number in range(rows))
        profile = cProfile.Profile()
        profile.enable()
        reports = judged(studio, f"Source,ID in source,QuickBooks Product Name\n{lines}".encode())
        profile.disable()
        assert all(report.errors for report in reports)
        return sum(entry.callcount for entry in profile.getstats())

    def of_a_row() -> float:
        return (calls(60) - calls(10)) / 50

    few = of_a_row()
    Product.objects.bulk_create(
        Product(company=studio, system="files", source_key=f"p-{number}", name=f"Product {number}")
        for number in range(200)
    )

    assert of_a_row() < few + 20
