"""Do customers that are new in QuickBooks become contacts, each once, and only where a person turned that on?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from companies.models import Company, Role
from simulators.highlevel.server import RunningAgency
from sync.crm.round import update_crms
from sync.jobs.schedule import due_companies, note_turn
from sync.models import Connection, CrmContact, CrmContactState, CrmUpdates, Run
from sync.run import sync_company
from sync.sync_report import SyncReport
from tests.crm.turning import turn_on_by_page
from tests.fetching.highlevel_agency import agency, connected, wheel
from tests.reconciliation.factories import as_role
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/studio/integrations/highlevel"
MAYA = {
    "GivenName": "Maya",
    "FamilyName": "Brook",
    "CompanyName": "Brook Pottery LLC",
    "PrimaryEmailAddr": {"Address": "Maya@Example.com"},
    "PrimaryPhone": {"FreeFormNumber": "+15550107788"},
}


@pytest.fixture
def books(quickbooks: Books, studio: Company) -> Books:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    return quickbooks


@pytest.fixture
def source(agency: RunningAgency, studio: Company) -> Connection:
    return connected(agency, studio)


@pytest.fixture
def accountant(studio: Company) -> Client:
    return as_role(studio, Role.ACCOUNTANT)


def people(agency: RunningAgency) -> list[dict[str, Any]]:
    return list(agency.company.tables.all("contacts"))


def posts(agency: RunningAgency) -> list[str]:
    """What was sent to HighLevel that is no reading, searches aside."""
    entries = [(entry["method"], entry["path"]) for entry in agency.app.log.entries]
    return [f"{method} {path}" for method, path in entries if method != "GET" and not path.endswith("/search")]


def wait_no_more(source: Connection) -> None:
    """Let the minute pass after which a creation is looked up."""
    CrmContact.objects.filter(connection=source).update(sent_at=timezone.now() - timedelta(minutes=2))


# C10 to C12 -----------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C10", "C11")
def test_a_customer_that_is_created_in_quickbooks_after_the_switch_becomes_a_contact_and_no_earlier_one(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    books.customer("Long Known", PrimaryEmailAddr={"Address": "long@example.com"})
    turn_on_by_page(accountant, books)
    sync_company(studio)
    assert people(agency) == []

    books.customer("Brook Pottery", **MAYA)
    report = sync_company(studio)

    (maya,) = [person for person in people(agency) if person.get("email") == "Maya@Example.com"]
    assert (maya["firstName"], maya["lastName"], maya["companyName"]) == ("Maya", "Brook", "Brook Pottery LLC")
    assert maya["phone"] == "+15550107788"
    assert report.crms[0].plain()["stopped"] == ""
    assert CrmContact.objects.get(name="Brook Pottery").state == CrmContactState.CREATED
    assert "1 contact created" in accountant.get("/studio/sync-history/").content.decode()
    sync_company(studio)
    assert [person.get("email") for person in people(agency)].count("Maya@Example.com") == 1


@pytest.mark.criterion("C12")
def test_a_worker_takes_such_a_company_up_every_three_minutes(
    studio: Company, source: Connection, books: Books, accountant: Client
) -> None:
    began = timezone.now()
    note_turn(SyncReport(company=studio), began=began)
    assert due_companies(began + timedelta(minutes=3, seconds=1)) == []

    turn_on_by_page(accountant, books)
    note_turn(SyncReport(company=studio), began=began)

    assert due_companies(began + timedelta(minutes=3, seconds=1)) == [studio.pk]


@pytest.mark.criterion("C10")
def test_a_customer_without_email_and_phone_becomes_a_contact_by_name(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Walk-in Wanda")

    sync_company(studio)

    assert [person["name"] for person in people(agency)] == ["Walk-in Wanda"]


# C14, C15 -------------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C14")
def test_a_contact_with_the_email_is_not_added_again_and_stays_as_it_is(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    known = agency.company.new_contact(firstName="Maya B.", email="maya@example.com")
    before = agency.company.tables.get("contacts", known)
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)

    sync_company(studio)

    assert people(agency) == [before]
    row = CrmContact.objects.get()
    assert (row.state, row.contact_id) == (CrmContactState.THERE, known)
    assert row.reason == "HighLevel has it as “Maya B.”."


@pytest.mark.criterion("C14")
def test_of_several_contacts_with_the_email_none_is_chosen_until_they_are_merged(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    agency.agency.options.duplicate_contacts = "allow"
    first, second = (agency.company.new_contact(firstName=name, email="maya@example.com") for name in ("M.", "Maya"))
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    sync_company(studio)
    assert len(people(agency)) == 2
    page = accountant.get(f"{PAGE}/contacts/?show=waiting").content.decode()
    assert "HighLevel has 2 contacts with the email Maya@Example.com" in page

    agency.company.delete_contact(second)
    accountant.post(f"{PAGE}/contacts/again/", {"contact": CrmContact.objects.get().pk})
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, row.contact_id, len(people(agency))) == (CrmContactState.THERE, first, 1)


@pytest.mark.criterion("C15")
def test_a_customer_that_tieout_creates_does_not_come_back_and_a_job_of_a_customer_is_no_contact(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    ines = agency.company.new_contact(firstName="Ines", lastName="Roth", email="ines@example.com")
    agency.company.send_invoice(agency.company.new_invoice(ines, [wheel()]))
    parent = books.customer("Brook Pottery", **MAYA)
    books.customer("Kiln 2", ParentRef={"value": parent["Id"]}, Job=True)
    sync_company(studio)
    created = books.find("Customer", "DisplayName = 'Ines Roth'")
    books.change("Customer", created, Notes="")  # a person removes the mark

    CrmUpdates.objects.update(read_to=timezone.now() - timedelta(hours=1))
    sync_company(studio)

    assert sorted(person["name"] for person in people(agency)) == ["Brook Pottery", "Ines Roth"]
    assert [row.name for row in CrmContact.objects.all()] == ["Brook Pottery"]


# What goes wrong ------------------------------------------------------------------------------------------------------


@pytest.mark.criterion("C14")
@pytest.mark.parametrize("fault", ["lost_answer", "truncated_json", "500"])
def test_an_answer_that_is_lost_is_looked_up_and_the_contact_is_there_once(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client, fault: str
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    after = {"when": "after"} if fault == "500" else {}
    agency.app.faults.order({"kind": fault, "operation": "create", "entity": "contact", **after})
    report = sync_company(studio)
    assert (report.exit_code, CrmContact.objects.get().state) == (1, CrmContactState.SENDING)
    assert "it may have done what was asked" in CrmContact.objects.get().reason

    sync_company(studio)  # too early: what HighLevel finds may lag behind
    assert CrmContact.objects.get().state == CrmContactState.SENDING
    wait_no_more(source)
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, row.reason, row.tries) == (CrmContactState.CREATED, "", 1)
    assert (posts(agency), len(people(agency))) == (["POST /contacts/"], 1)


def test_a_request_that_never_arrived_is_sent_again_after_it_was_looked_up(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    agency.app.faults.order({"kind": "drop_before", "operation": "create", "entity": "contact"})
    sync_company(studio)
    assert people(agency) == []
    wait_no_more(source)
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, row.tries, len(people(agency))) == (CrmContactState.CREATED, 2, 1)


def test_a_lost_answer_that_cannot_be_looked_up_asks_a_person(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Walk-in Wanda")
    agency.app.faults.order({"kind": "lost_answer", "operation": "create", "entity": "contact"})
    sync_company(studio)
    wait_no_more(source)
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, len(people(agency))) == (CrmContactState.ATTENTION, 1)
    assert row.cure == "Look for it in HighLevel. Where it is not there, press Try again."


def test_what_highlevel_rejects_is_on_the_card_and_on_the_list_and_follows_a_correction(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    customer = books.customer("Brook Pottery", **MAYA)
    refusal = {"kind": "refuse", "operation": "create", "entity": "contact", "message": "email must be an email"}
    agency.app.faults.order(refusal)
    sync_company(studio)
    card = accountant.get("/studio/integrations/").content.decode()
    assert "1 customer of QuickBooks could not be added as a contact" in card
    run = accountant.get(f"/studio/sync-history/{Run.objects.latest('pk').pk}/").content.decode()
    assert "1 contact needs attention" in run
    page = accountant.get(f"{PAGE}/contacts/").content.decode()
    assert "HighLevel rejected the contact: email must be an email" in page
    assert "Try again" in page

    books.change("Customer", customer, PrimaryEmailAddr={"Address": "maya@example.com"})
    sync_company(studio)

    assert CrmContact.objects.get().state == CrmContactState.CREATED
    assert [person["email"] for person in people(agency)] == ["maya@example.com"]


def test_without_the_permission_the_list_says_how_to_give_it_and_orders_are_read_all_the_same(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    agency.agency.private_scopes = " ".join(
        scope for scope in agency.agency.private_scopes.split() if scope != "contacts.write"
    )
    report = sync_company(studio)

    row = CrmContact.objects.get()
    assert row.state == CrmContactState.ATTENTION
    assert "contacts.write was not given" in row.reason
    assert "allow the Private Integration to edit contacts" in row.cure
    assert report.fetched[0].stopped == ""
    source.refresh_from_db()
    assert source.state == "connected"


def test_while_quickbooks_or_highlevel_is_away_nothing_is_lost(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    agency.app.faults.order({"kind": "503_html", "entity": "contact", "times": 1})
    update_crms(studio)
    assert CrmUpdates.objects.get().stopped == "HighLevel cannot answer at the moment (status 503)."
    assert "cannot answer at the moment" in accountant.get(f"{PAGE}/contacts/").content.decode()

    update_crms(studio)

    assert (CrmUpdates.objects.get().stopped, len(people(agency))) == ("", 1)


def test_what_was_off_sends_nothing_and_a_waiting_contact_is_a_persons_to_decide(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    books.customer("Brook Pottery", **MAYA)
    agency.app.faults.order({"kind": "503_html", "entity": "contact", "times": 1})
    update_crms(studio)
    accountant.post(f"{PAGE}/crm/", {})
    books.customer("Meanwhile", PrimaryEmailAddr={"Address": "meanwhile@example.com"})

    sync_company(studio)
    turn_on_by_page(accountant, books)
    CrmUpdates.objects.update(contacts_from=timezone.now() + timedelta(minutes=1))
    sync_company(studio)

    assert people(agency) == []
    assert CrmContact.objects.get().state == CrmContactState.ATTENTION
    accountant.post(f"{PAGE}/contacts/again/")
    sync_company(studio)
    assert [person["name"] for person in people(agency)] == ["Brook Pottery"]


def test_the_switch_stops_a_round_that_is_under_way(
    studio: Company, source: Connection, books: Books, agency: RunningAgency, accountant: Client
) -> None:
    turn_on_by_page(accountant, books)
    for name in ("Ada", "Ben", "Cleo"):
        books.customer(name, PrimaryEmailAddr={"Address": f"{name.lower()}@example.com"})

    def turn_off_after_the_first() -> None:
        if people(agency):
            accountant.post(f"{PAGE}/crm/", {})

    update_crms(studio, keep=turn_off_after_the_first)

    assert [person["name"] for person in people(agency)] == ["Ada"]
    states = list(CrmContact.objects.order_by("pk").values_list("state", flat=True))
    assert states == [CrmContactState.CREATED, CrmContactState.ATTENTION, CrmContactState.ATTENTION]


# Who turned it --------------------------------------------------------------------------------------------------------


def test_the_switch_is_off_at_first_and_its_history_says_who_turned_it(
    studio: Company, source: Connection, books: Books, accountant: Client
) -> None:
    page = accountant.get(f"{PAGE}/").content.decode()
    assert "Add new QuickBooks customers to HighLevel as contacts" in page
    assert "checked" not in page.partition('name="adds_contacts"')[2].partition(">")[0]

    turn_on_by_page(accountant, books)

    page = accountant.get(f"{PAGE}/").content.decode()
    assert "checked" in page.partition('name="adds_contacts"')[2].partition(">")[0]
    history = accountant.get(f"/admin/sync/crmupdates/{CrmUpdates.objects.get().pk}/history/").content.decode()
    assert "Adds new QuickBooks customers as contacts" in history
    assert accountant.post(f"{PAGE}/crm/", {"adds_contacts": "on"}, follow=True).content.decode().count("Nothing was")
    assert CrmUpdates.history.count() == 1


def test_a_person_who_may_not_map_turns_nothing(studio: Company, source: Connection) -> None:
    auditor = as_role(studio, Role.AUDITOR)

    assert auditor.get(f"{PAGE}/contacts/").status_code == 200
    for address in ("crm/", "contacts/again/", "contacts/file/"):
        assert auditor.post(f"{PAGE}/{address}", {"adds_contacts": "on"}).status_code == 403
    assert not CrmUpdates.objects.exists()
