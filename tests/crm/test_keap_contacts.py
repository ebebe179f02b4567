"""Do new QuickBooks customers become contacts in Keap too, each once, and is the file for its import right?"""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from companies.models import Company
from simulators.keap.server import RunningKeap
from sync.models import CrmContact, CrmContactState
from sync.run import sync_company
from tests.crm.turning import turn_on
from tests.fetching.live_keap import connected, keap
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["keap", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def books(quickbooks: Books, studio: Company) -> Books:
    quickbooks.sign_in(quickbooks.running.ready()["access_token"])
    return quickbooks


@pytest.mark.criterion("C10", "C14")
def test_a_new_customer_is_created_in_keap_and_one_with_a_known_email_or_phone_is_not(
    studio: Company, keap: RunningKeap, books: Books
) -> None:
    source = connected(studio, keap)
    turn_on(source, books)
    books.customer(
        "Brook Pottery", GivenName="Maya", FamilyName="Brook", PrimaryEmailAddr={"Address": "maya@example.com"}
    )
    books.customer("Amara", PrimaryEmailAddr={"Address": "AMARA.Lindqvist@example.org"})
    books.customer("Amara's phone", PrimaryPhone={"FreeFormNumber": "303-555-0101"})
    before = len(keap.company.store.contacts)

    sync_company(studio)

    states = dict(CrmContact.objects.values_list("name", "state"))
    assert states == {
        "Brook Pottery": CrmContactState.CREATED,
        "Amara": CrmContactState.THERE,
        "Amara's phone": CrmContactState.THERE,
    }
    maya = keap.company.contact("maya@example.com")
    assert (maya.given_name, maya.family_name, len(keap.company.store.contacts)) == ("Maya", "Brook", before + 1)


def test_keap_takes_no_contact_without_email_and_phone_and_the_list_says_what_to_do(
    studio: Company, keap: RunningKeap, books: Books
) -> None:
    source = connected(studio, keap)
    turn_on(source, books)
    wanda = books.customer("Walk-in Wanda")
    sync_company(studio)
    row = CrmContact.objects.get()
    assert (row.state, row.cure) == (
        CrmContactState.ATTENTION,
        "Give the customer an email or a phone in QuickBooks; it is added by itself then.",
    )

    books.change("Customer", wanda, PrimaryEmailAddr={"Address": "wanda@example.com"})
    sync_company(studio)

    assert keap.company.contact("wanda@example.com").given_name == "Walk-in Wanda"


@pytest.mark.criterion("C14")
def test_a_lost_answer_of_keap_is_looked_up(studio: Company, keap: RunningKeap, books: Books) -> None:
    source = connected(studio, keap)
    turn_on(source, books)
    books.customer("Brook Pottery", PrimaryEmailAddr={"Address": "maya@example.com"})
    keap.app.faults.order({"kind": "lost_answer", "operation": "create", "entity": "contacts"})
    before = len(keap.company.store.contacts)
    sync_company(studio)
    assert CrmContact.objects.get().state == CrmContactState.SENDING
    CrmContact.objects.update(sent_at=timezone.now() - timedelta(minutes=2))

    sync_company(studio)

    assert CrmContact.objects.get().state == CrmContactState.CREATED
    assert len(keap.company.store.contacts) == before + 1


@pytest.mark.criterion("C13")
def test_the_command_writes_the_file_for_keaps_import_once(
    studio: Company, keap: RunningKeap, books: Books, tmp_path: Path
) -> None:
    connected(studio, keap)
    books.customer("Known There", PrimaryEmailAddr={"Address": "amara.lindqvist@EXAMPLE.org"})
    books.customer("Older", PrimaryEmailAddr={"Address": "older@example.com"})
    file = tmp_path / "contacts.csv"

    call_command("export_contacts", "--connection", "keap", "--output", str(file))

    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    emails = {row["Email"].casefold() for row in rows}
    assert "older@example.com" in emails
    assert "amara.lindqvist@example.org" not in emails
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_contacts", "--connection", "keap", "--output", str(file))
    with pytest.raises(CommandError, match=r"There is no CRM “highlevel”\. Such sources: keap\."):
        call_command("export_contacts", "--connection", "highlevel", "--output", str(tmp_path / "other.csv"))
