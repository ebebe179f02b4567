"""Can an administrator set a company up, and nobody else, and not switch on what cannot post?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from books.closed_periods import ClosedPeriods
from books.names import NameRule
from companies.models import Company, Role
from mapping.models import PostingAccounts, QuickBooksItem
from tests.factories import a_company, the_studio
from tests.mapping.people import client_of, field_value, joined, offers_of, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def studio() -> Company:
    company = the_studio()
    company.switched_on = False
    company.save()
    return company


@pytest.fixture
def client(studio: Company) -> Client:
    return signed_in(studio, Role.ADMINISTRATOR)


#: What becomes of each kind of record whose day is in a closed period.
CLOSED_POLICIES = ("closed_invoices", "closed_payments", "closed_credits", "closed_refunds")


def page_of(company: Company) -> str:
    return f"/admin/companies/company/{company.pk}/change/"


def save(client: Client, company: Company, **changes: str) -> Any:
    """Send the settings as they are, with `changes`; an empty text unticks a box."""
    data = {
        "name": company.name,
        "time_zone": company.time_zone,
        "name_rule": company.name_rule,
        "home_currency": company.home_currency,
        "default_terms": company.default_terms,
        "new_item_type": company.new_item_type,
        **{name: getattr(company, name) for name in CLOSED_POLICIES},
        "posts_automatically": "on" if company.posts_automatically else "",
        "switched_on": "on" if company.switched_on else "",
        "_save": "Save",
        **changes,
    }
    return client.post(
        page_of(company), {name: text for name, text in data.items() if text or (name in changes and text)}
    )


@pytest.mark.criterion("A44")
def test_a_company_is_not_switched_on_before_what_posting_needs_is_set(client: Client, studio: Company) -> None:
    PostingAccounts.objects.update(invoice_debit="", payment_debit="")

    refused = save(client, studio, switched_on="on")
    studio.refresh_from_db()

    assert not studio.switched_on
    assert (
        "It can be switched on once these posting accounts are set: Invoice Debit Account, Payment Debit Account."
        in (text_of(refused))
    )


@pytest.mark.criterion("A44")
def test_with_the_accounts_set_it_is_switched_on(client: Client, studio: Company) -> None:
    save(client, studio, switched_on="on")
    studio.refresh_from_db()

    assert studio.switched_on


@pytest.mark.criterion("B01")
def test_a_new_company_is_off(studio: Company) -> None:
    root = client_of(User.objects.create_superuser("root"))
    facts = {"name": "New Books", "slug": "new-books", "kind": "online", "home_currency": "eur"}

    root.post(
        "/admin/companies/company/add/",
        {**facts, "time_zone": "Europe/Bucharest", "name_rule": "fewer-than-31", "_save": "Save"},
    )

    made = Company.objects.get(slug="new-books")
    assert (made.switched_on, made.posts_automatically) == (False, False)
    assert (made.home_currency, made.rule) == ("EUR", NameRule.FEWER_THAN_31)


@pytest.mark.criterion("A12")
def test_the_page_counts_longer_names_and_offers_quickbooks_onlines_rule(client: Client, studio: Company) -> None:
    assert "longer than this rule allows" not in text_of(client.get(page_of(studio)))
    name = "A sourdough subscription with weekly delivery"
    QuickBooksItem.objects.create(
        company=studio, quickbooks_id="x", name=name, full_name=name, item_type="Service", changed_at=timezone.now()
    )

    page = client.get(page_of(studio))

    assert "QuickBooks' lists hold 1 name that is longer than this rule allows." in text_of(page)
    assert NameRule.AT_MOST_100.value in offers_of(page)
    proposed = client.get(page_of(studio), {"name_rule": "at-most-100"}).content.decode()
    assert '<option value="at-most-100" selected>' in proposed
    save(client, studio, name_rule="at-most-100")
    studio.refresh_from_db()
    assert studio.rule is NameRule.AT_MOST_100
    assert "longer than this rule allows" not in text_of(client.get(page_of(studio)))


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("home_currency", "US", "Write the currency with its three letters"),
        ("home_currency", "ÄÖÜ", "Write the currency with its three letters"),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("default_terms", "Net 16", "QuickBooks has no active payment terms named “Net 16”."),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(
    client: Client, studio: Company, field: str, text: str, sentence: str
) -> None:
    answer = save(client, studio, **{field: text})

    assert sentence in text_of(answer)
    assert getattr(Company.objects.get(pk=studio.pk), field) != text


@pytest.mark.criterion("D13")
def test_default_terms_are_picked_from_quickbooks(client: Client, studio: Company) -> None:
    near = save(client, studio, default_terms="net 15")
    assert offers_of(near) == ["Net 15"]

    save(client, studio, default_terms="Net 15")

    assert field_value(client.get(page_of(studio)), "default_terms") == "Net 15"


@pytest.mark.criterion("D17", "D18", "D22")
def test_the_two_accounts_of_new_items_are_picked_under_the_names_that_other_products_give_them(
    client: Client, studio: Company
) -> None:
    shown = text_of(client.get(page_of(studio)))
    assert "Some products call this setting the AR chart of accounts." in shown
    assert "Some products call this the AP chart of accounts." in shown

    accounts = {"new_item_income_account": "Sales:Kits", "new_item_expense_account": "Office Expenses"}
    save(client, studio, creates_items="on", **accounts)

    for name, path in accounts.items():
        assert field_value(client.get(page_of(studio)), name) == path
    for name in accounts:  # neither is a receivable or a payable account
        refused = text_of(save(client, studio, creates_items="on", **accounts | {name: "Accounts Receivable"}))
        assert "“Accounts Receivable” is of type Accounts receivable (A/R)." in refused


@pytest.mark.parametrize("slug", ["admin", "mapping", "login"])
def test_an_address_of_the_application_is_no_short_name(slug: str) -> None:
    root = client_of(User.objects.create_superuser("root"))
    facts = {"name": "X", "slug": slug, "kind": "online", "home_currency": "USD", "time_zone": "UTC"}

    answer = root.post("/admin/companies/company/add/", {**facts, "name_rule": "fewer-than-31"})

    assert f"“{slug}” is an address of Tieout itself." in text_of(answer)


@pytest.mark.criterion("A75")
def test_settings_have_their_help_beside_them(client: Client, studio: Company) -> None:
    text = text_of(client.get(page_of(studio)))

    helps = [str(field.help_text) for field in Company._meta.fields if field.help_text]
    assert len(helps) >= 12
    assert [sentence for sentence in helps if sentence not in text] == []


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.OPS, Role.AUDITOR])
def test_only_administrators_change_the_settings(studio: Company, role: str) -> None:
    client = signed_in(studio, role)

    assert client.get(page_of(studio)).status_code == 200
    assert save(client, studio, name="Taken over").status_code == 403
    assert Company.objects.get(pk=studio.pk).name == studio.name


def test_the_role_counts_company_by_company(studio: Company) -> None:
    bakery = a_company("Nightingale Bakery", "bakery")
    user = joined(User.objects.create_user("both"), studio, Role.ADMINISTRATOR)
    client = client_of(joined(user, bakery, Role.AUDITOR))

    assert save(client, bakery, name="Taken over").status_code == 403
    save(client, studio, name="Renamed")

    assert Company.objects.get(pk=studio.pk).name == "Renamed"


def test_short_name_kind_and_rehearsal_stay_as_they_were_made(client: Client, studio: Company) -> None:
    save(client, studio, slug="other", kind="desktop", is_rehearsal="")

    studio.refresh_from_db()
    assert (studio.slug, studio.kind, studio.is_rehearsal) == ("studio", "online", True)


def test_another_company_does_not_exist_for_its_strangers(client: Client, studio: Company) -> None:
    bakery = a_company("Nightingale Bakery", "bakery")

    answer = client.get(page_of(bakery))

    assert answer.status_code == 302
    assert "Nightingale" not in text_of(client.get("/admin/companies/company/"))
    save(client, bakery, name="Taken over")
    assert Company.objects.get(pk=bakery.pk).name == "Nightingale Bakery"


def test_members_make_no_companies_and_nobody_deletes_one(client: Client, studio: Company) -> None:
    root = client_of(User.objects.create_superuser("root"))

    assert client.get("/admin/companies/company/add/").status_code == 403
    assert client.post(f"/admin/companies/company/{studio.pk}/delete/", {"post": "yes"}).status_code == 403
    assert root.post(f"/admin/companies/company/{studio.pk}/delete/", {"post": "yes"}).status_code == 403


def test_history_of_the_settings_says_before_and_after(client: Client, studio: Company) -> None:
    save(client, studio, switched_on="on")

    text = text_of(client.get(f"/admin/companies/company/{studio.pk}/history/"))

    assert "administrator-of-studio" in text
    assert "Sync enabled No → Yes" in text


def test_a_closing_date_and_what_goes_past_it_are_saved_beside_the_one_of_quickbooks() -> None:
    company = the_studio()
    Company.objects.filter(pk=company.pk).update(quickbooks_closed_through=date(2026, 6, 30))
    company.refresh_from_db()
    client = signed_in(company, Role.ADMINISTRATOR)

    assert "06/30/2026" in client.get(page_of(company)).text
    answer = save(client, company, books_closed_through="2026-07-31", closed_payments="next-open-day")

    assert answer.status_code == 302
    company.refresh_from_db()
    assert company.closed_periods == ClosedPeriods(through=date(2026, 7, 31), next_open_day=frozenset({"payment"}))
