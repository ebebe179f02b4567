"""Can an accountant see how every product is mapped, and map one, exactly as QuickBooks spells it?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from books.answers import Rule
from companies.models import Company
from companies.signals import decisions_changed
from mapping.lookup import answer_products
from mapping.models import Product, ProductKind, QuickBooksAccount, QuickBooksItem
from tests.factories import a_company, staged, the_studio
from tests.mapping.people import MAPPERS, READERS, client_of, field_value, offers_of, signed_in, text_of, told
from tests.mapping.product_form import a_product, page_of, save

pytestmark = pytest.mark.django_db
LIST = "/admin/mapping/product/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def names_of(product: Product) -> tuple[str, str]:
    product.refresh_from_db()
    return product.quickbooks_product_name, product.quickbooks_account_name


# One product ---------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A06")
def test_a_click_on_the_name_opens_the_product(client: Client, studio: Company) -> None:
    product = a_product(studio)

    listed = client.get(LIST)

    assert re.search(rf'<a href="{page_of(product)}"[^>]*>Glazing basics</a>', listed.content.decode())
    assert client.get(page_of(product)).status_code == 200


@pytest.mark.criterion("A07", "A08", "A13", "A75")
def test_the_page_has_a_section_with_both_fields_and_the_help_beside_each(client: Client, studio: Company) -> None:
    text = text_of(client.get(page_of(a_product(studio))))

    assert text.index("In the source") < text.index("QuickBooks information") < text.index("QuickBooks Product Name")
    assert "The name of the item in QuickBooks, letter for letter, or its SKU." in text
    assert "The account as it appears on the Profit and Loss report." in text


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("4711", "4711"),
        ("sku:glz-1", "None: the product is known by its SKU."),
        ("name:Glazing basics", "None: the product is known by its name."),
    ],
)
def test_the_id_in_the_source_is_one_that_the_source_gave(
    client: Client, studio: Company, key: str, shown: str
) -> None:
    product = Product.objects.create(company=studio, system="files", source_key=key, name="Glazing basics")

    text = text_of(client.get(page_of(product)))

    assert f"Id in the source {shown}" in text.replace(":  ", " ")
    assert key == shown or key not in text


@pytest.mark.criterion("A24")
def test_what_is_saved_is_what_lines_of_the_product_post_to(client: Client, studio: Company) -> None:
    product = a_product(studio)

    save(client, product, "Glaze Chemistry", "Services:Training:Classes")

    product.refresh_from_db()
    answer = answer_products(studio, [product])[product.pk]
    assert answer.item
    assert answer.account
    assert (answer.item.name, answer.item_rule) == ("Glaze Chemistry", Rule.PRODUCT_NAME)
    assert (answer.account.path, answer.account_rule) == ("Services:Training:Classes", Rule.PRODUCT_ACCOUNT)


@pytest.mark.criterion("A09", "A14")
def test_names_that_quickbooks_does_not_have_are_refused_with_what_was_perhaps_meant(
    client: Client, studio: Company
) -> None:
    product = a_product(studio)

    answer = save(client, product, "Glaze Chemisty", "Services:Trainings")

    assert names_of(product) == ("", "")
    assert "QuickBooks has no item with the name or SKU “Glaze Chemisty”." in text_of(answer)
    assert "QuickBooks has no account “Services:Trainings”." in text_of(answer)
    assert {"Glaze Chemistry", "Services:Training"} <= set(offers_of(answer))


@pytest.mark.criterion("A10")
def test_an_item_number_is_accepted_as_the_name(client: Client, studio: Company) -> None:
    product = a_product(studio)

    save(client, product, "KIT-MUG")

    assert names_of(product)[0] == "KIT-MUG"


@pytest.mark.criterion("A11")
def test_the_name_in_quickbooks_and_the_name_in_the_source_do_not_move_each_other(
    client: Client, studio: Company
) -> None:
    staged(studio, "2026-08-14  order 1\nWT-101  199.00")
    product = Product.objects.get(company=studio, sku="WT-101")
    save(client, product, "Glaze Chemistry")
    product.refresh_from_db()
    assert product.name == "Wheel Throwing 101"

    save(client, product, "Raku Weekend", name="Something else")
    staged(studio, "2026-08-15  order 2\nWT-101  199.00")

    assert names_of(product)[0] == "Raku Weekend"
    assert product.name == "Wheel Throwing 101"


@pytest.mark.criterion("A12")
@pytest.mark.parametrize(("length", "accepted"), [(30, True), (31, False)])
def test_a_name_has_fewer_than_thirty_one_characters(
    client: Client, studio: Company, length: int, accepted: bool
) -> None:
    product, name = a_product(studio), "n" * length
    QuickBooksItem.objects.filter(company=studio, sku="KIT-MUG").update(name=name, full_name=name)

    answer = save(client, product, name)

    assert (names_of(product)[0] == name) is accepted
    assert accepted or "has 31 characters; the limit is 30" in text_of(answer)


@pytest.mark.criterion("A15")
def test_only_accounts_of_the_profit_and_loss_report_are_accepted(client: Client, studio: Company) -> None:
    product = a_product(studio)

    refused = text_of(save(client, product, account="Undeposited Funds"))

    assert names_of(product)[1] == ""
    assert "“Undeposited Funds” is of type Other Current Asset." in refused
    for path in ("Memberships", "Finance Charge Income", "Cost of Goods Sold", "Bank Charges"):
        save(client, product, account=path)
        assert names_of(product)[1] == path


@pytest.mark.criterion("A17", "A18")
def test_a_space_beside_the_colon_is_corrected_and_the_person_is_told(client: Client, studio: Company) -> None:
    product = a_product(studio)

    answer = save(client, product, account="Office Expenses :Stationery & Supplies")

    assert names_of(product)[1] == "Office Expenses:Stationery & Supplies"
    assert any("was corrected to “Office Expenses:Stationery & Supplies”" in message for message in told(answer))


@pytest.mark.criterion("A22", "A23")
def test_other_letter_case_is_asked_about_and_one_click_takes_quickbooks_spelling(
    client: Client, studio: Company
) -> None:
    product, items = a_product(studio), QuickBooksItem.objects.count()

    asked = save(client, product, "raku weekend")

    assert names_of(product)[0] == ""
    assert "QuickBooks writes this “Raku Weekend”. Names must agree letter for letter." in text_of(asked)
    assert offers_of(asked)[0] == "Raku Weekend"
    assert QuickBooksItem.objects.count() == items
    # Without JavaScript the click loads the page with the name filled in, still to be saved
    filled = client.get(page_of(product), {"quickbooks_product_name": "Raku Weekend"})
    assert field_value(filled, "quickbooks_product_name") == "Raku Weekend"
    assert names_of(product)[0] == ""


@pytest.mark.criterion("A20", "A39")
def test_both_fields_may_be_empty_and_be_emptied(client: Client, studio: Company) -> None:
    product = a_product(studio, quickbooks_product_name="Raku Weekend", quickbooks_account_name="Memberships")

    save(client, product)

    assert names_of(product) == ("", "")


@pytest.mark.criterion("A27")
def test_a_subscription_has_the_same_two_fields(client: Client, studio: Company) -> None:
    product = a_product(studio, "Studio Membership (monthly)", kind=ProductKind.SUBSCRIPTION)

    assert "QuickBooks Product Name" in text_of(client.get(page_of(product)))
    save(client, product, "Studio Membership", "Memberships")

    assert names_of(product) == ("Studio Membership", "Memberships")


@pytest.mark.criterion("A73")
def test_an_expense_is_mapped_as_an_item_or_through_its_account(client: Client, studio: Company) -> None:
    charges = QuickBooksAccount.objects.get(company=studio, full_name="Bank Charges")
    QuickBooksItem.objects.filter(company=studio, sku="MISC").update(income_account_id=charges.quickbooks_id)
    as_item, by_account = a_product(studio, "Card fee"), a_product(studio, "Wire fee", sku="MISC")

    save(client, as_item, "Uncategorized Sale")
    save(client, by_account, account="Bank Charges")

    for product in (as_item, by_account):
        product.refresh_from_db()
    answers = answer_products(studio, [as_item, by_account])
    assert [
        (answer.account and answer.account.path, answer.account_rule, answer.problems) for answer in answers.values()
    ] == [
        ("Bank Charges", Rule.ITEM_ACCOUNT, ()),
        ("Bank Charges", Rule.PRODUCT_ACCOUNT, ()),
    ]


def test_a_name_that_went_stale_does_not_keep_the_other_field_from_being_saved(client: Client, studio: Company) -> None:
    product = a_product(studio, quickbooks_product_name="Gone Since")

    answer = save(client, product, "Gone Since", "Memberships")

    assert names_of(product) == ("Gone Since", "Memberships")
    assert "QuickBooks has no item with the name or SKU “Gone Since”." in told(answer)


def test_while_the_lists_are_empty_a_name_is_kept_and_the_person_is_warned() -> None:
    company = a_company()
    product = a_product(company)

    answer = save(signed_in(company), product, "Anything")

    assert names_of(product)[0] == "Anything"
    assert any("could not be checked" in message for message in told(answer))


def test_the_page_says_how_the_product_is_found(client: Client, studio: Company) -> None:
    by_sku = a_product(studio, "Wheel", sku=" wt-101 ")

    text = text_of(client.get(page_of(by_sku)))

    assert "Found by SKU" in text
    assert "Item: Wheel Throwing 101 (the product's SKU is the item's SKU in QuickBooks)." in text
    assert "Account: Services:Training:Classes (the item's own income account)." in text


@pytest.mark.criterion("A25")
def test_one_button_saves_and_opens_the_next_product_without_a_mapping(client: Client, studio: Company) -> None:
    first, mapped, last = a_product(studio, "A"), a_product(studio, "B"), a_product(studio, "C")
    save(client, mapped, "Raku Weekend")

    following = save(client, first, "Glaze Chemistry", mapping_product_save_and_next="1")
    nothing = save(client, last, "Glaze Chemistry", mapping_product_save_and_next="1")

    assert following.headers["Location"] == page_of(last)
    assert nothing.headers["Location"] == LIST
    assert "Every other product is mapped." in told(nothing)


# The list ------------------------------------------------------------------------------------------------------------


def some_products(studio: Company) -> dict[str, Product]:
    """One product of every state, by the words of the state."""
    return {
        "Mapped by name": a_product(studio, "P1", quickbooks_product_name="Raku Weekend"),
        "Mapped by SKU": a_product(studio, "P2", quickbooks_product_name="KIT-MUG"),
        "Found by SKU": a_product(studio, "P3", sku="GL-150"),
        "Found by the same name": a_product(studio, "Kiln Shelf"),
        "Not mapped": a_product(studio, "P5"),
        "Not in QuickBooks": a_product(studio, "P6", quickbooks_product_name="Nowhere"),
        "Invalid name": a_product(studio, "P7", quickbooks_product_name="n" * 31),
        "Account of the wrong type": a_product(studio, "P8", sku="SHIP", quickbooks_account_name="Checking"),
        "Account not found in QuickBooks": a_product(studio, "P9", sku="SHIP", quickbooks_account_name="Sales:Nothing"),
    }


@pytest.mark.criterion("A25")
def test_the_list_says_of_every_product_how_it_stands(client: Client, studio: Company) -> None:
    products = some_products(studio)

    rows = client.get(LIST).context["cl"].result_list

    assert {row.pk: row.mapping_state.words for row in rows} == {
        product.pk: words for words, product in products.items()
    }


@pytest.mark.criterion("A25")
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("without", {"Not mapped"}),
        ("not-in-quickbooks", {"Not in QuickBooks", "Invalid name", "Account not found in QuickBooks"}),
    ],
)
def test_what_is_left_to_do_is_a_filter(client: Client, studio: Company, chosen: str, expected: set[str]) -> None:
    some_products(studio)

    answer = client.get(LIST, {"mapping": chosen})

    assert {row.mapping_state.words for row in answer.context["cl"].result_list} == expected
    assert str(len(expected)) in [tab["count"] for tab in answer.context["product_tabs"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [({"q": "kit-m"}, {"P2"}), ({"kind": "subscription"}, set()), ({"source": "keap", "q": "P6"}, {"P6"})],
)
def test_the_list_is_searched_and_filtered(
    client: Client, studio: Company, query: dict[str, str], expected: set[str]
) -> None:
    some_products(studio)

    rows = client.get(LIST, query).context["cl"].result_list

    assert {row.name for row in rows} == expected


def test_the_list_takes_as_many_queries_for_fifty_rows_as_for_one(client: Client, studio: Company) -> None:
    a_product(studio, sku="WT-101", quickbooks_account_name="Memberships")
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for number in range(60):
        a_product(studio, f"Product {number}", sku="WT-101", quickbooks_account_name="Memberships")

    with CaptureQueriesContext(connection) as for_fifty:
        page = client.get(LIST)

    assert len(page.context["cl"].result_list) == 50
    assert len(for_fifty) == len(for_one) + 2 == 17  # more than a page is counted, for the pages and for the search


def test_a_very_long_list_is_not_counted_to_its_end(client: Client, studio: Company) -> None:
    many = (
        Product(company=studio, system="files", source_key=str(number), name=f"P{number}") for number in range(10_050)
    )
    Product.objects.bulk_create(many, batch_size=2000)

    page = client.get(LIST)

    assert page.context["cl"].result_count == 10_000
    assert "1000+" in text_of(page)


# Whose, and who may --------------------------------------------------------------------------------------------------


@pytest.mark.criterion("A26")
def test_the_action_opens_the_chosen_products_in_one_table(client: Client, studio: Company) -> None:
    first, second = a_product(studio, "A"), a_product(studio, "B")

    answer = client.post(LIST, {"action": "edit_in_a_table", "_selected_action": [first.pk, second.pk]})

    assert answer.headers["Location"] == f"/mapping/studio/products/table/?id={first.pk}&id={second.pk}"


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", MAPPERS)
def test_accountants_and_administrators_map(studio: Company, role: str) -> None:
    product = a_product(studio)

    save(signed_in(studio, role), product, "Raku Weekend")

    assert names_of(product)[0] == "Raku Weekend"


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", READERS)
def test_ops_and_auditors_read_and_cannot_map(studio: Company, role: str) -> None:
    product, client = a_product(studio), signed_in(studio, role)

    assert client.get(LIST).status_code == 200
    shown = client.get(page_of(product))
    answer = save(client, product, "Raku Weekend")
    deleted = client.post(reverse("admin:mapping_product_delete", args=[product.pk]), {"post": "yes"})
    acted = client.post(LIST, {"action": "edit_in_a_table", "_selected_action": [product.pk]})

    assert 'name="quickbooks_product_name"' not in shown.content.decode()
    assert answer.status_code == deleted.status_code == 403
    assert "Location" not in acted.headers or "table" not in acted.headers["Location"]
    assert names_of(product)[0] == ""


@pytest.mark.parametrize("page", ["admin:mapping_product_change", "admin:mapping_product_history"])
def test_a_product_of_another_company_does_not_exist(client: Client, page: str) -> None:
    other = a_product(the_studio("Nightingale Bakery", "bakery"), "Sourdough")

    answer = client.get(reverse(page, args=[other.pk]))
    missing = client.get(reverse(page, args=[other.pk + 1000]))

    assert answer.status_code == missing.status_code
    assert answer.headers.get("Location") == missing.headers.get("Location")
    save(client, other, "Raku Weekend")
    assert names_of(other)[0] == ""
    assert "Sourdough" not in text_of(client.get(LIST, {"q": "Sourdough"}))


def test_a_form_of_another_company_in_another_tab_saves_nothing(studio: Company) -> None:
    bakery = the_studio("Nightingale Bakery", "bakery")
    client = signed_in(studio)
    client.post("/mapping/choose-company/", {"company": "studio"})

    answer = save(client, a_product(studio), "Raku Weekend", _company=bakery.slug)

    assert names_of(Product.objects.get())[0] == ""
    assert told(answer) == [
        "Nothing was saved: the page was of another company, and you now work in Bramble & Birch Studio."
    ]


def test_saving_says_once_that_decisions_changed(
    client: Client, studio: Company, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []
    product = a_product(studio)

    def listen(**facts: Any) -> None:
        heard.append((facts["company"], facts["by"].username))

    decisions_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            save(client, product, "Raku Weekend")
        with django_capture_on_commit_callbacks(execute=True):
            save(client, product, "Raku Weekend")
    finally:
        decisions_changed.disconnect(listen)

    assert heard == [(studio, "accountant-of-studio")]


def test_products_come_from_sources_and_nobody_adds_them_by_hand(client: Client) -> None:
    assert client.get("/admin/mapping/product/add/").status_code == 403


def test_a_superuser_administers_every_company(studio: Company) -> None:
    from django.contrib.auth.models import User

    product = a_product(studio)

    save(client_of(User.objects.create_superuser("root")), product, "Raku Weekend")

    assert names_of(product)[0] == "Raku Weekend"
