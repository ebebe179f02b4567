"""Can ops and accountants say who a customer is, without ever reaching into another company or the source?"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import Company, Role
from companies.signals import decisions_changed
from mapping.models import QuickBooksCustomer, SourceCustomer
from tests.factories import a_book_customer, the_studio
from tests.mapping.people import field_value, offers_of, signed_in, text_of

pytestmark = pytest.mark.django_db
LIST = "/admin/mapping/sourcecustomer/"


@pytest.fixture
def studio() -> Company:
    return the_studio()


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.OPS)


def a_customer(company: Company, name: str, email: str = "", **facts: Any) -> SourceCustomer:
    return SourceCustomer.objects.create(
        company=company, system="keap", source_key=f"key-{name}", name=name, email=email, **facts
    )


def page_of(customer: SourceCustomer) -> str:
    return f"{LIST}{customer.pk}/change/"


def save(client: Client, customer: SourceCustomer, **fields: str) -> Any:
    data = {"email_given": "", "name_given": "", "quickbooks_customer": "", "_save": "Save", **fields}
    answer = client.post(page_of(customer), data)
    customer.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("4711", "4711"),
        ("ines@example.com", "None: the customer is known by the email."),
        ("ines moreau", "None: the customer is known by the name."),
    ],
)
def test_the_id_in_the_source_is_one_that_the_source_gave(
    client: Client, studio: Company, key: str, shown: str
) -> None:
    customer = SourceCustomer.objects.create(company=studio, system="files", source_key=key, name="Ines Moreau")

    assert f"Id in the source {shown}" in text_of(client.get(page_of(customer)))


@pytest.mark.parametrize("role", [Role.OPS, Role.ACCOUNTANT, Role.ADMINISTRATOR])
def test_a_billing_email_is_entered_and_compared_without_case_and_spaces(studio: Company, role: str) -> None:
    customer = a_customer(studio, "Nobody")

    save(signed_in(studio, role), customer, email_given="Nobody@Example.com")

    assert customer.email_given == "Nobody@Example.com"
    assert customer.email_compared == "nobody@example.com"


@pytest.mark.criterion("D52")
def test_a_quickbooks_customer_is_chosen_and_the_choice_bears_who_made_it(client: Client, studio: Company) -> None:
    customer = a_customer(studio, "Okafor family", "family.okafor@example.com")

    save(client, customer, quickbooks_customer="Ngozi Okafor")

    assert customer.quickbooks_customer == QuickBooksCustomer.objects.get(display_name="Ngozi Okafor")
    assert customer.linked_by is not None
    assert customer.linked_by.username == "ops-of-studio"
    assert customer.linked_at is not None
    assert field_value(client.get(page_of(customer)), "quickbooks_customer") == "Ngozi Okafor"
    save(client, customer)
    assert SourceCustomer.objects.filter(quickbooks_customer=None, linked_by=None, linked_at=None).exists()


@pytest.mark.criterion("D54")
def test_a_name_that_is_only_like_one_is_refused_with_those_it_is_like(client: Client, studio: Company) -> None:
    customer = a_customer(studio, "Okafor family")

    answer = save(client, customer, quickbooks_customer="ngozi okafor")

    assert customer.quickbooks_customer is None
    assert "QuickBooks has no active customer named “ngozi okafor”." in text_of(answer)
    assert offers_of(answer)[0] == "Ngozi Okafor"


@pytest.mark.criterion("D48")
def test_a_name_for_quickbooks_is_given_without_colons(client: Client, studio: Company) -> None:
    customer = a_customer(studio, "Priya")

    refused = save(client, customer, name_given="Priya: Denver")
    assert "The name contains a colon, which QuickBooks does not accept in a customer's name." in text_of(refused)
    save(client, customer, name_given="  Priya  Natarajan (Denver) ")

    assert customer.name_given == "Priya Natarajan (Denver)"


def test_a_link_to_an_inactive_customer_is_remarked_on_and_cannot_be_made_anew(client: Client, studio: Company) -> None:
    gone = a_book_customer(studio, "Gone", quickbooks_id="gone", active=False)
    linked, other = a_customer(studio, "Linked", quickbooks_customer=gone), a_customer(studio, "Other")

    assert "This customer is inactive in QuickBooks." in text_of(client.get(page_of(linked)))
    save(client, linked, quickbooks_customer="Gone", email_given="linked@example.com")
    refused = save(client, other, quickbooks_customer="Gone")

    assert (linked.quickbooks_customer, linked.email_given) == (gone, "linked@example.com")
    assert "“Gone” is inactive in QuickBooks." in text_of(refused)


def test_a_customer_of_another_companys_quickbooks_cannot_be_chosen(client: Client, studio: Company) -> None:
    a_book_customer(the_studio("Nightingale Bakery", "bakery"), "Sourdough Sam", quickbooks_id="sam")
    customer = a_customer(studio, "Sam")

    answer = save(client, customer, quickbooks_customer="Sourdough Sam")

    assert customer.quickbooks_customer is None
    assert offers_of(answer) == []


@pytest.mark.criterion("D41")
@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("chosen", {"Linked", "Gone"}),
        ("not-chosen", {"Twin A", "Twin B", "No email"}),
        ("no-email", {"No email"}),
        ("shared", {"Twin A", "Twin B"}),
        ("gone", {"Gone"}),
    ],
)
def test_the_list_is_filtered_by_what_is_left_to_do(
    client: Client, studio: Company, state: str, names: set[str]
) -> None:
    gone = a_book_customer(studio, "Left", quickbooks_id="left", active=False)
    a_customer(studio, "Linked", "l@example.com", quickbooks_customer=QuickBooksCustomer.objects.first())
    a_customer(studio, "Gone", "g@example.com", quickbooks_customer=gone)
    a_customer(studio, "Twin A", "twin@example.com")
    a_customer(studio, "Twin B", " Twin@example.com")
    a_customer(studio, "No email")
    a_customer(the_studio("Nightingale Bakery", "bakery"), "Twin C", "twin@example.com")

    rows = client.get(LIST, {"state": state}).context["cl"].result_list

    assert {row.name for row in rows} == names


def test_the_list_takes_as_many_queries_for_fifty_rows_as_for_one(client: Client, studio: Company) -> None:
    linked = QuickBooksCustomer.objects.first()
    a_customer(studio, "First", quickbooks_customer=linked)
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for number in range(60):
        a_customer(studio, f"Customer {number}", quickbooks_customer=linked)

    with CaptureQueriesContext(connection) as for_fifty:
        client.get(LIST)

    assert len(for_fifty) == len(for_one)


def test_an_auditor_reads_and_cannot_decide(studio: Company) -> None:
    customer, client = a_customer(studio, "Priya"), signed_in(studio, Role.AUDITOR)

    assert "Priya" in text_of(client.get(page_of(customer)))
    assert save(client, customer, name_given="Taken over").status_code == 403
    assert customer.name_given == ""


def test_customers_come_with_orders_and_nobody_adds_or_deletes_them(studio: Company) -> None:
    customer, client = a_customer(studio, "Priya"), signed_in(studio, Role.ADMINISTRATOR)

    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{customer.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_customer_of_another_company_does_not_exist(client: Client) -> None:
    other = a_customer(the_studio("Nightingale Bakery", "bakery"), "Sam")

    assert client.get(page_of(other)).status_code == 302
    save(client, other, name_given="Taken over")
    assert other.name_given == ""


def test_a_decision_is_announced_and_remembered(
    client: Client, studio: Company, django_capture_on_commit_callbacks: Any
) -> None:
    customer = a_customer(studio, "Okafor family")
    heard: list[Any] = []

    def listen(**facts: Any) -> None:
        heard.append(facts["company"])

    decisions_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            save(client, customer, quickbooks_customer="Ngozi Okafor")
    finally:
        decisions_changed.disconnect(listen)

    assert heard == [studio]
    assert "QuickBooks customer Ngozi Okafor" in text_of(client.get(f"{LIST}{customer.pk}/history/"))
