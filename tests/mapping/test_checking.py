"""Is a name judged the same wherever it comes in: its length, its spelling, whether QuickBooks has it?"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.names import NameRule
from companies.models import Company
from mapping.account_uses import LINE_TYPE, PRODUCT
from mapping.company_lists import CompanyLists, texts
from mapping.models import QuickBooksAccount, QuickBooksItem
from mapping.name_checks import CheckedName, check_account, check_item
from tests.factories import a_company, the_studio

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    return the_studio()


def item(text: str, company: Company) -> CheckedName:
    return check_item(text, CompanyLists(company))


def account(text: str, company: Company) -> CheckedName:
    return check_account(text, CompanyLists(company), PRODUCT)


def an_item(company: Company, full_name: str, *, sku: str = "", kind: str = "Service", active: bool = True) -> None:
    QuickBooksItem.objects.create(
        company=company,
        quickbooks_id=f"x{QuickBooksItem.objects.count()}",
        name=full_name.rpartition(":")[2],
        full_name=full_name,
        sku=sku,
        sku_compared=sku.casefold(),
        item_type=kind,
        active=active,
        changed_at=timezone.now(),
    )


@pytest.mark.criterion("A09", "A22")
def test_an_item_is_named_letter_for_letter_or_refused_with_what_was_perhaps_meant(studio: Company) -> None:
    assert item("Glaze Chemistry", studio) == CheckedName(text="Glaze Chemistry")

    wrong = item("Glaze Chemisty", studio)

    assert wrong.error == "QuickBooks has no item with the name or SKU “Glaze Chemisty”."
    assert texts(wrong.suggestions)[0] == "Glaze Chemistry"


@pytest.mark.criterion("A10")
@pytest.mark.parametrize("number", ["KIT-MUG", "kit-mug"])
def test_an_item_number_is_as_good_as_the_name(studio: Company, number: str) -> None:
    assert item(number, studio).error == ""


@pytest.mark.criterion("A22")
def test_other_letter_case_is_asked_about_and_never_taken(studio: Company) -> None:
    found = item("glaze chemistry", studio)

    assert found.error == "QuickBooks writes this “Glaze Chemistry”. Names must agree letter for letter."
    assert found.text == "glaze chemistry"


@pytest.mark.criterion("A12")
def test_thirty_characters_pass_and_thirty_one_are_refused_naming_the_limit(studio: Company) -> None:
    an_item(studio, "x" * 30)
    an_item(studio, "y" * 31)

    assert item("x" * 30, studio).error == ""
    refused = item("y" * 31, studio).error
    assert "has 31 characters; the limit is 30" in refused
    assert "QuickBooks has this very name" in refused


@pytest.mark.criterion("A12")
def test_the_company_may_take_the_rule_of_its_quickbooks(studio: Company) -> None:
    an_item(studio, "y" * 31)
    studio.name_rule = NameRule.AT_MOST_100.value

    assert item("y" * 31, studio).error == ""


@pytest.mark.criterion("A17", "A18")
def test_a_space_beside_a_colon_is_taken_away_and_said(studio: Company) -> None:
    found = account("Office Expenses :Stationery & Supplies", studio)

    assert found.text == "Office Expenses:Stationery & Supplies"
    assert found.error == ""
    assert found.correction.startswith(
        "“Office Expenses :Stationery & Supplies” was corrected to “Office Expenses:Stationery & Supplies”."
    )


@pytest.mark.criterion("A14")
def test_an_account_that_quickbooks_does_not_have_is_refused_with_suggestions(studio: Company) -> None:
    found = account("Services:Trainings", studio)

    assert found.error == "QuickBooks has no account “Services:Trainings”."
    assert texts(found.suggestions)[0] == "Services:Training"


@pytest.mark.criterion("A15")
def test_an_account_of_another_type_is_refused_naming_its_type_and_the_types_that_fit(studio: Company) -> None:
    found = account("Checking", studio)

    assert found.error == (
        "“Checking” is of type Bank. QuickBooks Account Name accepts: "
        "Income, Other Income, Cost of Goods Sold, Expense, Other Expense."
    )
    assert found.suggestions == ()


def test_a_line_type_also_takes_a_liability(studio: Company) -> None:
    assert check_account("Sales Tax Payable", CompanyLists(studio), LINE_TYPE).error == ""
    assert "Other Current Liability" in account("Sales Tax Payable", studio).error


@pytest.mark.criterion("A16", "A19", "A20")
@pytest.mark.parametrize("path", ["Memberships", "Services:Training", "Services:Training:Classes"])
def test_paths_of_one_two_and_three_levels_are_accepted(studio: Company, path: str) -> None:
    assert account(path, studio) == CheckedName(text=path)


@pytest.mark.criterion("A21")
def test_twins_under_different_parents_are_told_apart_by_the_whole_path(studio: Company) -> None:
    facts = {"company": studio, "name": "Classes", "account_type": "Income", "changed_at": timezone.now()}
    QuickBooksAccount.objects.create(full_name="Sales:Classes", quickbooks_id="twin", **facts)

    found = account("Classes", studio)

    assert found.error == "QuickBooks has no account “Classes”."
    assert texts(found.suggestions)[:2] == ("Sales:Classes", "Services:Training:Classes")
    assert account("Sales:Classes", studio).error == ""


def test_a_name_that_fits_two_items_is_refused_with_both(studio: Company) -> None:
    an_item(studio, "Kits:Deluxe")
    an_item(studio, "Tools:Deluxe")

    found = item("Deluxe", studio)

    assert found.error.startswith("“Deluxe” fits more than one item: Kits:Deluxe, Tools:Deluxe.")
    assert texts(found.suggestions) == ("Kits:Deluxe", "Tools:Deluxe")


def test_a_full_name_means_that_item_even_where_a_sub_item_ends_in_the_same_word(studio: Company) -> None:
    an_item(studio, "Kits:Shipping")

    assert item("Shipping", studio).error == ""


def test_what_is_inactive_or_a_category_is_refused_as_that(studio: Company) -> None:
    an_item(studio, "Old Kit", active=False)
    an_item(studio, "All Kits", kind="Category")
    QuickBooksAccount.objects.filter(company=studio, full_name="Memberships").update(active=False)

    assert "“Old Kit” is inactive in QuickBooks." in item("Old Kit", studio).error
    assert "“All Kits” is a category or bundle" in item("All Kits", studio).error
    assert "“Memberships” is inactive in QuickBooks." in account("Memberships", studio).error


def test_while_the_lists_have_not_been_read_a_name_is_kept_with_a_warning() -> None:
    company = a_company()

    found = item("Anything", company)

    assert (found.text, found.error) == ("Anything", "")
    assert found.warning == "“Anything” could not be checked: the lists of QuickBooks have not been read yet."
    assert account("Any : Thing", company).text == "Any:Thing"


def test_the_lists_of_another_company_are_never_asked(studio: Company) -> None:
    other = the_studio("Nightingale Bakery", "bakery")
    an_item(other, "Sourdough")

    found = item("Sourdough", studio)

    assert found.error
    assert found.suggestions == ()


@pytest.mark.criterion("A23")
def test_judging_names_creates_nothing(studio: Company) -> None:
    before = (QuickBooksItem.objects.count(), QuickBooksAccount.objects.count())

    item("Brand New Thing", studio)
    account("Brand New Account", studio)

    assert (QuickBooksItem.objects.count(), QuickBooksAccount.objects.count()) == before


def test_a_thousand_names_are_judged_with_three_queries(studio: Company) -> None:
    lists = CompanyLists(studio)

    with CaptureQueriesContext(connection) as queries:
        for number in range(1000):
            check_item(f"Wheel {number}", lists)
            check_account("Services:Training", lists, PRODUCT)

    assert len(queries) == 3
