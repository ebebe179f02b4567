"""Are items found as the rules of their source say, in the order that was chosen, and never guessed?"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from books.answers import LineAnswer, Rule
from companies.models import Company
from mapping.copying.copy import copy_decisions
from mapping.lookup import answer_products
from mapping.matching.item_rules import like_key, sku_key
from mapping.models import Product, QuickBooksItem, SourceItemRules, SourceSettings
from mapping.product_states import not_in_quickbooks, number_to_decide, states, without_mapping
from sync.models import Document
from tests.factories import a_company, prepared, staged, the_lists, the_studio
from tests.mapping.items import a_product, an_item
from tests.mapping.people import MAPPERS, READERS, signed_in, text_of
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/item-rules/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


def rules(company: Company, *steps: str, system: str = "keap") -> SourceItemRules:
    chosen = dict(zip(("match_first", "match_second", "match_third"), (*steps, "", "", "")[:3], strict=True))
    return SourceItemRules.objects.create(company=company, system=system, **chosen)


def found(product: Product) -> tuple[str, Rule | None]:
    """The item that a product is sold as, and by which rule; the code of what is in the way where there is none."""
    answer: LineAnswer = answer_products(product.company, [product])[product.pk]
    return (answer.item.name, answer.item_rule) if answer.item else (answer.problems[0].code, None)


def listed(product: Product) -> bool:
    """Whether the list of what has no mapping has the product; the table and the rules must say the same."""
    return without_mapping(Product.objects.filter(pk=product.pk), product.company).exists()


# Matching ------------------------------------------------------------------------------------------------------------


def test_the_steps_are_tried_in_the_order_that_was_chosen(studio: Company) -> None:
    decided = rules(studio, "name", "sku")
    an_item(studio, "Mug", sku="OTHER")
    an_item(studio, "Cup", sku="MUG-1")
    product = a_product(studio, "Mug", sku="mug-1 ")

    by_name = found(product)
    decided.match_first, decided.match_second = "sku", "name"
    decided.save()

    assert by_name == ("Mug", Rule.SAME_NAME)
    assert found(product) == ("Cup", Rule.SKU)


def test_without_a_decision_the_sku_comes_before_the_name(studio: Company) -> None:
    an_item(studio, "Mug", sku="OTHER")
    an_item(studio, "Cup", sku="MUG-1")

    assert found(a_product(studio, "Mug", sku="MUG-1")) == ("Cup", Rule.SKU)
    assert found(a_product(studio, "Mug")) == ("Mug", Rule.SAME_NAME)


@pytest.mark.criterion("D26")
def test_a_step_that_is_switched_off_finds_nothing(studio: Company) -> None:
    rules(studio, "sku")
    an_item(studio, "Mug", sku="M-1")
    by_name, by_sku = a_product(studio, "Mug"), a_product(studio, "Another name", sku="M-1")

    assert found(by_name) == ("product-without-mapping", None)
    assert found(by_sku) == ("Mug", Rule.SKU)
    assert (listed(by_name), listed(by_sku)) == (True, False)


def test_the_list_of_what_is_to_be_decided_has_each_product_once(studio: Company) -> None:
    an_item(studio, "Pots:Mug", sku="M-1")
    an_item(studio, "Old cup", active=False)
    products = Product.objects.filter(company=studio)
    known = set(products)
    named = {
        text: a_product(studio, f"Product {place}", quickbooks_product_name=text)
        for place, text in enumerate(("Pots:Mug", "Mug", " m-1 ", "Old cup", "Jug"))
    }
    bare = a_product(studio, "Pots:Mug", quickbooks_account_name="No such account")
    neither = a_product(studio, "Bowl", quickbooks_account_name="No such account")
    off = a_product(studio, "Pots:Mug", system="shop")
    before = listed(bare), listed(neither), listed(off)
    SourceSettings.objects.create(company=studio, system="shop", item_sync=False)

    nowhere = set(not_in_quickbooks(products, studio)) - known

    assert nowhere == {named["Old cup"], named["Jug"], bare, neither}
    assert before == (False, True, False)
    assert (listed(bare), listed(neither), listed(off)) == (False, True, True)
    both = not_in_quickbooks(products, studio) | without_mapping(products, studio)
    assert number_to_decide(products, studio) == both.count()


@pytest.mark.criterion("D28")
@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("  zz-101", "ZZ-101 ", True),
        ("ÄPFEL-1", "äpfel-1", True),
        ("00123", "123", False),
        ("00123", "00123", True),
        ("1 2", "12", False),
        ("A-1", "A1", False),
    ],
)
def test_skus_are_compared_trimmed_and_without_regard_to_case_and_nothing_else(
    studio: Company, ours: str, theirs: str, same: bool
) -> None:
    rules(studio, "sku")
    an_item(studio, "Theirs", sku=theirs)
    product = a_product(studio, "Ours", sku=ours)

    assert (sku_key(ours) == sku_key(theirs)) is same
    assert (found(product)[0] == "Theirs") is same
    assert listed(product) is not same


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("café mug, 12 oz.", "Cafe Mug (12 oz)", True),
        ("T-SHIRT", "t shirt", True),
        ("Shirt : Red", "Shirt:Red", True),
        ("Cafe Mug 12", "Cafe Mug 21", False),
        ("Mug", "Mugs", False),
    ],
)
def test_switched_on_a_name_is_found_without_case_accents_and_punctuation(
    studio: Company, ours: str, theirs: str, same: bool
) -> None:
    an_item(studio, theirs)
    product = a_product(studio, ours)

    off = found(product)
    rules(studio, "sku", "name", "like-name")

    assert off == ("product-without-mapping", None), "off at first"
    assert found(product) == ((theirs, Rule.LIKE_NAME) if same else ("product-without-mapping", None))
    assert listed(product) is not same


def test_a_name_of_signs_alone_is_like_no_other(studio: Company) -> None:
    rules(studio, "like-name")
    an_item(studio, "***")

    assert like_key("***") != like_key("???")
    assert found(a_product(studio, "???")) == ("product-without-mapping", None)


def test_two_that_fit_are_asked_about_and_the_next_step_is_not_tried(studio: Company) -> None:
    rules(studio, "like-name", "sku")
    an_item(studio, "Clay: 10 lb".replace(": ", " - "))
    an_item(studio, "Clay (10 lb)")
    an_item(studio, "Third", sku="CLAY-10")
    product = a_product(studio, "Clay 10 lb", sku="CLAY-10")

    assert found(product) == ("item-is-ambiguous", None)
    assert states(studio, [product])[product.pk].words == "Two items fit"


def test_what_a_person_chose_comes_before_every_step(studio: Company) -> None:
    rules(studio, "sku", "name", "like-name")
    an_item(studio, "Mug", sku="M-1")
    product = a_product(studio, "Mug", sku="M-1", quickbooks_product_name="Coaching Hour")

    assert found(product) == ("Coaching Hour", Rule.PRODUCT_NAME)


def test_the_rules_of_one_source_say_nothing_of_another(studio: Company) -> None:
    rules(studio, "sku", system="files")
    an_item(studio, "Mug")
    of_keap, of_files = a_product(studio, "Mug"), a_product(studio, "Mug", system="files")

    assert found(of_keap) == ("Mug", Rule.SAME_NAME)
    assert found(of_files) == ("product-without-mapping", None)
    assert (listed(of_keap), listed(of_files)) == (False, True)


def test_an_sku_that_a_person_entered_and_a_name_for_quickbooks_count_in_place_of_the_sources(studio: Company) -> None:
    an_item(studio, "Mug", sku="M-1")
    an_item(studio, "Cup")
    product = a_product(studio, "Unknown", sku="X-9")

    product.sku_given = "m-1"
    product.save()
    by_sku = found(product)
    product.sku_given, product.name_given = "", "Cup"
    product.save(update_fields=["sku_given", "name_given"])

    assert by_sku == ("Mug", Rule.SKU)
    assert found(product) == ("Cup", Rule.SAME_NAME)
    assert not listed(product)


def test_an_upgrade_fills_in_what_is_compared(studio: Company) -> None:
    an_item(studio, "Shirts:Café (red)", sku=" R-1 ")
    product = a_product(studio, "Éclair", sku=" E-1")
    Product.objects.update(sku_compared="", name_folded="", name_compared="")
    QuickBooksItem.objects.update(sku_compared="", name_folded="", name_compared="", full_name_compared="")

    import_module("mapping.migrations.0014_item_rules").fill_in(apps, SimpleNamespace(connection=connection))

    product.refresh_from_db()
    item = QuickBooksItem.objects.get(company=studio, full_name="Shirts:Café (red)")
    assert (product.sku_compared, product.name_folded, product.name_compared) == ("e-1", "éclair", "eclair")
    assert (item.sku_compared, item.name_folded) == ("r-1", "café (red)")
    assert (item.name_compared, item.full_name_compared) == ("cafe red", "shirts cafe red")


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(studio: Company) -> Client:
    staged(studio, "2026-08-14  order 1  #7 Ann Lee <ann@clay.example>\nWT-101  1.00")
    return signed_in(studio)


def save(client: Client, *steps: str) -> Any:
    fields = ("keap-match_first", "keap-match_second", "keap-match_third")
    return client.post(PAGE, dict(zip(fields, (*steps, "", "", "")[:3], strict=True)), follow=True)


def test_the_page_is_a_tab_of_the_products_and_offers_every_step(page: Client) -> None:
    text = text_of(page.get(PAGE))

    for words in (
        "Match first by", "Then by", "SKU", "Name, letter for letter", "Name, whatever its capitals",
        "leading zeros are part of them",
    ):  # fmt: skip
        assert words in text
    assert PAGE in page.get("/admin/mapping/product/").content.decode()


@pytest.mark.parametrize("role", MAPPERS)
def test_what_is_chosen_is_kept_with_its_author_and_prepares_what_it_concerns(
    studio: Company, page: Client, role: str, django_capture_on_commit_callbacks: Any
) -> None:
    order = an_order("2026-08-14  order 2  #8 Bo Fay <bo@clay.example>\nWT-101  1.00")
    prepared(
        studio,
        replace(order, lines=(replace(order.lines[0], product_name="Wheel-throwing 101!", sku="", product_id="9"),)),
    )
    before = Document.objects.get(order__number="2", kind="invoice").state
    client = signed_in(studio, role, "second-person")

    with django_capture_on_commit_callbacks(execute=True):
        save(client, "sku", "name", "like-name")

    row = SourceItemRules.objects.get()
    assert [step.value for step in row.steps] == ["sku", "name", "like-name"]
    assert row.history.get().history_user is not None
    assert before == "blocked"
    assert Document.objects.get(order__number="2", kind="invoice").state == "ready"


def test_a_step_is_chosen_once(page: Client) -> None:
    assert "Chosen twice" in text_of(save(page, "sku", "sku"))
    assert not SourceItemRules.objects.exists()


@pytest.mark.parametrize("role", READERS)
def test_readers_read_and_change_nothing(studio: Company, page: Client, role: str) -> None:
    reader = signed_in(studio, role)

    assert reader.get(PAGE).status_code == 200
    assert save(reader, "name").status_code == 403


def test_values_of_a_link_are_shown_and_not_saved(page: Client) -> None:
    shown = page.get(f"{PAGE}?keap-match_first=like-name")

    assert '<option value="like-name" selected>' in shown.content.decode()
    assert not SourceItemRules.objects.exists()


def test_an_earlier_state_is_restored_and_the_rules_are_copied_to_the_twin(studio: Company, page: Client) -> None:
    save(page, "name")
    save(page, "sku")
    first = SourceItemRules.objects.get().history.earliest()
    page.post(f"/mapping/studio/history/sourceitemrules/{first.pk}/restore/", {})
    other = a_company(name="Other", slug="other")
    the_lists(other)

    copy_decisions(studio, other, by=None, same_records=True)

    assert SourceItemRules.objects.get(company=studio).match_first == "name"
    assert SourceItemRules.objects.get(company=other).match_first == "name"


def test_before_any_product_the_page_says_where_to_begin(studio: Company) -> None:
    assert "Import orders first." in text_of(signed_in(studio).get(PAGE))
