"""Does Home lead a person to what has to be done, also in a company where nothing has happened yet?"""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company
from sync.models import QUICKBOOKS_ONLINE, Connection, ConnectionState, Document, DocumentState
from tests.factories import a_company, prepared, the_studio
from tests.reconciliation.factories import a_person, a_run, an_unmapped_product, as_role, signed_in

pytestmark = pytest.mark.django_db


def home(client: Client, company: Company) -> str:
    response = client.get(f"/{company.slug}/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_the_front_door_leads_to_the_home_of_the_persons_company() -> None:
    client = as_role(a_company())

    assert client.get("/").headers["Location"] == "/studio/"


def test_the_front_door_leads_to_the_company_that_was_opened_last() -> None:
    first, second = a_company("Adobe Clay", "adobe"), a_company("Birch Studio", "birch")
    user = a_person(first)
    user.memberships.create(company=second, role="ops")
    client = signed_in(user)
    assert client.get("/").headers["Location"] == "/adobe/"

    client.get("/birch/")

    assert client.get("/").headers["Location"] == "/birch/"


def test_it_leads_first_to_the_company_that_was_added_first_and_not_to_the_first_by_its_name() -> None:
    first, second = a_company("Birch Studio", "birch"), a_company("Adobe Clay", "adobe")
    user = a_person(second)
    user.memberships.create(company=first, role="ops")

    assert signed_in(user).get("/").headers["Location"] == "/birch/"


def test_a_person_without_a_company_is_told_whom_to_ask() -> None:
    text = signed_in(a_person(None)).get("/").content.decode()

    assert "You are not a member of any company yet." in text
    assert "Ask an administrator of the company to add stranger" in text


def test_a_new_company_says_what_comes_first() -> None:
    company = a_company()
    company.switched_on = False
    company.save()

    text = home(as_role(company), company)

    for step in ("Connect QuickBooks", "Read the lists of QuickBooks", "Import orders", "Switch the company on"):
        assert step in text
    assert "/studio/import-orders/" in text
    assert "Nothing was posted or blocked in these days." in text
    assert "Nothing needs attention." in text
    assert "Nothing has run yet." in text


def test_a_company_at_work_is_not_told_to_begin() -> None:
    studio = the_studio()
    prepared(studio, "2026-08-14  order 1042\nWT-101  199.00")
    connection(studio)

    assert "What comes next" not in home(as_role(studio), studio)


def connection(company: Company, **facts: object) -> Connection:
    now = timezone.now()
    return Connection.objects.create(
        company=company,
        system=QUICKBOOKS_ONLINE,
        name="Bramble & Birch (books)",
        external_id="9341",
        lists_refreshed_at=now,
        refresh_expires_at=now.replace(year=now.year + 1),
        **{"state": ConnectionState.CONNECTED, **facts},
    )


def test_the_connection_is_told_with_its_company_lists_and_expiry() -> None:
    studio = the_studio()
    there = connection(studio, state=ConnectionState.NEEDS_ATTENTION, last_error="The login has ended. Connect again.")

    text = home(as_role(studio), studio)

    assert "Bramble & Birch (books)" in text
    assert "9341" in text
    assert "Needs attention" in text
    assert "The login has ended. Connect again." in text
    assert there.refresh_expires_at
    assert f"{there.refresh_expires_at.astimezone(studio.zone):%m/%d/%Y} " in text
    assert "/sync/studio/quickbooks/" in text


def test_stuck_money_issues_and_runs_are_on_the_page() -> None:
    studio = the_studio()
    an_unmapped_product(studio, "2001", "2002")
    a_run(studio, counts={"posted": 3, "blocked": 2})

    text = home(as_role(studio), studio)

    assert "72.00<span" in text
    assert "“Creme Brulee Mugs” (SKU MUGS-22) has no QuickBooks Product Name" in text
    assert "3 posted · 2 blocked" in text
    assert "<svg" in text
    assert "As a table" in text


def test_what_is_blocked_adds_up_from_the_issues_and_what_waits_for_another_document() -> None:
    studio = the_studio()
    issue = an_unmapped_product(studio, "2001", "2002")
    order = Document.objects.filter(company=studio, kind="invoice").latest("pk")
    payment = Document.objects.create(
        company=studio, order=order.order, kind="payment", key="waits", dated=order.dated, currency="USD", total=36
    )

    text = home(as_role(studio), studio)

    assert payment.state == DocumentState.BLOCKED
    assert issue.records == 2
    assert "2 have an issue, 1 waits for another document" in text


def test_a_customer_that_quickbooks_rejected_is_told_beside_the_documents() -> None:
    studio = the_studio()
    an_unmapped_product(studio, "2001")
    order = Document.objects.filter(company=studio, kind="invoice").latest("pk")
    Document.objects.create(
        company=studio,
        order=order.order,
        kind="customer",
        key="rejected",
        dated=order.dated,
        currency="USD",
        total=0,
        state=DocumentState.REFUSED,
    )

    text = home(as_role(studio), studio)

    assert "1 new customer was rejected; its documents are blocked" in text


def test_a_customer_to_whom_no_clear_answer_came_is_told_beside_what_waits_for_it() -> None:
    studio = the_studio()
    an_unmapped_product(studio, "2001")
    order = Document.objects.filter(company=studio, kind="invoice").latest("pk")
    Document.objects.create(
        company=studio,
        order=order.order,
        kind="customer",
        key="unclear",
        dated=order.dated,
        currency="USD",
        total=0,
        state=DocumentState.UNKNOWN,
    )

    text = home(as_role(studio), studio)

    assert "QuickBooks gave no clear answer to 1 new customer; its documents wait for the next sync" in text


def test_amounts_bear_their_currency_and_no_amount_stands_alone() -> None:
    studio = the_studio()
    an_unmapped_product(studio, "2001")

    text = home(as_role(studio), studio)

    assert text.count('<span class="tie-currency">USD</span>') == text.count('<span class="tie-money">')


def test_a_page_loads_nothing_from_outside() -> None:
    studio = the_studio()

    text = home(as_role(studio), studio)
    loaded = re.findall(r'(?:src|<link href)="([^"]+)"', text)

    assert loaded
    assert all(address.startswith("/static/") for address in loaded)
