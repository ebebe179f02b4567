"""Does the page of line types have its eight sections with three fields each, and is each a decision of its own?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from books.answers import Rule
from books.orders import DEFAULT_SECTIONS, Section
from companies.models import Company
from companies.signals import decisions_changed
from mapping.lookup import answer_orders
from mapping.models import LineTypeDefault
from tests.factories import staged, the_studio
from tests.mapping.people import MAPPERS, READERS, field_value, offers_of, signed_in, text_of, told
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/line-types/"
SECTIONS = [
    "Unknown Type",
    "Program",
    "Shipping",
    "Tax",
    "Service & Misc.",
    "Upsell Product",
    "Finance Charge",
    "Special",
]
#: Section, a line of that type as a text, and its name on screen.
OF_EACH = [
    pytest.param(section, label, marks=pytest.mark.criterion(criterion))
    for section, label, criterion in zip(
        DEFAULT_SECTIONS, SECTIONS, ("A53", "A54", "A55", "A56", "A57", "A58", "A59", "A60"), strict=True
    )
]


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio)


def form_of(company: Company, **changes: str) -> dict[str, str]:
    """What the page sends when nothing but `changes` was touched; a name is `section__field`, dashes as underscores."""
    rows = {row.section: row for row in LineTypeDefault.objects.filter(company=company)}
    data = {}
    for section in DEFAULT_SECTIONS:
        row = rows.get(section.value) or LineTypeDefault()
        data[f"{section.value}-item_name_default"] = row.item_name_default
        passed = "yes" if row.pass_item_description_as_the_name else "no"
        data[f"{section.value}-pass_item_description_as_the_name"] = passed
        data[f"{section.value}-item_account_default"] = row.item_account_default
    for name, text in changes.items():
        section_name, _, field = name.partition("__")
        data[f"{section_name.replace('_', '-')}-{field}"] = text
    return data


def stored(company: Company, section: Section) -> tuple[str, bool, str]:
    row = LineTypeDefault.objects.get(company=company, section=section.value)
    return row.item_name_default, row.pass_item_description_as_the_name, row.item_account_default


def answered(company: Company, line: str) -> Any:
    """The answer of an order's only line."""
    order = an_order(f"2026-08-14  order 7\n{line}")
    staged(company, order)
    answers = answer_orders(company, "keap", [order], customer_document=lambda key: key)
    return answers[0].lines[order.lines[0].key]


@pytest.mark.criterion("A62", "A75")
def test_every_section_has_exactly_these_three_fields_in_this_order(client: Client) -> None:
    page = client.get(PAGE)
    body = page.content.decode()

    headings = re.findall(r'id="section-[^"]+">([^<]+)</h2>', body)
    assert [heading.replace("&amp;", "&") for heading in headings] == SECTIONS
    for section in DEFAULT_SECTIONS:
        assert re.findall(rf'name="{section.value}-([a-z_]+)"', body) == [
            "item_name_default",
            "pass_item_description_as_the_name",
            "item_account_default",
        ]
    labels = re.findall(r'<label for="id_shipping-[^"]+">([^<]+)</label>', body)
    assert labels == ["Item Name Default", "Pass Item Description as the Name", "Item Account Default"]
    assert text_of(page).count("Used for each line of this type that has no item name of its own.") == 8


@pytest.mark.criterion("A52")
def test_the_page_says_that_products_post_by_their_own_mapping(client: Client) -> None:
    assert "A line of type Product posts by the mapping of its product or subscription." in text_of(client.get(PAGE))


@pytest.mark.parametrize(("section", "label"), OF_EACH)
def test_a_line_of_each_type_posts_by_its_own_section(
    client: Client, studio: Company, section: Section, label: str
) -> None:
    LineTypeDefault.objects.all().delete()
    key = section.value.replace("-", "_")
    changes = {f"{key}__item_name_default": "Kiln Shelf", f"{key}__item_account_default": "Memberships"}

    client.post(PAGE, form_of(studio, **changes))
    answer = answered(studio, f"{section.value}  10.00")

    assert answer.item.name == "Kiln Shelf"
    assert answer.item_rule is Rule.TYPE_DEFAULT
    assert answer.account.path == "Memberships"
    assert answer.account_rule is Rule.TYPE_ACCOUNT


@pytest.mark.criterion("A66")
def test_the_description_is_not_passed_until_someone_says_so(client: Client, studio: Company) -> None:
    LineTypeDefault.objects.all().delete()
    assert client.get(PAGE).content.decode().count('<option value="no" selected>') == 8

    client.post(PAGE, form_of(studio, service__pass_item_description_as_the_name="yes"))

    assert stored(studio, Section.SERVICE) == ("", True, "")


@pytest.mark.criterion("A69")
def test_an_account_is_named_exactly_with_the_rule_of_the_colon(client: Client, studio: Company) -> None:
    corrected = client.post(PAGE, form_of(studio, shipping__item_account_default="Services : Training"))
    unknown = client.post(PAGE, form_of(studio, shipping__item_account_default="Services:Trainings"))
    wrong = client.post(PAGE, form_of(studio, shipping__item_account_default="Checking"))

    assert stored(studio, Section.SHIPPING)[2] == "Services:Training"
    assert any("was corrected to “Services:Training”" in message for message in told(corrected))
    assert "QuickBooks has no account “Services:Trainings”." in text_of(unknown)
    assert "Services:Training" in offers_of(unknown)
    assert "“Checking” is of type Bank. Item Account Default accepts:" in text_of(wrong)


def test_an_item_is_named_exactly_too(client: Client, studio: Company) -> None:
    answer = client.post(PAGE, form_of(studio, tax__item_name_default="sales tax"))

    assert "QuickBooks writes this “Sales Tax”." in text_of(answer)
    assert offers_of(answer)[0] == "Sales Tax"
    assert stored(studio, Section.TAX)[0] == "Sales Tax"
    filled = client.get(PAGE, {"tax-item_name_default": "Discount"})
    assert field_value(filled, "tax-item_name_default") == "Discount"


@pytest.mark.criterion("A70")
def test_a_change_in_one_section_touches_no_other(client: Client, studio: Company) -> None:
    before = {section: stored(studio, section) for section in DEFAULT_SECTIONS}

    client.post(PAGE, form_of(studio, upsell__item_account_default="Sales:Kits"))

    after = {section: stored(studio, section) for section in DEFAULT_SECTIONS}
    assert {section for section in DEFAULT_SECTIONS if before[section] != after[section]} == {Section.UPSELL}
    assert LineTypeDefault.history.filter(history_user__isnull=False).count() == 1


def test_with_one_error_nothing_of_the_page_is_saved(client: Client, studio: Company) -> None:
    client.post(PAGE, form_of(studio, upsell__item_account_default="Sales:Kits", tax__item_name_default="Nowhere"))

    assert stored(studio, Section.UPSELL)[2] == ""


def test_a_name_that_went_stale_does_not_keep_the_page_from_being_saved(client: Client, studio: Company) -> None:
    LineTypeDefault.objects.filter(section="tax").update(item_name_default="Gone Since")

    answer = client.post(PAGE, form_of(studio, upsell__item_account_default="Sales:Kits"))

    assert stored(studio, Section.UPSELL)[2] == "Sales:Kits"
    assert "QuickBooks has no item with the name or SKU “Gone Since”." in told(answer)


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", MAPPERS)
def test_accountants_and_administrators_decide(studio: Company, role: str) -> None:
    signed_in(studio, role).post(PAGE, form_of(studio, upsell__item_account_default="Sales:Kits"))

    assert stored(studio, Section.UPSELL)[2] == "Sales:Kits"


@pytest.mark.criterion("B26")
@pytest.mark.parametrize("role", READERS)
def test_ops_and_auditors_read_the_page_and_cannot_send_it(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    page = client.get(PAGE)
    answer = client.post(PAGE, form_of(studio, upsell__item_account_default="Sales:Kits"))

    assert page.status_code == 200
    assert page.content.decode().count("disabled") >= 24
    assert answer.status_code == 403
    assert stored(studio, Section.UPSELL)[2] == ""


def test_a_stranger_to_the_company_finds_no_such_page(studio: Company) -> None:
    stranger = signed_in(the_studio("Nightingale Bakery", "bakery"))

    assert stranger.get(PAGE).status_code == stranger.post(PAGE, form_of(studio)).status_code == 404


def test_one_save_is_announced_once(client: Client, studio: Company, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[Any] = []

    def listen(**facts: Any) -> None:
        heard.append(facts["company"])

    decisions_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(
                PAGE, form_of(studio, upsell__item_account_default="Sales:Kits", tax__item_name_default="Upsell")
            )
        with django_capture_on_commit_callbacks(execute=True):
            client.post(PAGE, form_of(studio))
    finally:
        decisions_changed.disconnect(listen)

    assert heard == [studio]


def test_the_admin_leads_to_the_page(client: Client) -> None:
    assert client.get("/admin/mapping/linetypedefault/").headers["Location"] == PAGE
