"""Does the file for a CRM's import hold the QuickBooks customers that are no contacts yet, each email once?"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from companies.models import Company, Role
from simulators.highlevel.server import RunningAgency
from sync.crm.changes import ChangedCustomer
from sync.crm.export import HEADERS, Contacts, ReadingBrokeOff, contacts_to_import, in_import_form
from sync.models import Connection
from tests.fetching.highlevel_agency import agency, connected
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]


def a_customer(name: str, email: str = "", **facts: Any) -> ChangedCustomer:
    base = {"given_name": "", "family_name": "", "company_name": "", "phone": "", "active": True}
    rest: dict[str, Any] = {**base, "is_below": False, "is_ours": False, "created_at": datetime(2020, 1, 1, tzinfo=UTC)}
    return ChangedCustomer(id=name, name=name, email=email, **{**rest, **facts})


def listed(*customers: ChangedCustomer, there: frozenset[str] = frozenset()) -> Contacts:
    return in_import_form(customers, there, header=HEADERS["highlevel"])


@pytest.mark.criterion("C14")
def test_an_email_is_listed_once_with_the_names_of_the_others_and_not_at_all_where_it_is_a_contact() -> None:
    found = listed(
        a_customer("Maya Brook", "maya@example.com", given_name="Maya", family_name="Brook", phone="+1 555 010 7788"),
        a_customer("Brook Pottery", "desk@example.com; Maya@Example.com"),
        a_customer("Ines Roth", "INES@example.com"),
        a_customer("Walk-in Wanda"),
        there=frozenset({"ines@example.com"}),
    )

    assert found.rows == [
        ("Maya", "Brook", "", "maya@example.com", "(+1 555 010 7788)", "In QuickBooks also: Brook Pottery"),
        ("Walk-in Wanda", "", "", "", "", ""),
    ]
    assert (found.there, found.same_email) == (1, 1)


def test_inactive_ones_jobs_and_those_that_came_from_a_source_without_an_email_are_left_out() -> None:
    found = listed(
        a_customer("Gone", "gone@example.com", active=False),
        a_customer("Kiln 2", "maya@example.com", is_below=True),
        a_customer("From the shop", is_ours=True),
    )

    assert found.rows == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.criterion("C13", "C14")
def test_the_file_has_older_customers_that_are_no_contacts_and_a_name_is_never_run_as_a_formula(
    studio: Company, quickbooks: Books, agency: RunningAgency
) -> None:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    source = connected(agency, studio)
    quickbooks.customer(
        "Maya Brook", GivenName="Maya", FamilyName="Brook", PrimaryEmailAddr={"Address": "m@example.com"}
    )
    quickbooks.customer('=HYPERLINK("x")', PrimaryEmailAddr={"Address": "formula@example.com"})
    quickbooks.customer("Known There", PrimaryEmailAddr={"Address": "Known@Example.com"})
    for number in range(501):  # more than one page of contacts
        agency.company.new_contact(firstName=f"Guest {number}", email=f"guest{number}@example.com")
    agency.company.new_contact(firstName="Known", email="known@example.com")
    accountant = as_role(studio, Role.ACCOUNTANT)

    rows = downloaded(accountant, source)

    assert rows[0] == ["First Name", "Last Name", "Business Name", "Email", "Phone", "Notes"]
    by_email = {row[3]: row for row in rows[1:]}
    assert by_email["m@example.com"][:2] == ["Maya", "Brook"]
    assert by_email["formula@example.com"][0] == '\'=HYPERLINK("x")'
    assert "Known@Example.com" not in by_email
    emails = [row[3] for row in rows[1:] if row[3]]
    assert len(emails) == len(set(emails)) > 10


def downloaded(client: Client, source: Connection) -> list[list[str]]:
    reply = client.post(f"/studio/integrations/{source.system}/contacts/file/")
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.django_db(transaction=True)
def test_while_highlevel_does_not_answer_there_is_no_file_but_a_sentence(
    studio: Company, agency: RunningAgency
) -> None:
    source = connected(agency, studio)
    agency.app.faults.order({"kind": "503_html", "entity": "contact"})
    accountant = as_role(studio, Role.ACCOUNTANT)

    page = accountant.post(f"/studio/integrations/{source.system}/contacts/file/", follow=True).content.decode()

    assert "HighLevel cannot answer at the moment (status 503)." in page
    assert isinstance(contacts_to_import(source), Contacts)


@pytest.mark.django_db(transaction=True)
def test_the_file_begins_with_the_first_pages_and_breaks_off_where_a_later_one_is_missing(
    studio: Company, agency: RunningAgency
) -> None:
    source = connected(agency, studio)
    for number in range(501):  # more than one page of contacts
        agency.company.new_contact(firstName=f"Guest {number}", email=f"guest{number}@example.com")
    accountant = as_role(studio, Role.ACCOUNTANT)
    before = len(agency.app.log.entries)

    reply = accountant.post(f"/studio/integrations/{source.system}/contacts/file/")
    asked = len(agency.app.log.entries) - before
    agency.app.faults.order({"kind": "503_html", "entity": "contact"})
    lines = iter(reply.streaming_content)  # type: ignore[attr-defined]

    assert asked == 1
    assert next(lines).decode("utf-8-sig").startswith("First Name")
    with pytest.raises(ReadingBrokeOff, match="HighLevel cannot answer at the moment"):
        list(lines)
