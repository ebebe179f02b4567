"""Are products that are matched with no item listed by reason, and settled from their row?"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from books.problems import Unmatched
from companies.models import Company, Role
from mapping.lookup import answer_products
from mapping.matching.item_candidates import ItemCandidates, NamedItem
from mapping.models import Product, QuickBooksItem, SourceItemRules, SourceSettings
from mapping.unmatched import counts, unmatched
from tests.factories import the_studio
from tests.mapping.items import a_product, an_item
from tests.mapping.people import field_value, signed_in, text_of

pytestmark = pytest.mark.django_db
PAGE = "/studio/match-items/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


@pytest.fixture
def one_of_each(studio: Company) -> dict[Unmatched, Product]:
    """A product for each reason, by SKU alone, and one that is matched, and one that is not sold any more."""
    SourceItemRules.objects.create(company=studio, system="keap", match_first="sku", match_second="")
    an_item(studio, "Twin A", sku="TWIN")
    an_item(studio, "Twin B", sku="twin ")
    an_item(studio, "Gift box", sku="BOX", kind="Group")
    an_item(studio, "Old mug (deleted)", sku="OLD", active=False)
    an_item(studio, "Glaze", sku="OTHER")
    a_product(studio, "Matched", sku="WT-101")
    a_product(studio, "Not sold", sku="GONE-1", active=False)
    return {
        Unmatched.TWO_FIT: a_product(studio, "Twin", sku="TWIN"),
        Unmatched.NOT_SOLD: a_product(studio, "Gift box", sku="BOX"),
        Unmatched.INACTIVE: a_product(studio, "Mug", sku="OLD"),
        Unmatched.NO_SKU: a_product(studio, "Apron"),
        Unmatched.NAME_TAKEN: a_product(studio, "GLAZE", sku="GL-1"),
        Unmatched.NOT_FOUND: a_product(studio, "Sponge", sku="SP-1"),
    }


def press(client: Client, product: Product, action: str, **fields: str) -> str:
    """The page after a button of a row was pressed."""
    return text_of(client.post(PAGE, {"product": product.pk, action: "1", **fields}, follow=True))


@pytest.mark.criterion("D29", "D31", "D34", "D38")
def test_each_reason_is_listed_with_the_record_and_what_can_be_done(
    client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    text = text_of(client.get(PAGE))

    for reason, product in one_of_each.items():
        assert reason.label in text
        assert str(product) in text
        narrowed = client.get(f"{PAGE}?reason={reason.value}").context["rows"]
        assert [row.product for row in narrowed] == [product]
    assert "Item is missing a SKU 1" in text
    assert "All 6" in text
    for words in ("Save the SKU and look", "Save the name and look", "Choose this item", "Re-sync"):
        assert words in text


def test_the_list_and_the_rules_say_the_same_of_every_product(
    studio: Company, one_of_each: dict[Unmatched, Product]
) -> None:
    assert {Unmatched(row.reason): row for row in unmatched(studio)} == one_of_each  # type: ignore[attr-defined]
    assert counts(studio) == dict.fromkeys(Unmatched, 1)
    answers = answer_products(studio, list(one_of_each.values()))
    told = {reason: answers[product.pk].problems[0] for reason, product in one_of_each.items()}
    assert told.pop(Unmatched.TWO_FIT).code == "item-is-ambiguous"
    assert [problem.facts()["reason"] for problem in told.values()] == [reason.value for reason in told]
    assert "“Glaze”" in told[Unmatched.NAME_TAKEN].explain()


@pytest.mark.criterion("D25")
def test_while_item_sync_is_off_nothing_is_listed_and_the_switch_is_named(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    a_product(studio, "Of a file", system="files")
    settings = SourceSettings.objects.create(company=studio, system="files", item_sync=False)

    one_is_off = text_of(client.get(PAGE))
    SourceSettings.objects.update_or_create(company=studio, system="keap", defaults={"item_sync": False})
    both_are_off = text_of(client.get(PAGE))

    assert "All 6" in one_is_off
    assert "is off: its product without a QuickBooks name is not matched by itself" in one_is_off
    assert "Of a file" not in one_is_off
    assert "All 0" in both_are_off
    assert "is off: its 7 products without a QuickBooks name are not matched by themselves" in both_are_off
    assert f"/studio/integrations/{settings.system}/" in client.get(PAGE).content.decode()


@pytest.mark.criterion("D29", "D30", "D38")
def test_entering_the_sku_looks_for_the_match_at_once_and_the_row_is_gone(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    apron = one_of_each[Unmatched.NO_SKU]
    an_item(studio, "Studio apron", sku="AP-1")

    text = press(client, apron, "enter-sku", sku=" ap-1")

    apron.refresh_from_db()
    assert (apron.sku_given, apron.sku) == ("ap-1", "")
    assert "Apron: Found by SKU. Item: Studio apron" in text
    assert "Item is missing a SKU" not in text
    assert apron.history.latest().history_user is not None


@pytest.mark.criterion("D30", "D31")
def test_an_sku_that_no_item_has_leads_to_the_next_issue(client: Client, one_of_each: dict[Unmatched, Product]) -> None:
    apron = one_of_each[Unmatched.NO_SKU]

    text = press(client, apron, "enter-sku", sku="AP-9")

    assert "no QuickBooks item has its SKU or its name" in text
    assert [row.product for row in client.get(f"{PAGE}?reason=not-found").context["rows"]] == [
        apron,
        one_of_each[Unmatched.NOT_FOUND],
    ]


@pytest.mark.criterion("D27")
def test_an_sku_that_another_active_product_has_is_refused(
    client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    apron = one_of_each[Unmatched.NO_SKU]

    text = press(client, apron, "enter-sku", sku="sp-1")

    apron.refresh_from_db()
    assert "“Sponge” has the SKU “sp-1” already." in text
    assert apron.sku_given == ""


@pytest.mark.criterion("D34", "D36", "D38")
def test_with_another_name_here_the_issue_of_the_duplicate_name_is_gone(
    client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    glaze = one_of_each[Unmatched.NAME_TAKEN]

    press(client, glaze, "rename", name="Glaze, celadon")

    glaze.refresh_from_db()
    assert (glaze.name, glaze.name_given) == ("GLAZE", "Glaze, celadon")
    gone = client.get(f"{PAGE}?reason=name-taken")
    assert not gone.context["rows"]
    assert "Nothing of this kind is left to match. All items to match" in text_of(gone)


@pytest.mark.criterion("D37", "D38")
def test_with_another_name_in_quickbooks_the_issue_of_the_duplicate_name_is_gone(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    item = QuickBooksItem.objects.get(company=studio, name="Glaze")
    item.name = item.full_name = "Glaze, old"
    item.name_folded = item.name_compared = "glaze old"
    item.save()

    gone = client.get(f"{PAGE}?reason=name-taken")
    assert not gone.context["rows"]
    assert "Nothing of this kind is left to match." in text_of(gone)
    assert one_of_each[Unmatched.NAME_TAKEN] in [
        row.product for row in client.get(f"{PAGE}?reason=not-found").context["rows"]
    ]


@pytest.mark.criterion("D31", "D38")
def test_an_item_is_chosen_from_the_row(client: Client, one_of_each: dict[Unmatched, Product]) -> None:
    sponge, twin = one_of_each[Unmatched.NOT_FOUND], one_of_each[Unmatched.TWO_FIT]

    text = press(client, sponge, "choose", item="Coaching Hour")
    picked = text_of(client.post(PAGE, {"product": twin.pk, "pick": "Twin B"}, follow=True))

    assert "“Sponge” is sold as “Coaching Hour”." in text
    assert "“Twin” is sold as “Twin B”." in picked
    assert "All 4" in picked


def test_a_candidate_that_was_made_inactive_before_the_click_is_refused_with_why(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    twin = one_of_each[Unmatched.TWO_FIT]
    QuickBooksItem.objects.filter(company=studio, name="Twin B").update(active=False)

    text = text_of(client.post(PAGE, {"product": twin.pk, "pick": "Twin B"}, follow=True))

    twin.refresh_from_db()
    assert "“Twin B” is inactive in QuickBooks." in text
    assert twin.quickbooks_product_name == ""


def test_what_another_person_settled_meanwhile_is_not_written_over(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    sponge = one_of_each[Unmatched.NOT_FOUND]
    Product.objects.filter(pk=sponge.pk).update(quickbooks_product_name="Glaze")

    text = press(client, sponge, "choose", item="Coaching Hour")

    sponge.refresh_from_db()
    assert "Someone has settled this product in the meantime." in text
    assert sponge.quickbooks_product_name == "Glaze"


@pytest.mark.parametrize(
    ("action", "fields"),
    [("enter-sku", {"sku": "TWO"}), ("rename", {"name": "Sponge two"}), ("choose", {"item": "Coaching Hour"})],
)
def test_an_sku_that_another_tab_entered_meanwhile_is_told_and_not_written_over(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product], action: str, fields: dict[str, str]
) -> None:
    sponge = one_of_each[Unmatched.NOT_FOUND]
    opened = field_value(client.get(f"{PAGE}?product={sponge.pk}"), "opened")

    press(client, sponge, "enter-sku", sku="ONE", opened=opened)
    text = press(client, sponge, action, opened=opened, **fields)

    sponge.refresh_from_db()
    assert "Nothing was saved: Sponge was changed in the meantime." in text
    assert "“ONE” in place of nothing." in text
    assert (sponge.sku_given, sponge.name_given, sponge.quickbooks_product_name) == ("ONE", "", "")


@pytest.mark.parametrize(
    ("role", "action", "fields", "allowed"),
    [
        (Role.OPS, "enter-sku", {"sku": "N-1"}, True),
        (Role.OPS, "rename", {"name": "New"}, True),
        (Role.OPS, "choose", {"item": "Coaching Hour"}, False),
        (Role.AUDITOR, "enter-sku", {"sku": "N-1"}, False),
        (Role.AUDITOR, "resync", {}, False),
    ],
)
def test_each_action_asks_for_its_right(
    studio: Company,
    one_of_each: dict[Unmatched, Product],
    role: str,
    action: str,
    fields: dict[str, str],
    allowed: bool,
) -> None:
    product = one_of_each[Unmatched.NOT_FOUND]

    answer = signed_in(studio, role).post(PAGE, {"product": product.pk, action: "1", **fields})

    assert answer.status_code == (302 if allowed else 403)


def test_a_row_offers_the_likeliest_items_with_the_reasons(
    studio: Company, client: Client, one_of_each: dict[Unmatched, Product]
) -> None:
    an_item(studio, "Sponges", sku="SP1")

    text = text_of(client.get(f"{PAGE}?reason=not-found"))

    assert "Sponges SP1 · same SKU but for punctuation, name differs by one letter" in text


def test_a_hundred_products_take_as_many_queries_as_one(studio: Company, client: Client) -> None:
    a_product(studio, "Sponge 0", sku="SP-0")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_one:
        client.get(PAGE)
    for number in range(1, 100):
        a_product(studio, f"Sponge {number}", sku=f"SP-{number}")
    with CaptureQueriesContext(connection) as for_many:
        client.get(PAGE)

    assert len(for_many) == len(for_one)


@pytest.mark.parametrize(
    ("product", "item", "reasons"),
    [
        (NamedItem("A", "WT-101"), NamedItem("B", "wt-101"), ("same SKU",)),
        (NamedItem("A", "WT-101"), NamedItem("B", "WT101"), ("same SKU but for punctuation",)),
        (NamedItem("A", "00123"), NamedItem("B", "123"), ("same SKU but for leading zeros",)),
        (NamedItem("A", "KILN-14"), NamedItem("B", "KILN-15"), ("SKU differs by one character",)),
        (NamedItem("Café mug"), NamedItem("cafe-mug"), ("same name but for capitals, accents or punctuation",)),
        (NamedItem("Red mug"), NamedItem("Shop:Mug, red"), ("the same words in another order",)),
        (NamedItem("Sponge"), NamedItem("Sponges"), ("name differs by one letter",)),
        (NamedItem("Starter clay kit"), NamedItem("Clay kit"), ("one name is part of the other",)),
        (NamedItem("Clay kit 2025"), NamedItem("Clay kit 2026"), ("similar name",)),
        (NamedItem("Sponge"), NamedItem("Kiln shelf"), ()),
    ],
)
def test_a_candidate_says_what_speaks_for_it(product: NamedItem, item: NamedItem, reasons: tuple[str, ...]) -> None:
    found = ItemCandidates([item]).of(product)

    assert tuple(reason for candidate in found for reason in candidate.reasons) == reasons


def test_five_are_offered_the_likeliest_first_and_none_is_taken(studio: Company) -> None:
    items = [NamedItem(f"Clay kit {size}") for size in "abcdefg"]
    found = ItemCandidates([*items, NamedItem("Kit, clay"), NamedItem("Other", "CK-1")]).of(
        NamedItem("Clay kit", "CK1")
    )

    assert [candidate.item.name for candidate in found][:2] == ["Other", "Kit, clay"]
    assert len(found) == 5
    assert [candidate.score for candidate in found] == sorted((candidate.score for candidate in found), reverse=True)


def test_when_all_is_matched_the_page_says_so(client: Client) -> None:
    assert "Every product is matched." in text_of(client.get(PAGE))


def test_a_reason_that_does_not_exist_shows_everything(client: Client, one_of_each: Any) -> None:
    assert len(client.get(f"{PAGE}?reason=nonsense").context["rows"]) == 6
