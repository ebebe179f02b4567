"""Are customers found, named and recorded as the rules of their source say, and never guessed?"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from books.answers import CustomerAnswer, Rule
from books.customer_fields import NameFormat, company_zip_key, name_in
from books.orders import Address, Customer
from companies.models import Company, CompanyKind
from mapping.copying.copy import copy_decisions
from mapping.lookup import answer_orders
from mapping.models import QuickBooksCustomer, SourceCustomer, SourceCustomerRules
from tests.factories import a_book_customer, a_company, staged, the_lists, the_studio
from tests.mapping.people import MAPPERS, READERS, field_value, signed_in, text_of
from tests.sample_orders import an_order

pytestmark = pytest.mark.django_db
PAGE = "/mapping/studio/customer-rules/"
FIRST = {"match_first": "email", "name_format": "first-last", "name_field": "display", "not_found": "create"}


@pytest.fixture
def studio() -> Company:
    return the_studio()


def rules(company: Company, **decided: Any) -> SourceCustomerRules:
    return SourceCustomerRules.objects.create(company=company, system="keap", **decided)


def answer(company: Company, customer: Customer) -> CustomerAnswer:
    """The customer's answer once an order of theirs is staged."""
    order = an_order("2026-08-14  order 1  #7 X Y <x@example.com>\nWT-101  1.00")
    order = order.__class__(**{**vars(order), "customer": customer})
    staged(company, order)
    return answer_orders(company, "keap", [order], customer_document=lambda key: f"keap:customer:{key}")[0].customer


def found(company: Company, customer: Customer) -> tuple[str, Rule | None]:
    """The QuickBooks customer, and the rule that found them."""
    answered = answer(company, customer)
    assert answered.customer is not None, answered.problems
    return answered.customer.name, answered.rule


ANN = Customer(source_id="7", given_name="Ann", family_name="Lee", company_name="Clay Works", email="ann@clay.example")


# The name ------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E08", "E09")
@pytest.mark.parametrize(
    ("name_format", "name"),
    [
        (NameFormat.FIRST_LAST, "Ann Lee"),
        (NameFormat.LAST_FIRST, "Lee, Ann"),
        (NameFormat.COMPANY, "Clay Works"),
        (NameFormat.COMPANY_OR_NAME, "Clay Works"),
        (NameFormat.NAME_AND_COMPANY, "Ann Lee (Clay Works)"),
        (NameFormat.EMAIL, "ann@clay.example"),
    ],
)
def test_the_name_is_taken_in_the_chosen_format(name_format: NameFormat, name: str) -> None:
    assert name_in(ANN, name_format) == name


@pytest.mark.criterion("E10")
@pytest.mark.parametrize(
    ("name_format", "customer", "name"),
    [
        (NameFormat.FIRST_LAST, Customer(company_name="Clay Works", email="a@b.co"), "Clay Works"),
        (NameFormat.FIRST_LAST, Customer(email="a@b.co"), "a@b.co"),
        (NameFormat.LAST_FIRST, Customer(family_name="Lee", email="a@b.co"), "Lee"),
        (NameFormat.LAST_FIRST, Customer(given_name=" Ann "), "Ann"),
        (NameFormat.COMPANY, Customer(given_name="Ann", email="a@b.co"), "a@b.co"),
        (NameFormat.COMPANY, Customer(given_name="Ann", family_name="Lee"), "Ann Lee"),
        (NameFormat.COMPANY_OR_NAME, Customer(given_name="Ann", email="a@b.co"), "Ann"),
        (NameFormat.NAME_AND_COMPANY, Customer(given_name="Ann", email="a@b.co"), "Ann"),
        (NameFormat.NAME_AND_COMPANY, Customer(company_name="Clay Works"), "Clay Works"),
        (NameFormat.NAME_AND_COMPANY, Customer(email="a@b.co"), "a@b.co"),
        (NameFormat.EMAIL, Customer(given_name="Ann"), "Ann"),
        (NameFormat.EMAIL, Customer(company_name="Clay Works"), "Clay Works"),
    ],
)
def test_an_empty_part_has_its_fallback_and_leaves_no_odd_signs(
    name_format: NameFormat, customer: Customer, name: str
) -> None:
    assert name_in(customer, name_format) == name


@pytest.mark.parametrize("name_format", list(NameFormat))
def test_nobody_has_no_name_in_any_format(name_format: NameFormat) -> None:
    assert name_in(Customer(company_name="  "), name_format) == ""


# Matching ------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E12")
@pytest.mark.parametrize(
    ("decided", "facts", "rule"),
    [
        ({"match_first": "name"}, {"name": "ANN LEE"}, Rule.NAME),
        ({"match_first": "name", "name_format": "last-first"}, {"name": "Lee, Ann"}, Rule.NAME),
        (
            {"match_first": "name", "name_format": "company", "name_field": "company"},
            {"company_name": "clay works"},
            Rule.NAME,
        ),
        ({"match_first": "name", "name_field": "person"}, {"given_name": "Ann", "family_name": "Lee"}, Rule.NAME),
        (
            {"match_first": "name", "name_format": "last-first", "name_field": "person"},
            {"given_name": "Ann", "family_name": "Lee"},
            Rule.NAME,
        ),
        ({"match_first": "name", "name_field": "check"}, {"check_name": "Ann Lee"}, Rule.NAME),
    ],
)
def test_the_name_is_compared_with_the_field_it_is_sent_to(
    studio: Company, decided: dict[str, str], facts: dict[str, Any], rule: Rule
) -> None:
    rules(studio, **decided)
    name = facts.pop("name", "Somewhere else")
    a_book_customer(studio, name, quickbooks_id="90", **facts)

    assert found(studio, ANN) == (name, rule)


@pytest.mark.criterion("E04")
def test_the_steps_are_tried_in_the_order_that_was_chosen(studio: Company) -> None:
    decided = rules(studio, match_first="phone", match_second="email")
    a_book_customer(studio, "By phone", quickbooks_id="90", phone="303.555.0142")
    a_book_customer(studio, "By email", quickbooks_id="91", email="ann@clay.example")
    customer = Customer(**{**vars(ANN), "phone": "+1 (303) 555-0142"})

    first = found(studio, customer)
    decided.match_first, decided.match_second = "email", "phone"
    decided.save()

    assert first == ("By phone", Rule.PHONE)
    assert found(studio, customer) == ("By email", Rule.EMAIL)


@pytest.mark.criterion("E04")
def test_a_step_that_is_switched_off_finds_nobody(studio: Company) -> None:
    rules(studio, match_first="name")
    a_book_customer(studio, "By email", quickbooks_id="91", email="ann@clay.example")

    assert found(studio, ANN) == ("Ann Lee", Rule.CREATED)


def test_a_company_is_found_at_its_zip_code_and_nowhere_else(studio: Company) -> None:
    rules(studio, match_first="company-zip")
    a_book_customer(studio, "Clay Works, Denver", quickbooks_id="90", company_name="Clay Works", postal_code="80202")
    a_book_customer(studio, "Clay Works, Boulder", quickbooks_id="91", company_name="Clay Works", postal_code="80301")
    there = Customer(**{**vars(ANN), "billing": Address(postal_code="80301-1234")})

    assert found(studio, there) == ("Clay Works, Boulder", Rule.COMPANY_ZIP)


@pytest.mark.parametrize(
    ("company", "code", "key"),
    [
        ("Clay  Works", "80202-1234", "clay works|80202"),
        ("Clay Works", " ec1a 1bb ", "clay works|ec1a1bb"),
        ("", "80202", ""),
        ("Clay Works", "", ""),
        ("Clay Works", "80202-12", "clay works|80202-12"),
    ],
)
def test_a_company_at_a_zip_code_is_compared_without_the_last_four(company: str, code: str, key: str) -> None:
    assert company_zip_key(company, code) == key


@pytest.mark.criterion("D54", "E12")
def test_two_that_fit_are_asked_about_and_the_next_step_is_not_tried(studio: Company) -> None:
    rules(studio, match_first="phone", match_second="email")
    for number in ("90", "91"):
        a_book_customer(studio, f"Ann {number}", quickbooks_id=number, phone="(303) 555-0142")
    a_book_customer(studio, "By email", quickbooks_id="92", email="ann@clay.example")

    (problem,) = answer(studio, Customer(**{**vars(ANN), "phone": "3035550142"})).problems

    assert problem.code == "several-customers-fit"
    assert problem.explain() == "Ann Lee fits more than one QuickBooks customer by Phone: Ann 90, Ann 91."


@pytest.mark.criterion("D53")
def test_a_link_comes_before_every_step(studio: Company) -> None:
    rules(studio, match_first="name")
    a_book_customer(studio, "Ann Lee", quickbooks_id="90")
    chosen = a_book_customer(studio, "Someone chosen", quickbooks_id="91")
    answer(studio, ANN)
    SourceCustomer.objects.filter(company=studio, source_key="7").update(quickbooks_customer=chosen)

    assert found(studio, ANN) == ("Someone chosen", Rule.LINK)


def test_an_inactive_one_is_named_when_nobody_else_fits(studio: Company) -> None:
    rules(studio, match_first="name", match_second="email")
    a_book_customer(studio, "Ann Lee", quickbooks_id="90", active=False)

    (problem,) = answer(studio, ANN).problems
    a_book_customer(studio, "By email", quickbooks_id="91", email="ann@clay.example")

    assert problem.code == "customer-inactive"
    assert found(studio, ANN) == ("By email", Rule.EMAIL)


def test_without_an_email_a_customer_is_still_found_by_name(studio: Company) -> None:
    rules(studio, match_first="email", match_second="name")
    a_book_customer(studio, "Ann Lee", quickbooks_id="90")

    assert found(studio, Customer(source_id="7", given_name="Ann", family_name="Lee")) == ("Ann Lee", Rule.NAME)


@pytest.mark.criterion("E03")
def test_the_rules_of_one_source_say_nothing_of_another(studio: Company) -> None:
    SourceCustomerRules.objects.create(company=studio, system="files", match_first="name")
    a_book_customer(studio, "Ann Lee", quickbooks_id="90", email="other@example.com")

    (problem,) = answer(studio, ANN).problems

    assert problem.code == "customer-name-taken"


# Not found -----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E27")
@pytest.mark.parametrize(
    ("name_format", "name"), [("last-first", "Lee, Ann"), ("name-and-company", "Ann Lee (Clay Works)")]
)
def test_a_new_customer_is_created_under_the_name_of_the_format(studio: Company, name_format: str, name: str) -> None:
    rules(studio, name_format=name_format)

    assert found(studio, ANN) == (name, Rule.CREATED)


@pytest.mark.criterion("E28", "E29", "E31")
def test_with_a_standard_customer_everybody_who_is_not_found_is_under_it(studio: Company) -> None:
    rules(studio, not_found="standard", standard_customer="Walk-in")
    a_book_customer(studio, "Walk-in", quickbooks_id="90")

    answered = answer(studio, ANN)

    assert (answered.customer and answered.customer.quickbooks_id, answered.rule) == ("90", Rule.STANDARD_CUSTOMER)
    assert (answered.email, answered.is_new) == ("ann@clay.example", False)
    assert not SourceCustomer.objects.filter(company=studio, quickbooks_customer__isnull=False).exists()


@pytest.mark.criterion("E32")
@pytest.mark.parametrize("gone", ["inactive", "away", "never chosen"])
def test_a_standard_customer_that_is_gone_stops_posting_with_its_name(studio: Company, gone: str) -> None:
    name = "" if gone == "never chosen" else "Walk-in"
    rules(studio, not_found="standard", standard_customer=name)
    if gone == "inactive":
        a_book_customer(studio, "Walk-in", quickbooks_id="90", active=False)

    (problem,) = answer(studio, ANN).problems

    assert problem.code == "standard-customer-gone"
    assert (name or "name no customer") in problem.explain()


def test_a_standard_customer_that_was_merged_is_the_one_they_are_now(studio: Company) -> None:
    rules(studio, not_found="standard", standard_customer="Walk-in")
    a_book_customer(studio, "Counter", quickbooks_id="91")
    a_book_customer(studio, "Walk-in", quickbooks_id="90", active=False)
    QuickBooksCustomer.objects.filter(company=studio, quickbooks_id="90").update(merged_into="91")

    assert found(studio, ANN) == ("Counter", Rule.STANDARD_CUSTOMER)


@pytest.mark.criterion("E33", "E34", "E35")
@pytest.mark.parametrize("not_found", ["create", "standard"])
def test_an_order_that_names_nobody_is_under_the_default_customer(studio: Company, not_found: str) -> None:
    rules(studio, not_found=not_found, standard_customer="Walk-in", default_customer="Counter")
    a_book_customer(studio, "Walk-in", quickbooks_id="90")
    a_book_customer(studio, "Counter", quickbooks_id="91")

    assert found(studio, Customer()) == ("Counter", Rule.DEFAULT_CUSTOMER)


@pytest.mark.criterion("E32")
def test_a_default_customer_that_is_inactive_stops_posting(studio: Company) -> None:
    rules(studio, default_customer="Counter")
    a_book_customer(studio, "Counter", quickbooks_id="91", active=False)

    (problem,) = answer(studio, Customer()).problems

    assert (problem.code, problem.cause) == ("standard-customer-gone", "standard-customer-gone|keap|default-customer")


@pytest.mark.criterion("D44")
@pytest.mark.parametrize("not_found", ["create", "standard"])
def test_held_for_review_nobody_is_created_and_nobody_stands_in(studio: Company, not_found: str) -> None:
    rules(studio, not_found=not_found, standard_customer="Walk-in", hold_for_review=True)
    a_book_customer(studio, "Walk-in", quickbooks_id="90")

    (problem,) = answer(studio, ANN).problems
    SourceCustomer.objects.filter(company=studio, source_key="7").update(name_given="Ann Lee")

    assert problem.code == "customer-not-found"
    assert "Ann Lee, ann@clay.example, by the rules" in problem.explain()
    assert found(studio, ANN) == ("Ann Lee", Rule.CREATED)


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(studio: Company) -> Client:
    staged(studio, "2026-08-14  order 1  #7 Ann Lee <ann@clay.example>\nWT-101  1.00")
    return signed_in(studio)


def save(client: Client, **fields: str) -> Any:
    data = {f"keap-{name}": value for name, value in {**FIRST, **fields}.items()}
    return client.post(PAGE, data, follow=True)


@pytest.mark.criterion("E01", "E02", "E07", "E08", "E11", "E26", "E30", "E33")
def test_the_page_offers_every_choice_of_the_source(page: Client) -> None:
    text = text_of(page.get(PAGE))

    for words in (
        "Match first by", "First Last (Company)", "Company, else First Last", "Send the name to", "Company name",
        "Create a new customer", "Use the standard customer", "Hold for review first", "Default customer",
        "Without first and last name: the company, else the email.",
    ):  # fmt: skip
        assert words in text


@pytest.mark.criterion("E03")
def test_each_source_has_rules_of_its_own_and_no_text_names_one_accounting_product_alone(
    studio: Company, page: Client
) -> None:
    staged(studio, "2026-08-15  order 2  #8 Bo Lund <bo@clay.example>\nWT-101  1.00", system="files")
    text = text_of(page.get(PAGE))
    both = {
        f"{system}-{name}": value
        for system, rules in (("keap", FIRST), ("files", {**FIRST, "match_first": "name", "match_second": "email"}))
        for name, value in rules.items()
    }

    page.post(PAGE, both, follow=True)

    kept = {row.system: [step.value for step in row.steps][:2] for row in SourceCustomerRules.objects.all()}
    assert kept["files"] == ["name", "email"]
    assert kept.get("keap", ["email"])[0] == "email"
    assert "QuickBooks Online" not in text


@pytest.mark.criterion("E10")
def test_the_page_shows_the_newest_customers_with_the_name_they_get(page: Client) -> None:
    save(page, name_format="last-first")

    assert "Lee, Ann" in text_of(page.get(PAGE))


@pytest.mark.criterion("E04", "E26", "E30")
@pytest.mark.parametrize("role", MAPPERS)
def test_what_is_chosen_is_kept_with_its_author(studio: Company, page: Client, role: str) -> None:
    client = signed_in(studio, role, "second-person")
    a_book_customer(studio, "Walk-in", quickbooks_id="90")

    save(client, match_first="name", match_second="email", not_found="standard", standard_customer="Walk-in")

    row = SourceCustomerRules.objects.get()
    assert [step.value for step in row.steps] == ["name", "email"]
    assert (row.not_found, row.standard_customer) == ("standard", "Walk-in")
    assert row.history.get().history_user is not None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"match_second": "email"}, "Chosen twice"),
        ({"name_field": "person", "name_format": "company"}, "can be split"),
        ({"not_found": "standard"}, "Choose the customer that such orders are recorded under."),
        (
            {"not_found": "standard", "standard_customer": "Walk-out"},
            "QuickBooks has no active customer named “Walk-out”.",
        ),
        ({"default_customer": "Gone"}, "“Gone” is inactive in QuickBooks."),
        ({"not_found": "guess"}, "Select a valid choice"),
    ],
)
def test_what_cannot_work_is_refused_where_it_is(
    studio: Company, page: Client, fields: dict[str, str], sentence: str
) -> None:
    a_book_customer(studio, "Gone", quickbooks_id="91", active=False)

    assert sentence in text_of(save(page, **fields))
    assert not SourceCustomerRules.objects.exists()


@pytest.mark.parametrize("role", READERS)
def test_readers_read_and_change_nothing(studio: Company, page: Client, role: str) -> None:
    reader = signed_in(studio, role)

    assert reader.get(PAGE).status_code == 200
    assert save(reader).status_code == 403


def test_values_of_a_link_are_shown_and_not_saved(page: Client) -> None:
    shown = page.get(f"{PAGE}?keap-default_customer=Counter&keap-name_format=last-first")

    assert field_value(shown, "keap-default_customer") == "Counter"
    assert '<option value="last-first" selected>' in shown.content.decode()
    assert not SourceCustomerRules.objects.exists()


def test_before_any_order_the_page_says_where_to_begin(studio: Company) -> None:
    assert "Import orders first." in text_of(signed_in(studio).get(PAGE))


def test_a_desktop_file_has_no_name_for_checks(studio: Company, page: Client) -> None:
    Company.objects.filter(pk=studio.pk).update(kind=CompanyKind.DESKTOP)

    assert "Name to print on checks" not in text_of(page.get(PAGE))


def test_the_rules_are_copied_by_the_names_that_the_other_company_has(studio: Company) -> None:
    other = a_company(name="Other", slug="other")
    the_lists(other)
    a_book_customer(other, "Counter", quickbooks_id="91")
    rules(studio, match_first="name", default_customer="Counter", standard_customer="Walk-in")

    copy_decisions(studio, other, by=None, same_records=True)

    row = SourceCustomerRules.objects.get(company=other)
    assert (row.match_first, row.default_customer, row.standard_customer) == ("name", "Counter", "")


# Addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("E14", "E20")
def test_addresses_are_updated_only_where_it_is_switched_on_and_the_page_says_that_no_source_is_written_to(
    page: Client,
) -> None:
    shown = page.get(PAGE)

    assert 'name="keap-update_addresses"' in shown.content.decode()
    for words in (
        "Update customer addresses from new orders",
        "Billing address with billing address",
        "Shipping address with shipping address",
        "Billing and shipping address with billing and shipping address",
        "An address in the source is never changed.",
    ):
        assert words in text_of(shown)
    assert not SourceCustomerRules(system="keap").address_parts


@pytest.mark.criterion("E14", "E17", "E18", "E19")
@pytest.mark.parametrize(
    ("rule", "parts"),
    [("billing", ["billing"]), ("shipping", ["shipping"]), ("both", ["billing", "shipping"])],
)
def test_the_rule_for_addresses_is_kept_with_its_author(page: Client, rule: str, parts: list[str]) -> None:
    save(page, update_addresses="on", address_rule=rule)

    row = SourceCustomerRules.objects.get()
    assert [part.value for part in row.address_parts] == parts
    assert row.history.get().history_user is not None


def test_switched_off_again_the_rule_is_remembered_and_does_nothing(page: Client) -> None:
    save(page, update_addresses="on", address_rule="shipping")
    save(page)

    row = SourceCustomerRules.objects.get()
    assert (row.update_addresses, row.address_rule, row.address_parts) == (False, "shipping", ())


def test_a_desktop_file_cannot_change_an_address_and_the_page_says_so(studio: Company, page: Client) -> None:
    Company.objects.filter(pk=studio.pk).update(kind=CompanyKind.DESKTOP)

    assert "so there they stay as they are." in text_of(page.get(PAGE))
    save(page, match_second="name", update_addresses="on", address_rule="both")
    assert not SourceCustomerRules.objects.get().update_addresses
